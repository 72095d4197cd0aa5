"""The register of rules, put in the order in which it is read, and gifts that need a row."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from saleor_ext.dashboard.queries import value_added
from saleor_ext.law import messages, register

BASIS_LABELS = {
    register.Basis.DONATION: "寄附日",
    register.Basis.OFFER: "返礼品を出す日",
    register.Basis.SHIPMENT: "発送日",
    register.Basis.ALWAYS: "いつも",
}


@dataclass(frozen=True, kw_only=True)
class RuleLine:
    """A rule, with what has to be said of its certainty."""

    rule: register.Rule
    basis: str
    to_confirm: str
    check_old: str


@dataclass(frozen=True, kw_only=True)
class ChangeLine:
    """What changes on a day."""

    on: date
    begin: tuple[RuleLine, ...]
    end: tuple[RuleLine, ...]


@dataclass(frozen=True, kw_only=True)
class LawPage:
    """What the page is given."""

    day: date
    is_today: bool
    holding: tuple[RuleLine, ...]
    latest: ChangeLine | None
    changes: tuple[ChangeLine, ...]
    past: tuple[RuleLine, ...]
    gifts: tuple[value_added.ListedLine, ...]
    to_confirm_count: int
    check_old_count: int


def law_page(*, day: date, today: date) -> LawPage:
    """This will gather the register as it stands on a day."""
    holding = _lines(register.rules_on(day=day), today=today)
    every = _lines(register.rules_all(), today=today)
    latest = register.change_latest(day=day)
    return LawPage(
        day=day,
        is_today=day == today,
        holding=holding,
        latest=_change(latest, today=today) if latest else None,
        changes=tuple(_change(item, today=today) for item in register.changes_after(day=day)),
        past=tuple(line for line in every if line.rule.to_date and line.rule.to_date < day),
        gifts=value_added.listed_lines(day=day),
        to_confirm_count=sum(1 for line in holding if line.to_confirm),
        check_old_count=sum(1 for line in every if line.check_old),
    )


def _lines(rules: Iterable[register.Rule], *, today: date) -> tuple[RuleLine, ...]:
    return tuple(_line(rule, today=today) for rule in rules)


def _line(rule: register.Rule, *, today: date) -> RuleLine:
    return RuleLine(
        rule=rule,
        basis=BASIS_LABELS[rule.basis],
        to_confirm="" if rule.certainty.is_settled else messages.TO_CONFIRM,
        check_old=messages.CHECK_OLD if rule.is_check_old(today=today) else "",
    )


def _change(change: register.Change, *, today: date) -> ChangeLine:
    return ChangeLine(
        on=change.on,
        begin=_lines(change.begin, today=today),
        end=_lines(change.end, today=today),
    )
