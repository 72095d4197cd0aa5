"""Rehearsing one membership: its coming months, decided by the very rules of the real run.

Nothing is written and nobody is asked. Months are made in memory only; which of them there are
comes from `membership.terms`, whether they may be from `month.locking` and `limits.deciding`.

Taken for granted: as many cards go through as is assumed (all of them, if nothing is), at first
and when they are tried again, but for those whose bank refused them for good. Nobody chooses
anything meanwhile, neither donor nor staff, and the town plans nothing anew: what waits for a card,
an answer or a decision is given up on its day. A gift for which another one is proposed is replaced
by each donor's standing wish; who wants to be asked is taken not to answer. Whether the shop has
enough of each gift is added up over all members, see `tally`.
"""

from collections.abc import Generator, Iterator
from datetime import date

from saleor_ext.common import jptime
from saleor_ext.flows.month import locking, residents, rules, shares
from saleor_ext.flows.rehearsal import owing
from saleor_ext.flows.rehearsal.cases import Case, Stage
from saleor_ext.flows.rehearsal.events import Event, Turn
from saleor_ext.flows.rehearsal.swapping import (
    Alternates,
    Swapped,
    alternates_coming,
    alternates_settled,
)
from saleor_ext.flows.rehearsal.walking import Walk, event_make
from saleor_ext.flows.swaps import fitting
from saleor_ext.fulfilment import models as fulfilment_models
from saleor_ext.fulfilment import selectors as fulfilment_selectors
from saleor_ext.membership import calendar, models, outlook, planning, states, terms

OUT_OF_STOCK = "out_of_stock"
SWAP_REFUSED = "swap_refused"
_FIXED = frozenset({states.CycleState.CHARGED, states.CycleState.LOCKED})
_Cycle = states.CycleState
_Member = states.MembershipState


def rehearse(case: Case, *, stage: Stage) -> Iterator[Event]:
    """This will tell what happens to a membership up to the last day of the stage."""
    membership = case.membership
    if membership.state == _Member.PARKED:
        yield event_make(Turn.PARKED, stage.today, reason=membership.parked_reason)
        return
    if membership.state == _Member.PAUSED and membership.resume_on is not None:
        yield event_make(Turn.RESUME, max(membership.resume_on, stage.today))
    if case.cycles:
        yield from Actor(case=case, stage=stage).months()


