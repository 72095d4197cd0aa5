"""Which months wait because a gift of theirs cannot be sent and nothing is settled about it yet."""

from collections.abc import Collection

from django.db.models import Exists, OuterRef, Q

from saleor_ext.fulfilment import models, states
from saleor_ext.membership import models as membership_models


def waiting() -> Q:
    """This will select locked months that are neither charged nor sent for now: an alternate is
    proposed for a gift of their box, and nobody has accepted one for them, this or an earlier one.
    """
    settled = models.Swap.objects.filter(
        alternate__gift_id=OuterRef("gift_id"),
        cycle_id=OuterRef(OuterRef("pk")),
        state=states.SwapState.ACCEPTED,
    )
    proposed = models.Alternate.objects.filter(
        ~Exists(settled),
        box_plan_id=OuterRef("snapshot__box_plan_id"),
        state=states.AlternateState.PROPOSED,
    )
    return Q(Exists(proposed))


def is_waiting(*, cycle_id: int, box_plan_id: int | None) -> bool:
    """This will say the same of one month."""
    settled = models.Swap.objects.filter(
        alternate__gift_id=OuterRef("gift_id"),
        cycle_id=cycle_id,
        state=states.SwapState.ACCEPTED,
    )
    proposed = models.Alternate.objects.filter(
        ~Exists(settled), box_plan_id=box_plan_id, state=states.AlternateState.PROPOSED
    )
    return proposed.exists()


def waiting_among(*, cycle_ids: Collection[int]) -> set[int]:
    """This will say it of several months: the ids of those that wait."""
    if not cycle_ids:
        return set()
    rows = membership_models.Cycle.objects.filter(waiting(), pk__in=cycle_ids)
    return set(rows.values_list("pk", flat=True))
