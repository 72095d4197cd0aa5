"""manage.py ledger_papers: the papers of the ledger as files."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from saleor_ext.common import clock
from saleor_ext.common.errors import NotFound
from saleor_ext.flows.books import paper_files, papers
from saleor_ext.flows.books.period import PeriodInvalid, period_read
from saleor_ext.membership import selectors


class Command(BaseCommand):
    """Writes CSV or PDF; a long ledger becomes several PDFs."""

    help = "寄附台帳・日計表・集計表を、CSV か PDF のファイルに書き出します。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """This will declare the options."""
        parser.add_argument("kind", choices=[str(kind) for kind in papers.PaperKind])
        parser.add_argument(
            "period",
            help="2026-11-24 / 2026-11 / 2026(暦年) / fy2026(年度) / d2026(指定期間)",
        )
        parser.add_argument("--format", choices=["csv", "pdf"], default="csv")
        parser.add_argument("--out", default=".", help="書き出すフォルダー")
        parser.add_argument(
            "--without-people", action="store_true", help="お名前とご住所を書き出しません"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """This will write the files and name them."""
        folder = Path(options["out"])
        if not folder.is_dir():
            raise CommandError(f"フォルダーがありません: {folder}")
        try:
            town = selectors.municipality_get()
            period = period_read(options["period"])
        except NotFound as error:
            raise CommandError("自治体の設定がまだありません。") from error
        except PeriodInvalid as error:
            raise CommandError(
                "期間は 2026-11-24、2026-11、2026、fy2026、d2026 のように指定してください。"
            ) from error
        made = papers.paper_make(
            kind=papers.PaperKind(options["kind"]),
            period=period,
            may_see_people=not options["without_people"],
            is_file=options["format"] == "csv",
        )
        if options["format"] == "csv":
            path = folder / f"{paper_files.file_name(made)}.csv"
            with path.open("w", encoding="utf-8", newline="") as file:
                file.writelines(paper_files.csv_lines(made))
            self.stdout.write(str(path))
            return
        parts = paper_files.pdf_parts(made, town=town, now=clock.now())
        for number, part in enumerate(parts, start=1):
            path = folder / f"{paper_files.file_name(made)}-{number}.pdf"
            path.write_bytes(part)
            self.stdout.write(str(path))
