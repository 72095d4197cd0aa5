"""What several pages show: links, tiers, boxes, the dates of a month, pieces of content.

Everything here is a frozen dataclass made from models; templates never see a QuerySet.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Protocol

from saleor_ext.common import jptime
from saleor_ext.fulfilment import models as fulfilment_models
from saleor_ext.membership import models as membership_models
from saleor_ext.membership import states as membership_states

READ_WORDS = "どなたでも読めます"
NO_ALLERGENS = "表示の対象となるものは使っていません"


@dataclass(frozen=True, kw_only=True)
class Link:
    """A link and the words on it."""

    label: str
    url: str


@dataclass(frozen=True, kw_only=True)
class Page:
    """What the layout needs of every page. `heading` is the h1 and begins the title."""

    heading: str
    lead: str = ""
    description: str = ""
    section: str = ""
    crumbs: tuple[Link, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Benefit:
    """What members of a tier get."""

    name: str
    description: str = ""


@dataclass(frozen=True, kw_only=True)
class TierCard:
    """A tier in a list. `rhythm` says how often the amount is given."""

    slug: str
    name: str
    summary: str
    is_free: bool
    rhythm: str
    amount_yen: int
    foot: str
    picture: str
    benefits: tuple[Benefit, ...]


@dataclass(frozen=True, kw_only=True)
class GiftLine:
    """A gift in a box."""

    slug: str
    name: str
    contents: str
    picture: str
    quantity: int
    producer_slug: str
    producer_name: str
    temperature: str
    allergens: str
    is_alcohol: bool


@dataclass(frozen=True, kw_only=True)
class TimelineStep:
    """One of the four dates."""

    label: str
    day_words: str
    note: str = ""
    is_past: bool = False


@dataclass(frozen=True, kw_only=True)
class Timeline:
    """The four dates of a month, in words."""

    month: date
    steps: tuple[TimelineStep, ...]


@dataclass(frozen=True, kw_only=True)
class BoxView:
    """What a tier gets in one month; `dates` when they are known for the reader."""

    month: date
    title: str
    story: str
    tier_name: str = ""
    tier_slug: str = ""
    gifts: tuple[GiftLine, ...] = ()
    dates: Timeline | None = None


@dataclass(frozen=True, kw_only=True)
class ProducerCard:
    """A producer in a list."""

    slug: str
    name: str
    representative: str
    summary: str
    picture: str


class MonthDates(Protocol):
    """The four dates, from a cycle row or from a preview."""

    @property
    def month(self) -> date: ...
    @property
    def change_until(self) -> date: ...
    @property
    def charge_on(self) -> date: ...
    @property
    def list_on(self) -> date: ...
    @property
    def ship_from(self) -> date: ...
    @property
    def ship_to(self) -> date: ...


_RHYTHMS = {
    membership_states.TierKind.FREE: "",
    membership_states.TierKind.MONTHLY: "毎月",
    membership_states.TierKind.PREPAID: "一度だけ",
}


def benefits_of(tier: membership_models.Tier) -> tuple[Benefit, ...]:
    """This will read a tier's benefits, which are kept as names or as name and description."""
    return tuple(
        Benefit(name=str(item["name"]), description=str(item.get("description", "")))
        if isinstance(item, dict)
        else Benefit(name=str(item))
        for item in tier.benefits
    )


def tier_card(tier: membership_models.Tier) -> TierCard:
    """This will describe a tier for a list."""
    return TierCard(
        slug=tier.slug,
        name=tier.name,
        summary=tier.summary,
        is_free=tier.kind == membership_states.TierKind.FREE,
        rhythm=_RHYTHMS[membership_states.TierKind(tier.kind)],
        amount_yen=tier.amount_yen,
        foot=tier_foot(tier),
        picture=tier.picture,
        benefits=benefits_of(tier),
    )


def tier_foot(tier: membership_models.Tier) -> str:
    """This will say in one line what a tier brings."""
    if tier.kind == membership_states.TierKind.FREE:
        return "お届けする品はありません"
    if tier.kind == membership_states.TierKind.PREPAID:
        return f"{tier.box_count}か月、月に一度のお届け"
    return "月に一度のお届け"


def gift_line(gift: fulfilment_models.Gift, quantity: int = 1) -> GiftLine:
    """This will describe a gift; its producer must be at hand."""
    return GiftLine(
        slug=gift.slug,
        name=gift.name,
        contents=gift.contents,
        picture=gift.picture,
        quantity=quantity,
        producer_slug=gift.producer.slug,
        producer_name=gift.producer.name,
        temperature=f"{gift.get_temperature_display()}便",
        allergens="・".join(gift.allergens) or NO_ALLERGENS,
        is_alcohol=gift.is_alcohol,
    )


