"""What commands share that an operator runs on his own word: a reason, and who he is."""

import getpass
from argparse import ArgumentParser
from collections.abc import Callable
from typing import Any, ClassVar

from django.core.management.base import BaseCommand, CommandError

from saleor_ext.common import clock
from saleor_ext.operation import errors, gate

REASON_MISSING = "理由を入力してください。"


class OperatorCommand(BaseCommand):
    """A command that leaves its reason and its operator in the record."""

    def add_arguments(self, parser: ArgumentParser) -> None:
        """This will declare the options."""
        parser.add_argument("--reason", required=True, help="理由(記録に残ります)")
        parser.add_argument("--by", default="", help="操作した人(省略時は実行した利用者名)")

    @staticmethod
    def actor_of(given: str) -> str:
        """This will name who runs the command, for the record."""
        return f"operator:{given.strip() or getpass.getuser()}"


class SwitchCommand(OperatorCommand):
    """Stops donations or lets them go on. `switch` says whether anything changed."""

    switch: ClassVar[Callable[..., bool]]
    done: ClassVar[str]
    unchanged: ClassVar[str]

    def handle(self, *args: Any, **options: Any) -> None:
        """This will turn the switch and say so."""
        gate.status()
        try:
            is_done = type(self).switch(
                reason=options["reason"], actor=self.actor_of(options["by"]), now=clock.now()
            )
        except errors.ReasonMissing as error:
            raise CommandError(REASON_MISSING) from error
        self.stdout.write(self.done if is_done else self.unchanged)
