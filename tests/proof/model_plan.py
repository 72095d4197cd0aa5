"""The plain model's plan: which months there are, which can still be changed, what a year holds."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import date, timedelta

from tests.proof import almanac
from tests.proof.model_parts import (
    CHOOSING,
    CHOSEN,
    GIVING,
    GO_ON,
    MONTHS_AHEAD,
    PLAIN_GIFT,
    UNDECIDED,
    Box,
    Limit,
    Member,
    Month,
    Proposal,
)


@dataclass(kw_only=True)
class Plan:
    """All members, what they want to give in a year at most, and what is missing in which box."""

    members: dict[str, Member] = field(default_factory=dict)
    limits: dict[tuple[str, int], Limit] = field(default_factory=dict)
    proposals: dict[Box, Proposal] = field(default_factory=dict)

    def of_donor(self, name: str) -> list[Member]:
        """All memberships of one person; one that came back has a name of its own."""
        return [m for m in self.members.values() if m.name.rstrip("+") == name.rstrip("+")]

    def plan(self, member: Member, *, today: date) -> None:
        if member.state not in CHOOSING:
            return
        since = (today.year - member.joined_on.year) * 12 + today.month - member.joined_on.month
        for number in range(1, since + MONTHS_AHEAD + 1):
            due = almanac.donation_day(member.joined_on, number, member.anchor)
            new = Month(number=number, due=due, amount_yen=member.amount_yen)
            member.months.setdefault(number, new)

    def follow(self, member: Member, months: list[Month], *, today: date) -> None:
        """What stands on months that were just turned: nothing, where each pays for itself."""

    def payer(self, member: Member, month: Month) -> Month:
        """The month whose donation brings this one's box."""
        return month if month.paid_by is None else member.months[month.paid_by]

    def paid_with(self, member: Member, month: Month) -> list[Month]:
        """The months whose boxes a month's donation brings."""
        return [month]

    def box_of(self, month: Month) -> Box:
        """Whose box comes in a month."""
        return month.box

    def loses_box(self, member: Member, month: Month, *, today: date) -> bool:
        """Whether leaving out a month would take a box from its donor that is paid for: never,
        where each month pays for itself.
        """
        return False

    def rest_loses_box(self, member: Member, *, until: date, today: date) -> bool:
        """Whether resting until a day would do so."""
        return False

    def changeable(self, member: Member, *, today: date) -> list[Month]:
        """The months about which something can still be chosen, nearest first."""
        if member.state not in CHOOSING:
            return []
        return [
            month
            for month in member.by_number()
            if month.number
            and month.due - timedelta(days=almanac.CHANGE_DAYS) >= today
            and (month.state == "planned" or month.reason in CHOSEN)
        ]

    def next_donation(self, member: Member, *, today: date) -> Month | None:
        """The first donation that is still to come, as far as it is written down. While one is owed
        no further month begins.
        """
        is_owing = member.state == "past_due"
        for month in member.by_number():
            is_late = month.state == "planned" and month.last_day < today
            is_open = month.state in {"planned", "locked"} and month.amount_yen > 0
            is_waiting = is_open and not (is_owing and is_late)
            if is_waiting and month.due >= today + timedelta(days=int(is_owing)):
                return month
        return None

    def skips_used(self, member: Member, *, year: int) -> int:
        return sum(
            month.state == "skipped" and month.reason == "donor_skip" and month.due.year == year
            for one in self.of_donor(member.name)
            for month in one.months.values()
        )

    def limit_of(self, member: Member, year: int) -> Limit | None:
        """What holds months back; a limit that only informs does not."""
        limit = self.limits.get((member.name.rstrip("+"), year))
        return None if limit is None or limit.reached == GO_ON else limit

    def given_yen(self, member: Member, year: int) -> int:
        """What a person gave in a year; what went back is taken off the year of its donation."""
        return sum(
            month.left_yen
            for one in self.of_donor(member.name)
            for month in one.months.values()
            if month.paid_on and month.paid_on.year == year
        )

    def fixed_yen(self, member: Member, year: int) -> int:
        """What is fixed and will be given in a year."""
        return sum(
            month.amount_yen
            for one in self.of_donor(member.name)
            for month in one.months.values()
            if one.state in GIVING and month.state == "locked" and month.year == year
        )

    def asked_yen(self, member: Member) -> int:
        """What is under way just now: the bank waits for the donor."""
        return sum(
            month.amount_yen
            for one in self.of_donor(member.name)
            for month in one.months.values()
            if month.question is not None
        )

    def lacks_gift(self, month: Month) -> bool:
        """Whether a gift of its box cannot be sent and nothing else was agreed on."""
        is_missing = self.box_of(month) in self.proposals and month.gift == PLAIN_GIFT
        return month.has_box and month.state in UNDECIDED and is_missing

    def stays_back(self, member: Member, month: Month) -> bool:
        """Whether its parcel may not leave, whatever staff say of its membership."""
        return self.lacks_gift(month) or self.payer(member, month).dispute == "open"

    def left_yen(self) -> int:
        """What the provider holds: everything given less everything gone back."""
        return sum(
            month.left_yen for member in self.members.values() for month in member.months.values()
        )

    def days_yen(self) -> dict[str, int]:
        """The ledger by the day in Japan, what was given back on its own day."""
        days: Counter[str] = Counter()
        for member in self.members.values():
            for month in member.months.values():
                for day, amount_yen in month.ledger():
                    days[day.isoformat()] += amount_yen
        return {day: amount for day, amount in days.items() if amount}

    def boxes(self, member: Member) -> dict[int, str]:
        """The months whose box is on the producers' lists or has left, and where it goes."""
        return {
            m.number: m.sent_to
            for m in member.by_number()
            if m.is_listed and m.has_box and not self.payer(member, m).is_gone
        }
