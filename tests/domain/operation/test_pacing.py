"""One pace for many: each slot is handed out once, by the database's clock."""

from datetime import datetime, timedelta

import pytest
from django.db.models.functions import Now

from saleor_ext.operation import models, pacing

pytestmark = [pytest.mark.django_db, pytest.mark.postgres]


def taken_until() -> datetime:
    """Up to when the slots are taken, by the database's clock."""
    return models.Pace.objects.get(name="test").free_at


def test_slots_follow_each_other_whoever_takes_them() -> None:
    # given
    pacing.slots_take(name="test", count=200, per_second=5)
    mine = taken_until()

    # when
    theirs_begin_in_s = pacing.slots_take(name="test", count=10, per_second=5)

    # then
    assert taken_until() - mine == timedelta(seconds=2)
    assert 0 < theirs_begin_in_s <= 40


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
