"""A donor ends his membership with the period he has paid for, and may take that back until then.

Whoever leaves is asked for nothing more: months without a donation are taken back at once, the
fixed ones with their order; only a month whose payment is under way goes on. What was given is
delivered, and content stays open to the day before the next donation would have been.
"""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet

from saleor_ext.donations import models as donation_models
from saleor_ext.donations import states as donation_states
from saleor_ext.flows import errors
from saleor_ext.flows.choices import coming, ground
from saleor_ext.flows.limits import forecast, warning
from saleor_ext.flows.orders import order_queue
from saleor_ext.membership import (
    choices,
    cycles,
    models,
    outlook,
    planning,
    services,
    states,
    terms,
)

_Cycle = states.CycleState
_Kind = states.CycleKind
_State = states.MembershipState

VOID_REASON = "membership_cancelled"


@dataclass(frozen=True, kw_only=True)
class CancelPreview(ground.Preview):
    """The membership ends, or goes on after all.

    ends_on: its last day. not_taken_on, not_taken_yen: the first donation that does not happen.
    under_way_on: the donation day of a month whose payment is under way and counts all the same.
    """

    ends_on: date
    not_taken_on: date | None = None
    not_taken_yen: int | None = None
    under_way_on: date | None = None
    is_free: bool = False


def period_end(*, membership_id: int, today: date) -> date | None:
    """This will return the last day of what was paid for: until the last parcel may leave, and to
    the day before the next donation; None when nothing was paid.

    Args:
        membership_id: whose.
        today: the day in Japan; boxes of a prepaid term that are still to come count too.
    """
    membership = models.Membership.objects.select_related("tier", "next_tier").get(pk=membership_id)
    rows = list(membership.cycles.select_related("covered_by").order_by("n"))
    paid = [row for row in rows if _is_paid(row)]
    if not paid:
        return None
    last_n = paid[-1].n
    if any(row.box_count > 1 for row in rows):
        last_n = max(last_n, _last_box_n(membership, rows, today=today))
    dates = {row.n: ground.dates_of(row) for row in rows}
    last = dates.get(last_n) or ground.dates_on(membership=membership, n=last_n)
    following = dates.get(last_n + 1) or ground.dates_on(membership=membership, n=last_n + 1)
    return max(last.ship_to, following.charge_on - timedelta(days=1))


def _is_paid(cycle: models.Cycle) -> bool:
    if cycle.kind == _Kind.DONATION:
        return cycle.state == _Cycle.CHARGED
    payer = cycle.covered_by
    is_given = payer is not None and payer.state == _Cycle.CHARGED
    return is_given and cycle.state in states.CYCLE_OPEN


def _last_box_n(membership: models.Membership, rows: list[models.Cycle], *, today: date) -> int:
    """The month of the last box that a prepaid donation still brings, written down or not."""
    town = ground.town_calendar()
    wish = replace(planning.wish_of(membership, town=town), is_giving=False)
    longest = max(row.box_count for row in rows) + town.term_extra_months
    decided = terms.layout(
        planning.months_as_terms(rows, today=today), wish=wish, last_n=rows[-1].n + longest
    )
    return max((n for n, slot in decided.items() if slot is not None), default=-1)


def leaving_event(*, membership_id: int) -> models.MembershipEvent | None:
    """This will return when, why and by whom a membership began to end, if it did."""
    rows = models.MembershipEvent.objects.filter(
        membership_id=membership_id, to_state=_State.CANCELLING
    )
    return rows.order_by("-pk").first()


def can_be_taken_back(*, membership: models.Membership) -> bool:
    """This will say whether a membership ends because its donor chose so."""
    left = leaving_event(membership_id=membership.pk)
    is_unpaid = left is not None and left.reason == states.NOT_PAID_IN_TIME
    return membership.state == _State.CANCELLING and not is_unpaid


def choosing(*, membership_id: int) -> models.Membership:
    """This will return a membership that can be ended, a free one too, or refuse with the reason:
    see `ground.membership_choosing`.
    """
    try:
        return ground.membership_choosing(membership_id=membership_id)
    except errors.MembershipFree:
        return models.Membership.objects.select_related("tier", "donor").get(pk=membership_id)


