"""Reading the place, the runs of the month, the regular jobs and missed donations."""

import hashlib
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count, Max, Min, QuerySet, Sum

from saleor_ext.contracts.types import Yen
from saleor_ext.operation import models, place, states

SEEN_LENGTH = 12


@dataclass(frozen=True, kw_only=True)
class PlaceStatus:
    """How things stand: is the database at home, and may donations be taken?

    `confirmed_at` is when a person bound a copy to this place, None for one that never moved.
    """

    is_home: bool
    is_charging_stopped: bool
    mark_bound: str
    mark_here: str
    differences: tuple[str, ...]
    confirmed_at: datetime | None = None

    @property
    def refusal(self) -> str:
        """The code of what forbids taking donations, "" when nothing does."""
        if not self.is_home:
            return "place_unconfirmed"
        return "charging_stopped" if self.is_charging_stopped else ""


def place_find() -> models.Place | None:
    """This will return the place the database is bound to; None before its first use."""
    return models.Place.objects.filter(pk=models.ONLY).first()


def status_of(*, bound: models.Place, here: place.Here) -> PlaceStatus:
    """This will compare the place the database is bound to with the one it is at."""
    is_home = bound.mark == here.mark
    names = sorted(set(bound.parts) | set(here.parts))
    differing = [name for name in names if bound.parts.get(name) != here.parts.get(name)]
    return PlaceStatus(
        is_home=is_home,
        is_charging_stopped=bound.is_charging_stopped,
        mark_bound=bound.mark,
        mark_here=here.mark,
        differences=() if is_home else tuple(differing),
        confirmed_at=bound.bound_at if bound.is_confirmed else None,
    )


def place_events() -> QuerySet[models.PlaceEvent]:
    """This will list what was said about the place, newest first."""
    return models.PlaceEvent.objects.order_by("-pk")


def job_runs() -> dict[str, models.JobRun]:
    """This will return the last run of every regular job, by name."""
    return {run.name: run for run in models.JobRun.objects.all()}


def month_runs() -> QuerySet[models.MonthRun]:
    """This will list the runs of the month, newest first."""
    return models.MonthRun.objects.order_by("-pk")


def catch_up_waiting() -> models.CatchUp | None:
    """This will return the missed donations that wait for staff, if there are any."""
    return models.CatchUp.objects.filter(state=states.CatchUpState.WAITING).first()


@dataclass(frozen=True, kw_only=True)
class CatchUpSums:
    """Missed donations that wait for staff: how many, how many yen, due on how many different days,
    the first and the last of them.
    """

    catch_up_id: int
    count: int
    amount_yen: Yen
    days: int
    first_on: date
    last_on: date


def catch_up_sums() -> CatchUpSums | None:
    """This will sum up the missed donations that wait for staff, None when there are none."""
    sums = models.CatchUpMonth.objects.filter(
        catch_up__state=states.CatchUpState.WAITING, state=states.CatchUpMonthState.WAITING
    ).aggregate(
        catch_up_id=Max("catch_up_id"),  # one waits at a time
        count=Count("pk"),
        amount_yen=Sum("amount_yen"),
        days=Count("due_on", distinct=True),
        first_on=Min("due_on"),
        last_on=Max("due_on"),
    )
    return CatchUpSums(**sums) if sums["count"] else None


def catch_up_seen(*, catch_up_id: int) -> str:
    """This will make a short sign for just those months of a catch-up that wait: it is another one
    when a month or its yen is another one, even where number and sum are the same.
    """
    waiting = models.CatchUpMonth.objects.filter(
        catch_up_id=catch_up_id, state=states.CatchUpMonthState.WAITING
    )
    sign = hashlib.sha256()
    for row in waiting.order_by("cycle_id").values_list("cycle_id", "amount_yen").iterator():
        sign.update(f"{row[0]}:{row[1]}|".encode())
    return sign.hexdigest()[:SEEN_LENGTH]


def catch_ups_decided() -> QuerySet[models.CatchUp]:
    """This will list what staff decided about missed donations, newest first."""
    return models.CatchUp.objects.exclude(
        state__in=[states.CatchUpState.WAITING, states.CatchUpState.VOID]
    ).order_by("-pk")


def catch_up_held() -> QuerySet[models.CatchUpMonth]:
    """This will select missed months that are not charged for the time being."""
    return models.CatchUpMonth.objects.filter(state__in=sorted(states.CATCH_UP_HELD))


def last_done_on() -> date | None:
    """This will return the latest Japanese day up to which a run went through everything."""
    rows = models.MonthRun.objects.filter(state=states.RunState.DONE).order_by("-as_of")
    return rows.values_list("as_of", flat=True).first()
