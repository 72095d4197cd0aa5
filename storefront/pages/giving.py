"""Pages of whoever was given a membership. Nothing on them speaks of money."""

from dataclasses import dataclass
from datetime import date

from django.urls import reverse

from saleor_ext.common import jptime
from saleor_ext.fulfilment import selectors as fulfilment_selectors
from saleor_ext.membership import models, selectors, states
from storefront import messages
from storefront.pages import my, parts, records

MONTHS_SHOWN = 4


@dataclass(frozen=True, kw_only=True)
class OfferPage(parts.Page):
    """An offer that was mailed: who gives what, and until when it can be accepted."""

    giver_name: str
    tier_name: str
    expires_on: date
    has_box: bool
    form: object
    action: str
    account_action: str
    sign_in_url: str
    refusal: messages.Message | None


@dataclass(frozen=True, kw_only=True)
class RefusedPage(parts.Page):
    """Why an offer cannot be accepted."""

    message: messages.Message


@dataclass(frozen=True, kw_only=True)
class ReceivedMonth:
    """A month that comes: what is in the box, where it goes, until when that can be changed."""

    month: date
    title: str
    ship_words: str
    note: str
    place: str
    can_return: bool


@dataclass(frozen=True, kw_only=True)
class ReceivedPage(my.MyPageBase):
    """What comes of a membership that was given to somebody."""

    giver_name: str
    tier_name: str
    has_box: bool
    months: tuple[ReceivedMonth, ...]
    shipments: tuple[records.ShipmentRow, ...]


def offer_page(
    *, grant: models.Grant, sealed: str, form: object, refusal: messages.Message | None
) -> OfferPage:
    """This will describe an offer with the form that is the next step."""
    here = reverse("storefront:received_offer", args=[sealed])
    return OfferPage(
        heading="会員の贈りものが届いています",
        giver_name=grant.giver.full_name,
        tier_name=grant.membership.tier.name,
        expires_on=jptime.jst_date(grant.expires_at),
        has_box=grant.membership.is_box_wanted,
        form=form,
        action=here,
        account_action=reverse("storefront:received_account", args=[sealed]),
        sign_in_url=f"{reverse('storefront:signin')}?next={here}",
        refusal=refusal,
    )


def refused_page(message: messages.Message) -> RefusedPage:
    """This will describe why an offer cannot be accepted."""
    return RefusedPage(heading="この贈りものはお受け取りになれません", message=message)


def received_page(*, membership: models.Membership | None, today: date) -> ReceivedPage:
    """This will gather what comes; for somebody who receives nothing, that."""
    if membership is None:
        return ReceivedPage(
            heading=my.RECEIVED,
            my_links=my.my_links(),
            giver_name="",
            tier_name="",
            has_box=False,
            months=(),
            shipments=(),
        )
    recipient = selectors.receiver_of(membership=membership)
    return ReceivedPage(
        heading=my.RECEIVED,
        my_links=my.my_links(),
        giver_name=membership.donor.full_name,
        tier_name=membership.tier.name,
        has_box=membership.is_box_wanted,
        months=_months(membership, today=today) if membership.is_box_wanted else (),
        shipments=records.shipment_rows(recipient)[: my.RECENT],
    )


def _months(membership: models.Membership, *, today: date) -> tuple[ReceivedMonth, ...]:
    rows = selectors.cycles_received(membership_id=membership.pk, today=today)
    cycles = list(rows[:MONTHS_SHOWN])
    boxes = fulfilment_selectors.boxes_in(
        tier_ids={fulfilment_selectors.box_tier_id(tier=cycle.tier) for cycle in cycles},
        months={cycle.month for cycle in cycles},
    )
    titles = {(box.tier_id, box.month): box.title for box in boxes}
    return tuple(
        _month(
            cycle,
            title=titles.get((fulfilment_selectors.box_tier_id(tier=cycle.tier), cycle.month), ""),
            today=today,
        )
        for cycle in cycles
    )


def _month(cycle: models.Cycle, *, title: str, today: date) -> ReceivedMonth:
    is_open = cycle.state == states.CycleState.PLANNED and cycle.change_until >= today
    first, last = jptime.words_short(cycle.ship_from), jptime.words_short(cycle.ship_to)
    place = parts.month_place(cycle)
    return ReceivedMonth(
        month=cycle.month,
        title=title,
        ship_words=f"{first}から{last}のあいだに発送の予定",
        note=f"お届け先は{jptime.words_short(cycle.change_until)}まで変えられます"
        if is_open
        else "支度に入りました",
        place=place,
        can_return=is_open and bool(place),
    )
