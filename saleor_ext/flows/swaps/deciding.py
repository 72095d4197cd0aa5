"""What becomes of a month whose gift cannot be sent: another gift, or left out and carried over.

Found by state, not by date: every locked month whose box has a proposal and which nobody has asked
about yet. Its donor's standing wish decides, or he is asked. Until then it is neither charged nor
sent, and its order waits.
"""

import contextlib
import logging
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from saleor_ext.common import jptime
from saleor_ext.common.apart import Apart
from saleor_ext.common.errors import InvalidTransition, Refusal
from saleor_ext.donations import errors as donation_errors
from saleor_ext.donations import selectors as donation_selectors
from saleor_ext.flows.month import parcel_holds, received, settle
from saleor_ext.flows.orders import order_queue
from saleor_ext.flows.swaps import fitting, waiting
from saleor_ext.fulfilment import models, selectors, services, states, swaps
from saleor_ext.membership import cycles, delivery, outlook
from saleor_ext.membership import models as membership_models
from saleor_ext.membership import services as membership_services
from saleor_ext.membership import states as membership_states
from saleor_ext.outbox import services as outbox

logger = logging.getLogger(__name__)

ANSWER_DAYS = 3
REASON = "out_of_stock"
BACK_REASON = "alternate_found"
OVER_REASON = "month_over"

_Cycle = membership_states.CycleState
_Member = membership_states.MembershipState
_Swap = states.SwapState
_Wish = membership_states.SwapWish


def swaps_open_due(*, now: datetime, actor: str) -> int:
    """This will ask, or decide by standing wish, about every month a proposal is for.

    Returns:
        how many months were taken up. One month's trouble does not stop the others.

    Raises:
        Exception: what the first one met with that could not be taken up; all others were.
    """
    count, apart = 0, Apart()
    for alternate in selectors.alternates_proposed():
        for cycle_id in _unasked(alternate).order_by("pk").values_list("pk", flat=True):
            with apart.one(f"asking about the box of month {cycle_id}"):
                count += _open_safely(alternate, cycle_id=cycle_id, now=now, actor=actor)
    apart.end()
    return count


def _unasked(alternate: models.Alternate) -> QuerySet[membership_models.Cycle]:
    """Months with the gift that have not been sent and that nobody has asked about. In some another
    gift comes in its place already, since an earlier proposal.
    """
    known = Q(alternate_id=alternate.pk) | Q(
        alternate__gift_id=alternate.gift_id, state=_Swap.ACCEPTED
    )
    asked = models.Swap.objects.filter(known, cycle_id=OuterRef("pk"))
    gone = models.Shipment.objects.filter(
        cycle_id=OuterRef("pk"),
        producer_id=alternate.gift.producer_id,
        state__in=sorted({*states.SHIPMENT_SENT, states.ShipmentState.LABELLED}),
    )
    return membership_models.Cycle.objects.filter(
        ~Exists(asked),
        ~Exists(gone),
        ~parcel_holds.gone_for_good(),
        snapshot__box_plan_id=alternate.box_plan_id,
        state__in=[_Cycle.LOCKED, _Cycle.CHARGED],
    ).exclude(membership__state__in=[_Member.DRAFT, _Member.PARKED])


def _open_safely(alternate: models.Alternate, *, cycle_id: int, now: datetime, actor: str) -> bool:
    try:
        return _open(alternate, cycle_id=cycle_id, now=now, actor=actor)
    except Refusal as refusal:
        logger.info("month %s is taken up later: %s", cycle_id, refusal.code)
        return False


@transaction.atomic
def _open(alternate: models.Alternate, *, cycle_id: int, now: datetime, actor: str) -> bool:
    cycles.cycle_hold(cycle_id=cycle_id)
    cycle = _month(cycle_id)
    if cycle.state not in {_Cycle.LOCKED, _Cycle.CHARGED}:
        return False
    swap = swaps.swap_ask(
        alternate_id=alternate.pk,
        cycle_id=cycle_id,
        answer_until=answer_until(charge_on=cycle.charge_on, today=jptime.jst_date(now)),
        now=now,
        actor=actor,
    )
    if swap is None:
        return False
    swap = selectors.swap_get(swap_id=swap.pk)
    wish = cycle.membership.swap_wish
    if wish == _Wish.CARRY or not _fits(swap, now=now):
        carry(swap, now=now, actor=actor, reason=f"wish_{wish}")
        return True
    if wish == _Wish.ACCEPT and not _added(swap):
        accept(swap, now=now, actor=actor, reason=f"wish_{wish}")
    else:
        services.shipments_hold(cycle_id=cycle_id, now=now, actor=actor, reason="swap_asked")
        _tell("swap_asked", swap=swap, donor_id=receiver_id(swap), now=now)
    if is_back(cycle_id=cycle_id):
        # He gives for it, and was told that he would not.
        _tell("month_back", swap=swap, donor_id=cycle.membership.donor_id, now=now)
    return True


