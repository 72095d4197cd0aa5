"""Locking months: the last day for changes is over, so address, box, price and cost are copied
and every rule is checked. A month that breaks a rule is not charged.
"""

import logging
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Self

from django.db import transaction
from django.db.models import F, Q

from saleor_ext.common import jptime
from saleor_ext.common.errors import InvalidTransition
from saleor_ext.flows.limits import deciding
from saleor_ext.flows.limits.deciding import Outcome
from saleor_ext.flows.month import facts, rules, settle, shares
from saleor_ext.flows.orders import order_queue, shop_stock
from saleor_ext.fulfilment import models as fulfilment_models
from saleor_ext.fulfilment import selectors as fulfilment_selectors
from saleor_ext.membership import cycles, outlook, selectors, services, states
from saleor_ext.membership import models as membership_models
from saleor_ext.outbox import services as outbox

logger = logging.getLogger(__name__)

LOCK_BATCH = 500

Boxes = shares.Boxes


@dataclass(kw_only=True)
class LockReport:
    """How many months were locked, left out with a reason, or parked for staff."""

    locked: int = 0
    skipped: int = 0
    parked: int = 0

    def __iadd__(self, other: "LockReport") -> Self:
        self.locked += other.locked
        self.skipped += other.skipped
        self.parked += other.parked
        return self


@dataclass(kw_only=True)
class Sorted:
    """Months to be locked (with what is copied for them), to be left out, and to be parked;
    `lowered` are those of the first that are given in a lower tier this time, `fell_back` those
    whose donor had chosen another box that cannot come.
    """

    snapshots: list[membership_models.CycleSnapshot] = field(default_factory=list)
    lowered: dict[int, membership_models.Tier] = field(default_factory=dict)
    fell_back: set[int] = field(default_factory=set)
    skips: list[tuple[membership_models.Cycle, str]] = field(default_factory=list)
    parks: list[tuple[membership_models.Cycle, str]] = field(default_factory=list)


def cycles_to_lock(
    *, as_of: date, after_id: int, limit: int = LOCK_BATCH
) -> list[membership_models.Cycle]:
    """This will list planned months whose last day for changes has passed, by key.

    A month of a prepaid term waits until the donation of the term was received; one that lies in a
    pause is left out elsewhere, unless the pause was chosen when the month was fixed already.
    """
    gives = Q(
        kind=states.CycleKind.DONATION,
        membership__state__in=sorted(
            states.MEMBERSHIP_CHARGEABLE | {states.MembershipState.PAUSED}
        ),
    )
    was_given = Q(
        kind=states.CycleKind.PREPAID,
        membership__state__in=sorted(states.MEMBERSHIP_PLANNED),
        covered_by__state=states.CycleState.CHARGED,
        covered_by__is_stopped=False,
    )
    rows = membership_models.Cycle.objects.filter(
        gives | was_given,
        state=states.CycleState.PLANNED,
        change_until__lt=as_of,
        pk__gt=after_id,
    ).filter(
        Q(membership__resume_on__isnull=True)
        | Q(membership__resume_on__lte=F("charge_on"))
        | selectors.paused_too_late()
    )
    rows = rows.select_related(
        "membership__donor",
        "membership__recipient",
        "month_address",
        "tier",
        "covered_by",
        "wished_box",
    )
    return list(rows.order_by("pk")[:limit])


def cycles_lock_due(
    *, as_of: date, now: datetime, actor: str, tell: Callable[[], None] = lambda: None
) -> LockReport:
    """This will lock every month that is due, in small batches; one donor's trouble stays his.

    After each batch it will `tell` that it is still at work.
    """
    report, last_id, boxes = LockReport(), 0, Boxes()
    town = selectors.municipality_get()
    while batch := cycles_to_lock(as_of=as_of, after_id=last_id):
        if not last_id:
            shop_stock.stock_refresh(now=now)
        last_id = batch[-1].pk
        try:
            report += _batch_lock(batch, town=town, boxes=boxes, now=now, actor=actor)
        except Exception as error:  # noqa: BLE001  found and named month by month
            logger.info("%s months not locked together: %s", len(batch), type(error).__name__)
            for cycle in batch:
                report += _lock_safely(cycle, as_of=as_of, town=town, now=now, actor=actor)
        tell()
    return report


