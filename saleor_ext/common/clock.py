"""The only reader of the clock. Edges call it and pass `now` or `today` inwards.

In the trial the clock can be moved: the environment variable TRIAL_CLOCK_FILE names a JSON file
`{"offset_s": 86400}` that every process of the trial reads. In service the variable is not set.
"""

import json
import math
import os
import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from saleor_ext.common import jptime


class ClockFixed(Exception):
    """The clock cannot be moved like this."""


def now() -> datetime:
    """This will return the present moment, aware, in UTC."""
    return datetime.now(tz=UTC) + _offset()


def real_now() -> datetime:
    """This will return the present moment even where the trial's clock was moved.

    For leases between processes: whoever jumps ahead in time must not take away another's work.
    """
    return datetime.now(tz=UTC)


def going_on_from(moment: datetime) -> Callable[[], datetime]:
    """This will return a clock for long work that began at `moment`: it goes on from there in
    whole seconds as real time passes, whatever happens to the trial's clock meanwhile.
    """
    begun_s = time.monotonic()
    return lambda: moment + timedelta(seconds=int(time.monotonic() - begun_s))


def today() -> date:
    """This will return today's date in Japan."""
    return jptime.jst_date(now())


def is_movable() -> bool:
    """This will say whether the clock may be moved, which is only so in the trial."""
    return bool(os.environ.get("TRIAL_CLOCK_FILE"))


def move_to(moment: datetime, *, is_held: bool | None = None) -> None:
    """This will move the trial's clock, forwards only, for every process of the trial.

    Raises:
        ClockFixed: this is not the trial, or the moment lies in the past.
    """
    path = os.environ.get("TRIAL_CLOCK_FILE")
    if not path:
        raise ClockFixed("the clock can be moved in the trial only")
    if moment < now():
        raise ClockFixed("the clock only moves forwards")
    held = _setting().get("is_held", False) if is_held is None else is_held
    offset_s = math.ceil((moment - datetime.now(tz=UTC)).total_seconds())
    _setting_write(Path(path), {"offset_s": offset_s, "is_held": held})


def catch_up() -> None:
    """This will let a trial's clock that is behind show the real time again.

    Raises:
        ClockFixed: this is not the trial.
    """
    path = os.environ.get("TRIAL_CLOCK_FILE")
    if not path:
        raise ClockFixed("the clock can be moved in the trial only")
    if _offset() < timedelta(0):
        _setting_write(Path(path), {**_setting(), "offset_s": 0})


def hold(*, is_held: bool) -> None:
    """This will say that somebody moves the clock through a long stretch, or has finished.

    Raises:
        ClockFixed: this is not the trial.
    """
    path = os.environ.get("TRIAL_CLOCK_FILE")
    if not path:
        raise ClockFixed("the clock can be moved in the trial only")
    _setting_write(Path(path), {**_setting(), "is_held": is_held})


def _setting_write(path: Path, setting: dict[str, int]) -> None:
    """Replaced in one step: other processes read it at any moment."""
    fresh = path.with_suffix(f".{os.getpid()}.new")
    fresh.write_text(json.dumps(setting), encoding="utf-8")
    fresh.replace(path)


def is_held() -> bool:
    """This will say whether somebody is moving the trial's clock through a long stretch just now.

    Regular runs wait meanwhile; in service the answer is always no.
    """
    return bool(_setting().get("is_held", False))


def _offset() -> timedelta:
    return timedelta(seconds=int(_setting().get("offset_s", 0)))


def _setting() -> dict[str, int]:
    path = os.environ.get("TRIAL_CLOCK_FILE")
    if not path:
        return {}
    try:
        content = json.loads(Path(path).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    return dict(content)
