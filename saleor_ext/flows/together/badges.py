"""Badges (ご一緒のしるし): earned after so many months with the town as the town has set.

They are kept nowhere. They follow from the months, so what was given back earns none, and another
setting of the town counts for everybody at once.
"""

from dataclasses import dataclass
from datetime import date

from saleor_ext.flows.together import counting
from saleor_ext.membership import models, selectors


@dataclass(frozen=True, kw_only=True)
class Badge:
    """For how many months, and the Japanese day on which the last of them began to count."""

    months: int
    earned_on: date


@dataclass(frozen=True, kw_only=True)
class Standing:
    """The months so far, what they earned (the first one first), and what is next, if anything."""

    months: int
    badges: tuple[Badge, ...]
    next_months: int | None


NOTHING_YET = Standing(months=0, badges=(), next_months=None)


def standing_of(*, donor_id: int | None, today: date) -> Standing:
    """This will say how a donor stands on a day in Japan; None is somebody who never joined."""
    if donor_id is None:
        return NOTHING_YET
    counted = counting.months_counted(donor_id=donor_id, today=today)
    marks = sorted(selectors.municipality_get().badge_months)
    return Standing(
        months=len(counted),
        badges=tuple(
            Badge(months=mark, earned_on=counted[mark - 1].counted_on)
            for mark in marks
            if mark <= len(counted)
        ),
        next_months=next((mark for mark in marks if mark > len(counted)), None),
    )


def badge_of_month(*, cycle: models.Cycle, today: date) -> int | None:
    """This will return for how many months a donor earned a badge with just this month, if so."""
    counted = counting.months_counted(donor_id=cycle.membership.donor_id, today=today)
    months = [item.month for item in counted]
    if cycle.month not in months:
        return None
    number = months.index(cycle.month) + 1
    return number if number in selectors.municipality_get().badge_months else None
