"""What comes after a prepaid term: another term, a donation every month, or the end. The donor may
choose it beforehand, and otherwise, until the last day for changes of the month after the term.
"""

from dataclasses import dataclass, replace
from datetime import date, datetime

from django.db import transaction

from saleor_ext.flows import errors
from saleor_ext.flows.choices import coming, ground, term_view
from saleor_ext.flows.limits import forecast, warning
from saleor_ext.membership import choices, models, outlook, planning, selectors, states, terms
from saleor_ext.membership import errors as membership_errors

_Kind = states.ChoiceKind
END = "end"
"""Chosen in place of a tier: the membership ends with its last box."""


@dataclass(frozen=True, kw_only=True)
class AfterPreview(ground.Preview):
    """What would come after the term.

    after: the slug of the tier that follows, or `END`. tier_name, amount_yen, box_count: of the
    donation that follows. last_box_from, last_box_to: when the term's last box leaves.
    """

    after: str
    tier_name: str = ""
    amount_yen: int = 0
    box_count: int = 0
    last_box_from: date
    last_box_to: date


def tiers_offered(*, membership: models.Membership) -> list[models.Tier]:
    """This will list the tiers that may follow: the same one first, none that is closed."""
    tiers = selectors.tiers_open().exclude(kind=states.TierKind.FREE)
    return sorted(tiers, key=lambda tier: (tier.pk != membership.tier_id, tier.sort_order, tier.pk))


def after_now(membership: models.Membership) -> str:
    """This will say what is to follow as things stand: the slug of a tier, or `END`.

    A tier that was closed meanwhile follows no more.
    """
    tier = _coming(membership)
    return tier.slug if membership.is_renewed and tier.is_open else END


def _coming(membership: models.Membership) -> models.Tier:
    return membership.next_tier or membership.tier


def after_preview(*, membership_id: int, after: str, today: date) -> AfterPreview:
    """This will say what choosing `after` means.

    Raises:
        TierClosed: the tier takes no members.
        ChoiceSame: it is to follow already.
        MonthFixed: the last day to choose is over.
        and what `term_view.choosing` raises.
    """
    membership = term_view.choosing(membership_id=membership_id)
    tier = None if after == END else _tier(after)
    if membership.is_renewed and after == _coming(membership).slug:
        raise errors.ChoiceSame()
    term = _term(membership, tier=tier, today=today)
    dates = term.after_dates
    if dates.change_until < today or _is_fixed(term):
        raise errors.MonthFixed()
    last = term.boxes[-1]
    wish = _wish(membership, tier=tier)
    told = coming.next_told(
        outlook.ahead(membership, today=today, wish=wish), membership=membership, today=today
    )
    if tier is None:
        return AfterPreview(
            kind=_Kind.RENEWAL,
            effective_on=dates.charge_on,
            change_until=dates.change_until,
            after=END,
            last_box_from=last.dates.ship_from,
            last_box_to=last.dates.ship_to,
            **told,
        )
    is_renewal = tier.pk == membership.tier_id
    return AfterPreview(
        kind=_Kind.RENEWAL if is_renewal else _Kind.TERM,
        effective_on=dates.charge_on,
        change_until=dates.change_until,
        month=dates.month,
        months=(dates.month,),
        after=tier.slug,
        tier_name=tier.name,
        amount_yen=tier.amount_yen,
        box_count=tier.box_count,
        last_box_from=last.dates.ship_from,
        last_box_to=last.dates.ship_to,
        limit_warning=warning.choice_warning(
            membership=membership,
            as_if=forecast.AsIf(membership_id=membership.pk, today=today, wish=wish, tier=tier),
            years={today.year, dates.charge_on.year},
        ),
        **told,
    )


def after_choose(
    *, membership_id: int, after: str, now: datetime, actor: str, seen: str | None = None
) -> models.MembershipChoice:
    """This will note what is to come after the term, and plan it.

    Raises:
        ChoiceChanged: the donor was shown something else.
        and what `after_preview` raises.
    """
    with transaction.atomic():
        ground.hold(membership_id=membership_id)
        today = ground.today_of(now)
        preview = after_preview(membership_id=membership_id, after=after, today=today)
        ground.seen_require(preview, seen=seen)
        membership = term_view.choosing(membership_id=membership_id)
        tier = None if after == END else _tier(after)
        is_other = tier is not None and tier.pk != membership.tier_id
        choices.membership_future_set(
            membership_id=membership_id,
            next_tier_id=tier.pk if tier is not None and is_other else None,
            from_n=None,
            is_renewed=tier is not None,
        )
        planning.months_replan(membership_id=membership_id, now=now)
        return ground.choice_made(
            membership=membership,
            preview=preview,
            now=now,
            actor=actor,
            details=term_view.details(preview),
        )


def _tier(slug: str) -> models.Tier:
    open_tiers = selectors.tiers_open().exclude(kind=states.TierKind.FREE)
    tier = open_tiers.filter(slug=slug).first()
    if tier is None:
        raise membership_errors.TierClosed()
    return tier


def _term(
    membership: models.Membership, *, tier: models.Tier | None, today: date
) -> outlook.TermOutlook:
    """The term as it would end with that wish."""
    wish = _wish(membership, tier=tier)
    term = outlook.term_of(membership, today=today, wish=wish)
    if term is None:
        raise errors.ChoiceNotNow()
    return term


def _wish(membership: models.Membership, *, tier: models.Tier | None) -> terms.Wish:
    return replace(
        planning.wish_of(membership, town=ground.town_calendar()),
        next_offer=_next_offer(membership, tier=tier),
        is_renewed=tier is not None,
    )


def _next_offer(membership: models.Membership, *, tier: models.Tier | None) -> terms.Offer | None:
    if tier is None or tier.pk == membership.tier_id:
        return None
    return planning.offer_of(tier)


def _is_fixed(term: outlook.TermOutlook) -> bool:
    """The month after the term is locked already: it comes as it was agreed."""
    return term.after is not None and term.after.state != states.CycleState.PLANNED
