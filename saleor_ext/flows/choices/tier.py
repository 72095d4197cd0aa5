"""A donor changes to another tier. Donations are whole: nothing is prorated, the change begins with
the first month that can still be changed.

`Membership.tier` is the tier that is in force and opens content. `next_tier` is the one to come:
an upgrade comes into force when its first donation was received, a downgrade on the donation day
of its first month.
"""

from dataclasses import dataclass, replace
from datetime import date, datetime

from django.db import transaction

from saleor_ext.common.errors import NotFound
from saleor_ext.flows import errors
from saleor_ext.flows.choices import cancel, coming, ground
from saleor_ext.flows.limits import forecast, warning
from saleor_ext.flows.limits.deciding import LOWERED_REASON
from saleor_ext.flows.month import facts, rules
from saleor_ext.fulfilment import selectors as fulfilment_selectors
from saleor_ext.membership import (
    calendar,
    choices,
    models,
    outlook,
    planning,
    selectors,
    states,
    terms,
)
from saleor_ext.membership import errors as membership_errors

_Cycle = states.CycleState
_TierKind = states.TierKind

LEFT_TO_LOCK = frozenset({"box_missing", "designation_ended"})
"""Rules that a month to come may break today and keep by the time it is locked."""


@dataclass(frozen=True, kw_only=True)
class TierPreview(ground.Preview):
    """Another tier from a month on.

    tier_from, tier_to: names. amount_from_yen, amount_to_yen: of one donation. locked_on: the
    donation day of a month that is fixed already and stays as it is. ends_on: the last day with
    what was paid for, when donations end and a free membership goes on.
    """

    tier_from: str
    tier_to: str
    amount_from_yen: int
    amount_to_yen: int
    locked_on: date | None = None
    ends_on: date | None = None
    is_up: bool = False


def tiers_to_choose(*, membership: models.Membership) -> list[models.Tier]:
    """This will list the tiers a member could change to, in the town's order."""
    coming = membership.coming_tier
    open_ones = list(selectors.tiers_open().exclude(kind=_TierKind.PREPAID))
    if membership.tier not in open_ones:
        open_ones.append(membership.tier)  # back to a tier that takes no new members
    return [tier for tier in open_ones if tier.pk != coming.pk]


def tier_preview(*, membership_id: int, tier_slug: str, today: date) -> TierPreview:
    """This will say from which month on another tier counts.

    Raises:
        TierSame: it is that tier already, or about to be.
        TierClosed: it takes no new members. NotFound: there is none by this slug.
        TierPrepaid: a prepaid term is chosen elsewhere.
        RuleBroken: a rule stands against this donor and the first box of the tier.
        TermFixed: the month that pays for a prepaid term is fixed already.
        and what `ground.monthly_choosing` raises.
    """
    membership = ground.monthly_choosing(membership_id=membership_id)
    tier = _tier(membership, slug=tier_slug)
    if tier.kind == _TierKind.FREE:
        return _to_free(membership, tier=tier, today=today)
    fixed = ground.months_fixed(membership=membership, today=today)
    ground.term_fixed_refuse(fixed)
    first, from_n = _first_month(membership, today=today)
    _rules_require(membership, tier=tier, dates=first)
    locked = ground.last_donation(fixed)
    wish = _wish(membership, tier=tier, from_n=from_n)
    return TierPreview(
        kind=states.ChoiceKind.TIER,
        effective_on=first.charge_on,
        change_until=first.change_until,
        month=first.month,
        months=(first.month,),
        tier_from=membership.coming_tier.name,
        tier_to=tier.name,
        amount_from_yen=membership.coming_tier.amount_yen,
        amount_to_yen=tier.amount_yen,
        locked_on=locked.charge_on if locked else None,
        is_up=tier.rank > membership.tier.rank,
        limit_warning=warning.choice_warning(
            membership=membership,
            as_if=forecast.AsIf(membership_id=membership.pk, today=today, wish=wish, tier=tier),
            years={today.year, first.charge_on.year},
        ),
        **coming.next_told(
            outlook.ahead(membership, today=today, wish=wish), membership=membership, today=today
        ),
    )


def _wish(membership: models.Membership, *, tier: models.Tier, from_n: int) -> terms.Wish:
    return replace(
        planning.wish_of(membership, town=ground.town_calendar()),
        next_offer=planning.offer_of(tier),
        next_from_n=from_n,
    )


def _tier(membership: models.Membership, *, slug: str) -> models.Tier:
    tier = models.Tier.objects.filter(slug=slug).first()
    if tier is None:
        raise NotFound(what="tier")
    if tier.pk == membership.coming_tier.pk:
        raise errors.TierSame()
    if not tier.is_open and tier.pk != membership.tier_id:
        raise membership_errors.TierClosed()
    if tier.kind == _TierKind.PREPAID:
        raise errors.TierPrepaid()
    return tier


