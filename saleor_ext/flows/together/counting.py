"""For how many months somebody was with the town (ご一緒した月), counted anew each time from what
was received and not given back, so that nothing can drift.

A month counts with its donation; a month of a prepaid term from the day on which it falls, once
the term's donation was received. Months of all memberships count, so whoever comes back goes on
from where he was. Of a membership that was given away the months are the giver's, and those whose
box was the recipient's are his, too.
"""

from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from django.db.models import Q, QuerySet

from saleor_ext.donations import models as donation_models
from saleor_ext.donations import selectors as donation_selectors
from saleor_ext.membership import models, states

_Cycle = states.CycleState


@dataclass(frozen=True, kw_only=True)
class CountedMonth:
    """A calendar month (its first day), and the Japanese day on which it began to count."""

    month: date
    counted_on: date


def months_together(*, donor_id: int, today: date) -> int:
    """This will count the calendar months that somebody was with the town until today."""
    return len({row.month for row in _rows(donor_id, today=today)})


def months_counted(*, donor_id: int, today: date) -> list[CountedMonth]:
    """This will list these months in the order in which they began to count."""
    rows = _rows(donor_id, today=today)
    donations = donation_models.Donation.objects.filter(
        attempt__cycle_id__in={row.paid_by for row in rows}, corrects__isnull=True
    )
    donated_on = dict(donations.values_list("attempt__cycle_id", "donated_on"))
    first: dict[date, date] = {}
    for row in rows:
        day = donated_on.get(row.paid_by, row.charge_on)
        day = max(day, row.charge_on) if row.covered_by else day
        first[row.month] = min(day, first.get(row.month, day))
    counted = [CountedMonth(month=month, counted_on=day) for month, day in first.items()]
    return sorted(counted, key=lambda item: (item.counted_on, item.month))


class _Row(NamedTuple):
    pk: int
    covered_by: int | None
    month: date
    charge_on: date

    @property
    def paid_by(self) -> int:
        return self.covered_by or self.pk


def _rows(donor_id: int, *, today: date) -> list[_Row]:
    """What went back is asked for by itself: all in one question takes the database several times
    longer to plan than to answer, and every mail about a donation asks it.
    """
    fields = ("pk", "covered_by_id", "month", "charge_on")
    rows = [_Row(*row) for row in _months(donor_id, today=today).values_list(*fields)]
    paid_by = {cycle_id for row in rows for cycle_id in (row.pk, row.covered_by) if cycle_id}
    back = donation_selectors.cycles_given_back(cycle_ids=paid_by)
    return [row for row in rows if back.isdisjoint({row.pk, row.covered_by})]


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
    return models.Cycle.objects.filter(given | covered, is_his, membership__in=own.union(received))
