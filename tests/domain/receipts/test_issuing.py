"""Receipts follow the ledger: per donation or per year, through refunds and corrected names."""

from datetime import date

import pytest
from django.db import IntegrityError, transaction

from saleor_ext.common import jptime
from saleor_ext.flows.receipts import hand_out, issue
from saleor_ext.outbox import models as outbox_models
from saleor_ext.receipts import models, services
from tests.builders import receipts, world

pytestmark = pytest.mark.django_db

DECEMBER = jptime.jst_moment(date(2026, 12, 31), hour=12)
JANUARY = jptime.jst_moment(date(2027, 1, 5), hour=10)


def test_each_donation_gets_a_receipt_with_its_own_number():
    donor = world.donor_make()
    receipts.given_make(donor=donor, days=[date(2026, 10, 24), date(2026, 11, 24)])

    first, second = receipts.settle(donor)

    assert (first.number, second.number) == ("2026-000001", "2026-000002")
    assert (first.amount_yen, first.donor_name) == (3000, "山田　花子")
    assert first.donor_address == "東京都千代田区架空町1-2-3 見本ビル101"
    assert first.facts["town_name"] == "高知県幡見郡汐見町"
    assert [event.kind for event in first.events.all()] == ["issued"]


def test_settling_again_changes_nothing():
    donor = world.donor_make()
    receipts.given_make(donor=donor, days=[date(2026, 10, 24)])
    [first] = receipts.settle(donor)

    [again] = receipts.settle(donor)

    assert again.pk == first.pk
    assert again.verify_code == first.verify_code
    assert models.ReceiptEvent.objects.count() == 1


def test_a_year_in_one_waits_for_the_years_end_and_lists_every_donation():
    receipts.settings_make(grouping="year")
    donor = world.donor_make()
    receipts.given_make(donor=donor, days=[date(2026, 10, 24), date(2026, 11, 24)])

    assert receipts.settle(donor, now=DECEMBER) == []
    [receipt] = receipts.settle(donor, now=JANUARY)

    assert receipt.amount_yen == 6000
    assert receipt.number == "2026-000001"
    assert [line.number for line in receipt.lines.all()] == ["2026-000001", "2026-000002"]
    assert receipt.issued_on == date(2027, 1, 5)


def test_a_december_donation_that_was_found_late_is_added_and_the_first_one_withdrawn():
    receipts.settings_make(grouping="year")
    donor = world.donor_make()
    receipts.given_make(donor=donor, days=[date(2026, 11, 24)])
    [first] = receipts.settle(donor, now=JANUARY)
    receipts.given_make(donor=donor, days=[date(2026, 12, 31)])

    [second] = receipts.settle(donor, now=JANUARY)

    first = receipts.receipt_get(first)
    assert (first.state, first.withdrawn_reason) == ("withdrawn", "line_added")
    assert second.replaces_id == first.pk
    assert second.number == first.number
    assert second.amount_yen == 6000


def test_money_that_went_back_takes_its_receipt_with_it():
    donor = world.donor_make()
    gone, stays = receipts.given_make(donor=donor, days=[date(2026, 10, 24), date(2026, 11, 24)])
    receipts.settle(donor)
    receipts.give_back(gone, now=world.NOW)

    [left] = receipts.settle(donor)

    assert [line.donation_id for line in left.lines.all()] == [stays.pk]
    withdrawn = models.Receipt.objects.get(state="withdrawn")
    assert withdrawn.withdrawn_reason == "refunded"
    assert not models.ReceiptLine.objects.filter(donation=gone, is_current=True).exists()


def test_a_years_receipt_is_written_again_without_what_went_back():
    receipts.settings_make(grouping="year")
    donor = world.donor_make()
    gone, _ = receipts.given_make(donor=donor, days=[date(2026, 10, 24), date(2026, 11, 24)])
    [first] = receipts.settle(donor, now=JANUARY)
    receipts.give_back(gone, now=JANUARY)

    [second] = receipts.settle(donor, now=JANUARY)

    assert second.replaces_id == first.pk
    assert (second.amount_yen, second.number) == (3000, "2026-000002")


def test_donations_under_two_names_are_never_on_one_receipt():
    receipts.settings_make(grouping="year")
    donor = world.donor_make()
    receipts.given_make(donor=donor, days=[date(2026, 10, 24)])
    married = world.donor_make(family_name="佐藤")
    receipts.given_make(donor=married, days=[date(2026, 11, 24)])

    first, second = receipts.settle(donor, now=JANUARY)

    assert (first.donor_name, second.donor_name) == ("山田　花子", "佐藤　花子")
    assert (first.amount_yen, second.amount_yen) == (3000, 3000)


