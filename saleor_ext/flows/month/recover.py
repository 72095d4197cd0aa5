"""A donor makes up for a month whose donation was declined, with another card or his bank's
confirmation. The card he enters is the one that is charged from then on.
"""

from datetime import datetime

from saleor_ext.donations import models as donation_models
from saleor_ext.donations import states as donation_states
from saleor_ext.flows import errors
from saleor_ext.flows.limits import year_gate
from saleor_ext.flows.month import pay_step
from saleor_ext.flows.month.pay_step import PayStep
from saleor_ext.membership import models, selectors, states


def owed_cycle(*, membership_id: int) -> models.Cycle | None:
    """This will return the oldest month that waits for its donation after a decline, if any."""
    tried = donation_models.PaymentAttempt.objects.filter(
        cycle__membership_id=membership_id,
        cycle__state=states.CycleState.LOCKED,
        cycle__n__gt=0,
        state__in=[
            donation_states.AttemptState.DECLINED,
            donation_states.AttemptState.ACTION_REQUIRED,
        ],
    )
    cycle_id = tried.order_by("cycle__n").values_list("cycle_id", flat=True).first()
    return selectors.cycle_get(cycle_id=cycle_id) if cycle_id else None


def recover_pay(*, membership_id: int, now: datetime, actor: str) -> PayStep:
    """This will bring an owed month to the point where the donor enters his card.

    Raises:
        NothingOwed: no month waits, or the membership is not waiting for one.
        YearIsOver: it would become a donation of another year than the donor meant.
        AttemptOpen: another payment of the month is still under way.
        ProviderAway: the provider does not answer; try again.
    """
    cycle = _owed(membership_id)
    if not year_gate.givable([cycle], now=now):
        raise errors.YearIsOver()
    settled = pay_step.settled_step(cycle=cycle, now=now, actor=actor)
    if settled is not None:
        return settled
    attempt = pay_step.attempt_for_browser(cycle=cycle, now=now, actor=actor)
    return pay_step.step_open(cycle=cycle, attempt_id=attempt.pk, now=now, actor=actor)


def recover_finish(*, membership_id: int, now: datetime, actor: str) -> PayStep:
    """This will find out, after the card page, what became of the owed month."""
    cycle = owed_cycle(membership_id=membership_id) or _latest_paid(membership_id)
    return pay_step.finish(cycle=cycle, now=now, actor=actor)


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
