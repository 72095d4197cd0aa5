"""What must become of every membership, in plain arithmetic: who owes what, which months are paid
or left out, how many boxes go out, what the provider holds, whose content is open.

Written from docs/architecture.md, docs/refunds.md and docs/algorithms/dates.md. It imports nothing
of the product and knows neither attempts nor keys nor locks: only what is right in the end.
"""

from collections import Counter
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from tests.proof import almanac

MONTHS_AHEAD = 3

GIVING = {"active", "past_due"}
CHOOSING = GIVING | {"paused"}
SENT_TO = CHOOSING | {"cancelling"}
CHOSEN = {"donor_skip", "donor_pause"}  # reasons of months that he left out himself
SKIPS_PER_YEAR = 3

WORKS = ""
SOFT = "insufficient_funds"  # tried again on the town's days
HARD = "lost_card"  # never tried again by itself


@dataclass(kw_only=True)
class Month:
    """One month of one membership. `state` is one of the words of docs/glossary.md."""

    number: int
    due: date
    amount_yen: int
    state: str = "planned"
    reason: str = ""
    is_tried: bool = False
    tried_on: date | None = None  # the first time
    next_try: date | None = None
    pay_until: date | None = None  # what the donor was told when it was declined, or asked about
    paid_on: date | None = None
    given_back_on: date | None = None
    has_box: bool = False
    is_listed: bool = False
    is_fixed_void: bool = False

    @property
    def list_on(self) -> date:
        return almanac.list_day(self.due)


@dataclass(kw_only=True)
class Member:
    """One membership and what its donor's card and address are like now.

    `state` is "draft" until the first donation; `unseen_on` is the day on which its money was
    taken, while nobody has told us yet.
    """

    name: str
    amount_yen: int
    joined_on: date
    state: str = "draft"
    parked_from: str = ""
    unseen_on: date | None = None
    card: str = WORKS
    is_refused: bool = False  # the card's bank said never to ask it again
    open_until: date | None = None  # while a donation is owed
    is_resident: bool = False
    anchor: int = 0
    resume_on: date | None = None
    left_on: date | None = None
    months: dict[int, Month] = field(default_factory=dict)

    def is_open(self, today: date) -> bool:
        """Whether members' content is open to him."""
        if self.state == "past_due":
            return self.open_until is not None and today <= self.open_until
        return self.state in {"active", "paused", "cancelling"}

    def owes(self) -> list[Month]:
        """The months that wait for their donation after a decline, oldest first."""
        return [m for m in self._by_number() if m.state == "locked" and m.is_tried]

    def paid(self) -> list[Month]:
        """The months whose donation came and was not given back."""
        return [m for m in self._by_number() if m.paid_on and not m.given_back_on]

    def _by_number(self) -> list[Month]:
        return [self.months[number] for number in sorted(self.months)]


