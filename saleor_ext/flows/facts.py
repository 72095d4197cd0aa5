"""Gathering, across apps, what rules and snapshots need to know of a month."""

from datetime import date, datetime

from saleor_ext.flows import rules
from saleor_ext.fulfilment import models as fulfilment_models
from saleor_ext.fulfilment import selectors as fulfilment_selectors
from saleor_ext.membership import models, selectors


def box_facts(box: fulfilment_models.BoxPlan | None) -> rules.BoxFacts | None:
    """This will return what the rules look at of a box."""
    if box is None:
        return None
    found = fulfilment_selectors.box_facts(box=box)
    return rules.BoxFacts(cost_yen=found.cost_yen, has_alcohol=found.has_alcohol)


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
        box=box_facts(box),
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
    locked_at: datetime,
) -> models.CycleSnapshot:
    """This will copy what is fixed when a month is locked; a month without a box keeps no
    delivery address.
    """
    facts = box_facts(box)
    return models.CycleSnapshot(
        cycle_id=cycle.pk,
        box_plan=box,
        procurement_cost_yen=facts.cost_yen if facts else 0,
        donor_name=donor.full_name,
        donor_address=selectors.registered_address(donor=donor),
        delivery=selectors.delivery_address(donor=donor) if box else {},
        locked_at=locked_at,
    )
