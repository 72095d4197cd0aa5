"""Whether an alternate may come in a gift's place: the 30 %, the public row, alcohol, allergens."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date

from saleor_ext.common import money
from saleor_ext.flows.month import facts, rules
from saleor_ext.fulfilment import errors, models, selectors
from saleor_ext.membership import models as membership_models
from saleor_ext.membership import selectors as membership_selectors
from saleor_ext.membership import states as membership_states


@dataclass(frozen=True, kw_only=True)
class Allergens:
    """How an alternate's allergens differ from those of the gift it stands for."""

    added: tuple[str, ...]
    gone: tuple[str, ...]

    @property
    def differ(self) -> bool:
        """Whether they differ at all."""
        return bool(self.added or self.gone)


def allergens_compare(*, gift: models.Gift, alternate: models.Gift) -> Allergens:
    """This will compare what may cause allergies; what is added is never sent unasked."""
    before, after = set(gift.allergens), set(alternate.allergens)
    return Allergens(added=tuple(sorted(after - before)), gone=tuple(sorted(before - after)))


def alternate_check(
    *, box: models.BoxPlan, gift: models.Gift, alternate: models.Gift, today: date
) -> None:
    """This will check an alternate against every tier whose members get the box.

    Law: gift_cost_30, value_added_published

    Raises:
        AlternateUnfit: the gift is not in the box, or the alternate is in it already.
        AlternateUnlisted: it may not be offered for want of its public row.
        AlternateOverLimit: some tier's box would be worth more than may be given back.
    """
    lines = _lines(box)
    in_box = {line.gift.pk for line in lines}
    if gift.pk not in in_box or alternate.pk in in_box:
        raise errors.AlternateUnfit()
    swapped = _swapped(lines, gift_id=gift.pk, alternate=alternate)
    if not _facts_of(swapped, day=max(today, box.month)).is_listed:
        raise errors.AlternateUnlisted()
    cost_yen = selectors.lines_cost_yen(lines=swapped)
    if cost_yen <= selectors.lines_cost_yen(lines=lines):
        return
    percent = facts.gift_cost_percent(day=max(today, box.month))
    if not all(_is_within(tier, cost_yen=cost_yen, percent=percent) for tier in _tiers(box)):
        raise errors.AlternateOverLimit()


def month_fits(*, cycle: membership_models.Cycle, alternate: models.Alternate, today: date) -> bool:
    """This will check once more for one month: its own donation, its donor's age, its day.

    Law: gift_cost_30, alcohol_20, value_added_published
    """
    if cycle.snapshot.box_plan_id is None:
        return False
    lines = selectors.month_lines(box_plan_id=cycle.snapshot.box_plan_id, cycle_id=cycle.pk)
    swapped = _swapped(lines, gift_id=alternate.gift_id, alternate=alternate.alternate)
    paying_id = cycle.covered_by_id or cycle.pk
    own_yen = cycle.snapshot.procurement_cost_yen + cycle.snapshot.benefit_cost_yen
    given_yen = facts.given_yen_of(paying_ids=[paying_id]).get(paying_id, own_yen) - own_yen
    return lines_fit(
        cycle=cycle,
        lines=swapped,
        planned_yen=cycle.snapshot.procurement_cost_yen,
        given_yen=given_yen,
        today=today,
    )


def lines_fit(
    *,
    cycle: membership_models.Cycle,
    lines: Collection[selectors.GiftLine],
    planned_yen: int,
    given_yen: int,
    today: date,
) -> bool:
    """This will check some gifts for one month; what costs no more than what was planned fits.

    Law: gift_cost_30, alcohol_20, value_added_published
    """
    month = facts.month_facts(
        donor=cycle.membership.donor,
        tier=cycle.tier,
        is_box_wanted=True,
        box=None,
        day=cycle.charge_on,
        town=membership_selectors.municipality_get(),
        against=facts.against_of(cycle, given_yen=given_yen),
        recipient=cycle.membership.recipient,
    )
    broken = set(rules.rules_broken(replace(month, box=_facts_of(lines, day=today))))
    if selectors.lines_cost_yen(lines=lines) <= planned_yen:
        broken -= {"box_over_limit"}
    return not broken & {"box_over_limit", "gift_unlisted", "under_20_alcohol"}


def box_lines(
    box: models.BoxPlan, *, alternates: Collection[models.Alternate] = ()
) -> list[selectors.GiftLine]:
    """This will list what a box holds, with some alternates in their gifts' places."""
    lines = _lines(box)
    for alternate in alternates:
        lines = _swapped(lines, gift_id=alternate.gift_id, alternate=alternate.alternate)
    return lines


def _lines(box: models.BoxPlan) -> list[selectors.GiftLine]:
    return [selectors.GiftLine(gift=item.gift, quantity=item.quantity) for item in box.items.all()]


def _swapped(
    lines: Collection[selectors.GiftLine], *, gift_id: int, alternate: models.Gift
) -> list[selectors.GiftLine]:
    return [replace(line, gift=alternate) if line.gift.pk == gift_id else line for line in lines]


def _facts_of(lines: Collection[selectors.GiftLine], *, day: date) -> rules.BoxFacts:
    return rules.BoxFacts(
        cost_yen=selectors.lines_cost_yen(lines=lines),
        has_alcohol=any(line.gift.is_alcohol for line in lines),
        is_listed=all(facts.gift_may_be_offered(line.gift, day=day) for line in lines),
    )


def _tiers(box: models.BoxPlan) -> list[membership_models.Tier]:
    own = membership_models.Tier.objects.filter(pk=box.tier_id)
    others = membership_models.Tier.objects.filter(box_source_id=box.tier_id)
    paid = (own | others).exclude(kind=membership_states.TierKind.FREE)
    return list(paid)


def _is_within(tier: membership_models.Tier, *, cost_yen: int, percent: int) -> bool:
    return money.percent_is_within(
        part_yen=(cost_yen + tier.benefit_cost_yen) * tier.box_count,
        whole_yen=tier.amount_yen,
        percent=percent,
    )
