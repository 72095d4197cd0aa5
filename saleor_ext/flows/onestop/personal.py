"""What is kept of a person for the one-stop exception: shown to him whole, and erased in time."""

from datetime import date, datetime
from typing import Any

from saleor_ext.membership import models as membership_models
from saleor_ext.onestop import models, selectors, services

AT_ONCE = 500
CONFIRMED = "keep_years"


def donor_export(*, donor_id: int) -> list[dict[str, Any]]:
    """This will return everything kept of a donor for the exception, a dict of plain values for
    each year: for his right to see it (開示), and for handing the salon over.
    """
    return [_year(row) for row in selectors.years_of(donor_id=donor_id)]


def donor_erase(*, donor_id: int, now: datetime) -> int:
    """This will erase who a donor is from all his years; returns how many there were."""
    ids = list(selectors.years_of(donor_id=donor_id).values_list("pk", flat=True))
    return sum(services.year_erase(onestop_year_id=pk, now=now) for pk in ids)


def years_erase_due(*, today: date, now: datetime) -> int:
    """This will erase years kept for longer than the town says, once the town has confirmed for
    how long that is; returns how many there were. Counted from the end of the year after.

    Law: onestop_keep
    """
    town = membership_models.Municipality.objects.order_by("pk").first()
    if town is None:
        return 0
    settings = selectors.settings_of(municipality_id=town.pk)
    if CONFIRMED not in settings.confirmed:
        return 0
    rows = models.OneStopYear.objects.filter(
        year__lt=today.year - 1 - settings.keep_years, erased_at__isnull=True
    )
    ids = list(rows.order_by("pk").values_list("pk", flat=True)[:AT_ONCE])
    return sum(services.year_erase(onestop_year_id=pk, now=now) for pk in ids)


def _year(row: models.OneStopYear) -> dict[str, Any]:
    return {
        **_plain(row, ("year", "deadline", "is_wanted", "wished_at", "origin", "is_eligible")),
        **_plain(row, (*services.PERSON_FIELDS, "erased_at")),
        "answers": [
            _plain(one, ("answers", "wording", "at")) for one in row.answers.order_by("pk")
        ],
        "applications": [_application(one) for one in row.applications.order_by("pk")],
        "changes": [
            _plain(one, ("state", "before", "after", "written_at", "received_on"))
            for one in row.changes.order_by("pk")
        ],
        "notices": [_notice(one) for one in row.notices.order_by("pk")],
    }


def _application(row: models.OneStopApplication) -> dict[str, Any]:
    names = ("number", "state", "received_as", "received_on", "missing", "identity_kind")
    more = ("identity_on", "accepted_on", "void_reason", "note")
    events = [
        _plain(one, ("from_state", "to_state", "at", "reason")) for one in row.events.order_by("pk")
    ]
    return {**_plain(row, (*names, *more)), "events": events}


def _notice(row: models.HomeNotice) -> dict[str, Any]:
    names = ("version", "state", "home_code", "home_name", "full_name", "full_kana", "birth_date")
    more = ("postal_code", "address", "total_yen", "made_at", "sent_on", "returned_on")
    lines = [_plain(one, ("donated_on", "amount_yen")) for one in row.lines.order_by("position")]
    return {**_plain(row, (*names, *more)), "lines": lines}


def _plain(row: Any, names: tuple[str, ...]) -> dict[str, Any]:
    return {name: _value(getattr(row, name)) for name in names}


def _value(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value
