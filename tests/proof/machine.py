"""Everybody's moves in any order, and after each one the books as the plain model has them.

To add a move: one method of `salon_donors.Donors` or `salon.Salon` that does it through the flows,
one of `model.Town` that says what is right, and one rule here that calls both.
"""

import contextlib
import random
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import transaction
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
)

from saleor_ext.common.errors import Refusal
from saleor_ext.flows.books import ledger
from saleor_ext.flows.errors import BoxAsked, NothingOwed, PayDayOver, YearIsOver
from saleor_ext.membership import models
from tests.proof import bank as banks
from tests.proof import books, model, model_parts, salon, salon_donors
from tests.proof.shop import ProofShop

STARTS = {
    "a plain day": datetime(2026, 11, 24, 1, 0, tzinfo=UTC),
    "the last second of a year": datetime(2026, 12, 31, 14, 59, 59, tzinfo=UTC),
    "the end of January": datetime(2027, 1, 30, 22, 0, tzinfo=UTC),
    "a leap day": datetime(2028, 2, 29, 3, 0, tzinfo=UTC),
    "the eve of a fiscal year": datetime(2027, 3, 31, 14, 59, 58, tzinfo=UTC),
    "a month before a leap day": datetime(2028, 1, 28, 15, 0, tzinfo=UTC),  # 29 January in Japan
    "a week before a new year": datetime(2027, 12, 24, 1, 0, tzinfo=UTC),
}
ZONES = ["Asia/Tokyo", "UTC", "America/New_York", "Pacific/Kiritimati", "Pacific/Pago_Pago"]
MORNING = (10, 0, 0)
TIMES = [MORNING, (0, 0, 0), (8, 59, 59), (23, 59, 59)]
TIERS = {"nagisa": 3000, "minato": 10000}
MOST_PEOPLE = 3
SHARE_OF_TROUBLE = 0.1
LAST_DAYS = 20  # at the end of an example: enough for everything begun to come to its end

NOT_HERE = {"draft", "ended"}

seeds = st.integers(0, 999)
somebody = st.integers(0, MOST_PEOPLE - 1)


