"""A December whose radish cannot be sent, and turnips that could come instead."""

from datetime import date, datetime
from typing import Any

from saleor_ext.flows.swaps import deciding, proposing
from saleor_ext.fulfilment import models as fulfilment_models
from saleor_ext.membership import delivery, models
from tests.builders import months, world

DECEMBER = date(2026, 12, 1)
ASK_NOW = months.morning(months.LOCK_DAY)


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
