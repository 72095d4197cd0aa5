"""One person's trouble stays his, and one step's trouble does not keep the next from being done."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import OperationalError

from saleor_ext.contracts import errors as provider_errors
from saleor_ext.contracts.payment import ChargeState
from saleor_ext.donations import errors as donation_errors
from saleor_ext.donations import models as donation_models
from saleor_ext.donations import services as donation_services
from saleor_ext.flows.choices import cancel_turn, pause_turn
from saleor_ext.flows.dunning import charge_notices, giving_up
from saleor_ext.flows.limits import year_turn
from saleor_ext.flows.month import (
    catch_up,
    charging,
    facts,
    holding,
    janitor,
    locking,
    monthly,
    unclear,
)
from saleor_ext.fulfilment import models as fulfilment_models
from saleor_ext.membership import models as membership_models
from saleor_ext.membership import services
from saleor_ext.operation import models as operation_models
from tests.builders import months, world
from tests.builders.provider import MemoryProvider

pytestmark = pytest.mark.django_db

NOW = months.morning(months.CHARGE_DAY)


def break_off(*args: object, **kwargs: object) -> None:
    raise ZeroDivisionError("花子の住所")


def two_members(provider: MemoryProvider) -> list[membership_models.Membership]:
    tier = world.world_make()
    donors = [world.donor_make(name=name) for name in ("hanako", "taro")]
    return [world.member_make(tier=tier, donor=donor) for donor in donors]


def states() -> list[tuple[str, str]]:
    rows = membership_models.Membership.objects.order_by("pk")
    return list(rows.values_list("state", "parked_reason"))


def december_of(membership: membership_models.Membership) -> tuple[str, str]:
    month = months.month_of(membership, 1)
    return month.state, month.reason


STEPS: list[tuple[Any, str]] = [
    (charge_notices, "charges_announce"),
    (year_turn, "attempts_close_held"),
    (year_turn, "donors_ask"),
    (catch_up, "carry_on"),
    (giving_up, "months_give_up"),
]


@pytest.mark.parametrize(("owner", "name"), STEPS, ids=lambda value: getattr(value, "__name__", ""))
def test_a_step_that_breaks_off_keeps_nobody_from_giving_and_is_not_hushed_up(
    owner: Any, name: str, provider: MemoryProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given
    cycle = months.december_make(provider)
    monkeypatch.setattr(owner, name, break_off)

    # when
    with pytest.raises(ZeroDivisionError):
        months.run(provider, months.CHARGE_DAY)

    # then
    assert december_of(cycle.membership) == ("charged", "")
    run = operation_models.MonthRun.objects.latest("pk")
    assert (run.state, run.figures["charged"], run.figures["donations_yen"]) == ("failed", 1, 3000)


def test_later_steps_are_done_too(
    provider: MemoryProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given
    cycle = months.december_make(provider)
    months.run(provider, months.CHARGE_DAY)
    monkeypatch.setattr(charge_notices, "charges_announce", break_off)

    # when
    with pytest.raises(ZeroDivisionError):
        months.run(provider, months.month_of(cycle.membership, 1).list_on)

    # then
    assert fulfilment_models.Shipment.objects.filter(cycle=cycle).count() == 1


def test_nothing_is_charged_where_nobody_can_say_what_was_missed(
    provider: MemoryProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given
    cycle = months.december_make(provider)
    monkeypatch.setattr(catch_up, "hold_above_bound", break_off)

    # when
    with pytest.raises(ZeroDivisionError):
        months.run(provider, months.CHARGE_DAY)

    # then
    assert december_of(cycle.membership) == ("locked", "")
    assert not any(call.startswith("charge") for call in provider.calls)


def test_without_its_database_a_run_ends_at_once(
    provider: MemoryProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given
    cycle = months.december_make(provider)

    def away(**_: object) -> None:
        raise OperationalError("connection timeout expired")

    monkeypatch.setattr(charge_notices, "charges_announce", away)

    # when
    with pytest.raises(OperationalError):
        monthly.run_cycles(as_of=months.CHARGE_DAY, now=NOW, actor="test")

    # then
    assert december_of(cycle.membership) == ("locked", "")


def test_a_month_that_cannot_be_locked_parks_its_own_membership(
    provider: MemoryProvider, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    # given
    troubled, other = two_members(provider)
    real: Callable[..., membership_models.CycleSnapshot] = facts.snapshot_make

    def fails_for_one(
        *, cycle: membership_models.Cycle, **facts_of: Any
    ) -> membership_models.CycleSnapshot:
        if cycle.membership_id == troubled.pk:
            break_off()
        return real(cycle=cycle, **facts_of)

    monkeypatch.setattr(facts, "snapshot_make", fails_for_one)

    # when
    report = months.run(provider, months.LOCK_DAY)
    again = months.run(provider, months.LOCK_DAY)

    # then
    assert (report.locked, report.parked, again.locked, again.parked) == (1, 1, 0, 0)
    assert states() == [("parked", "unexpected_error"), ("active", "")]
    assert (december_of(troubled)[0], december_of(other)[0]) == ("planned", "locked")
    assert "花子の住所" not in caplog.text


def test_what_a_broken_batch_had_done_already_is_not_done_again(
    provider: MemoryProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given a batch that breaks off after its months were locked
    first, second = two_members(provider)
    real = locking._lock
    broken = []

    def breaks_afterwards(found: locking.Sorted, **options: Any) -> int:
        count = real(found, **options)
        if not broken:
            broken.append(True)
            break_off()
        return count

    monkeypatch.setattr(locking, "_lock", breaks_afterwards)

    # when
    months.run(provider, months.LOCK_DAY)

    # then
    for membership in (first, second):
        assert december_of(membership) == ("locked", "")
        month = months.month_of(membership, 1)
        assert membership_models.CycleSnapshot.objects.filter(cycle=month).count() == 1
    assert states() == [("active", "")] * 2


def refuses(*args: object, **kwargs: object) -> ChargeState:
    raise provider_errors.ProviderPermanent("resource_missing")


def test_a_payment_the_provider_refuses_to_speak_of_is_not_closed(
    provider: MemoryProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given
    cycle = months.december_make(provider)
    attempt = months.attempt_make(cycle)
    monkeypatch.setattr(MemoryProvider, "charge_find", refuses)

    # then
    assert not janitor.attempts_close(cycle_id=cycle.pk, now=NOW, actor="test")
    assert donation_models.PaymentAttempt.objects.get(pk=attempt.pk).state == "intent"


def test_a_month_that_cannot_be_given_up_leaves_the_others_alone(
    provider: MemoryProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given two whose cards were declined for good, long ago
    troubled, other = two_members(provider)
    months.run(provider, months.LOCK_DAY)
    provider.next_outcomes = ["lost_card", "lost_card"]
    months.run(provider, months.CHARGE_DAY)
    late = months.month_of(other, 1).pay_until
    assert late is not None
    real = janitor.attempts_close

    def fails_for_one(*, cycle_id: int, **options: Any) -> bool:
        if cycle_id == months.month_of(troubled, 1).pk:
            break_off()
        return real(cycle_id=cycle_id, **options)

    monkeypatch.setattr(janitor, "attempts_close", fails_for_one)

    # when
    with pytest.raises(ZeroDivisionError):
        giving_up.months_give_up(as_of=late.replace(year=late.year + 1), now=NOW, actor="test")

    # then
    assert december_of(troubled)[0] == "locked"
    assert december_of(other) == ("failed", "not_paid_in_time")


def breaks_for(first: membership_models.Membership, real: Callable[..., Any]) -> Callable[..., Any]:
    def turn(membership_id: int, **options: Any) -> Any:
        if membership_id == first.pk:
            break_off()
        return real(membership_id, **options)

    return turn


def test_a_pause_that_cannot_be_turned_leaves_the_others_alone(
    provider: MemoryProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given two whose pause is over
    troubled, _ = two_members(provider)
    over = months.LOCK_DAY
    membership_models.Membership.objects.update(state="paused", resume_on=over)
    monkeypatch.setattr(pause_turn, "_turn", breaks_for(troubled, pause_turn._turn))

    # when
    with pytest.raises(ZeroDivisionError):
        pause_turn.pauses_turn(as_of=over, now=months.morning(over), actor="test")

    # then
    rows = membership_models.Membership.objects.order_by("pk").values_list("state", "resume_on")
    assert list(rows) == [("paused", over), ("active", None)]


def test_a_leaving_that_cannot_be_ended_leaves_the_others_alone(
    provider: MemoryProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given two who have left, and whose months are over
    troubled, _ = two_members(provider)
    membership_models.Cycle.objects.update(state="skipped", reason="left")
    membership_models.Membership.objects.update(state="cancelling")
    later = months.morning(months.CHARGE_DAY.replace(year=2027))
    monkeypatch.setattr(cancel_turn, "_turn", breaks_for(troubled, cancel_turn._turn))

    # when
    with pytest.raises(ZeroDivisionError):
        cancel_turn.cancelling_turn(as_of=later.date(), now=later, actor="test")

    # then
    assert [state for state, _ in states()] == ["cancelling", "ended"]


def test_a_membership_that_may_not_go_on_just_so_stays_and_is_named(
    provider: MemoryProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given two who waited for the provider's word; the first one has moved into the town meanwhile
    troubled, other = two_members(provider)
    months.run(provider, months.LOCK_DAY)
    for membership in (troubled, other):
        services.membership_park(
            membership_id=membership.pk, now=NOW, actor="janitor", reason="payment_unknown"
        )
    real = holding.month_codes

    def broken_for_one(cycle: membership_models.Cycle, **options: Any) -> list[str]:
        is_troubled = cycle.membership_id == troubled.pk
        return ["resident_no_gift"] if is_troubled else real(cycle, **options)

    monkeypatch.setattr(holding, "month_codes", broken_for_one)

    # when
    resumed = unclear.memberships_resume(reason="確認", now=NOW, actor="staff:1")

    # then
    assert resumed == unclear.Resumed(count=1, left=(troubled.public_id,))
    assert states() == [("parked", "payment_unknown"), ("active", "")]
    assert unclear.memberships_known() == [troubled.pk]


def test_a_month_whose_member_is_asked_for_another_in_this_very_moment_waits(
    provider: MemoryProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given
    cycle = months.december_make(provider)

    def taken(**_: object) -> None:
        raise donation_errors.AttemptOpen

    monkeypatch.setattr(donation_services, "attempts_begin", taken)

    # when
    result = charging.cycle_charge(cycle_id=cycle.pk, now=NOW, actor="test")

    # then
    assert result is charging.ChargeResult.NOT_DUE
    assert december_of(cycle.membership) == ("locked", "")
    assert states() == [("active", "")]
