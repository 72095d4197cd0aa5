"""Joining through any storefront of the shop: its checkout is checked before money moves.

docs/selling-a-tier.md is what the makers of such a storefront read.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.db import transaction

from saleor_ext.common import jptime
from saleor_ext.contracts.types import Yen
from saleor_ext.donations import errors as donation_errors
from saleor_ext.donations import models as donation_models
from saleor_ext.donations import selectors as donation_selectors
from saleor_ext.donations import services as donation_services
from saleor_ext.flows import errors
from saleor_ext.flows.joining import join, shop_details
from saleor_ext.flows.month import janitor
from saleor_ext.flows.orders import shop_catalogue
from saleor_ext.fulfilment import models as fulfilment_models
from saleor_ext.fulfilment import selectors as fulfilment_selectors
from saleor_ext.membership import cycles, models, selectors, services, states
from saleor_ext.saleor_connector import checkout
from saleor_ext.saleor_connector import errors as shop_errors
from saleor_ext.saleor_connector.checkout import LineInput
from saleor_ext.saleor_connector.sessions import Session, Source, SourceLine

BOX_KEY = "furusato.box"
CONSENT_KEY = "furusato.consent"
USE_KEY = "furusato.use"
LIMIT_KEY = "furusato.limit"
YES, NO = "yes", "no"
OUT_OF_STOCK = frozenset({"INSUFFICIENT_STOCK", "QUANTITY_GREATER_THAN_LIMIT"})


@dataclass(frozen=True, kw_only=True)
class Wish:
    """What a checkout of another storefront asks for."""

    tier: models.Tier
    is_box_wanted: bool
    use_slug: str


def wish_read(source: Source) -> Wish:
    """This will read which tier a checkout is for, whether its boxes are wanted, and what the
    donations are to be used for.

    Raises:
        CheckoutRefused: it is not exactly one piece of one paid tier.
    """
    tiers = models.Tier.objects.exclude(kind=states.TierKind.FREE)
    by_sku = {tier.sku: tier for tier in tiers}
    lines = [line for line in source.lines if line.sku in by_sku]
    if not lines:
        raise errors.CheckoutRefused("tier_missing", "lines")
    if len(lines) != 1 or lines[0].quantity != 1:
        raise errors.CheckoutRefused("one_tier_only", "lines")
    # Silence means yes: whoever sells a tier sells what it brings.
    is_box_wanted = source.metadata.get(BOX_KEY, YES) != NO
    return Wish(
        tier=by_sku[lines[0].sku],
        is_box_wanted=is_box_wanted,
        use_slug=source.metadata.get(USE_KEY, ""),
    )


def checkout_prepare(source: Source, *, today: date) -> dict[str, Any]:
    """This will put this month's gifts into a checkout, at 0 yen, or take them out again.

    Only our app may set a price, and in the open shop gifts are not given away. The parcel's
    delivery can be chosen afterwards.

    Returns:
        what the storefront may show, empty for a checkout without a tier.

    Raises:
        CheckoutRefused: the gifts are not to be had, or the shop does not answer.
    """
    try:
        wish = wish_read(source)
    except errors.CheckoutRefused as refusal:
        if refusal.code == "tier_missing":
            return {}
        raise
    items = _gifts(wish, today=today)
    _lines_set(source, items)
    return {
        "tier": wish.tier.slug,
        "amountYen": wish.tier.amount_yen,
        "isBoxWanted": wish.is_box_wanted,
        "gifts": [{"sku": item.gift.sku, "quantity": item.quantity} for item in items],
    }


def _gifts(wish: Wish, *, today: date) -> list[fulfilment_models.BoxItem]:
    if not wish.is_box_wanted:
        return []
    box = fulfilment_selectors.box_for(tier=wish.tier, month=jptime.month_start(today))
    return list(box.items.all()) if box else []


def _lines_set(source: Source, items: list[fulfilment_models.BoxItem]) -> None:
    wanted = Counter({item.gift.sku: item.quantity for item in items})
    there = _gift_lines(source)
    if _quantities(there) == wanted and not any(line.total_yen for line in there):
        return
    lines = [
        LineInput(variant_id=line.variant_id, quantity=0)
        for line in there
        if line.sku not in wanted
    ]
    lines += [
        LineInput(
            variant_id=shop_catalogue.gift_variant_id(item.gift),
            quantity=item.quantity,
            price_yen=Yen(0),
        )
        for item in items
    ]
    try:
        checkout.lines_set(checkout_id=source.id, lines=lines)
    except shop_errors.ShopUnavailable as error:
        raise errors.CheckoutRefused("shop_unavailable") from error
    except shop_errors.ShopRefused as error:
        code = "out_of_stock" if error.code in OUT_OF_STOCK else "box_not_set"
        raise errors.CheckoutRefused(code, "lines") from error


def _gift_lines(source: Source) -> list[SourceLine]:
    skus = [line.sku for line in source.lines]
    gifts = fulfilment_models.Gift.objects.filter(sku__in=skus).values_list("sku", flat=True)
    return [line for line in source.lines if line.sku in set(gifts)]


def _quantities(lines: list[SourceLine]) -> Counter[str]:
    count: Counter[str] = Counter()
    for line in lines:
        count[line.sku] += line.quantity
    return count


def attempt_begin(session: Session, *, now: datetime, actor: str) -> donation_models.PaymentAttempt:
    """This will check a checkout and write down membership, month and attempt, before money moves.

    What the same donor began before, here or elsewhere, is closed at the provider first.

    Raises:
        CheckoutRefused, RuleBroken: nothing was changed.
        LimitUnagreed: nor then; his own yearly limit would be exceeded and nobody told him.
        AttemptOpen: an earlier payment of his may still turn into money.
    """
    source = session.source
    if source is None or source.kind != "checkout" or not session.transaction_id:
        raise errors.CheckoutRefused("attempt_unknown")
    today = jptime.jst_date(now)
    wish = wish_read(source)
    checkout_check(session, source=source, wish=wish)
    stored = selectors.donor_of_user(saleor_user_id=source.user_id)
    details = shop_details.details_read(
        session, stored=stored, is_box_wanted=wish.is_box_wanted, today=today
    )
    _rules_check(source, wish=wish, stored=stored, details=details, now=now)
    contents_check(source, wish=wish, today=today)
    is_limit_agreed = source.metadata.get(LIMIT_KEY) == YES
    if stored is not None:
        join.limit_check(donor_id=stored.pk, tier=wish.tier, is_agreed=is_limit_agreed, today=today)
    donor = services.donor_ensure(
        saleor_user_id=source.user_id, email=source.user_email or source.email, now=now
    )
    services.donor_details_set(donor_id=donor.pk, details=details)
    draft = join.join_begin(
        donor_id=donor.pk,
        tier_slug=wish.tier.slug,
        is_box_wanted=wish.is_box_wanted,
        use_slug=wish.use_slug,
        is_limit_agreed=is_limit_agreed,
        now=now,
        actor=actor,
    )
    return _attempt_write(session, membership_id=draft.pk, now=now, actor=actor)


def checkout_check(session: Session, *, source: Source, wish: Wish) -> None:
    """This will check what a checkout itself must be like.

    Law: no_points

    Raises:
        CheckoutRefused: the first thing that stands against it.
    """
    amount_yen = wish.tier.amount_yen
    is_use_unknown = bool(wish.use_slug) and not selectors.use_name(
        slug=wish.use_slug, town=selectors.municipality_get()
    )
    line_yen = sum(line.total_yen for line in source.lines if line.sku == wish.tier.sku)
    is_other_amount = not session.amount_yen == source.total_yen == line_yen == amount_yen
    stranger = {line.sku for line in source.lines} - {wish.tier.sku}
    stranger -= {line.sku for line in _gift_lines(source)}
    for code, is_so, field in (
        ("channel_not_served", source.channel != settings.SALEOR_CHANNEL, "channel"),
        ("sign_in_required", not source.user_id, "user"),
        ("email_missing", not source.email, "email"),
        ("discount_not_allowed", source.is_discounted, "voucherCode"),
        ("line_not_of_tier", bool(stranger), "lines"),
        ("use_unknown", is_use_unknown, USE_KEY),
        ("consent_missing", source.metadata.get(CONSENT_KEY) != YES, CONSENT_KEY),
        # Gifts still at their price: `paymentGatewayInitialize` sets them to 0.
        ("box_not_set", any(line.total_yen for line in _gift_lines(source)), "lines"),
        ("amount_not_tier", is_other_amount, "amount"),
    ):
        if is_so:
            raise errors.CheckoutRefused(code, field)


def contents_check(source: Source, *, wish: Wish, today: date) -> None:
    """This will check that a checkout holds this month's box, and could be completed once paid.

    Raises:
        CheckoutRefused: the first thing that stands against it.
    """
    wanted = Counter({item.gift.sku: item.quantity for item in _gifts(wish, today=today)})
    for code, is_so, field in (
        ("box_not_set", _quantities(_gift_lines(source)) != wanted, "lines"),
        ("delivery_missing", source.is_delivery_missing, "delivery"),
        ("out_of_stock", source.has_problems, "lines"),
    ):
        if is_so:
            raise errors.CheckoutRefused(code, field)


def _rules_check(
    source: Source,
    *,
    wish: Wish,
    stored: models.Donor | None,
    details: Mapping[str, object],
    now: datetime,
) -> None:
    """On a donor as he would be, so that a refusal leaves nothing behind."""
    donor = stored or models.Donor(saleor_user_id=source.user_id, created_at=now)
    for name, value in details.items():
        setattr(donor, name, value)
    donor.residence_code = selectors.residence_code(donor=donor)
    codes = join.join_rules(
        donor=donor,
        tier=wish.tier,
        is_box_wanted=wish.is_box_wanted,
        today=jptime.jst_date(now),
    )
    if codes:
        raise errors.RuleBroken(codes)


def _attempt_write(
    session: Session, *, membership_id: int, now: datetime, actor: str
) -> donation_models.PaymentAttempt:
    """One transaction of the shop is one attempt; a double click finds it here."""
    cycle = join.first_cycle(membership_id)
    join.first_lock(cycle=cycle, now=now, actor=actor)
    known = donation_selectors.attempt_by_transaction(shop_transaction_id=session.transaction_id)
    if known is not None:
        return known
    if not janitor.attempts_close(cycle_id=cycle.pk, now=now, actor=actor):
        raise donation_errors.AttemptOpen()
    try:
        return _attempt_create(session, cycle=cycle, now=now, actor=actor)
    except donation_errors.AttemptOpen:
        known = donation_selectors.attempt_by_transaction(
            shop_transaction_id=session.transaction_id
        )
        if known is None:
            raise
        return known


@transaction.atomic
def _attempt_create(
    session: Session, *, cycle: models.Cycle, now: datetime, actor: str
) -> donation_models.PaymentAttempt:
    attempt = donation_services.attempt_begin(
        cycle_id=cycle.pk,
        cycle_key=selectors.cycle_key(cycle=cycle),
        membership_id=cycle.membership_id,
        amount_yen=Yen(cycle.amount_yen),
        is_off_session=False,
        most_a_day=selectors.municipality_get().charges_per_day_max,
        now=now,
        actor=actor,
        from_shop_transaction_id=session.transaction_id,
    )
    cycles.cycle_checkout_set(
        cycle_id=cycle.pk,
        checkout_id=session.source.id if session.source else "",
        transaction_id=session.transaction_id,
    )
    return attempt


def attempt_check(
    session: Session, *, attempt: donation_models.PaymentAttempt, cycle: models.Cycle, today: date
) -> None:
    """This will check that a checkout begun before still is what was written down for it.

    Raises:
        CheckoutRefused: it was changed since; a new payment has to be begun for it.
    """
    source = session.source
    if source is None or source.kind != "checkout":
        raise errors.CheckoutRefused("attempt_unknown")
    wish = wish_read(source)
    checkout_check(session, source=source, wish=wish)
    contents_check(source, wish=wish, today=today)
    details = shop_details.details_read(
        session,
        stored=cycle.membership.donor,
        is_box_wanted=wish.is_box_wanted,
        today=today,
    )
    donor = cycle.membership.donor
    is_same = (
        source.id == cycle.shop_checkout_id
        and source.user_id == donor.saleor_user_id
        and (wish.tier.pk, wish.is_box_wanted) == (cycle.tier_id, cycle.membership.is_box_wanted)
        and wish.use_slug == cycle.membership.use_slug
        and all(getattr(donor, name) == value for name, value in details.items())
    )
    if not is_same:
        raise errors.CheckoutRefused("checkout_changed")
