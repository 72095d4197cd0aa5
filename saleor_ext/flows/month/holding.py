"""Letting a stopped membership go on, together with the parcels that were held for it."""

from datetime import datetime

from django.db import transaction

from saleor_ext.donations import selectors as donation_selectors
from saleor_ext.fulfilment import services as fulfilment_services
from saleor_ext.membership import models, services


@transaction.atomic
def membership_resume(
    *, membership_id: int, now: datetime, actor: str, reason: str
) -> models.Membership:
    """This will let a parked membership go on; its held parcels are on the lists again.

    Raises:
        ReasonMissing: no reason was given.
        InvalidTransition: it is not parked.
    """
    membership = services.membership_unpark(
        membership_id=membership_id, now=now, actor=actor, reason=reason
    )
    # What a card's holder disputes waits for the bank, whatever else goes on.
    disputed = donation_selectors.attempts_disputed().values("cycle_id")
    cycle_ids = (
        membership.cycles.exclude(pk__in=disputed)
        .exclude(covered_by_id__in=disputed)
        .values_list("pk", flat=True)
    )
    fulfilment_services.shipments_release(cycle_ids=cycle_ids, now=now, actor=actor, reason=reason)
    return membership
