"""The first page."""

from dataclasses import dataclass
from datetime import date, datetime

from saleor_ext.content import selectors as content_selectors
from saleor_ext.flows.month import facts
from saleor_ext.fulfilment import selectors as fulfilment_selectors
from saleor_ext.membership import models, selectors, states
from storefront.pages import content, parts

POSTS_SHOWN = 3


@dataclass(frozen=True, kw_only=True)
class DonationUse:
    """What donations are used for."""

    name: str
    summary: str


@dataclass(frozen=True, kw_only=True)
class HomePage(parts.Page):
    """What the first page shows."""

    phrases: tuple[str, ...]
    tagline: str
    month: date
    tiers: tuple[parts.TierCard, ...]
    boxes: tuple[parts.BoxView, ...]
    producers: tuple[parts.ProducerCard, ...]
    posts: tuple[content.ContentCard, ...]
    uses: tuple[DonationUse, ...]


def home_page(*, now: datetime, today: date, reader: content_selectors.Reader) -> HomePage:
    """This will gather the first page for a reader."""
    town = selectors.municipality_get()
    tiers = list(selectors.tiers_open())
    audiences = parts.audiences_of(tiers)
    posts = content_selectors.posts_visible(now=now)[:POSTS_SHOWN]
    phrases = (f"{town.name}の", "つくる人と、", "毎月をともに")
    return HomePage(
        heading="".join(phrases),
        phrases=phrases,
        description=f"{town.name}に毎月寄附をして、つくる人の品と読みものを受け取る会員制度です。",
        tagline=town.tagline,
        month=today,
        tiers=tuple(parts.tier_card(tier) for tier in tiers),
        boxes=_boxes_of_month(tiers, today=today),
        producers=parts.producer_cards(fulfilment_selectors.producers_all()),
        posts=tuple(content.post_card(post, reader=reader, audiences=audiences) for post in posts),
        uses=uses_of(town),
    )


def uses_of(town: models.Municipality) -> tuple[DonationUse, ...]:
    """This will read what the town uses donations for."""
    return tuple(
        DonationUse(name=str(use["name"]), summary=str(use["summary"])) for use in town.uses
    )


def _boxes_of_month(tiers: list[models.Tier], *, today: date) -> tuple[parts.BoxView, ...]:
    """The box of every monthly tier; a prepaid tier shares the box of a monthly one."""
    monthly = [tier for tier in tiers if tier.kind == states.TierKind.MONTHLY]
    found = [(tier, fulfilment_selectors.box_for(tier=tier, month=today)) for tier in monthly]
    return tuple(
        parts.box_view(box, tier=tier)
        for tier, box in found
        if box is not None and facts.box_may_be_offered(box, day=today)
    )
