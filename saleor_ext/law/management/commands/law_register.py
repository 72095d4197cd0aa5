"""manage.py law_register: the rules, what holds on a day, and what changes next."""

import json
from argparse import ArgumentParser
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from saleor_ext.common import clock, jptime
from saleor_ext.law import errors, messages, register


class Command(BaseCommand):
    """Prints the register. Reads nothing else and writes nothing."""

    help = "規則の台帳を表示します。いま適用される規則と、つぎに変わる規則です。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """This will declare the options."""
        parser.add_argument("--on", help="この日に適用される規則 YYYY-MM-DD(省略時は今日)")
        parser.add_argument("--json", action="store_true", help="結果を1つのJSONで出します")

    def handle(self, *args: Any, **options: Any) -> None:
        """This will print."""
        today = clock.today()
        day = _day_read(options["on"]) if options["on"] else today
        try:
            rules, changes = register.rules_on(day=day), register.changes_after(day=day)
        except errors.LawDataInvalid as error:
            raise CommandError(str(error)) from error
        if options["json"]:
            found = {
                "on": day.isoformat(),
                "rules": [_as_json(rule, today=today) for rule in rules],
                "changes": [_change_as_json(change) for change in changes],
            }
            self.stdout.write(json.dumps(found, ensure_ascii=False))
            return
        self._words(rules, changes, day=day, today=today)

    def _words(
        self,
        rules: tuple[register.Rule, ...],
        changes: tuple[register.Change, ...],
        *,
        day: date,
        today: date,
    ) -> None:
        self.stdout.write(f"{jptime.words(day)} に適用される規則")
        for rule in rules:
            marks = "".join(f" [{mark}]" for mark in marks_of(rule, today=today))
            self.stdout.write(f"  {rule.id}: {rule.title}{marks}")
            self.stdout.write(f"      {rule.law} / {rule.source}")
        for change in changes:
            self.stdout.write(f"{jptime.words(change.on)} から")
            for rule in change.end:
                self.stdout.write(f"  - {rule.id}: {rule.title}")
            for rule in change.begin:
                marks = "".join(f" [{mark}]" for mark in marks_of(rule, today=today))
                self.stdout.write(f"  + {rule.id}: {rule.title}{marks}")


def marks_of(rule: register.Rule, *, today: date) -> list[str]:
    """This will say what a reader has to know of a rule's certainty."""
    return [
        *([] if rule.certainty.is_settled else [messages.TO_CONFIRM]),
        *([messages.CHECK_OLD] if rule.is_check_old(today=today) else []),
    ]


def _day_read(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise CommandError(f"日付は 2026-12-24 のように書いてください: {text}") from error


def _as_json(rule: register.Rule, *, today: date) -> dict[str, object]:
    return {
        "id": rule.id,
        "title": rule.title,
        "text": rule.text,
        "law": rule.law,
        "source": rule.source,
        "from": rule.from_date.isoformat(),
        "to": rule.to_date.isoformat() if rule.to_date else None,
        "basis": rule.basis.value,
        "certainty": rule.certainty.value,
        "checked": rule.checked.isoformat(),
        "is_check_old": rule.is_check_old(today=today),
        "numbers": dict(rule.numbers),
    }


def _change_as_json(change: register.Change) -> dict[str, object]:
    return {
        "on": change.on.isoformat(),
        "begin": [rule.id for rule in change.begin],
        "end": [rule.id for rule in change.end],
    }
