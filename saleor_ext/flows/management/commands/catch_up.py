"""manage.py catch_up: shows the donations missed during a stop, and decides about them."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import CommandError

from saleor_ext.common import clock, jptime
from saleor_ext.flows.month import catch_up
from saleor_ext.operation import errors
from saleor_ext.operation.management.operators import REASON_MISSING, OperatorCommand

DECISIONS = {"charge": "いま受け取る", "ask": "寄附者に尋ねる", "skip": "見送る"}

CHANGED = "待っている寄附が変わりました。もう一度確かめてください。何も変えていません。"


class Command(OperatorCommand):
    """Without a decision nothing is changed. The sum must be typed, so that no script decides. With
    the sign that was printed beside it only the very months that were printed are decided about.
    """

    help = "処理が止まって受け取れなかった寄附を示し、受け取る・尋ねる・見送るを決めます。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """This will declare the options."""
        parser.add_argument("--decide", choices=sorted(DECISIONS), help="決めること")
        parser.add_argument("--yen", type=int, help="示された合計金額(確認のため)")
        parser.add_argument("--plan", default="", help="示された印(省略できます)")
        parser.add_argument("--reason", default="", help="理由(記録に残ります。見送りには必須)")
        parser.add_argument("--by", default="", help="操作した人(省略時は実行した利用者名)")

    def handle(self, *args: Any, **options: Any) -> None:
        """This will show what waits, and decide when told to."""
        plan = catch_up.plan()
        if plan is None:
            self.stdout.write("決定を待つ寄附はありません。")
            return
        self.stdout.write(words_of(plan))
        if options["decide"] is None:
            self.stdout.write(
                "決めるには --decide charge|ask|skip と --yen(合計金額)を付けます。"
                f"いま示した寄附だけについて決めるには --plan {plan.seen} も付けます。"
            )
            return
        if options["yen"] != plan.amount_yen:
            raise CommandError("--yen が、示された合計金額とちがいます。何も変えていません。")
        if options["plan"] not in {"", plan.seen}:
            raise CommandError(f"--plan が、いまの印とちがいます。{CHANGED}")
        self._decide(plan, options)

    def _decide(self, plan: catch_up.Plan, options: dict[str, Any]) -> None:
        try:
            catch_up.decide(
                catch_up_id=plan.catch_up_id,
                decision=options["decide"],
                seen=plan.seen,
                reason=options["reason"],
                now=clock.now(),
                actor=self.actor_of(options["by"]),
            )
        except errors.ReasonMissing as error:
            raise CommandError(REASON_MISSING) from error
        except errors.CatchUpChanged as error:
            raise CommandError(CHANGED) from error
        catch_up.carry_on(now=clock.now())
        self.stdout.write(f"「{DECISIONS[options['decide']]}」に決めました。")


def words_of(plan: catch_up.Plan) -> str:
    """This will say in one line what waits."""
    last = jptime.words(plan.last_done_on) if plan.last_done_on else "記録なし"
    return (
        f"受け取れなかった日: {plan.days}日({jptime.words(plan.first_on)}から"
        f"{jptime.words(plan.last_on)}まで)、{plan.count}件、{plan.amount_yen:,}円。"
        f"最後に終わった処理: {last}。印: {plan.seen}"
    )
