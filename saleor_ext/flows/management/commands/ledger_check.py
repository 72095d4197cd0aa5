"""manage.py ledger_check: does everything hold that must always hold?"""

import json
import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from saleor_ext.common import clock
from saleor_ext.common.errors import NotFound
from saleor_ext.flows.books import ledger


class Command(BaseCommand):
    """Exits with 1 and a readable list when something does not hold."""

    help = "台帳・受領証・お届けの整合を確かめ、合わないものを一覧にします(終了コード 1)。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """This will declare the options."""
        parser.add_argument("--json", action="store_true", help="結果を1つのJSONで出します")
        parser.add_argument(
            "--provider-days",
            type=int,
            default=ledger.PROVIDER_DAYS,
            help="決済会社の合計と照らす日数(0 で照らさない)",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """This will check and print what was found."""
        try:
            breaches = ledger.ledger_check(now=clock.now(), provider_days=options["provider_days"])
        except NotFound as error:
            raise CommandError("自治体の設定がまだありません。") from error
        found = [{"code": breach.code, "text": breach.text} for breach in breaches]
        if options["json"]:
            self.stdout.write(json.dumps({"ok": not found, "breaches": found}, ensure_ascii=False))
        else:
            for item in found:
                self.stdout.write(f"× {item['code']}: {item['text']}")
            self.stdout.write(
                "すべて合っています。" if not found else f"{len(found)} 件が合いません。"
            )
        if found:
            sys.exit(1)