def is_back(*, cycle_id: int) -> bool:
    """This will say whether a month was left out for want of a gift before the alternate came."""
    events = membership_models.CycleEvent.objects.filter(cycle_id=cycle_id, reason=BACK_REASON)
    return events.exists()


def _month(cycle_id: int) -> membership_models.Cycle:
    rows = membership_models.Cycle.objects.select_related(
        "membership__donor", "membership__recipient", "tier", "snapshot", "covered_by"
    )
    return rows.get(pk=cycle_id)


def answer_until(*, charge_on: date, today: date) -> date:
    """This will return the last day for an answer: the day before the donation, and at least three
    days from now.
    """
    return max(charge_on - timedelta(days=1), today + timedelta(days=ANSWER_DAYS))


def _added(swap: models.Swap) -> tuple[str, ...]:
    alternate = swap.alternate
    return fitting.allergens_compare(gift=alternate.gift, alternate=alternate.alternate).added


def _fits(swap: models.Swap, *, now: datetime) -> bool:
    return fitting.month_fits(
        cycle=_month(swap.cycle_id), alternate=swap.alternate, today=jptime.jst_date(now)
    )


def swaps_close_due(*, today: date, now: datetime, actor: str) -> int:
    """This will decide by standing wish wherever the day for an answer is over, and ask no more
    about months that are not to be any more, whatever ended them.

    An allergen that was not in the gift is never accepted by silence.

    Returns:
        how many were decided. One swap's trouble does not stop the others.

    Raises:
        Exception: what the first one met with that could not be decided; all others were.
    """
    count, apart = 0, Apart()
    for swap in selectors.swaps_asked().exclude(month_is_open()):
        with apart.one(_name(swap)), contextlib.suppress(InvalidTransition):  # somebody was faster
            swaps.swap_decide(
                swap_id=swap.pk, to=_Swap.DROPPED, now=now, actor=actor, reason=OVER_REASON
            )
    for swap in selectors.swaps_asked().filter(answer_until__lt=today):
        with apart.one(_name(swap)):
            count += _close_safely(swap, now=now, actor=actor)
    apart.end()
    return count


def _name(swap: models.Swap) -> str:
    return f"deciding of swap {swap.pk}"


def is_open(swap: models.Swap, *, today: date) -> bool:
    """This will say whether a swap can still be answered."""
    is_asked = swap.state == _Swap.ASKED and today <= swap.answer_until
    return is_asked and models.Swap.objects.filter(month_is_open(), pk=swap.pk).exists()


def month_is_open() -> Q:
    """This will select swaps of months of which something may still be sent."""
    months = membership_models.Cycle.objects.filter(
        ~parcel_holds.gone_for_good(),
        pk=OuterRef("cycle_id"),
        state__in=[_Cycle.LOCKED, _Cycle.CHARGED],
    )
    return Q(Exists(months))


def is_silence_yes(swap: models.Swap) -> bool:
    """This will say whether another gift comes when its donor does not answer.

    An allergen that was not in the gift is never accepted by silence.
    """
    return swap.cycle.membership.swap_silence == _Wish.ACCEPT and not _added(swap)


def _close_safely(swap: models.Swap, *, now: datetime, actor: str) -> bool:
    is_accepted = is_silence_yes(swap)
    try:
        decide(swap_id=swap.pk, is_accepted=is_accepted, now=now, actor=actor, reason="no_answer")
    except Refusal as refusal:
        logger.info("swap %s is decided later: %s", swap.pk, refusal.code)
        return False
    return True


