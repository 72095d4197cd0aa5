"""A donor changes the day of the month on which he gives.

Month n stays the n-th calendar month of the membership, so no calendar month has two donations
and none is left out: only the day within each month moves (docs/algorithms/dates.md).
"""

from copy import copy
from dataclasses import asdict, dataclass
from datetime import date, datetime

from django.db import transaction

from saleor_ext.flows import errors
from saleor_ext.flows.choices import coming, ground, pause
from saleor_ext.membership import calendar, choices, models, outlook, states

_Cycle = states.CycleState
DAY_FIRST, DAY_LAST = 1, 31


@dataclass(frozen=True, kw_only=True)
class AnchorPreview(ground.Preview):
    """The day of the month changes.

    day_from, day_to: before and after. last_on_old: the last donation on the old day, if one is
    still to come. ship_from: when the first month on the new day leaves.
    """

    day_from: int
    day_to: int
    last_on_old: date | None
    ship_from: date
    has_donation: bool


@dataclass(frozen=True, kw_only=True)
class _Plan:
    """The months that move with their new dates, and those that stay on the old day."""

    moved: list[tuple[models.Cycle, calendar.CycleDates]]
    kept: list[models.Cycle]


def anchor_preview(*, membership_id: int, day: int, today: date) -> AnchorPreview:
    """This will say from which month on another day counts.

    A month moves when it can still be changed today and, on its new day, still could be. Nearer
    ones keep the old day.

    Args:
        membership_id: whose.
        day: 1 to 31; in shorter months their last day.
        today: the day in Japan.

    Raises:
        AnchorInvalid: no day of a month.
        AnchorSame: it is that day already.
        and what `ground.membership_choosing` raises.
    """
    membership = ground.membership_choosing(membership_id=membership_id)
    if not DAY_FIRST <= day <= DAY_LAST:
        raise errors.AnchorInvalid()
    if day == membership.anchor_day:
        raise errors.AnchorSame()
    plan = _plan(membership, day=day, today=today)
    there = [(cycle, dates) for cycle, dates in plan.moved if _comes(membership, cycle, dates)]
    first = there[0][1] if there else _beyond(membership, day=day)
    fixed = ground.months_fixed(membership=membership, today=today)
    stays = [row for row in fixed if not row.is_listed]
    stays += [row for row in plan.kept if row.state == _Cycle.PLANNED]
    return AnchorPreview(
        kind=states.ChoiceKind.ANCHOR,
        effective_on=first.charge_on,
        change_until=min([first.change_until, *(row.change_until for row, _ in there[:1])]),
        month=first.month,
        months=tuple(dates.month for _, dates in there),
        day_from=membership.anchor_day,
        day_to=day,
        last_on_old=stays[-1].charge_on if stays else None,
        ship_from=first.ship_from,
        has_donation=membership.tier.kind == states.TierKind.MONTHLY,
        **coming.next_told(
            _months_moved(membership, plan=plan, day=day, today=today),
            membership=membership,
            today=today,
        ),
    )


def _months_moved(
    membership: models.Membership, *, plan: _Plan, day: int, today: date
) -> list[outlook.Ahead]:
    """All months as they would be on their new days. Nothing of this is stored."""
    dates_of = {cycle.pk: dates for cycle, dates in plan.moved}
    rows = list(membership.cycles.order_by("n"))
    for row in rows:
        for name, value in asdict(dates_of[row.pk]).items() if row.pk in dates_of else ():
            setattr(row, name, value)
    moved = copy(membership)
    moved.anchor_day = day
    back = coming.paused(membership, today=today) if membership.resume_on is not None else ()
    return outlook.ahead(moved, today=today, cycles=rows, brought_back=back)


def _plan(membership: models.Membership, *, day: int, today: date) -> _Plan:
    plan = _Plan(moved=[], kept=[])
    for cycle in ground.months_movable(membership_id=membership.pk, today=today):
        dates = ground.dates_on(membership=membership, n=cycle.n, anchor_day=day)
        if dates.change_until >= today:
            plan.moved.append((cycle, dates))
        else:
            plan.kept.append(cycle)
    return plan


def _comes(membership: models.Membership, cycle: models.Cycle, dates: calendar.CycleDates) -> bool:
    """A pause ends on a day: on its new day a month may lie in it, or no longer."""
    if cycle.state == _Cycle.VOID:
        return False
    is_left_out = cycle.state == _Cycle.SKIPPED
    if membership.resume_on is None:
        return not is_left_out  # what an earlier pause left out stays so
    if is_left_out and cycle.reason != states.SKIP_BY_PAUSE:
        return False
    return dates.charge_on >= membership.resume_on


def _beyond(membership: models.Membership, *, day: int) -> calendar.CycleDates:
    return ground.first_beyond(
        membership=membership, resume_on=membership.resume_on, anchor_day=day
    )


def anchor_choose(
    *, membership_id: int, day: int, now: datetime, actor: str, seen: str | None = None
) -> models.MembershipChoice:
    """This will give every month that can still be changed its new day.

    Raises:
        ChoiceChanged: the donor was shown something else.
        and what `anchor_preview` raises.
    """
    with transaction.atomic():
        ground.hold(membership_id=membership_id)
        today = ground.today_of(now)
        preview = anchor_preview(membership_id=membership_id, day=day, today=today)
        ground.seen_require(preview, seen=seen)
        membership = ground.membership_choosing(membership_id=membership_id)
        for cycle, dates in _plan(membership, day=day, today=today).moved:
            choices.cycle_dates_move(cycle_id=cycle.pk, dates=dates)
        choices.anchor_day_set(membership_id=membership_id, anchor_day=day)
        if membership.resume_on is not None:
            pause.months_fit(membership_id=membership_id, today=today, now=now, actor=actor)
        return ground.choice_made(
            membership=membership,
            preview=preview,
            now=now,
            actor=actor,
            cycle_id=ground.month_id(membership_id=membership_id, month=preview.month),
            details=_details(preview),
        )


def _details(preview: AnchorPreview) -> dict[str, object]:
    told: dict[str, object] = {
        "day_from": preview.day_from,
        "day_to": preview.day_to,
        "ship_from": preview.ship_from.isoformat(),
    }
    if preview.last_on_old is not None:
        told["last_on_old"] = preview.last_on_old.isoformat()
    return told
