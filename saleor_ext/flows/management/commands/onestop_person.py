"""manage.py onestop_person: shows or erases what is kept of a donor for the one-stop exception."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from saleor_ext.common import clock
from saleor_ext.flows.onestop import personal


class Command(BaseCommand):
    """By the donor's number, never by a name."""

    help = "ワンストップ特例のために控えている1人分の情報を、JSONで出すか、消します。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """This will declare the options."""
        parser.add_argument("donor_id", type=int, help="寄附者の番号(会員のページの番号)")
        parser.add_argument("--erase", action="store_true", help="氏名・住所などを消す")

    def handle(self, *args: Any, **options: Any) -> None:
        """This will print the export, or erase and say how many years there were."""
        if options["erase"]:
            count = personal.donor_erase(donor_id=options["donor_id"], now=clock.now())
            self.stdout.write(f"{count}年分を消しました。")
            return
        found = personal.donor_export(donor_id=options["donor_id"])
        self.stdout.write(json.dumps(found, ensure_ascii=False, indent=2))
