"""manage.py run_cycles: its report, its dates, and its refusals."""

import json
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from saleor_ext.common import clock, jptime
from saleor_ext.membership import models as membership_models
from tests.builders import months, world
from tests.builders.provider import MemoryProvider

pytestmark = pytest.mark.django_db

KEYS = [
    "as_of",
    "planned",
    "locked",
    "due",
    "charged",
    "declined",
    "unknown",
    "waiting",
    "skipped",
    "parked",
    "donations_yen",
    "orders",
    "shipments",
]
ClockAt = Callable[[datetime], None]


@pytest.fixture(autouse=True)
def in_service(monkeypatch: pytest.MonkeyPatch) -> None:
    """This will take away the file by which a trial's clock is moved."""
    monkeypatch.delenv("TRIAL_CLOCK_FILE", raising=False)


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    call_command("run_cycles", *arguments)
    return capsys.readouterr().out


def test_the_report_is_one_flat_object(
    provider: MemoryProvider, clock_at: ClockAt, capsys: pytest.CaptureFixture[str]
) -> None:
    # given
    months.december_make(provider)
    clock_at(months.morning(months.CHARGE_DAY))
    provider.now = months.morning(months.CHARGE_DAY)

    # when
    text = run(capsys, "--json")

    # then
    report = json.loads(text)
    assert list(report) == KEYS
    assert report == {
        "as_of": "2026-12-24",
        "planned": 0,
        "locked": 0,
        "due": 1,
        "charged": 1,
        "declined": 0,
        "unknown": 0,
        "waiting": 0,
        "skipped": 0,
        "parked": 0,
        "donations_yen": 3000,
        "orders": 0,
        "shipments": 1,
    }
    assert len(text.splitlines()) == 1


def test_without_json_each_number_has_its_japanese_name(
    provider: MemoryProvider, clock_at: ClockAt, capsys: pytest.CaptureFixture[str]
) -> None:
    # given
    world.member_make(tier=world.world_make())
    clock_at(world.NOW)

    # when
    lines = run(capsys).splitlines()

    # then
    assert len(lines) == len(KEYS)
    assert lines[:2] == ["対象日: 2026-11-24", "新しく予定した回: 3"]
    assert "受け取った寄附(円): 0" in lines


def test_a_dry_run_changes_nothing_and_may_look_ahead(
    provider: MemoryProvider, clock_at: ClockAt, capsys: pytest.CaptureFixture[str]
) -> None:
    # given
    months.december_make(provider)
    clock_at(months.morning(months.LOCK_DAY))
    before = list(membership_models.Cycle.objects.order_by("pk").values())

    # when
    report = json.loads(run(capsys, "--dry-run", "--json", "--as-of", "2026-12-24"))

    # then
    assert (report["as_of"], report["due"], report["donations_yen"]) == ("2026-12-24", 1, 3000)
    assert report["charged"] == 0
    assert list(membership_models.Cycle.objects.order_by("pk").values()) == before
    assert provider.calls == []


def test_a_day_that_has_passed_is_run_with_todays_clock(
    provider: MemoryProvider, clock_at: ClockAt, capsys: pytest.CaptureFixture[str]
) -> None:
    # given
    world.member_make(tier=world.world_make())
    clock_at(months.morning(date(2026, 12, 1)))

    # when
    report = json.loads(run(capsys, "--json", "--as-of", "2026-11-25"))

    # then
    assert (report["as_of"], report["shipments"]) == ("2026-11-25", 1)


def test_a_day_that_has_not_come_is_refused_in_service(
    provider: MemoryProvider, clock_at: ClockAt
) -> None:
    # given
    months.december_make(provider)
    clock_at(months.morning(date(2026, 12, 23)))

    # when
    with pytest.raises(CommandError, match="2026-12-24 はまだ来ていません"):
        call_command("run_cycles", "--as-of", "2026-12-24")

    # then
    assert provider.calls == []
    assert membership_models.Cycle.objects.get(n=1).state == "locked"


def test_today_in_japan_is_not_the_future(
    provider: MemoryProvider, clock_at: ClockAt, capsys: pytest.CaptureFixture[str]
) -> None:
    # given five past midnight in Japan, still yesterday in Greenwich
    world.town_make()
    clock_at(jptime.jst_moment(date(2026, 12, 24), hour=0, minute=5))

    # then
    assert json.loads(run(capsys, "--json", "--as-of", "2026-12-24"))["as_of"] == "2026-12-24"


def test_in_the_trial_the_clock_goes_to_the_day(
    provider: MemoryProvider,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    # given
    world.town_make()
    monkeypatch.setenv("TRIAL_CLOCK_FILE", str(tmp_path / "clock.json"))
    day = jptime.month_add(jptime.month_start(clock.today()), 2)

    # when
    call_command("run_cycles", "--json", "--as-of", day.isoformat())

    # then
    output = capsys.readouterr()
    assert json.loads(output.out)["as_of"] == day.isoformat()
    assert "体験用の時計を" in output.err
    assert clock.today() == day


@pytest.mark.parametrize(
    "text", ["2026-13-01", "2026-02-30", "24/12/2026", "tomorrow", "２０２６年", "2026-12"]
)
def test_a_date_that_is_none_is_refused(provider: MemoryProvider, text: str) -> None:
    world.town_make()

    with pytest.raises(CommandError, match="2026-12-24 のように書いてください"):
        call_command("run_cycles", "--as-of", text)


@pytest.mark.parametrize("arguments", [[], ["--dry-run"], ["--json"]])
def test_without_a_town_the_command_says_what_is_missing(
    provider: MemoryProvider, arguments: list[str]
) -> None:
    with pytest.raises(CommandError, match="自治体の設定がまだありません"):
        call_command("run_cycles", *arguments)
