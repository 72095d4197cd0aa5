"""Another box of the same month in place of the term's own, within the 30 % of its donation.

Law: gift_cost_30, gift_cost_per_donation
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime

from django.db import transaction

from saleor_ext.flows import errors
from saleor_ext.flows.choices import ground, term_view
from saleor_ext.flows.month import facts, locking, rules, shares
from saleor_ext.flows.orders import shop_stock
from saleor_ext.fulfilment import models as fulfilment_models
from saleor_ext.fulfilment import selectors as fulfilment_selectors
from saleor_ext.membership import cycles, models, selectors, states

_Kind = states.ChoiceKind


@dataclass(frozen=True, kw_only=True)
class SwapPreview(ground.Preview):
    """One month's box is another.

    title: of the box that would come. before: of the one that comes as things stand.
    contents: what is in the new one. allergens: named for its gifts.
    """

    title: str
    before: str
    contents: tuple[str, ...]
    allergens: tuple[str, ...]
    ship_from: date
    ship_to: date


def months_to_swap(*, membership_id: int, today: date) -> list[models.Cycle]:
    """This will list the months of terms whose box can still be another, nearest first."""
    rows = ground.months_planned(membership_id=membership_id, today=today)
    found = rows.select_related("tier", "covered_by", "membership__donor", "wished_box")
    return [cycle for cycle in found if cycle.covered_by_id or cycle.box_count > 1]


def boxes_offered(*, cycle: models.Cycle, now: datetime) -> list[fulfilment_models.BoxPlan]:
    """This will list the boxes that could come in a month in place of the one that does.

    Only such that break no rule, are not sold out, and together with all other boxes of the
    donation stay within what may be given against it.
    """
    town = selectors.municipality_get()
    if not locking.is_box_wanted(cycle.membership, town=town):
        return []
    own_tier_id = fulfilment_selectors.box_tier_id(tier=cycle.tier)
    rows = fulfilment_selectors.boxes().filter(month=cycle.month)
    coming = _box_now(cycle)
    if coming is not None:
        rows = rows.exclude(pk=coming.pk)
    found = [box for box in rows if not _codes(cycle, box=box, town=town, now=now)]
    return sorted(found, key=lambda box: (box.tier_id != own_tier_id, box.pk))


def box_id_of(text: str) -> int:
    """This will read the id of a box.

    Raises:
        BoxNotOffered: it is none.
    """
    if not (text.isascii() and text.isdigit()):
        raise errors.BoxNotOffered()
    return int(text)


def swap_preview(
    *, membership_id: int, month: date, box_id: int, today: date, now: datetime
) -> SwapPreview:
    """This will say what another box means.

    Raises:
        MonthFixed: the month can no longer be changed, or is in no term.
        BoxNotOffered: the box is not offered for that month.
        and what `term_view.choosing` raises.
    """
    membership = term_view.choosing(membership_id=membership_id)
    cycle = _month(membership, month=month, today=today)
    box = _box(cycle, box_id=box_id, now=now)
    before = _box_now(cycle)
    return SwapPreview(
        kind=_Kind.SWAP,
        effective_on=cycle.ship_from,
        change_until=cycle.change_until,
        month=cycle.month,
        months=(cycle.month,),
        title=box.title,
        before=before.title if before else "",
        contents=tuple(_contents(box)),
        allergens=tuple(_allergens(box)),
        ship_from=cycle.ship_from,
        ship_to=cycle.ship_to,
    )


def swap_choose(
    *,
    membership_id: int,
    month: date,
    box_id: int,
    now: datetime,
    actor: str,
    seen: str | None = None,
) -> models.MembershipChoice:
    """This will have another box come in a month. The term's own box takes the choice back.

    Raises:
        ChoiceChanged: the donor was shown something else.
        and what `swap_preview` raises.
    """
    with transaction.atomic():
        ground.hold(membership_id=membership_id)
        today = ground.today_of(now)
        preview = swap_preview(
            membership_id=membership_id, month=month, box_id=box_id, today=today, now=now
        )
        ground.seen_require(preview, seen=seen)
        membership = term_view.choosing(membership_id=membership_id)
        cycle = _month(membership, month=month, today=today)
        box = _box(cycle, box_id=box_id, now=now)
        is_own = box.tier_id == fulfilment_selectors.box_tier_id(tier=cycle.tier)
        cycles.cycle_box_wish(cycle_id=cycle.pk, box_plan_id=None if is_own else box.pk)
        return ground.choice_made(
            membership=membership,
            preview=preview,
            now=now,
            actor=actor,
            cycle_id=cycle.pk,
            details=term_view.details(preview),
        )


def _month(membership: models.Membership, *, month: date, today: date) -> models.Cycle:
    for cycle in months_to_swap(membership_id=membership.pk, today=today):
        if cycle.month == month:
            return cycle
    raise errors.MonthFixed()


def _box(cycle: models.Cycle, *, box_id: int, now: datetime) -> fulfilment_models.BoxPlan:
    for box in boxes_offered(cycle=cycle, now=now):
        if box.pk == box_id:
            return box
    raise errors.BoxNotOffered()


def _box_now(cycle: models.Cycle) -> fulfilment_models.BoxPlan | None:
    return shares.box_of(cycle, boxes={})


def _codes(
    cycle: models.Cycle,
    *,
    box: fulfilment_models.BoxPlan,
    town: models.Municipality,
    now: datetime,
) -> list[str]:
    paying = cycle.covered_by or cycle
    given = facts.given_yen_of(paying_ids=[paying.pk])
    against = replace(
        facts.against_of(cycle, given_yen=given.get(paying.pk, 0)),
        reserved_yen=shares.reserved_yen(cycle, boxes={}),
    )
    month = facts.month_facts(
        donor=cycle.membership.donor,
        tier=cycle.tier,
        is_box_wanted=True,
        box=box,
        day=cycle.charge_on,
        town=town,
        against=against,
    )
    codes = rules.rules_broken(month)
    return [*codes, "out_of_stock"] if shop_stock.is_sold_out(box=box, now=now) else codes


def _contents(box: fulfilment_models.BoxPlan) -> Iterator[str]:
    for item in box.items.all():
        count = f" × {item.quantity}" if item.quantity > 1 else ""
        yield f"{item.gift.name}({item.gift.contents}){count}"


def _allergens(box: fulfilment_models.BoxPlan) -> list[str]:
    return sorted({name for item in box.items.all() for name in item.gift.allergens})
