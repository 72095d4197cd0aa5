"""Which months wait because a gift of theirs cannot be sent and nothing is settled about it yet."""

from django.db.models import Exists, OuterRef, Q

from saleor_ext.fulfilment import models, states


def waiting() -> Q:
    """This will select locked months that are neither charged nor sent for now: an alternate is
    proposed for a gift of their box, and nobody has accepted it for them.
    """
    settled = models.Swap.objects.filter(
        alternate_id=OuterRef("pk"),
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
        alternate_id=OuterRef("pk"), cycle_id=cycle_id, state=states.SwapState.ACCEPTED
    )
    proposed = models.Alternate.objects.filter(
        ~Exists(settled), box_plan_id=box_plan_id, state=states.AlternateState.PROPOSED
    )
    return proposed.exists()
