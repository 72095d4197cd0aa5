"""Part of a prepaid donation is given back: the last boxes of its term fall away.

A box stands for its equal share of the donation. What went back is worth k whole boxes, or it is
not: then staff say how many fall away, and until they have, nothing of the membership goes on.

Law: gift_cost_per_donation
"""

from datetime import datetime

from django.db import transaction

from saleor_ext.common.errors import InvalidTransition
from saleor_ext.donations import models as donation_models
from saleor_ext.donations import selectors as donation_selectors
from saleor_ext.donations import states as donation_states
from saleor_ext.flows.month import holding, parts_back
from saleor_ext.flows.orders import order_queue
from saleor_ext.membership import cycles, models, selectors, states
from saleor_ext.membership import errors as membership_errors

REASON = "part_refunded"


def worth_yen(cycle: models.Cycle, *, boxes: int) -> int:
    """This will say what some boxes of a term are worth, in whole yen, rounded down."""
    return cycle.amount_yen * boxes // cycle.box_count


def amounts(*, attempt_id: int) -> dict[int, int]:
    """This will list what may be given back of a prepaid donation today, short of all of it.

    Returns:
        by amount in yen: how many boxes it stands for; empty for a donation of one month.
    """
    attempt = donation_models.PaymentAttempt.objects.get(pk=attempt_id)
    cycle = selectors.cycle_get(cycle_id=attempt.cycle_id)
    if cycle.box_count == 1 or cycle.is_stopped or parts_back.is_undecided(cycle=cycle):
        return {}
    gone = cycle.boxes_given_back
    return {
        worth_yen(cycle, boxes=gone + count) - cycle.given_back_yen: count
        for count in range(1, selectors.term_boxes_free(paying=cycle) + 1)
    }


def part_end(
    *, cycle: models.Cycle, attempt: donation_models.PaymentAttempt, now: datetime, actor: str
) -> bool:
    """This will let the boxes fall away that a part of a donation stood for, in the caller's
    transaction, who holds the month and has written the part into the ledger.

    Returns:
        False when it is not a part of a term, or not worth whole boxes that are still there: then
        it is for staff.
    """
    back_yen = donation_selectors.refunded_yen(attempt_id=attempt.pk)
    if cycle.box_count == 1 or attempt.state == donation_states.AttemptState.REFUNDED:
        return False
    for count in range(1, selectors.term_boxes_free(paying=cycle) + 1):
        if worth_yen(cycle, boxes=cycle.boxes_given_back + count) == back_yen:
            _end(cycle, boxes=count, back_yen=back_yen, now=now, actor=actor)
            return True
    return False


@transaction.atomic
def part_decide(
    *,
    membership_id: int,
    boxes: int,
    now: datetime,
    actor: str,
    reason: str,
    fixed_month: str = holding.FixedMonth.AS_IS,
    paying_n: int | None = None,
) -> models.Membership:
    """This will let so many of a term's last boxes fall away as staff say, and the membership go
    on. It stays parked while a part of another term's donation waits for them likewise.

    Args:
        membership_id: whose.
        boxes: how many fall away.
        now: the present moment.
        actor: who says so.
        reason: why, in words.
        fixed_month: what becomes of a fixed month that breaks a rule by now.
        paying_n: the n of the month that paid for the term which staff were shown, so that what is
            sent twice decides about no other one; None for the only one.

    Raises:
        TermPartTooLarge: there is no such term, or so many boxes are not there any more.
        ReasonMissing: no reason was given.
        RuleBroken: see `holding.membership_resume`.
    """
    cycle = parts_back.undecided_of(membership_id=membership_id)
    if cycle is None or paying_n not in {None, cycle.n}:
        raise membership_errors.TermPartTooLarge()
    cycles.cycle_hold(cycle_id=cycle.pk)
    attempt = donation_selectors.attempt_received(cycle_id=cycle.pk)
    if attempt is None or not parts_back.is_undecided(cycle=cycle):
        raise InvalidTransition(to=cycle.state)
    back_yen = donation_selectors.refunded_yen(attempt_id=attempt.pk)
    _end(cycle, boxes=boxes, back_yen=back_yen, now=now, actor=actor)
    membership = models.Membership.objects.get(pk=membership_id)
    is_other = parts_back.undecided_of(membership_id=membership_id) is not None
    if is_other or membership.state != states.MembershipState.PARKED:
        return membership
    return holding.membership_resume(
        membership_id=membership_id, now=now, actor=actor, reason=reason, fixed_month=fixed_month
    )


def _end(cycle: models.Cycle, *, boxes: int, back_yen: int, now: datetime, actor: str) -> None:
    taken_back = cycles.term_part_end(
        cycle_id=cycle.pk,
        boxes=boxes,
        given_back_yen=back_yen,
        reason=REASON,
        now=now,
        actor=actor,
    )
    for cycle_id in taken_back:
        order_queue.order_put("order.cancel", cycle_id=cycle_id, now=now)
