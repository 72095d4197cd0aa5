"""A member's year on paper: two tiers, a refund, a new name, a move into the town, a late retry."""

import io
import zipfile
from datetime import date

import pypdf
import pytest
from lxml import etree

from saleor_ext.common import jptime, registry
from saleor_ext.donations import models as donation_models
from saleor_ext.flows.choices import year_turn
from saleor_ext.flows.receipts import bundle
from saleor_ext.membership import services as membership_services
from saleor_ext.receipts import models
from tests.builders import months, receipts, world
from tests.builders.provider import MemoryProvider

pytestmark = pytest.mark.django_db

JOINED = jptime.jst_moment(date(2026, 11, 30), hour=10)
TOWN_HOME = {
    "postal_code": "789-9901",
    "prefecture": "高知県",
    "city": "幡見郡汐見町",
    "street": "浜9-9",
    "building": "",
}


@pytest.fixture
def provider(monkeypatch):
    made = MemoryProvider()
    monkeypatch.setattr(registry, "payment_provider", lambda: made)
    return made


@pytest.fixture
def year(provider):
    """3,000 yen in March, 5,000 yen a month from May; May goes back; 山田 becomes 佐藤 in July; in
    September she moves into the town; December's card is declined, and she agrees to give it in
    January.
    """
    donor = world.donor_make()
    receipts.given_make(donor=donor, days=[date(2026, 3, 5)], amount_yen=3000)
    may, _ = receipts.given_make(
        donor=donor, days=[date(2026, 5, 5), date(2026, 6, 5)], amount_yen=5000
    )
    receipts.give_back(may, now=jptime.jst_moment(date(2026, 5, 20), hour=10))
    donor = world.donor_make(family_name="佐藤")
    receipts.given_make(donor=donor, days=[date(2026, 8, 5)], amount_yen=5000)
    membership_services.donor_details_set(donor_id=donor.pk, details=TOWN_HOME)
    world.world_make()
    membership = world.member_make(donor=donor, is_box_wanted=False, now=JOINED)
    membership_services.membership_resident_wish_set(donor_id=donor.pk, is_pure=True)
    provider.next_outcomes = ["insufficient_funds", "insufficient_funds"]
    months.run_through(provider, date(2026, 12, 20), date(2027, 1, 1))
    agreed_on = jptime.jst_moment(date(2027, 1, 2), hour=9)
    year_turn.year_turn_choose(
        membership_id=membership.pk, answer=year_turn.Answer.CARRY, now=agreed_on, actor="donor"
    )
    months.run(provider, date(2027, 1, 2))
    return donor


def given(donor):
    rows = donation_models.Donation.objects.filter(donor=donor).order_by("pk")
    return [(row.donated_on.isoformat(), row.amount_yen, row.receipt_label) for row in rows]


def bundle_of(donor, year, *, day):
    packed = bundle.year_bundle(
        donor_id=donor.pk,
        year=year,
        today=day,
        now=jptime.jst_moment(day, hour=12),
        actor=f"donor:{donor.pk}",
    )
    return zipfile.ZipFile(io.BytesIO(packed.content))


def test_the_ledger_is_what_the_year_was(year):
    assert given(year) == [
        ("2026-03-05", 3000, "2026-000001"),
        ("2026-05-05", 5000, "2026-000002"),
        ("2026-06-05", 5000, "2026-000003"),
        ("2026-05-20", -5000, ""),
        ("2026-08-05", 5000, "2026-000004"),
        ("2026-11-30", 3000, "2026-000005"),
        ("2027-01-02", 3000, "2027-000001"),
    ]


def test_per_donation_each_receipt_says_what_was_true_on_its_day(year):
    held = receipts.settle(year, now=jptime.jst_moment(date(2027, 1, 5), hour=12))

    assert [(one.number, one.amount_yen, one.donor_name) for one in held] == [
        ("2026-000001", 3000, "山田　花子"),
        ("2026-000003", 5000, "山田　花子"),
        ("2026-000004", 5000, "佐藤　花子"),
        ("2026-000005", 3000, "佐藤　花子"),
    ]
    assert held[2].donor_address.startswith("東京都千代田区")
    assert held[3].donor_address == "高知県幡見郡汐見町浜9-9"


def test_per_year_there_is_one_for_each_name_and_january_is_on_the_next(year):
    receipts.settings_make(grouping="year")

    day = date(2027, 1, 5)
    held = receipts.settle(year, now=jptime.jst_moment(day, hour=12))

    assert [(one.number, one.amount_yen, one.donor_name) for one in held] == [
        ("2026-000001", 8000, "山田　花子"),
        ("2026-000004", 8000, "佐藤　花子"),
    ]
    assert receipts.settle(year, year=2027, now=jptime.jst_moment(day, hour=12)) == []


def test_the_years_bundle_has_every_receipt_and_an_xml_for_each_name(year):
    receipts.certificate_make(now=JOINED)

    packed = bundle_of(year, 2026, day=date(2027, 1, 5))

    assert packed.namelist() == [
        "00-はじめにお読みください.pdf",
        "2026-000001.pdf",
        "2026-000003.pdf",
        "2026-000004.pdf",
        "2026-000005.pdf",
        "TEG822-2026-1.xml",
        "TEG822-2026-2.xml",
    ]
    told = []
    for name in packed.namelist()[-2:]:
        root = etree.fromstring(packed.read(name))
        lines = root.findall("{*}WLB00000")
        told.append(
            (
                root.findtext("{*}WLA00000"),
                [(one.findtext("{*}WLB00090"), one.findtext("{*}WLB00050")) for one in lines],
            )
        )
    assert told == [
        ("山田　花子", [("2026-000001", "3000"), ("2026-000003", "5000")]),
        ("佐藤　花子", [("2026-000004", "5000"), ("2026-000005", "3000")]),
    ]
    guide = pypdf.PdfReader(io.BytesIO(packed.read(packed.namelist()[0]))).pages[0]
    words = "".join(guide.extract_text().split())
    assert "16,000円" in words
    assert "4件" in words
    assert models.ReceiptEvent.objects.filter(kind="exported").count() == 4


def test_the_next_years_bundle_begins_with_the_late_retry(year):
    packed = bundle_of(year, 2027, day=date(2028, 1, 5))

    assert packed.namelist() == ["00-はじめにお読みください.pdf", "2027-000001.pdf"]


def test_a_designated_operator_gives_the_years_certificate_with_the_cancelled_one_named(year):
    receipts.certificate_make(now=JOINED)
    receipts.settings_make(is_designated_operator=True, operator_name="汐見町ふるさと公社")

    packed = bundle_of(year, 2026, day=date(2027, 1, 5))

    xml = [name for name in packed.namelist() if name.endswith(".xml")]
    assert xml == ["TEG830-2026-1.xml", "TEG830-2026-2.xml"]
    root = etree.fromstring(packed.read(xml[0]))
    assert root.findtext(".//{*}WMF00000") == "8000"
    cancelled = [
        line.findtext("{*}WML00020")
        for line in root.findall(".//{*}WML00010")
        if line.find("{*}WML00090") is not None
    ]
    assert cancelled == ["2026-000002"]