@dataclass(kw_only=True)
class Town:
    """All members, and the books."""

    members: dict[str, Member] = field(default_factory=dict)

    def join(self, name: str, *, amount_yen: int, on: date) -> Member:
        """Somebody comes to the card page; nothing is given yet."""
        member = Member(name=name, amount_yen=amount_yen, joined_on=on, anchor=on.day)
        self.members[name] = member
        return member

    def first_paid(self, member: Member, *, today: date) -> None:
        """The first donation: on the day itself; the months after it are planned at once."""
        first = Month(number=0, due=member.joined_on, amount_yen=member.amount_yen)
        first.state, first.paid_on, first.has_box = "charged", member.unseen_on, True
        member.months[0] = first
        member.state, member.unseen_on = "active", None
        self._plan(member, today=today)

    def messages_come(self, *, today: date) -> None:
        """Everything the provider had to tell has been told."""
        for member in self.members.values():
            if member.unseen_on:
                self.first_paid(member, today=today)

    def turn(self, moment: datetime, *, is_provider_there: bool = True) -> None:
        """One run of the month, on whatever day it comes."""
        today = almanac.japanese_day(moment)
        for member in self.members.values():
            self._plan(member, today=today)
            self._pause(member, today=today)
            self._lock(member, today=today)
        if is_provider_there:
            self.messages_come(today=today)  # the run asks the provider itself
        for member in self.members.values():
            if is_provider_there:
                self.charge(member, moment=moment)
            self._ask(member, today=today)
            self._list(member, today=today)
            self._give_up(member, today=today)
            self._end(member, today=today)

    def _plan(self, member: Member, *, today: date) -> None:
        if member.state not in CHOOSING:
            return
        since = (today.year - member.joined_on.year) * 12 + today.month - member.joined_on.month
        for number in range(1, since + MONTHS_AHEAD + 1):
            due = almanac.donation_day(member.joined_on, number, member.anchor)
            new = Month(number=number, due=due, amount_yen=member.amount_yen)
            member.months.setdefault(number, new)

    def _lock(self, member: Member, *, today: date) -> None:
        if member.state not in CHOOSING:
            return
        for month in member._by_number():
            last_day = month.due - timedelta(days=almanac.CHANGE_DAYS)
            if month.state != "planned" or not last_day < today:
                continue
            if member.is_resident:
                month.state, month.reason = "skipped", "resident_no_gift"
            elif member.state == "past_due":
                month.state, month.reason = "skipped", "past_due"
            else:
                month.state, month.has_box = "locked", True

    def charge(self, member: Member, *, moment: datetime, only_owed: bool = False) -> None:
        """Ask the card for every month whose turn it is, or only for those it refused before."""
        today = almanac.japanese_day(moment)
        for month in member._by_number():
            is_owed_now = only_owed and month.next_try is not None and month.next_try <= today
            is_retried = is_owed_now or almanac.is_retry_time(month.next_try, moment)
            is_turn = month.due <= today and (not month.is_tried or is_retried)
            if month.state != "locked" or not is_turn or member.state not in GIVING:
                continue
            if self.is_year_over(month, moment) or (only_owed and not month.is_tried):
                continue  # its donor is asked first
            if member.is_resident:
                self._leave_out(member, month, reason="resident_no_gift")
                continue
            if member.card == WORKS and not member.is_refused:
                self.month_paid(member, month, on=today)
                continue
            self._declined(member, month, today=today)

    def _declined(self, member: Member, month: Month, *, today: date) -> None:
        """A passing refusal is tried again this year on the town's days, one for good never."""
        is_passing = member.card == SOFT and not member.is_refused
        member.is_refused = not is_passing
        month.is_tried, month.tried_on = True, month.tried_on or max(month.due, today)
        wait = timedelta(days=almanac.GIVE_UP_DAYS)
        month.pay_until = month.pay_until or month.tried_on + wait
        days = almanac.RETRY_DAYS if is_passing else ()
        tries = [month.tried_on + timedelta(days=days_after) for days_after in days]
        later = [day for day in tries if day > today and day.year == month.due.year]
        month.next_try = min(later, default=None)
        if member.state == "active":
            member.state, member.open_until = "past_due", today + wait

    def is_year_over(self, month: Month, moment: datetime) -> bool:
        """Given now, it might be booked in the year after its own."""
        last = almanac.japanese_day(moment + almanac.YEAR_END_MARGIN)
        return month.number > 0 and month.due.year < last.year

    def _ask(self, member: Member, *, today: date) -> None:
        """What the old year left unpaid waits for a word that nobody gives here."""
        if member.state not in GIVING:
            return
        for month in member._by_number():
            if month.state == "locked" and month.number and month.due.year < today.year:
                month.next_try = None
                month.pay_until = month.pay_until or today + timedelta(days=almanac.GIVE_UP_DAYS)

    def month_paid(self, member: Member, month: Month, *, on: date) -> None:
        """A later month's donation came; once nothing is owed any more, all is well again."""
        month.state, month.paid_on, month.next_try = "charged", on, None
        if member.owes():
            return
        if member.state == "past_due":
            member.state = "active"
            self._plan(member, today=on)
        elif member.state == "parked" and member.parked_from == "past_due":
            member.parked_from = "active"

    def card_changed(self, member: Member, *, today: date) -> None:
        """What was declined is asked of the new card at once."""
        member.card, member.is_refused = WORKS, False
        if member.state in GIVING:
            for month in member.owes():
                if month.due.year == today.year:
                    month.next_try = today

    def changeable(self, member: Member, *, today: date) -> list[Month]:
        """The months about which something can still be chosen, nearest first."""
        if member.state not in CHOOSING:
            return []
        return [
            month
            for month in member._by_number()
            if month.number
            and month.due - timedelta(days=almanac.CHANGE_DAYS) >= today
            and (month.state == "planned" or month.reason in CHOSEN)
        ]

    def skips_used(self, member: Member, *, year: int) -> int:
        return sum(
            month.state == "skipped" and month.reason == "donor_skip" and month.due.year == year
            for month in member.months.values()
        )

    def _leave_out(self, member: Member, month: Month, *, reason: str) -> None:
        """A fixed month that is not to be: whoever waited for it alone goes on."""
        month.state, month.reason = "skipped", reason
        if member.state == "past_due" and not member.owes():
            member.state = "active"

    def tier_change(self, member: Member, *, amount_yen: int, today: date) -> None:
        """Whole donations only: from the first month on that can still be changed."""
        member.amount_yen = amount_yen
        changeable = self.changeable(member, today=today)
        first = min((m.number for m in changeable if m.state == "planned"), default=None)
        for month in changeable:
            if first is not None and month.number >= first:
                month.amount_yen = amount_yen

    def day_change(self, member: Member, *, day: int, today: date) -> None:
        """A month moves when it could still be changed on its new day as well."""
        for month in self.changeable(member, today=today):
            due = almanac.donation_day(member.joined_on, month.number, day)
            if due - timedelta(days=almanac.CHANGE_DAYS) >= today:
                month.due = due
        member.anchor = day
        if member.resume_on is not None:
            self._fit(member, today=today)

    def pause(self, member: Member, *, until: date, today: date) -> None:
        member.resume_on = until
        self._fit(member, today=today)
        is_fixed = any(month.state == "locked" for month in member.months.values())
        if member.state == "paused" and is_fixed:
            member.state = "active"
        elif member.state == "active" and not is_fixed:
            member.state = "paused"

    def resume(self, member: Member, *, today: date) -> None:
        self._plan(member, today=today)
        self._fit(member, today=today)
        if member.state == "paused":
            member.state = "active"
        member.resume_on = None
        self._fit(member, today=today)

    def _pause(self, member: Member, *, today: date) -> None:
        """A pause begins once nothing fixed waits, and ends by itself on its day."""
        if member.state not in CHOOSING or member.resume_on is None:
            return
        if member.resume_on <= today:
            self.resume(member, today=today)
        else:
            self._fit(member, today=today)
            is_fixed = any(month.state == "locked" for month in member.months.values())
            if member.state == "active" and not is_fixed:
                member.state = "paused"

    def _fit(self, member: Member, *, today: date) -> None:
        """Left out is what comes before the end of the pause, and comes back what does not."""
        for month in member._by_number():
            is_before = member.resume_on is not None and month.due < member.resume_on
            if month.state == "planned" and is_before:
                month.state, month.reason = "skipped", "donor_pause"
        for month in self.changeable(member, today=today):
            is_before = member.resume_on is not None and month.due < member.resume_on
            if month.reason == "donor_pause" and not is_before:
                month.state, month.reason = "planned", ""

    def leave(self, member: Member, *, today: date) -> None:
        """Nothing more is taken; what was given is delivered, and he stays to the period's end."""
        member.state, member.left_on, member.resume_on = "cancelling", today, None
        for month in member.months.values():
            if month.state in {"planned", "locked"}:
                month.is_fixed_void = month.state == "locked"
                month.state, month.reason = "void", ""

    def stay(self, member: Member, *, today: date) -> None:
        member.state, member.left_on = "active", None
        for month in member.months.values():
            can_change = month.due - timedelta(days=almanac.CHANGE_DAYS) >= today
            if month.state == "void" and not month.is_fixed_void and can_change:
                month.state, month.amount_yen = "planned", member.amount_yen
        self._plan(member, today=today)

    def _end(self, member: Member, *, today: date) -> None:
        if member.state != "cancelling" or member.left_on is None:
            return
        given = [month for month in member._by_number() if month.state == "charged"]
        if any(not month.is_listed and not month.given_back_on for month in given):
            return
        last = given[-1]
        following = member.months.get(last.number + 1)
        next_due = (
            following.due
            if following
            else almanac.donation_day(member.joined_on, last.number + 1, member.anchor)
        )
        days = [almanac.last_parcel_day(month.due) for month in given]
        days += [next_due - timedelta(days=1), member.left_on]
        if all(day < today for day in days):
            member.state = "ended"

    def _list(self, member: Member, *, today: date) -> None:
        if member.state not in SENT_TO:
            return
        ready = [month for month in member.paid() if month.list_on <= today]
        if ready and member.is_resident:
            self.park(member)  # no box for somebody who lives in the town: staff must look
            return
        for month in ready:
            month.is_listed = True

    def _give_up(self, member: Member, *, today: date) -> None:
        if member.state not in GIVING:
            return
        for month in member._by_number():
            is_late = month.pay_until is not None and month.pay_until < today
            if month.state != "locked" or not is_late:
                continue
            month.state = "failed"
            month.reason = "not_paid_in_time" if month.is_tried else "year_turn_unanswered"
            if member.state == "past_due" and not member.owes():
                member.state = "active"

    def give_back(self, member: Member, month: Month, *, on: date) -> None:
        """A refund: parcels that have not left are cancelled, and staff must look."""
        month.given_back_on = on
        if member.state != "cancelling":  # one that is ending anyway goes on ending
            self.park(member)

    def park(self, member: Member) -> None:
        if member.state in SENT_TO:
            member.parked_from, member.state = member.state, "parked"

    def unpark(self, member: Member) -> None:
        if member.state == "parked":
            member.state, member.parked_from = member.parked_from, ""

    def left_yen(self) -> int:
        """What the provider holds: everything given less everything given back."""
        return sum(m.amount_yen for member in self.members.values() for m in member.paid())

    def days_yen(self) -> dict[str, int]:
        """The ledger by the day in Japan, what was given back on its own day."""
        days: Counter[str] = Counter()
        for member in self.members.values():
            for month in member.months.values():
                for day, sign in ((month.paid_on, 1), (month.given_back_on, -1)):
                    if day:
                        days[day.isoformat()] += sign * month.amount_yen
        return {day: amount for day, amount in days.items() if amount}

    def boxes(self, member: Member) -> list[int]:
        """The months whose box is on the producers' lists or has left."""
        return [m.number for m in member.paid() if m.is_listed and m.has_box]