def cancel_preview(*, membership_id: int, today: date) -> CancelPreview:
    """This will say when a membership ends and which donations do not happen.

    Raises:
        what `ground.membership_choosing` raises, but for free memberships.
    """
    membership = choosing(membership_id=membership_id)
    if membership.tier.kind == states.TierKind.FREE:
        return CancelPreview(
            kind=states.ChoiceKind.CANCEL,
            effective_on=today,
            change_until=None,
            ends_on=today,
            is_free=True,
        )
    ends_on = _ends_on(membership_id, today=today)
    first = _unpaid(membership_id).order_by("n").first()
    under_way = _under_way(membership_id)
    return CancelPreview(
        kind=states.ChoiceKind.CANCEL,
        effective_on=ends_on + timedelta(days=1),
        change_until=ends_on,
        month=first.month if first else None,
        months=(first.month,) if first else (),
        ends_on=ends_on,
        not_taken_on=first.charge_on if first else None,
        not_taken_yen=first.amount_yen if first else None,
        under_way_on=under_way.charge_on if under_way else None,
    )


def _ends_on(membership_id: int, *, today: date) -> date:
    """What is paid for may be over already; then today is the last day."""
    end = period_end(membership_id=membership_id, today=today)
    return max(end, today) if end else today


def _unpaid(membership_id: int) -> QuerySet[models.Cycle]:
    return models.Cycle.objects.filter(
        ~Exists(_open_attempts()),
        membership_id=membership_id,
        state__in=sorted(states.CYCLE_OPEN),
        kind=_Kind.DONATION,
    )


def _under_way(membership_id: int) -> models.Cycle | None:
    rows = models.Cycle.objects.filter(
        Exists(_open_attempts()), membership_id=membership_id, state=_Cycle.LOCKED
    )
    return rows.order_by("n").first()


def _open_attempts() -> QuerySet[donation_models.PaymentAttempt]:
    return donation_models.PaymentAttempt.objects.filter(
        cycle_id=OuterRef("pk"), state__in=sorted(donation_states.ATTEMPT_OPEN)
    )


def cancel_choose(
    *,
    membership_id: int,
    now: datetime,
    actor: str,
    reason: str = "",
    note: str = "",
    seen: str | None = None,
) -> models.MembershipChoice:
    """This will end a membership with the period that was paid for; a free one at once.

    Args:
        membership_id: whose.
        now: the moment.
        actor: who.
        reason: one of `states.CancelReason`, if the donor picked one.
        note: his own words, if he wrote some.
        seen: what he was shown.

    Raises:
        ChoiceChanged: the donor was shown something else.
        and what `cancel_preview` raises.
    """
    with transaction.atomic():
        ground.hold(membership_id=membership_id)
        today = ground.today_of(now)
        preview = cancel_preview(membership_id=membership_id, today=today)
        ground.seen_require(preview, seen=seen)
        membership = choosing(membership_id=membership_id)
        if preview.is_free:
            services.membership_end(
                membership_id=membership_id, now=now, actor=actor, reason="cancelled_by_donor"
            )
        else:
            leave(membership_id=membership_id, free_tier=None, today=today, now=now, actor=actor)
        return ground.choice_made(
            membership=membership,
            preview=preview,
            now=now,
            actor=actor,
            details=_details(preview),
            reason=states.CancelReason(reason).value if reason else "",
            note=note,
        )


def _details(preview: CancelPreview) -> dict[str, object]:
    told: dict[str, object] = {"is_free": preview.is_free, "ends_on": preview.ends_on.isoformat()}
    days = {"not_taken_on": preview.not_taken_on, "under_way_on": preview.under_way_on}
    return told | {name: day.isoformat() for name, day in days.items() if day}


def leave(
    *,
    membership_id: int,
    free_tier: models.Tier | None,
    today: date,
    now: datetime,
    actor: str,
) -> None:
    """This will stop all further donations; with a free tier, that one follows after the end.

    What was to follow a prepaid term is kept, for whoever takes it back: until then nothing more
    is given anyway. In the caller's transaction.
    """
    services.membership_cancelling(
        membership_id=membership_id, now=now, actor=actor, reason="cancelled_by_donor"
    )
    choices.resume_on_set(membership_id=membership_id, resume_on=None)
    if free_tier is not None or not _is_in_term(membership_id):
        choices.next_tier_set(membership_id=membership_id, tier=free_tier, from_n=None)
    unpaid_void(membership_id=membership_id, now=now, actor=actor)


