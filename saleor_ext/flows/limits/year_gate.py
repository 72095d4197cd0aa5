"""In which calendar year a month may be given: its own, or a later one the donor agreed to.

A month of December that would only be paid in January would silently become a donation of the next
year, so nothing takes it then before the donor has said so (`flows/choices/year_turn.py`).
"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from django.db.models import Q

from saleor_ext.common import jptime
from saleor_ext.membership import models

# The provider books what it is asked for at the moment it takes the money. Whoever is asked this
# shortly before midnight on 31 December might take it in the new year.
MARGIN = timedelta(minutes=5)


def may_be_given_in(*, year: int) -> Q:
    """This will select months that may be given in a calendar year. Joining decides by itself."""
    own = Q(agreed_year__isnull=True, charge_on__gte=date(year, 1, 1))
    return Q(n=0) | Q(agreed_year=year) | own


def held_back(*, year: int) -> Q:
    """This will select months of earlier years that wait for the donor's word."""
    earlier = Q(agreed_year__isnull=True) | Q(agreed_year__lt=year)
    return earlier & Q(n__gt=0, charge_on__lt=date(year, 1, 1))


def year_of(cycle: models.Cycle) -> int:
    """This will return the calendar year for which a month counts."""
    return cycle.agreed_year or cycle.charge_on.year


def is_held_back(cycle: models.Cycle, *, today: date) -> bool:
    """This will say whether a month waits for the donor's word because its year is over."""
    return cycle.n > 0 and year_of(cycle) < today.year


def givable(cycles: Sequence[models.Cycle], *, now: datetime) -> list[models.Cycle]:
    """This will leave out months that would not be booked in the year for which they count."""
    first, last = jptime.jst_date(now).year, jptime.jst_date(now + MARGIN).year
    return [
        cycle
        for cycle in cycles
        if cycle.n == 0
        or cycle.agreed_year == first == last
        or (cycle.agreed_year is None and cycle.charge_on.year >= last)
    ]