class Machine(RuleBasedStateMachine):
    """One town, a few people, and what can happen to them."""

    def __init__(self, bank: banks.Bank) -> None:
        super().__init__()
        self.town = self.town_make()
        self.donors: dict[str, models.Donor] = {}
        self.news: list[dict[str, Any]] = []
        self.given: list[str] = []
        self.disputes: list[tuple[model.Member, model.Month, str]] = []
        self.left = contextlib.ExitStack()
        self.left.enter_context(_rolled_back())
        self.salon = salon.Salon(bank=bank, shop=ProofShop(), moment=STARTS["a plain day"])
        self.left.enter_context(salon.ruled_by(self.salon))

    def town_make(self) -> model.Town:
        """The plain model that says what is right."""
        return model.Town()

    @initialize(start=st.sampled_from(sorted(STARTS)), zone=st.sampled_from(ZONES))
    def begin(self, start: str, zone: str) -> None:
        self.begins(start, zone)

    def begins(self, start: str, zone: str) -> None:
        self.salon.moment = STARTS[start]
        self.left.enter_context(salon.server_zone(zone))

    # --- moves of donors

    @rule(
        tier=st.sampled_from(sorted(TIERS)),
        ending=st.sampled_from(["comes back", "closes the browser", "never enters a card"]),
        refused_first=st.booleans(),
        dawdles_s=st.sampled_from([0, 2]),
    )
    @precondition(lambda self: len(self.donors) < MOST_PEOPLE)
    def joins(self, tier: str, ending: str, refused_first: bool, dawdles_s: int) -> None:
        self.somebody_joins(tier, ending, refused_first=refused_first, dawdles_s=dawdles_s)

    def somebody_joins(
        self, tier: str, ending: str, *, refused_first: bool = False, dawdles_s: int = 0
    ) -> None:
        donor = self.salon.person_make()
        name = donor.given_name
        self.donors[name] = donor
        member = self.town_join(name, tier)
        secret = self.salon.join_to_card(donor, tier=tier)
        if ending == "never enters a card":
            return
        if refused_first:
            self.salon.bank.card_enter(secret, number=banks.REFUSED_CARD)
        self.salon.pass_time(seconds=dawdles_s)
        self.salon.bank.card_enter(secret)
        member.unseen_on = self.salon.today
        self.salon.pass_time(minutes=3)
        if ending == "comes back":
            assert self.salon.join_back(donor) == "done"
            self.town.first_paid(member, today=self.salon.today)

    def town_join(self, name: str, tier: str) -> model.Member:
        return self.town.join(name, amount_yen=TIERS[tier], on=self.salon.today)

    @rule(who=somebody, is_by_link=st.booleans())
    @precondition(lambda self: self.some())
    def makes_up_for_a_month(self, who: int, is_by_link: bool) -> None:
        """Signed in, or by the link of the mail, whether it was refused or the bank has asked."""
        member, donor = self.one(who, of=[m for m in self.joined() if m.owes()] or None)
        if member.state != "past_due" or not member.owes():
            with pytest.raises(NothingOwed):
                self.salon.recover(donor)
            return
        month = member.owes()[0]
        is_asked = self.town.lacks_gift(month)  # while he may not pay, no day runs out on him
        is_late = month.pay_until is not None and month.pay_until < self.salon.today
        if is_late and not is_asked:
            with pytest.raises(PayDayOver):
                self.salon.recover(donor)
            return
        if self.town.is_year_over(month, self.salon.moment):
            with pytest.raises(YearIsOver):
                self.salon.recover(donor)
            return
        pay = self.salon.link_pay if is_by_link else self.salon.recover
        if is_asked:
            with pytest.raises(BoxAsked):
                pay(donor)
            return
        assert pay(donor) == "done"
        self.town.month_paid(member, month, on=self.salon.paid_on)
        # the card he entered is the one asked from now on
        member.card, member.is_refused = model_parts.WORKS, False

    @rule(who=somebody, is_resident=st.booleans())
    @precondition(lambda self: self.some())
    def moves_house(self, who: int, is_resident: bool) -> None:
        member, donor = self.one(who)
        address = salon_donors.TOWN_ADDRESS if is_resident else salon_donors.OTHER_ADDRESS
        self.salon.address_set(donor, address)
        member.is_resident = is_resident

    # --- moves of banks and of the provider

    @rule(
        who=somebody,
        behaviour=st.sampled_from([model_parts.WORKS, model_parts.SOFT, model_parts.HARD]),
    )
    @precondition(lambda self: self.some())
    def card_changes_its_mind(self, who: int, behaviour: str) -> None:
        member, donor = self.one(who)
        self.salon.card_behave(donor, behaviour)
        member.card = behaviour

    @rule(seed=seeds)
    def messages_come_doubled_and_shuffled(self, seed: int) -> None:
        self.news += self.salon.bank.news()
        self.salon.hear_all(self.news[-40:], dice=random.Random(seed))
        self.town.messages_come(today=self.salon.today)

    @rule()
    @precondition(lambda self: self.news)
    def somebody_forges_a_message(self) -> None:
        assert self.salon.hear(self.news[-1], secret="whsec_somebody_else") == 400

    # --- moves of staff

    @rule(who=somebody, back=st.integers(0, 2), seed=seeds, at_provider=st.booleans())
    @precondition(lambda self: self.some())
    def gives_a_month_back(self, who: int, back: int, seed: int, at_provider: bool) -> None:
        member, donor = self.one(who)
        paid = [month for month in member.paid() if not month.is_touched]
        if not paid:
            return
        month = paid[-1 - back % len(paid)]
        on = self.salon.today
        if at_provider:
            attempt = self.salon.attempt(donor, month.number)
            self.salon.bank.give_back(provider_ref=attempt.provider_ref)
            self.salon.hear_all(self.salon.bank.news(), dice=random.Random(seed))
            self.town.messages_come(today=self.salon.today)
        else:
            self.salon.refund_ask(donor, month.number)
            held_yen = self.salon.bank.left_yen()
            self.in_trouble(self.salon.outbox, seed=seed)
            is_given = self.salon.bank.left_yen() < held_yen
            self.salon.pass_time(hours=4)
            self.salon.outbox()
            on = on if is_given else self.salon.today  # it may have become another day
        self.town.give_back(member, month, on=on)

    @rule(who=somebody)
    @precondition(lambda self: self.some())
    def staff_stop_or_let_go_on(self, who: int) -> None:
        member, donor = self.one(who)
        if member.state == "ended":
            return
        if member.state == "parked":
            self.staff_let_go_on(member, donor)
        else:
            self.salon.park(donor)
            self.town.park(member)

    def staff_let_go_on(self, member: model.Member, donor: models.Donor) -> None:
        if self.town.is_stuck(member):
            with pytest.raises(Refusal):
                self.salon.unpark(donor)
            return
        self.salon.unpark(donor)
        self.town.unpark(member)

    # --- time

    @rule(gaps=st.lists(st.integers(1, 5), min_size=1, max_size=8), at=st.sampled_from(TIMES))
    def days_go_by(self, gaps: list[int], at: tuple[int, int, int]) -> None:
        for gap in gaps:
            self.next_run(gap, at)
            self.salon.run()
            self.town.turn(self.salon.moment)

    @rule(first=st.integers(1, 7), gap=st.integers(4, 7), at=st.sampled_from(TIMES))
    def a_month_goes_by(self, first: int, gap: int, at: tuple[int, int, int]) -> None:
        """Long enough for something to be locked, asked for and listed, at any time of day."""
        self.days_go_by([first, *[gap] * (31 // gap)], at)

    @rule(seed=st.none() | seeds)
    def the_provider_has_bad_hours(self, seed: int | None) -> None:
        """From now on donors meet them, and try again when they are asked to; or they are over."""
        self.salon.mood = None if seed is None else random.Random(seed)

    @rule(gap=st.integers(1, 5), seed=seeds)
    def a_day_on_which_one_call_in_ten_fails(self, gap: int, seed: int) -> None:
        self.next_run(gap, MORNING)
        self.in_trouble(self.salon.run, seed=seed)
        self.salon.pass_time(hours=4)
        self.salon.run()
        self.looks_follow()
        self.town.turn(self.salon.moment)
        self.looks_follow()

    @rule(hours=st.integers(1, 2))
    def the_clock_goes_back(self, hours: int) -> None:
        """As it does when it was wrong, or where the server's country has summer time."""
        before = self.salon.moment
        self.hear_the_news(hours)  # what is on its way is told before it could be its own past
        self.salon.moment = before - timedelta(hours=hours)
        self.salon.run()
        self.town.turn(self.salon.moment)
        self.salon.moment = before

    @rule(days=st.integers(1, 3))
    def the_provider_is_away_for_days(self, days: int) -> None:
        self.salon.bank.stripe.faults({"fault": "cut_before", "path": "/v1/", "count": None})
        for _ in range(days):
            self.next_run(1, MORNING)
            self.salon.run()
            self.town.turn(self.salon.moment, is_provider_there=False)
        self.salon.bank.stripe.faults()
        self.next_run(1, MORNING)
        self.salon.run()
        self.town.turn(self.salon.moment)

    # --- what must hold

    @invariant()
    def books_agree(self) -> None:
        today = self.salon.today
        days = {"today": today, "until": today + books.SEEN_AHEAD}
        self.pictures_agree(days)
        assert books.ledger_days() == self.town.days_yen()

    def pictures_agree(self, days: dict[str, date]) -> None:
        assert books.picture(**days) == books.picture_expected(self.town, **days)

    @invariant()
    def nobody_gave_twice(self) -> None:
        taken = self.salon.bank.paid_by_month()
        assert not [key for key, times in taken.items() if times > 1]
        unseen = sum(m.amount_yen for m in self.town.members.values() if m.unseen_on)
        assert self.salon.bank.left_yen() == self.town.left_yen() + unseen

    def teardown(self) -> None:
        try:
            self.salon.bank.stripe.faults()
            self.last_word()
            self.days_go_by([2] * (LAST_DAYS // 2), MORNING)
            self.books_agree()
            self.nobody_gave_twice()
            assert ledger.ledger_check(now=self.salon.moment) == []
            assert self.salon.bank.days_yen() == self.town.days_yen()
        finally:
            self.left.close()

    # --- helpers

    def last_word(self) -> None:
        """What staff have to do before nothing may be left open."""

    def joined(self) -> list[model.Member]:
        """Everybody who has given at least once, and is here."""
        return [m for m in self.town.members.values() if m.state not in NOT_HERE]

    def some(self) -> bool:
        return bool(self.joined())

    def looks_follow(self) -> None:
        """How often a payment that waits for its donor was looked after, and when, is luck while
        calls fail. It is closed a day after it began at the earliest.
        """
        for member in self.town.members.values():
            for month in member.months.values():
                if month.question is None:
                    continue
                seen = self.salon.question_seen(self.donors[member.name], month.number)
                if seen is None:
                    assert self.salon.moment - month.question.since >= model_parts.CLOSED_AFTER
                month.question = seen

    def one(
        self, who: int, *, of: list[model.Member] | None = None
    ) -> tuple[model.Member, models.Donor]:
        """Somebody of them."""
        joined = of or self.joined()
        member = joined[who % len(joined)]
        return member, self.donors[member.name]

    def next_run(self, gap: int, at: tuple[int, int, int]) -> date:
        hour, minute, second = at
        day = self.salon.today + timedelta(days=gap)
        self.salon.go_to(day, hour=hour, minute=minute, second=second)
        return day

    def hear_the_news(self, seed: int) -> None:
        """Everything the provider has had to say since the last look, doubled and shuffled."""
        news = self.salon.bank.news()
        self.news += news
        self.salon.hear_all(news, dice=random.Random(seed))
        self.town.messages_come(today=self.salon.today)

    def in_trouble(self, work: Any, *, seed: int) -> None:
        """Does something while one call in ten fails."""
        with self.salon.bank.troubled(share=SHARE_OF_TROUBLE, seed=seed):
            work()


@contextlib.contextmanager
def _rolled_back() -> Any:
    with transaction.atomic():
        yield
        transaction.set_rollback(True)