def _batch_lock(
    batch: Sequence[membership_models.Cycle],
    *,
    town: membership_models.Municipality,
    boxes: Boxes,
    now: datetime,
    actor: str,
) -> LockReport:
    # What is locked must be what the donors chose last, not what they had chosen just before.
    as_read = cycles.months_as_read(cycles=batch)
    found = batch_sort(batch, town=town, boxes=boxes, now=now)
    return LockReport(
        locked=_lock(found, batch=batch, as_read=as_read, now=now, actor=actor),
        skipped=sum(
            _skip(cycle, reason=reason, now=now, actor=actor) for cycle, reason in found.skips
        ),
        parked=sum(
            _park(cycle, reason=reason, now=now, actor=actor) for cycle, reason in found.parks
        ),
    )


def _lock_safely(
    cycle: membership_models.Cycle,
    *,
    as_of: date,
    town: membership_models.Municipality,
    now: datetime,
    actor: str,
) -> LockReport:
    """A month that cannot be locked parks its own membership. It is read anew: the batch may have
    come to it before it broke off.
    """
    again = cycles_to_lock(as_of=as_of, after_id=cycle.pk - 1, limit=1)
    if [row.pk for row in again] != [cycle.pk]:
        return LockReport()
    try:
        return _batch_lock(again, town=town, boxes=Boxes(), now=now, actor=actor)
    except Exception as error:  # noqa: BLE001  staff find the membership, parked
        # A database's words about a row it refuses would bring its address into the log.
        logger.error("cycle %s could not be locked: %s", cycle.pk, type(error).__name__)
        return LockReport(parked=_park(cycle, reason="unexpected_error", now=now, actor=actor))


def batch_sort(
    batch: Sequence[membership_models.Cycle],
    *,
    town: membership_models.Municipality,
    boxes: Boxes,
    now: datetime,
) -> Sorted:
    """This will check planned months against all rules and say what is to become of each."""
    found, rooms = Sorted(), deciding.rooms_read(batch)
    given = _given_in_terms(batch)
    replaced = {
        (alternate.box_plan_id, alternate.gift_id)
        for alternate in fulfilment_selectors.alternates_proposed()
    }
    for cycle in batch:
        paying_id = cycle.covered_by_id or cycle.pk
        codes, box = cycle_rules(
            cycle=cycle, town=town, boxes=boxes, given_yen=given.get(paying_id, 0)
        )
        if not codes and _is_owing(cycle):
            codes = ["past_due"]
        if not codes and rooms.limit_of(cycle) is not None:
            fitted = fit(cycle, box=box, rooms=rooms, town=town, boxes=boxes)
            codes, box = fitted.codes, fitted.box
            found.lowered |= fitted.lowered
        if not codes:
            given_yen = given.get(paying_id, 0)
            stock = Stock(town=town, boxes=boxes, replaced=replaced, now=now)
            codes, box = stock.fitted(cycle, box=box, given_yen=given_yen)
        if not codes:
            if cycle.wished_box_id is not None and box is not None:
                found.fell_back |= {cycle.pk} if box.pk != cycle.wished_box_id else set()
            snapshot = _snapshot(cycle, box=box, rooms=rooms, town=town, now=now)
            given[paying_id] += snapshot.procurement_cost_yen + snapshot.benefit_cost_yen
            found.snapshots.append(snapshot)
        elif rules.STAFF_CODES & set(codes):
            found.parks.append((cycle, codes[0]))
        else:
            found.skips.append((cycle, codes[0]))
    return found


@dataclass(frozen=True, kw_only=True)
class Fit:
    """What becomes of a month in its donor's year: broken rules, its box, a lower tier."""

    codes: list[str]
    box: fulfilment_models.BoxPlan | None
    lowered: dict[int, membership_models.Tier] = field(default_factory=dict)

    @property
    def is_lowered(self) -> bool:
        """Whether it is given in a lower tier this time."""
        return bool(self.lowered)


def fit(
    cycle: membership_models.Cycle,
    *,
    box: fulfilment_models.BoxPlan | None,
    rooms: deciding.YearRooms,
    town: membership_models.Municipality,
    boxes: Boxes,
) -> Fit:
    """This will fit a month into what its donor may still give in the year, as he chose it.

    A lower tier takes the month's place for this month only; one whose box breaks a rule is
    passed over for the next one.
    """
    decision = rooms.decide(cycle)
    if decision.outcome is Outcome.FITS:
        return Fit(codes=[], box=box)
    for tier in rooms.tiers_that_fit(cycle) if decision.tier else []:
        cycle.tier, cycle.amount_yen = tier, tier.amount_yen
        codes, lower_box = cycle_rules(cycle=cycle, town=town, boxes=boxes)
        if not codes:
            return Fit(codes=[], box=lower_box, lowered={cycle.pk: tier})
    return Fit(codes=[deciding.REASON], box=None)


