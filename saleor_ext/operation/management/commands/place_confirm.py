"""manage.py place_confirm: a person says that this copy is the salon from now on."""

import getpass
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from saleor_ext.common import clock
from saleor_ext.operation import errors, gate, place, services


class Command(BaseCommand):
    """Binds the database to the present place; the mark must be read off and typed."""

    help = (
        "復元または移転したデータベースを、この場所で使うことを確認します。"
        "元の環境が止まっていることを、先に確かめてください。"
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """This will declare the options."""
        parser.add_argument("mark", help="place_status が示す「この場所の印」")
        parser.add_argument("--reason", required=True, help="確認した理由(記録に残ります)")
        parser.add_argument("--by", default="", help="確認した人(省略時は実行した利用者名)")

    def handle(self, *args: Any, **options: Any) -> None:
        """This will confirm the place and say so."""
        if gate.status().is_home:
            self.stdout.write("このデータベースは、すでに確認済みの場所にあります。")
            return
        try:
            services.place_confirm(
                here=place.here(),
                mark=options["mark"],
                reason=options["reason"],
                actor=actor_of(options["by"]),
                now=clock.now(),
            )
        except errors.MarkMismatch as error:
            raise CommandError(
                "印が違います。place_status が示す「この場所の印」を入力してください。"
            ) from error
        except errors.ReasonMissing as error:
            raise CommandError("理由を入力してください。") from error
        self.stdout.write("確認しました。寄附、メール、お店への連絡がこの場所で再開します。")


def actor_of(given: str) -> str:
    """This will name who runs the command, for the record."""
    return f"operator:{given.strip() or getpass.getuser()}"
