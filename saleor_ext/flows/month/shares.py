"""What the other boxes of a prepaid term cost, so that a dearer one fits only where there is room.

Law: gift_cost_per_donation
"""

from datetime import date

from saleor_ext.common import jptime
from saleor_ext.flows.month import facts
from saleor_ext.fulfilment import models as fulfilment_models
from saleor_ext.fulfilment import selectors as fulfilment_selectors
from saleor_ext.membership import models, states

Boxes = dict[tuple[int, date], fulfilment_models.BoxPlan | None]
"""The box of a tier (its id) in a month, read once."""


def box_of(cycle: models.Cycle, *, boxes: Boxes) -> fulfilment_models.BoxPlan | None:
    """This will return the box of a month: the one its donor chose, or the tier's own."""
    if cycle.wished_box_id is not None:
        return fulfilment_selectors.boxes().filter(pk=cycle.wished_box_id).first()
    return own_box(cycle.tier, month=cycle.month, boxes=boxes)


def own_box(tier: models.Tier, *, month: date, boxes: Boxes) -> fulfilment_models.BoxPlan | None:
    """This will return the box that a tier gets in a month."""
    key = (tier.pk, jptime.month_start(month))
    if key not in boxes:
        boxes[key] = fulfilment_selectors.box_for(tier=tier, month=month)
    return boxes[key]


def cost_yen(box: fulfilment_models.BoxPlan | None) -> int:
    """This will return what a box costs, tax included; nothing without one."""
    return fulfilment_selectors.box_facts(box=box).cost_yen if box is not None else 0


def reserved_yen(cycle: models.Cycle, *, boxes: Boxes) -> int:
    """This will add up what the boxes of the same donation that are not fixed yet will cost,
    without the one of this month.

    A box nobody has planned yet counts with its equal share of what may be given.
    """
    paying = cycle.covered_by or cycle
    others = _others_planned(cycle, paying=paying)
    missing = paying.boxes - 1 - _fixed_count(paying, but=cycle) - len(others)
    last = max([cycle.month, *(other.month for other in others)])
    later = [jptime.month_add(last, number) for number in range(1, missing + 1)]
    plans = [box_of(other, boxes=boxes) for other in others]
    plans += [own_box(cycle.tier, month=month, boxes=boxes) for month in later]
    share_yen = _share_yen(paying)
    benefit_yen = cycle.tier.benefit_cost_yen
    return sum(
        fulfilment_selectors.box_facts(box=plan).cost_yen + benefit_yen if plan else share_yen
        for plan in plans
    )


def _others_planned(cycle: models.Cycle, *, paying: models.Cycle) -> list[models.Cycle]:
    if paying.pk is None:
        return []  # a term that is only rehearsed
    rows = models.Cycle.objects.filter(covered_by_id=paying.pk, state=states.CycleState.PLANNED)
    return list(rows.exclude(pk=cycle.pk).select_related("tier").order_by("n"))


def _fixed_count(paying: models.Cycle, *, but: models.Cycle) -> int:
    """How many of the donation's boxes are fixed, with the first month's own."""
    if paying.pk is None:
        return max(but.n - paying.n, 0)
    fixed = [states.CycleState.LOCKED, states.CycleState.CHARGED]
    covered = models.Cycle.objects.filter(covered_by_id=paying.pk, state__in=fixed)
    first = paying.pk != but.pk and paying.state in fixed
    return covered.exclude(pk=but.pk).count() + first


def _share_yen(paying: models.Cycle) -> int:
    percent = facts.gift_cost_percent(day=paying.charge_on)
    return paying.kept_yen * percent // 100 // paying.boxes
