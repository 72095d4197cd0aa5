"""manage.py charging_start: lets donations be taken again."""

from saleor_ext.operation import services
from saleor_ext.operation.management.operators import SwitchCommand


class Command(SwitchCommand):
    """What fell due meanwhile is taken by the next run."""

    help = "止めていた寄附の受け取りを再開します。止まっていた間の分も、次の処理で受け取ります。"
    switch = staticmethod(services.charging_start)
    done = (
        "寄附の受け取りを再開しました。止まっていたあいだに期日が来た分は、次の処理で受け取ります。"
    )
    unchanged = "寄附の受け取りは止まっていません。"
