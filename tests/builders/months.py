"""Months of a membership on their way through the flows, and the provider's answers about them."""

from datetime import date, datetime, timedelta
from typing import Any

from saleor_ext.common import jptime
from saleor_ext.contracts.payment import ChargeState, Outcome
from saleor_ext.contracts.types import Yen
from saleor_ext.donations import models as donation_models
from saleor_ext.donations import services as donation_services
from saleor_ext.flows.month import locking, monthly, settle
from saleor_ext.membership import models, planning, selectors
from saleor_ext.saleor_connector import models as shop_models
from tests.builders import world
from tests.builders.provider import CARD, MemoryProvider

LOCK_DAY = date(2026, 12, 18)
CHARGE_DAY = date(2026, 12, 24)


def morning(day: date, *, hour: int = 10) -> datetime:
    """A moment on a Japanese day."""
    return jptime.jst_moment(day, hour=hour)


def run(provider: MemoryProvider, day: date, *, hour: int = 10) -> monthly.RunReport:
    """One run in the morning of a day."""
    now = morning(day, hour=hour)
    provider.now = now
    return monthly.run_cycles(as_of=day, now=now, actor="test")


def run_days(provider: MemoryProvider, first: date, last: date) -> list[monthly.RunReport]:
    """One run on each day from `first` to `last`, both included."""
    days = (last - first).days + 1
    return [run(provider, first + timedelta(days=number)) for number in range(days)]


def run_through(provider: MemoryProvider, first: date, last: date) -> list[monthly.RunReport]:
    """One run on `first`, on `last`, on the first of each month, and on each day between on which
    something is due: a date of a month or a retry, and the day after. On the other days a run finds
    nothing.
    """
    reports, day = [run(provider, first)], first
    while day < last:
        day = min(last, *_days_due(after=day), _first_after(day))
        reports.append(run(provider, day))
    return reports


def _days_due(*, after: date) -> list[date]:
    fields = ("change_until", "charge_on", "list_on", "ship_to", "next_try_on", "pay_until")
    over = {"skipped", "failed", "void"}
    rows = models.Cycle.objects.exclude(state__in=over).values_list(*fields)
    found = {day for row in rows for day in row if day is not None}
    found |= {day + timedelta(days=1) for day in found}
    return sorted(day for day in found if day > after)[:1] or [date.max]


def _first_after(day: date) -> date:
    return (day.replace(day=1) + timedelta(days=32)).replace(day=1)


def december_make(provider: MemoryProvider, **member: Any) -> models.Cycle:
    """The locked December of somebody who joined on 24 November 2026."""
    if "tier" not in member:
        member["tier"] = world.world_make()
    membership = world.member_make(**member)
    town = selectors.town_calendar(town=selectors.municipality_get())
    planning.cycles_plan(today=LOCK_DAY, town=town)
    locking.cycles_lock_due(as_of=LOCK_DAY, now=morning(LOCK_DAY), actor=world.ACTOR)
    return month_of(membership, 1)


def declined_december_make(
    provider: MemoryProvider, *, said: str = "lost_card", **member: Any
) -> models.Cycle:
    """A December whose donation did not go through on 24 December."""
    cycle = december_make(provider, **member)
    provider.next_outcomes = [said]
    run(provider, CHARGE_DAY)
    return month_of(cycle.membership, 1)


def month_of(membership: models.Membership, n: int) -> models.Cycle:
    """Month n of a membership, read again."""
    return models.Cycle.objects.select_related("membership__donor", "tier").get(
        membership_id=membership.pk, n=n
    )


def attempt_make(
    cycle: models.Cycle, *, is_off_session: bool = True, now: datetime | None = None
) -> donation_models.PaymentAttempt:
    """An attempt that was written down, and nothing more."""
    return donation_services.attempt_begin(
        cycle_id=cycle.pk,
        cycle_key=selectors.cycle_key(cycle=cycle),
        membership_id=cycle.membership_id,
        amount_yen=Yen(cycle.amount_yen),
        is_off_session=is_off_session,
        most_a_day=99,
        now=now or morning(CHARGE_DAY),
        actor=world.ACTOR,
    )


def answer(
    attempt: donation_models.PaymentAttempt, outcome: Outcome, **changes: Any
) -> ChargeState:
    """What the provider says of an attempt."""
    values: dict[str, Any] = {
        "provider_ref": f"pi_of_{attempt.key}",
        "outcome": outcome,
        "amount_yen": Yen(attempt.amount_yen),
        "key": attempt.key,
        "customer_ref": "cus_1",
    }
    if outcome is Outcome.SUCCEEDED:
        values |= {
            "charge_ref": f"ch_of_{attempt.key}",
            "charged_at": morning(CHARGE_DAY),
            "card": CARD,
        }
    if outcome in {Outcome.DECLINED, Outcome.ACTION_REQUIRED}:
        values["decline_code"] = (
            "insufficient_funds" if outcome is Outcome.DECLINED else "authentication_required"
        )
    return ChargeState(**values | changes)


def order_known(cycle: models.Cycle, *, status: str = "UNFULFILLED") -> shop_models.ShopOrder:
    """A month's order as the shop told us of it last."""
    reference = selectors.cycle_key(cycle=cycle)
    return shop_models.ShopOrder.objects.create(
        external_reference=reference,
        order_id=f"order-{reference}",
        number=str(cycle.pk),
        status=status,
        updated_at=world.NOW,
    )


def member_ahead(*, day: date = world.TODAY, **member: Any) -> models.Membership:
    """A member who joined on 24 November 2026, his months planned as they are on `day`."""
    if "tier" not in member:
        member["tier"] = world.world_make()
    membership = world.member_make(**member)
    planning.cycles_plan(today=day, town=selectors.town_calendar(town=selectors.municipality_get()))
    return membership


def first_pay(
    provider: MemoryProvider, membership: models.Membership, *, now: datetime
) -> donation_models.PaymentAttempt:
    """The first donation of a draft, confirmed in the browser as joining does."""
    cycle = month_of(membership, 0)
    world.first_lock(cycle=cycle, now=now)
    attempt = attempt_make(cycle, is_off_session=False, now=now)
    said = answer(attempt, Outcome.SUCCEEDED, charged_at=now)
    return settle.apply(attempt_id=attempt.pk, state=said, now=now, actor="donor:1")
