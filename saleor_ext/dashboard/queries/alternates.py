"""What can be proposed for gifts that cannot be sent, and what was."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Count

from saleor_ext.flows.swaps import bringing_back, fitting, proposing
from saleor_ext.fulfilment import models, selectors, states


@dataclass(frozen=True, kw_only=True)
class Candidate:
    """A gift that could come instead, and how its allergens differ."""

    id: int
    label: str


@dataclass(frozen=True, kw_only=True)
class GiftLine:
    """A gift of a coming box; `candidates` are what could be proposed for it."""

    box_id: int
    gift_id: int
    month: date
    tier_name: str
    gift_name: str
    allergens: str
    candidates: tuple[Candidate, ...]


@dataclass(frozen=True, kw_only=True)
class ProposalLine:
    """A proposal that counts now, and what its donors said so far."""

    id: int
    month: date
    tier_name: str
    gift_name: str
    alternate_name: str
    added: str
    gone: str
    reason: str
    asked: int
    accepted: int
    carried: int


@dataclass(frozen=True, kw_only=True)
class LeftOutLine:
    """A month that was left out when its order was made: no proposal brings it back."""

    month: date
    tier_name: str
    charge_on: date
    donor_id: int


@dataclass(frozen=True, kw_only=True)
class AlternatesPage:
    """Proposals on top, the gifts of the coming boxes below; in between, for staff only, the months
    about which somebody has to speak with their donors.
    """

    proposals: tuple[ProposalLine, ...]
    lines: tuple[GiftLine, ...]
    left_out: tuple[LeftOutLine, ...] = ()


def alternates_page(*, today: date, producer_id: int | None = None) -> AlternatesPage:
    """This will read it in a fixed number of queries; of one producer, or of all."""
    proposed = [
        row
        for row in proposing.proposals_current(today=today)
        if producer_id is None or row.gift.producer_id == producer_id
    ]
    taken = {(row.box_plan_id, row.gift_id) for row in proposed}
    gifts = [
        gift
        for gift in selectors.gifts_all()
        if producer_id is None or gift.producer_id == producer_id
    ]
    boxes = proposing.boxes_open(today=today, producer_id=producer_id)
    return AlternatesPage(
        proposals=_proposals(proposed),
        lines=tuple(
            _line(box, item.gift, gifts=gifts)
            for box in boxes
            for item in box.items.all()
            if (box.pk, item.gift_id) not in taken
            and (producer_id is None or item.gift.producer_id == producer_id)
        ),
        left_out=_left_out(today=today) if producer_id is None else (),
    )


def _left_out(*, today: date) -> tuple[LeftOutLine, ...]:
    return tuple(
        LeftOutLine(
            month=cycle.month,
            tier_name=cycle.tier.name,
            charge_on=cycle.charge_on,
            donor_id=cycle.membership.donor_id,
        )
        for cycle in bringing_back.months_for_staff(today=today)
    )


def _line(box: models.BoxPlan, gift: models.Gift, *, gifts: Sequence[models.Gift]) -> GiftLine:
    in_box = {item.gift_id for item in box.items.all()}
    return GiftLine(
        box_id=box.pk,
        gift_id=gift.pk,
        month=box.month,
        tier_name=box.tier.name,
        gift_name=gift.name,
        allergens="・".join(gift.allergens) or "なし",
        candidates=tuple(
            Candidate(id=other.pk, label=_label(gift, other))
            for other in gifts
            if other.pk not in in_box
        ),
    )


def _label(gift: models.Gift, other: models.Gift) -> str:
    words = f"{other.name}({other.contents}、{other.procurement_cost_yen:,}円)"
    allergens = fitting.allergens_compare(gift=gift, alternate=other)
    if allergens.added:
        words += f" 加わるアレルゲン: {'・'.join(allergens.added)}"
    return words


def _proposals(rows: Sequence[models.Alternate]) -> tuple[ProposalLine, ...]:
    counts = Counter(
        {
            (row["alternate_id"], row["state"]): row["times"]
            for row in models.Swap.objects.filter(alternate__in=list(rows))
            .order_by()
            .values("alternate_id", "state")
            .annotate(times=Count("pk"))
        }
    )
    return tuple(_proposal(row, counts) for row in rows)


def _proposal(row: models.Alternate, counts: Counter[tuple[int, str]]) -> ProposalLine:
    allergens = fitting.allergens_compare(gift=row.gift, alternate=row.alternate)
    return ProposalLine(
        id=row.pk,
        month=row.box_plan.month,
        tier_name=row.box_plan.tier.name,
        gift_name=row.gift.name,
        alternate_name=row.alternate.name,
        added="・".join(allergens.added),
        gone="・".join(allergens.gone),
        reason=row.reason,
        asked=counts[row.pk, states.SwapState.ASKED],
        accepted=counts[row.pk, states.SwapState.ACCEPTED],
        carried=counts[row.pk, states.SwapState.CARRIED],
    )
