"""Asking, some weeks before a prepaid term is over, what is to come after it; once a term."""

from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Count, F, Max, OuterRef, QuerySet, Subquery

from saleor_ext.common.apart import Apart
from saleor_ext.membership import cycles, models, outlook, selectors, states
from saleor_ext.outbox import services as outbox


def terms_tell(*, as_of: date, now: datetime) -> int:
    """This will ask every donor whose term is about to end what is to come after it.

    Window-free: whoever should have been asked while the work stood still is asked now. One term's
    trouble does not stop the others.

    Returns:
        how many were asked.

    Raises:
        Exception: what the first one met with that could not be asked; all others were.
    """
    days = timedelta(days=selectors.municipality_get().term_notice_days)
    asked, apart = 0, Apart()
    for cycle in _ending(until=as_of + days).iterator():
        with apart.one(f"asking about the term of month {cycle.pk}"):
            term = outlook.term_of(cycle.membership, today=as_of)
            if term is not None and term.after_dates.change_until - days <= as_of:
                _tell(cycle, as_of=as_of, now=now)
                asked += 1
    apart.end()
    return asked


def _ending(*, until: date) -> QuerySet[models.Cycle]:
    """Terms all of whose boxes are planned or sent, so that their end is known."""
    covered = models.Cycle.objects.filter(
        covered_by_id=OuterRef("pk"),
        state__in=[states.CycleState.PLANNED, states.CycleState.LOCKED],
    ).order_by()
    count = covered.values("covered_by").annotate(count=Count("pk")).values("count")
    last = covered.values("covered_by").annotate(last=Max("change_until")).values("last")
    return (
        models.Cycle.objects.filter(
            box_count__gt=1,
            state=states.CycleState.CHARGED,
            is_stopped=False,
            end_told_on__isnull=True,
            membership__state=states.MembershipState.ACTIVE,
            membership__tier=F("tier"),
        )
        .annotate(known=Subquery(count), last=Subquery(last))
        .filter(known__gte=F("box_count") - F("boxes_given_back") - 1, last__lte=until)
        .select_related("membership__tier", "membership__next_tier")
        .order_by("pk")
    )


@transaction.atomic
def _tell(cycle: models.Cycle, *, as_of: date, now: datetime) -> None:
    if cycles.term_end_told(cycle_id=cycle.pk, told_on=as_of):
        outbox.message_put(
            topic="mail.send",
            key=f"mail:term_ending:c{cycle.pk}",
            payload={
                "name": "term_ending",
                "donor_id": cycle.membership.donor_id,
                "cycle_id": cycle.pk,
            },
            now=now,
        )
