"""A change of name or address after an application was accepted (55-6): from the donor's details,
or from a paper that came to the office.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime

from django.db import transaction

from saleor_ext.common import jptime, municipalities, my_number
from saleor_ext.common.errors import NotFound
from saleor_ext.flows.onestop import forms, letters
from saleor_ext.membership import models as membership_models
from saleor_ext.onestop import changes, errors, models, selectors, services, states

REPORTED = ("full_name", "full_kana", "birth_date", "phone", "postal_code", "address")
"""What form 55-6 has a line for."""


@dataclass(frozen=True, kw_only=True)
class Difference:
    """One thing that is not as it was reported, as it is printed."""

    name: str
    label: str
    before: str
    after: str


def differences(
    *, onestop_year: models.OneStopYear, donor: membership_models.Donor
) -> tuple[Difference, ...]:
    """This will list in what a donor's details differ from what stands on a year's papers."""
    if onestop_year.erased_at is not None:
        return ()
    now = asdict(forms.person_of(donor=donor))
    return tuple(
        Difference(
            name=name,
            label=forms.LABELS[name],
            before=_words(getattr(onestop_year, name)),
            after=_words(now[name]),
        )
        for name in REPORTED
        if _words(getattr(onestop_year, name)) != _words(now[name])
    )


def years_to_report(*, donor: membership_models.Donor, today: date) -> tuple[int, ...]:
    """This will list the years whose accepted applications no longer say what a donor's details
    say, and whose last day is not over.
    """
    rows = models.OneStopYear.objects.filter(
        donor=donor,
        deadline__gte=today,
        applications__state__in=sorted(states.APPLICATION_ACCEPTED),
    )
    return tuple(
        row.year
        for row in rows.distinct().order_by("year")
        if differences(onestop_year=row, donor=donor)
    )


def _words(value: object) -> str:
    return jptime.words(value) if isinstance(value, date) else str(value or "")


@transaction.atomic
def change_from_details(
    *, donor_id: int, year: int, now: datetime, actor: str
) -> models.OneStopChange:
    """This will write down what a donor's details have changed since his application was
    accepted, for the form he prints and sends. It counts once that came in.

    Law: onestop_change

    Raises:
        NotFound: he has no such year.
        OnestopYearClosed: the last day for it is over.
        OnestopNothingAccepted, OnestopChangeEmpty: there is nothing to report.
    """
    row = selectors.year_of(donor_id=donor_id, year=year)
    if row is None:
        raise NotFound(what="one-stop year")
    if not selectors.is_in_time(year=year, day=jptime.jst_date(now)):
        raise errors.OnestopYearClosed()
    donor = membership_models.Donor.objects.get(pk=donor_id)
    row = services.year_hold(donor_id=donor_id, municipality_id=row.municipality_id, year=year)
    return changes.change_write(
        onestop_year=row, after=asdict(forms.person_of(donor=donor)), now=now, actor=actor
    )


@transaction.atomic
def change_received(
    *, public_id: str, received_on: date, today: date, now: datetime, actor: str
) -> models.OneStopChange:
    """This will note at the office that a reported change came in, and tell the donor.

    Raises:
        NotFound: there is no such report.
        OnestopLate, OnestopReceivedInFuture, InvalidTransition: nothing was noted.
    """
    change = selectors.change_get(public_id=public_id)
    done = changes.change_receive(
        change_id=change.pk, received_on=received_on, today=today, now=now, actor=actor
    )
    letters.mail_put(
        "onestop_changed", onestop_year=done.onestop_year, now=now, about=f"c{done.pk}"
    )
    return done


@transaction.atomic
def change_from_paper(
    *,
    onestop_year_id: int,
    after: Mapping[str, object],
    received_on: date,
    today: date,
    now: datetime,
    actor: str,
) -> models.OneStopChange:
    """This will write down a report that came on paper only, as received.

    `after` holds the columns of `services.Person` that changed. The municipality follows the
    postal code and address.

    Raises:
        MyNumberRefused: a text looks like it holds an individual number.
        OnestopNothingAccepted, OnestopChangeEmpty, OnestopLate: nothing was kept.
    """
    for name, value in after.items():
        my_number.refuse(str(value), field=name)
    row = selectors.year_get(onestop_year_id=onestop_year_id)
    row = services.year_hold(
        donor_id=row.donor_id, municipality_id=row.municipality_id, year=row.year
    )
    values = dict(after)
    if {"postal_code", "prefecture", "address"} & set(values):
        values["residence_code"] = _residence_code({**_person_now(row), **values})
    change = changes.change_write(onestop_year=row, after=values, now=now, actor=actor)
    return change_received(
        public_id=change.public_id, received_on=received_on, today=today, now=now, actor=actor
    )


def _person_now(row: models.OneStopYear) -> dict[str, object]:
    return {name: getattr(row, name) for name in services.PERSON_FIELDS}


def _residence_code(person: Mapping[str, object]) -> str:
    prefecture = str(person["prefecture"])
    return municipalities.code_find(
        postal_code=str(person["postal_code"]),
        prefecture=prefecture,
        city=str(person["address"]).removeprefix(prefecture),
    )
