"""Each run of the month leaves a row: begun, how far, how it ended."""

from datetime import date, datetime, timedelta

import pytest

from saleor_ext.common.errors import InvalidTransition
from saleor_ext.operation import models, runs, selectors

pytestmark = pytest.mark.django_db

DAY = date(2026, 12, 24)


def begin(now: datetime, day: date = DAY) -> models.MonthRun:
    return runs.run_begin(as_of=day, now=now, actor="beat")


def test_a_run_says_how_far_it_has_come(now: datetime) -> None:
    run = begin(now)
    runs.run_planned(run_id=run.pk, count=2, amount_yen=8000)
    runs.run_seen(run_id=run.pk, figures={"due": 1}, now=now + timedelta(seconds=5))

    found = models.MonthRun.objects.get()
    assert (found.state, found.planned_count, found.planned_yen) == ("running", 2, 8000)
    assert (found.figures, found.seen_at) == ({"due": 1}, now + timedelta(seconds=5))


@pytest.mark.parametrize(("stopped", "state"), [("", "done"), ("charging_stopped", "stopped")])
def test_a_run_ends_as_it_ended(now: datetime, stopped: str, state: str) -> None:
    run = begin(now)

    runs.run_end(run_id=run.pk, figures={}, stopped=stopped, now=now)

    found = models.MonthRun.objects.get()
    assert (found.state, found.stopped, found.ended_at) == (state, stopped, now)
    with pytest.raises(InvalidTransition):
        runs.run_fail(run_id=run.pk, figures={}, now=now)


def test_only_runs_that_went_through_everything_count_as_the_last(now: datetime) -> None:
    assert selectors.last_done_on() is None
    for days, stopped in ((0, ""), (1, "charging_stopped"), (2, "")):
        run = begin(now, DAY + timedelta(days=days))
        if days < 2:
            runs.run_end(run_id=run.pk, figures={}, stopped=stopped, now=now)
    runs.run_fail(run_id=run.pk, figures={}, now=now)

    assert selectors.last_done_on() == DAY
