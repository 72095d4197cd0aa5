"""Everything staff may see of one member, each part cut at a sensible length."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Prefetch

from saleor_ext.common.errors import NotFound
from saleor_ext.dashboard import messages
from saleor_ext.dashboard.lists import tones
from saleor_ext.dashboard.shop_links import CUSTOMERS, ORDERS, VARIANTS, ShopLink, shop_link
from saleor_ext.donations import models as donation_models
from saleor_ext.donations import selectors as donation_selectors
from saleor_ext.flows.limits import forecast
from saleor_ext.flows.month import holding, part_kept, parts_back
from saleor_ext.flows.together import badges
from saleor_ext.fulfilment import models as fulfilment_models
from saleor_ext.fulfilment import selectors as fulfilment_selectors
from saleor_ext.membership import models, outlook, selectors, states
from saleor_ext.onestop import models as onestop_models
from saleor_ext.onestop import selectors as onestop_selectors
from saleor_ext.saleor_connector import models as shop_models
from saleor_ext.saleor_connector import selectors as shop_selectors

PART_LENGTH = 24
CANCEL_REASONS = {str(code): str(label) for code, label in states.CancelReason.choices}


@dataclass(frozen=True, kw_only=True)
class EventLine:
    """One move of a membership, in words."""

    at: datetime
    label: str
    actor: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class ChoiceLine:
    """Something the donor chose, in words. `note` is his own text, for those who may see it."""

    at: datetime
    label: str
    effective_on: date
    actor: str
    reason: str
    note: str


@dataclass(frozen=True, kw_only=True)
class PartBack:
    """Part of a term's donation went back, and staff have to say how many boxes fall away. `n` and
    `month` are of the month that paid.
    """

    n: int
    month: date
    amount_yen: int
    back_yen: int
    box_count: int
    boxes_most: int


@dataclass(frozen=True, kw_only=True)
class MembershipPart:
    """One membership with its history and what staff can do about it."""

    membership: models.Membership
    tone: str
    reason: str
    events: tuple[EventLine, ...]
    choices: tuple[ChoiceLine, ...]
    can_park: bool
    can_unpark: bool
    goes_back_to: str
    term_words: tuple[str, ...]
    can_rehearse: bool
    broken: tuple[str, ...] = ()
    part_back: PartBack | None = None
    is_part_waiting: bool = False
    is_part_over: bool = False


@dataclass(frozen=True, kw_only=True)
class StateRow:
    """A row of a part, with its state's colour, its reason in words and its order in the shop."""

    row: (
        models.Cycle
        | donation_models.PaymentAttempt
        | fulfilment_models.Shipment
        | onestop_models.OneStopApplication
    )
    tone: str
    reason: str = ""
    order_link: ShopLink | None = None
    contents: tuple[tuple[fulfilment_models.ShipmentItem, ShopLink | None], ...] = ()


@dataclass(frozen=True, kw_only=True)
class MemberPage:
    """What the member's page is given. Without `are_people_shown` no personal field is used."""

    donor: models.Donor
    are_people_shown: bool
    registered_address: str
    memberships: tuple[MembershipPart, ...]
    cycles: tuple[StateRow, ...]
    attempts: tuple[StateRow, ...]
    donations: tuple[donation_models.Donation, ...]
    shipments: tuple[StateRow, ...]
    onestop: tuple[StateRow, ...]
    year: int
    year_yen: int
    limit_words: tuple[str, ...]
    standing: badges.Standing
    customer_link: ShopLink | None
    part_length: int = PART_LENGTH


