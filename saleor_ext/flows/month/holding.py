"""Letting a stopped membership go on, together with the parcels that were held for it."""

from datetime import datetime

from django.db import transaction

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
    cycle_ids = membership.cycles.values_list("pk", flat=True)
    fulfilment_services.shipments_release(cycle_ids=cycle_ids, now=now, actor=actor, reason=reason)
    return membership
