"""What the coming months will bring, for one member or for all, without touching anything. For all
it is a task with progress and a report that is kept.
"""

from collections.abc import Callable
from dataclasses import asdict
from datetime import date, datetime, timedelta
from typing import Any

from saleor_ext.common import clock, jobs, jptime
from saleor_ext.flows.rehearsal import acting, reading
from saleor_ext.flows.rehearsal.assuming import Assumptions
from saleor_ext.flows.rehearsal.events import Event
from saleor_ext.flows.rehearsal.tally import Tally
from saleor_ext.membership import models
from saleor_ext.operation import models as operation_models
from saleor_ext.operation import rehearsals

MONTHS = 12
TASK = "rehearsal.run"
CARDS_GO_THROUGH = Assumptions()

Progress = Callable[[int], None]


def months_of(*, today: date, months: int = MONTHS) -> list[date]:
    """This will list the months a rehearsal tells of, the present one first."""
    first = jptime.month_start(today)
    return [jptime.month_add(first, number) for number in range(months)]


def last_day(*, today: date, months: int = MONTHS) -> date:
    """This will return the last day of the last of them."""
    return jptime.month_add(jptime.month_start(today), months) - timedelta(days=1)


def rehearse_member(
    *,
    membership: models.Membership,
    today: date,
    months: int = MONTHS,
    assumed: Assumptions = CARDS_GO_THROUGH,
) -> list[Event]:
    """This will tell what happens to one membership, by day."""
    until = last_day(today=today, months=months)
    stage = reading.stage_set(today=today, until=until, assumed=assumed)
    rows = reading.memberships().filter(pk=membership.pk)
    events = [
        event
        for batch in reading.cases(rows, stage=stage)
        for case in batch
        for event in acting.rehearse(case, stage=stage)
    ]
    return sorted((event for event in events if event.day <= stage.until), key=_by_day)


def _by_day(event: Event) -> tuple[date, date]:
    return event.day, event.month


def rehearse_all(
    *,
    today: date,
    months: int = MONTHS,
    assumed: Assumptions = CARDS_GO_THROUGH,
    progress: Progress | None = None,
) -> dict[str, Any]:
    """This will add up what happens to every membership, reading batch by batch.

    Args:
        today: the day from which on.
        months: how many months, the present one included.
        assumed: how many cards do not go through.
        progress: called after each batch with how many memberships were gone through.
    """
    until = last_day(today=today, months=months)
    stage = reading.stage_set(today=today, until=until, assumed=assumed)
    tally = Tally()
    for batch in reading.cases(reading.memberships(), stage=stage):
        for case in batch:
            events = acting.rehearse(case, stage=stage)
            tally.add(
                (event for event in events if event.day <= stage.until),
                donor_id=case.membership.donor_id,
            )
        if progress is not None:
            progress(tally.members)
    report = tally.report(months=months_of(today=today, months=months))
    return {**report, "assumed": asdict(assumed)}


def rehearsal_start(
    *, today: date, now: datetime, actor: str, assumed: Assumptions = CARDS_GO_THROUGH
) -> operation_models.Rehearsal:
    """This will ask the worker to rehearse for all members. One that is at work goes on instead."""
    rehearsal = rehearsals.rehearsal_begin(
        as_of=today,
        months=MONTHS,
        declined_percent=assumed.declined_percent,
        recovered_percent=assumed.recovered_percent,
        total=reading.memberships().count(),
        now=now,
        actor=actor,
    )
    if rehearsal.done_count == 0:
        jobs.enqueue(TASK, rehearsal_id=rehearsal.pk)
    return rehearsal


def rehearsal_run(*, rehearsal_id: int) -> None:
    """This will rehearse for all members and keep the report. A second worker does nothing."""
    if not rehearsals.rehearsal_take(rehearsal_id=rehearsal_id, now=clock.now()):
        return
    rehearsal = operation_models.Rehearsal.objects.get(pk=rehearsal_id)
    try:
        report = rehearse_all(
            today=rehearsal.as_of,
            months=rehearsal.months,
            assumed=Assumptions(
                declined_percent=rehearsal.declined_percent,
                recovered_percent=rehearsal.recovered_percent,
            ),
            progress=lambda done: rehearsals.rehearsal_progress(
                rehearsal_id=rehearsal_id, done=done, now=clock.now()
            ),
        )
    except Exception:
        rehearsals.rehearsal_fail(rehearsal_id=rehearsal_id, now=clock.now())
        raise
    rehearsals.rehearsal_done(rehearsal_id=rehearsal_id, report=report, now=clock.now())
