"""Boxes that have not left, against what the town kept of a donation of which part went back.

Law: gift_cost_30, gift_cost_per_donation, benefit_is_gift
"""

from datetime import datetime

from django.db.models import Exists, F, OuterRef, Q, Sum

from saleor_ext.common import money
from saleor_ext.donations import selectors as donation_selectors
from saleor_ext.flows.month import facts
from saleor_ext.fulfilment import models as fulfilment_models
from saleor_ext.fulfilment import services as fulfilment_services
from saleor_ext.fulfilment import states as fulfilment_states
from saleor_ext.membership import delivery, models, states

CODE = "box_over_limit"
_Shipment = fulfilment_states.ShipmentState
_OFF = frozenset({_Shipment.CANCELLED, _Shipment.SUBSTITUTED})


def months_over(*, membership_id: int) -> list[models.Cycle]:
    """This will list the paid months, terms by the one that paid, whose boxes still to be sent cost
    more than may be given for what was kept of the donation.
    """
    given = donation_selectors.attempts_given_in_part().filter(membership_id=membership_id)
    rows = models.Cycle.objects.filter(pk__in=given.values("cycle_id"), is_stopped=False)
    return [cycle for cycle in rows.order_by("n") if is_over(paying=cycle)]


def is_over(*, paying: models.Cycle) -> bool:
    """This will say the same of one donation; boxes that fell away or were cancelled cost nothing,
    and what has left or has its label is past deciding.
    """
    attempt = donation_selectors.attempt_received(cycle_id=paying.pk)
    if attempt is None:
        return False
    parcels = fulfilment_models.Shipment.objects.filter(cycle_id=OuterRef("cycle_id"))
    here = parcels.filter(
        state__in=sorted(fulfilment_states.SHIPMENT_TRANSITIONS[_Shipment.CANCELLED])
    )
    months = models.CycleSnapshot.objects.filter(
        Q(cycle_id=paying.pk) | Q(cycle__covered_by_id=paying.pk),
        cycle__state__in=[states.CycleState.LOCKED, states.CycleState.CHARGED],
    )
    unlisted = Q(cycle__is_listed=False, box_plan__isnull=False)
    if not months.filter(unlisted | Q(Exists(here))).exists():
        return False
    given = months.filter(
        Q(cycle__is_listed=False)
        | Q(box_plan__isnull=True)
        | Q(Exists(parcels.exclude(state__in=sorted(_OFF))))
    )
    cost = given.aggregate(yen=Sum(F("procurement_cost_yen") + F("benefit_cost_yen")))["yen"] or 0
    return not money.percent_is_within(
        part_yen=cost,
        whole_yen=attempt.amount_yen - donation_selectors.refunded_yen(attempt_id=attempt.pk),
        percent=facts.gift_cost_percent(day=paying.charge_on),
    )


def boxes_take_off(*, paying: models.Cycle, now: datetime, actor: str) -> None:
    """This will cancel the parcels against a donation that have not left. A month of its own that
    no producer knows of yet loses its box; those of a term fall away by number instead.
    """
    covered = models.Cycle.objects.filter(covered_by_id=paying.pk).order_by("pk")
    for cycle_id in [paying.pk, *covered.values_list("pk", flat=True)]:
        fulfilment_services.shipments_cancel(cycle_id=cycle_id, now=now, actor=actor, reason=CODE)
    if paying.box_count == 1 and not paying.is_listed:
        delivery.snapshot_box_remove(cycle_id=paying.pk)
