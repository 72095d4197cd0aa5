"""manage.py money_match: compares ledger, provider and shop to the yen, and lists what differs."""

import json
import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from saleor_ext.balance import selectors
from saleor_ext.common import clock
from saleor_ext.flows.books import matching
from saleor_ext.flows.management.commands.run_cycles import date_read
from saleor_ext.operation import gate


class Command(BaseCommand):
    """Exits with 1 when something does not match or the provider cannot be asked."""

    help = "台帳、決済会社の入出金、ショップの入金を日ごとに比べ、合わないものを一覧にします。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """This will declare the options."""
        parser.add_argument(
            "--day",
            help="比べる日 YYYY-MM-DD(省略時は前日までの7日、まだ比べていない日、合わない日)",
        )
        parser.add_argument("--json", action="store_true", help="結果を1つのJSONで出します")

    def handle(self, *args: Any, **options: Any) -> None:
        """This will compare and print what was found."""
        if not gate.is_home():
            raise CommandError("複製された環境です。manage.py place_status で確かめてください。")
        now = clock.now()
        if options["day"]:
            report = matching.match_days(days=[date_read(options["day"])], now=now)
        else:
            report = matching.match_daily(now=now)
        if report.silent:
            raise CommandError(f"決済会社につながりません({report.silent})。")
        found = [
            {
                "day": gap.match_day.day.isoformat(),
                "code": gap.code,
                "subject": gap.subject,
                "ledger_yen": gap.ledger_yen,
                "provider_yen": gap.provider_yen,
                "shop_yen": gap.shop_yen,
            }
            for gap in selectors.gaps()
        ]
        if options["json"]:
            self.stdout.write(json.dumps({"ok": not found, "days": report.days, "gaps": found}))
        else:
            for gap in found:
                self.stdout.write("× " + " ".join(f"{name}={gap[name]}" for name in gap))
            count = len(found)
            self.stdout.write(f"{count} 件が合いません。" if count else "すべて合っています。")
        if found:
            sys.exit(1)
