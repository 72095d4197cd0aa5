"""A member's own pages."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from django.urls import reverse

from saleor_ext.common import jptime, registry
from saleor_ext.donations import models as donation_models
from saleor_ext.donations import selectors as donation_selectors
from saleor_ext.flows import recover
from saleor_ext.flows.pay_step import PayStep
from saleor_ext.fulfilment import models as fulfilment_models
from saleor_ext.fulfilment import selectors as fulfilment_selectors
from saleor_ext.fulfilment import states as fulfilment_states
from saleor_ext.membership import models, selectors, states
from storefront import messages
from storefront.pages import content, parts, payment

HOME, DETAILS, DONATIONS, SHIPMENTS = "マイページ", "ご登録内容", "ご寄附の記録", "お届け"
RECENT = 3

STATE_WORDS = {
    states.MembershipState.ACTIVE: ("継続中", "毎月のお手続きは要りません。"),
    states.MembershipState.PAUSED: ("お休み中", "お休みのあいだ、ご寄附もお届けもありません。"),
    states.MembershipState.PAST_DUE: (
        "ご寄附の確認待ち",
        "今回のご寄附がまだ確認できていません。確認できるまで、お届けをお待ちいただいています。",
    ),
    states.MembershipState.CANCELLING: (
        "終了のお手続き済み",
        "これからのご寄附はありません。ご寄附済みの分は、これまでどおりお届けします。",
    ),
    states.MembershipState.PARKED: (
        "町で確認しています",
        "職員が内容を確認しています。終わりましたらご連絡します。そのあいだ、ご寄附は行われません。",
    ),
    states.MembershipState.ENDED: ("終了", "これまでの記録は、いつでもご覧いただけます。"),
}
SHIPMENT_WORDS = {
    fulfilment_states.ShipmentState.REQUESTED: "準備を待っています",
    fulfilment_states.ShipmentState.PREPARING: "準備ができました",
    fulfilment_states.ShipmentState.LABELLED: "まもなく発送します",
    fulfilment_states.ShipmentState.SHIPPED: "発送しました",
    fulfilment_states.ShipmentState.DELIVERED: "お届けしました",
    fulfilment_states.ShipmentState.ABSENT: "ご不在でした。配送会社へ再配達をご依頼ください",
    fulfilment_states.ShipmentState.RETURNED: "生産者へ戻りました。町からご連絡します",
    fulfilment_states.ShipmentState.CANCELLED: "取りやめになりました",
    fulfilment_states.ShipmentState.SUBSTITUTED: "別のお届けに替わりました",
}


@dataclass(frozen=True, kw_only=True)
class DonationRow:
    """A row of the ledger."""

    donated_on: date
    amount_yen: int
    tier_name: str
    receipt: str
    is_correction: bool


@dataclass(frozen=True, kw_only=True)
class ShipmentRow:
    """A parcel."""

    state: str
    is_sent: bool
    producer_name: str
    contents: tuple[str, ...]
    temperature: str
    carrier: str
    tracking_number: str
    tracking_url: str
    when: str


@dataclass(frozen=True, kw_only=True)
class MyPageBase(parts.Page):
    """What all of a member's own pages share."""

    my_links: tuple[parts.Link, ...] = ()
    my_section: str = ""


@dataclass(frozen=True, kw_only=True)
class MemberPart:
    """A membership in words."""

    tier_name: str
    state: str
    state_note: str
    is_free: bool
    is_past_due: bool
    box: parts.BoxView | None
    no_box_words: str
    timeline: parts.Timeline | None
    next_donation_on: date | None
    next_donation_yen: int
    next_words: str


@dataclass(frozen=True, kw_only=True)
class MyPage(MyPageBase):
    """The member's first page."""

    member: MemberPart | None
    draft_url: str
    draft_tier: str
    year: int
    year_yen: int
    donations: tuple[DonationRow, ...]
    shipments: tuple[ShipmentRow, ...]
    card: str
    posts: tuple[content.ContentCard, ...]
    events: tuple[content.ContentCard, ...]
    past: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class DonationsPage(MyPageBase):
    """All donations."""

    year: int
    year_yen: int
    donations: tuple[DonationRow, ...]


