"""manage.py seals_renew: seal every secret in the database with the first of SEALING_KEYS."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from saleor_ext.common import sealing
from saleor_ext.receipts import services as receipt_services
from saleor_ext.saleor_connector import services


class Command(BaseCommand):
    """Run it after a new key was put in front of SEALING_KEYS; then the old one may go."""

    help = "データベースの中の合言葉を、SEALING_KEYS の先頭の鍵で封をし直します。"

    def handle(self, *args: Any, **options: Any) -> None:
        """This will renew every seal and say how many."""
        try:
            with transaction.atomic():
                count = services.seals_renew() + receipt_services.seals_renew()
        except sealing.SealBroken as error:
            raise CommandError(
                "SEALING_KEYS のどの鍵でも開かない合言葉があります。何も変えていません。"
                "前の鍵を SEALING_KEYS の後ろに加えて、もう一度お試しください。"
            ) from error
        self.stdout.write(f"{count} 件の封をし直しました。前の鍵は SEALING_KEYS から外せます。")
