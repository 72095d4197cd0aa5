"""For how many months somebody was with the town (ご一緒した月), counted anew each time from what
was received and not given back, so that nothing can drift.

A month counts with its donation; a month of a prepaid term from the day on which it falls, once
the term's donation was received. Months of all memberships count, so whoever comes back goes on
from where he was. Of a membership that was given away the months are the giver's, and those whose
box was the recipient's are his, too.
"""

from dataclasses import dataclass
from datetime import date

from django.db.models import Q, QuerySet

from saleor_ext.donations import models as donation_models
from saleor_ext.flows.month import listing
from saleor_ext.membership import models, states

_Cycle = states.CycleState


@dataclass(frozen=True, kw_only=True)
class CountedMonth:
    """A calendar month (its first day), and the Japanese day on which it began to count."""

    month: date
    counted_on: date


def months_together(*, donor_id: int, today: date) -> int:
    """This will count the calendar months that somebody was with the town until today."""
    return _months(donor_id, today=today).values("month").distinct().count()


def months_counted(*, donor_id: int, today: date) -> list[CountedMonth]:
    """This will list these months in the order in which they began to count."""
    fields = ("pk", "covered_by_id", "month", "charge_on")
    rows = list(_months(donor_id, today=today).values_list(*fields))
    donations = donation_models.Donation.objects.filter(
        attempt__cycle_id__in={covered_by or pk for pk, covered_by, _, _ in rows},
        corrects__isnull=True,
    )
    donated_on = dict(donations.values_list("attempt__cycle_id", "donated_on"))
    first: dict[date, date] = {}
    for pk, covered_by, month, charge_on in rows:
        day = donated_on.get(covered_by or pk, charge_on)
        day = max(day, charge_on) if covered_by else day
        first[month] = min(day, first.get(month, day))
    counted = [CountedMonth(month=month, counted_on=day) for month, day in first.items()]
    return sorted(counted, key=lambda item: (item.counted_on, item.month))


def _months(donor_id: int, *, today: date) -> QuerySet[models.Cycle]:
    given = Q(state=_Cycle.CHARGED)
    covered = Q(
        kind=states.CycleKind.PREPAID,
        covered_by__state=_Cycle.CHARGED,
        state=_Cycle.LOCKED,
        charge_on__lte=today,
    )
    own = models.Membership.objects.filter(donor_id=donor_id).values("pk")
    received = models.Grant.objects.filter(recipient_id=donor_id).values("membership_id")
    is_his = Q(membership__donor_id=donor_id) | Q(snapshot__recipient_id=donor_id)
    rows = models.Cycle.objects.filter(given | covered, is_his, membership__in=own.union(received))
    return rows.exclude(listing.given_back())
