"""Membership tiers and their coming boxes."""

from dataclasses import dataclass
from datetime import date

from django.urls import reverse

from saleor_ext.common import jptime
from saleor_ext.flows.joining import join
from saleor_ext.flows.month import facts
from saleor_ext.fulfilment import selectors as fulfilment_selectors
from saleor_ext.membership import calendar, models, selectors, states
from storefront.pages import parts


@dataclass(frozen=True, kw_only=True)
class TiersPage(parts.Page):
    """All tiers."""

    tiers: tuple[parts.TierCard, ...]


@dataclass(frozen=True, kw_only=True)
class TierPage(parts.Page):
    """One tier with its coming months."""

    tier: parts.TierCard
    story: str
    benefits: tuple[parts.Benefit, ...]
    boxes: tuple[parts.BoxView, ...]
    next_change_words: str
    join_url: str
    join_label: str


def tiers_page() -> TiersPage:
    """This will list the tiers."""
    return TiersPage(
        heading="会員プラン",
        lead="毎月のご寄附の額で選べます。届く品と時期は、ご寄附の前にすべてご覧いただけます。",
        section="tiers",
        tiers=tuple(parts.tier_card(tier) for tier in selectors.tiers_open()),
    )


def tier_page(*, slug: str, today: date) -> TierPage:
    """This will describe a tier as it would be for somebody joining today."""
    tier = selectors.tier_get(slug=slug)
    is_free = tier.kind == states.TierKind.FREE
    dates = [] if is_free else join.join_preview(tier=tier, today=today)
    return TierPage(
        heading=tier.name,
        lead=tier.summary,
        description=tier.summary,
        section="tiers",
        crumbs=(parts.Link(label="会員プラン", url=reverse("storefront:tiers")),),
        tier=parts.tier_card(tier),
        story=tier.description,
        benefits=parts.benefits_of(tier),
        boxes=boxes_ahead(tier, dates, today=today),
        next_change_words=change_words(dates[1]) if len(dates) > 1 else "",
        join_url=reverse("storefront:join", args=[tier.slug]),
        join_label="無料で会員になる" if is_free else "このプランに申し込む",
    )


def change_words(dates: parts.MonthDates) -> str:
    """This will say until when changes reach a month's parcel."""
    return (
        f"{jptime.words_short(dates.change_until)}までの変更は{dates.month.month}月分に間に合います"
    )


def boxes_ahead(
    tier: models.Tier, dates: list[calendar.CycleDates], *, today: date
) -> tuple[parts.BoxView, ...]:
    """This will pair the coming boxes with the dates of somebody joining today."""
    if not dates:
        return ()
    by_month = {month.month: month for month in dates}
    boxes = fulfilment_selectors.boxes_between(
        tier=tier, month_from=dates[0].month, months=len(dates)
    )
    return tuple(
        parts.box_view(box, dates=_timeline(by_month[box.month], dates[0], today))
        for box in boxes
        if box.month in by_month and facts.box_may_be_offered(box, day=today)
    )


def _timeline(
    month: calendar.CycleDates, first: calendar.CycleDates, today: date
) -> parts.Timeline:
    return (
        parts.first_timeline(month) if month is first else parts.month_timeline(month, today=today)
    )
