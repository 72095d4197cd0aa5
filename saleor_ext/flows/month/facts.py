"""Gathering, across apps, what rules and snapshots need to know of a month."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import TypedDict

from django.db.models import F, Q, Sum
from django.db.models.functions import Coalesce

from saleor_ext.flows.month import rules
from saleor_ext.fulfilment import models as fulfilment_models
from saleor_ext.fulfilment import selectors as fulfilment_selectors
from saleor_ext.law import register
from saleor_ext.membership import models, selectors, states


class ReceiverFacts(TypedDict, total=False):
    """What the rules look at of the person to whom a membership was given."""

    receiver_age: int
    is_receiver_local: bool
    is_receiver_incomplete: bool


def box_facts(box: fulfilment_models.BoxPlan | None, *, day: date) -> rules.BoxFacts | None:
    """This will return what the rules look at of a box that is offered on a day."""
    if box is None:
        return None
    found = fulfilment_selectors.box_facts(box=box)
    return rules.BoxFacts(
        cost_yen=found.cost_yen,
        has_alcohol=found.has_alcohol,
        is_listed=all(gift_may_be_offered(gift, day=day) for gift in found.gifts),
    )


def gift_may_be_offered(gift: fulfilment_models.Gift, *, day: date) -> bool:
    """This will say whether a gift may be offered, or only be shown, on a day.

    Law: value_added_published
    """
    over_percent = register.number_on(topic="value_added", name="over_percent", day=day)
    return over_percent is None or fulfilment_selectors.gift_is_listed(
        gift=gift, day=day, over_permille=over_percent * 10
    )


def box_may_be_offered(box: fulfilment_models.BoxPlan, *, day: date) -> bool:
    """This will say the same of all gifts in a box that came with its items."""
    return all(gift_may_be_offered(item.gift, day=day) for item in box.items.all())


def gift_cost_percent(*, day: date) -> int:
    """This will return how much of a donation may be given back; nothing where no rule is known.

    Law: gift_cost_30
    """
    return register.number_on(topic="gift_cost", name="percent", day=day) or 0


@dataclass(frozen=True, kw_only=True)
class Against:
    """The donation against which a box is given.

    `given_yen` is what was fixed as given against it before, `reserved_yen` what its later boxes
    cost as planned, None where that is not asked.
    """

    donated_on: date
    amount_yen: int
    box_count: int
    given_yen: int = 0
    reserved_yen: int | None = None


def against_of(cycle: models.Cycle, *, given_yen: int = 0) -> Against:
    """This will say which donation a month's box is given against: its own, or its term's."""
    paying = cycle.covered_by or cycle
    return Against(
        donated_on=paying.charge_on,
        amount_yen=paying.kept_yen,
        box_count=paying.boxes,
        given_yen=given_yen,
    )


def given_yen_of(*, paying_ids: Collection[int]) -> dict[int, int]:
    """This will add up what was fixed as given against the donations of some months."""
    rows = models.CycleSnapshot.objects.filter(
        Q(cycle_id__in=paying_ids) | Q(cycle__covered_by_id__in=paying_ids),
        cycle__state__in=[states.CycleState.LOCKED, states.CycleState.CHARGED],
    )
    found = (
        rows.order_by()
        .values(paying_id=Coalesce("cycle__covered_by_id", "cycle_id"))
        .annotate(given=Sum(F("procurement_cost_yen") + F("benefit_cost_yen")))
    )
    return {row["paying_id"]: row["given"] for row in found}


def month_facts(
    *,
    donor: models.Donor,
    tier: models.Tier,
    is_box_wanted: bool,
    box: fulfilment_models.BoxPlan | None,
    day: date,
    town: models.Municipality,
    against: Against | None = None,
    recipient: models.Donor | None = None,
) -> rules.MonthFacts:
    """This will gather what the rules look at for a month whose own day is `day`.

    Without `against` it is a first donation in the tier, given on that day. `recipient` is the
    person to whom the membership was given, if it was.
    """
    given = against or Against(donated_on=day, amount_yen=tier.amount_yen, box_count=tier.box_count)
    return rules.MonthFacts(
        day=given.donated_on,
        donation_yen=given.amount_yen,
        box_count=given.box_count,
        given_yen=given.given_yen,
        reserved_yen=given.reserved_yen,
        is_box_wanted=is_box_wanted,
        box=box_facts(box, day=day),
        benefit_cost_yen=tier.benefit_cost_yen,
        gift_cost_percent=gift_cost_percent(day=given.donated_on),
        age=selectors.age_on(donor=donor, day=day),
        is_resident=selectors.is_resident(donor=donor, town=town),
        are_details_complete=selectors.details_are_complete(donor=donor),
        designated_from=town.designated_from,
        designated_to=town.designated_to,
        **_receiver_facts(recipient, day=day, town=town),
    )


def _receiver_facts(
    recipient: models.Donor | None, *, day: date, town: models.Municipality
) -> ReceiverFacts:
    if recipient is None:
        return {}
    return {
        "receiver_age": selectors.age_on(donor=recipient, day=day),
        "is_receiver_local": selectors.is_local_receiver(donor=recipient, town=town),
        "is_receiver_incomplete": not selectors.details_are_complete(donor=recipient),
    }


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
        delivery=selectors.month_delivery(cycle=cycle) if box else {},
        recipient=cycle.membership.recipient,
        locked_at=locked_at,
    )
