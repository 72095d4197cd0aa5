"""The register of rules (規則の台帳): what we do, by which law, from when to when, how sure.

The rules are data in fixtures/law/register.toml. Code cites a rule in a docstring or comment by
`Law:` and its id; a test refuses an id that is not here. Code that needs a number of a rule asks
by topic and by the day that matters.
"""

import functools
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Any

from saleor_ext.law import data_files, errors

FILE = "register.toml"
CHECK_VALID_DAYS = 365
_TEXTS = ("id", "topic", "title", "text", "law", "source")
_KEYS = frozenset({*_TEXTS, "from", "to", "basis", "certainty", "checked", "numbers"})


class Basis(StrEnum):
    """Which day decides whether a rule holds."""

    DONATION = "donation"
    OFFER = "offer"
    SHIPMENT = "shipment"
    ALWAYS = "always"


@dataclass(frozen=True, kw_only=True)
class Rule:
    """One rule. `from_date` and `to_date` are days in Japan and included."""

    id: str
    topic: str
    title: str
    text: str
    law: str
    source: str
    from_date: date
    to_date: date | None
    basis: Basis
    certainty: data_files.Certainty
    checked: date
    numbers: Mapping[str, int]

    def holds_on(self, day: date) -> bool:
        """This will say whether the rule is in force on a day."""
        return self.from_date <= day and (self.to_date is None or day <= self.to_date)

    def is_check_old(self, *, today: date) -> bool:
        """This will say whether somebody should look again whether the rule still stands."""
        return (today - self.checked).days > CHECK_VALID_DAYS


@dataclass(frozen=True, kw_only=True)
class Change:
    """What happens on a day: rules that begin, and rules whose last day was the day before."""

    on: date
    begin: tuple[Rule, ...]
    end: tuple[Rule, ...]


def rules_all() -> tuple[Rule, ...]:
    """This will return every rule of the present data file, in its order.

    Raises:
        LawDataInvalid: the file is missing or breaks its own rules.
    """
    return rules_read(data_files.data_path(FILE))


def rules_on(*, day: date) -> tuple[Rule, ...]:
    """This will return the rules in force on a day."""
    return tuple(rule for rule in rules_all() if rule.holds_on(day))


def rule_on(*, topic: str, day: date) -> Rule | None:
    """This will return the rule about a topic that is in force on the day that matters, if any.

    Raises:
        LawDataInvalid: no rule ever was about this topic, so the caller misspelt it.
    """
    about = [rule for rule in rules_all() if rule.topic == topic]
    if not about:
        raise errors.LawDataInvalid(f"{FILE}: 話題 {topic} の規則がありません")
    return next((rule for rule in about if rule.holds_on(day)), None)


def number_on(*, topic: str, name: str, day: date) -> int | None:
    """This will return a number of the rule about a topic on a day; None when none is in force."""
    rule = rule_on(topic=topic, day=day)
    return None if rule is None else rule.numbers[name]


def changes_after(*, day: date) -> tuple[Change, ...]:
    """This will list what changes after a day, nearest first."""
    return tuple(change for change in _changes() if change.on > day)


def change_latest(*, day: date) -> Change | None:
    """This will return the latest change up to and including a day."""
    return next((change for change in reversed(_changes()) if change.on <= day), None)


def _changes() -> list[Change]:
    rules = rules_all()
    days = {rule.from_date for rule in rules}
    days |= {_day_after(rule.to_date) for rule in rules if rule.to_date}
    return [
        Change(
            on=day,
            begin=tuple(rule for rule in rules if rule.from_date == day),
            end=tuple(rule for rule in rules if rule.to_date and _day_after(rule.to_date) == day),
        )
        for day in sorted(days)
    ]


def _day_after(day: date) -> date:
    return date.fromordinal(day.toordinal() + 1)


@functools.cache
def rules_read(path: Path) -> tuple[Rule, ...]:
    """This will read and check a register."""
    data = data_files.data_read(path)
    data_files.keys_only(data, frozenset({"rules"}), where=path.name)
    entries: list[dict[str, Any]] = data_files.value_of(data, "rules", list, where=path.name)
    rules = tuple(_rule(entry) for entry in entries)
    _once_check(rules)
    return rules


def _rule(entry: Mapping[str, Any]) -> Rule:
    where = str(entry.get("id", FILE))
    data_files.keys_only(entry, _KEYS, where=where)
    basis = data_files.value_of(entry, "basis", str, where=where)
    if basis not in set(Basis):
        raise errors.LawDataInvalid(f"{where}: basis が正しくありません({basis})")
    rule = Rule(
        **{name: data_files.value_of(entry, name, str, where=where) for name in _TEXTS},
        from_date=data_files.value_of(entry, "from", date, where=where),
        to_date=data_files.value_of(entry, "to", date, where=where) if "to" in entry else None,
        basis=Basis(basis),
        certainty=data_files.certainty_of(entry, where=where),
        checked=data_files.value_of(entry, "checked", date, where=where),
        numbers=_numbers(entry, where=where),
    )
    if rule.to_date is not None and rule.to_date < rule.from_date:
        raise errors.LawDataInvalid(f"{where}: to が from より前です")
    return rule


def _numbers(entry: Mapping[str, Any], *, where: str) -> dict[str, int]:
    numbers: dict[str, Any] = entry.get("numbers", {})
    if not isinstance(numbers, dict):
        raise errors.LawDataInvalid(f"{where}: numbers の形がちがいます")
    return {name: data_files.value_of(numbers, name, int, where=where) for name in numbers}


def _once_check(rules: tuple[Rule, ...]) -> None:
    """Ids are there once, and of one topic never two rules on one day, each with the same numbers.

    Raises:
        LawDataInvalid: they are not.
    """
    ids = [rule.id for rule in rules]
    if twice := {name for name in ids if ids.count(name) > 1}:
        raise errors.LawDataInvalid(f"{FILE}: id が重なっています({', '.join(sorted(twice))})")
    for first in rules:
        for other in rules:
            if first is other or first.topic != other.topic:
                continue
            if first.holds_on(other.from_date):
                raise errors.LawDataInvalid(f"{FILE}: {first.id} と {other.id} の期間が重なります")
            if set(first.numbers) != set(other.numbers):
                raise errors.LawDataInvalid(f"{FILE}: {first.id} と {other.id} の数字が合いません")
