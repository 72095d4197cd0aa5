"""Months that the turn of the year finds unpaid: their donors are asked, and what is open in a
browser is closed, so that nothing becomes a donation of the new year unasked.
"""

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet

from saleor_ext.common import jptime
from saleor_ext.common.apart import Apart, each
from saleor_ext.donations import states as donation_states
from saleor_ext.flows.dunning import retrying
from saleor_ext.flows.limits import year_gate
from saleor_ext.flows.month import janitor, letters
from saleor_ext.membership import cycles, models, selectors, states
from saleor_ext.outbox import services as outbox

ASKED_REASON = "year_turn_asked"
BATCH = 200


def months_held(*, today: date) -> QuerySet[models.Cycle]:
    """This will select the months that wait for their donor's word."""
    return models.Cycle.objects.filter(
        year_gate.held_back(year=today.year),
        state=states.CycleState.LOCKED,
        kind=states.CycleKind.DONATION,
        membership__state__in=sorted(states.MEMBERSHIP_CHARGEABLE),
    )


def attempts_close_held(*, today: date, now: datetime, actor: str) -> int:
    """This will close the open attempts of such months at the provider.

    One whose answer is lost stays open until it is known. One month's trouble does not stop the
    others.

    Returns:
        how many of them can turn into money no more.

    Raises:
        Exception: what the first one met with that could not be closed; all others were.
    """
    under_way = months_held(today=today).filter(
        attempts__state__in=sorted(donation_states.ATTEMPT_OPEN)
    )
    ids = list(under_way.order_by("pk").values_list("pk", flat=True).distinct())
    return each(
        ids,
        lambda pk: janitor.attempts_close(cycle_id=pk, now=now, actor=actor),
        name=lambda pk: f"closing of month {pk}",
    )


def donors_ask(*, today: date, now: datetime) -> int:
    """This will ask the donors of such months, once each: give it in the new year, or leave it out?
    In December already those whose next try would fall into January. One month's trouble does not
    stop the others.

    Returns:
        how many were asked.

    Raises:
        Exception: what the first one met with that could not be asked; all others were.
    """
    count, apart = 0, Apart()
    for batch in _unasked(today=today):
        for cycle in batch:
            with apart.one(f"asking about month {cycle.pk}"):
                month_ask(cycle=cycle, now=now)
                count += 1
    apart.end()
    return count


def _unasked(*, today: date) -> Iterator[list[models.Cycle]]:
    last_id = 0
    while True:
        rows = _to_ask(today=today).exclude(reason=ASKED_REASON).filter(pk__gt=last_id)
        rows = rows.exclude(attempts__state__in=sorted(donation_states.ATTEMPT_OPEN))
        batch = list(rows.select_related("membership").order_by("pk")[:BATCH])
        if not batch:
            return
        last_id = batch[-1].pk
        yield batch


def _to_ask(*, today: date) -> QuerySet[models.Cycle]:
    out_of_days = models.Cycle.objects.filter(
        reason=retrying.YEAR_TURN_DUE,
        state=states.CycleState.LOCKED,
        membership__state__in=sorted(states.MEMBERSHIP_CHARGEABLE),
    )
    return months_held(today=today) | out_of_days


@transaction.atomic
def month_ask(*, cycle: models.Cycle, now: datetime) -> None:
    """This will ask a donor what is to become of a month; once per month. He has as long to answer
    as he would have to make up for a decline.
    """
    if cycles.cycle_note(cycle_id=cycle.pk, reason=ASKED_REASON):
        days = timedelta(days=selectors.municipality_get().give_up_days)
        until = cycle.pay_until or jptime.jst_date(now) + days
        cycles.cycle_retry_set(cycle_id=cycle.pk, next_try_on=None, pay_until=until)
        message = letters.mail_message("year_turn", cycle=cycle, now=now)
        outbox.messages_put_many(messages=[message])