@dataclass(frozen=True, kw_only=True)
class ShipmentsPage(MyPageBase):
    """All parcels."""

    shipments: tuple[ShipmentRow, ...]


@dataclass(frozen=True, kw_only=True)
class DetailsPage(MyPageBase):
    """Change name and addresses."""

    form: Any
    action: str
    back_url: str
    counts_words: str


@dataclass(frozen=True, kw_only=True)
class RecoverPage(MyPageBase):
    """A month whose donation did not go through."""

    month: date | None
    amount_yen: int
    message: messages.Message | None
    card: str


@dataclass(frozen=True, kw_only=True)
class RecoverCardPage(MyPageBase):
    """The card field for a declined month."""

    amount_yen: int
    payment: payment.PaymentView
    note: messages.Message | None


def my_links() -> tuple[parts.Link, ...]:
    """This will list a member's own pages."""
    return (
        parts.Link(label=HOME, url=reverse("storefront:my")),
        parts.Link(label=SHIPMENTS, url=reverse("storefront:my_shipments")),
        parts.Link(label=DONATIONS, url=reverse("storefront:my_donations")),
        parts.Link(label=DETAILS, url=reverse("storefront:my_details")),
    )


def my_page(*, donor: models.Donor | None, now: datetime, today: date) -> MyPage:
    """This will gather a member's first page; for somebody without a membership, invitations."""
    membership = selectors.membership_current(donor_id=donor.pk) if donor else None
    draft = selectors.membership_draft(donor_id=donor.pk) if donor else None
    rank = _rank(membership)
    posts, events = content.newest(now=now, rank=rank, count=RECENT)
    return MyPage(
        heading=f"{donor.full_name}さんのマイページ" if donor and donor.full_name else HOME,
        my_links=my_links(),
        my_section=HOME,
        member=member_part(membership, today=today) if membership else None,
        draft_url=reverse("storefront:join", args=[draft.tier.slug]) if draft else "",
        draft_tier=draft.tier.name if draft else "",
        year=today.year,
        year_yen=_year_yen(donor, today),
        donations=donation_rows(donor)[:RECENT],
        shipments=shipment_rows(donor)[:RECENT],
        card=card_words(donor),
        posts=posts,
        events=events,
        past=_past_tiers(donor) if membership is None else (),
    )


def _rank(membership: models.Membership | None) -> int | None:
    if membership is None or membership.state not in states.MEMBERSHIP_ENTITLED:
        return None
    return membership.tier.rank


def _past_tiers(donor: models.Donor | None) -> tuple[str, ...]:
    if donor is None:
        return ()
    return tuple(membership.tier.name for membership in selectors.memberships_of(donor_id=donor.pk))


def _year_yen(donor: models.Donor | None, today: date) -> int:
    if donor is None:
        return 0
    return donation_selectors.donated_yen_in_year(donor_id=donor.pk, year=today.year)


def member_part(membership: models.Membership, *, today: date) -> MemberPart:
    """This will put a membership and its nearest month into words."""
    state, note = STATE_WORDS[states.MembershipState(membership.state)]
    is_free = membership.tier.kind == states.TierKind.FREE
    upcoming = list(selectors.cycles_upcoming(membership_id=membership.pk, today=today))
    nearest = upcoming[0] if upcoming else None
    next_donation = _next_donation(membership, upcoming, today=today)
    return MemberPart(
        tier_name=membership.tier.name,
        state=state,
        state_note="読みものと催しをお楽しみください。" if is_free else note,
        is_free=is_free,
        is_past_due=membership.state == states.MembershipState.PAST_DUE,
        box=_box(membership, nearest, today=today),
        no_box_words=_no_box_words(membership, nearest),
        timeline=_timeline(membership, nearest, today=today),
        next_donation_on=next_donation.charge_on if next_donation else None,
        next_donation_yen=next_donation.amount_yen if next_donation else 0,
        next_words=_next_words(membership, next_donation),
    )


