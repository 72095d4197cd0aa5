"""A common pace for several processes on several machines: slots in time, handed out by the
database and measured by its clock, so that nobody else's clock matters.
"""

from datetime import datetime, timedelta

from django.db import connection, transaction
from django.db.models.functions import Now

from saleor_ext.operation import models

# Whoever comes a little late may still have the slots he missed, or the pace would never be held.
LATE = timedelta(milliseconds=100)
# Slots further away than this were handed out before the database's clock was set back.
FAR = timedelta(minutes=1)


def slots_take(*, name: str, count: int, per_second: float) -> float:
    """This will take the next `count` slots of a pace, `1 / per_second` seconds apart.

    SQLite is for the trial, which is one process: there every slot is free.

    Returns:
        in how many seconds the first one begins; below zero when it has begun already.
    """
    if connection.vendor != "postgresql":
        return -LATE.total_seconds()
    with transaction.atomic():
        _commit_asynchronously()
        pace, now = _pace_hold(name)
        begin = _first_slot(pace.free_at, now=now)
        pace.free_at = begin + timedelta(seconds=count / per_second)
        pace.save(update_fields=["free_at"])
    return (begin - now).total_seconds()


def _pace_hold(name: str) -> tuple[models.Pace, datetime]:
    """The pace, held until the transaction ends, and the database's moment."""
    paces = models.Pace.objects.select_for_update().annotate(at=Now()).filter(name=name)
    found = paces.first()
    if found is None:
        models.Pace.objects.get_or_create(name=name, defaults={"free_at": Now()})
        found = paces.get()
    return found, found.at


def _commit_asynchronously() -> None:
    """The transaction does not wait for the server's disk: everybody waits for this one row. Should
    the server break down and forget the last slots, one moment has them twice; waiting each time
    would hold up all of them always.
    """
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL synchronous_commit TO off")


def _first_slot(free_at: datetime, *, now: datetime) -> datetime:
    return max(free_at, now - LATE) if free_at <= now + FAR else now
