"""What a rehearsal starts from: the stage, which all share, and each membership's case."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from saleor_ext.donations import models as donation_models
from saleor_ext.flows.limits import deciding
from saleor_ext.flows.month import shares
from saleor_ext.flows.rehearsal.assuming import Assumptions
from saleor_ext.flows.rehearsal.swapping import Alternates
from saleor_ext.fulfilment import models as fulfilment_models
from saleor_ext.membership import calendar, models
from saleor_ext.operation import models as operation_models


@dataclass(frozen=True, kw_only=True)
class Stage:
    """What all rehearsals of one evening share: the days, the town, what is assumed, and what was
    read once. `proposed` are the alternates that count now, by box.
    """

    today: date
    until: date
    town: models.Municipality
    dates: calendar.TownCalendar
    assumed: Assumptions = field(default_factory=Assumptions)
    proposed: Mapping[int, Alternates] = field(default_factory=dict)
    boxes: shares.Boxes = field(default_factory=dict)
    plans: dict[int, fulfilment_models.BoxPlan] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Case:
    """One membership with what is known of it.

    cycles: all its months by n, with membership and snapshot. declined: ids of those whose donation
    was declined and has not come. given: what was fixed against the donation of a month, by its id.
    swaps: what was asked or decided about alternates, by month. held: missed months that wait for
    staff or their donor. ordered: ids of months whose order the shop has.
    """

    membership: models.Membership
    cycles: Sequence[models.Cycle]
    card: donation_models.CardOnFile | None
    declined: frozenset[int]
    given: Counter[int]
    rooms: deciding.YearRooms
    swaps: Mapping[int, Sequence[fulfilment_models.Swap]] = field(default_factory=dict)
    held: Mapping[int, operation_models.CatchUpMonth] = field(default_factory=dict)
    ordered: frozenset[int] = frozenset()
