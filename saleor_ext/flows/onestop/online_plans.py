"""What each result of an online application would do, judged by how things stand. Pure reading."""

import hashlib
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, TypeVar

from django.db.models import Q, TextChoices

from saleor_ext.common import jptime
from saleor_ext.donations import models as donation_models
from saleor_ext.onestop import importing, models, numbers, selectors, states
from saleor_ext.receipts import models as receipt_models

_LEDGER = re.compile(r"(\d{4})-(\d{1,9})")
AT_ONCE = 500
_Row = Mapping[str, Any]
T = TypeVar("T")


class Effect(TextChoices):
    """What becomes of one result (取り込むとどうなるか)."""

    ACCEPT = "accept", "受付済みにする"
    WISH = "wish", "希望も登録して受付"
    NOTE = "note", "却下を記録する"
    ALREADY = "already", "もう受付済み"
    KNOWN = "known", "取り込み済み"
    UNKNOWN_NUMBER = "unknown_number", "寄附が見つからない"
    TWO_DONORS = "two_donors", "別々の方の寄附"
    OTHER_YEAR = "other_year", "寄附年がちがう"
    FUTURE = "future", "申請日時が先の日"
    BEFORE_DONATION = "before_donation", "寄附より前の申請"
    LATE = "late", "期限を過ぎた申請"
    WITHDRAWN = "withdrawn", "取り下げた方"
    NO_APPLICATION = "no_application", "申請がない(無効など)"


TAKEN = frozenset({Effect.ACCEPT, Effect.WISH, Effect.NOTE, Effect.ALREADY})
"""Effects with which a result is taken in and its reference remembered."""
MOVING = frozenset({Effect.ACCEPT, Effect.WISH})
"""Effects with which an application is accepted."""


@dataclass(frozen=True, kw_only=True)
class Plan:
    """One result and what it does. `application_ids` are those it accepts, in the order of their
    donations; `numbers` are theirs, or those of the file where nothing was found.
    """

    row: _Row
    effect: Effect
    donor_id: int | None = None
    application_ids: tuple[int, ...] = ()
    donation_ids: tuple[int, ...] = ()
    numbers: tuple[str, ...] = ()

    @property
    def is_taken(self) -> bool:
        """Whether the result is taken in at all."""
        return self.effect in TAKEN


@dataclass(frozen=True, kw_only=True)
class _Given:
    """One donation that a file names."""

    donation_id: int
    donor_id: int
    year: int
    donated_on: date


def plans_make(online_import: models.OnlineImport, *, today: date) -> list[Plan]:
    """This will judge every result of a file, in its order."""
    return plans_of(online_import, rows=online_import.rows, today=today)


def plans_of(
    online_import: models.OnlineImport, *, rows: Sequence[_Row], today: date
) -> list[Plan]:
    """This will judge some results of a file."""
    known: set[tuple[str, str]] = set()
    for batch in _batches([row["reference"] for row in rows]):
        known |= importing.results_known(
            municipality_id=online_import.municipality_id,
            service=online_import.service,
            references=batch,
        )
    given = _given_of({text for row in rows for text in row["numbers"]})
    years = _years_of({(one.donor_id, one.year) for one in given.values()})
    judge = _Judge(known=known, given=given, years=years, today=today)
    return [judge.plan(row) for row in rows]


def sign_of(plans: Sequence[Plan]) -> str:
    """This will return a short sign of what was shown, to notice when it is no longer so."""
    told = [
        f"{plan.row['reference']}:{plan.effect}:{','.join(map(str, plan.application_ids))}"
        for plan in plans
    ]
    return hashlib.sha256("\n".join(told).encode()).hexdigest()[:32]


@dataclass(frozen=True, kw_only=True)
class _Judge:
    """How things stand, for judging the results of a file."""

    known: set[tuple[str, str]]
    given: Mapping[str, _Given]
    years: "Mapping[tuple[int, int], _Year]"
    today: date

    def plan(self, row: _Row) -> Plan:
        """This will judge one result."""
        named = [self.given[text] for text in row["numbers"] if text in self.given]
        problem = self._problem(row, named)
        if problem is not None:
            return Plan(row=row, effect=problem, numbers=tuple(row["numbers"]))
        donor_id = named[0].donor_id
        if row["outcome"] == states.OnlineOutcome.REFUSED:
            return Plan(
                row=row, effect=Effect.NOTE, donor_id=donor_id, numbers=tuple(row["numbers"])
            )
        return self._plan_accept(row, named, donor_id=donor_id)

    def _problem(self, row: _Row, named: Sequence[_Given]) -> Effect | None:
        day = _day_of(row)
        checks = (
            ((row["reference"], row["outcome"]) in self.known, Effect.KNOWN),
            (len(named) != len(row["numbers"]), Effect.UNKNOWN_NUMBER),
            (len({one.donor_id for one in named}) > 1, Effect.TWO_DONORS),
            (any(one.year != row["year"] for one in named), Effect.OTHER_YEAR),
            (day > self.today, Effect.FUTURE),
            (any(one.donated_on > day for one in named), Effect.BEFORE_DONATION),
            (not selectors.is_in_time(year=row["year"], day=day), Effect.LATE),
        )
        return next((effect for is_so, effect in checks if is_so), None)

    def _plan_accept(self, row: _Row, named: Sequence[_Given], *, donor_id: int) -> Plan:
        year = self.years.get((donor_id, row["year"]))
        numbers_ = tuple(row["numbers"])
        if year is not None and year.is_wanted is False:
            return Plan(row=row, effect=Effect.WITHDRAWN, donor_id=donor_id, numbers=numbers_)
        donations = tuple(one.donation_id for one in named)
        if year is None or year.is_wanted is None:
            return Plan(
                row=row,
                effect=Effect.WISH,
                donor_id=donor_id,
                donation_ids=donations,
                numbers=numbers_,
            )
        targets = year.targets(donations, day=_day_of(row), is_whole_year=row["is_whole_year"])
        if targets is None:
            return Plan(row=row, effect=Effect.NO_APPLICATION, donor_id=donor_id, numbers=numbers_)
        waiting = [one for one in targets if one.state not in states.APPLICATION_ACCEPTED]
        return Plan(
            row=row,
            effect=Effect.ACCEPT if waiting else Effect.ALREADY,
            donor_id=donor_id,
            application_ids=tuple(one.pk for one in waiting),
            donation_ids=donations,
            numbers=tuple(one.number for one in waiting or targets),
        )