def box_view(
    box: fulfilment_models.BoxPlan,
    *,
    tier: membership_models.Tier | None = None,
    dates: Timeline | None = None,
) -> BoxView:
    """This will describe a box whose items, gifts and producers were fetched with it."""
    return BoxView(
        month=box.month,
        title=box.title,
        story=box.story,
        tier_name=tier.name if tier else "",
        tier_slug=tier.slug if tier else "",
        gifts=tuple(gift_line(item.gift, item.quantity) for item in box.items.all()),
        dates=dates,
    )


SHIP_NOTE = "発送したらメールでお知らせします"


def month_place(cycle: membership_models.Cycle) -> str:
    """This will write where a month's box goes instead of the usual address, "" when it does not.

    The cycle must have come with `month_address`.
    """
    own: membership_models.MonthAddress | None = getattr(cycle, "month_address", None)
    if own is None:
        return ""
    return f"{own.prefecture}{own.city}{own.street}"


def _ship_note(place: str) -> str:
    return f"この月だけ、{place}へお送りします" if place else SHIP_NOTE


def month_timeline(
    dates: MonthDates,
    *,
    today: date,
    has_box: bool = True,
    charge_note: str = "",
    place: str = "",
) -> Timeline:
    """This will put the dates of a month into words; without a box there are two of them.

    `charge_note` is said of the donation in the place of the usual words; `place` is where the box
    goes for this month only.
    """
    change = TimelineStep(
        label="変更の締切",
        day_words=f"{jptime.words_short(dates.change_until)}まで",
        note=f"{dates.month.month}月分に間に合います",
        is_past=dates.change_until < today,
    )
    charge = TimelineStep(
        label="ご寄附日",
        day_words=jptime.words_short(dates.charge_on),
        note=charge_note or "登録のカードでご寄附をお受けします",
        is_past=dates.charge_on < today,
    )
    if not has_box:
        return Timeline(month=dates.month, steps=(change, charge))
    listed = TimelineStep(
        label="生産者に一覧が届く日",
        day_words=jptime.words_short(dates.list_on),
        note="つくる人が支度を始めます",
        is_past=dates.list_on < today,
    )
    ship = TimelineStep(
        label="発送の期間",
        day_words=f"{jptime.words_short(dates.ship_from)}から{jptime.words_short(dates.ship_to)}",
        note=_ship_note(place),
        is_past=dates.ship_to < today,
    )
    return Timeline(month=dates.month, steps=(change, charge, listed, ship))


def first_timeline(dates: MonthDates, *, is_given: bool = False, place: str = "") -> Timeline:
    """This will put the dates of the first month into words, before or after its donation."""
    day_words = jptime.words_short(dates.charge_on)
    return Timeline(
        month=dates.month,
        steps=(
            TimelineStep(
                label="ご寄附日",
                day_words=day_words if is_given else f"今日 {day_words}",
                note="お受けしました" if is_given else "お手続きが終わると、すぐ会員になります",
                is_past=is_given,
            ),
            TimelineStep(
                label="生産者に一覧が届く日",
                day_words=jptime.words_short(dates.list_on),
                note="つくる人が支度を始めます",
            ),
            TimelineStep(
                label="発送の期間",
                day_words=(
                    f"{jptime.words_short(dates.ship_from)}から{jptime.words_short(dates.ship_to)}"
                ),
                note=_ship_note(place),
            ),
        ),
    )


def producer_card(producer: fulfilment_models.Producer) -> ProducerCard:
    """This will describe a producer for a list."""
    return ProducerCard(
        slug=producer.slug,
        name=producer.name,
        representative=producer.representative,
        summary=producer.summary,
        picture=producer.picture,
    )


def producer_cards(producers: Iterable[fulfilment_models.Producer]) -> tuple[ProducerCard, ...]:
    """This will describe producers for a list."""
    return tuple(producer_card(producer) for producer in producers)


@dataclass(frozen=True, kw_only=True)
class Audiences:
    """Names the lowest tier that opens a rank, in the town's own words."""

    names: dict[int, str] = field(default_factory=dict)

    def label(self, min_rank: int, *, open_words: str = READ_WORDS) -> str:
        """This will say for whom something is: `open_words`, or from which tier on."""
        if min_rank < 0:
            return open_words
        return f"{self.tier_name(min_rank)}から"

    def tier_name(self, min_rank: int) -> str:
        """This will return the name of the lowest tier that opens `min_rank`."""
        fitting = [rank for rank in sorted(self.names) if rank >= min_rank]
        return self.names[fitting[0]] if fitting else "会員"


def audiences_of(tiers: Sequence[membership_models.Tier]) -> Audiences:
    """This will learn the names of ranks from tiers in the town's order."""
    names: dict[int, str] = {}
    for tier in tiers:
        names.setdefault(tier.rank, tier.name)
    return Audiences(names=names)
