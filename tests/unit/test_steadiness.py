"""What the measurement of the pace says of moments at which calls came."""

import pytest

from tests.bench import steadiness


def test_calls_at_an_even_pace() -> None:
    # given ten a second, for 14 seconds
    moments = [1000 + number / 10 for number in range(141)]

    # when
    found = steadiness.steadiness(moments)

    # then neither the first second counts nor the one that is not full
    assert found.seconds == 13
    assert found.mean == pytest.approx(10)
    assert found.fullest == pytest.approx(10, abs=1)
    assert found.emptiest == pytest.approx(9, abs=1)
    assert found.fullest_long == pytest.approx(10, abs=0.1)
    assert found.emptiest_long == pytest.approx(9.9, abs=0.1)


def test_a_burst_across_two_seconds_of_the_clock_is_seen() -> None:
    # given one call in the middle of each second, but six around the end of the fifth
    moments = [0.5 + number for number in range(16)]
    moments += [5.375, 5.4375, 5.5625, 5.625, 5.75]

    # when
    found = steadiness.steadiness(moments)

    # then
    assert found.fullest == 6
    assert found.emptiest == 0
    assert found.fullest_long == 1.5


def test_too_short_a_time_says_nothing() -> None:
    with pytest.raises(ValueError, match="11 seconds are too few"):
        steadiness.steadiness([0.0, 11.5])