@transaction.atomic
def decide(
    *, swap_id: int, is_accepted: bool, now: datetime, actor: str, reason: str
) -> models.Swap:
    """This will do what was decided. What may not be accepted (any more) is carried over.

    Raises:
        InvalidTransition: it was decided already.
        AttemptOpen: a payment of the month is under way.
    """
    swap = selectors.swap_get(swap_id=swap_id)
    cycles.cycle_hold(cycle_id=swap.cycle_id)
    swap = selectors.swap_get(swap_id=swap_id)
    if swap.state != _Swap.ASKED:
        raise InvalidTransition(to=swap.state)
    if is_accepted and _fits(swap, now=now):
        return accept(swap, now=now, actor=actor, reason=reason)
    return carry(swap, now=now, actor=actor, reason=reason)


def accept(swap: models.Swap, *, now: datetime, actor: str, reason: str) -> models.Swap:
    """This will put the alternate into the month's box; parcels and order follow.

    In the caller's transaction, with the month held.
    """
    swap = swaps.swap_decide(
        swap_id=swap.pk, to=_Swap.ACCEPTED, now=now, actor=actor, reason=reason
    )
    box_plan_id = swap.alternate.box_plan_id
    lines = selectors.month_lines(box_plan_id=box_plan_id, cycle_id=swap.cycle_id)
    delivery.snapshot_cost_set(
        cycle_id=swap.cycle_id, procurement_cost_yen=selectors.lines_cost_yen(lines=lines)
    )
    swaps.shipments_substitute(
        cycle_id=swap.cycle_id, box_plan_id=box_plan_id, now=now, actor=actor
    )
    if parcel_holds.is_kept(cycle_id=swap.cycle_id):
        # The bank or staff keep this month back as well: the new parcel is held like the old one.
        services.shipments_hold(cycle_id=swap.cycle_id, now=now, actor=actor, reason="still_held")
    if order_queue.is_ordered(cycle_id=swap.cycle_id):
        order_queue.swap_put(swap=swap, now=now)
    goes_on(swap, now=now, actor=actor)
    _tell("swap_accepted", swap=swap, donor_id=receiver_id(swap), now=now)
    return swap


def carry(swap: models.Swap, *, now: datetime, actor: str, reason: str) -> models.Swap:
    """This will leave the month out. The box of a prepaid term comes at the term's end; where that
    cannot be, a month that was paid for by itself, or of which something has left, is for staff.

    In the caller's transaction, with the month held.

    Raises:
        AttemptOpen: a payment of the month is under way.
    """
    cycle = _month(swap.cycle_id)
    shipments = list(selectors.shipments_of_cycle(cycle_id=cycle.pk))
    swap = swaps.swap_decide(swap_id=swap.pk, to=_Swap.CARRIED, now=now, actor=actor, reason=reason)
    is_lost = not may_move(cycle, today=jptime.jst_date(now))
    if is_lost or swaps.has_left(shipments=shipments):
        return _for_staff(swap, now=now, actor=actor)
    if donation_selectors.open_attempt(cycle_id=cycle.pk) is not None:
        raise donation_errors.AttemptOpen()
    for other in selectors.swaps_asked(cycle_ids=[cycle.pk]):
        swaps.swap_decide(swap_id=other.pk, to=_Swap.CARRIED, now=now, actor=actor, reason=reason)
    services.shipments_cancel(cycle_id=cycle.pk, now=now, actor=actor, reason=REASON)
    cycles.cycle_skip(cycle_id=cycle.pk, reason=REASON, now=now, actor=actor)
    if order_queue.is_ordered(cycle_id=cycle.pk):
        order_queue.order_put("order.cancel", cycle_id=cycle.pk, now=now)
    _owing_settle(cycle, now=now, actor=actor)
    _tell("swap_carried", swap=swap, donor_id=cycle.membership.donor_id, now=now)
    settle.receiver_tell(cycle, now=now)
    return swap


def may_move(cycle: membership_models.Cycle, *, today: date) -> bool:
    """This will say whether a fixed month can be left out and nothing that was paid for is lost.

    Args:
        cycle: the month with its membership.
        today: today in Japan.
    """
    if cycle.state != _Cycle.LOCKED:
        return False
    is_own = cycle.kind == membership_states.CycleKind.DONATION
    return is_own or outlook.box_moves(cycle.membership, cycle=cycle, today=today)


