"""Receipts through the API: as files, issued again, spelt for e-Tax, checked by anybody."""

import base64
import io
import zipfile
from datetime import date

import pytest

from saleor_ext.receipts import models, services
from tests.api.test_donor_mutations import INPUT
from tests.builders import api_client, receipts, world

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("now")]

RECEIPTS = """
{ me { receipts(year: 2026) {
  key number year grouping state amountYen issuedOn handedAs reissueCount
  lines { number donatedOn amountYen }
} } }
"""
FETCH = """mutation ($key: ID!) { receiptFetch(key: $key) {
  file { name contentType contentBase64 } errors { code } } }"""
YEAR = """mutation ($year: Int!) { receiptYearFetch(year: $year) {
  file { name contentType contentBase64 } errors { code } } }"""
REISSUE = """mutation ($key: ID!) { receiptReissue(key: $key, reason: "紛失") {
  receipt { number reissueCount } errors { code } } }"""
SPELL = """mutation ($name: String!, $as: String!) {
  receiptSpellingSet(name: $name, etaxName: $as) { etaxName errors { code } } }"""
VERIFY = """mutation ($number: String!, $code: String!) {
  receiptVerify(number: $number, code: $code) {
    found { donatedOn amountYen } errors { code } } }"""


@pytest.fixture
def receipt():
    donor = world.donor_make()
    receipts.given_make(donor=donor, days=[date(2026, 11, 24)])
    [made] = receipts.settle(donor)
    return made


def key(receipt):
    return f"R{receipt.pk}"


def test_a_donor_sees_his_receipts(receipt):
    [shown] = api_client.as_donor().ask(RECEIPTS).data["me"]["receipts"]

    assert shown == {
        "key": key(receipt),
        "number": "2026-000001",
        "year": 2026,
        "grouping": "DONATION",
        "state": "ISSUED",
        "amountYen": 3000,
        "issuedOn": "2026-11-24",
        "handedAs": "NOT_YET",
        "reissueCount": 0,
        "lines": [{"number": "2026-000001", "donatedOn": "2026-11-24", "amountYen": 3000}],
    }


def test_he_takes_one_as_a_file_and_that_is_written_down(receipt):
    got = api_client.as_donor().ask(FETCH, key=key(receipt)).data["receiptFetch"]

    assert got["errors"] == []
    assert got["file"]["contentType"] == "application/pdf"
    assert base64.b64decode(got["file"]["contentBase64"]).startswith(b"%PDF")
    assert receipt.events.filter(kind="fetched").count() == 1


def test_others_and_strangers_get_nothing(receipt):
    world.donor_make(name="taro")
    taro = api_client.as_donor("taro")

    assert taro.ask(RECEIPTS).data["me"]["receipts"] == []
    for document in (FETCH, REISSUE):
        [payload] = taro.ask(document, key=key(receipt)).data.values()
        assert payload["errors"] == [{"code": "NOT_FOUND"}]
        assert api_client.anonymous().ask(document, key=key(receipt)).codes == ["UNAUTHENTICATED"]
    assert [event.kind for event in receipt.events.all()] == ["issued"]


@pytest.mark.parametrize("bad", ["", "R", "D1", "R0", "R1x", "R99999999999999999999"])
def test_a_key_that_is_none_leads_nowhere(receipt, bad):
    got = api_client.as_donor().ask(FETCH, key=bad).data["receiptFetch"]

    assert got == {"file": None, "errors": [{"code": "NOT_FOUND"}]}


def test_what_is_on_paper_is_issued_again_first(receipt):
    services.receipt_hand(receipt_ids=[receipt.pk], handed_as="paper", now=world.NOW)
    hanako = api_client.as_donor()

    refused = hanako.ask(FETCH, key=key(receipt)).data["receiptFetch"]
    again = hanako.ask(REISSUE, key=key(receipt)).data["receiptReissue"]

    assert refused["errors"] == [{"code": "RECEIPT_ON_PAPER"}]
    assert again["receipt"] == {"number": "2026-000001", "reissueCount": 1}
    assert hanako.ask(FETCH, key=key(receipt)).data["receiptFetch"]["errors"] == []


def test_a_year_comes_as_one_file(receipt):
    got = api_client.as_donor().ask(YEAR, year=2026).data["receiptYearFetch"]

    content = base64.b64decode(got["file"]["contentBase64"])
    assert "2026-000001.pdf" in zipfile.ZipFile(io.BytesIO(content)).namelist()
    missing = api_client.as_donor().ask(YEAR, year=2025).data["receiptYearFetch"]
    assert missing == {"file": None, "errors": [{"code": "RECEIPT_NOT_READY"}]}


def test_a_name_is_spelt_for_e_tax_with_letters_it_knows(receipt):
    hanako = api_client.as_donor()
    name = "山田　花子"

    done = hanako.ask(SPELL, name=name, **{"as": "ヤマダ　ハナコ"}).data["receiptSpellingSet"]
    bad = hanako.ask(SPELL, name=name, **{"as": "𠮷田"}).data["receiptSpellingSet"]
    other = hanako.ask(SPELL, name="鈴木　太郎", **{"as": "鈴木"}).data["receiptSpellingSet"]

    assert done == {"etaxName": "ヤマダ　ハナコ", "errors": []}
    assert bad["errors"] == [{"code": "SPELLING_REFUSED"}]
    assert other["errors"] == [{"code": "NOT_FOUND"}]
    assert models.NameSpelling.objects.get().etax_name == "ヤマダ　ハナコ"


def test_anybody_checks_a_receipt_by_what_is_printed_on_it(receipt):
    anybody = api_client.anonymous()

    good = anybody.ask(VERIFY, number=receipt.number, code=receipt.verify_code)
    bad = anybody.ask(VERIFY, number=receipt.number, code="AAAAAAAAAA")

    assert good.data["receiptVerify"] == {
        "found": {"donatedOn": "2026-11-24", "amountYen": 3000},
        "errors": [],
    }
    assert bad.data["receiptVerify"] == {
        "found": None,
        "errors": [],
    }


def test_too_many_questions_from_one_place_have_to_wait(receipt):
    anybody = api_client.anonymous()
    for _ in range(services.VERIFY_MOST):
        anybody.ask(VERIFY, number="1", code="A")

    got = anybody.ask(VERIFY, number=receipt.number, code=receipt.verify_code)

    assert got.data["receiptVerify"]["errors"] == [{"code": "VERIFY_DELAYED"}]
    assert got.data["receiptVerify"]["found"] is None


DETAILS = """mutation ($input: DonorDetailsInput!) { donorDetailsSet(input: $input) {
  errors { code field } donor { familyName } } }"""


@pytest.mark.parametrize(
    ("changes", "field"),
    [({"familyName": "𨺓田"}, "familyName"), ({"street": "𨺓町1-2"}, "street")],
)
def test_what_cannot_be_printed_is_refused_when_it_is_given(changes, field):
    donor = world.donor_make()

    answer = api_client.as_donor().ask(DETAILS, input=INPUT | changes).data["donorDetailsSet"]

    assert answer["errors"] == [{"code": "NAME_UNPRINTABLE", "field": field}]
    donor.refresh_from_db()
    assert (donor.family_name, donor.street) == ("山田", "架空町1-2-3")


def test_rare_letters_the_fonts_have_are_kept_as_they_are_given():
    world.donor_make()

    answer = api_client.as_donor().ask(DETAILS, input=INPUT | {"familyName": "𠮷\ufa19﨑"})

    assert answer.data["donorDetailsSet"] == {"errors": [], "donor": {"familyName": "𠮷\ufa19﨑"}}
