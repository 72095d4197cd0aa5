"""All staff lists by slug, in the order of the menu."""

from saleor_ext.dashboard.lists.charges import CHARGES
from saleor_ext.dashboard.lists.cycles import CYCLES
from saleor_ext.dashboard.lists.definition import ListDefinition
from saleor_ext.dashboard.lists.donations import DONATIONS
from saleor_ext.dashboard.lists.members import MEMBERS
from saleor_ext.dashboard.lists.money import BALANCE, DISPUTES, GAPS, MONEY, PAYOUTS
from saleor_ext.dashboard.lists.onestop import ONESTOP
from saleor_ext.dashboard.lists.receipts import RECEIPTS
from saleor_ext.dashboard.lists.shipments import SHIPMENTS

LISTS: dict[str, ListDefinition] = {
    definition.slug: definition
    for definition in (
        *(MEMBERS, CYCLES, DONATIONS, RECEIPTS, ONESTOP, SHIPMENTS, CHARGES),
        *(MONEY, GAPS, BALANCE, PAYOUTS, DISPUTES),
    )
}
