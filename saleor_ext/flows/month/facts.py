"""Gathering, across apps, what rules and snapshots need to know of a month."""

from datetime import date, datetime

from saleor_ext.flows.month import rules
from saleor_ext.fulfilment import models as fulfilment_models
from saleor_ext.fulfilment import selectors as fulfilment_selectors
from saleor_ext.law import register
from saleor_ext.membership import models, selectors


def box_facts(box: fulfilment_models.BoxPlan | None, *, day: date) -> rules.BoxFacts | None:
    """This will return what the rules look at of a box that is offered on a day."""
    if box is None:
        return None
    found = fulfilment_selectors.box_facts(box=box)
    over_percent = register.number_on(topic="value_added", name="over_percent", day=day)
    is_listed = over_percent is None or all(
        fulfilment_selectors.gift_is_listed(gift=gift, day=day, over_permille=over_percent * 10)
        for gift in found.gifts
    )
    return rules.BoxFacts(
        cost_yen=found.cost_yen, has_alcohol=found.has_alcohol, is_listed=is_listed
    )


def gift_cost_percent(*, day: date) -> int:
    """This will return how much of a donation may be given back; nothing where no rule is known.

    Law: gift_cost_30
    """
    return register.number_on(topic="gift_cost", name="percent", day=day) or 0


def donation_per_box_yen(tier: models.Tier) -> int:
    """This will return the part of a donation against which one box is given.

    A prepaid donation covers `box_count` boxes; what a division leaves over is counted for none
    of them, which errs on the strict side of the 30 % rule.
    """
    return tier.amount_yen // tier.box_count


def month_facts(
    *,
    donor: models.Donor,
    tier: models.Tier,
    is_box_wanted: bool,
    box: fulfilment_models.BoxPlan | None,
    day: date,
    town: models.Municipality,
) -> rules.MonthFacts:
    """This will gather what the rules look at for a month whose donation falls on `day`."""
    return rules.MonthFacts(
        day=day,
        donation_yen=donation_per_box_yen(tier),
        is_box_wanted=is_box_wanted,
        box=box_facts(box, day=day),
        benefit_cost_yen=tier.benefit_cost_yen,
        gift_cost_percent=gift_cost_percent(day=day),
        age=selectors.age_on(donor=donor, day=day),
        is_resident=selectors.is_resident(donor=donor, town=town),
        are_details_complete=selectors.details_are_complete(donor=donor),
        designated_from=town.designated_from,
        designated_to=town.designated_to,
    )


def snapshot_make(
    *,
    cycle: models.Cycle,
    donor: models.Donor,
    box: fulfilment_models.BoxPlan | None,
    town: models.Municipality,
    locked_at: datetime,
) -> models.CycleSnapshot:
    """This will copy what is fixed when a month is locked; a month without a box keeps no
    delivery address.
    """
    cost_yen = fulfilment_selectors.box_facts(box=box).cost_yen if box else 0
    return models.CycleSnapshot(
        cycle_id=cycle.pk,
        box_plan=box,
        procurement_cost_yen=cost_yen,
        benefit_cost_yen=cycle.tier.benefit_cost_yen,
        donor_name=donor.full_name,
        donor_address=selectors.registered_address(donor=donor),
        donor_prefecture=selectors.registered_place(donor=donor)[0],
        use_name=selectors.use_name(slug=cycle.membership.use_slug, town=town),
        delivery=selectors.delivery_address(donor=donor) if box else {},
        locked_at=locked_at,
    )
