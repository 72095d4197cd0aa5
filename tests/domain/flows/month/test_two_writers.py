"""Two runs at the same moment: one charge, one parcel."""

import threading
from collections.abc import Callable
from datetime import date

import pytest
from django.db import connections, transaction

from saleor_ext.common import jptime
from saleor_ext.contracts.payment import ChargeRequest, ChargeState
from saleor_ext.donations import models as donation_models
from saleor_ext.flows.month import charging, listing, monthly, settle
from saleor_ext.fulfilment import models as fulfilment_models
from saleor_ext.membership import cycles
from tests.builders import world
from tests.builders.provider import MemoryProvider

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres]

CHARGE_NOW = jptime.jst_moment(date(2026, 12, 24), hour=10)


def test_two_writers_on_one_cycle_make_one_charge(
    provider: MemoryProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given
    membership = world.member_make(tier=world.world_make())
    monthly.run_cycles(
        as_of=date(2026, 12, 18), now=jptime.jst_moment(date(2026, 12, 18)), actor="test"
    )
    cycle = membership.cycles.get(n=1)
    gate = threading.Barrier(2, timeout=10)
    results: list[charging.ChargeResult] = []

    def write() -> None:
        gate.wait()
        results.append(charging.cycle_charge(cycle_id=cycle.pk, now=CHARGE_NOW, actor="test"))
        connections.close_all()

    # when
    _both(write)

    # then
    assert sorted(results) == [charging.ChargeResult.CHARGED, charging.ChargeResult.NOT_DUE]
    assert len(provider.succeeded()) == 1
    assert donation_models.PaymentAttempt.objects.filter(cycle=cycle).count() == 1
    assert donation_models.Donation.objects.filter(attempt__cycle=cycle).count() == 1


def test_a_second_run_while_the_provider_is_asked_does_not_charge(
    provider: MemoryProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given
    membership = world.member_make(tier=world.world_make())
    monthly.run_cycles(
        as_of=date(2026, 12, 18), now=jptime.jst_moment(date(2026, 12, 18)), actor="test"
    )
    cycle = membership.cycles.get(n=1)
    second: list[monthly.RunReport] = []
    real = MemoryProvider.charge_off_session

    def slow(self: MemoryProvider, request: ChargeRequest) -> ChargeState:
        def run_meanwhile() -> None:
            second.append(
                monthly.run_cycles(as_of=date(2026, 12, 24), now=CHARGE_NOW, actor="second")
            )
            connections.close_all()

        other = threading.Thread(target=run_meanwhile)
        other.start()
        other.join(timeout=20)
        return real(self, request)

    monkeypatch.setattr(MemoryProvider, "charge_off_session", slow)

    # when
    first = monthly.run_cycles(as_of=date(2026, 12, 24), now=CHARGE_NOW, actor="first")

    # then
    assert (first.due, first.charged) == (1, 1)
    assert (second[0].due, second[0].charged) == (0, 0)
    assert donation_models.Donation.objects.filter(attempt__cycle=cycle).count() == 1


def test_one_answer_settled_by_two_at_once_is_one_donation(provider: MemoryProvider) -> None:
    # given
    membership = world.member_make(tier=world.world_make())
    monthly.run_cycles(
        as_of=date(2026, 12, 18), now=jptime.jst_moment(date(2026, 12, 18)), actor="test"
    )
    provider.next_outcomes = ["lost_answer"]
    cycle = membership.cycles.get(n=1)
    charging.cycle_charge(cycle_id=cycle.pk, now=CHARGE_NOW, actor="test")
    attempt = donation_models.PaymentAttempt.objects.get(cycle=cycle)
    gate = threading.Barrier(2, timeout=10)

    def write() -> None:
        gate.wait()
        settle.attempt_settle(attempt_id=attempt.pk, now=CHARGE_NOW, actor="test")
        connections.close_all()

    # when
    _both(write)

    # then
    donations = donation_models.Donation.objects.filter(attempt=attempt)
    assert [donation.receipt_label for donation in donations] == ["2026-000002"]


def test_a_month_that_another_run_is_listing_is_left_to_it(provider: MemoryProvider) -> None:
    # given
    membership = world.member_make(tier=world.world_make())
    others = world.member_make(tier=membership.tier, donor=world.donor_make(name="taro"))
    first, second = membership.cycles.get(n=0), others.cycles.get(n=0)
    seen: list[int] = []

    def list_meanwhile() -> None:
        seen.append(
            listing.cycles_list_due(as_of=date(2026, 11, 25), now=world.NOW, actor="second")
        )
        connections.close_all()

    # when
    with transaction.atomic():
        assert cycles.cycles_hold(cycle_ids=[first.pk]) == [first.pk]
        other = threading.Thread(target=list_meanwhile)
        other.start()
        other.join(timeout=20)
        cycles.cycles_listed(cycle_ids=[first.pk])

    # then nobody waited, and what the first run listed is not listed again
    assert seen == [1]
    list_meanwhile()
    assert seen == [1, 0]
    assert fulfilment_models.Shipment.objects.get().cycle_id == second.pk


def _both(write: Callable[[], None]) -> None:
    threads = [threading.Thread(target=write) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