def _is_in_term(membership_id: int) -> bool:
    prepaid = models.Membership.objects.filter(tier__kind=states.TierKind.PREPAID)
    return prepaid.filter(pk=membership_id).exists()


def unpaid_void(*, membership_id: int, now: datetime, actor: str) -> None:
    """This will take back the months of somebody who leaves and whose payment is not under way,
    the fixed ones together with their order. In the caller's transaction.
    """
    rows = list(_unpaid(membership_id).values_list("pk", "state"))
    cycles.cycles_void(
        cycle_ids=[cycle_id for cycle_id, _ in rows], reason=VOID_REASON, now=now, actor=actor
    )
    for cycle_id, state in rows:
        if state == _Cycle.LOCKED:
            order_queue.order_put("order.cancel", cycle_id=cycle_id, now=now)


def cancel_undo_preview(*, membership_id: int, today: date) -> CancelPreview:
    """This will say with which month a membership goes on that was about to end.

    Raises:
        NotLeaving: it is not about to end.
        ChoiceNotNow: it ends because a month was not paid; joining again is the way back.
        and what `ground.membership_choosing` raises.
    """
    allowed = ground.GOING_ON | {_State.CANCELLING}
    membership = ground.membership_choosing(membership_id=membership_id, allowed=allowed)
    if membership.state != _State.CANCELLING:
        raise errors.NotLeaving()
    if not can_be_taken_back(membership=membership):
        raise errors.ChoiceNotNow()
    wish = _wish_back(membership)
    back = tuple(_taken_back(membership_id, today=today).values_list("n", flat=True))
    months = outlook.ahead(membership, today=today, wish=wish, brought_back=back)
    first = next(iter(coming.months_open(months, today=today)), None)
    dates = first.dates if first else ground.first_beyond(membership=membership, resume_on=None)
    return CancelPreview(
        kind=states.ChoiceKind.CANCEL_UNDO,
        effective_on=today,
        change_until=None,
        month=dates.month,
        months=(dates.month,),
        ends_on=_ends_on(membership_id, today=today),
        limit_warning=warning.choice_warning(
            membership=membership,
            as_if=forecast.AsIf(
                membership_id=membership_id, today=today, wish=wish, brought_back=back
            ),
            years={today.year, dates.charge_on.year},
        ),
        **coming.next_told(months, membership=membership, today=today),
    )


def _wish_back(membership: models.Membership) -> terms.Wish:
    """A change of tier is forgotten with the leaving; what was to follow a term is not."""
    wish = planning.wish_of(membership, town=ground.town_calendar())
    if membership.tier.kind != states.TierKind.PREPAID:
        wish = replace(wish, next_offer=None, next_from_n=0)
    return replace(wish, is_giving=True)


def _taken_back(membership_id: int, *, today: date) -> QuerySet[models.Cycle]:
    """Months that were never fixed and can still be changed."""
    return models.Cycle.objects.filter(
        membership_id=membership_id,
        state=_Cycle.VOID,
        reason=VOID_REASON,
        change_until__gte=today,
        snapshot__isnull=True,
    ).order_by("n")


def cancel_undo_choose(
    *, membership_id: int, now: datetime, actor: str, seen: str | None = None
) -> models.MembershipChoice:
    """This will let a membership go on that was about to end.

    Raises:
        ChoiceChanged: the donor was shown something else.
        and what `cancel_undo_preview` raises.
    """
    with transaction.atomic():
        ground.hold(membership_id=membership_id)
        today = ground.today_of(now)
        preview = cancel_undo_preview(membership_id=membership_id, today=today)
        ground.seen_require(preview, seen=seen)
        back = list(_taken_back(membership_id, today=today))
        services.membership_move(
            membership_id=membership_id,
            to=_State.ACTIVE,
            now=now,
            actor=actor,
            reason="cancel_taken_back",
        )
        if not _is_in_term(membership_id):
            choices.next_tier_set(membership_id=membership_id, tier=None, from_n=None)
        membership = ground.membership_choosing(membership_id=membership_id)
        for cycle in back:
            cycles.cycle_replan(cycle_id=cycle.pk, now=now, actor=actor, reason="cancel_taken_back")
        planning.months_replan(membership_id=membership_id, now=now)
        return ground.choice_made(
            membership=membership,
            preview=preview,
            now=now,
            actor=actor,
            cycle_id=ground.month_id(membership_id=membership_id, month=preview.month),
            details=_details(preview),
        )