def _box(
    membership: models.Membership, cycle: models.Cycle | None, *, today: date
) -> parts.BoxView | None:
    if cycle is None or not membership.is_box_wanted:
        return None
    box = fulfilment_selectors.box_for(tier=membership.tier, month=cycle.month)
    if box is None:
        return None
    return parts.box_view(box, dates=parts.month_timeline(cycle, today=today))


def _no_box_words(membership: models.Membership, cycle: models.Cycle | None) -> str:
    if membership.tier.kind == states.TierKind.FREE:
        return "無料の会員の方には、品のお届けはありません。"
    if not membership.is_box_wanted:
        return "お礼の品なしのご寄附として承っています。"
    if cycle is None:
        return "予定しているお届けはありません。"
    return f"{cycle.month.month}月のお届けは準備中です。決まりしだいご案内します。"


def _timeline(
    membership: models.Membership, cycle: models.Cycle | None, *, today: date
) -> parts.Timeline | None:
    if cycle is None:
        return None
    return parts.month_timeline(cycle, today=today, has_box=membership.is_box_wanted)


def _next_donation(
    membership: models.Membership, upcoming: list[models.Cycle], *, today: date
) -> models.Cycle | None:
    if membership.state != states.MembershipState.ACTIVE:
        return None
    open_states = (states.CycleState.PLANNED, states.CycleState.LOCKED)
    for cycle in upcoming:
        is_donation = cycle.kind == states.CycleKind.DONATION
        if is_donation and cycle.state in open_states and cycle.charge_on >= today:
            return cycle
    return None


def _next_words(membership: models.Membership, next_donation: models.Cycle | None) -> str:
    if membership.state == states.MembershipState.PAST_DUE:
        return "今回のお手続きが終わってから、次のご寄附をご案内します。"
    if next_donation is None:
        return "予定しているご寄附はありません。"
    return (
        f"{jptime.words_short(next_donation.change_until)}までの変更は"
        f"{next_donation.month.month}月分に間に合います。"
    )


def donation_rows(donor: models.Donor | None) -> tuple[DonationRow, ...]:
    """This will list a donor's donations, newest first."""
    if donor is None:
        return ()
    return tuple(_donation_row(row) for row in donation_selectors.donations_of(donor_id=donor.pk))


def _donation_row(donation: donation_models.Donation) -> DonationRow:
    return DonationRow(
        donated_on=donation.donated_on,
        amount_yen=donation.amount_yen,
        tier_name=donation.tier_name,
        receipt=donation.receipt_label,
        is_correction=donation.corrects_id is not None,
    )


def shipment_rows(donor: models.Donor | None) -> tuple[ShipmentRow, ...]:
    """This will list a donor's parcels, newest first."""
    if donor is None:
        return ()
    rows = fulfilment_selectors.shipments_of_donor(donor_id=donor.pk)
    return tuple(_shipment_row(row) for row in rows)


def _shipment_row(shipment: fulfilment_models.Shipment) -> ShipmentRow:
    is_sent = shipment.state in fulfilment_states.SHIPMENT_SENT
    carrier = registry.carriers().get(shipment.carrier)
    number = shipment.tracking_number if is_sent else ""
    return ShipmentRow(
        state=SHIPMENT_WORDS[fulfilment_states.ShipmentState(shipment.state)],
        is_sent=is_sent,
        producer_name=shipment.producer.name,
        contents=tuple(_item_words(item) for item in shipment.items.all()),
        temperature=f"{shipment.get_temperature_display()}便",
        carrier=carrier.label if carrier else "",
        tracking_number=number,
        tracking_url=carrier.tracking_url(number) if carrier and number else "",
        when=_shipment_when(shipment),
    )


def _item_words(item: fulfilment_models.ShipmentItem) -> str:
    return item.name if item.quantity == 1 else f"{item.name} ×{item.quantity}"


