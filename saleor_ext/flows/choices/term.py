"""From giving every month to giving once for several boxes: a prepaid term begins with the first
month that can still be changed.
"""

from dataclasses import dataclass, replace
from datetime import date, datetime

from django.db import transaction

from saleor_ext.flows import errors
from saleor_ext.flows.choices import coming, ground, term_view
from saleor_ext.flows.limits import forecast, warning
from saleor_ext.flows.month import facts, locking, rules
from saleor_ext.membership import choices, models, outlook, planning, selectors, states, terms
from saleor_ext.membership import errors as membership_errors

_Kind = states.ChoiceKind
_State = states.MembershipState
MAY_BEGIN = frozenset({_State.ACTIVE, _State.PAUSED})


@dataclass(frozen=True, kw_only=True)
class TermPreview(ground.Preview):
    """A term that would begin, or the donations that go on every month after all.

    tier_name, amount_yen: of the donation. box_count: the boxes it brings, 1 for every month.
    last_box_from, last_box_to: the days between which the last of them leaves.
    """

    tier_name: str
    amount_yen: int
    box_count: int
    last_box_from: date | None = None
    last_box_to: date | None = None


def tiers_offered(*, membership: models.Membership) -> list[models.Tier]:
    """This will list the prepaid tiers a monthly member can go over to."""
    prepaid = selectors.tiers_open().filter(kind=states.TierKind.PREPAID)
    return [tier for tier in prepaid if tier.pk != membership.next_tier_id]


def choosing(*, membership_id: int) -> models.Membership:
    """This will return a membership that gives every month and may begin a term.

    Raises:
        MembershipPrepaid: it is in a term already, which has choices of its own.
        and what `ground.membership_choosing` raises.
    """
    return ground.monthly_choosing(membership_id=membership_id, allowed=MAY_BEGIN)


def term_preview(*, membership_id: int, tier_slug: str, today: date) -> TermPreview:
    """This will say what going over to a prepaid tier means, or, with the slug of today's tier,
    to go on giving every month after all.

    Raises:
        TierClosed: the tier takes no members, or is not prepaid.
        ChoiceSame: it is about to go over to that tier already.
        MonthFixed: no month is there that can still be changed.
        TermFixed: the month that pays for a term is fixed already.
        RuleBroken: a rule of the town or the law stands against it.
        and what `choosing` raises.
    """
    membership = choosing(membership_id=membership_id)
    ground.term_fixed_refuse(ground.months_fixed(membership=membership, today=today))
    first = _first_month(membership, today=today)
    if tier_slug == membership.tier.slug and membership.next_tier_id is not None:
        return _monthly_preview(membership, first=first, today=today)
    tier = _prepaid(tier_slug)
    if tier.pk == membership.next_tier_id:
        raise errors.ChoiceSame()
    _rules_require(membership, first=first, tier=tier)
    wish = _wish(membership, first=first, tier=tier)
    months = outlook.ahead(membership, today=today, wish=wish)
    boxes = _boxes(months, first=first)
    return TermPreview(
        kind=_Kind.TERM,
        effective_on=first.charge_on,
        change_until=first.change_until,
        month=first.month,
        months=tuple(box.dates.month for box in boxes),
        tier_name=tier.name,
        amount_yen=tier.amount_yen,
        box_count=tier.box_count,
        last_box_from=boxes[-1].dates.ship_from,
        last_box_to=boxes[-1].dates.ship_to,
        limit_warning=warning.choice_warning(
            membership=membership,
            as_if=forecast.AsIf(membership_id=membership.pk, today=today, wish=wish, tier=tier),
            years={today.year, first.charge_on.year},
        ),
        **coming.next_told(months, membership=membership, today=today),
    )


def term_choose(
    *,
    membership_id: int,
    tier_slug: str,
    now: datetime,
    actor: str,
    seen: str | None = None,
) -> models.MembershipChoice:
    """This will let the next donation that can still be changed pay for a term, or not after all.

    Raises:
        ChoiceChanged: the donor was shown something else.
        and what `term_preview` raises.
    """
    with transaction.atomic():
        ground.hold(membership_id=membership_id)
        today = ground.today_of(now)
        preview = term_preview(membership_id=membership_id, tier_slug=tier_slug, today=today)
        ground.seen_require(preview, seen=seen)
        membership = choosing(membership_id=membership_id)
        first = _first_month(membership, today=today)
        is_prepaid = preview.box_count > 1
        choices.membership_future_set(
            membership_id=membership_id,
            next_tier_id=_prepaid(tier_slug).pk if is_prepaid else None,
            from_n=first.n if is_prepaid else None,
            is_renewed=False,
        )
        planning.months_replan(membership_id=membership_id, now=now)
        return ground.choice_made(
            membership=membership,
            preview=preview,
            now=now,
            actor=actor,
            cycle_id=first.pk,
            details=term_view.details(preview),
        )


def _prepaid(slug: str) -> models.Tier:
    tier = selectors.tiers_open().filter(slug=slug, kind=states.TierKind.PREPAID).first()
    if tier is None:
        raise membership_errors.TierClosed()
    return tier


def _first_month(membership: models.Membership, *, today: date) -> models.Cycle:
    first = ground.months_planned(membership_id=membership.pk, today=today).first()
    if first is None:
        raise errors.MonthFixed()
    return first


def _rules_require(
    membership: models.Membership, *, first: models.Cycle, tier: models.Tier
) -> None:
    """The rules that will be asked when the month is locked, asked now."""
    town = selectors.municipality_get()
    is_box_wanted = locking.is_box_wanted(membership, town=town)
    month = facts.month_facts(
        donor=membership.donor,
        tier=tier,
        is_box_wanted=is_box_wanted,
        box=term_view.box_of_month(tier, month=first.month) if is_box_wanted else None,
        day=first.charge_on,
        town=town,
    )
    codes = rules.rules_broken(month)
    if codes:
        raise errors.RuleBroken(codes)


def _boxes(months: list[outlook.Ahead], *, first: models.Cycle) -> list[outlook.Ahead]:
    paying = next(month for month in months if month.n >= first.n and month.box_count > 1)
    return [month for month in months if paying.n in (month.n, month.paid_by)]


def _wish(
    membership: models.Membership, *, first: models.Cycle, tier: models.Tier | None
) -> terms.Wish:
    """With another tier from a month on, or with none."""
    return replace(
        planning.wish_of(membership, town=ground.town_calendar()),
        next_offer=planning.offer_of(tier) if tier else None,
        next_from_n=first.n if tier else 0,
        is_renewed=False,
    )


def _monthly_preview(
    membership: models.Membership, *, first: models.Cycle, today: date
) -> TermPreview:
    wish = _wish(membership, first=first, tier=None)
    months = outlook.ahead(membership, today=today, wish=wish)
    return TermPreview(
        kind=_Kind.TERM,
        effective_on=first.charge_on,
        change_until=first.change_until,
        month=first.month,
        months=(first.month,),
        tier_name=membership.tier.name,
        amount_yen=membership.tier.amount_yen,
        box_count=1,
        **coming.next_told(months, membership=membership, today=today),
    )
