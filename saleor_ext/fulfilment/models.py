"""Producers, their gifts, the boxes planned for each tier and month, and parcels."""

from django.db import models
from django.db.models import F, Q

from saleor_ext.common.moves import Move
from saleor_ext.common.states import state_values
from saleor_ext.fulfilment import states
from saleor_ext.fulfilment.swap_models import Alternate as Alternate
from saleor_ext.fulfilment.swap_models import AlternateEvent as AlternateEvent
from saleor_ext.fulfilment.swap_models import Swap as Swap
from saleor_ext.fulfilment.swap_models import SwapEvent as SwapEvent


class Producer(models.Model):
    """Who grows, catches or makes the gifts (生産者). A warehouse in the shop."""

    slug = models.SlugField(unique=True)
    name = models.CharField(max_length=50)
    kana = models.CharField(max_length=50)
    representative = models.CharField(max_length=50)
    category = models.CharField(max_length=20)
    summary = models.CharField(max_length=200, blank=True)
    story = models.TextField(blank=True)
    picture = models.CharField(max_length=100, blank=True)
    phone = models.CharField(max_length=20)
    postal_code = models.CharField(max_length=8)
    address = models.CharField(max_length=200)
    temperature = models.CharField(max_length=10, choices=states.Temperature.choices)
    lead_days = models.PositiveSmallIntegerField(default=1)
    closed_weekdays = models.JSONField(default=list)
    closed_dates = models.JSONField(default=list)
    carrier = models.CharField(max_length=20)
    login_email = models.EmailField(unique=True)
    sort_order = models.PositiveSmallIntegerField(default=0)
    saleor_warehouse_id = models.CharField(max_length=100, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(temperature__in=state_values(states.Temperature)),
                name="producer_temperature_chk",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Gift(models.Model):
    """One local product (返礼品) that may go into a box.

    `stock_free` is how many the shop had left to order when we last looked (`stock_seen_at`);
    None when it does not count them.
    """

    slug = models.SlugField(unique=True)
    sku = models.CharField(max_length=50, unique=True)
    name = models.CharField(max_length=100)
    kana = models.CharField(max_length=100, blank=True)
    producer = models.ForeignKey(Producer, models.PROTECT, related_name="gifts")
    description = models.TextField(blank=True)
    contents = models.CharField(max_length=100)
    procurement_cost_yen = models.BigIntegerField()
    size = models.PositiveSmallIntegerField()
    weight_g = models.PositiveIntegerField()
    temperature = models.CharField(max_length=10, choices=states.Temperature.choices)
    allergens = models.JSONField(default=list)
    shelf_life = models.CharField(max_length=100, blank=True)
    is_alcohol = models.BooleanField(default=False)
    local_category = models.PositiveSmallIntegerField()
    local_evidence = models.CharField(max_length=300)
    picture = models.CharField(max_length=100, blank=True)
    saleor_variant_id = models.CharField(max_length=100, blank=True)
    stock_free = models.PositiveIntegerField(null=True, blank=True)
    stock_seen_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(temperature__in=state_values(states.Temperature)),
                name="gift_temperature_chk",
            ),
            models.CheckConstraint(
                condition=Q(procurement_cost_yen__gt=0), name="gift_procurement_cost_chk"
            ),
            models.CheckConstraint(
                condition=Q(local_category__gte=1, local_category__lte=9),
                name="gift_local_category_chk",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class ValueAdded(models.Model):
    """What a gift of category 3 is worth in the town (別添1), and its public row (別添2)."""

    gift = models.OneToOneField(Gift, models.CASCADE, related_name="value_added")
    share_permille = models.PositiveSmallIntegerField()
    is_standard_method = models.BooleanField(default=True)
    other_method = models.CharField(max_length=300, blank=True)
    other_reason = models.CharField(max_length=300, blank=True)
    made_in = models.CharField(max_length=100)
    retail_price_yen = models.BigIntegerField()
    published_on = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(share_permille__lte=1000), name="value_added_share_chk"
            ),
            models.CheckConstraint(
                condition=Q(retail_price_yen__gt=0), name="value_added_price_chk"
            ),
            models.CheckConstraint(
                condition=Q(is_standard_method=True, other_method="", other_reason="")
                | (Q(is_standard_method=False) & ~Q(other_method="") & ~Q(other_reason="")),
                name="value_added_method_chk",
            ),
        ]

    def __str__(self) -> str:
        return f"value added of gift {self.gift_id}"


