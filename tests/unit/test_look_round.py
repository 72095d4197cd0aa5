"""One after another: one's trouble stays its own, and whoever does not answer is left alone."""

from saleor_ext.contracts import errors
from saleor_ext.flows.payments import look_round


def asked(trouble: Exception | None, *, of: int = 9) -> list[int]:
    """Who is asked when all but the last answer with `trouble`."""
    seen: list[int] = []

    def look(number: int) -> None:
        seen.append(number)
        if trouble is not None and number < of:
            raise trouble

    look_round.look_at_each(range(1, of + 1), look=look)
    return seen


def test_what_is_refused_or_breaks_does_not_stop_the_others() -> None:
    everybody = [1, 2, 3, 4, 5, 6, 7, 8, 9]

    assert asked(None) == everybody
    assert asked(errors.ProviderPermanent("resource_missing")) == everybody
    assert asked(ZeroDivisionError()) == everybody


def test_a_provider_who_does_not_answer_is_asked_three_times() -> None:
    assert asked(errors.ProviderRetryable("connection_refused")) == [1, 2, 3]
    assert asked(errors.ProviderUnknown("timeout")) == [1, 2, 3]
