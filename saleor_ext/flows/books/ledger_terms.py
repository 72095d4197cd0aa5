"""The part of the ledger check that is about prepaid terms."""

from collections.abc import Iterator

from django.db.models import Count, Exists, F, Max, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce

from saleor_ext.donations import models as donation_models
from saleor_ext.donations import states as donation_states
from saleor_ext.flows.month import parts_back
from saleor_ext.membership import models, selectors, states


def breaches() -> Iterator[tuple[str, str]]:
    """This will return code and text of every term that brings too many boxes or too few.

    A membership that is over got them all, unless the donation was given back or the term had
    grown to the town's bound.
    """
    fixed = Q(state__in=[states.CycleState.LOCKED, states.CycleState.CHARGED])
    covered = models.Cycle.objects.filter(covered_by_id=OuterRef("pk")).order_by()
    got = covered.filter(fixed).values("covered_by").annotate(count=Count("pk")).values("count")
    last = covered.values("covered_by").annotate(last=Max("n")).values("last")
    town = selectors.municipality_get()
    terms = models.Cycle.objects.filter(box_count__gt=1, state=states.CycleState.CHARGED).annotate(
        boxes_got=Coalesce(Subquery(got), 0) + 1,
        longest=F("n") + F("box_count") - 1 + town.term_extra_months,
        last=Coalesce(Subquery(last), F("n")),
    )
    for cycle in terms.filter(boxes_got__gt=F("box_count") - F("boxes_given_back")).iterator():
        yield "term_too_many_boxes", f"cycle {cycle.pk}"
    short = terms.filter(
        boxes_got__lt=F("box_count") - F("boxes_given_back"),
        last__lt=F("longest"),
        is_stopped=False,
        membership__state=states.MembershipState.ENDED,
    )
    for cycle in short.iterator():
        yield "term_boxes_missing", f"cycle {cycle.pk}"
    yield from _parts()


def _parts() -> Iterator[tuple[str, str]]:
    """What went back of a term's donation is settled, or its membership waits for staff."""
    given = donation_models.Refund.objects.filter(
        attempt__cycle_id=OuterRef("pk"), state=donation_states.RefundState.SUCCEEDED
    )
    terms = models.Cycle.objects.filter(Exists(given), box_count__gt=1, is_stopped=False).exclude(
        membership__state__in=[states.MembershipState.PARKED, states.MembershipState.ENDED]
    )
    for cycle in terms.iterator():
        if parts_back.is_undecided(cycle=cycle):
            yield "term_part_undecided", f"cycle {cycle.pk}"
