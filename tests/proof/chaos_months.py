"""After chaos: every month that there must be of whoever has a good card and chose nothing.

Which months these are is reckoned from the day on which he began, by the plain model's calendar: a
month of which there is no row at all is missing all the same.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.db.models import Count, F, Q, QuerySet

from saleor_ext.donations import models as donation_models
from saleor_ext.membership import models
from saleor_ext.outbox.models import OutboxMessage
from tests.proof import almanac
from tests.proof.chaos_books import Found, listed, some
from tests.proof.chaos_money import key_of
from tests.proof.jobs import RESTLESS

DECEMBER = 12
GIVEN_UP = ("year_turn_unanswered", "not_paid_in_time")
# Reasons for which staff are meant to look. Any other would be something that must not happen.
PARKED_RIGHTLY = {"refunded"}
# The clock leaps so many days at most, and stops on the last day of a year: what falls due on these
# days has only that day to be taken on, and it may end before all is done.
LAST_LEAP_DAYS = 6
LAST_TRY = timedelta(days=almanac.RETRY_DAYS[-1])
# Of all Decembers so many may be left by the turn of the year; where there are few, a few.
LEFT_SHARE, LEFT_ALWAYS = 0.03, 5

Place = tuple[int, int]
"""A membership and the number of a month in it."""


@dataclass(frozen=True, kw_only=True)
class Month:
    """A month as the calendar has it, and its row."""

    key: str
    day: date
    row: models.Cycle | None

    @property
    def turn(self) -> datetime:
        """The first moment of the year after it, in Japan."""
        return datetime(self.day.year + 1, 1, 1, tzinfo=UTC) - almanac.JAPAN


def everybody_compare(found: Found, *, last_day: date) -> None:
    """This will look for months of quiet members that are missing, not paid or not listed, and for
    members who stand still.
    """
    months = list(_expected(last_day=last_day))
    found.expect_none(
        [m.key for m in months if m.row is None], "months of quiet members are missing"
    )
    moved = [m.key for m in months if m.row is not None and m.row.charge_on != m.day]
    found.expect_none(moved, "months of quiet members lie on another day")
    due = [m for m in months if m.row is not None and m.day < last_day]
    _unpaid_compare(found, due, last_day=last_day)
    _paid_compare(found, last_day=last_day)
    parked = models.Membership.objects.filter(state="parked").exclude(
        parked_reason__in=PARKED_RIGHTLY
    )
    for reason, times in Counter(parked.values_list("parked_reason", flat=True)).items():
        found.wrong.append(f"{times} memberships are parked: {reason}")
    found.compared += ["every quiet member's months", "parcels", "who is parked and why"]


def _quiet(rows: QuerySet[Any], *, donor: str) -> QuerySet[Any]:
    quiet: QuerySet[Any] = rows.annotate(rest=F(donor) % RESTLESS).exclude(rest=0)
    return quiet


def _expected(*, last_day: date) -> Iterable[Month]:
    """Every month of every quiet member up to that day, one after the other."""
    cycles = _quiet(models.Cycle.objects.all(), donor="membership__donor_id")
    needed = cycles.only("membership_id", "n", "state", "reason", "charge_on")
    rows: dict[Place, models.Cycle] = {(row.membership_id, row.n): row for row in needed.iterator()}
    for membership in _quiet(models.Membership.objects.all(), donor="donor_id").order_by("pk"):
        start, number = membership.start_month, 0
        while (day := almanac.donation_day(start, number, membership.anchor_day)) <= last_day:
            key = key_of(membership.public_id, number)
            yield Month(key=key, day=day, row=rows.get((membership.pk, number)))
            number += 1


def _unpaid_compare(found: Found, due: list[Month], *, last_day: date) -> None:
    """Nobody answers here: a month that the turn of the year really kept from being given waits,
    or was given up on the day that was told.
    """
    unpaid = {m.row.pk: m for m in due if m.row is not None and m.row.state != "charged"}
    why = _whys(unpaid, last_day=last_day)
    wrong = [month for pk, month in unpaid.items() if pk not in why]
    kinds = Counter(f"{m.row.state} {m.row.reason}".strip() for m in wrong if m.row is not None)
    names = some([month.key for month in wrong])
    found.expect(not wrong, f"months of quiet members are not paid: {listed(kinds)} ({names})")
    decembers = sum(month.day.month == DECEMBER for month in due)
    most = max(LEFT_ALWAYS, int(decembers * LEFT_SHARE))
    told = f"{len(why):,} beside {decembers:,} Decembers"
    found.expect(len(why) <= most, f"the turn of the year left too many months: {told}")
    reasons = listed(Counter(why.values()))
    found.rows.append(
        ("Left by the turn of a year", f"{told}" + (f" ({reasons})" if reasons else ""))
    )


def _whys(unpaid: Mapping[int, Month], *, last_day: date) -> dict[int, str]:
    """Why months could not be given in their year, of those for which there is a reason."""
    asked = OutboxMessage.objects.filter(topic="mail.send", payload__name="year_turn")
    asked_ids = set(asked.values_list("payload__cycle_id", flat=True))
    end = datetime(last_day.year, last_day.month, last_day.day, tzinfo=UTC) - almanac.JAPAN
    may_be = {
        pk: month
        for pk, month in unpaid.items()
        if pk in asked_ids and month.turn <= end and _is_left(month.row)
    }
    attempts = donation_models.PaymentAttempt.objects.filter(cycle_id__in=may_be)
    attempts_of: dict[int, list[donation_models.PaymentAttempt]] = {pk: [] for pk in may_be}
    for attempt in attempts:
        attempts_of[attempt.cycle_id].append(attempt)
    moves_of = _moves({m.row.membership_id for m in may_be.values() if m.row is not None})
    found = {}
    for pk, month in may_be.items():
        assert month.row is not None
        moves = moves_of.get(month.row.membership_id, [])
        why = _why(month, attempts=attempts_of[pk], moves=moves)
        if why:
            found[pk] = why
    return found


def _is_left(row: models.Cycle | None) -> bool:
    if row is None:
        return False
    return row.state == "locked" or (row.state == "failed" and row.reason in GIVEN_UP)


def _why(
    month: Month,
    *,
    attempts: list[donation_models.PaymentAttempt],
    moves: list[tuple[datetime, str]],
) -> str:
    """What kept a month from being given in its year; "" when nothing did."""
    before = [state for at, state in moves if at < month.turn]
    if before and before[-1] == "parked":
        return "its member was parked"
    begun = [attempt for attempt in attempts if attempt.begun_at < month.turn]
    if any(item.settled_at is None or item.settled_at >= month.turn for item in begun):
        return "an attempt was open"
    declined = [item.settled_at for item in begun if item.state == "declined" and item.settled_at]
    if any(at + LAST_TRY >= month.turn for at in declined):
        return "an attempt was declined in the last days"
    last_leap = date(month.day.year, DECEMBER, 31) - timedelta(days=LAST_LEAP_DAYS)
    if not begun and month.day > last_leap:
        return "it fell due in the last leap"
    return ""


def _moves(membership_ids: set[int]) -> dict[int, list[tuple[datetime, str]]]:
    """The states memberships went through, each with its moment, the first one first."""
    found: dict[int, list[tuple[datetime, str]]] = {}
    events = models.MembershipEvent.objects.filter(membership_id__in=membership_ids)
    for event in events.order_by("pk"):
        found.setdefault(event.membership_id, []).append((event.at, event.to_state))
    return found


def _paid_compare(found: Found, *, last_day: date) -> None:
    """Each paid month was paid once and its parcel is on a list."""
    quiet = _quiet(models.Cycle.objects.all(), donor="membership__donor_id")
    charged = quiet.filter(state="charged", charge_on__lte=last_day)
    times = Count("attempts", filter=Q(attempts__state="succeeded"))
    found.expect(
        not charged.annotate(times=times).exclude(times=1).exists(),
        "a quiet month has not one success",
    )
    unlisted = charged.filter(list_on__lt=last_day, is_listed=False)
    found.expect(not unlisted.exists(), f"{unlisted.count()} paid months were never listed")
