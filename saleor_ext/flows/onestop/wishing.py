"""Whether a donor wants the one-stop exception for a year, and whether he may use it."""

import re
import unicodedata
from collections.abc import Mapping
from datetime import date, datetime

from django.db import transaction

from saleor_ext.common import jptime
from saleor_ext.common.errors import NotFound
from saleor_ext.donations import models as donation_models
from saleor_ext.flows.onestop import following, letters
from saleor_ext.membership import selectors as membership_selectors
from saleor_ext.onestop import errors, models, selectors, services, states

_A = states.ApplicationState
_RECEIPT = re.compile(r"(\d{4})[-ー]?0*(\d{1,9})")
NOTICED = frozenset({_A.NOTICE_MADE, _A.NOTICED, _A.NOTICE_RETURNED})
BACK_REASONS = frozenset(
    {
        states.VoidReason.RETURN_FILED,
        states.VoidReason.TOO_MANY_TOWNS,
        states.VoidReason.WISH_WITHDRAWN,
    }
)
"""Why a donor may take his wish back on his page."""


def year_is_open(*, year: int, today: date) -> bool:
    """This will say whether wishes for a year are taken on a day: its donations have begun, and
    its last day is not over.

    Law: onestop_deadline
    """
    return year <= today.year and selectors.is_in_time(year=year, day=today)


def years_open(*, today: date) -> tuple[int, ...]:
    """This will list the years for which wishes are taken today, the latest first."""
    years = (today.year, today.year - 1)
    return tuple(year for year in years if year_is_open(year=year, today=today))


def wish_at_joining(*, donor_id: int, now: datetime, actor: str) -> models.OneStopYear:
    """This will note the wish of somebody who joins, in the caller's transaction. The questions
    are asked on his page, before he prints the forms.
    """
    today = jptime.jst_date(now)
    row = selectors.year_of(donor_id=donor_id, year=today.year)
    if row is not None and row.is_wanted:
        return row
    return services.wish_set(
        donor_id=donor_id,
        municipality_id=membership_selectors.municipality_get().pk,
        year=today.year,
        is_wanted=True,
        origin=states.WishOrigin.JOINING,
        now=now,
        actor=actor,
    )


def wish_choose(
    *,
    donor_id: int,
    year: int,
    answers: Mapping[str, bool],
    origin: str,
    now: datetime,
    actor: str,
) -> models.OneStopYear:
    """This will keep the answers and, where they allow it, the wish; applications follow at once.

    Law: onestop_eligibility

    Raises:
        OnestopYearClosed: the year has not begun, or its last day is over.
        OnestopAnswersMissing: not every question was answered.
        OnestopNotEligible: the answers are kept, the wish is not, and what was not sent is void;
            an application that came in stays for the office to judge.
    """
    if not year_is_open(year=year, today=jptime.jst_date(now)):
        raise errors.OnestopYearClosed()
    if not _answers_keep(
        donor_id=donor_id, year=year, answers=answers, origin=origin, now=now, actor=actor
    ):
        raise errors.OnestopNotEligible()
    row = selectors.year_of(donor_id=donor_id, year=year)
    if row is None:
        raise errors.OnestopYearClosed()
    return row


@transaction.atomic
def _answers_keep(
    *,
    donor_id: int,
    year: int,
    answers: Mapping[str, bool],
    origin: str,
    now: datetime,
    actor: str,
) -> bool:
    """Kept in a transaction of its own, so that a "no" is kept, too."""
    town = membership_selectors.municipality_get()
    row = services.year_hold(donor_id=donor_id, municipality_id=town.pk, year=year)
    was_wanted = row.is_wanted
    services.answers_add(onestop_year_id=row.pk, answers=answers, now=now, actor=actor)
    if not all(answers.values()):
        _unsent_end(row, now=now, actor=actor)
        return False
    services.wish_set(
        donor_id=donor_id,
        municipality_id=town.pk,
        year=year,
        is_wanted=True,
        origin=origin,
        now=now,
        actor=actor,
    )
    following.applications_settle(donor_id=donor_id, year=year, now=now, actor=actor)
    if not was_wanted:
        row.refresh_from_db()
        letters.mail_put("onestop_wished", onestop_year=row, now=now, about=f"{now:%Y%m%d%H%M%S}")
    return True


