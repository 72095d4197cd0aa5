"""A donor makes up for a month whose donation was declined, with another card or his bank's
confirmation. The card he enters is the one that is charged from then on.
"""

from datetime import date, datetime

from saleor_ext.common import jptime
from saleor_ext.donations import models as donation_models
from saleor_ext.donations import states as donation_states
from saleor_ext.flows import errors
from saleor_ext.flows.limits import deciding, year_gate
from saleor_ext.flows.month import pay_step
from saleor_ext.flows.month.pay_step import PayStep
from saleor_ext.flows.swaps import waiting
from saleor_ext.membership import models, selectors, states

OWED_AFTER = (
    donation_states.AttemptState.DECLINED,
    donation_states.AttemptState.ACTION_REQUIRED,
)


def owed_cycle(*, membership_id: int) -> models.Cycle | None:
    """This will return the oldest month that waits for its donation after a decline, if any."""
    tried = donation_models.PaymentAttempt.objects.filter(
        cycle__membership_id=membership_id,
        cycle__state=states.CycleState.LOCKED,
        cycle__n__gt=0,
        state__in=OWED_AFTER,
    )
    cycle_id = tried.order_by("cycle__n").values_list("cycle_id", flat=True).first()
    return selectors.cycle_get(cycle_id=cycle_id) if cycle_id else None


def recover_pay(*, membership_id: int, now: datetime, actor: str) -> PayStep:
    """This will bring an owed month to the point where the donor enters his card.

    Raises:
        NothingOwed: no month waits, or the membership is not waiting for one.
        and what `month_pay` raises.
    """
    return month_pay(cycle=_owed(membership_id), now=now, actor=actor)


def month_pay(*, cycle: models.Cycle, now: datetime, actor: str) -> PayStep:
    """This will bring one owed month to that point.

    Raises:
        BoxAsked: a gift of its box cannot be sent, and that has to be settled first.
        YearIsOver: it would become a donation of another year than the donor meant.
        LimitReached: it would exceed the yearly limit he has set, and he wants it kept.
        PayDayOver: the day until which he could make up for it is over.
        AttemptOpen: another payment of the month is still under way.
        ProviderAway: the provider does not answer; try again.
    """
    if is_day_over(cycle, today=jptime.jst_date(now)):
        raise errors.PayDayOver()
    if not year_gate.givable([cycle], now=now):
        raise errors.YearIsOver()
    settled = pay_step.settled_step(cycle=cycle, now=now, actor=actor)
    if settled is not None and not settled.client_secret:
        return settled
    if is_box_asked(cycle):
        raise errors.BoxAsked()
    if settled is not None:
        return settled
    deciding.limit_require(cycle=cycle, today=jptime.jst_date(now))
    attempt = pay_step.attempt_for_browser(cycle=cycle, now=now, actor=actor)
    return pay_step.step_open(cycle=cycle, attempt_id=attempt.pk, now=now, actor=actor)


def recover_finish(*, membership_id: int, now: datetime, actor: str) -> PayStep:
    """This will find out, after the card page, what became of the owed month."""
    cycle = owed_cycle(membership_id=membership_id) or _latest_paid(membership_id)
    return pay_step.finish(cycle=cycle, now=now, actor=actor)


def is_day_over(cycle: models.Cycle, *, today: date) -> bool:
    """This will say whether the day until which a donor could make up for a month is over. While
    he may not pay, because a gift cannot be sent, no day runs out on him.
    """
    is_past = cycle.pay_until is not None and cycle.pay_until < today
    return is_past and not is_box_asked(cycle)


def is_box_asked(cycle: models.Cycle) -> bool:
    """This will say whether a month waits for what becomes of a gift that cannot be sent."""
    return bool(waiting.waiting_among(cycle_ids=[cycle.pk]))


def is_owed(*, cycle: models.Cycle) -> bool:
    """This will say whether a month waits for its donation after a decline."""
    return (
        cycle.state == states.CycleState.LOCKED
        and cycle.n > 0
        and cycle.membership.state in states.MEMBERSHIP_CHARGEABLE
        and donation_models.PaymentAttempt.objects.filter(
            cycle_id=cycle.pk, state__in=OWED_AFTER
        ).exists()
    )


def _owed(membership_id: int) -> models.Cycle:
    membership = models.Membership.objects.get(pk=membership_id)
    cycle = owed_cycle(membership_id=membership_id)
    if cycle is None or membership.state not in states.MEMBERSHIP_CHARGEABLE:
        raise errors.NothingOwed()
    return cycle


def _latest_paid(membership_id: int) -> models.Cycle:
    """Back from the card page the month may have been settled already by the provider's message."""
    attempt = (
        donation_models.PaymentAttempt.objects.filter(
            cycle__membership_id=membership_id,
            is_off_session=False,
            state__in=sorted(donation_states.ATTEMPT_RECEIVED),
        )
        .order_by("-settled_at")
        .first()
    )
    if attempt is None:
        raise errors.NothingOwed()
    return selectors.cycle_get(cycle_id=attempt.cycle_id)
