"""How memberships end: a prepaid term that is over, and whoever leaves, once all was sent."""

from datetime import date, datetime

from django.db import transaction
from django.db.models import Exists, OuterRef, Q

from saleor_ext.donations import models as donation_models
from saleor_ext.donations import states as donation_states
from saleor_ext.flows.month import listing
from saleor_ext.flows.orders import order_queue
from saleor_ext.membership import cycles, models, services, states
from saleor_ext.outbox import services as outbox


def terms_end(*, as_of: date, now: datetime, actor: str) -> None:
    """This will end memberships whose prepaid term is over: nothing is charged unasked.

    A term is over when every month of it was sent or left out and the plan knows of no other:
    neither a box that moved to its end nor another donation.
    """
    months = models.Cycle.objects.filter(membership_id=OuterRef("pk"))
    paid = months.filter(state__in=[states.CycleState.LOCKED, states.CycleState.CHARGED])
    on_its_way = paid.filter(Q(ship_to__gte=as_of) | (Q(is_listed=False) & ~listing.given_back()))
    over = models.Membership.objects.filter(
        ~Exists(months.filter(state=states.CycleState.PLANNED)),
        ~Exists(on_its_way),
        state=states.MembershipState.ACTIVE,
        tier__kind=states.TierKind.PREPAID,
    )
    for membership in over.iterator():
        _end_term(membership, now=now, actor=actor)


@transaction.atomic
def _end_term(membership: models.Membership, *, now: datetime, actor: str) -> None:
    services.membership_end(
        membership_id=membership.pk, now=now, actor=actor, reason="prepaid_term_over"
    )
    payload = {"name": "prepaid_ended", "donor_id": membership.donor_id}
    outbox.message_put(
        topic="mail.send", key=f"mail:prepaid_ended:m{membership.pk}", payload=payload, now=now
    )


def leavers_end(*, as_of: date, now: datetime, actor: str) -> None:
    """This will end the memberships of those who leave, once what they paid for was sent."""
    leaving = models.Membership.objects.filter(state=states.MembershipState.CANCELLING)
    for membership in leaving.iterator():
        _end_when_delivered(membership, as_of=as_of, now=now, actor=actor)


def _void_unpaid(membership: models.Membership, *, now: datetime, actor: str) -> None:
    """Whoever leaves is asked for nothing more; a month whose payment is under way goes on."""
    attempts = donation_models.PaymentAttempt.objects.filter(cycle_id=OuterRef("pk"))
    unpaid = membership.cycles.filter(
        ~Exists(attempts.filter(state__in=sorted(donation_states.ATTEMPT_OPEN))),
        state__in=sorted(states.CYCLE_OPEN),
        kind=states.CycleKind.DONATION,
    )
    ids = list(unpaid.values_list("pk", flat=True))
    cycles.cycles_void(cycle_ids=ids, reason="membership_cancelled", now=now, actor=actor)
    for cycle_id in ids:
        order_queue.order_put("order.cancel", cycle_id=cycle_id, now=now)


@transaction.atomic
def _end_when_delivered(
    membership: models.Membership, *, as_of: date, now: datetime, actor: str
) -> None:
    _void_unpaid(membership, now=now, actor=actor)
    still_open = membership.cycles.filter(
        Q(state__in=sorted(states.CYCLE_OPEN)) | Q(state=states.CycleState.CHARGED),
        ship_to__gte=as_of,
    )
    unlisted = membership.cycles.filter(state__in=["locked", "charged"], is_listed=False)
    unsent = unlisted.exclude(listing.given_back())
    if not still_open.exists() and not unsent.exists():
        services.membership_end(
            membership_id=membership.pk, now=now, actor=actor, reason=_why(membership)
        )


def _why(membership: models.Membership) -> str:
    left = membership.events.filter(to_state=states.MembershipState.CANCELLING).order_by("pk")
    last = left.last()
    is_unpaid = last is not None and last.reason == states.NOT_PAID_IN_TIME
    return states.NOT_PAID_IN_TIME if is_unpaid else "cancelled_by_donor"
