"""What a rehearsal says will happen. Days are Japanese days, amounts whole yen."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from saleor_ext.fulfilment import models as fulfilment_models


class Turn(StrEnum):
    """What can happen to a membership in the coming months (予行の出来事)."""

    DONATION = "donation"  # a donation is received
    OWED = "owed"  # a donation that was declined, or whose card is refused for good, waits
    DECLINED = "declined"  # a donation does not go through at first, as assumed
    SWAPPED = "swapped"  # another gift comes in place of one that cannot be sent
    BOX = "box"  # a box leaves
    LEFT_OUT = "left_out"  # a month without donation and box; `reason` says why
    HELD = "held"  # a fixed month waits for staff; `reason` says for what
    LOWERED = "lowered"  # a donation in a lower tier this time, by the yearly limit
    CARD_EXPIRED = "card_expired"  # a donation falls due after the card on file has expired
    TERM_BEGIN = "term_begin"  # a donation pays for a prepaid term
    TIER_CHANGE = "tier_change"  # the first donation in another tier
    RESUME = "resume"  # a pause is over
    PARKED = "parked"  # staff have to decide; nothing follows
    ENDED = "ended"  # nothing comes any more


@dataclass(frozen=True, kw_only=True)
class Event:
    """One thing that will happen. `month` is the first day of the membership's month; `alternates`
    say which gifts of the box are others, `is_ordered` whether the shop has set them aside already.
    """

    turn: Turn
    day: date
    month: date
    amount_yen: int = 0
    tier_name: str = ""
    reason: str = ""
    box: fulfilment_models.BoxPlan | None = None
    alternates: tuple[fulfilment_models.Alternate, ...] = ()
    is_ordered: bool = False
