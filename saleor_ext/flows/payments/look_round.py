"""One round of looks at the provider: one after another, so that one's trouble stays its own, and
not for longer than he answers.
"""

import logging
import math
from collections.abc import Callable, Iterable
from typing import TypeVar

from saleor_ext.common.patience import Patience
from saleor_ext.contracts import errors as provider_errors
from saleor_ext.flows.month import janitor

logger = logging.getLogger(__name__)

Thing = TypeVar("Thing")


def look_at_each(
    things: Iterable[Thing], *, look: Callable[[Thing], object], most_s: float = math.inf
) -> None:
    """This will have the provider asked about each, for `most_s` seconds at most. What one of them
    meets with is logged and does not stop the others; only a provider who does not answer several
    times in a row is asked no more.
    """
    patience = Patience(most=janitor.AWAY_AFTER, most_s=most_s)
    for thing in things:
        if patience.is_over:
            logger.warning("the provider is asked no more this time: the rest waits")
            break
        try:
            look(thing)
            patience.count(is_answered=True)
        except provider_errors.ProviderError as error:
            logger.warning("%s could not be looked at: %s", thing, error.code)
            patience.count(is_answered=not isinstance(error, provider_errors.UNANSWERED))
        except Exception:
            logger.exception("%s could not be looked at", thing)
