"""manage.py place_status: is this database at home, and may donations be taken?"""

import json
import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from saleor_ext.common import jptime
from saleor_ext.operation import gate, place, selectors

PARTS = {
    "cluster": "データベースサーバーの番号",
    "timeline": "復元または切り替えの世代",
    "database": "データベースの名前と番号",
    "name": "この環境の名前(PLACE_NAME)",
    "engine": "データベースの種類",
}
EVENTS_SHOWN = 10


class Command(BaseCommand):
    """Exits with 1 while no donation may be taken here."""

    help = "この環境で寄附を受け取れる状態かを示します(受け取れないときは終了コード 1)。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """This will declare the options."""
        parser.add_argument("--json", action="store_true", help="結果を1つのJSONで出します")

    def handle(self, *args: Any, **options: Any) -> None:
        """This will print how things stand."""
        found = gate.status()
        if options["json"]:
            self._json_print(found)
        else:
            self._words_print(found)
        if found.refusal:
            sys.exit(1)

    def _json_print(self, found: selectors.PlaceStatus) -> None:
        answer = {
            "is_home": found.is_home,
            "is_charging_stopped": found.is_charging_stopped,
            "mark_bound": found.mark_bound,
            "mark_here": found.mark_here,
            "differences": list(found.differences),
        }
        self.stdout.write(json.dumps(answer, ensure_ascii=False))

    def _words_print(self, found: selectors.PlaceStatus) -> None:
        self.stdout.write(f"この場所の印: {found.mark_here}")
        if found.is_home:
            self.stdout.write("このデータベースは、確認済みの場所にあります。")
        else:
            self._differences_print(found)
        self.stdout.write(
            "寄附の受け取り: 停止中(charging_start で再開)"
            if found.is_charging_stopped
            else "寄附の受け取り: 停止していません"
        )
        for event in selectors.place_events()[:EVENTS_SHOWN]:
            moment = event.at.astimezone(jptime.JST)
            words = f"{moment:%Y-%m-%d %H:%M} {event.get_kind_display()} {event.actor}"
            self.stdout.write(f"  {words} {event.reason}".rstrip())

    def _differences_print(self, found: selectors.PlaceStatus) -> None:
        bound, here = selectors.place_find(), place.here()
        self.stdout.write(
            "この環境は複製または移転先です。寄附も、メールも、お店への連絡も止めています。"
        )
        for name in found.differences:
            before = (bound.parts if bound else {}).get(name, "")
            self.stdout.write(f"  {PARTS[name]}: {before} → {here.parts.get(name, '')}")
        self.stdout.write(
            "元の環境がもう動いていないことを確かめてから、次のように確認してください。\n"
            f'  manage.py place_confirm {found.mark_here} --reason "理由" --by "担当者"'
        )
