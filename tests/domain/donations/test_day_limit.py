"""A member is asked for a donation only so many times on one Japanese day, whatever asks."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError

from saleor_ext.contracts.types import Yen
from saleor_ext.donations import errors, models, services
from saleor_ext.membership import models as membership_models
from saleor_ext.membership import selectors
from tests.builders import months, world
from tests.builders.provider import MemoryProvider

pytestmark = pytest.mark.django_db

NOON = months.morning(months.CHARGE_DAY, hour=12)


@pytest.fixture
def cycle() -> membership_models.Cycle:
    return months.december_make(MemoryProvider())


def begin(cycle: membership_models.Cycle, **changes: Any) -> models.PaymentAttempt:
    values: dict[str, Any] = {
        "cycle_id": cycle.pk,
        "cycle_key": selectors.cycle_key(cycle=cycle),
        "membership_id": cycle.membership_id,
        "amount_yen": Yen(3000),
        "is_off_session": True,
        "most_a_day": 2,
        "now": NOON,
        "actor": "test",
    }
    return services.attempt_begin(**values | changes)


def declined(attempt: models.PaymentAttempt, code: str = "insufficient_funds") -> None:
    services.attempt_decline(
        attempt_id=attempt.pk,
        provider_ref="",
        decline_code=code,
        is_retryable=True,
        now=NOON,
        actor="test",
    )


def slots() -> list[int]:
    rows = models.PaymentAttempt.objects.filter(cycle__n=1).order_by("pk")
    return list(rows.values_list("day_slot", flat=True))


def test_the_day_ends_after_the_last_one_allowed(cycle: membership_models.Cycle) -> None:
    # given
    declined(begin(cycle))
    declined(begin(cycle))

    # when
    with pytest.raises(errors.DayLimitReached):
        begin(cycle)

    # then
    assert slots() == [1, 2]
    assert begin(cycle, now=NOON + timedelta(days=1)).day_slot == 1


def test_the_day_ends_at_midnight_in_japan(cycle: membership_models.Cycle) -> None:
    before: datetime = months.morning(months.CHARGE_DAY, hour=23) + timedelta(minutes=59)
    declined(begin(cycle, most_a_day=1, now=before))

    with pytest.raises(errors.DayLimitReached):
        begin(cycle, most_a_day=1, now=before)
    assert begin(cycle, most_a_day=1, now=before + timedelta(minutes=1)).day_slot == 1


def test_what_never_reached_the_provider_or_was_left_unused_does_not_count(
    cycle: membership_models.Cycle,
) -> None:
    declined(begin(cycle, most_a_day=1), "never_reached")
    declined(begin(cycle, most_a_day=1, is_off_session=False), "abandoned")

    assert begin(cycle, most_a_day=1).day_slot == 3


def test_another_members_day_is_his_own(cycle: membership_models.Cycle) -> None:
    begin(cycle, most_a_day=1)
    other = world.member_make(tier=cycle.tier, donor=world.donor_make(name="taro"))
    months.run(MemoryProvider(), months.LOCK_DAY)

    assert begin(months.month_of(other, 1), most_a_day=1).day_slot == 1


def test_many_at_once_are_counted_too(cycle: membership_models.Cycle) -> None:
    # given two months of one member
    second = months.month_of(cycle.membership, 2)
    wanted = [
        services.Wanted(
            cycle_id=month.pk,
            cycle_key=selectors.cycle_key(cycle=month),
            membership_id=month.membership_id,
            amount_yen=Yen(3000),
        )
        for month in (cycle, second)
    ]

    # when
    made = services.attempts_begin(wanted=wanted, most_a_day=1, now=NOON, actor="test")

    # then
    assert [attempt.cycle_id for attempt in made] == [cycle.pk]
    tomorrow = NOON + timedelta(days=1)
    later = services.attempts_begin(wanted=wanted, most_a_day=1, now=tomorrow, actor="test")
    assert [attempt.cycle_id for attempt in later] == [second.pk]


def test_the_database_itself_refuses_a_second_of_the_same_number(
    cycle: membership_models.Cycle,
) -> None:
    first = begin(cycle)
    first.pk, first.key, first.number, first.cycle_id = None, "other", 9, 1
    first.state, first.settled_at = "declined", NOON

    with pytest.raises(IntegrityError, match="day_slot"):
        first.save()