def _to_free(membership: models.Membership, *, tier: models.Tier, today: date) -> TierPreview:
    end = cancel.cancel_preview(membership_id=membership.pk, today=today)
    return TierPreview(
        kind=states.ChoiceKind.TIER,
        effective_on=end.effective_on,
        change_until=end.change_until,
        month=end.month,
        months=end.months,
        tier_from=membership.coming_tier.name,
        tier_to=tier.name,
        amount_from_yen=membership.coming_tier.amount_yen,
        amount_to_yen=0,
        ends_on=end.ends_on,
    )


def _first_month(membership: models.Membership, *, today: date) -> tuple[calendar.CycleDates, int]:
    """The first month that comes and can still be changed, and its number."""
    cycle = ground.months_planned(membership_id=membership.pk, today=today).first()
    if cycle is not None:
        return ground.dates_of(cycle), cycle.n
    dates = ground.first_beyond(membership=membership, resume_on=membership.resume_on)
    return dates, selectors.month_number(membership=membership, month=dates.month)


def _rules_require(
    membership: models.Membership, *, tier: models.Tier, dates: calendar.CycleDates
) -> None:
    """Law: no_gift_to_residents, alcohol_20, gift_cost_30"""
    town = selectors.municipality_get()
    is_resident = selectors.is_resident(donor=membership.donor, town=town)
    goes_without = membership.is_pure_if_resident and is_resident
    is_box_wanted = membership.is_box_wanted and not goes_without
    box = fulfilment_selectors.box_for(tier=tier, month=dates.month) if is_box_wanted else None
    month = facts.month_facts(
        donor=membership.donor,
        tier=tier,
        is_box_wanted=is_box_wanted,
        box=box,
        day=dates.charge_on,
        town=town,
    )
    broken = [code for code in rules.rules_broken(month) if code not in LEFT_TO_LOCK]
    if broken:
        raise errors.RuleBroken(broken)


def tier_choose(
    *, membership_id: int, tier_slug: str, now: datetime, actor: str, seen: str | None = None
) -> models.MembershipChoice:
    """This will plan every month that can still be changed for another tier.

    To a free tier, donations end with what was paid for, and a free membership goes on.

    Raises:
        ChoiceChanged: the donor was shown something else.
        and what `tier_preview` raises.
    """
    with transaction.atomic():
        ground.hold(membership_id=membership_id)
        today = ground.today_of(now)
        preview = tier_preview(membership_id=membership_id, tier_slug=tier_slug, today=today)
        ground.seen_require(preview, seen=seen)
        membership = ground.monthly_choosing(membership_id=membership_id)
        tier = models.Tier.objects.get(slug=tier_slug)
        if tier.kind == _TierKind.FREE:
            cancel.leave(
                membership_id=membership_id, free_tier=tier, today=today, now=now, actor=actor
            )
        else:
            _plan_for(membership, tier=tier, today=today, now=now)
        return ground.choice_made(
            membership=membership,
            preview=preview,
            now=now,
            actor=actor,
            cycle_id=ground.month_id(membership_id=membership_id, month=preview.month),
            details=_details(preview),
        )


def _plan_for(
    membership: models.Membership, *, tier: models.Tier, today: date, now: datetime
) -> None:
    _, from_n = _first_month(membership, today=today)
    is_back = tier.pk == membership.tier_id and not _is_other_fixed(membership, today=today)
    choices.next_tier_set(
        membership_id=membership.pk,
        tier=None if is_back else tier,
        from_n=None if is_back else from_n,
    )
    planning.months_replan(membership_id=membership.pk, now=now)


def _is_other_fixed(membership: models.Membership, *, today: date) -> bool:
    """A month fixed for another tier will bring that tier into force once more."""
    return any(
        cycle.kind == states.CycleKind.DONATION
        and cycle.tier_id != membership.tier_id
        and cycle.reason != LOWERED_REASON
        for cycle in ground.months_fixed(membership=membership, today=today)
    )


def _details(preview: TierPreview) -> dict[str, object]:
    told: dict[str, object] = {
        "tier_from": preview.tier_from,
        "tier_to": preview.tier_to,
        "amount_from_yen": preview.amount_from_yen,
        "amount_to_yen": preview.amount_to_yen,
        "is_up": preview.is_up,
    }
    days = {"locked_on": preview.locked_on, "ends_on": preview.ends_on}
    return told | {name: day.isoformat() for name, day in days.items() if day}
