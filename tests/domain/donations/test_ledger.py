"""The ledger: append-only, receipts without gaps, sums by Japanese calendar year."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from saleor_ext.donations import models, selectors, services
from saleor_ext.membership import models as membership_models
from tests.builders import world

pytestmark = pytest.mark.django_db

LAST_SECOND = datetime(2026, 12, 31, 14, 59, 59, tzinfo=UTC)
NEW_YEAR = datetime(2026, 12, 31, 15, 0, 0, tzinfo=UTC)


def donate(name: str = "hanako", *, now: datetime = world.NOW) -> models.Donation:
    """The first donation of somebody who joins at `now`."""
    tier = world.world_make(month_from=date(2026, 11, 1))
    draft = world.draft_make(donor=world.donor_make(name=name, now=now), tier=tier, now=now)
    cycle = _cycle(draft)
    world.first_lock(cycle=cycle, now=now)
    return world.donation_make(cycle=cycle, now=now)


def _cycle(membership: membership_models.Membership) -> membership_models.Cycle:
    return membership.cycles.select_related("membership__donor", "tier").get(n=0)


def row(donation: models.Donation) -> dict[str, object]:
    return models.Donation.objects.values().get(pk=donation.pk)


def test_a_donation_says_what_its_receipt_needs() -> None:
    # when
    donation = donate()

    # then
    assert (donation.amount_yen, donation.donated_on) == (3000, date(2026, 11, 24))
    assert (donation.donor_name, donation.tier_name) == ("山田　花子", "なぎさ会員")
    assert donation.donor_address == "東京都千代田区架空町1-2-3 見本ビル101"
    assert donation.receipt_label == "2026-000001"
    assert donation.corrects is None


def test_a_ledger_row_cannot_be_updated_by_a_query() -> None:
    # given
    donation = donate()
    unchanged = row(donation)

    # when
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        models.Donation.objects.filter(pk=donation.pk).update(amount_yen=9000)

    # then
    assert row(donation) == unchanged


def test_a_ledger_row_cannot_be_saved_again() -> None:
    # given
    donation = donate()
    unchanged = row(donation)

    # when
    donation.donor_name = "別の人"
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        donation.save()

    # then
    assert row(donation) == unchanged


def test_a_ledger_row_cannot_be_changed_in_bulk() -> None:
    # given
    donation = donate()
    unchanged = row(donation)

    # when
    donation.receipt_number = 7
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        models.Donation.objects.bulk_update([donation], ["receipt_number"])

    # then
    assert row(donation) == unchanged


def test_a_ledger_row_cannot_be_deleted() -> None:
    # given
    donation = donate()

    # when
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        donation.delete()
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        models.Donation.objects.filter(pk=row(donation)["id"]).delete()
    with (
        pytest.raises(DatabaseError, match="append-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute("DELETE FROM donations_donation")

    # then
    assert models.Donation.objects.count() == 1


def test_a_correction_is_a_row_of_its_own_and_lowers_the_sum() -> None:
    # given
    donation = donate()

    # when
    _correct(donation, amount_yen=-1000, refund_ref="re_1")

    # then
    assert models.Donation.objects.count() == 2
    correction = models.Donation.objects.get(corrects=donation)
    assert correction.receipt_label == ""
    assert selectors.donated_yen_in_year(donor_id=donation.donor_id, year=2026) == 2000
    assert selectors.donation_of_attempt(attempt_id=donation.attempt_id) == donation


def _correct(donation: models.Donation, **columns: object) -> models.Donation:
    values: dict[str, object] = {
        "municipality_id": donation.municipality_id,
        "attempt_id": donation.attempt_id,
        "donor_id": donation.donor_id,
        "corrects": donation,
        "amount_yen": -3000,
        "donated_on": donation.donated_on,
        "tier_name": donation.tier_name,
        "donor_name": donation.donor_name,
        "donor_address": donation.donor_address,
        "recorded_at": world.NOW,
    }
    return models.Donation.objects.create(**values | columns)


FORBIDDEN: dict[str, dict[str, object]] = {
    "a correction upwards": {"amount_yen": 1000},
    "a correction of nothing": {"amount_yen": 0},
    "a correction with a receipt": {"receipt_year": 2026, "receipt_number": 2},
    "a second donation of one attempt": {
        "corrects": None,
        "amount_yen": 3000,
        "receipt_year": 2026,
        "receipt_number": 2,
    },
    "a donation without a receipt": {"corrects": None, "amount_yen": 3000},
    "a negative donation": {
        "corrects": None,
        "amount_yen": -3000,
        "receipt_year": 2026,
        "receipt_number": 2,
    },
}


@pytest.mark.parametrize("what", FORBIDDEN)
def test_the_database_refuses_rows_that_no_ledger_may_have(what: str) -> None:
    # given
    donation = donate()

    # when
    with pytest.raises(IntegrityError), transaction.atomic():
        _correct(donation, **FORBIDDEN[what])

    # then
    assert models.Donation.objects.count() == 1


def test_one_refund_is_corrected_once() -> None:
    # given
    donation = donate()
    _correct(donation, amount_yen=-1000, refund_ref="re_1")

    # when
    with pytest.raises(IntegrityError), transaction.atomic():
        _correct(donation, amount_yen=-1000, refund_ref="re_1")

    # then
    assert models.Donation.objects.count() == 2


def test_a_receipt_number_is_given_once() -> None:
    # given
    donate()
    taro = donate("taro")

    # when
    values = row(taro) | {"receipt_number": 1, "attempt_id": taro.attempt_id}
    del values["id"]
    with pytest.raises(IntegrityError), transaction.atomic():
        models.Donation.objects.create(**values)

    # then
    assert models.Donation.objects.count() == 2


def test_receipts_are_numbered_without_gaps() -> None:
    # when
    labels = [donate(f"d{number}").receipt_label for number in range(4)]

    # then
    assert labels == ["2026-000001", "2026-000002", "2026-000003", "2026-000004"]
    assert selectors.receipt_gaps() == []


def test_numbers_begin_anew_at_the_new_year_in_japan() -> None:
    # when
    labels = [
        donate("a", now=world.NOW).receipt_label,
        donate("b", now=LAST_SECOND).receipt_label,
        donate("c", now=NEW_YEAR).receipt_label,
        donate("d", now=NEW_YEAR + timedelta(hours=1)).receipt_label,
    ]

    # then
    assert labels == ["2026-000001", "2026-000002", "2027-000001", "2027-000002"]


def test_money_of_the_old_year_written_down_in_the_new_one_belongs_to_the_old() -> None:
    # given
    donate("a", now=NEW_YEAR)

    # when
    late = donate("b", now=LAST_SECOND)

    # then
    assert late.receipt_label == "2026-000001"
    assert selectors.receipt_gaps() == []


def test_a_transaction_that_breaks_off_leaves_no_gap() -> None:
    # given
    donate("a")
    given: list[int | None] = []

    def donate_and_break_off() -> None:
        given.append(donate("b").receipt_number)
        raise RuntimeError("the power went out")

    # when
    with pytest.raises(RuntimeError), transaction.atomic():
        donate_and_break_off()
    after = donate("c")

    # then
    assert given == [2]
    assert after.receipt_label == "2026-000002"
    assert models.Donation.objects.count() == 2
    assert selectors.receipt_gaps() == []


def test_a_gap_is_found() -> None:
    # given
    first = donate("a")
    models.ReceiptCounter.objects.update(last_number=5)

    # when
    sixth = donate("b")

    # then
    assert (first.receipt_number, sixth.receipt_number) == (1, 6)
    assert selectors.receipt_gaps() == [(2026, 6, 2)]


def test_the_year_of_a_donation_turns_at_midnight_in_japan() -> None:
    # given
    old = donate("a", now=LAST_SECOND)
    new = donate("b", now=NEW_YEAR)

    # then
    sums = {
        (donation.donated_on, year): selectors.donated_yen_in_year(
            donor_id=donation.donor_id, year=year
        )
        for donation in (old, new)
        for year in (2025, 2026, 2027)
    }
    assert sums == {
        (date(2026, 12, 31), 2025): 0,
        (date(2026, 12, 31), 2026): 3000,
        (date(2026, 12, 31), 2027): 0,
        (date(2027, 1, 1), 2025): 0,
        (date(2027, 1, 1), 2026): 0,
        (date(2027, 1, 1), 2027): 3000,
    }


def test_another_donors_money_does_not_count() -> None:
    # given
    mine = donate("a")
    donate("b")

    # then
    assert selectors.donated_yen_in_year(donor_id=mine.donor_id, year=2026) == 3000
    assert [item.pk for item in selectors.donations_of(donor_id=mine.donor_id)] == [mine.pk]


def test_the_ledger_adds_up_by_day_and_between_days() -> None:
    # given
    donate("a")
    donate("b")
    donate("c", now=NEW_YEAR)

    # then
    days = selectors.ledger_days(day_from=date(2026, 11, 24), day_to=date(2027, 1, 2))
    assert days == {date(2026, 11, 24): 6000, date(2027, 1, 1): 3000}
    assert (
        selectors.donated_yen_between(day_from=date(2026, 11, 24), day_to=date(2027, 1, 1)) == 6000
    )


def test_money_without_a_row_and_a_row_without_money_are_found() -> None:
    # given
    donation = donate()

    # then
    assert list(selectors.attempts_without_donation()) == []
    assert list(selectors.donations_without_success()) == []

    # and when
    models.PaymentAttempt.objects.filter(pk=donation.attempt_id).update(state="declined")

    # then
    assert list(selectors.donations_without_success()) == [donation]


def test_a_customer_at_the_provider_is_made_once() -> None:
    # given
    donor = world.donor_make()

    # when
    first = services.customer_keep(donor_id=donor.pk, customer_ref="cus_1")
    second = services.customer_keep(donor_id=donor.pk, customer_ref="cus_2")

    # then
    assert (first, second) == ("cus_1", "cus_1")
    assert selectors.customer_ref(donor_id=donor.pk) == "cus_1"
    assert selectors.customer_ref(donor_id=donor.pk + 1) == ""
