"""How long a fixed month waits for its donation, and on which days it may still come by itself.

The same days as in the real run: `dunning.retrying` and `dunning.giving_up` for what was declined,
`limits.year_turn` for what the new year holds back, `month.catch_up` for what was missed.
"""

from dataclasses import dataclass
from datetime import date, timedelta

from saleor_ext.flows.dunning import giving_up
from saleor_ext.flows.limits import year_gate
from saleor_ext.flows.month import catch_up
from saleor_ext.flows.rehearsal.cases import Case, Stage
from saleor_ext.membership import models, states

CATCH_UP_WAITING = "catch_up_waiting"


@dataclass(frozen=True, kw_only=True)
class Over:
    """When the waiting of a month is over, and why."""

    day: date
    reason: str


def pay_until(cycle: models.Cycle, *, stage: Stage) -> date:
    """This will return the last day on which the donor of a declined month can make up for it."""
    days = timedelta(days=stage.town.give_up_days)
    return max(cycle.pay_until or cycle.charge_on + days, stage.today)


def retry_days(cycle: models.Cycle, *, stage: Stage, earliest: date) -> list[date]:
    """This will list the days that are left on which a declined month is tried again.

    None after a decline that needs the donor. A month he agreed to give in another year has one.
    """
    if cycle.next_try_on is None:
        return []
    until = pay_until(cycle, stage=stage)
    first = until - timedelta(days=stage.town.give_up_days)
    planned = [] if cycle.agreed_year else stage.town.retry_days
    later = {first + timedelta(days=int(day)) for day in planned}
    days = {cycle.next_try_on, *(day for day in later if day > cycle.next_try_on)}
    year = year_gate.year_of(cycle)
    found = {max(day, earliest) for day in days}
    return sorted(day for day in found if day <= until and day.year <= year)


def waits_for_somebody(cycle: models.Cycle, *, case: Case, stage: Stage) -> Over | None:
    """This will say when a month is over that waits for its donor's or staff's word, who say
    nothing; None when it waits for nobody.

    A missed month that staff never decide about comes to the turn of the year, like any other.
    """
    held = case.held.get(cycle.pk)
    is_held_back = year_gate.is_held_back(cycle, today=stage.today)
    if held is None and not is_held_back:
        return None
    asked_on = stage.today
    if not is_held_back:
        asked_on = date(year_gate.year_of(cycle) + 1, 1, 1)
    until = cycle.pay_until or asked_on + timedelta(days=stage.town.give_up_days)
    was_tried = cycle.pk in case.declined
    reason = states.NOT_PAID_IN_TIME if was_tried else giving_up.UNANSWERED
    if held is not None and held.answer_until is not None and held.answer_until <= until:
        until, reason = held.answer_until, catch_up.SKIPPED_UNANSWERED
    return Over(day=max(until, stage.today), reason=reason)