def _given_in_terms(batch: Sequence[membership_models.Cycle]) -> Counter[int]:
    paying_ids = {cycle.covered_by_id for cycle in batch if cycle.covered_by_id}
    return Counter(facts.given_yen_of(paying_ids=paying_ids) if paying_ids else {})


@dataclass(frozen=True, kw_only=True)
class Stock:
    """What the shop still has, while a batch of months is being locked.

    `replaced` are the gifts, by box and gift, that have an alternate: for them the donor decides.
    """

    town: membership_models.Municipality
    boxes: Boxes
    replaced: set[tuple[int, int]]
    now: datetime

    def fitted(
        self,
        cycle: membership_models.Cycle,
        *,
        box: fulfilment_models.BoxPlan | None,
        given_yen: int,
    ) -> tuple[list[str], fulfilment_models.BoxPlan | None]:
        """This will say whether a month's box can be sent, and which one comes.

        A box that cannot be sent is not paid for. In place of one that the donor chose comes his
        tier's own; where that cannot be sent, and it is paid for already, he gets it later if he
        wants it so and his term may still grow. All else staff must find otherwise.
        """
        if not self._is_sold_out(box):
            return [], box
        if box is not None and box.pk == cycle.wished_box_id:
            codes, own = own_rules(
                cycle=cycle, town=self.town, boxes=self.boxes, given_yen=given_yen
            )
            if not codes and not self._is_sold_out(own):
                return [], own
        if cycle.kind == states.CycleKind.DONATION or self._is_carried(cycle):
            return ["out_of_stock"], box
        return [], box

    def _is_carried(self, cycle: membership_models.Cycle) -> bool:
        """Whether the donor wants the box at the end of his term, and it can still come there."""
        if cycle.membership.swap_wish != states.SwapWish.CARRY:
            return False
        today = jptime.jst_date(self.now)
        return outlook.box_moves(cycle.membership, cycle=cycle, today=today)

    def _is_sold_out(self, box: fulfilment_models.BoxPlan | None) -> bool:
        return shop_stock.is_sold_out(box=box, replaced=self.replaced, now=self.now)


def _is_owing(cycle: membership_models.Cycle) -> bool:
    """While an earlier donation is owed no further month is begun; prepaid boxes go on."""
    return (
        cycle.kind == states.CycleKind.DONATION
        and cycle.membership.state == states.MembershipState.PAST_DUE
    )


def cycle_rules(
    *,
    cycle: membership_models.Cycle,
    town: membership_models.Municipality,
    boxes: Boxes,
    given_yen: int = 0,
) -> tuple[list[str], fulfilment_models.BoxPlan | None]:
    """This will check a month against all rules and return what it breaks, and its box. Where the
    box that its donor chose breaks one, the tier's own comes if that breaks none.

    `given_yen` is what was fixed as given against its donation before.
    """
    box = shares.box_of(cycle, boxes=boxes)
    codes, box = _rules(cycle, box=box, town=town, boxes=boxes, given_yen=given_yen)
    if codes and cycle.wished_box_id is not None:
        own_codes, own = own_rules(cycle=cycle, town=town, boxes=boxes, given_yen=given_yen)
        if not own_codes:
            return [], own
    return codes, box


def own_rules(
    *,
    cycle: membership_models.Cycle,
    town: membership_models.Municipality,
    boxes: Boxes,
    given_yen: int = 0,
) -> tuple[list[str], fulfilment_models.BoxPlan | None]:
    """This will check the same with the tier's own box, whatever its donor chose."""
    own = shares.own_box(cycle.tier, month=cycle.month, boxes=boxes)
    return _rules(cycle, box=own, town=town, boxes=boxes, given_yen=given_yen)


