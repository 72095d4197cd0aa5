"""Whether a receipt is real: for whoever holds it, and nothing more than that."""

import hashlib
import hmac
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.conf import settings

from saleor_ext.receipts import selectors, services


@dataclass(frozen=True, kw_only=True)
class Verified:
    """What whoever knows number and code may read: day and amount, no name."""

    donated_on: date
    amount_yen: int
    issued_on: date


def receipt_verify(*, number: str, code: str, address: str, now: datetime) -> Verified | None:
    """This will say whether a receipt with a number and code holds; None when it does not.

    Whether the number is unknown, the code wrong or the receipt withdrawn cannot be told apart.

    Args:
        number: as printed on the receipt; spaces and hyphens do not matter.
        code: the code printed beside it.
        address: the address the question came from, kept as a digest for a day.
        now: the present moment.

    Raises:
        VerifyDelayed: too many questions came from there within some minutes.
    """
    services.verify_count(place=_place(address), now=now)
    line = selectors.receipt_to_verify(number=number, code=code)
    if line is None:
        return None
    return Verified(
        donated_on=line.donated_on, amount_yen=line.amount_yen, issued_on=line.receipt.issued_on
    )


def _place(address: str) -> str:
    key = settings.SECRET_KEY.encode()
    return hmac.new(key, f"receipt-verify {address}".encode(), hashlib.sha256).hexdigest()


def windows_clear(*, now: datetime) -> int:
    """This will forget who asked more than a day ago."""
    return services.verify_windows_clear(before=now - timedelta(days=1))
