"""A donor leaves out one month, or takes that back while the month can still be changed."""

from dataclasses import dataclass, replace
from datetime import date, datetime

from django.db import transaction

from saleor_ext.flows import errors
from saleor_ext.flows.choices import coming, ground, term_view
from saleor_ext.flows.limits import forecast, warning
from saleor_ext.membership import calendar, cycles, models, outlook, selectors, states

_Cycle = states.CycleState
_Kind = states.ChoiceKind


@dataclass(frozen=True, kw_only=True)
class SkipPreview(ground.Preview):
    """One month is left out, or comes back.

    amount_yen: the month's donation. used, most: months left out in its calendar year by the
    donor's choice, this one counted, and how many the town allows.
    is_of_term: the month's box is paid for by a prepaid donation; then `last_box_month` is the
    month of the term's last box, and `last_box_from` the first day on which that leaves.
    """

    amount_yen: int
    used: int
    most: int
    is_of_term: bool = False
    last_box_month: date | None = None
    last_box_from: date | None = None


def skips_used(*, donor_id: int, year: int) -> int:
    """This will count the months of a calendar year that a donor left out by choice."""
    return models.Cycle.objects.filter(
        membership__donor_id=donor_id,
        state=_Cycle.SKIPPED,
        reason=states.SKIP_BY_DONOR,
        charge_on__year=year,
    ).count()


def skip_preview(*, membership_id: int, month: date, today: date) -> SkipPreview:
    """This will say what leaving out a month means.

    Args:
        membership_id: whose.
        month: the first day of the month.
        today: the day in Japan.

    Raises:
        MonthFixed: the month cannot be changed any more, or is not planned.
        SkipLimitReached: the town allows no more months in that calendar year.
        TermFullLength: the box of a prepaid term can move no further.
        and what `ground.membership_choosing` raises.
    """
    membership = choosing(membership_id=membership_id)
    cycle = _month(membership, month=month, today=today, state=_Cycle.PLANNED)
    year = cycle.charge_on.year
    used = skips_used(donor_id=membership.donor_id, year=year)
    most = selectors.municipality_get().skips_per_year
    if used >= most:
        raise errors.SkipLimitReached(year=year, most=most)
    return _preview(
        _Kind.SKIP, membership=membership, cycle=cycle, used=used + 1, most=most, today=today
    )


def skip_choose(
    *, membership_id: int, month: date, now: datetime, actor: str, seen: str | None = None
) -> models.MembershipChoice:
    """This will leave out a month: no donation, no box, and the months after it as before. A box
    that is paid for moves to the end of its term.

    Raises:
        ChoiceChanged: the donor was shown something else.
        and what `skip_preview` raises.
    """
    with transaction.atomic():
        ground.hold(membership_id=membership_id)
        today = ground.today_of(now)
        preview = skip_preview(membership_id=membership_id, month=month, today=today)
        ground.seen_require(preview, seen=seen)
        membership = choosing(membership_id=membership_id)
        cycle = _month(membership, month=month, today=today, state=_Cycle.PLANNED)
        cycles.cycle_skip(cycle_id=cycle.pk, reason=states.SKIP_BY_DONOR, now=now, actor=actor)
        return _made(membership, preview, cycle=cycle, now=now, actor=actor)


def skip_undo_preview(*, membership_id: int, month: date, today: date) -> SkipPreview:
    """This will say what bringing back a month means that the donor had left out.

    Raises:
        MonthFixed: its last day for changes is over, it was not left out by choice, or nothing
            would come in it any more.
        and what `ground.membership_choosing` raises.
    """
    membership = choosing(membership_id=membership_id)
    cycle = _month(membership, month=month, today=today, state=_Cycle.SKIPPED)
    used = skips_used(donor_id=membership.donor_id, year=cycle.charge_on.year)
    most = selectors.municipality_get().skips_per_year
    shown = _preview(
        _Kind.SKIP_UNDO, membership=membership, cycle=cycle, used=used - 1, most=most, today=today
    )
    told = warning.choice_warning(
        membership=membership,
        as_if=forecast.AsIf(membership_id=membership.pk, today=today, brought_back=(cycle.n,)),
        years={today.year, cycle.charge_on.year},
    )
    return replace(shown, limit_warning=told)


