"""A donor's receipts on his own pages, and the page on which anybody can check one."""

import io
import zipfile
from datetime import date
from urllib.parse import urlencode

import pytest
from lxml import etree

from saleor_ext.common import jptime
from saleor_ext.receipts import models, numbers, services
from tests.builders import receipts, world
from tests.web.storefront.test_join import DETAILS

JANUARY = jptime.jst_moment(date(2027, 1, 5), hour=10)
NUMBER, OTHER = "2026-000001", "2026-000002"


@pytest.fixture
def given(hanako):
    """花子 gave twice in 2026."""
    return receipts.given_make(donor=hanako, days=[date(2026, 10, 24), date(2026, 11, 24)])


@pytest.fixture
def receipt(hanako, given):
    return receipts.settle(hanako)[0]


def test_a_donor_sees_his_receipts_as_soon_as_he_gave(signed_in, given):
    page = signed_in().get("/my/receipts/")

    assert "2026年分" in page.body
    assert NUMBER in page.body
    assert OTHER in page.body
    assert "今年の途中までの分です" in page.body


def test_somebody_who_never_gave_is_told_so(signed_in, hanako):
    assert "受領証明書はまだありません" in signed_in().get("/my/receipts/").body


def test_a_town_that_issues_once_a_year_says_when(signed_in, given):
    receipts.settings_make(grouping="year")

    page = signed_in().get("/my/receipts/")

    assert "2027年1月からお取りいただけます" in page.body
    assert models.Receipt.objects.count() == 0


def test_the_file_is_a_pdf_and_taking_it_is_written_down(signed_in, receipt):
    browser = signed_in()

    first = browser.http.get(f"/my/receipts/{receipt.pk}/")
    second = browser.http.get(f"/my/receipts/{receipt.pk}/")

    assert first["Content-Type"] == "application/pdf"
    assert first["Cache-Control"] == "private, no-store"
    assert first.content == second.content
    assert [event.kind for event in receipt.events.order_by("pk")] == [
        "issued",
        "fetched",
        "fetched",
    ]
    assert receipts.receipt_get(receipt).handed_as == "electronic"


def test_another_donor_and_a_stranger_get_nothing(signed_in, page_client, receipt):
    world.donor_make(name="taro")
    other = signed_in("taro")

    for path in (f"/my/receipts/{receipt.pk}/", "/my/receipts/999999/"):
        assert other.http.get(path).status_code == 404, path
    assert other.http.post(f"/my/receipts/{receipt.pk}/reissue/").status_code == 404
    assert NUMBER not in other.get("/my/receipts/").body
    address = f"/my/receipts/{receipt.pk}/"
    page_client.get_redirect(address, to=f"/signin/?{urlencode({'next': address})}")
    assert receipts.receipt_get(receipt).handed_as == "not_yet"
    assert [event.kind for event in receipt.events.all()] == ["issued"]


def test_money_that_went_back_a_moment_ago_takes_the_file_with_it(signed_in, receipt, given):
    receipts.give_back(given[0], now=world.NOW)
    browser = signed_in()

    browser.get_redirect(f"/my/receipts/{receipt.pk}/", to="/my/receipts/")

    page = browser.get("/my/receipts/")
    assert "返金か訂正のために取り消されました" in page.body
    assert "返金のため取り消しました" in page.body
    assert f"/my/receipts/{receipt.pk}/reissue/" not in page.text


def test_what_went_out_on_paper_is_issued_again_before_it_is_a_file(signed_in, receipt):
    services.receipt_hand(receipt_ids=[receipt.pk], handed_as="paper", now=world.NOW)
    browser = signed_in()

    browser.get_redirect(f"/my/receipts/{receipt.pk}/", to="/my/receipts/")
    assert "原本は、紙でお送りしています" in browser.get("/my/receipts/").body
    browser.post(f"/my/receipts/{receipt.pk}/reissue/", to="/my/receipts/")

    assert browser.http.get(f"/my/receipts/{receipt.pk}/").status_code == 200
    again = receipts.receipt_get(receipt)
    assert (again.number, again.reissue_count, again.reissued_on) == (NUMBER, 1, world.TODAY)
    event = receipt.events.get(kind="reissued")
    assert (event.reason, event.actor) == ("ご本人の申し出", f"donor:{receipt.donor_id}")


def test_the_years_file_holds_everything_and_a_page_that_says_what_to_do(
    signed_in, given, clock_at
):
    receipts.certificate_make()
    clock_at(JANUARY)

    response = signed_in().http.get("/my/receipts/year/2026/")

    assert response["Content-Disposition"] == 'attachment; filename="receipts-2026.zip"'
    packed = zipfile.ZipFile(io.BytesIO(response.content))
    assert packed.namelist() == [
        "00-はじめにお読みください.pdf",
        f"{NUMBER}.pdf",
        f"{OTHER}.pdf",
        "TEG822-2026.xml",
    ]
    root = etree.fromstring(packed.read("TEG822-2026.xml"))
    assert root.findtext("{*}WLA00000") == "山田　花子"
    assert [line.findtext("{*}WLB00010") for line in root.findall("{*}WLB00000")] == [
        "2026000001",
        "2026000002",
    ]


