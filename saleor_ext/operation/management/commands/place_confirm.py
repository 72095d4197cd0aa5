"""manage.py place_confirm: a person says that this copy is the salon from now on."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import CommandError

from saleor_ext.common import clock
from saleor_ext.operation import errors, gate, place, services
from saleor_ext.operation.management.operators import REASON_MISSING, OperatorCommand


class Command(OperatorCommand):
    """Binds the database to the present place; the mark must be read off and typed."""

    help = (
        "復元または移転したデータベースを、この場所で使うことを確認します。"
        "元の環境が止まっていることを、先に確かめてください。"
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """This will declare the options."""
        parser.add_argument("mark", help="place_status が示す「この場所の印」")
        super().add_arguments(parser)

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
                actor=self.actor_of(options["by"]),
                now=clock.now(),
            )
        except errors.MarkMismatch as error:
            raise CommandError(
                "印が違います。place_status が示す「この場所の印」を入力してください。"
            ) from error
        except errors.ReasonMissing as error:
            raise CommandError(REASON_MISSING) from error
        self.stdout.write("確認しました。寄附、メール、お店への連絡がこの場所で再開します。")