def _rules(
    cycle: membership_models.Cycle,
    *,
    box: fulfilment_models.BoxPlan | None,
    town: membership_models.Municipality,
    boxes: Boxes,
    given_yen: int,
) -> tuple[list[str], fulfilment_models.BoxPlan | None]:
    is_wanted = is_box_wanted(cycle.membership, town=town)
    box = box if is_wanted else None
    against = facts.against_of(cycle, given_yen=given_yen)
    codes = _broken(cycle, box=box, is_box_wanted=is_wanted, town=town, against=against)
    if "box_over_limit" in codes and against.box_count > 1:
        against = replace(against, reserved_yen=shares.reserved_yen(cycle, boxes=boxes))
        codes = _broken(cycle, box=box, is_box_wanted=is_wanted, town=town, against=against)
    return codes, box


def _broken(
    cycle: membership_models.Cycle,
    *,
    box: fulfilment_models.BoxPlan | None,
    is_box_wanted: bool,
    town: membership_models.Municipality,
    against: facts.Against,
) -> list[str]:
    month = facts.month_facts(
        donor=cycle.membership.donor,
        tier=cycle.tier,
        is_box_wanted=is_box_wanted,
        box=box,
        day=cycle.charge_on,
        town=town,
        against=against,
        recipient=cycle.membership.recipient,
    )
    return rules.rules_broken(month)


def is_box_wanted(
    membership: membership_models.Membership, *, town: membership_models.Municipality
) -> bool:
    """This will say whether a member is to get boxes.

    Whoever moved into the town goes on without one only if he agreed to it beforehand; otherwise
    his month is left out, and the mail about it asks him.

    Law: no_gift_to_residents
    """
    if not membership.is_box_wanted:
        return False
    if not membership.is_pure_if_resident:
        return True
    recipient = membership.recipient
    is_local = recipient is not None and selectors.is_local_receiver(donor=recipient, town=town)
    return not (is_local or selectors.is_resident(donor=membership.donor, town=town))


def _snapshot(
    cycle: membership_models.Cycle,
    *,
    box: fulfilment_models.BoxPlan | None,
    rooms: deciding.YearRooms,
    town: membership_models.Municipality,
    now: datetime,
) -> membership_models.CycleSnapshot:
    snapshot = facts.snapshot_make(
        cycle=cycle, donor=cycle.membership.donor, box=box, town=town, locked_at=now
    )
    limit = rooms.limit_of(cycle)
    if limit is not None:
        snapshot.year_limit_yen = limit.limit_yen
        rooms.take(cycle)
    return snapshot


@transaction.atomic
def _lock(
    found: Sorted,
    *,
    batch: Sequence[membership_models.Cycle],
    as_read: Mapping[int, cycles.Chosen],
    now: datetime,
    actor: str,
) -> int:
    claimed = cycles.cycles_lock(snapshots=found.snapshots, as_read=as_read, now=now, actor=actor)
    locked = set(claimed)
    for cycle in batch:
        if cycle.pk in locked and cycle.pk in found.lowered:
            cycles.cycle_lower(
                cycle_id=cycle.pk, tier=found.lowered[cycle.pk], reason=deciding.LOWERED_REASON
            )
            settle.mail_put("year_limit_lowered", cycle=cycle, now=now)
        if cycle.pk in locked & found.fell_back:
            settle.mail_put("box_fell_back", cycle=cycle, now=now)
    orders_wait = _without_gift(found)
    outbox.messages_put_many(
        messages=[
            order_queue.order_message("order.create", cycle_id=cycle.pk, now=now)
            for cycle in batch
            if cycle.pk in locked - orders_wait
        ]
    )
    return len(locked)


def _without_gift(found: Sorted) -> set[int]:
    """Months whose box has a gift that cannot be sent: what they get is decided first."""
    boxes = {snapshot.box_plan_id for snapshot in found.snapshots if snapshot.box_plan_id}
    proposed = fulfilment_selectors.alternates_proposed(box_plan_ids=boxes) if boxes else []
    missing = {alternate.box_plan_id for alternate in proposed}
    return {row.cycle_id for row in found.snapshots if row.box_plan_id in missing}


@transaction.atomic
def _skip(cycle: membership_models.Cycle, *, reason: str, now: datetime, actor: str) -> int:
    try:
        cycles.cycle_skip(cycle_id=cycle.pk, reason=reason, now=now, actor=actor)
    except InvalidTransition:
        return 0  # somebody else has moved it meanwhile
    settle.mail_put("cycle_skipped", cycle=cycle, now=now)
    return 1


def _park(cycle: membership_models.Cycle, *, reason: str, now: datetime, actor: str) -> int:
    return services.membership_park_once(
        membership_id=cycle.membership_id, now=now, actor=actor, reason=reason
    )
