"""manage.py rehearse: tells what the coming months will bring, without touching anything."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from saleor_ext.common import clock, csv_text
from saleor_ext.common.errors import NotFound
from saleor_ext.flows.rehearsal import rehearsing
from saleor_ext.flows.rehearsal.assuming import Assumptions
from saleor_ext.membership import selectors

MONTHS_MOST = 36
PERCENT_MOST = 100


class Command(BaseCommand):
    """Reads, reckons, prints. Nothing is written."""

    help = (
        "これからの月を、本番と同じ決まりで予行します。データは何も変わりません。"
        "いまお支払い待ちの寄附は、残っている再試行の日に、仮定した割合で(仮定がなければすべて)"
        "受け取れるものとします。会員の手続きが要るものは、期限の日に不成立とします。"
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """This will declare the options."""
        parser.add_argument("--member", help="この会員番号だけを予行します(省略時は全員)")
        parser.add_argument("--months", type=int, default=rehearsing.MONTHS, help="何か月分か")
        parser.add_argument(
            "--declined", type=int, default=0, help="一度で通らない寄附の割合(%%)の仮定"
        )
        parser.add_argument(
            "--recovered", type=int, default=0, help="そのうち、あとで受け取れる割合(%%)の仮定"
        )
        shape = parser.add_mutually_exclusive_group()
        shape.add_argument("--json", action="store_true", help="結果を1つのJSONで出します")
        shape.add_argument("--csv", action="store_true", help="結果をCSVで出します")

    def handle(self, *args: Any, **options: Any) -> None:
        """This will rehearse and print what it tells."""
        if not 1 <= options["months"] <= MONTHS_MOST:
            raise CommandError(f"--months は1から{MONTHS_MOST}までです。")
        if not all(0 <= options[name] <= PERCENT_MOST for name in ("declined", "recovered")):
            raise CommandError("--declined と --recovered は0から100までです。")
        try:
            if options["member"]:
                self._member(options)
            else:
                self._all(options)
        except NotFound as error:
            raise CommandError("その会員、または自治体の設定が見つかりません。") from error

    def _member(self, options: dict[str, Any]) -> None:
        membership = selectors.membership_by_public_id(public_id=options["member"])
        events = rehearsing.rehearse_member(
            membership=membership,
            today=clock.today(),
            months=options["months"],
            assumed=_assumed(options),
        )
        rows = [
            (
                event.day.isoformat(),
                f"{event.month:%Y-%m}",
                str(event.turn),
                event.box.title if event.box else event.reason or event.tier_name,
                event.amount_yen,
            )
            for event in events
        ]
        self._print(("day", "month", "turn", "detail", "yen"), rows, options)

    def _all(self, options: dict[str, Any]) -> None:
        report = rehearsing.rehearse_all(
            today=clock.today(),
            months=options["months"],
            assumed=_assumed(options),
            progress=lambda done: self.stderr.write(f"会員 {done}人まで数えました。"),
        )
        if options["json"]:
            self.stdout.write(json.dumps(report, ensure_ascii=False))
            return
        columns = ("month", "donations", "donations_yen", "at_risk_yen", "boxes")
        rows = [tuple(row[name] for name in columns) for row in report["months"]]
        self._print(columns, rows, options)
        if not options["csv"]:
            self._notes(report)

    def _print(
        self, header: tuple[str, ...], rows: list[tuple[Any, ...]], options: dict[str, Any]
    ) -> None:
        if options["json"]:
            found = [dict(zip(header, row, strict=True)) for row in rows]
            self.stdout.write(json.dumps(found, ensure_ascii=False))
        elif options["csv"]:
            for line in csv_text.lines(header=header, rows=rows):
                self.stdout.write(line, ending="")
        else:
            for row in rows:
                self.stdout.write("  ".join(str(value) for value in row))

    def _notes(self, report: dict[str, Any]) -> None:
        for row in report["stops"]:
            self.stdout.write(f"止まる月 {row['code']}: {sum(row['counts'])}")
        for row in report["turns"]:
            self.stdout.write(f"出来事 {row['code']}: {sum(row['counts'])}")
        for row in report["shortages"]:
            self.stdout.write(
                f"足りなくなる品 {row['gift']}: {row['month'][:7]} 必要 {row['needed']} "
                f"在庫 {row['free']}"
            )


def _assumed(options: dict[str, Any]) -> Assumptions:
    return Assumptions(declined_percent=options["declined"], recovered_percent=options["recovered"])
