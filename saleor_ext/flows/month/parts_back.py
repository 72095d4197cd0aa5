"""Which months wait because part of their donation went back, and nobody has said what follows."""

from django.db.models import F, QuerySet, Sum

from saleor_ext.donations import models as donation_models
from saleor_ext.donations import selectors as donation_selectors
from saleor_ext.donations import states as donation_states
from saleor_ext.membership import models, states


def undecided() -> QuerySet[donation_models.PaymentAttempt]:
    """This will select attempts of which a part was given back that is not settled yet: parcels of
    the months they stand for neither are asked for nor leave.

    A donation of one month is settled once staff let the membership go on, that of a term once
    it is known which boxes fall away.
    """
    given = donation_models.PaymentAttempt.objects.filter(
        state=donation_states.AttemptState.SUCCEEDED,
        refunds__state=donation_states.RefundState.SUCCEEDED,
        cycle__is_stopped=False,
    )
    return given.annotate(back_yen=Sum("refunds__amount_yen")).exclude(
        back_yen=F("cycle__given_back_yen")
    )


def is_any_undecided(*, membership_id: int) -> bool:
    """This will say whether a membership has such a month."""
    return undecided().filter(membership_id=membership_id).exists()


def months_undecided(*, membership_id: int) -> list[models.Cycle]:
    """This will list the months of a membership, terms left out, that wait so, first one first."""
    waiting = undecided().filter(membership_id=membership_id).values("cycle_id")
    rows = models.Cycle.objects.filter(pk__in=waiting, box_count=1)
    return list(rows.order_by("n"))


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
