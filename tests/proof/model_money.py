"""Money in the plain model: what is asked of cards, what comes, and what goes back."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from tests.proof import almanac
from tests.proof.model_choices import Choices
from tests.proof.model_parts import (
    ASKS,
    GIVING,
    SENT_TO,
    SOFT,
    WORKS,
    Member,
    Month,
    Question,
)


@dataclass(kw_only=True)
class Money(Choices):
    """It knows neither attempts nor keys nor locks: only what is right in the end."""

    def charge(self, member: Member, *, moment: datetime, only_owed: bool = False) -> None:
        """Ask the card for every month whose turn it is, or only for those it refused before."""
        today = almanac.japanese_day(moment)
        for month in member.by_number():
            year_is_over = self.is_year_over(month, moment)
            is_owed_now = only_owed and month.next_try is not None and month.next_try <= today
            is_retried = is_owed_now or almanac.is_retry_time(month.next_try, moment)
            is_new = not month.is_tried and month.next_try is None
            is_turn = month.due <= today and (is_new or is_retried)
            if not month.is_waiting or not is_turn or member.state not in GIVING:
                continue
            if year_is_over or (only_owed and not month.is_tried):
                continue  # its donor is asked first
            if month.question is not None or month.asked_until is not None or month.is_held:
                continue
            if self.lacks_gift(month):
                continue
            if member.is_resident:
                self.leave_out(member, month, reason="resident_no_gift", today=today)
                continue
            if self._is_over_limit(member, month, today=today):
                self.leave_out(member, month, reason="year_limit", today=today)
                continue
            if member.card == WORKS and not member.is_refused:
                self.month_paid(member, month, on=today)
                continue
            self._declined(member, month, today=today)
            if member.card == ASKS and not member.is_refused:
                month.question = Question(since=moment)

    def _is_over_limit(self, member: Member, month: Month, *, today: date) -> bool:
        """A limit lowered since the month was fixed is not held against it, one raised helps."""
        limit = self.limit_of(member, today.year)
        if limit is None or month.locked_limit is None or month.due.year != today.year:
            return False
        taken_yen = self.given_yen(member, today.year) + self.asked_yen(member)
        return taken_yen + month.amount_yen > max(limit.most_yen, month.locked_limit)

    def look_after(self, member: Member, *, moment: datetime, is_provider_there: bool) -> None:
        """Questions that nobody answered are closed; those of an old year at once."""
        today = almanac.japanese_day(moment)
        for month in member.months.values():
            question = month.question
            if question is None:
                continue
            is_closed = question.is_closed_at(moment, is_provider_there=is_provider_there)
            is_held = month.state == "locked" and month.year < today.year and member.state in GIVING
            if is_closed or (is_held and is_provider_there):
                month.question = None

    def _declined(self, member: Member, month: Month, *, today: date) -> None:
        """A passing refusal is tried again this year on the town's days, one for good never."""
        is_passing = member.card == SOFT and not member.is_refused
        is_asked = member.card == ASKS and not member.is_refused
        member.is_refused = not is_passing and not is_asked
        month.needs_card = not is_passing
        month.is_tried, month.tried_on = True, month.tried_on or max(month.due, today)
        wait = timedelta(days=almanac.GIVE_UP_DAYS)
        month.pay_until = month.pay_until or month.tried_on + wait
        days = almanac.RETRY_DAYS if is_passing else ()
        tries = [month.tried_on + timedelta(days=days_after) for days_after in days]
        later = [day for day in tries if today < day <= month.pay_until and day.year <= month.year]
        month.next_try = min(later, default=None)
        if member.state == "active":
            member.state, member.open_until = "past_due", today + wait

    def is_year_over(self, month: Month, moment: datetime) -> bool:
        """Given now, it might be booked in the year after its own."""
        last = almanac.japanese_day(moment + almanac.YEAR_END_MARGIN)
        if month.number == 0:
            return False
        if month.agreed_year is not None:
            return {month.agreed_year} != {almanac.japanese_day(moment).year, last.year}
        return month.due.year < last.year

    def ask(self, member: Member, *, today: date) -> None:
        """What the old year left unpaid waits for its donor's word."""
        if member.state not in GIVING:
            return
        for month in member.by_number():
            is_open = month.question is not None
            is_held = month.is_waiting and month.number and month.year < today.year
            if is_held and not is_open:
                month.next_try = None
                month.pay_until = month.pay_until or today + timedelta(days=almanac.GIVE_UP_DAYS)

    def month_paid(self, member: Member, month: Month, *, on: date) -> None:
        """A later month's donation came; once nothing is owed any more, all is well again."""
        month.state, month.paid_on, month.next_try = "charged", on, None
        month.question = month.asked_until = None
        self.tier_follows(member, month)
        if member.owes():
            return
        if member.state == "past_due":
            member.state = "active"
            self.plan(member, today=on)
        elif member.state == "parked" and member.parked_from == "past_due":
            member.parked_from = "active"

    def tier_follows(self, member: Member, month: Month) -> None:
        """With its donation the tier of a month comes into force; not that of one lowered this time
        only, nor of somebody who is leaving.
        """
        later = [m for m in member.months.values() if m.number > month.number and m.paid_on]
        if not later and not month.is_lowered and member.state != "cancelling":
            member.in_force_yen = month.amount_yen

    def card_changed(self, member: Member, *, today: date) -> None:
        """What was declined is asked of the new card at once."""
        member.card, member.is_refused = WORKS, False
        if member.state in GIVING:
            for month in member.owes():
                own = month.agreed_year is None and month.due.year >= today.year
                if own or month.agreed_year == today.year:
                    month.next_try = today

    def leave_out(self, member: Member, month: Month, *, reason: str, today: date) -> None:
        """A fixed month that is not to be: whoever waited for it alone goes on."""
        month.state, month.reason = "skipped", reason
        month.question = month.asked_until = None
        month.has_box = False
        self.follow(member, [month], today=today)
        if member.state == "past_due" and not member.owes():
            member.state = "active"

    def give_up(self, member: Member, *, today: date, is_provider_there: bool) -> None:
        if member.state not in GIVING:
            return
        for month in member.by_number():
            is_late = month.pay_until is not None and month.pay_until < today
            is_asked_about = month.is_held or month.asked_until is not None
            is_asked_about = is_asked_about or self.lacks_gift(month)
            if month.state != "locked" or not is_late or is_asked_about:
                continue
            if self._is_unasked(month, today=today):
                continue  # a card that could not be asked has refused nothing
            if month.question is not None and not is_provider_there:
                continue  # it has to be closed there first
            month.question = None
            month.state = "failed"
            month.reason = "not_paid_in_time" if month.is_tried else "year_turn_unanswered"
            self.follow(member, [month], today=today)
            if member.state == "past_due" and not member.owes():
                member.state = "active"

    def _is_unasked(self, month: Month, *, today: date) -> bool:
        """It is its turn today or was before, and nobody could ask."""
        own = month.agreed_year is None and month.due.year >= today.year
        if month.due > today or not (own or month.agreed_year == today.year):
            return False
        if month.next_try is None:
            return not month.is_tried
        return month.next_try <= today

    def give_back(self, member: Member, month: Month, *, on: date) -> None:
        """A refund: parcels that have not left are cancelled, and staff must look."""
        month.given_back_on = on
        self._staff_look(member)

    def give_back_part(self, member: Member, month: Month, *, amount_yen: int, on: date) -> None:
        """The provider gave a part back: what has not left waits until staff have looked."""
        month.moved.append((on, -amount_yen))
        member.is_part_open = True
        self._hold(member, month)
        self.park(member)

    def _hold(self, member: Member, month: Month) -> None:
        """Nothing leaves of what its donation brings."""
        for one in self.paid_with(member, month):
            one.is_held_back = one.is_listed

    def _staff_look(self, member: Member) -> None:
        if member.state != "cancelling":  # one that is ending anyway goes on ending
            self.park(member)

    def contradict(self, member: Member, month: Month, *, on: date) -> None:
        """A bank takes the money back at once and decides later."""
        month.dispute = "open"
        self._hold(member, month)
        month.moved.append((on, -month.amount_yen))
        self.park(member, why="disputed")

    def dispute_end(self, member: Member, month: Month, *, is_won: bool, on: date) -> None:
        if not is_won:
            month.dispute = "lost"
            self.park(member, why="disputed")
            return
        month.dispute = "won"
        month.moved.append((on, month.amount_yen))
        for one in [] if member.is_part_open else self.paid_with(member, month):
            one.is_held_back = one.is_held_back and self.stays_back(member, one)
        is_away = any(m.dispute in {"open", "lost"} for m in member.months.values())
        is_free = not is_away and not member.is_part_open and not self.is_stuck(member)
        if member.parked_why == "disputed" and is_free:
            self.unpark(member)

    def missed(self, moment: datetime) -> list[tuple[Member, Month]]:
        """What should have been asked for before today, and was not."""
        today = almanac.japanese_day(moment)
        found = []
        for member in self.members.values():
            for month in member.by_number():
                is_free = month.question is None and month.asked_until is None
                is_free = is_free and not self.lacks_gift(month)
                is_new = not month.is_tried and month.next_try is None
                due_on = month.next_try or (month.due if is_new else None)
                is_late = due_on is not None and due_on < today and month.due <= today
                is_year = month.agreed_year == today.year or (
                    month.agreed_year is None and month.due.year >= today.year
                )
                is_due = is_free and is_late and is_year
                if month.is_waiting and member.state in GIVING and is_due:
                    found.append((member, month))
        return found

    def days_renew(self, member: Member, month: Month, *, today: date) -> None:
        """It is to be charged after all: there are days again to make up for it."""
        until = today + timedelta(days=almanac.GIVE_UP_DAYS)
        if month.pay_until is not None or member.state == "past_due":
            month.pay_until = max(month.pay_until or until, until)

    def unanswered_leave_out(self, member: Member, *, today: date) -> None:
        for month in member.by_number():
            if month.asked_until is None:
                continue
            if month.state == "locked" and month.asked_until < today:
                self.leave_out(member, month, reason="catch_up_unanswered", today=today)
            if month.state != "locked" or member.state not in GIVING:
                month.asked_until = None  # nobody waits for an answer any more

    def park(self, member: Member, *, why: str = "") -> None:
        if member.state in SENT_TO:
            member.parked_from, member.state = member.state, "parked"
            member.parked_why = why

    def is_stuck(self, member: Member) -> bool:
        """A fixed month breaks a rule by now: staff have to say what becomes of it."""
        return member.is_resident and bool(member.waiting())

    def unpark(self, member: Member) -> None:
        if member.state == "parked":
            member.state, member.parked_from = member.parked_from, ""
            member.is_part_open = False
            member.parked_why = ""
            for month in member.months.values():
                month.is_held_back = month.is_held_back and self.stays_back(member, month)
