"""A donor rests until a day, goes on earlier, and goes on by himself when the day has come.

`Membership.resume_on` is that day: months whose donation day comes before it are left out. The
membership is paused as soon as no month that is fixed already waits for its donation.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import Q

from saleor_ext.common import jptime
from saleor_ext.flows import errors
from saleor_ext.flows.choices import coming, ground, pause_term, term_view
from saleor_ext.flows.limits import forecast, warning
from saleor_ext.membership import (
    choices,
    cycles,
    models,
    outlook,
    planning,
    selectors,
    services,
    states,
)

_Cycle = states.CycleState
_Kind = states.ChoiceKind
_State = states.MembershipState


@dataclass(frozen=True, kw_only=True)
class PausePreview(ground.Preview):
    """A pause, or its end.

    resume_on: the day from which the member is there again. locked_on: the donation day of a month
    that is fixed already and still comes first, if there is one. last_month: the last one left out.
    is_of_term: the boxes are paid for by a prepaid donation and come after the pause; then
    `next_box_from` is the first day on which the next one leaves, `last_box_month` the month of the
    last one, `last_box_from` its first day, and `fixed_box_from` that of a box that is fixed.
    """

    resume_on: date
    locked_on: date | None = None
    last_month: date | None = None
    is_of_term: bool = False
    next_box_from: date | None = None
    last_box_month: date | None = None
    last_box_from: date | None = None
    fixed_box_from: date | None = None


def pause_preview(*, membership_id: int, resume_on: date, today: date) -> PausePreview:
    """This will say what a pause until `resume_on` means: that day is no longer part of it.

    Raises:
        ChoiceSame: he rests until that day already.
        PauseDateInvalid: not a day to come, or further away than the town allows.
        PauseTooShort: no donation day lies before it, so nothing would be left out.
        TermFullLength: the boxes of a prepaid term would not all come any more.
        and what `ground.membership_choosing` raises.
    """
    membership = ground.membership_choosing(membership_id=membership_id)
    if not today < resume_on <= last_day(today=today):
        raise errors.PauseDateInvalid()
    if resume_on == membership.resume_on:
        raise errors.ChoiceSame()
    if membership.tier.kind == states.TierKind.PREPAID:
        return _term_pause(membership, resume_on=resume_on, today=today)
    months = pause_term.left_out(membership, resume_on=resume_on, today=today)
    if not months:
        raise errors.PauseTooShort()
    left_out = [month.dates for month in months]
    locked = ground.month_fixed(membership=membership, today=today)
    return PausePreview(
        kind=_Kind.PAUSE,
        effective_on=left_out[0].charge_on,
        change_until=left_out[0].change_until,
        month=left_out[0].month,
        months=tuple(dates.month for dates in left_out),
        resume_on=resume_on,
        locked_on=locked.charge_on if locked else None,
        last_month=left_out[-1].month,
        **coming.next_told(
            _months_until(membership, resume_on=resume_on, today=today),
            membership=membership,
            today=today,
        ),
    )


def _months_until(
    membership: models.Membership, *, resume_on: date, today: date
) -> list[outlook.Ahead]:
    """All months as they would be with a pause until that day, whatever pause there is now."""
    back = coming.paused(membership, today=today)
    return outlook.ahead(membership, today=today, brought_back=back, until=resume_on)


def _term_pause(membership: models.Membership, *, resume_on: date, today: date) -> PausePreview:
    found = pause_term.look(membership, resume_on=resume_on, today=today)
    if not found.left_out:
        raise errors.PauseTooShort()
    first = found.left_out[0]
    locked = ground.month_fixed(membership=membership, today=today)
    return PausePreview(
        kind=_Kind.PAUSE,
        effective_on=first.dates.charge_on if first.amount_yen else first.dates.ship_from,
        change_until=first.dates.change_until,
        month=first.dates.month,
        months=tuple(month.dates.month for month in found.left_out),
        resume_on=resume_on,
        locked_on=locked.charge_on if locked else None,
        last_month=found.left_out[-1].dates.month,
        **_of_term(found),
        **coming.next_told(found.months, membership=membership, today=today),
    )


def _of_term(found: pause_term.TermPause) -> dict[str, Any]:
    """What comes after a pause, or after its end, in a prepaid term."""
    last = found.term.last.dates if found.term else None
    return {
        "is_of_term": found.term is not None,
        "next_box_from": found.after.dates.ship_from if found.after else None,
        "last_box_month": last.month if last else None,
        "last_box_from": last.ship_from if last else None,
        "fixed_box_from": found.fixed.ship_from if found.fixed else None,
    }


def last_day(*, today: date) -> date:
    """This will return the last day until which a pause chosen today may last."""
    town = selectors.municipality_get()
    return jptime.month_day(
        jptime.month_add(jptime.month_start(today), town.pause_months_most), today.day
    )


def pause_choose(
    *, membership_id: int, resume_on: date, now: datetime, actor: str, seen: str | None = None
) -> models.MembershipChoice:
    """This will leave out the months before `resume_on`; a pause that goes on gets another end.

    Raises:
        ChoiceChanged: the donor was shown something else.
        and what `pause_preview` raises.
    """
    with transaction.atomic():
        ground.hold(membership_id=membership_id)
        today = ground.today_of(now)
        preview = pause_preview(membership_id=membership_id, resume_on=resume_on, today=today)
        ground.seen_require(preview, seen=seen)
        _pause_settle(membership_id, today=today, now=now, actor=actor)
        choices.resume_on_set(membership_id=membership_id, resume_on=resume_on)
        months_fit(membership_id=membership_id, today=today, now=now, actor=actor, chosen_on=today)
        _fixed_let_through(membership_id, today=today, now=now, actor=actor)
        pause_begin_if_due(membership_id=membership_id, today=today, now=now, actor=actor)
        membership = ground.membership_choosing(membership_id=membership_id)
        return ground.choice_made(
            membership=membership,
            preview=preview,
            now=now,
            actor=actor,
            cycle_id=_first_left_out(membership_id, today=today),
            details=term_view.details(preview),
        )


def _first_left_out(membership_id: int, *, today: date) -> int | None:
    rows = ground.months_changeable(membership_id=membership_id, today=today)
    return rows.filter(state=_Cycle.SKIPPED).values_list("pk", flat=True).first()


def _pause_settle(membership_id: int, *, today: date, now: datetime, actor: str) -> None:
    """Before another day of its end is chosen, what the pause there is leaves out is written down:
    none of it is to be taken for a month that was fixed before that choice.
    """
    if models.Membership.objects.filter(pk=membership_id, resume_on__isnull=False).exists():
        town = ground.town_calendar()
        planning.cycles_plan(today=today, town=town, membership_ids=[membership_id])
        months_fit(membership_id=membership_id, today=today, now=now, actor=actor)


def _fixed_let_through(membership_id: int, *, today: date, now: datetime, actor: str) -> None:
    """Whoever makes a pause longer once the month after it was fixed still gives that month."""
    membership = models.Membership.objects.get(pk=membership_id)
    is_paused = membership.state == _State.PAUSED
    if is_paused and _is_month_fixed(membership, today=today):
        services.membership_move(
            membership_id=membership_id,
            to=_State.ACTIVE,
            now=now,
            actor=actor,
            reason="month_fixed_before_pause",
        )


def _is_month_fixed(membership: models.Membership, *, today: date) -> bool:
    """Planned months that no longer can be changed are those that the pause did not leave out."""
    is_late = Q(state=_Cycle.PLANNED, change_until__lt=today)
    donations = membership.cycles.filter(kind=states.CycleKind.DONATION)
    return donations.filter(Q(state=_Cycle.LOCKED) | is_late).exists()


def months_fit(
    *,
    membership_id: int,
    today: date,
    now: datetime,
    actor: str,
    chosen_on: date | None = None,
) -> None:
    """This will leave out the planned months before the end of a pause, and bring back those after
    it that a longer pause had left out. Without a pause all of them come back.

    A month that could not be changed any more when the pause was chosen is not left out; one that
    was left out and can be changed no more does not come back.

    Args:
        membership_id: whose.
        today: the day in Japan.
        now: the moment.
        actor: who.
        chosen_on: the day on which the pause was chosen, when that is not written down yet.
    """
    chosen_on = chosen_on or selectors.pause_chosen_on(membership_id=membership_id) or date.min
    resume_on = models.Membership.objects.values_list("resume_on", flat=True).get(pk=membership_id)
    # One by one: with a month of a prepaid term, its box moves on to another month.
    while resume_on is not None and (
        cycle := _planned_before(membership_id, day=resume_on, chosen_on=chosen_on)
    ):
        cycles.cycle_skip(cycle_id=cycle.pk, reason=states.SKIP_BY_PAUSE, now=now, actor=actor)
    left_out = ground.months_changeable(membership_id=membership_id, today=today).filter(
        state=_Cycle.SKIPPED, reason=states.SKIP_BY_PAUSE
    )
    for cycle in left_out:
        if resume_on is None or cycle.charge_on >= resume_on:
            cycles.cycle_replan(cycle_id=cycle.pk, now=now, actor=actor, reason="pause_over")


def _planned_before(membership_id: int, *, day: date, chosen_on: date) -> models.Cycle | None:
    """However late: what was missed while nothing ran belongs to the pause all the same."""
    rows = models.Cycle.objects.filter(
        membership_id=membership_id,
        state=_Cycle.PLANNED,
        charge_on__lt=day,
        change_until__gte=chosen_on,
    )
    return rows.order_by("n").first()


def pause_begin_if_due(*, membership_id: int, today: date, now: datetime, actor: str) -> bool:
    """This will make a membership paused whose donor chose so, once no fixed month waits.

    Returns:
        whether it did.
    """
    membership = models.Membership.objects.get(pk=membership_id)
    is_chosen = membership.resume_on is not None and membership.state == _State.ACTIVE
    if not is_chosen or _is_month_fixed(membership, today=today):
        return False
    services.membership_move(
        membership_id=membership_id, to=_State.PAUSED, now=now, actor=actor, reason="donor_pause"
    )
    return True


def resume_preview(*, membership_id: int, today: date) -> PausePreview:
    """This will say what going on today means: the first month that can still be changed comes.

    Raises:
        NotPaused: there is no pause, neither now nor to come.
        and what `ground.membership_choosing` raises.
    """
    membership = ground.membership_choosing(membership_id=membership_id)
    if membership.resume_on is None:
        raise errors.NotPaused()
    if membership.tier.kind == states.TierKind.PREPAID:
        return _term_resume(membership, today=today)
    months = _months_until(membership, resume_on=outlook.NO_PAUSE, today=today)
    first = coming.months_open(months, today=today)[0].dates
    return PausePreview(
        kind=_Kind.RESUME,
        effective_on=today,
        change_until=None,
        month=first.month,
        months=_months_back(membership, today=today),
        resume_on=membership.resume_on,
        limit_warning=warning.choice_warning(
            membership=membership,
            as_if=forecast.AsIf(membership_id=membership.pk, today=today, is_resumed=True),
            years={today.year, first.charge_on.year},
        ),
        **coming.next_told(months, membership=membership, today=today),
    )


def _months_back(membership: models.Membership, *, today: date) -> tuple[date, ...]:
    months = ground.months_changeable(membership_id=membership.pk, today=today)
    back = months.filter(state=_Cycle.SKIPPED, reason=states.SKIP_BY_PAUSE)
    return tuple(back.values_list("month", flat=True))


def _term_resume(membership: models.Membership, *, today: date) -> PausePreview:
    found = pause_term.look(membership, resume_on=outlook.NO_PAUSE, today=today)
    told = coming.next_told(found.months, membership=membership, today=today)
    next_donation_on = told["next_donation_on"]
    return PausePreview(
        kind=_Kind.RESUME,
        effective_on=today,
        change_until=None,
        month=found.after.dates.month if found.after else None,
        months=_months_back(membership, today=today),
        resume_on=membership.resume_on or today,
        limit_warning=warning.choice_warning(
            membership=membership,
            as_if=forecast.AsIf(membership_id=membership.pk, today=today, is_resumed=True),
            years={today.year, next_donation_on.year if next_donation_on else today.year},
        ),
        **_of_term(found),
        **told,
    )


def resume_choose(
    *, membership_id: int, now: datetime, actor: str, seen: str | None = None
) -> models.MembershipChoice:
    """This will end a pause today: every month that can still be changed comes back.

    Raises:
        ChoiceChanged: the donor was shown something else.
        and what `resume_preview` raises.
    """
    with transaction.atomic():
        ground.hold(membership_id=membership_id)
        today = ground.today_of(now)
        preview = resume_preview(membership_id=membership_id, today=today)
        ground.seen_require(preview, seen=seen)
        pause_end(
            membership_id=membership_id, today=today, now=now, actor=actor, reason="donor_resumed"
        )
        membership = ground.membership_choosing(membership_id=membership_id)
        return ground.choice_made(
            membership=membership,
            preview=preview,
            now=now,
            actor=actor,
            cycle_id=ground.month_id(membership_id=membership_id, month=preview.month),
            details=term_view.details(preview),
        )


def pause_end(*, membership_id: int, today: date, now: datetime, actor: str, reason: str) -> None:
    """This will end a pause: what can still be changed comes back, what is over stays left out.

    Months that fell into the pause but were not written down yet are written down first, so that
    none of them can be taken for one that is merely late. In the caller's transaction.
    """
    planning.cycles_plan(today=today, town=ground.town_calendar(), membership_ids=[membership_id])
    months_fit(membership_id=membership_id, today=today, now=now, actor=actor)
    if models.Membership.objects.get(pk=membership_id).state == _State.PAUSED:
        services.membership_move(
            membership_id=membership_id, to=_State.ACTIVE, now=now, actor=actor, reason=reason
        )
    choices.resume_on_set(membership_id=membership_id, resume_on=None)
    months_fit(membership_id=membership_id, today=today, now=now, actor=actor)
