"""Reading one producer's parcels: what is to be done, which month, page by page."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Min, Q, QuerySet

from saleor_ext.dashboard import inputs
from saleor_ext.fulfilment import models, selectors, states

PAGE_SIZE = 50

SHOW_TO_SHIP = "to_ship"
SHOW_SENT = "sent"
SHOW_STOPPED = "stopped"
SHOW_ALL = "all"

_STOPPED = frozenset(
    {
        states.ShipmentState.HELD,
        states.ShipmentState.CANCELLED,
        states.ShipmentState.SUBSTITUTED,
    }
)
SHOW_STATES: Mapping[str, Collection[str] | None] = {
    SHOW_TO_SHIP: states.SHIPMENT_TO_SHIP,
    SHOW_SENT: states.SHIPMENT_SENT,
    SHOW_STOPPED: _STOPPED,
    SHOW_ALL: None,
}


@dataclass(frozen=True, kw_only=True)
class ToDo:
    """How many parcels wait for what. `due` may leave today; `late` should have left before."""

    late: int
    due: int
    due_unready: int
    upcoming: int
    upcoming_from: date | None
    stopped: int

    @property
    def due_ready(self) -> int:
        """Parcels that are packed and only need their label's number."""
        return self.due - self.due_unready


def parcels_of(*, producer_id: int, show: str, month: date | None) -> QuerySet[models.Shipment]:
    """This will select a producer's parcels by what has become of them and by ship month."""
    rows = selectors.shipments_of_producer(producer_id=producer_id, states=SHOW_STATES[show])
    if month is not None:
        first, after = inputs.month_bounds(month)
        rows = rows.filter(ship_from__gte=first, ship_from__lt=after)
    return rows


def parcels_page(
    rows: QuerySet[models.Shipment], *, after: models.Shipment | None
) -> tuple[list[models.Shipment], bool]:
    """This will return the next parcels after one, and whether there are more behind them."""
    if after is not None:
        same_day = Q(ship_from=after.ship_from)
        rows = rows.filter(
            Q(ship_from__gt=after.ship_from)
            | (same_day & Q(temperature__gt=after.temperature))
            | (same_day & Q(temperature=after.temperature, pk__gt=after.pk))
        )
    found = list(rows[: PAGE_SIZE + 1])
    return found[:PAGE_SIZE], len(found) > PAGE_SIZE


def group_counts(rows: QuerySet[models.Shipment]) -> dict[tuple[date, str], int]:
    """This will count parcels per ship date and temperature class, all pages together."""
    counted = rows.order_by().values_list("ship_from", "temperature").annotate(count=Count("pk"))
    return {(ship_from, temperature): count for ship_from, temperature, count in counted}


def to_do(*, producer_id: int, today: date) -> ToDo:
    """This will count what waits for a producer today, in one query."""
    waiting = Q(state__in=sorted(states.SHIPMENT_TO_SHIP))
    due = waiting & Q(ship_from__lte=today, ship_to__gte=today)
    upcoming = waiting & Q(ship_from__gt=today)
    counted = models.Shipment.objects.filter(producer_id=producer_id).aggregate(
        late=Count("pk", filter=waiting & Q(ship_to__lt=today)),
        due=Count("pk", filter=due),
        due_unready=Count("pk", filter=due & Q(state=states.ShipmentState.REQUESTED)),
        upcoming=Count("pk", filter=upcoming),
        upcoming_from=Min("ship_from", filter=upcoming),
        stopped=Count("pk", filter=Q(state__in=sorted(_STOPPED), ship_to__gte=today)),
    )
    return ToDo(**counted)


def show_counts(*, producer_id: int, month: date | None) -> dict[str, int]:
    """This will count parcels for each of the filters, in one query."""
    rows = parcels_of(producer_id=producer_id, show=SHOW_ALL, month=month).order_by()
    return rows.aggregate(
        **{
            show: Count("pk", filter=Q(state__in=sorted(members)) if members else None)
            for show, members in SHOW_STATES.items()
        }
    )


def ship_months(*, producer_id: int) -> list[date]:
    """This will list the months in which a producer has parcels, newest first."""
    rows = models.Shipment.objects.filter(producer_id=producer_id)
    return list(rows.dates("ship_from", "month", order="DESC"))


def parcels_to_print(*, producer_id: int, ship_on: date | None) -> QuerySet[models.Shipment]:
    """This will select the parcels still to be sent, of one ship date or of all."""
    rows = selectors.shipments_of_producer(producer_id=producer_id, states=states.SHIPMENT_TO_SHIP)
    return rows if ship_on is None else rows.filter(ship_from=ship_on)


def producer_get(*, producer_id: int) -> models.Producer:
    """This will return the producer who is signed in."""
    return models.Producer.objects.get(pk=producer_id)
