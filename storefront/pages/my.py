"""A member's own pages."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.urls import reverse

from saleor_ext.common import jptime
from saleor_ext.content import selectors as content_selectors
from saleor_ext.donations import models as donation_models
from saleor_ext.donations import selectors as donation_selectors
from saleor_ext.donations import states as donation_states
from saleor_ext.flows.choices import cancel, year_turn
from saleor_ext.flows.limits import forecast
from saleor_ext.flows.limits.deciding import Outcome
from saleor_ext.flows.month import parcel_holds
from saleor_ext.flows.together import badges
from saleor_ext.fulfilment import selectors as fulfilment_selectors
from saleor_ext.membership import models, selectors, states
from storefront.pages import content, onestop_line, parts, records, swap, year_plan

HOME, DETAILS, DONATIONS, SHIPMENTS = "マイページ", "ご登録内容", "ご寄附の記録", "お届け"
LIMIT = "1年の上限"
RECEIPTS = "受領証明書"
ONESTOP = "ワンストップ特例"
MEMBERSHIP = "会員のお手続き"
RECEIVED = "贈りもの"
RECENT = 3
YEAR_END, YEAR_BEGIN = 12, (1, 2, 3)

Limited = Mapping[int | None, forecast.MonthPlan]
"""What the yearly limit makes of the months, by cycle."""

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
    use_name: str
    is_pure_if_resident: bool
    asks_resident_wish: bool
    is_given: bool


@dataclass(frozen=True, kw_only=True)
class MyPage(MyPageBase):
    """The member's first page."""

    member: MemberPart | None
    asks_year_turn: date | None
    is_year_over: bool
    draft_url: str
    draft_tier: str
    year: int
    year_yen: int
    plan: year_plan.YearPlanView | None
    donations: tuple[records.DonationRow, ...]
    shipments: tuple[records.ShipmentRow, ...]
    card: str
    asks_holder: bool
    posts: tuple[content.ContentCard, ...]
    events: tuple[content.ContentCard, ...]
    past: tuple[str, ...]
    asked: tuple[swap.AskedLine, ...]
    onestop: tuple[onestop_line.OnestopLine, ...]
    received_from: str
    received_tier: str
    standing: badges.Standing


@dataclass(frozen=True, kw_only=True)
class DonationsPage(MyPageBase):
    """All donations."""

    year: int
    year_yen: int
    donations: tuple[records.DonationRow, ...]


@dataclass(frozen=True, kw_only=True)
class ShipmentsPage(MyPageBase):
    """All parcels."""

    shipments: tuple[records.ShipmentRow, ...]


@dataclass(frozen=True, kw_only=True)
class DetailsPage(MyPageBase):
    """Change name and addresses."""

    form: Any
    action: str
    back_url: str
    counts_words: str


def my_links() -> tuple[parts.Link, ...]:
    """This will list a member's own pages."""
    return (
        parts.Link(label=HOME, url=reverse("storefront:my")),
        parts.Link(label=MEMBERSHIP, url=reverse("storefront:my_membership")),
        parts.Link(label=SHIPMENTS, url=reverse("storefront:my_shipments")),
        parts.Link(label=DONATIONS, url=reverse("storefront:my_donations")),
        parts.Link(label=RECEIPTS, url=reverse("storefront:my_receipts")),
        parts.Link(label=ONESTOP, url=reverse("storefront:my_onestop")),
        parts.Link(label=LIMIT, url=reverse("storefront:my_limit")),
        parts.Link(label=DETAILS, url=reverse("storefront:my_details")),
    )


def my_page(*, donor: models.Donor | None, now: datetime, today: date) -> MyPage:
    """This will gather a member's first page; for somebody without a membership, invitations."""
    membership = selectors.membership_current(donor_id=donor.pk) if donor else None
    draft = selectors.membership_draft(donor_id=donor.pk) if donor else None
    received = selectors.membership_received(donor_id=donor.pk) if donor else None
    standing = badges.standing_of(donor_id=donor.pk if donor else None, today=today)
    reader = _reader(membership, received, months=standing.months, today=today)
    posts, events = content.newest(now=now, reader=reader, count=RECENT)
    plan = _limited_plan(donor, today)
    asked = _asks_year_turn(membership, today=today)
    card = donation_selectors.card_current(donor_id=donor.pk) if donor else None
    return MyPage(
        heading=f"{donor.full_name}さんのマイページ" if donor and donor.full_name else HOME,
        my_links=my_links(),
        my_section=HOME,
        member=member_part(membership, plan=plan, today=today) if membership else None,
        asks_year_turn=asked,
        is_year_over=asked is not None and asked.year < today.year,
        draft_url=reverse("storefront:join", args=[draft.tier.slug]) if draft else "",
        draft_tier=draft.tier.name if draft else "",
        year=today.year,
        year_yen=plan.paid_yen if plan else _year_yen(donor, today),
        plan=year_plan.plan_view(plan) if plan else None,
        donations=records.donation_rows(donor)[:RECENT],
        shipments=records.shipment_rows(donor)[:RECENT],
        card=card_line(card),
        asks_holder=card is not None and card.holder_state == donation_states.HolderState.UNCLEAR,
        posts=posts,
        events=events,
        past=_past_tiers(donor) if membership is None else (),
        asked=swap.asked_lines(donor_id=donor.pk) if donor else (),
        onestop=onestop_line.onestop_lines(donor_id=donor.pk, today=today) if donor else (),
        received_from=received.donor.full_name if received else "",
        received_tier=received.tier.name if received else "",
        standing=standing,
    )


