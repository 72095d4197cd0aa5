"""Once donations are stopped, or the place is not confirmed, nothing new is asked of the provider:
not by a run, a retry, the janitor or a donor before his card form.
"""

from collections.abc import Callable
from datetime import timedelta

import pytest

from saleor_ext.donations import models
from saleor_ext.flows.month import catch_up, charging, janitor, pay_step, recover
from saleor_ext.operation import errors, gate, services
from saleor_ext.operation import models as operation_models
from tests.builders import months, world
from tests.builders.provider import MemoryProvider

pytestmark = pytest.mark.django_db

NOW = months.morning(months.CHARGE_DAY, hour=12)
LATER = NOW + timedelta(hours=1)
Stop = Callable[[], None]


def switched_off() -> None:
    gate.status()
    services.charging_stop(reason="障害", actor="operator:x", now=NOW)


def carried_elsewhere() -> None:
    gate.status()
    operation_models.Place.objects.update(mark="elsewhere")


stops = pytest.mark.parametrize("stop", [switched_off, carried_elsewhere])
REFUSED = (errors.ChargingStopped, errors.PlaceUnconfirmed)


def asked(provider: MemoryProvider) -> list[str]:
    """What the provider was asked to take or to open."""
    return [call for call in provider.calls if call.startswith(("charge ", "open "))]


@stops
def test_a_due_month_and_its_retry_are_not_charged(provider: MemoryProvider, stop: Stop) -> None:
    due = months.december_make(provider)
    stop()

    assert charging.cycle_charge(cycle_id=due.pk, now=NOW, actor="test").value == "stopped"
    assert (asked(provider), models.PaymentAttempt.objects.filter(cycle=due).count()) == ([], 0)


@stops
def test_a_month_the_janitor_made_due_again_is_not_charged(
    provider: MemoryProvider, stop: Stop
) -> None:
    # given an attempt that never reached the provider
    cycle = months.december_make(provider)
    provider.next_outcomes = ["never_arrived"]
    charging.cycle_charge(cycle_id=cycle.pk, now=NOW, actor="test")
    janitor.attempts_settle_open(now=NOW + timedelta(minutes=3))
    before = asked(provider)
    stop()

    # when
    result = charging.cycle_charge(cycle_id=cycle.pk, now=LATER, actor="test")

    # then
    assert (result.value, asked(provider)) == ("stopped", before)


@stops
def test_a_donor_cannot_make_up_for_a_month(provider: MemoryProvider, stop: Stop) -> None:
    cycle = months.declined_december_make(provider)
    before = asked(provider)
    stop()

    with pytest.raises(REFUSED):
        recover.recover_pay(membership_id=cycle.membership_id, now=NOW, actor="donor:1")

    assert asked(provider) == before


@stops
def test_an_attempt_begun_before_is_not_opened_after(provider: MemoryProvider, stop: Stop) -> None:
    cycle = months.month_of(world.draft_make(tier=world.world_make()), 0)
    world.first_lock(cycle=cycle)
    attempt = months.attempt_make(cycle, is_off_session=False, now=NOW)
    stop()

    with pytest.raises(REFUSED):
        pay_step.charge_open(attempt_id=attempt.pk)

    assert asked(provider) == []


def test_what_staff_approved_after_a_stop_waits_while_donations_are_stopped(
    provider: MemoryProvider,
) -> None:
    # given
    town = world.town_make()
    town.catch_up_count_max = 0
    town.save(update_fields=["catch_up_count_max"])
    months.december_make(provider)
    back_on = months.CHARGE_DAY + timedelta(days=2)
    months.run(provider, back_on)
    plan = catch_up.plan()
    assert plan is not None
    switched_off()
    catch_up.decide(
        catch_up_id=plan.catch_up_id,
        decision="charge",
        seen=plan.seen,
        reason="復旧",
        now=LATER,
        actor="staff:sato",
    )

    # when
    report = months.run(provider, back_on)

    # then
    assert (report.charged, report.stopped, asked(provider)) == (0, "charging_stopped", [])
