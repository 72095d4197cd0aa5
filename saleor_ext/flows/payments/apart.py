"""Doing many things one by one, so that one's trouble stays its own."""

import logging
import math
from collections.abc import Callable, Iterable
from typing import TypeVar

from saleor_ext.common.patience import Patience
from saleor_ext.contracts import errors as provider_errors

logger = logging.getLogger(__name__)

AWAY_AFTER = 3
Item = TypeVar("Item")


def each_apart(
    items: Iterable[Item], *, work: Callable[[Item], object], most_s: float = math.inf
) -> None:
    """This will have the provider asked about each, for `most_s` seconds at most. What one of them
    meets with is logged and does not stop the others; only a provider who does not answer several
    times in a row is asked no more.
    """
    patience = Patience(most=AWAY_AFTER, most_s=most_s)
    for item in items:
        if patience.is_over:
            logger.warning("the provider is asked no more this time: the rest waits")
            break
        try:
            work(item)
            patience.count(is_answered=True)
        except provider_errors.ProviderError as error:
            logger.warning("%s could not be looked at: %s", item, error.code)
            patience.count(is_answered=not isinstance(error, provider_errors.UNANSWERED))
        except Exception:
            logger.exception("%s could not be looked at", item)