def _reader(
    own: models.Membership | None, received: models.Membership | None, *, months: int, today: date
) -> content_selectors.Reader:
    """The same as `reading.reader_of`, of rows that are at hand."""
    readable = [own] if own and own.recipient_id is None else []
    readable += [received] if received else []
    ranks = [selectors.rank_open(membership=row, today=today) for row in readable]
    rank = max((rank for rank in ranks if rank is not None), default=None)
    return content_selectors.Reader(rank=rank, months=months)


def _past_tiers(donor: models.Donor | None) -> tuple[str, ...]:
    past = selectors.memberships_of(donor_id=donor.pk) if donor else ()
    return tuple(membership.tier.name for membership in past)


def _year_yen(donor: models.Donor | None, today: date) -> int:
    if donor is None:
        return 0
    return donation_selectors.donated_yen_in_year(donor_id=donor.pk, year=today.year)


def _asks_year_turn(membership: models.Membership | None, *, today: date) -> date | None:
    """The month about which the turn of the year asks; a question of December and January."""
    if membership is None or membership.state not in states.MEMBERSHIP_CHARGEABLE:
        return None
    if today.month not in {YEAR_END, *YEAR_BEGIN}:
        return None
    cycle = year_turn.asked_month(membership_id=membership.pk, today=today)
    return cycle.month if cycle else None


def _limited_plan(donor: models.Donor | None, today: date) -> forecast.YearPlan | None:
    """The plan of the year is of interest to whoever has a limit."""
    if donor is None or selectors.year_limit_of(donor_id=donor.pk, year=today.year) is None:
        return None
    return forecast.year_plan(donor_id=donor.pk, year=today.year)


def member_part(
    membership: models.Membership, *, today: date, plan: forecast.YearPlan | None = None
) -> MemberPart:
    """This will put a membership and its nearest month into words, as the yearly limit lets it."""
    by_limit = {month.cycle_id: month for month in plan.months} if plan else {}
    state, note = STATE_WORDS[states.MembershipState(membership.state)]
    is_free = membership.tier.kind == states.TierKind.FREE
    upcoming = _upcoming(membership, today=today)
    nearest = upcoming[0] if upcoming else None
    next_donation = _next_donation(membership, upcoming, by_limit=by_limit, today=today)
    return MemberPart(
        tier_name=membership.tier.name,
        state=state,
        state_note="読みものと催しをお楽しみください。"
        if is_free
        else _state_note(membership, note, today=today),
        is_free=is_free,
        is_past_due=membership.state == states.MembershipState.PAST_DUE,
        box=_box(membership, nearest, by_limit=by_limit, today=today),
        no_box_words=_no_box_words(membership, nearest),
        timeline=_timeline(membership, nearest, by_limit=by_limit, today=today),
        next_donation_on=next_donation.charge_on if next_donation else None,
        next_donation_yen=_yen_given(next_donation, by_limit) if next_donation else 0,
        next_words=_next_words(membership, next_donation),
        use_name=_use_name(membership),
        is_pure_if_resident=membership.is_pure_if_resident,
        asks_resident_wish=not is_free and membership.is_box_wanted,
        is_given=membership.recipient_id is not None,
    )


def _state_note(membership: models.Membership, note: str, *, today: date) -> str:
    """A pause and an end are told with their day."""
    if membership.state == states.MembershipState.CANCELLING:
        end = cancel.period_end(membership_id=membership.pk, today=today)
        return f"{jptime.words(max(end, today))}まで会員です。{note}" if end else note
    if membership.resume_on is None:
        return note
    if membership.state == states.MembershipState.PAUSED:
        return f"{note}{jptime.words(membership.resume_on)}に再開します。"
    return f"{note}確定した月のご寄附のあと、{jptime.words(membership.resume_on)}までお休みします。"


