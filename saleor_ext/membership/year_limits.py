"""Writing what donors want to give at most in a calendar year."""

from datetime import datetime

from django.db import transaction

from saleor_ext.common import jptime
from saleor_ext.membership import errors, models, states

YEAR_LIMIT_MOST_YEN = 100_000_000_000


@transaction.atomic
def year_limit_set(
    *,
    donor_id: int,
    year: int,
    limit_yen: int,
    origin: str,
    when_reached: str = states.WhenReached.STOP,
    now: datetime,
) -> models.YearLimit:
    """This will keep what a donor wants to give at most in a calendar year, replacing the last.

    It counts for the months that are not locked yet.

    Raises:
        YearLimitInvalid: not a positive amount, or a year other than this and the next (JST).
    """
    today = jptime.jst_date(now)
    is_year_known = today.year <= year <= today.year + 1
    if not is_year_known or not 0 < limit_yen <= YEAR_LIMIT_MOST_YEN:
        raise errors.YearLimitInvalid()
    values = {
        "limit_yen": limit_yen,
        "origin": states.LimitOrigin(origin).value,
        "when_reached": states.WhenReached(when_reached).value,
        "set_on": today,
    }
    limit, _ = models.YearLimit.objects.update_or_create(
        donor_id=donor_id, year=year, defaults=values
    )
    return limit


@transaction.atomic
def year_limit_remove(*, donor_id: int, year: int) -> None:
    """This will forget a donor's limit for a year; without one nothing happens."""
    models.YearLimit.objects.filter(donor_id=donor_id, year=year).delete()
