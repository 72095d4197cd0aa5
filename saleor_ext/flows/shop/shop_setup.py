"""What the town's tiers, gifts and producers need in the shop, and setting the shop up with it."""

from collections.abc import Iterator, Mapping

from django.conf import settings

from saleor_ext.contracts.types import Yen
from saleor_ext.flows.shop import setup_places
from saleor_ext.fulfilment import models as fulfilment_models
from saleor_ext.fulfilment import states as fulfilment_states
from saleor_ext.membership import models as membership_models
from saleor_ext.membership import selectors as membership_selectors
from saleor_ext.membership import states as membership_states
from saleor_ext.saleor_connector.setup import everything, parts, staff, wanted

CHANNEL_NAME = "ふるさと納税"
ZONE_NAME = "ふるさと納税(全国)"
METHOD_NAME = "送料込み"
TIER_TYPE = "donation-tier"
GIFT_TYPE = "return-gift"
# Our own outbox completes a checkout within seconds; this is for one that it never hears of.
COMPLETION_DELAY_MIN = 5
# Staff have a day to see to a checkout that is paid and cannot be completed. (The shop itself
# reads a whole day back as 0 hours.)
RELEASE_AFTER_H = 23
# Donations are not counted, but the shop sells nothing that lies nowhere.
DONATION_STOCK = 100_000

# Without these of the shop's permissions nothing can be set up.
PERMISSIONS_NEEDED = frozenset(part.permission for part in everything.KINDS)

NUMERIC, DROPDOWN, BOOLEAN = "NUMERIC", "DROPDOWN", "BOOLEAN"
PRODUCT_TYPES = (
    wanted.ProductTypeWanted(
        slug=TIER_TYPE,
        name="会員プラン",
        is_shipped=False,
        attributes=(
            wanted.AttributeWanted(slug="donation-amount", name="寄附額(円)", kind=NUMERIC),
            wanted.AttributeWanted(slug="donation-interval", name="寄附のしかた", kind=DROPDOWN),
        ),
    ),
    wanted.ProductTypeWanted(
        slug=GIFT_TYPE,
        name="お礼の品",
        is_shipped=True,
        attributes=(
            wanted.AttributeWanted(slug="gift-producer", name="生産者", kind=DROPDOWN),
            wanted.AttributeWanted(slug="gift-temperature", name="配送の温度帯", kind=DROPDOWN),
            wanted.AttributeWanted(slug="gift-alcohol", name="お酒", kind=BOOLEAN),
        ),
    ),
)


def shop_wanted(*, initial_stock: Mapping[str, int], default_stock: int = 0) -> wanted.ShopWanted:
    """This will describe the shop that our tiers, gifts and producers need.

    Args:
        initial_stock: how many of a gift lie at its producer's at first, by SKU.
        default_stock: how many of every other gift.

    Raises:
        NotFound: there is no municipality yet.
        AddressUnreadable: a warehouse would have no usable address.
    """
    town = membership_selectors.municipality_get()
    producers = fulfilment_models.Producer.objects.order_by("sort_order", "pk")
    gifts = fulfilment_models.Gift.objects.select_related("producer").order_by("producer", "pk")
    tiers = membership_models.Tier.objects.order_by("sort_order", "pk")
    return wanted.ShopWanted(
        channel_slug=settings.SALEOR_CHANNEL,
        channel_name=CHANNEL_NAME,
        completion_delay_min=COMPLETION_DELAY_MIN,
        release_after_h=RELEASE_AFTER_H,
        zone_name=ZONE_NAME,
        method_name=METHOD_NAME,
        warehouses=(_office(town), *(_producer(item) for item in producers)),
        product_types=PRODUCT_TYPES,
        products=(
            *(_tier(item) for item in tiers),
            *(_gift(item, initial_stock.get(item.sku, default_stock)) for item in gifts),
        ),
    )


def setup_plan(shop: staff.StaffShop, aim: wanted.ShopWanted) -> list[parts.Difference]:
    """This will say what is to be done in the shop, without doing anything.

    Raises:
        ShopError: the shop does not answer or refuses to be read.
    """
    return parts.plan(everything.parts_of(aim), shop)


def setup_carry_out(shop: staff.StaffShop, aim: wanted.ShopWanted) -> Iterator[parts.Difference]:
    """This will do it, and yield each difference as soon as it is gone.

    Raises:
        ShopError: the shop stopped answering or refused; running again goes on from there.
    """
    yield from parts.carry_out(everything.parts_of(aim), shop)


def _office(town: membership_models.Municipality) -> wanted.WarehouseWanted:
    place = setup_places.place_read(town.office_address, name=town.name)
    return wanted.WarehouseWanted(
        slug=settings.SALEOR_OFFICE_WAREHOUSE,
        name=f"{town.name}役{'場' if town.name[-1:] in '町村' else '所'}",
        email=town.email,
        postal_code=town.office_postal_code,
        phone=town.phone,
        **place,
    )


def _producer(producer: fulfilment_models.Producer) -> wanted.WarehouseWanted:
    return wanted.WarehouseWanted(
        slug=producer.slug,
        name=producer.name,
        email=producer.login_email,
        postal_code=producer.postal_code,
        phone=producer.phone,
        **setup_places.place_read(producer.address, name=producer.name),
    )


def _tier(tier: membership_models.Tier) -> wanted.ProductWanted:
    return wanted.ProductWanted(
        sku=tier.sku,
        reference=f"tier:{tier.slug}",
        slug=f"tier-{tier.slug}",
        name=tier.name,
        description=(tier.summary, tier.description),
        product_type=TIER_TYPE,
        attributes={
            "donation-amount": tier.amount_yen,
            "donation-interval": str(membership_states.TierKind(tier.kind).label),
        },
        # A closed tier is still given by those who are in it, so it is hidden and not taken away.
        is_visible=tier.is_open,
        variant_name=tier.name,
        price_yen=Yen(tier.amount_yen),
        weight_g=0,
        is_counted=False,
        warehouse=settings.SALEOR_OFFICE_WAREHOUSE,
        initial_stock=DONATION_STOCK,
    )


def _gift(gift: fulfilment_models.Gift, stock: int) -> wanted.ProductWanted:
    return wanted.ProductWanted(
        sku=gift.sku,
        reference=f"gift:{gift.slug}",
        slug=f"gift-{gift.slug}",
        name=gift.name,
        description=(gift.description, gift.contents),
        product_type=GIFT_TYPE,
        attributes={
            "gift-producer": gift.producer.name,
            "gift-temperature": str(fulfilment_states.Temperature(gift.temperature).label),
            "gift-alcohol": gift.is_alcohol,
        },
        # A gift is not sold by itself: our app adds it to a month, line by line, at no price.
        is_visible=False,
        variant_name=gift.contents,
        price_yen=Yen(gift.procurement_cost_yen),
        weight_g=gift.weight_g,
        is_counted=True,
        warehouse=gift.producer.slug,
        initial_stock=stock,
    )
