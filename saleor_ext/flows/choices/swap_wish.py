"""What a donor wants when a gift of his box cannot be sent."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from saleor_ext.flows import errors
from saleor_ext.flows.choices import ground
from saleor_ext.membership import delivery, models, states


@dataclass(frozen=True, kw_only=True)
class SwapWishPreview(ground.Preview):
    """The wish, and what is done when he wanted to be asked and does not answer."""

    wish: str
    silence: str


def swap_wish_preview(
    *, membership_id: int, wish: str, silence: str, today: date
) -> SwapWishPreview:
    """This will say what a wish means, and from which day it counts: at once.

    Raises:
        ValueError: there is no such wish.
        ChoiceSame: that is his wish already.
        and what `ground.membership_choosing` raises.
    """
    membership = ground.membership_choosing(membership_id=membership_id)
    if (wish, silence) == (membership.swap_wish, membership.swap_silence):
        raise errors.ChoiceSame()
    following = ground.months_planned(membership_id=membership.pk, today=today).first()
    chosen = states.SwapWish(silence)
    if chosen not in states.SWAP_SILENCE:
        raise ValueError(silence)
    return SwapWishPreview(
        kind=states.ChoiceKind.WISH,
        effective_on=today,
        change_until=None,
        month=following.month if following else None,
        wish=states.SwapWish(wish).value,
        silence=chosen.value,
    )


def swap_wish_choose(
    *,
    membership_id: int,
    wish: str,
    silence: str,
    now: datetime,
    actor: str,
    seen: str | None = None,
) -> models.Membership:
    """This will keep a donor's wish for gifts that cannot be sent.

    Raises:
        ChoiceChanged: the donor was shown something else.
        and what `swap_wish_preview` raises.
    """
    with transaction.atomic():
        ground.hold(membership_id=membership_id)
        today = ground.today_of(now)
        preview = swap_wish_preview(
            membership_id=membership_id, wish=wish, silence=silence, today=today
        )
        ground.seen_require(preview, seen=seen)
        membership = delivery.swap_wish_set(
            membership_id=membership_id, wish=preview.wish, silence=preview.silence
        )
        ground.choice_made(
            membership=membership,
            preview=preview,
            now=now,
            actor=actor,
            details={"wish": preview.wish, "silence": preview.silence},
        )
        return membership
