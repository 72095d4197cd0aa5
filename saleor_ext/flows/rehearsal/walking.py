"""What happens to a membership on its way: donations that come or not, boxes that leave."""

from collections import Counter
from collections.abc import Generator, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta

from saleor_ext.common import jptime
from saleor_ext.donations import models as donation_models
from saleor_ext.flows.rehearsal import owing
from saleor_ext.flows.rehearsal.assuming import Tried
from saleor_ext.flows.rehearsal.cases import Case, Stage
from saleor_ext.flows.rehearsal.events import Event, Turn
from saleor_ext.flows.rehearsal.swapping import Alternates
from saleor_ext.fulfilment import models as fulfilment_models
from saleor_ext.membership import models, planning, selectors, states, terms


def event_make(turn: Turn, day: date, **values: object) -> Event:
    """This will make an event, of the day's month where no other is named."""
    month = values.pop("month", None) or jptime.month_start(day)
    return Event(turn=turn, day=day, month=month, **values)  # type: ignore[arg-type]


@dataclass(kw_only=True)
class Walk:
    """A membership on its way through the months, with what it has given and owes so far."""

    case: Case
    stage: Stage
    account: terms.Account = field(init=False)
    payers: dict[int, models.Cycle] = field(default_factory=dict)
    given: Counter[int] = field(default_factory=Counter)
    is_over: bool = False
    has_changed_tier: bool = False
    owes_until: date | None = None
    paid_on: date | None = None

    def __post_init__(self) -> None:
        wish = planning.wish_of(self.case.membership, town=self.stage.dates)
        self.account = terms.account_open(wish)
        n_of = {cycle.pk: cycle.n for cycle in self.case.cycles}
        self.given = Counter({n_of[pk]: yen for pk, yen in self.case.given.items() if pk in n_of})

    def lives_here(self) -> bool:
        """Whoever moved into the town after a month was fixed gets no box of it.

        Law: no_gift_to_residents
        """
        return selectors.is_resident(donor=self.case.membership.donor, town=self.stage.town)

    def taken_back(
        self, row: models.Cycle, *, before: terms.Account, reason: str, day: date | None = None
    ) -> Event:
        """A fixed month is left out after all: nothing of it counts, and nothing of it is owed."""
        self.undo(row, before=before)
        self._owes(day or self.stage.today)
        return self.left_out(row, reason=reason, day=day)

    def undo(self, cycle: models.Cycle, *, before: terms.Account) -> None:
        """A month that is not given uses up neither a box of its term nor room in the year."""
        self.account = before
        self.payers.pop(cycle.n, None)
        is_counted = cycle.pk is not None and cycle.kind == states.CycleKind.DONATION
        if is_counted and self.case.rooms.limit_of(cycle) is not None:
            self.case.rooms.release(cycle)

    def taken(
        self, cycle: models.Cycle, *, due: date, before: terms.Account
    ) -> Generator[Event, None, bool]:
        """A donation goes through at once, later, or not at all, as is assumed. A card whose bank
        refused it for good is not asked: its donor would have to enter another one.
        """
        card, town = self.case.card, self.stage.town
        until = due + timedelta(days=town.give_up_days)
        if card is not None and card.refused_code:
            yield from self.donation(cycle, turn=Turn.OWED, day=due)
            tried = Tried(is_declined=True, paid_on=None)
            return (yield from self.follow(cycle, tried=tried, until=until, before=before))
        tried = self.stage.assumed.tried(
            membership_id=self.case.membership.pk, n=cycle.n, due=due, town=town
        )
        if tried.is_declined:
            yield event_make(Turn.DECLINED, due, **_values(cycle))
        return (yield from self.follow(cycle, tried=tried, until=until, before=before))

    def follow(
        self, cycle: models.Cycle, *, tried: Tried, until: date, before: terms.Account
    ) -> Generator[Event, None, bool]:
        """What follows from how a donation went; `until` is the last day for making up for it."""
        if tried.paid_on is not None:
            self.paid_on = tried.paid_on
            self._owes(tried.paid_on)
            yield from self.donation(cycle, turn=Turn.DONATION, day=tried.paid_on)
            return True
        over = owing.Over(day=until, reason=states.NOT_PAID_IN_TIME)
        yield from self.given_up(cycle, over=over, before=before, is_owed=True)
        return False

    def given_up(
        self, cycle: models.Cycle, *, over: owing.Over, before: terms.Account, is_owed: bool
    ) -> Iterator[Event]:
        """The membership goes on or ends as the town has set it; it ends only for what is owed."""
        self.undo(cycle, before=before)
        yield event_make(Turn.LEFT_OUT, over.day, reason=over.reason, **_values(cycle))
        if not is_owed:
            return
        # It is given up on the next day, after that day's months were fixed.
        self._owes(over.day + timedelta(days=1))
        is_end = self.stage.town.past_due_outcome == states.PastDueOutcome.ENDS
        if is_end and over.reason == states.NOT_PAID_IN_TIME:
            self.is_over = True
            yield event_make(Turn.ENDED, over.day, month=cycle.month)

    def _owes(self, until: date) -> None:
        self.owes_until = max(self.owes_until or until, until)

    def donation(self, cycle: models.Cycle, *, turn: Turn, day: date) -> Iterator[Event]:
        values = _values(cycle)
        yield event_make(turn, day, **values)
        is_given = turn is Turn.DONATION
        if is_given and self.case.card is not None and _is_expired(self.case.card, day=day):
            yield event_make(Turn.CARD_EXPIRED, day, **values)
        if is_given and cycle.box_count > 1:
            yield event_make(Turn.TERM_BEGIN, day, **values)
        if is_given and self._is_first_in_next_tier(cycle):
            yield event_make(Turn.TIER_CHANGE, day, **values)

    def _is_first_in_next_tier(self, cycle: models.Cycle) -> bool:
        next_id = self.case.membership.next_tier_id
        is_first = next_id == cycle.tier_id and not self.has_changed_tier
        self.has_changed_tier = self.has_changed_tier or is_first
        return is_first

    def due(self, cycle: models.Cycle) -> date:
        return max(cycle.charge_on, cycle.next_try_on or cycle.charge_on, self.stage.today)

    def box(
        self,
        cycle: models.Cycle,
        box: fulfilment_models.BoxPlan | None,
        *,
        alternates: Alternates,
        paid_on: date | None,
        is_ordered: bool = False,
    ) -> Iterator[Event]:
        """What is paid late is listed and sent as many days later."""
        if box is None:
            return
        listed_on = max(self.stage.today, paid_on or self.stage.today)
        late = max((listed_on - cycle.list_on).days, 0)
        day = max(cycle.ship_from + timedelta(days=late), self.stage.today)
        values = {"month": cycle.month, "box": box, "tier_name": cycle.tier.name}
        if alternates:
            yield event_make(Turn.SWAPPED, day, **values)
        yield event_make(Turn.BOX, day, alternates=alternates, is_ordered=is_ordered, **values)

    def left_out(self, cycle: models.Cycle, *, reason: str, day: date | None = None) -> Event:
        return event_make(
            Turn.LEFT_OUT,
            day or max(cycle.change_until, self.stage.today),
            month=cycle.month,
            reason=reason,
            amount_yen=cycle.amount_yen,
        )


def _values(cycle: models.Cycle) -> dict[str, object]:
    return {
        "month": cycle.month,
        "amount_yen": cycle.amount_yen,
        "tier_name": cycle.tier.name,
    }


def _is_expired(card: donation_models.CardOnFile, *, day: date) -> bool:
    """A card is good to the last day of the month printed on it."""
    return (card.exp_year, card.exp_month) < (day.year, day.month)
