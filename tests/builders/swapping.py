"""A December whose radish cannot be sent, and turnips that could come instead."""

from datetime import date, datetime
from typing import Any

from saleor_ext.flows.month import listing
from saleor_ext.flows.swaps import answering, deciding, proposing
from saleor_ext.fulfilment import models as fulfilment_models
from saleor_ext.membership import delivery, models
from tests.builders import months, world
from tests.builders.provider import MemoryProvider

DECEMBER = date(2026, 12, 1)
ASK_NOW = months.morning(months.LOCK_DAY)
LISTED = date(2026, 12, 28)
LISTED_NOW = months.morning(LISTED)


def turnip_make(**changes: Any) -> fulfilment_models.Gift:
    """かぶ of the same farm, 800 yen like the radish."""
    return world.gift_make(slug="kabu", name="かぶ", **changes)


def propose(
    *, alternate: fulfilment_models.Gift | None = None, now: datetime = ASK_NOW, **changes: Any
) -> fulfilment_models.Alternate:
    """The farm says: no radish in December, turnips instead."""
    box = fulfilment_models.BoxPlan.objects.get(tier__slug="nagisa", month=DECEMBER)
    given: dict[str, Any] = {
        "box_plan_id": box.pk,
        "gift_id": world.gift_make().pk,
        "alternate_id": (alternate or turnip_make()).pk,
        "reason": "霜の害",
        "now": now,
        "actor": "producer:1",
    }
    return proposing.alternate_propose(**given | changes)


def wish(membership: models.Membership, kind: str, *, silence: str = "carry") -> None:
    """What the donor wants when a gift cannot be sent."""
    delivery.swap_wish_set(membership_id=membership.pk, wish=kind, silence=silence)


def take_up(*, now: datetime = ASK_NOW) -> int:
    """What every run does."""
    return deciding.swaps_open_due(now=now, actor="run")


def swap_of(cycle: models.Cycle) -> fulfilment_models.Swap:
    """What became of a month."""
    return fulfilment_models.Swap.objects.get(cycle=cycle)


def packed_make(provider: MemoryProvider) -> models.Cycle:
    """A December that is paid for and stands on the farm's list."""
    cycle = months.december_make(provider)
    months.run(provider, months.CHARGE_DAY)
    listing.cycles_list_due(as_of=LISTED, now=LISTED_NOW, actor="run")
    return cycle


def parcels(cycle: models.Cycle) -> list[tuple[str, str]]:
    """What is in each parcel of a month, and how it stands."""
    rows = fulfilment_models.Shipment.objects.filter(cycle=cycle).order_by("pk")
    return [(row.items.get().name, row.state) for row in rows]


def listed_answer(cycle: models.Cycle, *, is_accepted: bool) -> None:
    """What the donor says on the day of the list."""
    answering.swap_answer(
        swap_id=swap_of(cycle).pk, is_accepted=is_accepted, now=LISTED_NOW, actor="donor"
    )