@dataclass(frozen=True, kw_only=True)
class _Year:
    """What a donor wants for a year, and his applications that are not void."""

    is_wanted: bool | None
    live: Sequence[models.OneStopApplication]

    def targets(
        self, donation_ids: Sequence[int], *, day: date, is_whole_year: bool
    ) -> list[models.OneStopApplication] | None:
        """Those a result is about; None when a named donation has none. What was given after the
        day of the application was not applied for.
        """
        by_donation = {one.donation_id: one for one in self.live}
        if any(donation_id not in by_donation for donation_id in donation_ids):
            return None
        if is_whole_year:
            return [one for one in self.live if one.donation.donated_on <= day]
        return [by_donation[donation_id] for donation_id in donation_ids]


def _day_of(row: _Row) -> date:
    return jptime.jst_date(datetime.fromisoformat(row["applied_at"]))


def _given_of(texts: Iterable[str]) -> dict[str, _Given]:
    """The donations by each number as the file has it: a form's, a receipt's, the ledger's."""
    found: dict[str, _Given] = {}
    for batch in _batches(sorted(texts)):
        ids = {**_by_ledger(batch), **_by_receipt(batch), **_by_form(batch)}
        rows = donation_models.Donation.objects.in_bulk(set(ids.values()))
        for text, donation_id in ids.items():
            row = rows[donation_id]
            found[text] = _Given(
                donation_id=row.pk,
                donor_id=row.donor_id,
                year=row.receipt_year or 0,
                donated_on=row.donated_on,
            )
    return found


def _by_form(texts: Sequence[str]) -> dict[str, int]:
    read = {number: text for text in texts if (number := numbers.number_read(text))}
    rows = models.OneStopApplication.objects.filter(number__in=read)
    return {read[number]: pk for number, pk in rows.values_list("number", "donation_id")}


def _by_receipt(texts: Sequence[str]) -> dict[str, int]:
    rows = receipt_models.ReceiptLine.objects.filter(number__in=texts, is_current=True)
    return dict(rows.values_list("number", "donation_id"))


def _by_ledger(texts: Sequence[str]) -> dict[str, int]:
    read = {
        (int(matched[1]), int(matched[2])): text
        for text in texts
        if (matched := _LEDGER.fullmatch(text))
    }
    wanted = Q(pk__in=[])
    for year, number in read:
        wanted |= Q(receipt_year=year, receipt_number=number)
    rows = donation_models.Donation.objects.filter(wanted, corrects__isnull=True)
    return {
        read[year, number]: pk
        for year, number, pk in rows.values_list("receipt_year", "receipt_number", "pk")
        if year is not None and number is not None
    }


def _years_of(pairs: Iterable[tuple[int, int]]) -> dict[tuple[int, int], _Year]:
    wanted = set(pairs)
    found: dict[tuple[int, int], _Year] = {}
    for batch in _batches(sorted({donor_id for donor_id, _ in wanted})):
        rows = models.OneStopYear.objects.filter(donor_id__in=batch)
        live: dict[int, list[models.OneStopApplication]] = defaultdict(list)
        held = selectors.applications().filter(onestop_year__in=rows)
        held = held.exclude(state=states.ApplicationState.VOID)
        for one in held.order_by("donation__donated_on", "donation_id"):
            live[one.onestop_year_id].append(one)
        for row in rows:
            if (row.donor_id, row.year) in wanted:
                found[row.donor_id, row.year] = _Year(is_wanted=row.is_wanted, live=live[row.pk])
    return found


def _batches(values: Sequence[T]) -> Iterable[Sequence[T]]:
    return (values[first : first + AT_ONCE] for first in range(0, len(values), AT_ONCE))
