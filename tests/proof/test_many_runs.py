"""Several processes receive one day's donations: they share the work and keep one pace."""

from datetime import date

import pytest

from saleor_ext.donations import models as donation_models
from saleor_ext.flows.books import ledger
from tests.proof.conftest import SharedSalon
from tests.proof.nursery import Job, Nursery

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres]

LOCK_DAY = date(2026, 12, 18)
CHARGE_DAY = date(2026, 12, 24)
MEMBERS, PROCESSES, PER_SECOND, BATCH = 20, 3, 10, 3


def test_processes_share_a_day_and_together_keep_the_pace(
    shared_salon: SharedSalon, nursery: Nursery
) -> None:
    # given
    for _ in range(MEMBERS):
        shared_salon.member_make()
    shared_salon.go_to(LOCK_DAY, hour=10)
    nursery.do("run")
    shared_salon.go_to(CHARGE_DAY, hour=10)

    # when
    job = Job(name="charge_day", args={"per_second": PER_SECOND, "batch": BATCH})
    ends = nursery.run(*[job] * PROCESSES)

    # then each month is asked for once, by one of them
    assert [end.error for end in ends] == [""] * PROCESSES
    charged = [end.result["charged"] for end in ends]
    assert sum(charged) == sum(end.result["due"] for end in ends) == MEMBERS
    assert sum(count > 0 for count in charged) >= 2
    assert [times for times in shared_salon.bank.paid_by_month().values() if times > 1] == []

    # and the receipts have no gaps, whoever wrote them
    rows = donation_models.Donation.objects.order_by("receipt_number")
    numbers = list(rows.values_list("receipt_number", flat=True))
    assert numbers == list(range(1, 2 * MEMBERS + 1))
    assert ledger.ledger_check(now=shared_salon.moment, provider_days=5) == []

    # and nobody is asked for faster than all of them together may
    asked = sorted(moment for end in ends for moment in end.result["asked"])
    assert len(asked) == MEMBERS
    for first, moment in enumerate(asked):
        within_a_second = sum(moment <= other < moment + 1 for other in asked[first:])
        assert within_a_second <= PER_SECOND * 1.2


def test_a_run_beside_another_one_does_no_harm(shared_salon: SharedSalon, nursery: Nursery) -> None:
    # given
    for _ in range(6):
        shared_salon.member_make()
    shared_salon.go_to(LOCK_DAY, hour=10)

    # when every run is started three times at once, from planning to the parcels
    for day in (LOCK_DAY, CHARGE_DAY, date(2026, 12, 25), date(2026, 12, 28)):
        shared_salon.go_to(day, hour=10)
        ends = nursery.run(*[Job(name="run", args={})] * PROCESSES)
        assert [end.error for end in ends] == [""] * PROCESSES

    # then
    assert donation_models.Donation.objects.count() == 12
    assert set(shared_salon.bank.paid_by_month().values()) == {1}
    assert ledger.ledger_check(now=shared_salon.moment, provider_days=5) == []
