"""manage.py saleor_app_status: what is right and wrong between us and the shop."""

import json
import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from saleor_ext.flows.shop import shop_status, status_words
from saleor_ext.flows.shop.shop_status import Finding, Level


class Command(BaseCommand):
    """Exits with 1 when something is wrong. Changes nothing."""

    help = (
        "サロンとショップ(Saleor)のあいだで、合っていること、違っていること、"
        "次になさることを示します(違いがあれば終了コード 1)。何も変えません。"
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """This will declare the options."""
        parser.add_argument("--json", action="store_true", help="結果を1つの JSON で出します")

    def handle(self, *args: Any, **options: Any) -> None:
        """This will look, and say what was found."""
        found = list(shop_status.shop_status())
        wrong = [finding for finding in found if finding.level is Level.WRONG]
        if options["json"]:
            result = {"ok": not wrong, "findings": [_record(finding) for finding in found]}
            self.stdout.write(json.dumps(result, ensure_ascii=False))
        else:
            for finding in found:
                for line in status_words.lines_of(finding):
                    self.stdout.write(line)
            self.stdout.write(
                f"{len(wrong)} 件を直す必要があります。" if wrong else "すべて合っています。"
            )
        if wrong:
            sys.exit(1)


def _record(finding: Finding) -> dict[str, str]:
    words = status_words.words_of(finding)
    return {
        "code": finding.code,
        "level": finding.level.value,
        "text": words.found,
        "next_step": words.next_step,
    }
