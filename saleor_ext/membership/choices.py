"""Writing down what donors chose about their memberships."""

from collections.abc import Mapping
from datetime import date, datetime

from django.db import transaction
from django.db.models import Q

from saleor_ext.common.errors import InvalidTransition
from saleor_ext.membership import calendar, models, states

NOTE_LENGTH = 500
CHANGEABLE = frozenset({states.CycleState.PLANNED, states.CycleState.SKIPPED})
"""States of months whose dates and tier a choice may still change."""


@transaction.atomic
def choice_record(
    *,
    membership_id: int,
    kind: str,
    effective_on: date,
    now: datetime,
    actor: str,
    cycle_id: int | None = None,
    details: Mapping[str, object] | None = None,
    reason: str = "",
    note: str = "",
) -> models.MembershipChoice:
    """This will write down a choice in the same transaction as what it changes.

    Args:
        membership_id: whose.
        kind: one of `states.ChoiceKind`.
        effective_on: the Japanese day from which it counts, as the donor was shown.
        now: the moment of the choice.
        actor: who chose.
        cycle_id: the month it is about, or the first of several.
        details: what was agreed, in values JSON knows; days as ISO text.
        reason: a code, if the donor picked one.
        note: his own words, if he wrote some.
    """
    return models.MembershipChoice.objects.create(
        membership_id=membership_id,
        kind=states.ChoiceKind(kind).value,
        chosen_at=now,
        effective_on=effective_on,
        actor=actor,
        cycle_id=cycle_id,
        details=dict(details or {}),
        reason=reason,
        note=note.strip()[:NOTE_LENGTH],
    )


def membership_future_set(
    *, membership_id: int, next_tier_id: int | None, from_n: int | None, is_renewed: bool
) -> None:
    """This will note in which tier the coming donations are, and whether one follows a term.

    In the transaction of a choice, which is the record of it. The plan has to be made anew.
    """
    models.Membership.objects.filter(pk=membership_id).update(
        next_tier_id=next_tier_id, next_tier_from_n=from_n, is_renewed=is_renewed
    )


def resume_on_set(*, membership_id: int, resume_on: date | None) -> None:
    """This will set or lift the day before which a membership's months are left out."""
    models.Membership.objects.filter(pk=membership_id).update(resume_on=resume_on)


def anchor_day_set(*, membership_id: int, anchor_day: int) -> None:
    """This will change the day of the month on which a membership gives, for months to come."""
    models.Membership.objects.filter(pk=membership_id).update(anchor_day=anchor_day)


def next_tier_set(*, membership_id: int, tier: models.Tier | None, from_n: int | None) -> None:
    """This will note which tier comes next and from which month on.

    Months that may still be changed follow by `planning.months_replan`.

    Args:
        membership_id: whose.
        tier: the tier to come; None to stay in the present one.
        from_n: the first month of it; None when it begins after the end, or when there is none.
    """
    models.Membership.objects.filter(pk=membership_id).update(
        next_tier=tier, next_tier_from_n=from_n
    )


@transaction.atomic
def tier_take(*, membership_id: int, tier_id: int, now: datetime, actor: str) -> None:
    """This will put a tier into force: content opens by it from now on."""
    rows = models.Membership.objects.filter(pk=membership_id)
    rows.update(tier_id=tier_id)
    rows.filter(next_tier_id=tier_id).update(next_tier=None, next_tier_from_n=None)
    state = rows.values_list("state", flat=True).get()
    models.MembershipEvent.objects.create(
        membership_id=membership_id,
        from_state=state,
        to_state=state,
        at=now,
        actor=actor,
        reason="tier_followed",
    )


def cycle_dates_move(*, cycle_id: int, dates: calendar.CycleDates) -> None:
    """This will give other dates to a month that nobody has locked, or that the plan took back.

    Raises:
        InvalidTransition: it is locked or over.
    """
    taken_back = Q(state=states.CycleState.VOID, reason=states.PLAN_CHANGED)
    rows = models.Cycle.objects.filter(
        Q(state__in=sorted(CHANGEABLE)) | taken_back,
        pk=cycle_id,
        snapshot__isnull=True,
        month=dates.month,
    )
    rows.exclude(charge_on=dates.charge_on).update(announced_on=None)  # told of another day
    moved = rows.update(
        change_until=dates.change_until,
        charge_on=dates.charge_on,
        list_on=dates.list_on,
        ship_from=dates.ship_from,
        ship_to=dates.ship_to,
    )
    if moved != 1:
        raise InvalidTransition(to=states.CycleState.PLANNED)
