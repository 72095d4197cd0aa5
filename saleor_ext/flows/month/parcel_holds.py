"""Parcels that are held, and what keeps a month's parcels from leaving. Several things may at once:
whoever lets them go for one of them asks here whether another still keeps them.
"""

from collections.abc import Collection
from datetime import datetime

from django.db.models import Exists, OuterRef, Q, QuerySet

from saleor_ext.donations import models as donation_models
from saleor_ext.donations import selectors as donation_selectors
from saleor_ext.flows.month import parts_back
from saleor_ext.flows.swaps import waiting
from saleor_ext.fulfilment import services as fulfilment_services
from saleor_ext.membership import models, states


def given_back() -> Q:
    """This will select months whose donation, or that of their term, went back or is disputed."""
    back, away = donation_selectors.attempts_given_back(), donation_selectors.attempts_disputed()
    return _paid_by_one_of(back) | _paid_by_one_of(away)


def part_undecided() -> Q:
    """This will select months of whose donation, or of that of whose term, a part went back, and
    nobody has said yet what follows.
    """
    return _paid_by_one_of(parts_back.undecided())


def gone_for_good() -> Q:
    """This will select months whose donation, or that of their term, certainly stays away.

    Nothing of them is sent any more. What is only about to go back, or disputed, may still be.
    """
    return _paid_by_one_of(donation_selectors.attempts_gone())


def _paid_by_one_of(attempts: QuerySet[donation_models.PaymentAttempt]) -> Q:
    """Months that one of the attempts was for, and those that its donation covers."""
    own = Exists(attempts.filter(cycle_id=OuterRef("pk")))
    of_the_term = Exists(attempts.filter(cycle_id=OuterRef("covered_by_id")))
    return Q(own) | Q(of_the_term)


def kept() -> Q:
    """This will select months of which nothing leaves for now: their donation is on its way back,
    disputed or given back in part, or a gift of their box cannot be sent.

    Whether their membership is parked is another question.
    """
    return given_back() | part_undecided() | waiting.waiting()


def release(*, cycle_ids: Collection[int], now: datetime, actor: str, reason: str) -> int:
    """This will put held parcels of some months back on the producers' lists, but for those of
    months that something else keeps.

    Returns:
        how many there were.
    """
    free = models.Cycle.objects.filter(pk__in=cycle_ids).exclude(kept())
    return fulfilment_services.shipments_release(
        cycle_ids=free.values_list("pk", flat=True), now=now, actor=actor, reason=reason
    )


def is_kept(*, cycle_id: int) -> bool:
    """This will say whether nothing of a month may leave for now, its membership included."""
    is_parked = Q(membership__state=states.MembershipState.PARKED)
    return models.Cycle.objects.filter(kept() | is_parked, pk=cycle_id).exists()
