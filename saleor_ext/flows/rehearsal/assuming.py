"""What a rehearsal takes for granted about cards that do not go through. Said with every report.

Which months they are is not drawn by lot: the same membership and month are always among them or
not, so that the same question gives the same answer.
"""

import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db.models import Count, Q

from saleor_ext.common import jptime
from saleor_ext.donations import models as donation_models
from saleor_ext.donations import states as donation_states
from saleor_ext.membership import models, states

PERCENT = 100
OBSERVED_DAYS = 365
_FINE = 10_000


@dataclass(frozen=True, kw_only=True)
class Tried:
    """How a donation goes: on its day, on a later one, or never (`paid_on` None)."""

    is_declined: bool
    paid_on: date | None


@dataclass(frozen=True, kw_only=True)
class Assumptions:
    """Of a hundred donations so many are declined at first, and of those so many come later."""

    declined_percent: int = 0
    recovered_percent: int = 0

    def tried(self, *, membership_id: int, n: int, due: date, town: models.Municipality) -> Tried:
        """This will say how the donation of a month goes.

        What comes later comes on one of the town's days for retries, all of them alike often. A
        day of the next year is not used, nor one after the month is given up.
        """
        if not _is_among(f"declined:{membership_id}:{n}", percent=self.declined_percent):
            return Tried(is_declined=False, paid_on=due)
        days = [due + timedelta(days=int(day)) for day in town.retry_days]
        last = due + timedelta(days=town.give_up_days)
        days = [day for day in days if day.year == due.year and day <= last]
        return self._later(days, membership_id=membership_id, n=n)

    def tried_again(self, *, membership_id: int, n: int, days: Sequence[date]) -> Tried:
        """This will say how a donation goes that was declined already.

        Args:
            membership_id: whose it is.
            n: which of its months.
            days: what is left of its days for retries, earliest first. Where all cards are taken
                to go through it comes on the first of them, otherwise as often as others do.
        """
        if days and not self.declined_percent:
            return Tried(is_declined=True, paid_on=days[0])
        return self._later(days, membership_id=membership_id, n=n)

    def _later(self, days: Sequence[date], *, membership_id: int, n: int) -> Tried:
        key = f"recovered:{membership_id}:{n}"
        if not days or not _is_among(key, percent=self.recovered_percent):
            return Tried(is_declined=True, paid_on=None)
        return Tried(is_declined=True, paid_on=days[zlib.crc32(key[::-1].encode()) % len(days)])


def _is_among(key: str, *, percent: int) -> bool:
    return zlib.crc32(key.encode()) % _FINE < percent * _FINE // PERCENT


@dataclass(frozen=True, kw_only=True)
class Observed:
    """What the town has seen in the past year: donations tried, declined at first, come later."""

    tried: int
    declined: int
    recovered: int

    @property
    def assumptions(self) -> Assumptions:
        """The same as shares, rounded up; nothing without a past."""
        return Assumptions(
            declined_percent=_share(self.declined, of=self.tried),
            recovered_percent=_share(self.recovered, of=self.declined),
        )


def _share(part: int, *, of: int) -> int:
    return -(-part * PERCENT // of) if of else 0


def observed(*, today: date) -> Observed:
    """This will count how cards went through in the year before a Japanese day."""
    since = datetime.combine(today - timedelta(days=OBSERVED_DAYS), time.min, tzinfo=jptime.JST)
    is_declined = Q(
        state__in=[
            donation_states.AttemptState.DECLINED,
            donation_states.AttemptState.ACTION_REQUIRED,
        ]
    )
    rows = donation_models.PaymentAttempt.objects.filter(
        number=1, is_off_session=True, begun_at__gte=since
    )
    found = rows.aggregate(
        tried=Count("pk"),
        declined=Count("pk", filter=is_declined),
        recovered=Count("pk", filter=is_declined & Q(cycle__state=states.CycleState.CHARGED)),
    )
    return Observed(**found)