def test_a_year_without_donations_has_no_file(signed_in, given):
    browser = signed_in()

    browser.get_redirect("/my/receipts/year/2025/", to="/my/receipts/")

    assert "この年の受領証明書は、まだありません" in browser.get("/my/receipts/").body


def test_a_name_e_tax_cannot_write_is_spelt_by_the_donor(signed_in, hanako):
    rare = world.donor_make(family_name="𨺓田")
    name = "𨺓田　花子"
    receipts.given_make(donor=rare, days=[date(2026, 11, 24)])
    browser = signed_in()
    assert "電子データでの表記をお決めください" in browser.get("/my/receipts/").body

    refused = browser.post_refused(
        "/my/receipts/spelling/", {"name": name, "etax_name": "𨺓田 花子"}
    )
    assert "e-Taxで使えない文字があります:「𨺓」" in refused.body
    browser.post(
        "/my/receipts/spelling/", {"name": name, "etax_name": "菊田　花子"}, to="/my/receipts/"
    )

    page = browser.get("/my/receipts/")
    assert "「菊田 花子」と記します" in page.body
    assert models.NameSpelling.objects.get().name == name


def test_a_name_that_is_not_his_cannot_be_spelt(signed_in, hanako):
    sent = {"name": "鈴木　太郎", "etax_name": "鈴木"}

    assert signed_in().http.post("/my/receipts/spelling/", sent).status_code == 404
    assert models.NameSpelling.objects.count() == 0


# Checking


def asked(receipt, **changes):
    return {"number": NUMBER, "code": numbers.code_print(receipt.verify_code)} | changes


def test_anybody_with_number_and_code_reads_day_and_amount_and_nothing_else(page_client, receipt):
    page_client.get("/receipts/verify/")

    page = page_client.post_shown(
        "/receipts/verify/", asked(receipt, code=receipt.verify_code.lower())
    )

    assert "はい。町が発行した、いま有効な証明書です。" in page.body
    assert "2026年10月24日" in page.body
    assert "3,000円" in page.body
    assert "山田" not in page.text
    assert "花子" not in page.text


@pytest.mark.parametrize(
    "changes",
    [{"number": OTHER}, {"code": "AAAAA-AAAAA"}, {"number": "2025-000001"}],
    ids=["another's number", "wrong code", "no such number"],
)
def test_whatever_does_not_fit_together_is_answered_the_same(page_client, receipt, changes):
    page = page_client.post_shown("/receipts/verify/", asked(receipt, **changes))

    assert "いいえ。" in page.body
    assert "3,000円" not in page.body


def test_a_withdrawn_receipt_no_longer_holds(page_client, receipt, given, hanako):
    receipts.give_back(given[0], now=world.NOW)
    receipts.settle(hanako)

    assert "いいえ。" in page_client.post_shown("/receipts/verify/", asked(receipt)).body


def test_too_many_questions_have_to_wait(page_client, receipt):
    for _ in range(services.VERIFY_MOST):
        page_client.http.post("/receipts/verify/", asked(receipt, code="AAAAA-AAAAA"))

    page = page_client.post_refused("/receipts/verify/", asked(receipt), status=429)

    assert "10分ほど待ってから" in page.body
    assert "はい。" not in page.body
    [window] = models.VerifyWindow.objects.all()
    assert "127.0.0.1" not in window.place
    assert len(window.place) == 64


def test_an_empty_question_is_not_counted(page_client, tier):
    page = page_client.post_refused("/receipts/verify/", {"number": "", "code": ""})

    assert "入力してください" in page.body
    assert models.VerifyWindow.objects.count() == 0


# Names as they are typed


def test_a_letter_that_cannot_be_printed_is_named_where_it_is_typed(signed_in, hanako):
    page = signed_in().post_refused("/my/details/", DETAILS | {"family_name": "山𨺓"})

    assert "証明書に印刷できない文字があります:「𨺓」" in page.body
    assert page.with_id("id_family_name").get("value") == "山𨺓"
    hanako.refresh_from_db()
    assert hanako.family_name == "山田"


def test_a_rare_letter_is_kept_and_its_substitute_for_e_tax_is_shown(signed_in, hanako):
    browser = signed_in()

    browser.post("/my/details/", DETAILS | {"family_name": "𠮷田"}, to="/my/details/")

    assert "e-Tax用の電子データでは、「𠮷」は「吉」と記します" in browser.get("/my/details/").body
    hanako.refresh_from_db()
    assert hanako.family_name == "𠮷田"


def test_whoever_joins_is_shown_it_too(signed_in, hanako, tier):
    browser = signed_in()

    browser.post(
        f"/join/{tier.slug}/details/",
        DETAILS | {"family_name": "𠮷田"},
        to=f"/join/{tier.slug}/confirm/",
    )

    assert "「𠮷」は「吉」と記します" in browser.get(f"/join/{tier.slug}/confirm/").body
