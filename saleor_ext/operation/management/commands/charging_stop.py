"""manage.py charging_stop: stops all taking of donations at once."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from saleor_ext.common import clock
from saleor_ext.operation import errors, gate, services
from saleor_ext.operation.management.commands.place_confirm import actor_of


class Command(BaseCommand):
    """Mail, orders and parcels go on; what was under way is still written down."""

    help = "すべての寄附の受け取りを、すぐに止めます(進行中の決済は最後まで記録します)。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """This will declare the options."""
        parser.add_argument("--reason", required=True, help="理由(記録に残ります)")
        parser.add_argument("--by", default="", help="操作した人(省略時は実行した利用者名)")

    def handle(self, *args: Any, **options: Any) -> None:
        """This will stop donations and say so."""
        gate.status()
        try:
            is_done = services.charging_stop(
                reason=options["reason"], actor=actor_of(options["by"]), now=clock.now()
            )
        except errors.ReasonMissing as error:
            raise CommandError("理由を入力してください。") from error
        if is_done:
            self.stdout.write(
                "寄附の受け取りを止めました。進行中だった決済の結果は、これまでどおり記録されます。"
            )
        else:
            self.stdout.write("寄附の受け取りは、すでに止まっています。")
