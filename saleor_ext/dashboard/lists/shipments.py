"""The list of parcels."""

from datetime import date

from django.db.models import Q, QuerySet
from django.urls import reverse

from saleor_ext.common import registry
from saleor_ext.contracts import check_digit
from saleor_ext.dashboard.lists import definition as parts
from saleor_ext.dashboard.lists import tones
from saleor_ext.fulfilment import keys, models, states

_TO_SHIP = sorted(states.SHIPMENT_TO_SHIP)


def _rows() -> QuerySet[models.Shipment]:
    return models.Shipment.objects.select_related("producer", "cycle__membership").alias(
        name_plain=parts.name_expression("recipient_name")
    )


def late_condition(today: date) -> Q:
    """This will tell the parcels that should have left by now."""
    return Q(state__in=_TO_SHIP, ship_to__lt=today)


def _tabs(today: date) -> tuple[parts.Tab, ...]:
    return (
        parts.Tab(value="all", label="すべて", condition=Q()),
        parts.Tab(value="late", label="期限切れ", condition=late_condition(today)),
        *(
            parts.Tab(value=state.value, label=state.label, condition=Q(state=state.value))
            for state in states.ShipmentState
        ),
    )


def _search(word: str, may_see_people: bool) -> Q:  # noqa: FBT001 (called by position)
    found = Q(key=keys.shipment_key_clean(word)) | Q(cycle__membership__public_id__istartswith=word)
    number = check_digit.number_tidy(word)
    if number:
        found |= Q(tracking_number=number)
    if may_see_people:
        found |= Q(name_plain__icontains=word) | Q(cycle__membership__donor__email__icontains=word)
    return found


def _producer_choices(_today: date) -> list[parts.Choice]:
    rows = models.Producer.objects.order_by("sort_order", "pk").values_list("slug", "name")
    return [parts.Choice(value=slug, label=name) for slug, name in rows]


def _tracking_url(shipment: models.Shipment) -> str:
    carrier = registry.carriers().get(shipment.carrier)
    number = shipment.tracking_number
    return carrier.tracking_url(number) if carrier and number else ""


def _address(shipment: models.Shipment) -> str:
    line = f"{shipment.prefecture}{shipment.city}{shipment.street}"
    return f"{line} {shipment.building}".strip()


SHIPMENTS = parts.ListDefinition(
    slug="shipments",
    title="お届け",
    lead="生産者から会員へ送る荷物です。",
    rows=_rows,
    tabs=_tabs,
    filters=(
        parts.Filter(
            name="producer",
            label="生産者",
            choices=_producer_choices,
            condition=lambda value: Q(producer__slug=value),
        ),
        parts.month_filter("ship_from", label="発送の月"),
    ),
    search_help="荷物番号・送り状番号・お届け先のお名前・メールアドレス・会員番号",
    search_help_without_people="荷物番号・送り状番号・会員番号",
    search=_search,
    columns=(
        parts.Column(
            label="荷物番号",
            value=lambda row: row.key,
            url=lambda row: reverse("staff:member", args=[row.cycle.membership.donor_id]),
        ),
        parts.Column(label="生産者", value=lambda row: row.producer.name),
        parts.Column(label="お届け先", value=lambda row: row.recipient_name, is_personal=True),
        parts.Column(
            label="郵便番号", value=lambda row: row.postal_code, is_personal=True, is_csv_only=True
        ),
        parts.Column(label="ご住所", value=_address, is_personal=True, is_csv_only=True),
        parts.Column(label="温度", value=lambda row: row.get_temperature_display()),
        parts.Column(label="発送開始日", value=lambda row: row.ship_from, is_csv_only=True),
        parts.Column(label="発送期限", value=lambda row: row.ship_to, kind="day"),
        parts.Column(
            label="状態",
            value=lambda row: row.get_state_display(),
            kind="badge",
            tone=lambda row: tones.SHIPMENT[row.state],
        ),
        parts.Column(label="送り状番号", value=lambda row: row.tracking_number, url=_tracking_url),
        parts.Column(label="発送日", value=lambda row: row.shipped_on, is_csv_only=True),
    ),
)
