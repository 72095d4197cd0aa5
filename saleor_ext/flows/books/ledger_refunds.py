"""The part of the ledger check that is about money given back."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.db.models import Exists, F, OuterRef, Q, Sum
from django.db.models.functions import Coalesce

from saleor_ext.donations import models, selectors, states
from saleor_ext.flows.month import part_kept, parts_back
from saleor_ext.fulfilment import models as fulfilment_models
from saleor_ext.fulfilment import states as fulfilment_states
from saleor_ext.membership import states as membership_states
from saleor_ext.outbox import models as outbox_models

# A refund, and the shop's knowing of it, may take this long before somebody should look.
GRACE = timedelta(hours=24)
Found = Iterator[tuple[str, str]]


def breaches(*, now: datetime) -> Found:
    """This will return code and text of everything about refunds that does not hold."""
    yield from _rows()
    yield from _attempts()
    yield from _unfinished(now=now)
    yield from _parcels()
    yield from _parts()


def _rows() -> Found:
    """Each refund that succeeded is exactly one correction of its donation, and the reverse."""
    correction = models.Donation.objects.filter(
        corrects__attempt_id=OuterRef("attempt_id"),
        refund_ref=OuterRef("provider_ref"),
        amount_yen=-1 * OuterRef("amount_yen"),
    )
    given = models.Refund.objects.filter(state=states.RefundState.SUCCEEDED)
    for refund in given.filter(~Exists(correction)).iterator():
        yield "refund_without_correction", f"refund {refund.pk}"
    refund_of = models.Refund.objects.filter(
        state=states.RefundState.SUCCEEDED, provider_ref=OuterRef("refund_ref")
    )
    corrections = models.Donation.objects.filter(corrects__isnull=False, dispute__isnull=True)
    for donation in corrections.filter(~Exists(refund_of)).iterator():
        yield "correction_without_refund", f"donation {donation.pk}"


def _attempts() -> Found:
    """Refunded is what nothing is left of, and nothing else is; never less than nothing."""
    received = models.PaymentAttempt.objects.filter(
        state__in=sorted(states.ATTEMPT_RECEIVED)
    ).annotate(left=Coalesce(Sum("donations__amount_yen"), F("amount_yen")))
    for attempt in received.filter(left__lt=0).iterator():
        yield "refunded_too_much", f"attempt {attempt.pk}"
    is_refunded = states.AttemptState.REFUNDED
    disputed = selectors.attempts_disputed().values("pk")
    unnoted = received.filter(left=0).exclude(state=is_refunded).exclude(pk__in=disputed)
    for attempt in unnoted.iterator():
        yield "refund_not_noted", f"attempt {attempt.pk}"
    for attempt in received.filter(left__gt=0, state=is_refunded).iterator():
        yield "refunded_without_refund", f"attempt {attempt.pk}"


def _unfinished(*, now: datetime) -> Found:
    for refund in selectors.refunds_open().filter(requested_at__lte=now - GRACE):
        yield "refund_unfinished", f"refund {refund.pk}"
    untold = outbox_models.OutboxMessage.objects.filter(
        topic="refund.report", created_at__lte=now - GRACE
    ).exclude(state="done")
    for message in untold:
        yield "refund_not_told", f"outbox message {message.pk}"


def _parcels() -> Found:
    """Nothing waits to be sent for a month that was given back, or for one of its term."""
    refunded = models.PaymentAttempt.objects.filter(state=states.AttemptState.REFUNDED)
    waiting = fulfilment_models.Shipment.objects.filter(
        Q(Exists(refunded.filter(cycle_id=OuterRef("cycle_id"))))
        | Q(Exists(refunded.filter(cycle_id=OuterRef("cycle__covered_by_id")))),
        state__in=sorted(fulfilment_states.SHIPMENT_TO_SHIP),
    )
    for shipment in waiting.iterator():
        yield "parcel_refunded", f"shipment {shipment.key}"


def _parts() -> Found:
    """Of a donation of which a part went back nothing is on a list before staff have decided, nor
    more afterwards than what was kept carries.

    Law: gift_cost_30, gift_cost_per_donation
    """
    part = parts_back.undecided()
    waiting = fulfilment_models.Shipment.objects.filter(
        Q(Exists(part.filter(cycle_id=OuterRef("cycle_id"))))
        | Q(Exists(part.filter(cycle_id=OuterRef("cycle__covered_by_id")))),
        state__in=sorted(fulfilment_states.SHIPMENT_TO_SHIP),
    )
    for shipment in waiting.iterator():
        yield "parcel_part_undecided", f"shipment {shipment.key}"
    given = selectors.attempts_given_in_part().exclude(
        membership__state=membership_states.MembershipState.PARKED
    )
    for membership_id in sorted(set(given.values_list("membership_id", flat=True))):
        for cycle in part_kept.months_over(membership_id=membership_id):
            yield "part_over_limit", f"cycle {cycle.pk}"
