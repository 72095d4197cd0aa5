"""What donors choose, in the plain model."""

from dataclasses import dataclass
from datetime import date, timedelta

from tests.proof import almanac
from tests.proof.model_parts import CHOOSING, GIVING, Limit, Member, Month
from tests.proof.model_plan import Plan

DECEMBER = 12


@dataclass(kw_only=True)
class Choices(Plan):
    """Every choice changes only months that can still be changed."""

    def tier_change(self, member: Member, *, amount_yen: int, today: date) -> None:
        """Whole donations only: from the first month on that can still be changed."""
        member.amount_yen = amount_yen
        changeable = self.changeable(member, today=today)
        first = min((m.number for m in changeable if m.state == "planned"), default=None)
        member.from_number = max(member.months) + 1 if first is None else first
        for month in changeable:
            if first is not None and month.number >= first:
                month.amount_yen = amount_yen

    def downgrade_turn(self, member: Member, *, today: date) -> None:
        """A lower tier comes into force on the day of its first month, whatever became of that."""
        first = member.months.get(member.from_number)
        is_lower = member.amount_yen < member.in_force_yen
        if member.state in CHOOSING and is_lower and first is not None and first.due <= today:
            member.in_force_yen = member.amount_yen

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
        if member.resume_on is not None:
            self.plan(member, today=today)
            self._fit(member, today=today)
        member.resume_on, member.rested_on = until, today
        self._fit(member, today=today)
        is_fixed = self._is_fixed(member, today=today)
        if member.state == "paused" and is_fixed:
            member.state = "active"
        elif member.state == "active" and not is_fixed:
            member.state = "paused"

    def resume(self, member: Member, *, today: date) -> None:
        self.plan(member, today=today)
        self._fit(member, today=today)
        if member.state == "paused":
            member.state = "active"
        member.resume_on = None
        self._fit(member, today=today)

    def pause_turn(self, member: Member, *, today: date) -> None:
        """A pause begins once nothing fixed waits, and ends by itself on its day."""
        if member.state not in CHOOSING or member.resume_on is None:
            return
        if member.resume_on <= today:
            self.resume(member, today=today)
        else:
            self._fit(member, today=today)
            if member.state == "active" and not self._is_fixed(member, today=today):
                member.state = "paused"

    def _is_fixed(self, member: Member, *, today: date) -> bool:
        """Whether a month waits for its donation that can no longer be changed, locked or not."""
        return any(
            month.is_waiting
            or (month.state == "planned" and month.amount_yen and month.last_day < today)
            for month in member.months.values()
        )

    def _fit(self, member: Member, *, today: date) -> None:
        """Left out is what comes before the end of the pause, and comes back what does not. What
        could not be changed any more when he chose to rest is given first.
        """
        while (month := self._resting(member)) is not None:
            self.skip(member, month, reason="donor_pause", today=today)
        for month in self.changeable(member, today=today):
            is_before = member.resume_on is not None and month.due < member.resume_on
            if month.reason == "donor_pause" and not is_before:
                self.bring_back(member, month, today=today)

    def _resting(self, member: Member) -> Month | None:
        """The first planned month that is to be left out because he rests."""
        for month in member.by_number():
            is_before = member.resume_on is not None and month.due < member.resume_on
            is_in_time = member.rested_on is None or month.last_day >= member.rested_on
            if month.state == "planned" and is_before and is_in_time:
                return month
        return None

    def would_leave_out(self, member: Member, *, until: date, today: date) -> bool:
        """Whether a pause leaves out anything that its donor has not left out one by one."""
        number = max(member.months) + 1
        beyond = almanac.donation_day(member.joined_on, number, member.anchor)
        changeable = self.changeable(member, today=today)
        days = [m.due for m in changeable if m.reason != "donor_skip"]
        if beyond - timedelta(days=almanac.CHANGE_DAYS) >= today:
            days.append(beyond)
        return any(day < until for day in days)

    def skip(self, member: Member, month: Month, *, today: date, reason: str) -> None:
        """A planned month is left out."""
        month.state, month.reason = "skipped", reason
        self.follow(member, [month], today=today)

    def may_come_back(self, member: Member, month: Month, *, today: date) -> bool:
        """Not while he rests."""
        return member.resume_on is None or month.due >= member.resume_on

    def bring_back(self, member: Member, month: Month, *, today: date) -> None:
        """A month that was left out is planned again."""
        month.state, month.reason = "planned", ""

    def leave(self, member: Member, *, today: date) -> None:
        """Nothing more is taken; what was given is delivered, and he stays to the period's end."""
        member.state, member.left_on, member.resume_on = "cancelling", today, None
        member.amount_yen = member.in_force_yen  # a change of tier is forgotten
        # Only a payment that is just under way goes on.
        taken_back = [
            month
            for month in member.by_number()
            if month.state in {"planned", "locked"} and month.amount_yen and month.question is None
        ]
        for month in taken_back:
            month.is_left_plan = month.state == "planned"
            month.state, month.reason = "void", ""
        self.follow(member, taken_back, today=today)

    def stay(self, member: Member, *, today: date) -> None:
        member.state, member.left_on = "active", None
        for month in member.months.values():
            if month.state == "void" and month.is_left_plan and month.last_day >= today:
                month.state, month.amount_yen = "planned", member.amount_yen
        self.plan(member, today=today)

    def give_away(self, member: Member, *, to: str) -> None:
        """Boxes and content are somebody else's, or the giver's again ("" for `to`). Where one of
        them wanted a coming box sent is not where the other one wants it.
        """
        member.given_to = to
        for month in member.months.values():
            if not month.sent_to:
                month.elsewhere = ""

    def limit_set(self, name: str, year: int, limit: Limit | None) -> None:
        """It counts for the months that are not fixed yet."""
        if limit is None:
            self.limits.pop((name.rstrip("+"), year), None)
        else:
            self.limits[(name.rstrip("+"), year)] = limit

    def month_asked(self, member: Member, *, today: date) -> Month | None:
        """The month of the old year about which its donor is asked, the oldest first."""
        if member.state not in GIVING:
            return None
        for month in member.by_number():
            if not month.is_waiting or month.number == 0:
                continue
            is_out_of_tries = (
                today.month == DECEMBER
                and month.agreed_year is None
                and month.next_try is None
                and month.is_tried
                and month.question is None
            )
            if month.year < today.year or is_out_of_tries:
                return month
        return None

    def carry(self, month: Month, *, today: date) -> None:
        """It is to be a donation of the new year."""
        year = max(today.year, month.due.year + 1)
        begins = max(today, date(year, 1, 1))
        month.question = None
        month.agreed_year = year
        month.next_try = None if month.needs_card else begins
        month.pay_until = begins + timedelta(days=almanac.GIVE_UP_DAYS)
