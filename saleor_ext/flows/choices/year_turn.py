"""A month of the old year that was not paid in it: give it as a donation of the new year, or leave
it out. Without an answer nothing is charged, and the month is given up like any other.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import transaction

from saleor_ext.common.errors import NotFound
from saleor_ext.donations import errors as donation_errors
from saleor_ext.donations import models as donation_models
from saleor_ext.donations import selectors as donation_selectors
from saleor_ext.donations import states as donation_states
from saleor_ext.flows.choices import coming, ground
from saleor_ext.flows.limits import forecast, leaving_out, year_gate
from saleor_ext.flows.month import janitor
from saleor_ext.membership import cycles, models, outlook, selectors, states

DECEMBER = 12
LEFT_OUT_REASON = "year_turn_left_out"
CHOOSING = states.MEMBERSHIP_CHARGEABLE


Answer = states.YearTurnAnswer


@dataclass(frozen=True, kw_only=True)
class YearTurnPreview(ground.Preview):
    """What an answer would do.

    year: the calendar year of which it would be a donation. year_yen: that year's sum with it and
    everything that is planned. limit_yen: the donor's limit of that year, if he has one.
    needs_card: the card has to be entered anew, since its bank refused it for good or wants to see
    the donor.
    """

    answer: str
    amount_yen: int
    year: int
    year_yen: int
    limit_yen: int | None
    needs_card: bool


def asked_month(*, membership_id: int, today: date) -> models.Cycle | None:
    """This will return the oldest month about which a donor is asked, if any.

    In January that is whatever the old year left unpaid. In December it is a month that was
    declined and will not be tried again in this year.
    """
    locked = models.Cycle.objects.filter(
        membership_id=membership_id,
        membership__state__in=sorted(CHOOSING),
        state=states.CycleState.LOCKED,
        kind=states.CycleKind.DONATION,
        n__gt=0,
    ).select_related("membership__donor", "tier")
    for cycle in locked.order_by("n"):
        if year_gate.is_held_back(cycle, today=today) or _is_out_of_tries(cycle, today=today):
            return cycle
    return None


def _is_out_of_tries(cycle: models.Cycle, *, today: date) -> bool:
    if today.month != DECEMBER or cycle.agreed_year or cycle.next_try_on:
        return False
    attempt = donation_selectors.latest_attempt(cycle_id=cycle.pk)
    return attempt is not None and attempt.state == donation_states.AttemptState.DECLINED


def year_turn_preview(*, membership_id: int, answer: str, today: date) -> YearTurnPreview:
    """This will say what an answer would do.

    Raises:
        NotFound: no month waits for an answer.
    """
    cycle = _asked(membership_id, today=today)
    year = max(today.year, cycle.charge_on.year + 1)
    plan = forecast.year_plan(donor_id=cycle.membership.donor_id, year=year)
    is_carried = answer == Answer.CARRY
    planned_yen = plan.expected_yen + (cycle.amount_yen if is_carried else 0)
    # The next donation besides the one that is asked about.
    months = outlook.ahead(cycle.membership, today=today, left_out=(cycle.n,))
    return YearTurnPreview(
        kind=states.ChoiceKind.YEAR_TURN,
        effective_on=max(today, date(year, 1, 1)) if is_carried else today,
        change_until=None,
        month=cycle.month,
        answer=answer,
        amount_yen=cycle.amount_yen,
        year=year,
        year_yen=planned_yen,
        limit_yen=plan.limit.limit_yen if plan.limit else None,
        needs_card=is_carried and not _can_try_card(cycle),
        **coming.next_told(months, membership=cycle.membership, today=today),
    )


def _asked(membership_id: int, *, today: date) -> models.Cycle:
    cycle = asked_month(membership_id=membership_id, today=today)
    if cycle is None:
        raise NotFound(what="month")
    return cycle


def _can_try_card(cycle: models.Cycle) -> bool:
    """A month that was never tried, or declined for a passing reason, goes on by itself."""
    attempt = donation_selectors.latest_attempt(cycle_id=cycle.pk)
    if attempt is None:
        return True
    return attempt.is_off_session and attempt.is_retryable and _was_declined(attempt)


def _was_declined(attempt: donation_models.PaymentAttempt) -> bool:
    is_declined = attempt.state == donation_states.AttemptState.DECLINED
    return is_declined and attempt.decline_code != "abandoned"


def year_turn_choose(
    *, membership_id: int, answer: str, now: datetime, actor: str, seen: str | None = None
) -> models.MembershipChoice:
    """This will do what the donor said.

    Raises:
        NotFound: no month waits for an answer.
        ChoiceChanged: the donor was shown something else.
        AttemptOpen: nobody can say yet whether the month was paid after all.
    """
    today = ground.today_of(now)
    asked = _asked(membership_id, today=today)
    if not janitor.attempts_close(cycle_id=asked.pk, now=now, actor=actor):
        raise donation_errors.AttemptOpen()
    with transaction.atomic():
        ground.hold(membership_id=membership_id)
        preview = year_turn_preview(membership_id=membership_id, answer=answer, today=today)
        ground.seen_require(preview, seen=seen)
        cycle = _asked(membership_id, today=today)
        if donation_selectors.open_attempt(cycle_id=cycle.pk) is not None:
            raise donation_errors.AttemptOpen()
        if answer == Answer.CARRY:
            next_try_on = None if preview.needs_card else preview.effective_on
            days = selectors.municipality_get().give_up_days
            cycles.cycle_agree(
                cycle_id=cycle.pk,
                year=preview.year,
                next_try_on=next_try_on,
                pay_until=preview.effective_on + timedelta(days=days),
            )
        else:
            leaving_out.month_leave_out(
                cycle=cycle, reason=LEFT_OUT_REASON, is_told=False, now=now, actor=actor
            )
        return ground.choice_made(
            membership=cycle.membership,
            preview=preview,
            now=now,
            actor=actor,
            cycle_id=cycle.pk,
            details={
                "answer": answer,
                "amount_yen": preview.amount_yen,
                "year": preview.year,
                "needs_card": preview.needs_card,
            },
        )
