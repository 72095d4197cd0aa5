"""The clock: the real one, or moved in the trial."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from saleor_ext.common import clock, jptime

A_MOMENT = timedelta(seconds=10)


@pytest.fixture(autouse=True)
def no_trial_clock(monkeypatch):
    monkeypatch.delenv("TRIAL_CLOCK_FILE", raising=False)


def test_the_clock_is_the_real_one_and_cannot_be_moved_in_service():
    assert abs(clock.now() - datetime.now(tz=UTC)) < A_MOMENT
    assert clock.now().tzinfo is UTC
    assert clock.is_movable() is False


@pytest.mark.parametrize("days", [-400, 0, 31])
def test_the_trials_clock_is_moved_by_its_file(days, tmp_path, monkeypatch):
    # given
    path = tmp_path / "clock.json"
    path.write_text(json.dumps({"offset_s": days * 86_400}), encoding="utf-8")

    # when
    monkeypatch.setenv("TRIAL_CLOCK_FILE", str(path))

    # then
    expected = datetime.now(tz=UTC) + timedelta(days=days)
    assert abs(clock.now() - expected) < A_MOMENT
    assert clock.is_movable() is True
    assert clock.today() in {jptime.jst_date(expected), jptime.jst_date(expected + A_MOMENT)}


def test_before_the_file_is_written_the_trial_shows_the_real_time(tmp_path, monkeypatch):
    monkeypatch.setenv("TRIAL_CLOCK_FILE", str(tmp_path / "none.json"))

    assert abs(clock.now() - datetime.now(tz=UTC)) < A_MOMENT


def test_a_broken_clock_file_is_an_error_and_not_the_wrong_day(tmp_path, monkeypatch):
    # given
    path = tmp_path / "clock.json"
    path.write_text('{"offset_s": ', encoding="utf-8")
    monkeypatch.setenv("TRIAL_CLOCK_FILE", str(path))

    # then
    with pytest.raises(json.JSONDecodeError):
        clock.now()
