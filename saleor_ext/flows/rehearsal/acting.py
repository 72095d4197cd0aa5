"""Rehearsing one membership: its coming months, decided by the very rules of the real run.

Nothing is written and nobody is asked. Months are made in memory only; which of them there are
comes from `membership.terms`, whether they may be from `month.locking` and `limits.deciding`.

Taken for granted: as many cards go through as is assumed (all of them, if nothing is), nobody
chooses anything meanwhile, the town plans nothing anew. A gift for which another one is proposed
is replaced by each donor's standing wish; who wants to be asked is taken not to answer. Whether the
shop has enough of each gift is added up over all members, see `tally`.
"""

from collections import Counter
from collections.abc import Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from saleor_ext.common import jptime
from saleor_ext.donations import models as donation_models
from saleor_ext.flows.limits import deciding
from saleor_ext.flows.month import locking, residents, rules, shares
from saleor_ext.flows.rehearsal.assuming import Assumptions
from saleor_ext.flows.rehearsal.events import Event, Turn
from saleor_ext.flows.rehearsal.swapping import Alternates, alternates_coming
from saleor_ext.flows.swaps import fitting
from saleor_ext.fulfilment import models as fulfilment_models
from saleor_ext.fulfilment import selectors as fulfilment_selectors
from saleor_ext.membership import calendar, models, planning, selectors, states, terms