class Actor(Walk):
    """Goes through the months in their order: those that are fixed, and those to come."""

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
        """A month that is locked, charged or over stays as it is, or waits for what it lacks."""
        self.paid_on = None
        before = self.account.copy()
        self.account.take(month)
        if row.box_count > 1:
            self.payers[row.n] = row
        if row.state not in _FIXED:
            return
        box = self._locked_box(row)
        swapped = self._swapped(row, box)
        lives_here = box is not None and self.lives_here()
        if row.state == _Cycle.LOCKED and row.kind == states.CycleKind.DONATION:
            if self.case.membership.state not in states.MEMBERSHIP_CHARGEABLE:
                return
            if lives_here:
                yield self.taken_back(row, before=before, reason=residents.REASON)
                return
            if not (yield from self._fixed_donation(row, swapped=swapped, before=before)):
                return
        if row.is_listed:
            return
        if lives_here:
            self.is_over = True
            day = max(row.list_on, self.stage.today)
            yield event_make(Turn.PARKED, day, month=row.month, reason=residents.REASON)
            return
        yield from self._fixed_box(row, box, swapped=swapped, before=before)

    def _fixed_donation(
        self, row: models.Cycle, *, swapped: Swapped, before: terms.Account
    ) -> Generator[Event, None, bool]:
        """The donation of a locked month comes, or its month is given up or left out."""
        if swapped.alternates is None:
            yield self.taken_back(row, before=before, reason=OUT_OF_STOCK, day=swapped.decided_on)
            return False
        today, is_owed = self.stage.today, row.pk in self.case.declined
        if is_owed:
            yield from self.donation(row, turn=Turn.OWED, day=max(row.charge_on, today))
        if row.pk in self.case.held and self.case.held[row.pk].answer_until is None:
            yield event_make(Turn.HELD, today, month=row.month, reason=owing.CATCH_UP_WAITING)
        over = owing.waits_for_somebody(row, case=self.case, stage=self.stage)
        if over is not None:
            yield from self.given_up(row, over=over, before=before, is_owed=is_owed)
            return False
        if not is_owed:
            due = max(self.due(row), swapped.decided_on)
            return (yield from self.taken(row, due=due, before=before))
        days = owing.retry_days(row, stage=self.stage, earliest=swapped.decided_on)
        tried = self.stage.assumed.tried_again(
            membership_id=self.case.membership.pk, n=row.n, days=days
        )
        until = owing.pay_until(row, stage=self.stage)
        return (yield from self.follow(row, tried=tried, until=until, before=before))

    def _fixed_box(
        self,
        row: models.Cycle,
        box: fulfilment_models.BoxPlan | None,
        *,
        swapped: Swapped,
        before: terms.Account,
    ) -> Iterator[Event]:
        """The box of a month that is paid; without its gift it moves, or staff look after it."""
        if swapped.alternates is None and not self._moves(row):
            yield event_make(Turn.HELD, swapped.decided_on, month=row.month, reason=SWAP_REFUSED)
        elif swapped.alternates is None:
            yield self.taken_back(row, before=before, reason=OUT_OF_STOCK, day=swapped.decided_on)
        else:
            yield from self.box(
                row,
                box,
                alternates=swapped.alternates,
                paid_on=max(self.paid_on or swapped.decided_on, swapped.decided_on),
                is_ordered=row.pk in self.case.ordered and not swapped.is_new,
            )

    def _moves(self, row: models.Cycle) -> bool:
        """Whether a paid month's box can still come at the end of its term."""
        is_covered = row.state == _Cycle.LOCKED
        return is_covered and outlook.box_moves(
            self.case.membership, cycle=row, today=self.stage.today
        )

    def _swapped(self, row: models.Cycle, box: fulfilment_models.BoxPlan | None) -> Swapped:
        """What comes in place of gifts of a fixed month that cannot be sent."""
        proposed = self.stage.proposed.get(box.pk, ()) if box is not None else ()
        swaps = self.case.swaps.get(row.pk, ())
        if box is None or row.is_listed or not (proposed or swaps):
            return Swapped(alternates=(), decided_on=self.stage.today)
        if row.covered_by_id is not None:
            row.covered_by = next(
                cycle for cycle in self.case.cycles if cycle.pk == row.covered_by_id
            )
        own_yen = row.snapshot.procurement_cost_yen + row.snapshot.benefit_cost_yen
        paying_n = row.covered_by.n if row.covered_by is not None else row.n
        return alternates_settled(
            cycle=row,
            box=box,
            proposed=proposed,
            swaps=swaps,
            given_yen=max(self.given[paying_n] - own_yen, 0),
            today=self.stage.today,
        )

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
                yield event_make(Turn.ENDED, self._dates(n, row).change_until, month=self._month(n))
            return
        cycle = self._cycle(slot, row=row)
        if cycle.charge_on > self.stage.until:
            self.is_over = True
            return
        resume_on = self.case.membership.resume_on
        if resume_on is not None and cycle.charge_on < resume_on:
            self.account = before
            yield self.left_out(cycle, reason=states.SKIP_BY_PAUSE)
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
                yield event_make(Turn.LOWERED, self.due(cycle), month=cycle.month)
        if codes:
            self.account = before
            yield from self._stopped(cycle, codes=codes)
            return
        alternates = self._alternates(cycle, box=box, given_yen=self.given[paying_n])
        if alternates is None:
            self.account = before
            yield self.left_out(cycle, reason=OUT_OF_STOCK)
            return
        yield from self._given(cycle, box=box, alternates=alternates, before=before)

    def _is_owing(self, cycle: models.Cycle) -> bool:
        """While an earlier donation is owed no further month is fixed. How the membership stands
        today counts only as long as nothing is known of when that is over.
        """
        if self.owes_until is None:
            return self.case.membership.state == _Member.PAST_DUE
        return cycle.change_until < self.owes_until

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
            yield event_make(Turn.PARKED, day, month=cycle.month, reason=codes[0])
            return
        yield self.left_out(cycle, reason=codes[0])

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
                yield event_make(
                    Turn.PARKED, self.due(cycle), month=cycle.month, reason="card_missing"
                )
                return
            if not (yield from self.taken(cycle, due=self.due(cycle), before=before)):
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
        yield from self.box(cycle, box, alternates=alternates, paid_on=self.paid_on)

    def _begins(self, cycle: models.Cycle) -> None:
        if cycle.box_count > 1:
            self.payers[cycle.n] = cycle


def _is_fixed(month: terms.Month) -> bool:
    """What is planned, or was taken back by the plan itself, is decided anew."""
    return month.state != _Cycle.PLANNED and not month.may_change