def _owing_settle(cycle: membership_models.Cycle, *, now: datetime, actor: str) -> None:
    """Who owed only this month owes nothing any more."""
    membership = cycle.membership
    is_owing = membership.state == _Member.PAST_DUE
    if is_owing and not received.owes_other(cycle):
        membership_services.membership_activate(
            membership_id=membership.pk, now=now, actor=actor, reason=REASON
        )


def _for_staff(swap: models.Swap, *, now: datetime, actor: str) -> models.Swap:
    """Paid for and not to be had: nothing leaves until staff have found a way with the donor."""
    services.shipments_hold(cycle_id=swap.cycle_id, now=now, actor=actor, reason="swap_refused")
    outbox.message_put(
        topic="mail.staff",
        key=f"mail:swap_refused:{swap.pk}",
        payload={"name": "swap_refused", "cycle_id": swap.cycle_id},
        now=now,
    )
    _tell("swap_waits", swap=swap, donor_id=receiver_id(swap), now=now)
    return swap


def refused_release(*, alternate_id: int, now: datetime, actor: str) -> None:
    """This will let the parcels go of paid months that were refused, or could not be asked about,
    once the gift can be sent after all. Those that a term covers and could not move are ordered now
    if they never were.
    """
    refused = models.Swap.objects.filter(alternate_id=alternate_id, state=_Swap.CARRIED)
    months = membership_models.Cycle.objects.filter(
        pk__in=refused.values("cycle_id"), state__in=[_Cycle.CHARGED, _Cycle.LOCKED]
    )
    for cycle_id in months.exclude(waiting.waiting()).order_by("pk").values_list("pk", flat=True):
        _order_make(cycle_id=cycle_id, now=now)
    going_on = months.exclude(membership__state=_Member.PARKED)
    cycle_ids = list(going_on.values_list("pk", flat=True))
    parcel_holds.release(cycle_ids=cycle_ids, now=now, actor=actor, reason="swap_withdrawn")


def goes_on(swap: models.Swap, *, now: datetime, actor: str) -> None:
    """This will let a month's order be made and its held parcels go on, once nothing waits."""
    cycle = _month(swap.cycle_id)
    if waiting.is_waiting(cycle_id=cycle.pk, box_plan_id=cycle.snapshot.box_plan_id):
        return
    _time_give(cycle, today=jptime.jst_date(now))
    _order_make(cycle_id=cycle.pk, now=now)
    if cycle.membership.state != _Member.PARKED:
        parcel_holds.release(cycle_ids=[cycle.pk], now=now, actor=actor, reason="swap_decided")


def _order_make(*, cycle_id: int, now: datetime) -> None:
    if not order_queue.is_ordered(cycle_id=cycle_id):
        order_queue.order_put("order.create", cycle_id=cycle_id, now=now)


def _time_give(cycle: membership_models.Cycle, *, today: date) -> None:
    """Who owes the month could not pay it while it waited: he still has some days for it."""
    least = today + timedelta(days=ANSWER_DAYS)
    if cycle.pay_until is not None and cycle.pay_until < least:
        cycles.cycle_retry_set(cycle_id=cycle.pk, next_try_on=cycle.next_try_on, pay_until=least)


def cycles_hold(*, alternate_id: int) -> None:
    """This will make other writers of the months asked about wait: months first, as everywhere."""
    asked = models.Swap.objects.filter(alternate_id=alternate_id, state=_Swap.ASKED)
    ids = sorted(asked.values_list("cycle_id", flat=True))
    cycles.cycles_hold(cycle_ids=ids)


def receiver_id(swap: models.Swap) -> int:
    """This will return who gets the box, and so is asked: the donor, or whom he gave it to."""
    return swap.cycle.snapshot.recipient_id or swap.cycle.membership.donor_id


def _tell(name: str, *, swap: models.Swap, donor_id: int, now: datetime) -> None:
    outbox.message_put(
        topic="mail.send",
        key=f"mail:{name}:{swap.pk}",
        payload={
            "name": name,
            "donor_id": donor_id,
            "cycle_id": swap.cycle_id,
            "swap_id": swap.pk,
        },
        now=now,
    )
