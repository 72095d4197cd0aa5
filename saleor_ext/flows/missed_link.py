"""The link in a mail that asks about a missed donation: sealed, and good for a bounded time."""

from datetime import timedelta

from django.core import signing

SALT = "missed-donation"
ANSWER_DAYS = 14


def token(*, cycle_id: int) -> str:
    """This will make the sealed name of a month."""
    return signing.dumps(cycle_id, salt=SALT)


def cycle_id_of(sealed: str) -> int | None:
    """This will return the month of a link, None when it was altered or is too old."""
    try:
        found = signing.loads(sealed, salt=SALT, max_age=timedelta(days=ANSWER_DAYS + 1))
    except signing.BadSignature:
        return None
    return found if isinstance(found, int) else None
