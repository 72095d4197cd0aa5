"""manage.py saleor_setup: makes in the shop what the salon needs, or puts it right again."""

import getpass
import sys
from argparse import ArgumentParser
from itertools import groupby
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from saleor_ext.common.errors import NotFound
from saleor_ext.flows.orders import shop_catalogue
from saleor_ext.flows.shop import setup_places, setup_words, shop_setup
from saleor_ext.operation import gate
from saleor_ext.saleor_connector import errors
from saleor_ext.saleor_connector.setup import parts, staff
from saleor_ext.saleor_connector.setup.wanted import ShopWanted


class Command(BaseCommand):
    """Shows what it would do, asks, does it. Safe to repeat; never deletes anything."""

    help = (
        "店(Saleor)に、販売チャネル・倉庫・配送・税・会員プラン・お礼の品を整えます。"
        "足りないものを加え、違うものを直します。何も消しません。"
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """This will declare the options. The password is not one of them on purpose."""
        parser.add_argument("--dry-run", action="store_true", help="違いを示すだけで、変えません")
        parser.add_argument("--yes", action="store_true", help="確かめずに実行します")
        parser.add_argument(
            "--stock",
            type=int,
            default=0,
            help="新しく作る在庫の数(お礼の品ひとつにつき。すでにある在庫は変えません)",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """This will compare, ask, and close the gaps."""
        if options["stock"] < 0:
            raise CommandError("--stock は 0 以上の数にしてください。")
        if not options["dry_run"] and not gate.is_home():
            raise CommandError(
                "このデータベースは複製または移転されたものです。お店を変えることはできません。"
                "manage.py place_status で確かめてください。"
            )
        aim = self._aim(options["stock"])
        shop = self._sign_in(aim)
        self._bring(shop, aim, is_dry=options["dry_run"], is_agreed=options["yes"])
        if not options["dry_run"]:
            self._sync()

    def initial_stock(self) -> dict[str, int]:
        """This will return first counts of single gifts by SKU; the others get `--stock`."""
        return {}

    def _bring(
        self, shop: staff.StaffShop, aim: ShopWanted, *, is_dry: bool, is_agreed: bool
    ) -> None:
        try:
            gaps = shop_setup.setup_plan(shop, aim)
        except errors.ShopError as error:
            raise CommandError(setup_words.trouble_line(error)) from error
        self._show(shop, gaps)
        to_do = [gap for gap in gaps if gap.gap is not parts.Gap.BY_HAND]
        if any(gap.is_in_the_way for gap in gaps):
            raise CommandError(
                "[!!] を手で直してから、もう一度実行してください。何も変えていません。"
            )
        if not to_do:
            count = f"[!!] の {len(gaps)} 件のほかに、" if gaps else ""
            self.stdout.write(f"{count}違いはありません。")
            return
        if is_dry:
            self.stdout.write("何も変えていません。")
            return
        if not is_agreed:
            self._ask()
        self._carry_out(shop, aim)

    def _aim(self, default_stock: int) -> ShopWanted:
        try:
            return shop_setup.shop_wanted(
                initial_stock=self.initial_stock(), default_stock=default_stock
            )
        except NotFound as error:
            raise CommandError(
                "自治体の設定がまだありません。先に設定を読み込んでください。"
            ) from error
        except setup_places.AddressUnreadable as error:
            raise CommandError(
                f"{error.name} の住所を、都道府県と市区町村から書いてください"
                "(例: 高知県幡見郡汐見町浦分1番地)。"
            ) from error

    def _sign_in(self, aim: ShopWanted) -> staff.StaffShop:
        email = settings.SALEOR_STAFF_EMAIL or self._typed("職員のメールアドレス: ")
        password = settings.SALEOR_STAFF_PASSWORD or self._typed("パスワード: ", is_secret=True)
        try:
            shop = staff.staff_sign_in(email=email, password=password)
            missing = shop.permissions_missing(shop_setup.PERMISSIONS_NEEDED)
            is_kept_out = shop.is_kept_from(aim.channel_slug)
        except staff.StaffNeeded as error:
            raise CommandError("職員のアカウントでログインしてください。") from error
        except errors.ShopError as error:
            raise CommandError(setup_words.trouble_line(error)) from error
        if missing:
            named = "\n".join(f"  {setup_words.permission_word(code)}" for code in missing)
            raise CommandError(f"この職員アカウントには、次の権限が足りません。\n{named}")
        if is_kept_out:
            raise CommandError(
                f"この職員アカウントは、チャネル {aim.channel_slug} を扱えません。"
                "Dashboard の権限グループで、チャネルの制限を外してください。"
            )
        return shop

    def _typed(self, prompt: str, *, is_secret: bool = False) -> str:
        if not sys.stdin.isatty():
            raise CommandError(
                "SALEOR_STAFF_EMAIL と SALEOR_STAFF_PASSWORD (または SALEOR_STAFF_PASSWORD_FILE) "
                "を環境変数で渡してください。"
            )
        return getpass.getpass(prompt) if is_secret else input(prompt)

    def _show(self, shop: staff.StaffShop, gaps: list[parts.Difference]) -> None:
        self.stdout.write(f"店: {shop.saleor_api_url}")
        by_part = {name: list(group) for name, group in groupby(gaps, key=lambda gap: gap.part)}
        for name, word in setup_words.PARTS.items():
            self.stdout.write(f"{word}{'' if name in by_part else ': 問題なし'}")
            for gap in by_part.get(name, ()):
                self.stdout.write(f"  {setup_words.difference_line(gap)}")

    def _ask(self) -> None:
        if not sys.stdin.isatty():
            raise CommandError(
                "端末ではないので確かめられません。よければ --yes を付けてください。"
            )
        if input("この内容で店を整えますか? [y/N] ").strip().lower() not in {"y", "yes", "はい"}:
            raise CommandError("取りやめました。何も変えていません。")

    def _carry_out(self, shop: staff.StaffShop, aim: ShopWanted) -> None:
        done = 0
        try:
            for gap in shop_setup.setup_carry_out(shop, aim):
                done += 1
                self.stdout.write(
                    f"済み: {setup_words.PARTS[gap.part]} {setup_words.difference_line(gap)}"
                )
        except errors.ShopError as error:
            raise CommandError(
                f"{setup_words.trouble_line(error)}\n"
                f"ここまでに {done} 件を済ませました。もう一度実行すると、続きから進みます。"
            ) from error
        self.stdout.write(f"{done} 件を済ませました。")

    def _sync(self) -> None:
        """Our rows learn their ids in the shop; our app reads them, so it must be there."""
        try:
            found = shop_catalogue.catalogue_sync()
        except errors.ShopNotInstalled:
            self.stdout.write("アプリはまだ店に入っていません。次にアプリを入れてください。")
            return
        except errors.ShopError as error:
            raise CommandError(setup_words.trouble_line(error)) from error
        self.stdout.write(
            f"会員プラン {found['tiers']}、お礼の品 {found['gifts']}、"
            f"生産者 {found['producers']} を店と結びました。"
        )
