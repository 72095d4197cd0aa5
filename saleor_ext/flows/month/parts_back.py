"""Which prepaid terms wait because part of their donation went back, worth no whole boxes."""

from saleor_ext.donations import selectors as donation_selectors
from saleor_ext.membership import models, states


def is_undecided(*, cycle: models.Cycle) -> bool:
    """This will say whether a part of a term's donation went back and nobody has said yet which
    boxes fall away for it.
    """
    if cycle.box_count == 1 or cycle.is_stopped:
        return False
    attempt = donation_selectors.attempt_received(cycle_id=cycle.pk)
    if attempt is None:
        return False
    back_yen = donation_selectors.refunded_yen(attempt_id=attempt.pk)
    return 0 < back_yen < attempt.amount_yen and back_yen != cycle.given_back_yen


def undecided_of(*, membership_id: int) -> models.Cycle | None:
    """This will return the month that paid for such a term, if the membership has one."""
    rows = models.Cycle.objects.filter(
        membership_id=membership_id, box_count__gt=1, state=states.CycleState.CHARGED
    )
    return next((cycle for cycle in rows.order_by("n") if is_undecided(cycle=cycle)), None)
