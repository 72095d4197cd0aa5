"""One pace for many: each slot is handed out once, by the database's clock."""

import time
from datetime import timedelta

import pytest
from django.db.models.functions import Now

from saleor_ext.operation import models, pacing

pytestmark = [pytest.mark.django_db, pytest.mark.postgres]


def slots(*, count: int, per_second: float) -> list[float]:
    """When the slots begin, by this process's own clock."""
    begins_in_s = pacing.slots_take(name="test", count=count, per_second=per_second)
    first_s = time.monotonic() + begins_in_s
    return [first_s + number / per_second for number in range(count)]


def test_slots_follow_each_other_whoever_takes_them() -> None:
    # given
    mine = slots(count=10, per_second=5)

    # when
    theirs = slots(count=5, per_second=5)

    # then
    assert theirs[0] - mine[-1] == pytest.approx(0.2, abs=0.05)


def test_who_comes_late_has_missed_his_slots_but_for_the_last_moment() -> None:
    # given
    models.Pace.objects.create(name="test", free_at=Now() - timedelta(minutes=5))

    # when
    begins_in_s = pacing.slots_take(name="test", count=1, per_second=10)

    # then
    assert begins_in_s == pytest.approx(-pacing.LATE.total_seconds(), abs=0.05)


def test_a_clock_that_was_set_back_stops_nobody_for_long() -> None:
    # given
    models.Pace.objects.create(name="test", free_at=Now() + timedelta(hours=1))

    # when
    begins_in_s = pacing.slots_take(name="test", count=1, per_second=10)

    # then
    assert begins_in_s == 0


def test_two_paces_do_not_know_each_other() -> None:
    # given
    pacing.slots_take(name="other", count=100, per_second=1)

    # when
    begins_in_s = pacing.slots_take(name="test", count=1, per_second=1)

    # then
    assert begins_in_s <= 0
