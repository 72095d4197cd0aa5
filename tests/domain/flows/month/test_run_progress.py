"""Whoever waits for a run sees how far it has come."""

import io
import json
from collections.abc import Callable
from datetime import datetime

import pytest
from django.core.management import call_command

from saleor_ext.dashboard.queries import run_history
from saleor_ext.flows.month import monthly, run_record
from saleor_ext.operation import models, runs
from saleor_ext.operation.states import RunPhase
from tests.builders import months
from tests.builders.provider import MemoryProvider

pytestmark = pytest.mark.django_db

NOW = months.morning(months.CHARGE_DAY)


@pytest.fixture(autouse=True)
def _told_at_every_step(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run_record, "SEEN_EVERY_S", 0.0)


def test_a_run_says_what_it_is_at_and_how_many_donations_it_has_asked_for(
    provider: MemoryProvider,
) -> None:
    # given
    months.december_make(provider)
    told: list[run_record.Progress] = []

    # when
    monthly.run_cycles(as_of=months.CHARGE_DAY, now=NOW, actor="test", tell=told.append)

    # then
    charging = [progress for progress in told if progress.phase is RunPhase.CHARGING]
    assert (charging[0].handled, charging[0].planned) == (0, 1)
    assert (charging[-1].handled, charging[-1].planned) == (1, 1)
    assert charging[-1].per_second > 0
    run = models.MonthRun.objects.latest("pk")
    assert (run.state, run.phase) == ("done", "orders")


def test_the_command_shows_its_progress_beside_the_report(
    provider: MemoryProvider, clock_at: Callable[[datetime], None]
) -> None:
    # given
    months.december_make(provider)
    clock_at(NOW)
    provider.now = NOW
    report, beside = io.StringIO(), io.StringIO()

    # when
    call_command("run_cycles", "--json", "--dry-run", stdout=report, stderr=beside)
    before = beside.getvalue()
    call_command("run_cycles", "--json", stdout=report, stderr=beside)

    # then
    assert before == ""
    assert "生産者への依頼\n" in beside.getvalue()
    assert "寄附の受け取り: 0 / 1件(毎秒0.0件)" in beside.getvalue()
    assert "寄附の受け取り: 1 / 1件(毎秒" in beside.getvalue()
    planned, done = (json.loads(line) for line in report.getvalue().splitlines())
    assert (planned["charged"], done["charged"]) == (0, 1)


def test_staff_see_how_long_the_donations_will_still_take() -> None:
    # given a run that has asked for 3,000 of 9,000 donations in ten minutes
    run = runs.run_begin(as_of=months.CHARGE_DAY, now=NOW, actor="test")
    runs.run_phase(run_id=run.pk, phase="charging", now=NOW)
    runs.run_planned(run_id=run.pk, count=9000, amount_yen=27_000_000)
    seen_at = months.morning(months.CHARGE_DAY).replace(minute=10)
    runs.run_seen(run_id=run.pk, figures={"due": 3000}, now=seen_at)

    # when
    [line] = run_history.run_lines(now=seen_at, count=10)

    # then
    assert (line.is_at_work, line.handled, line.minutes_left) == (True, 3000, 20)


def test_a_run_that_has_asked_for_nothing_yet_promises_nothing() -> None:
    # given
    run = runs.run_begin(as_of=months.CHARGE_DAY, now=NOW, actor="test")
    runs.run_planned(run_id=run.pk, count=9000, amount_yen=27_000_000)

    # when
    [line] = run_history.run_lines(now=NOW, count=10)

    # then
    assert (line.is_at_work, line.minutes_left) == (True, None)
