"""What one month looks like as lines and addresses of a shop order."""

from collections.abc import Mapping

from saleor_ext.contracts.types import Yen
from saleor_ext.flows.orders import shop_catalogue
from saleor_ext.fulfilment import selectors as fulfilment_selectors
from saleor_ext.membership import models, selectors
from saleor_ext.membership import states as membership_states
from saleor_ext.saleor_connector.checkout import LineInput
from saleor_ext.saleor_connector.mapping import JapaneseAddress


def order_lines(cycle: models.Cycle) -> list[LineInput]:
    """This will return the donation line, unless a prepaid term covers it, and the gifts at 0."""
    lines = []
    if cycle.kind == membership_states.CycleKind.DONATION:
        variant_id = shop_catalogue.tier_variant_id(cycle.tier)
        lines.append(LineInput(variant_id=variant_id, quantity=1, price_yen=Yen(cycle.amount_yen)))
    for item in box_items(cycle):
        variant_id = shop_catalogue.gift_variant_id(item.gift)
        lines.append(LineInput(variant_id=variant_id, quantity=item.quantity, price_yen=Yen(0)))
    return lines


def box_items(cycle: models.Cycle) -> list[fulfilment_selectors.GiftLine]:
    """This will list the gifts of the box that was locked for a month, with what was swapped."""
    if cycle.snapshot.box_plan_id is None:
        return []
    return fulfilment_selectors.month_lines(
        box_plan_id=cycle.snapshot.box_plan_id, cycle_id=cycle.pk
    )


def donor_address(donor: models.Donor) -> JapaneseAddress:
    """This will return a donor's present address as the shop takes it."""
    return _address(selectors.delivery_address(donor=donor), donor)


def delivery_address(cycle: models.Cycle) -> JapaneseAddress | None:
    """This will return the address that was locked for a month's box, None without a box.

    None, too, for a box given to another person: the order is the giver's to read, and parcels
    are labelled from our own lists, so the shop need not know where he lives.
    """
    if not cycle.snapshot.delivery or cycle.snapshot.recipient_id is not None:
        return None
    return _address(cycle.snapshot.delivery, cycle.membership.donor)


def _address(delivery: Mapping[str, str], donor: models.Donor) -> JapaneseAddress:
    family_name, _, given_name = delivery["name"].partition("　")
    return JapaneseAddress(
        family_name=family_name or donor.family_name,
        given_name=given_name or donor.given_name,
        postal_code=delivery["postal_code"],
        prefecture=delivery["prefecture"],
        city=delivery["city"],
        street=delivery["street"],
        building=delivery["building"],
        phone=delivery["phone"],
    )


def order_metadata(cycle: models.Cycle) -> dict[str, str]:
    """This will return what staff can search orders by in the shop; ids only."""
    metadata = {
        "furusato.cycle": selectors.cycle_key(cycle=cycle),
        "furusato.month": f"{cycle.month:%Y-%m}",
        "furusato.tier": cycle.tier.slug,
    }
    if cycle.snapshot.recipient_id is not None:
        metadata["furusato.delivery"] = "given"
    return metadata
