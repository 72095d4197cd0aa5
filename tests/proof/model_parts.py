"""What the plain model is made of: a month, a membership, and the words both are told in.

It imports nothing of the product.
"""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from tests.proof import almanac

MONTHS_AHEAD = 3

GIVING = {"active", "past_due"}
CHOOSING = GIVING | {"paused"}
SENT_TO = CHOOSING | {"cancelling"}
CHOSEN = {"donor_skip", "donor_pause"}  # reasons of months that he left out himself
SKIPS_PER_YEAR = 3
ANSWER_DAYS = 14  # of a donor who is asked about a month missed by a stop

WORKS = ""
SOFT = "insufficient_funds"  # tried again on the town's days
HARD = "lost_card"  # never tried again by itself
ASKS = "authentication_required"  # the bank wants to see the donor

CLOSED_AFTER = timedelta(days=1)  # a payment that waits for a donor who does not come

HOME = "home"  # where boxes go that go nowhere else

STOP, LOWER, GO_ON = "stop", "lower", "go_on"  # what becomes of a month above the yearly limit

ACCEPT, ASK, CARRY = "accept", "ask", "carry"  # what he wants when a gift cannot be sent
ASKED, SWAPPED, CARRIED, DROPPED = "asked", "accepted", "carried", "dropped"
PLAIN_GIFT = "冬の大根"
UNDECIDED = {"locked", "charged"}  # of these something can still be swapped

Box = tuple[int, date]  # the amount of its tier, and the first day of its month


@dataclass(frozen=True, kw_only=True)
class Proposal:
    """Another gift for the one that cannot be sent in a box."""

    number: int
    gift: str
    has_new_allergen: bool


@dataclass(frozen=True, kw_only=True)
class Limit:
    """What somebody wants to give in a year at most."""

    most_yen: int
    reached: str


@dataclass(kw_only=True)
class Question:
    """The bank wants to see the donor: a payment that is open until he comes or it is closed.

    It is looked after one minute, five, an hour, and then every day; after a day it is closed.
    """

    since: datetime
    looks: int = 0
    looked_at: datetime | None = None

    def is_closed_at(self, moment: datetime, *, is_provider_there: bool) -> bool:
        """One look, if it is time for one."""
        waits = [timedelta(minutes=1), timedelta(minutes=5), timedelta(hours=1), timedelta(days=1)]
        if moment - (self.looked_at or self.since) < waits[min(self.looks, 3)]:
            return False
        self.looks, self.looked_at = self.looks + 1, moment
        return is_provider_there and moment - self.since >= CLOSED_AFTER


