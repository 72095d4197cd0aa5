"""How memberships end by themselves: a prepaid term that is over. Whoever leaves: `choices`."""

import contextlib
from datetime import date, datetime

from django.db import transaction
from django.db.models import Exists, OuterRef, Q

from saleor_ext.common.apart import Apart
from saleor_ext.common.errors import InvalidTransition
from saleor_ext.flows.month import parcel_holds
from saleor_ext.membership import models, services, states
from saleor_ext.outbox import services as outbox


def terms_end(*, as_of: date, now: datetime, actor: str) -> None:
    """This will end memberships whose prepaid term is over: nothing is charged unasked.

    A term is over when every month of it was sent or left out and the plan knows of no other:
    neither a box that moved to its end nor another donation. One membership's trouble does not stop
    the others.

    Raises:
        Exception: what the first one met with that could not be ended; all others were.
    """
    months = models.Cycle.objects.filter(membership_id=OuterRef("pk"))
    paid = months.filter(state__in=[states.CycleState.LOCKED, states.CycleState.CHARGED])
    on_its_way = paid.filter(
        Q(ship_to__gte=as_of) | (Q(is_listed=False) & ~parcel_holds.gone_for_good())
    )
    over = models.Membership.objects.filter(
        ~Exists(months.filter(state=states.CycleState.PLANNED)),
        ~Exists(on_its_way),
        state=states.MembershipState.ACTIVE,
        tier__kind=states.TierKind.PREPAID,
    )
    apart = Apart()
    for membership in over.iterator():
        with (
            apart.one(f"end of membership {membership.pk}"),
            contextlib.suppress(InvalidTransition),  # another run was faster
        ):
            _end_term(membership, now=now, actor=actor)
    apart.end()


@transaction.atomic
def _end_term(membership: models.Membership, *, now: datetime, actor: str) -> None:
    services.membership_end(
        membership_id=membership.pk, now=now, actor=actor, reason="prepaid_term_over"
    )
    payload = {"name": "prepaid_ended", "donor_id": membership.donor_id}
    outbox.message_put(
        topic="mail.send", key=f"mail:prepaid_ended:m{membership.pk}", payload=payload, now=now
    )