def _use_name(membership: models.Membership) -> str:
    town = selectors.municipality_get()
    return selectors.use_name(slug=membership.use_slug, town=town) or "町が決めます"


def _upcoming(membership: models.Membership, *, today: date) -> list[models.Cycle]:
    """Nothing is promised for a donation that was given back, nor while staff look into it."""
    months = selectors.cycles_upcoming(membership_id=membership.pk, today=today).select_related(
        "tier"
    )
    if membership.state == states.MembershipState.PARKED:
        months = months.filter(state=states.CycleState.CHARGED)
    return list(months.exclude(parcel_holds.given_back() | parcel_holds.part_undecided()))


def _yen_given(cycle: models.Cycle, by_limit: Limited) -> int:
    return by_limit[cycle.pk].amount_yen if cycle.pk in by_limit else cycle.amount_yen


def _box(
    membership: models.Membership, cycle: models.Cycle | None, *, by_limit: Limited, today: date
) -> parts.BoxView | None:
    if cycle is None or not membership.is_box_wanted:
        return None
    tier = membership.tier if cycle.tier_id == membership.tier_id else cycle.tier
    if cycle.pk in by_limit and by_limit[cycle.pk].outcome is Outcome.LOWERED:
        tier = by_limit[cycle.pk].tier or tier
    box = fulfilment_selectors.box_for(tier=tier, month=cycle.month)
    if cycle.wished_box_id is not None:
        box = fulfilment_selectors.boxes().filter(pk=cycle.wished_box_id).first() or box
    if box is None:
        return None
    place = _place(membership, cycle)
    dates = _cycle_timeline(cycle, by_limit=by_limit, today=today, place=place)
    return parts.box_view(box, dates=dates)


def _place(membership: models.Membership, cycle: models.Cycle) -> str:
    """Where a box goes that was given to another person is not for the giver."""
    return "" if membership.recipient_id is not None else parts.month_place(cycle)


def _no_box_words(membership: models.Membership, cycle: models.Cycle | None) -> str:
    if membership.tier.kind == states.TierKind.FREE:
        return "無料の会員の方には、品のお届けはありません。"
    if not membership.is_box_wanted:
        return "お礼の品なしのご寄附として承っています。"
    if cycle is None:
        return "予定しているお届けはありません。"
    return f"{cycle.month.month}月のお届けは準備中です。決まりしだいご案内します。"


def _timeline(
    membership: models.Membership, cycle: models.Cycle | None, *, by_limit: Limited, today: date
) -> parts.Timeline | None:
    if cycle is None:
        return None
    return _cycle_timeline(
        cycle,
        by_limit=by_limit,
        today=today,
        has_box=membership.is_box_wanted,
        place=_place(membership, cycle),
    )


def _cycle_timeline(
    cycle: models.Cycle, *, by_limit: Limited, today: date, has_box: bool = True, place: str = ""
) -> parts.Timeline:
    """Once the donation was received, nothing is to be changed or taken any more."""
    if has_box and cycle.state == states.CycleState.CHARGED:
        return parts.first_timeline(cycle, is_given=True, place=place)
    note = year_plan.month_note(by_limit[cycle.pk]) if cycle.pk in by_limit else ""
    return parts.month_timeline(cycle, today=today, has_box=has_box, charge_note=note, place=place)


def _next_donation(
    membership: models.Membership,
    upcoming: list[models.Cycle],
    *,
    by_limit: Limited,
    today: date,
) -> models.Cycle | None:
    if membership.state not in {states.MembershipState.ACTIVE, states.MembershipState.PAUSED}:
        return None
    open_states = (states.CycleState.PLANNED, states.CycleState.LOCKED)
    for cycle in upcoming:
        is_donation = cycle.kind == states.CycleKind.DONATION
        is_given = _yen_given(cycle, by_limit) > 0
        if is_donation and is_given and cycle.state in open_states and cycle.charge_on >= today:
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


def card_words(donor: models.Donor | None) -> str:
    """This will name the card on file by its brand and last digits, "" when there is none."""
    return card_line(donation_selectors.card_current(donor_id=donor.pk) if donor else None)


def card_line(card: donation_models.CardOnFile | None) -> str:
    """This will name a card by its brand and last digits, "" when there is none."""
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
        donations=records.donation_rows(donor),
    )


def shipments_page(*, donor: models.Donor | None) -> ShipmentsPage:
    """This will list all parcels."""
    return ShipmentsPage(
        heading=SHIPMENTS,
        lead="つくる人からお送りした品と、これからお送りする品です。",
        my_links=my_links(),
        my_section=SHIPMENTS,
        shipments=records.shipment_rows(donor),
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
