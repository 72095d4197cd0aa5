"""When a declined donation is tried again, and how long its month waits for it."""

from datetime import date, datetime, timedelta

from django.db.models import QuerySet

from saleor_ext.common import jptime
from saleor_ext.donations import models as donation_models
from saleor_ext.donations import selectors as donation_selectors
from saleor_ext.flows.limits import year_gate
from saleor_ext.membership import cycles, models, selectors

YEAR_TURN_DUE = "year_turn_due"


def retry_plan(
    *, attempt: donation_models.PaymentAttempt, is_retryable: bool, now: datetime
) -> models.Cycle:
    """This will note when a month's donation is tried again, and until when its donor can make up
    for it. In the caller's transaction, who holds the month.

    Soft declines are tried again on the town's days, counted from the day of the first try; hard
    ones never. Days of the next calendar year are not used: about them the donor is asked.

    Returns:
        the month as it is now.
    """
    cycle = selectors.cycle_get(cycle_id=attempt.cycle_id)
    town = selectors.municipality_get()
    first_day = _first_day(cycle)
    pay_until = cycle.pay_until or first_day + timedelta(days=town.give_up_days)
    days = [first_day + timedelta(days=int(day)) for day in town.retry_days if is_retryable]
    ahead = sorted(day for day in days if jptime.jst_date(now) < day <= pay_until)
    in_year = [day for day in ahead if day.year <= year_gate.year_of(cycle)]
    cycles.cycle_retry_set(
        cycle_id=cycle.pk,
        next_try_on=in_year[0] if in_year else None,
        pay_until=pay_until,
        reason=YEAR_TURN_DUE if ahead and not in_year else "",
    )
    cycle.refresh_from_db()
    return cycle


def _first_day(cycle: models.Cycle) -> date:
    """A month that was tried late, or is given in a later year, gets all its tries all the same."""
    attempts = donation_selectors.attempts_of_cycle(cycle_id=cycle.pk)
    if cycle.agreed_year:
        agreed_from = jptime.jst_moment(date(cycle.agreed_year, 1, 1))
        attempts = attempts.filter(begun_at__gte=agreed_from)
    first = attempts.first()
    tried_on = jptime.jst_date(first.begun_at) if first else cycle.charge_on
    return max(cycle.charge_on, tried_on)


def days_renew(*, months: QuerySet[models.Cycle], now: datetime) -> None:
    """This will give months that could not be paid for a while as many days from now on as the
    town gives after a decline. Nobody's days become fewer.
    """
    days = timedelta(days=selectors.municipality_get().give_up_days)
    cycles.cycles_pay_longer(cycles=months, until=jptime.jst_date(now) + days)


def retries_until(*, as_of: date, now: datetime) -> date:
    """This will return the last day whose retries are due: today's only from the town's time of
    day on.
    """
    if as_of != jptime.jst_date(now):
        return as_of
    is_time = now.astimezone(jptime.JST).time() >= selectors.municipality_get().retry_time
    return as_of if is_time else as_of - timedelta(days=1)