def member_page(*, donor_id: int, today: date, are_people_shown: bool) -> MemberPage:
    """This will read a member in a fixed number of queries.

    Raises:
        NotFound: there is no such member.
    """
    donor = models.Donor.objects.filter(pk=donor_id).first()
    if donor is None:
        raise NotFound(what="donor")
    year = today.year
    return MemberPage(
        donor=donor,
        are_people_shown=are_people_shown,
        registered_address=selectors.registered_address(donor=donor) if are_people_shown else "",
        memberships=_memberships(donor_id, today=today, are_people_shown=are_people_shown),
        cycles=_cycles(donor_id),
        attempts=_attempts(donor_id),
        donations=tuple(donation_selectors.donations_of(donor_id=donor_id)[:PART_LENGTH]),
        shipments=_shipments(donor_id),
        onestop=_onestop(donor_id),
        year=year,
        year_yen=donation_selectors.donated_yen_in_year(donor_id=donor_id, year=year),
        limit_words=_limit_words(donor_id, year=year),
        standing=badges.standing_of(donor_id=donor_id, today=today),
        customer_link=shop_link(
            CUSTOMERS, object_id=donor.saleor_user_id, text="お店のお客様ページを開く"
        ),
    )


def _limit_words(donor_id: int, *, year: int) -> tuple[str, ...]:
    """The yearly limits of this year and the next, and in which month they would be reached."""
    limits = models.YearLimit.objects.filter(donor_id=donor_id, year__in=[year, year + 1])
    return tuple(
        messages.limit_words(forecast.year_plan(donor_id=donor_id, year=limit.year))
        for limit in limits.order_by("year")
    )


def _memberships(
    donor_id: int, *, today: date, are_people_shown: bool
) -> tuple[MembershipPart, ...]:
    events = Prefetch("events", models.MembershipEvent.objects.order_by("-pk"))
    chosen = Prefetch("choices", models.MembershipChoice.objects.order_by("-pk"))
    rows = models.Membership.objects.filter(donor_id=donor_id).select_related("tier", "next_tier")
    return tuple(
        _membership_part(row, today=today, are_people_shown=are_people_shown)
        for row in rows.prefetch_related(events, chosen).order_by("-pk")
    )


def _membership_part(
    membership: models.Membership, *, today: date, are_people_shown: bool
) -> MembershipPart:
    state = states.MembershipState(membership.state)
    came_from = membership.parked_from
    return MembershipPart(
        membership=membership,
        tone=tones.MEMBERSHIP[membership.state],
        reason=messages.reason_words(membership.parked_reason),
        events=tuple(_event_line(event) for event in membership.events.all()),
        choices=tuple(
            _choice_line(choice, are_people_shown=are_people_shown)
            for choice in membership.choices.all()[:PART_LENGTH]
        ),
        can_park=state in states.MEMBERSHIP_TRANSITIONS[states.MembershipState.PARKED],
        can_unpark=state == states.MembershipState.PARKED,
        goes_back_to=states.MembershipState(came_from).label if came_from else "",
        term_words=_term_words(membership, today=today),
        can_rehearse=state in states.MEMBERSHIP_CURRENT
        and membership.tier.kind != states.TierKind.FREE,
        broken=_broken(membership, today=today) if state == states.MembershipState.PARKED else (),
        part_back=_part_back(membership) if state in states.MEMBERSHIP_CURRENT else None,
        **_parts(membership),
    )


def _parts(membership: models.Membership) -> dict[str, bool]:
    """Whether a month of a stopped membership waits because of a part given back, and whether the
    rest of a donation does not carry the boxes that have not left.
    """
    if membership.state != states.MembershipState.PARKED:
        return {}
    return {
        "is_part_waiting": bool(parts_back.months_undecided(membership_id=membership.pk)),
        "is_part_over": bool(part_kept.months_over(membership_id=membership.pk)),
    }


def _part_back(membership: models.Membership) -> PartBack | None:
    """Of a term that is over, too: its donor may give every month by now."""
    is_parked = membership.state == states.MembershipState.PARKED
    if not is_parked and membership.tier.kind != states.TierKind.PREPAID:
        return None
    paying = parts_back.undecided_of(membership_id=membership.pk)
    attempt = donation_selectors.attempt_received(cycle_id=paying.pk) if paying else None
    if paying is None or attempt is None:
        return None
    return PartBack(
        n=paying.n,
        month=paying.month,
        amount_yen=paying.amount_yen,
        back_yen=donation_selectors.refunded_yen(attempt_id=attempt.pk),
        box_count=paying.box_count,
        boxes_most=selectors.term_boxes_free(paying=paying),
    )