def skip_undo_choose(
    *, membership_id: int, month: date, now: datetime, actor: str, seen: str | None = None
) -> models.MembershipChoice:
    """This will bring back a month that the donor had left out.

    Raises:
        ChoiceChanged: the donor was shown something else.
        and what `skip_undo_preview` raises.
    """
    with transaction.atomic():
        ground.hold(membership_id=membership_id)
        today = ground.today_of(now)
        preview = skip_undo_preview(membership_id=membership_id, month=month, today=today)
        ground.seen_require(preview, seen=seen)
        membership = choosing(membership_id=membership_id)
        cycle = _month(membership, month=month, today=today, state=_Cycle.SKIPPED)
        cycles.cycle_replan(cycle_id=cycle.pk, now=now, actor=actor, reason="skip_taken_back")
        return _made(membership, preview, cycle=cycle, now=now, actor=actor)


def months_to_skip(*, membership_id: int, today: date) -> list[models.Cycle]:
    """This will list the months that could be left out, nearest first."""
    return list(ground.months_planned(membership_id=membership_id, today=today))


def months_skipped(*, membership: models.Membership, today: date) -> list[models.Cycle]:
    """This will list the months left out by choice that could still come back, nearest first."""
    rows = ground.months_changeable(membership_id=membership.pk, today=today)
    left_out = rows.filter(state=_Cycle.SKIPPED, reason=states.SKIP_BY_DONOR)
    if membership.resume_on is not None:
        left_out = left_out.filter(charge_on__gte=membership.resume_on)
    return list(left_out)


def choosing(*, membership_id: int) -> models.Membership:
    """This will return a membership whose months can be left out, or refuse with the reason why
    they cannot: see `ground.membership_choosing`.
    """
    return ground.membership_choosing(membership_id=membership_id)


def _month(membership: models.Membership, *, month: date, today: date, state: str) -> models.Cycle:
    found = (
        months_to_skip(membership_id=membership.pk, today=today)
        if state == _Cycle.PLANNED
        else months_skipped(membership=membership, today=today)
    )
    for cycle in found:
        if cycle.month == month:
            return cycle
    raise errors.MonthFixed()


def _preview(
    kind: str,
    *,
    membership: models.Membership,
    cycle: models.Cycle,
    used: int,
    most: int,
    today: date,
) -> SkipPreview:
    """A month that comes back does so as what it is to be by now: see `cycles.cycle_replan`."""
    is_back = kind == _Kind.SKIP_UNDO
    left_out, brought_back = ((), (cycle.n,)) if is_back else ((cycle.n,), ())
    months = outlook.ahead(membership, today=today, left_out=left_out, brought_back=brought_back)
    back = next((month for month in months if month.n == cycle.n), None)
    if is_back and back is None:
        raise errors.MonthFixed()
    is_of_term = cycle.kind == states.CycleKind.PREPAID if back is None else not back.amount_yen
    last = _last_box(membership, cycle=cycle, back=back, today=today) if is_of_term else None
    return SkipPreview(
        kind=kind,
        effective_on=cycle.ship_from if is_of_term else cycle.charge_on,
        change_until=cycle.change_until,
        month=cycle.month,
        months=(cycle.month,),
        amount_yen=back.amount_yen if back else cycle.amount_yen,
        used=used,
        most=most,
        is_of_term=is_of_term,
        last_box_month=last.month if last else None,
        last_box_from=last.ship_from if last else None,
        **coming.next_told(months, membership=membership, today=today),
    )


def _last_box(
    membership: models.Membership, *, cycle: models.Cycle, back: outlook.Ahead | None, today: date
) -> calendar.CycleDates:
    """When the last box leaves of the term to which a month's box belongs.

    Raises:
        MonthFixed: it belongs to none.
        TermFullLength: not all of its boxes would come any more.
    """
    paying = ground.month_of_n(membership_id=membership.pk, n=back.paid_by if back else None)
    term = outlook.term_of(
        membership,
        today=today,
        left_out=() if back else (cycle.n,),
        brought_back=(cycle.n,) if back else (),
        paying_id=paying.pk if paying else cycle.covered_by_id,
    )
    if term is None:
        raise errors.MonthFixed()
    if len(term.boxes) < term.paying.boxes:
        raise errors.TermFullLength()
    return term.last.dates


def _made(
    membership: models.Membership,
    preview: SkipPreview,
    *,
    cycle: models.Cycle,
    now: datetime,
    actor: str,
) -> models.MembershipChoice:
    return ground.choice_made(
        membership=membership,
        preview=preview,
        now=now,
        actor=actor,
        cycle_id=cycle.pk,
        details=term_view.details(preview),
    )
