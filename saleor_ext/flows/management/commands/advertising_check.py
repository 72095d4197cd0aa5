"""manage.py advertising_check: words that public texts may not use."""

import json
import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from saleor_ext.flows import public_texts
from saleor_ext.law.errors import LawDataInvalid


class Command(BaseCommand):
    """Exits with 1 when a word was found that staff have not looked at."""

    help = "公開の文とメールに、使わない言葉がないか調べます(見つかると終了コード 1)。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """This will declare the options."""
        parser.add_argument("--json", action="store_true", help="結果を1つのJSONで出します")

    def handle(self, *args: Any, **options: Any) -> None:
        """This will search and print."""
        try:
            found = public_texts.findings()
        except LawDataInvalid as error:
            raise CommandError(str(error)) from error
        open_count = sum(1 for finding in found if finding.review is None)
        if options["json"]:
            rows = [_as_json(finding) for finding in found]
            self.stdout.write(
                json.dumps({"open": open_count, "findings": rows}, ensure_ascii=False)
            )
        else:
            for finding in found:
                mark = "×" if finding.review is None else "確認済み"
                word, around = finding.found.word.word, finding.found.around
                self.stdout.write(f"{mark} {finding.label}: 「{word}」 …{around}…")
            self.stdout.write(f"確認していない言葉: {open_count} 件")
        if open_count:
            sys.exit(1)


def _as_json(finding: public_texts.Finding) -> dict[str, object]:
    return {
        "place": finding.place,
        "word": finding.found.word.word,
        "law": finding.found.word.law,
        "around": finding.found.around,
        "reviewed": finding.review is not None,
        "reason": finding.review.reason if finding.review else None,
    }
