"""What the producer's templates are given: parcels as cards, grouped by ship date and cold."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from saleor_ext.common import registry
from saleor_ext.dashboard import messages
from saleor_ext.dashboard.queries import parcels
from saleor_ext.fulfilment import models, states

_State = states.ShipmentState


@dataclass(frozen=True, kw_only=True)
class ItemLine:
    """What to put into a parcel, and how many."""

    name: str
    contents: str
    quantity: int


@dataclass(frozen=True, kw_only=True)
class ParcelCard:
    """One parcel with exactly what its label needs."""

    key: str
    state: str
    state_label: str
    temperature: str
    temperature_label: str
    ship_from: date
    ship_to: date
    is_late: bool
    items: tuple[ItemLine, ...]
    recipient_name: str
    postal_code: str
    address: str
    building: str
    phone: str
    carrier: str
    carrier_label: str
    tracking_number: str
    tracking_url: str
    shipped_on: date | None

    @property
    def is_to_ship(self) -> bool:
        """Whether it is still in the producer's hands."""
        return self.state in states.SHIPMENT_TO_SHIP

    @property
    def is_ready(self) -> bool:
        """Whether its contents were ticked."""
        return self.state == _State.PREPARING

    @property
    def is_requested(self) -> bool:
        """Whether nothing has been done about it yet."""
        return self.state == _State.REQUESTED

    @property
    def is_under_way(self) -> bool:
        """Whether its number can still be corrected."""
        return self.state == _State.SHIPPED

    @property
    def is_sent(self) -> bool:
        """Whether it left."""
        return self.state in states.SHIPMENT_SENT


@dataclass(frozen=True, kw_only=True)
class TemperatureGroup:
    """Parcels of one ship date that travel equally cold. `count` covers all pages."""

    temperature: str
    label: str
    count: int
    parcels: tuple[ParcelCard, ...]


@dataclass(frozen=True, kw_only=True)
class ShipDateGroup:
    """Parcels that may leave from one day on. `count` covers all pages."""

    ship_on: date
    count: int
    is_past: bool
    is_today: bool
    groups: tuple[TemperatureGroup, ...]


@dataclass(frozen=True, kw_only=True)
class ShowLink:
    """One of the filters: not sent, sent, all."""

    show: str
    label: str
    count: int
    query: str
    is_current: bool


@dataclass(frozen=True, kw_only=True)
class MonthChoice:
    """A month that can be picked."""

    value: str
    month: date
    is_current: bool


@dataclass(frozen=True, kw_only=True)
class ProducerListPage:
    """The producer's first page."""

    producer_name: str
    today: date
    to_do: parcels.ToDo
    show: str
    show_links: tuple[ShowLink, ...]
    months: tuple[MonthChoice, ...]
    month: date | None
    dates: tuple[ShipDateGroup, ...]
    count: int
    query: str
    next_query: str


@dataclass(frozen=True, kw_only=True)
class PrintPage:
    """The list on paper."""

    producer_name: str
    today: date
    ship_on: date | None
    dates: tuple[ShipDateGroup, ...]
    count: int
    temperature_counts: tuple[tuple[str, str, int], ...]


def parcel_card(shipment: models.Shipment, *, today: date) -> ParcelCard:
    """This will copy what a producer may see of a parcel."""
    carrier = registry.carriers().get(shipment.carrier)
    number = shipment.tracking_number
    return ParcelCard(
        key=shipment.key,
        state=shipment.state,
        state_label=messages.PRODUCER_STATES[shipment.state],
        temperature=shipment.temperature,
        temperature_label=shipment.get_temperature_display(),
        ship_from=shipment.ship_from,
        ship_to=shipment.ship_to,
        is_late=shipment.state in states.SHIPMENT_TO_SHIP and shipment.ship_to < today,
        items=tuple(
            ItemLine(name=item.name, contents=item.contents, quantity=item.quantity)
            for item in shipment.items.all()
        ),
        recipient_name=shipment.recipient_name,
        postal_code=shipment.postal_code,
        address=f"{shipment.prefecture}{shipment.city}{shipment.street}",
        building=shipment.building,
        phone=shipment.phone,
        carrier=shipment.carrier,
        carrier_label=carrier.label if carrier else shipment.carrier,
        tracking_number=number,
        tracking_url=carrier.tracking_url(number) if carrier and number else "",
        shipped_on=shipment.shipped_on,
    )


def ship_date_groups(
    cards: Sequence[ParcelCard], *, counts: Mapping[tuple[date, str], int], today: date
) -> tuple[ShipDateGroup, ...]:
    """This will group cards, already in order, by ship date and then by temperature class."""
    return tuple(
        _ship_date_group(ship_on, tuple(of_day), counts=counts, today=today)
        for ship_on, of_day in groupby(cards, key=lambda card: card.ship_from)
    )


def _ship_date_group(
    ship_on: date,
    cards: tuple[ParcelCard, ...],
    *,
    counts: Mapping[tuple[date, str], int],
    today: date,
) -> ShipDateGroup:
    by_temperature = groupby(cards, key=lambda card: card.temperature)
    groups = [(temperature, tuple(found)) for temperature, found in by_temperature]
    return ShipDateGroup(
        ship_on=ship_on,
        count=sum(count for (day, _), count in counts.items() if day == ship_on),
        is_past=ship_on < today,
        is_today=ship_on == today,
        groups=tuple(
            TemperatureGroup(
                temperature=temperature,
                label=found[0].temperature_label,
                count=counts[ship_on, temperature],
                parcels=found,
            )
            for temperature, found in groups
        ),
    )


def print_page(
    shipments: Sequence[models.Shipment], *, producer_name: str, ship_on: date | None, today: date
) -> PrintPage:
    """This will put together the list on paper, with the counts of its head."""
    cards = [parcel_card(shipment, today=today) for shipment in shipments]
    counts: dict[tuple[date, str], int] = {}
    for card in cards:
        place = (card.ship_from, card.temperature)
        counts[place] = counts.get(place, 0) + 1
    return PrintPage(
        producer_name=producer_name,
        today=today,
        ship_on=ship_on,
        dates=ship_date_groups(cards, counts=counts, today=today),
        count=len(cards),
        temperature_counts=tuple(
            (kind.value, kind.label, sum(card.temperature == kind for card in cards))
            for kind in states.Temperature
        ),
    )