def test_a_wrong_name_is_corrected_on_a_new_receipt_and_not_in_the_ledger():
    donor = world.donor_make()
    [donation] = receipts.given_make(donor=donor, days=[date(2026, 11, 24)])
    [wrong] = receipts.settle(donor)

    right = hand_out.addressee_correct(
        receipt_id=wrong.pk,
        donor_name="山田　華子",
        donor_address=wrong.donor_address,
        reason="字の誤り",
        today=world.TODAY,
        now=world.NOW,
        actor="staff:7",
    )

    assert right.donor_name == "山田　華子"
    assert (right.number, right.replaces_id) == (wrong.number, wrong.pk)
    assert receipts.receipt_get(wrong).withdrawn_reason == "addressee_changed"
    donation.refresh_from_db()
    assert donation.donor_name == "山田　花子"


def test_numbers_on_paper_stay_when_the_town_changes_their_form():
    donor = world.donor_make()
    receipts.given_make(donor=donor, days=[date(2026, 10, 24), date(2026, 11, 24)])
    _, kept = receipts.settle(donor)
    receipts.settings_make(number_format="SHIOMI{year}-{number}", number_digits=4)

    right = hand_out.addressee_correct(
        receipt_id=kept.pk,
        donor_name="山田　華子",
        donor_address=kept.donor_address,
        reason="字の誤り",
        today=world.TODAY,
        now=world.NOW,
        actor="staff:7",
    )
    receipts.given_make(donor=donor, days=[date(2026, 11, 25)])

    assert right.number == "2026-000002"
    assert receipts.settle(donor)[-1].number == "SHIOMI2026-0003"


def test_changing_to_one_a_year_leaves_what_was_issued_alone():
    donor = world.donor_make()
    receipts.given_make(donor=donor, days=[date(2026, 10, 24)])
    [first] = receipts.settle(donor)
    receipts.settings_make(grouping="year")
    receipts.given_make(donor=donor, days=[date(2026, 11, 24)])

    kept, new = receipts.settle(donor, now=JANUARY)

    assert kept.pk == first.pk
    assert (new.grouping, new.amount_yen) == ("year", 3000)


def test_a_retry_that_succeeds_in_january_is_on_the_next_years_receipts():
    donor = world.donor_make()
    receipts.given_make(donor=donor, days=[date(2026, 12, 24), date(2027, 1, 1)])

    [of_2026] = receipts.settle(donor, year=2026, now=JANUARY)
    [of_2027] = receipts.settle(donor, year=2027, now=JANUARY)

    assert [line.donated_on for line in of_2026.lines.all()] == [date(2026, 12, 24)]
    assert of_2027.number == "2027-000001"


def test_the_sweep_finds_whatever_is_out_of_step_and_nothing_else():
    donor, other = world.donor_make(), world.donor_make(name="taro")
    [donation] = receipts.given_make(donor=donor, days=[date(2026, 11, 24)])
    receipts.given_make(donor=other, days=[date(2026, 11, 24)])
    receipts.settle(other)

    assert issue.out_of_step(today=world.TODAY) == [(donor.pk, 2026)]
    assert issue.receipts_settle_due(today=world.TODAY, now=world.NOW, actor="test") == 1
    assert issue.out_of_step(today=world.TODAY) == []
    receipts.give_back(donation, now=world.NOW)
    assert issue.out_of_step(today=world.TODAY) == [(donor.pk, 2026)]
    issue.receipts_settle_due(today=world.TODAY, now=world.NOW, actor="test")
    assert issue.out_of_step(today=world.TODAY) == []


def test_the_database_keeps_a_donation_off_two_receipts():
    donor = world.donor_make()
    receipts.given_make(donor=donor, days=[date(2026, 11, 24)])
    [receipt] = receipts.settle(donor)
    line = receipt.lines.get()
    line.pk, line.position = None, 1

    with pytest.raises(IntegrityError), transaction.atomic():
        line.save(force_insert=True)


def mails_about_receipts():
    rows = outbox_models.OutboxMessage.objects.filter(payload__name="receipt_withdrawn")
    return [row.payload["receipt_id"] for row in rows]


def test_whoever_has_a_receipt_in_hand_is_told_once_that_it_no_longer_holds():
    donor = world.donor_make()
    receipts.given_make(donor=donor, days=[date(2026, 10, 24), date(2026, 11, 24)])
    in_hand, in_no_hand = receipts.settle(donor)
    services.receipt_hand(receipt_ids=[in_hand.pk], handed_as="paper", now=world.NOW)
    for one in (in_hand, in_no_hand):
        receipts.give_back(one.lines.get().donation, now=world.NOW)

    receipts.settle(donor)
    receipts.settle(donor)

    assert receipts.receipt_get(in_no_hand).state == "withdrawn"
    assert mails_about_receipts() == [in_hand.pk]