def _unsent_end(row: models.OneStopYear, *, now: datetime, actor: str) -> None:
    """Who wished before and finds that he may not: what he has not sent ends with his wish."""
    if not row.is_wanted:
        return
    services.wish_set(
        donor_id=row.donor_id,
        municipality_id=row.municipality_id,
        year=row.year,
        is_wanted=False,
        origin=row.origin,
        now=now,
        actor=actor,
    )
    live = selectors.applications_live(onestop_year_id=row.pk)
    unsent = [one for one in live if one.state in states.APPLICATION_AWAITED]
    for one in unsent:
        services.application_void(
            application_id=one.pk, reason=states.VoidReason.NOT_ELIGIBLE, now=now, actor=actor
        )
    if unsent:
        letters.mail_put("onestop_void", onestop_year=row, now=now)


@transaction.atomic
def wish_at_office(*, typed: str, now: datetime, actor: str) -> models.OneStopApplication:
    """This will register the wish of a donor whose form came in although he never said anything
    here, by the number of the donation's receipt as it is printed: 2026-000123. The questions
    are those of his form.

    Raises:
        NotFound: there is no such donation, or nothing is left of it.
    """
    found = _RECEIPT.fullmatch("".join(unicodedata.normalize("NFKC", typed).split()))
    rows = donation_models.Donation.objects.filter(corrects__isnull=True)
    donation = found and rows.filter(receipt_year=found[1], receipt_number=found[2]).first()
    if not donation or donation.receipt_year is None:
        raise NotFound(what="donation")
    row = selectors.year_of(donor_id=donation.donor_id, year=donation.receipt_year)
    if row is None or not row.is_wanted:
        services.wish_set(
            donor_id=donation.donor_id,
            municipality_id=donation.municipality_id,
            year=donation.receipt_year,
            is_wanted=True,
            origin=states.WishOrigin.STAFF,
            now=now,
            actor=actor,
        )
    following.applications_settle(
        donor_id=donation.donor_id, year=donation.receipt_year, now=now, actor=actor
    )
    live = selectors.applications().filter(donation=donation).exclude(state=_A.VOID).first()
    if live is None:
        raise NotFound(what="donation")
    return live


@transaction.atomic
def wish_withdraw(
    *, donor_id: int, year: int, reason: str, now: datetime, actor: str, is_office: bool = False
) -> models.OneStopYear:
    """This will end the wish for a year: every application of it becomes void for this reason,
    and the donor is told what to do instead.

    Law: onestop_eligibility

    Raises:
        OnestopYearClosed: there is no wish.
        OnestopAlreadyAccepted: the notice is made, and only the office may take that back.
    """
    if reason not in states.VOID_OF_YEAR:
        raise ValueError("no such reason")
    town = membership_selectors.municipality_get()
    row = selectors.year_of(donor_id=donor_id, year=year)
    if row is None or not row.is_wanted:
        raise errors.OnestopYearClosed()
    row = services.year_hold(donor_id=donor_id, municipality_id=town.pk, year=year)
    live = list(selectors.applications_live(onestop_year_id=row.pk))
    if not is_office and any(one.state in NOTICED for one in live):
        raise errors.OnestopAlreadyAccepted()
    services.wish_set(
        donor_id=donor_id,
        municipality_id=town.pk,
        year=year,
        is_wanted=False,
        origin=states.WishOrigin.STAFF if is_office else states.WishOrigin.PAGE,
        now=now,
        actor=actor,
    )
    for one in live:
        services.application_void(application_id=one.pk, reason=reason, now=now, actor=actor)
    if live:
        letters.mail_put("onestop_void", onestop_year=row, now=now)
    row.refresh_from_db()
    return row