OUT_OF_STOCK = "out_of_stock"
_Cycle = states.CycleState
_Member = states.MembershipState


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

    cycles: all its months by n, with their snapshots. declined: ids of those whose donation was
    declined and has not come. given: what was fixed against the donation of a month, by its id.
    swapped: alternates that were accepted already, by month.
    """

    membership: models.Membership
    cycles: Sequence[models.Cycle]
    card: donation_models.CardOnFile | None
    declined: frozenset[int]
    given: Counter[int]
    rooms: deciding.YearRooms
    swapped: Mapping[int, Alternates] = field(default_factory=dict)


def rehearse(case: Case, *, stage: Stage) -> Iterator[Event]:
    """This will tell what happens to a membership up to the last day of the stage."""
    membership = case.membership
    if membership.state == _Member.PARKED:
        yield _event(Turn.PARKED, stage.today, reason=membership.parked_reason)
        return
    if membership.state == _Member.PAUSED and membership.resume_on is not None:
        yield _event(Turn.RESUME, max(membership.resume_on, stage.today))
    if case.cycles:
        yield from Actor(case=case, stage=stage).months()


def _event(turn: Turn, day: date, **values: object) -> Event:
    month = values.pop("month", None) or jptime.month_start(day)
    return Event(turn=turn, day=day, month=month, **values)  # type: ignore[arg-type]


@dataclass(kw_only=True)
class Actor:
    """A membership on its way through the months."""

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

    def months(self) -> Iterator[Event]:
        """This will go through the months in their order."""
        rows = {cycle.n: cycle for cycle in self.case.cycles}
        seen = planning.months_as_terms(list(self.case.cycles), today=self.stage.today)
        known = {month.n: month for month in seen}
        newest = max(rows)
        last_n = planning.n_of_month(self.case.membership, self.stage.until)
        for n in range(min(rows), max(last_n, newest) + 1):
            row, month = rows.get(n), known.get(n)
            if row is not None and month is not None and _is_fixed(month):
                yield from self._fixed(row, month)
                if self.is_over:
                    return
                continue
            if row is None and n < newest and not self._may_fill(n):
                continue
            yield from self._coming(n, row=row, month=month)
            if self.is_over:
                return

    def _may_fill(self, n: int) -> bool:
        dates = planning.dates_of(self.case.membership, n, self.stage.dates)
        return dates.change_until >= self.stage.today

    def _fixed(self, row: models.Cycle, month: terms.Month) -> Iterator[Event]:
        """A month that is locked, charged or over stays as it is."""
        self.paid_on = None
        before = self.account.copy()
        self.account.take(month)
        if row.box_count > 1:
            self.payers[row.n] = row
        box = self._locked_box(row)
        lives_here = box is not None and self._lives_here()
        if row.state == _Cycle.LOCKED and row.kind == states.CycleKind.DONATION:
            if self.case.membership.state not in states.MEMBERSHIP_CHARGEABLE:
                return
            if lives_here:
                self.account = before
                yield self._left_out(row, reason=residents.REASON)
                return
            if row.pk in self.case.declined:
                yield from self._donation(row, turn=Turn.OWED, day=self._due(row))
                return
            if not (yield from self._taken(row, before=before)):
                return
        if row.is_listed or row.state not in {_Cycle.CHARGED, _Cycle.LOCKED}:
            return
        if lives_here:
            self.is_over = True
            day = max(row.list_on, self.stage.today)
            yield _event(Turn.PARKED, day, month=row.month, reason=residents.REASON)
            return
        alternates = self.case.swapped.get(row.pk, ())
        yield from self._box(row, box, alternates=alternates, paid_on=self.paid_on)

    def _lives_here(self) -> bool:
        """Whoever moved into the town after a month was fixed gets no box of it.

        Law: no_gift_to_residents
        """
        return selectors.is_resident(donor=self.case.membership.donor, town=self.stage.town)

    def _locked_box(self, row: models.Cycle) -> fulfilment_models.BoxPlan | None:
        snapshot = getattr(row, "snapshot", None)
        if snapshot is None or snapshot.box_plan_id is None:
            return None
        return self.stage.plans.get(snapshot.box_plan_id)

    def _coming(
        self, n: int, *, row: models.Cycle | None, month: terms.Month | None
    ) -> Iterator[Event]:
        before = self.account.copy()
        slot = self._slot(n, month=month)
        if slot is None:
            self.is_over = row is None or not self.account.wish.is_giving
            if self.is_over:
                yield _event(Turn.ENDED, self._dates(n, row).change_until, month=self._month(n))
            return
        cycle = self._cycle(slot, row=row)
        if cycle.charge_on > self.stage.until:
            self.is_over = True
            return
        resume_on = self.case.membership.resume_on
        if resume_on is not None and cycle.charge_on < resume_on:
            self.account = before
            yield self._left_out(cycle, reason=states.SKIP_BY_PAUSE)
            return
        yield from self._locked(cycle, before=before)

    def _slot(self, n: int, *, month: terms.Month | None) -> terms.Slot | None:
        """A planned month that can no longer be changed comes as it is planned."""
        if month is None or month.may_change:
            return self.account.next(n)
        if month.paid_by is not None and month.paid_by not in self.payers:
            return self.account.cover(n)
        self.account.take(month)
        row = next(cycle for cycle in self.case.cycles if cycle.n == n)
        return terms.Slot(
            n=n,
            tier_id=month.tier_id,
            amount_yen=row.amount_yen,
            box_count=month.box_count,
            paid_by=month.paid_by,
        )

    def _dates(self, n: int, row: models.Cycle | None) -> calendar.CycleDates:
        if row is None:
            return planning.dates_of(self.case.membership, n, self.stage.dates)
        return calendar.CycleDates(
            month=row.month,
            change_until=row.change_until,
            charge_on=row.charge_on,
            list_on=row.list_on,
            ship_from=row.ship_from,
            ship_to=row.ship_to,
        )

    def _month(self, n: int) -> date:
        return jptime.month_add(self.case.membership.start_month, n)

    def _cycle(self, slot: terms.Slot, *, row: models.Cycle | None) -> models.Cycle:
        """The month in memory, never to be saved."""
        dates = self._dates(slot.n, row)
        membership = self.case.membership
        tiers = {tier.pk: tier for tier in (membership.tier, membership.next_tier) if tier}
        tier = tiers.get(slot.tier_id) or self._payer_tier(slot)
        cycle = models.Cycle(
            membership=membership,
            n=slot.n,
            kind=states.CycleKind.DONATION if slot.paid_by is None else states.CycleKind.PREPAID,
            tier=tier,
            amount_yen=slot.amount_yen,
            box_count=slot.box_count,
            month=dates.month,
            change_until=dates.change_until,
            charge_on=dates.charge_on,
            list_on=dates.list_on,
            ship_from=dates.ship_from,
            ship_to=dates.ship_to,
            wished_box_id=row.wished_box_id if row is not None else None,
        )
        if slot.paid_by is not None:
            cycle.covered_by = self.payers[slot.paid_by]
        return cycle

    def _payer_tier(self, slot: terms.Slot) -> models.Tier:
        for cycle in self.case.cycles:
            if cycle.tier_id == slot.tier_id:
                return cycle.tier
        return self.case.membership.tier

    def _locked(self, cycle: models.Cycle, *, before: terms.Account) -> Iterator[Event]:
        paying_n = cycle.covered_by.n if cycle.covered_by is not None else cycle.n
        codes, box = locking.cycle_rules(
            cycle=cycle,
            town=self.stage.town,
            boxes=self.stage.boxes,
            given_yen=self.given[paying_n],
        )
        is_donation = cycle.kind == states.CycleKind.DONATION
        if not codes and is_donation and self._is_owing(cycle):
            codes = ["past_due"]
        if not codes and self.case.rooms.limit_of(cycle) is not None:
            fit = locking.fit(
                cycle,
                box=box,
                rooms=self.case.rooms,
                town=self.stage.town,
                boxes=self.stage.boxes,
            )
            codes, box = fit.codes, fit.box
            if fit.is_lowered:
                yield _event(Turn.LOWERED, self._due(cycle), month=cycle.month)
        if codes:
            self.account = before
            yield from self._stopped(cycle, codes=codes)
            return
        alternates = self._alternates(cycle, box=box, given_yen=self.given[paying_n])
        if alternates is None:
            self.account = before
            yield self._left_out(cycle, reason=OUT_OF_STOCK)
            return
        yield from self._given(cycle, box=box, alternates=alternates, before=before)

    def _is_owing(self, cycle: models.Cycle) -> bool:
        """While an earlier donation is owed no further month is fixed."""
        if self.case.membership.state == _Member.PAST_DUE:
            return True
        return self.owes_until is not None and cycle.change_until < self.owes_until

    def _alternates(
        self, cycle: models.Cycle, *, box: fulfilment_models.BoxPlan | None, given_yen: int
    ) -> Alternates | None:
        """What comes in place of gifts that cannot be sent; None when the month is left out."""
        proposed = self.stage.proposed.get(box.pk, ()) if box is not None else ()
        if box is None or not proposed:
            return ()
        return alternates_coming(
            cycle=cycle, box=box, proposed=proposed, given_yen=given_yen, today=self.stage.today
        )

    def _stopped(self, cycle: models.Cycle, *, codes: list[str]) -> Iterator[Event]:
        if rules.STAFF_CODES & set(codes):
            self.is_over = True
            day = max(cycle.change_until, self.stage.today)
            yield _event(Turn.PARKED, day, month=cycle.month, reason=codes[0])
            return
        yield self._left_out(cycle, reason=codes[0])

    def _given(
        self,
        cycle: models.Cycle,
        *,
        box: fulfilment_models.BoxPlan | None,
        alternates: Alternates,
        before: terms.Account,
    ) -> Iterator[Event]:
        paying_n = cycle.covered_by.n if cycle.covered_by is not None else cycle.n
        self.paid_on = None
        if cycle.kind == states.CycleKind.DONATION:
            if self.case.card is None:
                self.is_over = True
                yield _event(
                    Turn.PARKED, self._due(cycle), month=cycle.month, reason="card_missing"
                )
                return
            if not (yield from self._taken(cycle, before=before)):
                return
            if self.case.rooms.limit_of(cycle) is not None:
                self.case.rooms.take(cycle)
            self._begins(cycle)
        cost_yen = shares.cost_yen(box)
        if box is not None and alternates:
            cost_yen = fulfilment_selectors.lines_cost_yen(
                lines=fitting.box_lines(box, alternates=alternates)
            )
        self.given[paying_n] += cost_yen + cycle.tier.benefit_cost_yen
        yield from self._box(cycle, box, alternates=alternates, paid_on=self.paid_on)

    def _taken(self, cycle: models.Cycle, *, before: terms.Account) -> Generator[Event, None, bool]:
        """A donation goes through at once, later, or not at all, as is assumed; in the last case
        its month is given up, and the membership goes on or ends as the town has set it.
        """
        due = self._due(cycle)
        tried = self.stage.assumed.tried(
            membership_id=self.case.membership.pk, n=cycle.n, due=due, town=self.stage.town
        )
        values = {
            "month": cycle.month,
            "amount_yen": cycle.amount_yen,
            "tier_name": cycle.tier.name,
        }
        if tried.is_declined:
            yield _event(Turn.DECLINED, due, **values)
        if tried.paid_on is not None:
            self.paid_on = self.owes_until = tried.paid_on
            yield from self._donation(cycle, turn=Turn.DONATION, day=tried.paid_on)
            return True
        self.account = before
        self.owes_until = due + timedelta(days=self.stage.town.give_up_days)
        yield _event(Turn.LEFT_OUT, self.owes_until, reason=states.NOT_PAID_IN_TIME, **values)
        if self.stage.town.past_due_outcome == states.PastDueOutcome.ENDS:
            self.is_over = True
            yield _event(Turn.ENDED, self.owes_until, month=cycle.month)
        return False

    def _begins(self, cycle: models.Cycle) -> None:
        if cycle.box_count > 1:
            self.payers[cycle.n] = cycle

    def _donation(self, cycle: models.Cycle, *, turn: Turn, day: date) -> Iterator[Event]:
        values = {
            "month": cycle.month,
            "amount_yen": cycle.amount_yen,
            "tier_name": cycle.tier.name,
        }
        yield _event(turn, day, **values)
        if self.case.card is not None and _is_expired(self.case.card, day=day):
            yield _event(Turn.CARD_EXPIRED, day, **values)
        if turn is Turn.DONATION and cycle.box_count > 1:
            yield _event(Turn.TERM_BEGIN, day, **values)
        if turn is Turn.DONATION and self._is_first_in_next_tier(cycle):
            yield _event(Turn.TIER_CHANGE, day, **values)

    def _is_first_in_next_tier(self, cycle: models.Cycle) -> bool:
        next_id = self.case.membership.next_tier_id
        is_first = next_id == cycle.tier_id and not self.has_changed_tier
        self.has_changed_tier = self.has_changed_tier or is_first
        return is_first

    def _due(self, cycle: models.Cycle) -> date:
        return max(cycle.charge_on, self.stage.today)

    def _box(
        self,
        cycle: models.Cycle,
        box: fulfilment_models.BoxPlan | None,
        *,
        alternates: Alternates,
        paid_on: date | None,
    ) -> Iterator[Event]:
        """What is paid late is listed and sent as many days later."""
        if box is None:
            return
        listed_on = max(self.stage.today, paid_on or self.stage.today)
        late = max((listed_on - cycle.list_on).days, 0)
        day = max(cycle.ship_from + timedelta(days=late), self.stage.today)
        values = {"month": cycle.month, "box": box, "tier_name": cycle.tier.name}
        if alternates:
            yield _event(Turn.SWAPPED, day, **values)
        yield _event(Turn.BOX, day, alternates=alternates, **values)

    def _left_out(self, cycle: models.Cycle, *, reason: str) -> Event:
        return _event(
            Turn.LEFT_OUT,
            max(cycle.change_until, self.stage.today),
            month=cycle.month,
            reason=reason,
            amount_yen=cycle.amount_yen,
        )


def _is_fixed(month: terms.Month) -> bool:
    """What is planned, or was taken back by the plan itself, is decided anew."""
    return month.state != _Cycle.PLANNED and not month.may_change


def _is_expired(card: donation_models.CardOnFile, *, day: date) -> bool:
    """A card is good to the last day of the month printed on it."""
    return (card.exp_year, card.exp_month) < (day.year, day.month)
