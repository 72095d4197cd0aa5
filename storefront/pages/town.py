"""The town, its producers and what they make."""

from dataclasses import dataclass
from datetime import date, datetime

from django.urls import reverse

from saleor_ext.common import jptime
from saleor_ext.common.errors import NotFound
from saleor_ext.content import selectors as content_selectors
from saleor_ext.flows.month import facts
from saleor_ext.fulfilment import selectors
from saleor_ext.membership import selectors as membership_selectors
from storefront.pages import content, home, parts

PRODUCERS = "つくる人"
CATEGORIES = {
    "vegetables": "野菜",
    "rice": "米と酒",
    "fruit": "果物",
    "fish": "魚",
    "meat": "肉",
    "tea": "お茶",
    "sweets": "菓子",
    "crafts": "木の道具",
}
LOCAL_CATEGORIES = {
    1: "町のなかで生産したもの",
    2: "おもな原材料が町のなかでとれたもの",
    3: "おもな製造や加工を町のなかで行い、価値の過半を生んだもの",
    4: "近くの市町村の同じ品と混ざるもの",
    5: "町を知っていただくためのもの",
    6: "いくつかを組み合わせ、おもなものが町の品であるもの",
    7: "町のなかで受けられる催しや体験",
    8: "都道府県や近くの市町村と共通の品",
    9: "災害からの復旧にかかわる品",
}


@dataclass(frozen=True, kw_only=True)
class TownPage(parts.Page):
    """About the town."""

    place: str
    story: str
    uses: tuple[home.DonationUse, ...]
    producers: tuple[parts.ProducerCard, ...]


@dataclass(frozen=True, kw_only=True)
class ProducersPage(parts.Page):
    """All producers."""

    producers: tuple[parts.ProducerCard, ...]


@dataclass(frozen=True, kw_only=True)
class ProducerPage(parts.Page):
    """One producer."""

    kana: str
    representative: str
    category: str
    address: str
    picture: str
    story: str
    gifts: tuple[parts.GiftLine, ...]
    posts: tuple[content.ContentCard, ...]


@dataclass(frozen=True, kw_only=True)
class GiftPage(parts.Page):
    """One gift."""

    gift: parts.GiftLine
    text: str
    shelf_life: str
    local_words: str
    local_evidence: str
    producer: parts.ProducerCard


def town_page() -> TownPage:
    """This will describe the town."""
    town = membership_selectors.municipality_get()
    return TownPage(
        heading=f"{town.name}のこと",
        lead=town.tagline,
        section="town",
        place=f"{town.prefecture}{town.county}{town.name}",
        story=town.story,
        uses=home.uses_of(town),
        producers=parts.producer_cards(selectors.producers_all()),
    )


def producers_page() -> ProducersPage:
    """This will list the producers."""
    return ProducersPage(
        heading=PRODUCERS,
        lead="毎月の品は、この方たちから直接お送りします。",
        section="producers",
        producers=parts.producer_cards(selectors.producers_all()),
    )


def producer_page(*, slug: str, now: datetime, reader: content_selectors.Reader) -> ProducerPage:
    """This will describe a producer, his gifts and what was written about him."""
    producer = selectors.producer_get(slug=slug)
    audiences = parts.audiences_of(list(membership_selectors.tiers_open()))
    posts = content_selectors.posts_visible(now=now).filter(producer_id=producer.pk)
    gifts = selectors.gifts_of(producer_id=producer.pk).select_related("producer", "value_added")
    return ProducerPage(
        heading=producer.name,
        lead=producer.summary,
        description=producer.summary,
        section="producers",
        crumbs=(parts.Link(label=PRODUCERS, url=reverse("storefront:producers")),),
        kana=producer.kana,
        representative=producer.representative,
        category=CATEGORIES.get(producer.category, producer.category),
        address=producer.address,
        picture=producer.picture,
        story=producer.story,
        gifts=tuple(
            parts.gift_line(gift)
            for gift in gifts
            if facts.gift_may_be_offered(gift, day=jptime.jst_date(now))
        ),
        posts=tuple(content.post_card(post, reader=reader, audiences=audiences) for post in posts),
    )


def gift_page(*, slug: str, today: date) -> GiftPage:
    """This will describe a gift.

    Raises:
        NotFound: there is none, or it may not be offered yet.
    """
    gift = selectors.gift_get(slug=slug)
    if not facts.gift_may_be_offered(gift, day=today):
        raise NotFound(what="gift")
    producer = gift.producer
    return GiftPage(
        heading=gift.name,
        section="producers",
        crumbs=(
            parts.Link(label=PRODUCERS, url=reverse("storefront:producers")),
            parts.Link(
                label=producer.name, url=reverse("storefront:producer", args=[producer.slug])
            ),
        ),
        gift=parts.gift_line(gift),
        text=gift.description,
        shelf_life=gift.shelf_life,
        local_words=LOCAL_CATEGORIES[gift.local_category],
        local_evidence=gift.local_evidence,
        producer=parts.producer_card(producer),
    )