def _shipment_when(shipment: fulfilment_models.Shipment) -> str:
    if shipment.shipped_on:
        return f"{jptime.words(shipment.shipped_on)}に発送"
    first, last = jptime.words_short(shipment.ship_from), jptime.words_short(shipment.ship_to)
    return f"{first}から{last}のあいだに発送の予定"


def card_words(donor: models.Donor | None) -> str:
    """This will name the card on file by its brand and last digits, "" when there is none."""
    card = donation_selectors.card_current(donor_id=donor.pk) if donor else None
    if card is None:
        return ""
    return f"{card.brand.upper()} 下4桁 {card.last4}(有効期限 {card.exp_month}/{card.exp_year})"


def donations_page(*, donor: models.Donor | None, today: date) -> DonationsPage:
    """This will list all donations."""
    return DonationsPage(
        heading=DONATIONS,
        lead="お受けしたご寄附と、寄附金受領証明書の番号です。",
        my_links=my_links(),
        my_section=DONATIONS,
        year=today.year,
        year_yen=_year_yen(donor, today),
        donations=donation_rows(donor),
    )


def shipments_page(*, donor: models.Donor | None) -> ShipmentsPage:
    """This will list all parcels."""
    return ShipmentsPage(
        heading=SHIPMENTS,
        lead="つくる人からお送りした品と、これからお送りする品です。",
        my_links=my_links(),
        my_section=SHIPMENTS,
        shipments=shipment_rows(donor),
    )


def details_page(*, donor: models.Donor, form: object, today: date) -> DetailsPage:
    """This will describe the page on which details are changed."""
    return DetailsPage(
        heading=DETAILS,
        my_links=my_links(),
        my_section=DETAILS,
        form=form,
        action=reverse("storefront:my_details"),
        back_url=reverse("storefront:my"),
        counts_words=counts_words(donor=donor, today=today),
    )


def counts_words(*, donor: models.Donor, today: date) -> str:
    """This will say from which month a change of details made today counts."""
    membership = selectors.membership_current(donor_id=donor.pk)
    if membership is None or membership.tier.kind == states.TierKind.FREE:
        return "変更は、保存するとすぐに反映されます。"
    for cycle in selectors.cycles_upcoming(membership_id=membership.pk, today=today):
        if cycle.state == states.CycleState.PLANNED and cycle.change_until >= today:
            return (
                f"いま変更すると、{cycle.month.month}月分のお届けから反映されます"
                f"({jptime.words_short(cycle.change_until)}まで)。"
                "すでに支度に入った分は、以前のご住所へお送りします。"
            )
    return "変更は、次に決まるお届けから反映されます。"


def recover_page(*, donor: models.Donor, membership: models.Membership | None) -> RecoverPage:
    """This will explain a declined month, or say that nothing is owed."""
    cycle = recover.owed_cycle(membership_id=membership.pk) if membership else None
    base = RecoverPage(
        heading="お手続きは必要ありません",
        my_links=my_links(),
        month=None,
        amount_yen=0,
        message=None,
        card="",
    )
    if cycle is None:
        return base
    attempt = donation_selectors.latest_attempt(cycle_id=cycle.pk)
    code = "authentication_required"
    if attempt is not None and attempt.decline_code:
        code = attempt.decline_code
    return replace(
        base,
        heading=f"{cycle.month.month}月分のご寄附のお手続き",
        month=cycle.month,
        amount_yen=cycle.amount_yen,
        message=messages.decline_message(code),
        card=card_words(donor),
    )


def recover_card_page(*, step: PayStep, return_url: str, has_returned: bool) -> RecoverCardPage:
    """This will describe the card field for a declined month."""
    return RecoverCardPage(
        heading="カードのご入力",
        my_links=my_links(),
        amount_yen=step.amount_yen,
        payment=payment.payment_view(
            step, return_url=return_url, return_path=reverse("storefront:recover_return")
        ),
        note=payment.step_message(step, has_returned=has_returned),
    )
