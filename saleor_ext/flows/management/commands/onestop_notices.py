"""manage.py onestop_notices: notices to the donors' municipalities as files."""

import logging
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from saleor_ext.common import clock
from saleor_ext.common.errors import NotFound
from saleor_ext.flows.onestop import home_notices, notice_export
from saleor_ext.law.errors import LawDataInvalid
from saleor_ext.onestop import errors
from saleor_ext.onestop.notice_files import NO_CLAIM

logger = logging.getLogger("furusato.access")
ACTOR = "command"


class Command(BaseCommand):
    """Makes notices and takes those that wait out as one ZIP. Nothing is noted as sent."""

    help = (
        "申告特例通知を作り、送るのを待っているものを市区町村ごとのCSVにしてZIPに書き出します。"
        + NO_CLAIM
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """This will declare the options."""
        parser.add_argument("--year", type=int, help="寄附の年(初めの値は去年)")
        parser.add_argument("--home-code", default="", help="この市区町村のコードの分だけ")
        parser.add_argument("--out", default=".", help="書き出すフォルダー")
        parser.add_argument("--no-make", action="store_true", help="作らずに書き出すだけ")

    def handle(self, *args: Any, **options: Any) -> None:
        """This will write the file and say what is in it, and what is not."""
        folder = Path(options["out"])
        if not folder.is_dir():
            raise CommandError(f"フォルダーがありません: {folder}")
        now = clock.now()
        year = options["year"] or home_notices.year_now(now=now)
        try:
            if not options["no_make"]:
                self._make(year)
            export = notice_export.export_make(
                year=year, home_code=options["home_code"], now=now, actor=ACTOR
            )
            made = notice_export.export_file(export_id=export.pk)
        except NotFound as error:
            raise CommandError("自治体の設定がまだありません。") from error
        except errors.NoticeTooEarly as error:
            raise CommandError(f"{year}年分は、{year + 1}年1月1日から作れます。") from error
        except errors.NoticeNothingToExport as error:
            raise CommandError("送るのを待っている通知はありません。") from error
        except LawDataInvalid as error:
            raise CommandError(f"通知の列の設定が読めません: {error}") from error
        path = folder / made.name
        path.write_bytes(made.content)
        logger.info("export what=onestop_notices actor=%s rows=%d", ACTOR, made.written)
        self.stdout.write(str(path))
        self.stdout.write(f"書いた通知 {made.written}件、書けなかった通知 {made.left_out}件")
        self.stdout.write(NO_CLAIM)

    def _make(self, year: int) -> None:
        done = home_notices.notices_make(
            year=year, today=clock.today(), now=clock.now(), actor=ACTOR
        )
        self.stdout.write(f"作った通知 {done.made}件、住所地がわからない方 {done.unknown}人")