def _broken(membership: models.Membership, *, today: date) -> tuple[str, ...]:
    """Rules that a fixed month of a stopped membership breaks by now."""
    codes = holding.broken_codes(membership_id=membership.pk, today=today)
    return tuple(messages.reason_words(code) for code in codes)


def _term_words(membership: models.Membership, *, today: date) -> tuple[str, ...]:
    """How a prepaid term stands, and what comes after it."""
    if membership.tier.kind != states.TierKind.PREPAID:
        return ()
    if membership.state not in states.MEMBERSHIP_CURRENT:
        return ()
    term = outlook.term_of(membership, today=today)
    return messages.term_words(membership, term) if term is not None else ()


def _event_line(event: models.MembershipEvent) -> EventLine:
    return EventLine(
        at=event.at,
        label=states.MembershipState(event.to_state).label,
        actor=messages.actor_words(event.actor),
        reason=messages.reason_words(event.reason),
    )


def _choice_line(choice: models.MembershipChoice, *, are_people_shown: bool) -> ChoiceLine:
    return ChoiceLine(
        at=choice.chosen_at,
        label=states.ChoiceKind(choice.kind).label,
        effective_on=choice.effective_on,
        actor=messages.actor_words(choice.actor),
        reason=CANCEL_REASONS.get(choice.reason, choice.reason),
        note=choice.note if are_people_shown else "",
    )


def _cycles(donor_id: int) -> tuple[StateRow, ...]:
    rows = (
        models.Cycle.objects.filter(membership__donor_id=donor_id)
        .select_related("tier", "membership")
        .order_by("-charge_on", "-pk")
    )
    shown = list(rows[:PART_LENGTH])
    keys = [selectors.cycle_key(cycle=row) for row in shown]
    orders = shop_selectors.shop_orders_of(external_references=keys)
    return tuple(
        StateRow(
            row=row,
            tone=tones.CYCLE[row.state],
            reason=messages.reason_words(row.reason),
            order_link=_order_link(orders.get(key)),
        )
        for row, key in zip(shown, keys, strict=True)
    )


def _order_link(order: shop_models.ShopOrder | None) -> ShopLink | None:
    if order is None:
        return None
    return shop_link(ORDERS, object_id=order.order_id, text=f"注文 {order.number}")


def _attempts(donor_id: int) -> tuple[StateRow, ...]:
    rows = donation_models.PaymentAttempt.objects.filter(
        cycle__membership__donor_id=donor_id
    ).order_by("-pk")
    return tuple(
        StateRow(
            row=row,
            tone=tones.ATTEMPT[row.state],
            reason=messages.decline_words(row.decline_code),
        )
        for row in rows[:PART_LENGTH]
    )


def _shipments(donor_id: int) -> tuple[StateRow, ...]:
    rows = fulfilment_selectors.shipments_of_donor(donor_id=donor_id)[:PART_LENGTH]
    return tuple(
        StateRow(row=row, tone=tones.SHIPMENT[row.state], contents=_contents(row)) for row in rows
    )


def _onestop(donor_id: int) -> tuple[StateRow, ...]:
    rows = onestop_selectors.applications().filter(onestop_year__donor_id=donor_id).order_by("-pk")
    return tuple(
        StateRow(
            row=row, tone=tones.ONESTOP[row.state], reason=str(row.get_void_reason_display() or "")
        )
        for row in rows[:PART_LENGTH]
    )


def _contents(
    shipment: fulfilment_models.Shipment,
) -> tuple[tuple[fulfilment_models.ShipmentItem, ShopLink | None], ...]:
    return tuple(
        (item, shop_link(VARIANTS, object_id=item.gift.saleor_variant_id, text=item.name))
        for item in shipment.items.all()
    )


def membership_by_public_id(*, public_id: str) -> models.Membership:
    """This will find the membership a form is about.

    Raises:
        NotFound: there is none.
    """
    membership = models.Membership.objects.filter(public_id=public_id).first()
    if membership is None:
        raise NotFound(what="membership")
    return membership
