"""Months whose donation did not come in time: they end with a name, and so does the waiting of
their membership, as the town has set it.
"""

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from saleor_ext.common import apart
from saleor_ext.donations import selectors as donation_selectors
from saleor_ext.flows.limits import leaving_out
from saleor_ext.flows.month import charge_run, janitor, settle
from saleor_ext.flows.orders import order_queue
from saleor_ext.flows.swaps import waiting
from saleor_ext.membership import cycles, models, selectors, services, states
from saleor_ext.operation import selectors as operation_selectors

NOT_PAID = states.NOT_PAID_IN_TIME
UNANSWERED = "year_turn_unanswered"
BATCH = 200

_Member = states.MembershipState


def months_late(*, as_of: date) -> QuerySet[models.Cycle]:
    """This will select the months that have waited for their donation as long as the town waits.

    They wait until the day their donors were told: of declined ones with the decline, of those
    that the turn of the year holds back untried with the question. Missed ones, about which staff
    or their donors have not decided yet, wait longer. A month that cannot be paid because a gift of
    its box cannot be sent is not late, nor is one whose card it is our turn to ask: what could not
    be asked, since donations are stopped or the provider is away, nobody has refused.
    """
    days = selectors.municipality_get().give_up_days
    waited = Q(pay_until__lt=as_of) | Q(
        pay_until__isnull=True,
        charge_on__lt=as_of - timedelta(days=days),
        membership__state=_Member.PAST_DUE,
    )
    is_our_turn = charge_run.cycles_due(as_of=as_of).filter(pk=OuterRef("pk"))
    asked_about = operation_selectors.catch_up_held().filter(cycle_id=OuterRef("pk"))
    return models.Cycle.objects.filter(
        waited,
        ~Exists(asked_about),
        ~Exists(is_our_turn),
        ~waiting.waiting(),
        state=states.CycleState.LOCKED,
        kind=states.CycleKind.DONATION,
        n__gt=0,
        membership__state__in=sorted(states.MEMBERSHIP_CHARGEABLE),
    )


def months_give_up(*, as_of: date, now: datetime, actor: str) -> int:
    """This will give up every month that waited long enough and certainly was not paid.

    Returns:
        how many were given up.

    Raises:
        Exception: one month was in trouble; all others were gone through.
    """

    def one(cycle: models.Cycle) -> bool:
        is_unpaid = janitor.attempts_close(cycle_id=cycle.pk, now=now, actor=actor)
        return is_unpaid and _give_up(cycle, as_of=as_of, now=now, actor=actor)

    return apart.each(_each(as_of=as_of), one, name=lambda cycle: f"giving up month {cycle.pk}")


def _each(*, as_of: date) -> Iterator[models.Cycle]:
    last_id = 0
    while True:
        rows = months_late(as_of=as_of).filter(pk__gt=last_id).select_related("membership")
        batch = list(rows.order_by("pk")[:BATCH])
        if not batch:
            return
        last_id = batch[-1].pk
        yield from batch


@transaction.atomic
def _give_up(cycle: models.Cycle, *, as_of: date, now: datetime, actor: str) -> bool:
    cycles.cycle_hold(cycle_id=cycle.pk)
    if not months_late(as_of=as_of).filter(pk=cycle.pk).exists():
        return False  # it was paid, or got more days, in this very moment
    was_tried = donation_selectors.latest_attempt(cycle_id=cycle.pk) is not None
    reason = NOT_PAID if was_tried else UNANSWERED
    cycles.cycle_fail(cycle_id=cycle.pk, reason=reason, now=now, actor=actor)
    order_queue.order_put("order.cancel", cycle_id=cycle.pk, now=now)
    settle.mail_put("month_given_up", cycle=cycle, now=now)
    if _ends(cycle):
        services.membership_cancelling(
            membership_id=cycle.membership_id, now=now, actor=actor, reason=NOT_PAID
        )
    else:
        leaving_out.membership_go_on(cycle=cycle, reason="month_given_up", now=now, actor=actor)
    return True


def _ends(cycle: models.Cycle) -> bool:
    outcome = selectors.municipality_get().past_due_outcome
    membership = models.Membership.objects.select_for_update().get(pk=cycle.membership_id)
    return outcome == states.PastDueOutcome.ENDS and membership.state == _Member.PAST_DUE
