"""A provider that cannot be reached, or does not let us in: nobody loses by it."""

import pytest

from tests.builders import months, world
from tests.builders.provider import MemoryProvider

pytestmark = pytest.mark.django_db


def test_a_revoked_key_stops_the_run_and_parks_nobody(provider: MemoryProvider) -> None:
    # given
    first = months.december_make(provider)
    second = months.december_make(
        provider, tier=first.membership.tier, donor=world.donor_make(name="taro")
    )
    provider.next_outcomes = ["locked_out"]

    # when
    stopped = months.run(provider, months.CHARGE_DAY)
    asked = [call for call in provider.calls if call.startswith("charge")]
    mended = months.run(provider, months.CHARGE_DAY, hour=11)

    # then
    assert (stopped.stopped, stopped.charged, stopped.parked) == ("provider_locked_out", 0, 0)
    assert len(asked) == 1
    assert (mended.stopped, mended.charged, mended.donations_yen) == ("", 2, 6000)
    for cycle in (first, second):
        assert months.month_of(cycle.membership, 1).membership.state == "active"
    assert len(provider.succeeded()) == 2


def test_a_provider_that_is_down_is_asked_again_with_the_next_run(
    provider: MemoryProvider,
) -> None:
    # given
    cycle = months.december_make(provider)
    provider.next_outcomes = ["down"]

    # when
    down = months.run(provider, months.CHARGE_DAY)
    up = months.run(provider, months.CHARGE_DAY, hour=11)

    # then
    assert (down.due, down.unknown, down.charged) == (1, 1, 0)
    assert (up.charged, up.donations_yen) == (1, 3000)
    assert months.month_of(cycle.membership, 1).membership.state == "active"
    assert len(provider.succeeded()) == 1