@dataclass(kw_only=True)
class Month:
    """One month of one membership. `state` is one of the words of docs/glossary.md. Where there
    are prepaid terms: its `tier`, `box_count` if it pays for several boxes, else who paid
    (`paid_by`).
    """

    number: int
    due: date
    amount_yen: int
    state: str = "planned"
    reason: str = ""
    is_tried: bool = False
    tried_on: date | None = None  # the first time
    next_try: date | None = None
    pay_until: date | None = None  # what the donor was told when it was declined, or asked about
    needs_card: bool = False  # the last answer of its bank was no for good, or a question
    question: Question | None = None
    agreed_year: int | None = None  # the later year in which its donor wants to give it
    locked_limit: int | None = None
    asked_until: date | None = None  # whether he still wants it, after a stop
    is_held: bool = False  # it was missed, and staff are to decide
    paid_on: date | None = None
    given_back_on: date | None = None
    moved: list[tuple[date, int]] = field(default_factory=list)  # parts given back, disputes
    dispute: str = ""  # "open", "won", "lost"
    has_box: bool = False
    is_listed: bool = False
    is_left_plan: bool = False  # only planned, and taken back because its donor leaves
    is_ended_plan: bool = False  # the plan itself took it back, and may bring it again
    tier: str = ""
    paid_by: int | None = None
    box_count: int = 1
    boxes_ended: int = 0  # fell away with a part of the donation
    is_part_open: bool = False  # a part of it went back, and staff have not said what follows
    is_stopped: bool = False  # all of it went back: no more boxes
    is_lowered: bool = False  # given in a lower tier this time only
    swapped_to: str = ""  # the tier whose box comes in place of its own
    elsewhere: str = ""  # this month's own address
    sent_to: str = ""
    gift: str = PLAIN_GIFT
    swaps: dict[int, str] = field(default_factory=dict)  # by the proposal's number
    answer_until: date | None = None
    is_held_back: bool = False  # its parcel, where it is listed
    was_fixed: bool = False
    was_back: bool = False

    @property
    def box(self) -> Box:
        return self.amount_yen, self.due.replace(day=1)

    @property
    def list_on(self) -> date:
        return almanac.list_day(self.due)

    @property
    def last_day(self) -> date:
        """The last day on which it can be changed."""
        return self.due - timedelta(days=almanac.CHANGE_DAYS)

    @property
    def year(self) -> int:
        """The calendar year for which it counts."""
        return self.agreed_year or self.due.year

    def ledger(self) -> list[tuple[date, int]]:
        """What it brought and what went away again, each on its day."""
        rows = [(self.paid_on, self.amount_yen)] if self.paid_on else []
        if self.given_back_on:
            rows.append((self.given_back_on, -self.amount_yen))
        return rows + self.moved

    @property
    def is_waiting(self) -> bool:
        """It is fixed and waits for a donation of its own."""
        return self.state == "locked" and self.amount_yen > 0

    @property
    def is_alone(self) -> bool:
        """Its donation brings its own box and no other."""
        return self.amount_yen > 0 and self.box_count == 1

    @property
    def is_gone(self) -> bool:
        """Its donation certainly stays away."""
        return bool(self.given_back_on) or self.dispute == "lost"

    @property
    def left_yen(self) -> int:
        return sum(amount_yen for _, amount_yen in self.ledger())

    @property
    def is_touched(self) -> bool:
        """Something of its money went back, or somebody wanted it back."""
        return bool(self.given_back_on or self.moved or self.dispute)


@dataclass(kw_only=True)
class Member:
    """One membership and what its donor's card and address are like now.

    `state` is "draft" until the first donation; `unseen_on` is the day on which its money was
    taken, while nobody has told us yet. `given_to` is the person who gets its boxes and content.
    """

    name: str
    amount_yen: int
    joined_on: date
    state: str = "draft"
    parked_from: str = ""
    parked_why: str = ""
    is_part_open: bool = False  # part of a donation went back, and staff have not looked yet
    unseen_on: date | None = None
    card: str = WORKS
    is_refused: bool = False  # the card's bank said never to ask it again
    open_until: date | None = None  # while a donation is owed
    is_resident: bool = False
    anchor: int = 0
    resume_on: date | None = None
    rested_on: date | None = None  # the day on which he chose until when he rests
    left_on: date | None = None
    given_to: str = ""
    wish: str = ASK
    silence: str = CARRY
    tier: str = ""
    in_force_yen: int = 0  # what his tier asks for; `amount_yen` is what the coming one does
    following: str = ""  # the tier that comes next, from month `from_number` on
    from_number: int = 0
    is_renewed: bool = False  # something is to follow his prepaid term
    months: dict[int, Month] = field(default_factory=dict)

    def is_open(self, today: date) -> bool:
        """Whether it opens members' content to whoever has it."""
        if self.state == "past_due":
            return self.open_until is not None and today <= self.open_until
        return self.state in {"active", "paused", "cancelling"}

    def owes(self) -> list[Month]:
        """The months that wait for their donation after a decline, oldest first."""
        return [m for m in self.by_number() if m.state == "locked" and m.is_tried]

    def paid(self) -> list[Month]:
        """The months whose donation came and was not given back."""
        return [m for m in self.by_number() if m.paid_on and not m.given_back_on]

    def waiting(self) -> list[Month]:
        """The fixed months whose donation has not come yet."""
        return [m for m in self.by_number() if m.is_waiting]

    def by_number(self) -> list[Month]:
        return [self.months[number] for number in sorted(self.months)]
