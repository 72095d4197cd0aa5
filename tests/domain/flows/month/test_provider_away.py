"""A provider that cannot be reached, or does not let us in: nobody loses by it."""

from datetime import timedelta

import pytest

from saleor_ext.contracts import errors
from saleor_ext.contracts.payment import ChargeState
from saleor_ext.donations import models as donation_models
from saleor_ext.flows.month import callers, janitor
from saleor_ext.membership import models as membership_models
from tests.builders import months, world
from tests.builders.provider import MemoryProvider

pytestmark = pytest.mark.django_db


def test_a_revoked_key_stops_the_run_and_parks_nobody(provider: MemoryProvider) -> None:
    # given
    first = months.december_make(provider)
    second = months.december_make(
        provider, tier=first.membership.tier, donor=world.donor_make(name="taro")
    )
    provider.next_outcomes = ["locked_out"]

    # when
    stopped = months.run(provider, months.CHARGE_DAY)
    asked = [call for call in provider.calls if call.startswith("charge")]
    mended = months.run(provider, months.CHARGE_DAY, hour=11)

    # then
    assert (stopped.stopped, stopped.charged, stopped.parked) == ("provider_locked_out", 0, 0)
    assert len(asked) == 1
    assert (mended.stopped, mended.charged, mended.donations_yen) == ("", 2, 6000)
    for cycle in (first, second):
        assert months.month_of(cycle.membership, 1).membership.state == "active"
    assert len(provider.succeeded()) == 2


def test_a_provider_that_is_down_is_asked_again_with_the_next_run(
    provider: MemoryProvider,
) -> None:
    # given
    cycle = months.december_make(provider)
    provider.next_outcomes = ["down"]

    # when
    down = months.run(provider, months.CHARGE_DAY)
    up = months.run(provider, months.CHARGE_DAY, hour=11)

    # then
    assert (down.due, down.unknown, down.charged) == (1, 1, 0)
    assert (up.charged, up.donations_yen) == (1, 3000)
    assert months.month_of(cycle.membership, 1).membership.state == "active"
    assert len(provider.succeeded()) == 1


def test_a_provider_that_answers_nobody_ends_the_run_and_the_next_one_goes_on(
    provider: MemoryProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given
    monkeypatch.setattr(callers, "AWAY_AFTER", 2)
    tier = world.world_make()
    names = ("hanako", "taro", "jiro", "saburo")
    members = [world.member_make(tier=tier, donor=world.donor_make(name=name)) for name in names]
    months.run(provider, months.LOCK_DAY)
    provider.next_outcomes = ["down", "never_arrived"]

    # when
    away = months.run(provider, months.CHARGE_DAY)
    asked = [call for call in provider.calls if call.startswith("charge")]
    back = months.run(provider, months.CHARGE_DAY, hour=11)

    # then two were asked for, the others were not, and nobody is parked or told anything
    assert (away.stopped, away.unknown, away.charged, away.parked) == ("provider_away", 2, 0, 0)
    assert len(asked) == 2
    assert (back.stopped, back.charged, back.donations_yen) == ("", 4, 12000)
    assert len(provider.succeeded()) == 4
    for membership in members:
        assert months.month_of(membership, 1).membership.state == "active"


def look(after: timedelta) -> janitor.JanitorReport:
    return janitor.attempts_settle_open(now=months.morning(months.CHARGE_DAY) + after)


def silent(monkeypatch: pytest.MonkeyPatch) -> None:
    """The provider cannot be asked about anything."""

    def away(*args: object, **kwargs: object) -> ChargeState:
        raise errors.ProviderUnknown("timeout")

    monkeypatch.setattr(MemoryProvider, "charge_find", away)


def five_unknown(provider: MemoryProvider) -> list[donation_models.PaymentAttempt]:
    """Attempts of five members that never reached the provider."""
    tier = world.world_make()
    for name in ("hanako", "taro", "jiro", "saburo", "shiro"):
        world.member_make(tier=tier, donor=world.donor_make(name=name))
    months.run(provider, months.LOCK_DAY)
    provider.next_outcomes = ["never_arrived"] * 5
    months.run(provider, months.CHARGE_DAY)
    return list(donation_models.PaymentAttempt.objects.filter(cycle__n=1).order_by("pk"))


def test_a_provider_that_answers_nobody_is_asked_three_times_and_the_rest_keeps_its_turn(
    provider: MemoryProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given
    attempts = five_unknown(provider)
    silent(monkeypatch)

    # when
    first = look(timedelta(minutes=2))
    counts = [donation_models.PaymentAttempt.objects.get(pk=row.pk).look_count for row in attempts]
    second = look(timedelta(minutes=3))

    # then
    assert (first.looked_at, first.left, first.unknown) == (3, 2, 5)
    assert counts == [1, 1, 1, 0, 0]
    assert (second.looked_at, second.left, second.unknown) == (2, 0, 2)


def test_what_nobody_could_be_asked_about_for_the_towns_days_is_for_staff_all_the_same(
    provider: MemoryProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given
    attempts = five_unknown(provider)
    silent(monkeypatch)

    # when
    report = look(timedelta(days=3))

    # then
    assert (report.looked_at, report.left) == (3, 2)
    rows = membership_models.Membership.objects.values_list("state", "parked_reason")
    assert list(rows) == [("parked", "payment_unknown")] * 5
    states = donation_models.PaymentAttempt.objects.filter(pk__in=[row.pk for row in attempts])
    assert set(states.values_list("state", flat=True)) == {"unknown"}


def test_a_look_that_takes_long_leaves_the_rest_and_gives_nobody_to_staff(
    provider: MemoryProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given
    five_unknown(provider)
    monkeypatch.setattr(janitor, "LOOK_FOR_S", 0.0)

    # when
    report = look(timedelta(days=3))

    # then
    assert (report.looked_at, report.left, report.unknown) == (0, 5, 5)
    assert not membership_models.Membership.objects.filter(state="parked").exists()
