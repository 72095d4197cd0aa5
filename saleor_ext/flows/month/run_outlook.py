"""What a run would do now: counted by the worker, kept, and shown until it is counted again.

Counting goes through everything that is due, so no page does it while somebody waits.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from saleor_ext.common import jobs, jptime
from saleor_ext.flows.month import monthly
from saleor_ext.operation import models, selectors
from saleor_ext.operation import services as operation

JOB = "cycles.outlook"
# Counting that has not ended after this long was cut off.
SILENT = timedelta(minutes=15)
_AS_OF, _COUNTED_AT = "as_of_ordinal", "counted_at_s"


@dataclass(frozen=True, kw_only=True)
class Outlook:
    """The last count. `report` is None as long as there is none; `is_old`: it is of another day."""

    report: monthly.RunReport | None
    counted_at: datetime | None
    is_counting: bool
    is_old: bool


def outlook_ask() -> None:
    """This will have the worker count."""
    jobs.enqueue(JOB)


def outlook_count(*, as_of: date, now: datetime) -> None:
    """This will count what a run would do on a Japanese day, and keep it. Nothing else is
    written.
    """
    with operation.job_noted(name=JOB) as noted:
        report = monthly.run_cycles(as_of=as_of, now=now, actor="outlook", dry_run=True)
        noted |= report.figures()
        noted |= {_AS_OF: as_of.toordinal(), _COUNTED_AT: int(now.timestamp())}


def outlook_read(*, today: date, real_now: datetime) -> Outlook:
    """This will return the last count.

    Args:
        today: today in Japan, by the salon's clock.
        real_now: the present moment by the real clock, by which jobs are noted.
    """
    run = selectors.job_runs().get(JOB)
    if run is None:
        return Outlook(report=None, counted_at=None, is_counting=False, is_old=False)
    figures = dict(run.figures)
    as_of, counted_at = figures.pop(_AS_OF, None), figures.pop(_COUNTED_AT, None)
    if as_of is None or counted_at is None:
        counting = _is_counting(run, real_now=real_now)
        return Outlook(report=None, counted_at=None, is_counting=counting, is_old=False)
    return Outlook(
        report=monthly.RunReport(as_of=date.fromordinal(as_of), **figures),
        counted_at=datetime.fromtimestamp(counted_at, tz=jptime.JST),
        is_counting=_is_counting(run, real_now=real_now),
        is_old=date.fromordinal(as_of) != today,
    )


def _is_counting(run: models.JobRun, *, real_now: datetime) -> bool:
    is_open = run.ended_at is None or run.ended_at < run.started_at
    return is_open and real_now - run.started_at < SILENT
