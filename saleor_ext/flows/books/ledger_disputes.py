"""The part of the ledger check that is about disputes."""

from collections.abc import Iterator

from django.db.models import Exists, F, OuterRef, Q, Sum
from django.db.models.functions import Coalesce

from saleor_ext.donations import models, selectors, states
from saleor_ext.fulfilment import models as fulfilment_models
from saleor_ext.fulfilment import states as fulfilment_states

Found = Iterator[tuple[str, str]]


def breaches() -> Found:
    """This will return code and text of everything about disputes that does not hold."""
    yield from _rows()
    yield from _parcels()


def _rows() -> Found:
    """Money is away exactly while the dispute says so: its amount, or nothing."""
    found = models.Dispute.objects.annotate(sum=Coalesce(Sum("ledger_rows__amount_yen"), 0))
    away = Q(state__in=sorted(states.DISPUTE_AWAY))
    for dispute in found.filter(away).exclude(sum=-1 * F("amount_yen")).iterator():
        yield "dispute_rows", f"dispute {dispute.pk}"
    for dispute in found.filter(~away).exclude(sum=0).iterator():
        yield "dispute_rows", f"dispute {dispute.pk}"


def _parcels() -> Found:
    """Nothing is on a producer's list for a month whose money is away, or for one of its term."""
    disputed = selectors.attempts_disputed()
    waiting = fulfilment_models.Shipment.objects.filter(
        Q(Exists(disputed.filter(cycle_id=OuterRef("cycle_id"))))
        | Q(Exists(disputed.filter(cycle_id=OuterRef("cycle__covered_by_id")))),
        state__in=sorted({fulfilment_states.ShipmentState.REQUESTED, "preparing"}),
    )
    for shipment in waiting.iterator():
        yield "parcel_disputed", f"shipment {shipment.key}"
