"""Reading what a rehearsal needs of memberships, batch by batch, so that memory stays flat."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from datetime import date

from django.db.models import QuerySet

from saleor_ext.donations import models as donation_models
from saleor_ext.donations import selectors as donation_selectors
from saleor_ext.donations import states as donation_states
from saleor_ext.flows.limits import deciding
from saleor_ext.flows.month import facts
from saleor_ext.flows.orders import orders
from saleor_ext.flows.rehearsal.assuming import Assumptions
from saleor_ext.flows.rehearsal.cases import Case, Stage
from saleor_ext.fulfilment import models as fulfilment_models
from saleor_ext.fulfilment import selectors as fulfilment_selectors
from saleor_ext.fulfilment import states as fulfilment_states
from saleor_ext.membership import models, selectors, states
from saleor_ext.operation import models as operation_models
from saleor_ext.operation import selectors as operation_selectors
from saleor_ext.saleor_connector import selectors as shop_selectors

BATCH = 500
# Of an order that is none any more, or not yet, the shop sets nothing aside.
_NOT_SET_ASIDE = frozenset({orders.CANCELED, orders.DRAFT})


def stage_set(*, today: date, until: date, assumed: Assumptions) -> Stage:
    """This will read the town once, and what is proposed for gifts that cannot be sent."""
    town = selectors.municipality_get()
    proposed: dict[int, list[fulfilment_models.Alternate]] = defaultdict(list)
    for alternate in fulfilment_selectors.alternates_proposed():
        proposed[alternate.box_plan_id].append(alternate)
    return Stage(
        today=today,
        until=until,
        town=town,
        dates=selectors.town_calendar(town=town),
        assumed=assumed,
        proposed={box_id: tuple(found) for box_id, found in proposed.items()},
    )


def memberships() -> QuerySet[models.Membership]:
    """This will select every membership that is not over and gives something."""
    return (
        models.Membership.objects.filter(state__in=sorted(states.MEMBERSHIP_CURRENT))
        .exclude(tier__kind=states.TierKind.FREE)
        .select_related("donor", "recipient", "tier", "next_tier")
    )


def cases(
    rows: QuerySet[models.Membership], *, stage: Stage, batch_size: int = BATCH
) -> Iterator[list[Case]]:
    """This will read the memberships' cases, one list for each batch."""
    last_id = 0
    while batch := list(rows.filter(pk__gt=last_id).order_by("pk")[:batch_size]):
        last_id = batch[-1].pk
        yield _cases(batch, stage=stage)


def _cases(batch: Sequence[models.Membership], *, stage: Stage) -> list[Case]:
    ids = [membership.pk for membership in batch]
    months = _months(batch)
    cards = donation_selectors.cards_current(donor_ids=[item.donor_id for item in batch])
    declined = _declined(ids)
    paying_ids = [cycle.pk for cycles in months.values() for cycle in cycles if cycle.box_count > 1]
    given = facts.given_yen_of(paying_ids=paying_ids) if paying_ids else {}
    rooms = deciding.rooms_read(_years(batch, stage=stage))
    _plans_read(months, stage=stage)
    swaps, held = _swaps(ids), _held(ids)
    ordered = _ordered(months)
    return [
        Case(
            membership=membership,
            cycles=months[membership.pk],
            card=cards.get(membership.donor_id),
            declined=declined,
            given=Counter(
                {cycle.pk: given[cycle.pk] for cycle in months[membership.pk] if cycle.pk in given}
            ),
            rooms=rooms,
            swaps=swaps,
            held=held,
            ordered=ordered,
        )
        for membership in batch
    ]


def _months(batch: Sequence[models.Membership]) -> dict[int, list[models.Cycle]]:
    found: dict[int, list[models.Cycle]] = defaultdict(list)
    by_id = {membership.pk: membership for membership in batch}
    rows = models.Cycle.objects.filter(membership_id__in=by_id)
    for cycle in rows.select_related("tier", "snapshot").order_by("membership_id", "n"):
        cycle.membership = by_id[cycle.membership_id]
        found[cycle.membership_id].append(cycle)
    return found


def _declined(membership_ids: Sequence[int]) -> frozenset[int]:
    rows = donation_models.PaymentAttempt.objects.filter(
        cycle__membership_id__in=membership_ids,
        cycle__state=states.CycleState.LOCKED,
        state__in=[
            donation_states.AttemptState.DECLINED,
            donation_states.AttemptState.ACTION_REQUIRED,
        ],
    )
    return frozenset(rows.values_list("cycle_id", flat=True))


def _swaps(membership_ids: Sequence[int]) -> dict[int, list[fulfilment_models.Swap]]:
    """What was asked or decided in months whose parcels nobody was asked for yet, by month."""
    rows = fulfilment_models.Swap.objects.filter(
        cycle__membership_id__in=membership_ids, cycle__is_listed=False
    ).exclude(state=fulfilment_states.SwapState.DROPPED)
    found: dict[int, list[fulfilment_models.Swap]] = defaultdict(list)
    known = rows.select_related("alternate__gift", "alternate__alternate__producer")
    for row in known.order_by("pk"):
        found[row.cycle_id].append(row)
    return found


def _held(membership_ids: Sequence[int]) -> dict[int, operation_models.CatchUpMonth]:
    """Missed months that are not charged for the time being, by month."""
    held = operation_selectors.catch_up_held()
    rows = held.filter(cycle__membership_id__in=membership_ids)
    return {row.cycle_id: row for row in rows.order_by("pk")}


def _ordered(months: dict[int, list[models.Cycle]]) -> frozenset[int]:
    """Fixed months whose boxes are still to be sent and whose order the shop has."""
    fixed = {states.CycleState.LOCKED, states.CycleState.CHARGED}
    ids = {
        selectors.cycle_key(cycle=cycle): cycle.pk
        for cycles in months.values()
        for cycle in cycles
        if cycle.state in fixed and not cycle.is_listed
    }
    found = shop_selectors.shop_orders_of(external_references=ids.keys()) if ids else {}
    return frozenset(
        ids[reference] for reference, order in found.items() if order.status not in _NOT_SET_ASIDE
    )


def _years(batch: Sequence[models.Membership], *, stage: Stage) -> list[models.Cycle]:
    """One month in memory for each donor and calendar year, to read the limits by."""
    return [
        models.Cycle(membership=membership, charge_on=date(year, 12, 31), amount_yen=1)
        for membership in batch
        for year in range(stage.today.year, stage.until.year + 1)
    ]


def _plans_read(months: dict[int, list[models.Cycle]], *, stage: Stage) -> None:
    """The boxes of months that are locked and not on a list yet."""
    wanted = {
        cycle.snapshot.box_plan_id
        for cycles in months.values()
        for cycle in cycles
        if not cycle.is_listed and hasattr(cycle, "snapshot") and cycle.snapshot.box_plan_id
    }
    missing = wanted - set(stage.plans)
    if missing:
        for plan in fulfilment_selectors.boxes().filter(pk__in=missing):
            stage.plans[plan.pk] = plan