class GiftLawChange(models.Model):
    """Somebody wrote down anew what the law asks of a gift (返礼品の要件の変更)."""

    gift = models.ForeignKey(Gift, models.CASCADE, related_name="law_changes")
    local_category = models.PositiveSmallIntegerField()
    local_evidence = models.CharField(max_length=300)
    share_permille = models.PositiveSmallIntegerField(null=True, blank=True)
    published_on = models.DateField(null=True, blank=True)
    at = models.DateTimeField()
    actor = models.CharField(max_length=100)

    def __str__(self) -> str:
        return f"law change of gift {self.gift_id}"


class BoxPlan(models.Model):
    """What a tier gets in one month (お届け予定)."""

    tier = models.ForeignKey("membership.Tier", models.PROTECT, related_name="box_plans")
    month = models.DateField()
    title = models.CharField(max_length=100)
    story = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["tier", "month"], name="box_plan_month_uniq"),
        ]

    def __str__(self) -> str:
        return self.title


class BoxItem(models.Model):
    """A gift in a box."""

    box_plan = models.ForeignKey(BoxPlan, models.CASCADE, related_name="items")
    gift = models.ForeignKey(Gift, models.PROTECT, related_name="+")
    quantity = models.PositiveSmallIntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["box_plan", "gift"], name="box_item_gift_uniq"),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="box_item_quantity_chk"),
        ]

    def __str__(self) -> str:
        return f"{self.gift_id} x {self.quantity}"


class Shipment(models.Model):
    """One parcel (お届け) from one producer for one cycle, with the label's data as locked.

    `shop_fulfilment_id` is the shop's fulfilment that stands for it, "" while there is none.
    """

    key = models.CharField(max_length=15, unique=True)
    cycle = models.ForeignKey("membership.Cycle", models.PROTECT, related_name="shipments")
    producer = models.ForeignKey(Producer, models.PROTECT, related_name="shipments")
    state = models.CharField(max_length=12, choices=states.ShipmentState.choices)
    temperature = models.CharField(max_length=10, choices=states.Temperature.choices)
    list_on = models.DateField()
    ship_from = models.DateField()
    ship_to = models.DateField()
    recipient_name = models.CharField(max_length=101)
    postal_code = models.CharField(max_length=8)
    prefecture = models.CharField(max_length=10)
    city = models.CharField(max_length=50)
    street = models.CharField(max_length=100)
    building = models.CharField(max_length=100, blank=True)
    phone = models.CharField(max_length=20)
    carrier = models.CharField(max_length=20)
    tracking_number = models.CharField(max_length=20, blank=True)
    shipped_on = models.DateField(null=True, blank=True)
    shop_fulfilment_id = models.CharField(max_length=128, blank=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=state_values(states.ShipmentState)), name="shipment_state_chk"
            ),
            models.CheckConstraint(
                condition=Q(
                    state__in=["requested", "preparing", "held", "cancelled", "substituted"],
                    tracking_number="",
                )
                | (
                    Q(state__in=["labelled", "shipped", "delivered", "absent", "returned"])
                    & ~Q(tracking_number="")
                ),
                name="shipment_tracking_chk",
            ),
            models.CheckConstraint(
                condition=Q(
                    state__in=["shipped", "delivered", "absent", "returned"],
                    shipped_on__isnull=False,
                )
                | (
                    ~Q(state__in=["shipped", "delivered", "absent", "returned"])
                    & Q(shipped_on__isnull=True)
                ),
                name="shipment_shipped_on_chk",
            ),
            models.CheckConstraint(
                condition=Q(ship_from__lte=F("ship_to")), name="shipment_dates_chk"
            ),
            models.UniqueConstraint(
                fields=["cycle", "producer"],
                condition=~Q(state__in=["cancelled", "substituted"]),
                name="shipment_once_uniq",
            ),
            models.UniqueConstraint(
                fields=["carrier", "tracking_number"],
                condition=~Q(tracking_number=""),
                name="shipment_tracking_uniq",
            ),
        ]
        indexes = [
            models.Index(fields=["producer", "state", "ship_from"], name="shipment_producer_idx"),
        ]

    def __str__(self) -> str:
        return f"shipment {self.key}"


class ShipmentItem(models.Model):
    """What is in a parcel, named as it was when it was locked."""

    shipment = models.ForeignKey(Shipment, models.PROTECT, related_name="items")
    gift = models.ForeignKey(Gift, models.PROTECT, related_name="+")
    name = models.CharField(max_length=100)
    contents = models.CharField(max_length=100)
    quantity = models.PositiveSmallIntegerField()

    def __str__(self) -> str:
        return f"{self.name} x {self.quantity}"


class ShipmentEvent(Move):
    """One move of a parcel."""

    shipment = models.ForeignKey(Shipment, models.PROTECT, related_name="events")
