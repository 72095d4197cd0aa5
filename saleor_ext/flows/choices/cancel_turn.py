"""How memberships whose donors leave come to their end: nothing more is taken, what was given is
delivered, and after the last day that was paid for they are over.
"""

from datetime import date, datetime

from django.db import transaction
from django.db.models import Q

from saleor_ext.common import apart, jptime
from saleor_ext.donations import models as donation_models
from saleor_ext.donations import states as donation_states
from saleor_ext.flows.choices import cancel, ground
from saleor_ext.flows.month import janitor, parcel_holds
from saleor_ext.membership import models, services, states

_Cycle = states.CycleState
_State = states.MembershipState


def cancelling_turn(*, as_of: date, now: datetime, actor: str) -> None:
    """This will bring every membership that is about to end to where it should be on `as_of`.

    Raises:
        Exception: one membership was in trouble; all others were gone through.
    """
    leaving = models.Membership.objects.filter(state=_State.CANCELLING)
    troubles = apart.Apart()
    for membership in leaving.order_by("pk").iterator():
        with troubles.one(f"the end of membership {membership.pk}"):
            _unconfirmed_close(membership, now=now, actor=actor)
            _turn(membership.pk, as_of=as_of, now=now, actor=actor)
    troubles.end()


def _unconfirmed_close(membership: models.Membership, *, now: datetime, actor: str) -> None:
    """A payment that only waits for the donor to confirm it is closed at the provider: he left."""
    waiting = donation_models.PaymentAttempt.objects.filter(
        cycle__membership_id=membership.pk,
        state=donation_states.AttemptState.ACTION_REQUIRED,
    )
    for cycle_id in list(waiting.values_list("cycle_id", flat=True)):
        janitor.attempts_close(cycle_id=cycle_id, now=now, actor=actor)


@transaction.atomic
def _turn(membership_id: int, *, as_of: date, now: datetime, actor: str) -> None:
    ground.hold(membership_id=membership_id)
    membership = models.Membership.objects.select_related("next_tier").get(pk=membership_id)
    if membership.state != _State.CANCELLING:
        return  # somebody else was faster
    cancel.unpaid_void(membership_id=membership_id, now=now, actor=actor)
    if _is_over(membership, as_of=as_of):
        _end(membership, now=now, actor=actor)


def _is_over(membership: models.Membership, *, as_of: date) -> bool:
    still_open = membership.cycles.filter(
        Q(state__in=sorted(states.CYCLE_OPEN)) | Q(state=_Cycle.CHARGED), ship_to__gte=as_of
    )
    unlisted = membership.cycles.filter(
        ~parcel_holds.gone_for_good(), state__in=[_Cycle.LOCKED, _Cycle.CHARGED], is_listed=False
    )
    if still_open.exists() or unlisted.exists():
        return False
    end = cancel.period_end(membership_id=membership.pk, today=as_of)
    left = cancel.leaving_event(membership_id=membership.pk)
    # Whoever chose to leave is a member on that day still.
    days = [end, jptime.jst_date(left.at) if left and _is_chosen(left) else None]
    return all(day is None or day < as_of for day in days)


def _is_chosen(left: models.MembershipEvent) -> bool:
    return left.reason != states.NOT_PAID_IN_TIME


def _end(membership: models.Membership, *, now: datetime, actor: str) -> None:
    free_tier = membership.next_tier
    services.membership_end(
        membership_id=membership.pk, now=now, actor=actor, reason=_why(membership)
    )
    if free_tier is not None and free_tier.kind == states.TierKind.FREE:
        services.membership_free_follow(
            donor_id=membership.donor_id, tier=free_tier, now=now, actor=actor
        )


def _why(membership: models.Membership) -> str:
    left = cancel.leaving_event(membership_id=membership.pk)
    return "cancelled_by_donor" if left is None or _is_chosen(left) else states.NOT_PAID_IN_TIME
