"""manage.py charging_start: lets donations be taken again."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from saleor_ext.common import clock
from saleor_ext.operation import errors, gate, services
from saleor_ext.operation.management.commands.place_confirm import actor_of


class Command(BaseCommand):
    """What fell due meanwhile is taken by the next run."""

    help = "止めていた寄附の受け取りを再開します。止まっていた間の分も、次の処理で受け取ります。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """This will declare the options."""
        parser.add_argument("--reason", required=True, help="理由(記録に残ります)")
        parser.add_argument("--by", default="", help="操作した人(省略時は実行した利用者名)")

    def handle(self, *args: Any, **options: Any) -> None:
        """This will let donations go on and say so."""
        gate.status()
        try:
            is_done = services.charging_start(
                reason=options["reason"], actor=actor_of(options["by"]), now=clock.now()
            )
        except errors.ReasonMissing as error:
            raise CommandError("理由を入力してください。") from error
        if is_done:
            self.stdout.write(
                "寄附の受け取りを再開しました。止まっていたあいだに期日が来た分は、次の処理で受け取ります。"
            )
        else:
            self.stdout.write("寄附の受け取りは止まっていません。")
