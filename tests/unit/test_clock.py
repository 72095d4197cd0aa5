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


@pytest.fixture
def trial_clock(tmp_path, monkeypatch):
    path = tmp_path / "clock.json"
    monkeypatch.setenv("TRIAL_CLOCK_FILE", str(path))
    return path


def test_the_trials_clock_moves_forwards_and_goes_on_from_there(trial_clock):
    # given
    moment = datetime.now(tz=UTC) + timedelta(days=40)

    # when
    clock.move_to(moment)

    # then
    assert moment <= clock.now() < moment + A_MOMENT


def test_the_clock_does_not_go_back(trial_clock):
    # given
    clock.move_to(datetime.now(tz=UTC) + timedelta(days=40))
    before = trial_clock.read_text(encoding="utf-8")

    # when
    with pytest.raises(clock.ClockFixed):
        clock.move_to(datetime.now(tz=UTC) + timedelta(days=39))

    # then
    assert trial_clock.read_text(encoding="utf-8") == before


def test_in_service_nobody_moves_or_holds_the_clock():
    with pytest.raises(clock.ClockFixed):
        clock.move_to(datetime.now(tz=UTC) + timedelta(days=1))
    with pytest.raises(clock.ClockFixed):
        clock.hold(is_held=True)
    assert clock.is_held() is False


def test_holding_the_clock_leaves_the_time_and_moving_it_leaves_the_hold(trial_clock):
    # given
    moment = datetime.now(tz=UTC) + timedelta(days=40)
    clock.move_to(moment)

    # when
    clock.hold(is_held=True)
    clock.move_to(moment + timedelta(days=1))

    # then
    assert clock.is_held() is True
    assert moment + timedelta(days=1) <= clock.now() < moment + timedelta(days=1) + A_MOMENT
    clock.hold(is_held=False)
    assert clock.is_held() is False
