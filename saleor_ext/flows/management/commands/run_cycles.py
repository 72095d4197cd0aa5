"""manage.py run_cycles: brings every membership to where it should be on a day."""

import json
from argparse import ArgumentParser
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from saleor_ext.common import clock, jptime
from saleor_ext.common.errors import NotFound
from saleor_ext.flows.month import monthly, run_record
from saleor_ext.operation.errors import PlaceUnconfirmed

LABELS = {
    "as_of": "対象日",
    "planned": "新しく予定した回",
    "locked": "確定した回",
    "due": "寄附日が来た回",
    "charged": "寄附を受け取った回",
    "declined": "カードが通らなかった回",
    "unknown": "結果を確認中の回",
    "waiting": "止まったあと、職員の決定を待つ回",
    "skipped": "見送った回",
    "parked": "職員の確認が必要になった会員",
    "donations_yen": "受け取った寄附(円)",
    "orders": "作成した注文",
    "shipments": "生産者へ依頼したお届け",
    "stopped": "寄附を止めている理由",
}


class Command(BaseCommand):
    """Plans, locks, charges, records, orders and lists. Safe to repeat."""

    help = (
        "会員の月を進めます(予定・確定・寄附・注文・お届け依頼)。何度実行しても二重にはなりません。"
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """This will declare the options."""
        parser.add_argument("--as-of", help="対象日 YYYY-MM-DD(省略時は今日・日本時間)")
        parser.add_argument("--dry-run", action="store_true", help="変更せず、件数だけを示します")
        parser.add_argument("--json", action="store_true", help="結果を1つのJSONで出します")

    def handle(self, *args: Any, **options: Any) -> None:
        """This will run the month and print the report."""
        as_of = date_read(options["as_of"]) if options["as_of"] else clock.today()
        if as_of > clock.today() and not options["dry_run"]:
            self._move_clock(as_of)
        try:
            report = monthly.run_cycles(
                as_of=as_of,
                now=clock.now(),
                actor="command",
                dry_run=options["dry_run"],
                tell=self._tell,
            )
        except NotFound as error:
            raise CommandError(
                "自治体の設定がまだありません。先に設定を読み込んでください。"
            ) from error
        except PlaceUnconfirmed as error:
            raise CommandError(
                "このデータベースは複製または移転されたものです。寄附も、メールも、お店への連絡も止めています。"
                "manage.py place_status で確かめてください。"
            ) from error
        self._print(report.as_json(), as_json=options["json"])

    def _move_clock(self, as_of: date) -> None:
        """A day that has not come can be run only where the clock can be moved to it."""
        if not clock.is_movable():
            raise CommandError(
                f"{as_of} はまだ来ていません。先の日付は --dry-run でだけ確かめられます。"
            )
        clock.move_to(jptime.jst_moment(as_of, hour=10))
        self.stderr.write(f"体験用の時計を {jptime.words(as_of)} 10:00 に進めました。")

    def _tell(self, progress: run_record.Progress) -> None:
        """Beside the report: whoever waits sees that it goes on, and whoever reads it does not."""
        words = progress.phase.label
        if progress.planned:
            words += f": {progress.handled:,} / {progress.planned:,}件"
            words += f"(毎秒{progress.per_second:.1f}件)"
        self.stderr.write(words)

    def _print(self, report: dict[str, object], *, as_json: bool) -> None:
        if as_json:
            self.stdout.write(json.dumps(report, ensure_ascii=False))
            return
        for key, value in report.items():
            self.stdout.write(f"{LABELS[key]}: {value}")


def date_read(text: str) -> date:
    """This will read a date typed on the command line.

    Raises:
        CommandError: it is not a date.
    """
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise CommandError(f"日付は 2026-12-24 のように書いてください: {text}") from error
