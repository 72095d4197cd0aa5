"""manage.py charging_stop: stops all taking of donations at once."""

from saleor_ext.operation import services
from saleor_ext.operation.management.operators import SwitchCommand


class Command(SwitchCommand):
    """Mail, orders and parcels go on; what was under way is still written down."""

    help = "すべての寄附の受け取りを、すぐに止めます(進行中の決済は最後まで記録します)。"
    switch = staticmethod(services.charging_stop)
    done = "寄附の受け取りを止めました。進行中だった決済の結果は、これまでどおり記録されます。"
    unchanged = "寄附の受け取りは、すでに止まっています。"
