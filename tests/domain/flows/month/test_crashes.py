"""The process dies after each step of the monthly run; the next run finds everything."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest

from saleor_ext.common import jptime
from saleor_ext.donations import models as donation_models
from saleor_ext.donations import services as donation_services
from saleor_ext.flows import outbox_run
from saleor_ext.flows.books import ledger
from saleor_ext.flows.choices import giving
from saleor_ext.flows.dunning import giving_up
from saleor_ext.flows.month import charging, listing, locking, monthly, settle
from saleor_ext.fulfilment import models as fulfilment_models
from saleor_ext.membership import cycles, planning
from saleor_ext.outbox import models as outbox_models
from tests.builders import world
from tests.builders.provider import MemoryProvider

pytestmark = pytest.mark.django_db(transaction=True)

CHARGE_DAY = date(2026, 12, 24)


class Died(BaseException):
    """The process is gone: nothing that catches errors catches this."""


def die_before(monkeypatch: pytest.MonkeyPatch, owner: Any, name: str) -> None:
    def dead(*args: object, **kwargs: object) -> None:
        raise Died

    monkeypatch.setattr(owner, name, dead)


def die_after(monkeypatch: pytest.MonkeyPatch, owner: Any, name: str) -> None:
    real = getattr(owner, name)

    def dead(*args: object, **kwargs: object) -> None:
        real(*args, **kwargs)
        raise Died

    monkeypatch.setattr(owner, name, dead)


STEPS: dict[str, tuple[Callable[..., None], Any, str]] = {
    "before planning": (die_before, planning, "cycles_plan"),
    "after planning": (die_after, planning, "cycles_plan"),
    "after locking": (die_after, locking, "cycles_lock_due"),
    "after the first orders": (die_after, outbox_run, "outbox_drain"),
    "after the attempt was written": (die_after, donation_services, "attempts_begin"),
    "before the provider was asked": (die_before, MemoryProvider, "charge_off_session"),
    "after the provider took the money": (die_after, MemoryProvider, "charge_off_session"),
    "before the answer was written": (die_before, settle, "apply_many"),
    "after the answer was written": (die_after, settle, "apply_many"),
    "after the charges": (die_after, charging, "answers_write"),
    "before listing": (die_before, listing, "cycles_list_due"),
    "after listing": (die_after, listing, "cycles_list_due"),
    "before closing": (die_before, giving_up, "months_give_up"),
    "after closing": (die_after, giving, "grants_close_due"),
}


@pytest.mark.parametrize("step", STEPS)
def test_a_run_that_dies_is_made_good_by_the_next_one(
    step: str, provider: MemoryProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given
    world.member_make(tier=world.world_make())
    _run(provider, date(2026, 11, 25))
    dying, owner, name = STEPS[step]

    # when
    with monkeypatch.context() as patch:
        dying(patch, owner, name)
        with pytest.raises(Died):
            _run(provider, CHARGE_DAY)
    for offset in range(3):
        _run(provider, CHARGE_DAY + timedelta(days=offset))

    # then
    _december_is_right(provider)


@pytest.mark.parametrize(
    ("owner", "name"), [(donation_services, "attempts_succeed"), (cycles, "cycles_charged")]
)
def test_dying_inside_the_settlement_leaves_nothing_half_written(
    owner: Any, name: str, provider: MemoryProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given
    world.member_make(tier=world.world_make())
    _run(provider, date(2026, 11, 25))

    # when
    with monkeypatch.context() as patch:
        die_after(patch, owner, name)
        with pytest.raises(Died):
            _run(provider, CHARGE_DAY)

    # then
    assert donation_models.Donation.objects.count() == 1
    attempt = donation_models.PaymentAttempt.objects.get(cycle__n=1)
    assert (attempt.state, attempt.settled_at) == ("intent", None)

    # and when
    _run(provider, CHARGE_DAY + timedelta(days=1))
    _run(provider, CHARGE_DAY + timedelta(days=2))

    # then
    _december_is_right(provider)


def _run(provider: MemoryProvider, day: date) -> None:
    now = jptime.jst_moment(day, hour=10)
    provider.now = now
    monthly.run_cycles(as_of=day, now=now, actor="test")


def _december_is_right(provider: MemoryProvider) -> None:
    received = donation_models.PaymentAttempt.objects.filter(cycle__n=1, state="succeeded")
    assert received.count() == 1
    assert len(provider.succeeded()) == 1
    assert donation_models.Donation.objects.filter(attempt__cycle__n=1).count() == 1
    assert fulfilment_models.Shipment.objects.filter(cycle__n=1).count() == 1
    topics = outbox_models.OutboxMessage.objects.filter(payload__cycle_id=received[0].cycle_id)
    assert sorted(topics.values_list("topic", flat=True)) == [
        "mail.send",
        "order.create",
        "order.pay",
    ]
    breaches = ledger.ledger_check(now=jptime.jst_moment(date(2026, 12, 26)), provider_days=0)
    # No shop runs beside this test: its orders are still on the way, the old one for too long.
    assert {breach.code for breach in breaches} <= {"paid_without_order"}
