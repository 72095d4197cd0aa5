"""A producer or the town's staff propose another gift for one that cannot be sent."""

from datetime import date, datetime

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from saleor_ext.common import jobs, jptime
from saleor_ext.common.errors import NotFound
from saleor_ext.flows.swaps import deciding, fitting
from saleor_ext.fulfilment import models, selectors, states, swaps
from saleor_ext.membership import models as membership_models
from saleor_ext.membership import states as membership_states

_Cycle = membership_states.CycleState

OPEN_JOB = "swaps.open"
MONTHS_AHEAD = 3


def boxes_open(*, today: date, producer_id: int | None = None) -> list[models.BoxPlan]:
    """This will list the boxes of this month and the next three, of one producer or of all."""
    rows = selectors.boxes_of_all(month_from=today, months=MONTHS_AHEAD + 1).select_related("tier")
    if producer_id is not None:
        rows = rows.filter(items__gift__producer_id=producer_id).distinct()
    return list(rows)


def proposals_current(*, today: date) -> QuerySet[models.Alternate]:
    """This will list the proposals for boxes of this month and later, and for earlier ones of which
    something may still leave.
    """
    to_leave = {*states.SHIPMENT_TO_SHIP, states.ShipmentState.HELD}
    # What a term covers stays locked, also when its parcels have left.
    unsent = membership_models.Cycle.objects.filter(
        Q(state__in=[_Cycle.LOCKED, _Cycle.CHARGED], shipments__isnull=True)
        | Q(shipments__state__in=to_leave),
        snapshot__box_plan_id=OuterRef("box_plan_id"),
    )
    is_ahead = Q(box_plan__month__gte=jptime.month_start(today))
    return selectors.alternates_proposed().filter(is_ahead | Exists(unsent))


def alternate_propose(
    *,
    box_plan_id: int,
    gift_id: int,
    alternate_id: int,
    reason: str,
    now: datetime,
    actor: str,
    producer_id: int | None = None,
) -> models.Alternate:
    """This will propose an alternate; its months are asked about from now on.

    With `producer_id` both gifts must be that producer's own.

    Raises:
        NotFound: there is no such box or gift, or it is another producer's.
        AlternateUnfit, AlternateUnlisted, AlternateOverLimit: see `fitting.alternate_check`.
        AlternateOpen: something is proposed for this gift already.
    """
    box = selectors.boxes().select_related("tier").filter(pk=box_plan_id).first()
    if box is None:
        raise NotFound(what="box_plan")
    gift, alternate = (_gift(pk, producer_id=producer_id) for pk in (gift_id, alternate_id))
    today = jptime.jst_date(now)
    fitting.alternate_check(box=box, gift=gift, alternate=alternate, today=today)
    with transaction.atomic():
        made = swaps.alternate_propose(
            box_plan_id=box.pk,
            gift_id=gift.pk,
            alternate_id=alternate.pk,
            reason=reason,
            now=now,
            actor=actor,
        )
        jobs.enqueue(OPEN_JOB)
    return made


def alternate_withdraw(
    *,
    alternate_id: int,
    reason: str,
    now: datetime,
    actor: str,
    producer_id: int | None = None,
) -> models.Alternate:
    """This will take a proposal back: the gift can be sent. Who has decided keeps what he decided.

    Raises:
        NotFound: there is none, or it is another producer's.
        InvalidTransition: it was taken back already.
    """
    rows = models.Alternate.objects.select_related("gift")
    if producer_id is not None:
        rows = rows.filter(gift__producer_id=producer_id)
    alternate = rows.filter(pk=alternate_id).first()
    if alternate is None:
        raise NotFound(what="alternate")
    with transaction.atomic():
        deciding.cycles_hold(alternate_id=alternate.pk)
        dropped = swaps.alternate_withdraw(
            alternate_id=alternate.pk, now=now, actor=actor, reason=reason
        )
        for swap in dropped:
            deciding.goes_on(swap, now=now, actor=actor)
        deciding.refused_release(alternate_id=alternate_id, now=now, actor=actor)
    alternate.refresh_from_db()
    return alternate


def _gift(gift_id: int, *, producer_id: int | None) -> models.Gift:
    rows = models.Gift.objects.select_related("producer", "value_added").filter(pk=gift_id)
    if producer_id is not None:
        rows = rows.filter(producer_id=producer_id)
    gift = rows.first()
    if gift is None:
        raise NotFound(what="gift")
    return gift
