"""What the one-stop papers say: read from town, donor and ledger, as plain facts."""

from collections.abc import Sequence

from django.conf import settings as django_settings

from saleor_ext.common.errors import NotFound
from saleor_ext.membership import models as membership_models
from saleor_ext.membership import selectors as membership_selectors
from saleor_ext.onestop import facts, models, selectors, services, states

LABELS = {
    "full_name": "氏名",
    "full_kana": "フリガナ",
    "birth_date": "生年月日",
    "phone": "電話番号",
    "postal_code": "郵便番号",
    "address": "住所",
}
"""The columns that form 55-6 has a line for, in its order."""


def form_facts(*, donor_id: int, year: int, public_id: str | None = None) -> facts.OneStopFormFacts:
    """This will return what the forms of a donor's year say, or of one application of his.

    Void applications and those accepted already have no form any more, unless one is asked for.

    Raises:
        NotFound: there is no such form to print.
    """
    row = selectors.year_of(donor_id=donor_id, year=year)
    if row is None or row.erased_at is not None:
        raise NotFound(what="one-stop form")
    applications = list(selectors.applications_live(onestop_year_id=row.pk))
    if public_id is not None:
        applications = [one for one in applications if one.public_id == public_id]
    else:
        applications = [one for one in applications if one.state not in states.APPLICATION_ACCEPTED]
    if not applications:
        raise NotFound(what="one-stop form")
    answers = selectors.answers_latest(onestop_year_id=row.pk)
    given = answers.answers if answers else {}
    town = membership_selectors.municipality_get()
    settings = selectors.settings_of(municipality_id=town.pk)
    return facts.OneStopFormFacts(
        town=town_facts(town=town, settings=settings),
        year=year,
        deadline=row.deadline,
        person=person_facts(row),
        lines=_lines(applications),
        is_return_free=_both(given, "is_return_free", "is_resident_tax_free"),
        is_few_towns=given.get("is_few_towns"),
        has_gender=settings.has_gender,
    )


def change_facts(*, public_id: str, donor_id: int | None = None) -> facts.OneStopChangeFacts:
    """This will return what a form 55-6 says; with a donor, only his own.

    Raises:
        NotFound: there is none.
    """
    change = selectors.change_get(public_id=public_id, donor_id=donor_id)
    row = change.onestop_year
    town = membership_selectors.municipality_get()
    settings = selectors.settings_of(municipality_id=town.pk)
    live = selectors.applications_live(onestop_year_id=row.pk)
    return facts.OneStopChangeFacts(
        town=town_facts(town=town, settings=settings),
        year=row.year,
        deadline=row.deadline,
        person=person_facts(row),
        numbers=tuple(one.number for one in live if one.state in states.APPLICATION_ACCEPTED),
        items=tuple(
            facts.OneStopChangeItem(
                label=label,
                before=str(change.before.get(name, "")),
                after=str(change.after.get(name, "")),
            )
            for name, label in LABELS.items()
            if name in change.after
        ),
        has_gender=settings.has_gender,
    )


def town_facts(
    *, town: membership_models.Municipality, settings: models.OneStopSettings
) -> facts.OneStopTown:
    """This will return what the forms say of the town."""
    return facts.OneStopTown(
        code=town.code,
        name=f"{town.prefecture}{town.county}{town.name}",
        head_name=town.head_name,
        postal_code=town.office_postal_code,
        address=town.office_address,
        phone=town.phone,
    )


def person_facts(row: models.OneStopYear) -> facts.OneStopPerson:
    """This will return the applicant of a year as the forms name him."""
    return facts.OneStopPerson(
        name=row.full_name,
        kana=row.full_kana,
        postal_code=row.postal_code,
        address=row.address,
        phone=row.phone,
        birth_date=row.birth_date,
    )


def person_of(*, donor: membership_models.Donor) -> services.Person:
    """This will return a donor's columns as a year keeps them: the address is the one on his
    residence certificate.
    """
    is_same = donor.is_registered_address_same
    return services.Person(
        full_name=donor.full_name,
        full_kana=f"{donor.family_kana}　{donor.given_kana}".strip("　"),
        birth_date=donor.birth_date,
        phone=donor.phone,
        postal_code=donor.postal_code if is_same else donor.registered_postal_code,
        prefecture=donor.prefecture if is_same else donor.registered_prefecture,
        address=membership_selectors.registered_address(donor=donor),
        residence_code=membership_selectors.residence_code(donor=donor),
    )


def _lines(applications: Sequence[models.OneStopApplication]) -> tuple[facts.OneStopLine, ...]:
    return tuple(
        facts.OneStopLine(
            application_id=one.pk,
            public_id=one.public_id,
            number=one.number,
            donated_on=one.donation.donated_on,
            amount_yen=one.given_yen,
            reception_url=f"{django_settings.APP_URL}/staff/onestop/{one.public_id}/",
        )
        for one in applications
    )


def _both(answers: dict[str, bool], first: str, second: str) -> bool | None:
    if first not in answers or second not in answers:
        return None
    return answers[first] and answers[second]
