"""What all of a donor's choices have in common: who may choose, which months can still be changed,
what he was shown before he said yes, and what is written down.

A choice is a pair of functions. `<choice>_preview` only reads, and says from which day the choice
counts; `<choice>_choose` reads the same once more while nobody else can write, and refuses when it
is no longer what the donor was shown.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import astuple, dataclass
from datetime import date, datetime

from django.db.models import Max, Q, QuerySet

from saleor_ext.common import jptime
from saleor_ext.common.errors import NotFound, Refusal
from saleor_ext.flows import errors
from saleor_ext.flows.limits.warning import LimitWarning
from saleor_ext.membership import calendar, choices, models, selectors, states
from saleor_ext.outbox import services as outbox

_State = states.MembershipState
_Cycle = states.CycleState

SEEN_LENGTH = 20
_CHANGEABLE = Q(state=_Cycle.PLANNED) | Q(
    state=_Cycle.SKIPPED, reason__in=sorted(states.SKIP_CHOSEN)
)
GOING_ON = frozenset({_State.ACTIVE, _State.PAUSED, _State.PAST_DUE})
"""Memberships about whose coming months something can be chosen."""

_Kind = states.ChoiceKind
TOLD_TO_RECIPIENT = frozenset(
    {
        _Kind.SKIP,
        _Kind.SKIP_UNDO,
        _Kind.PAUSE,
        _Kind.RESUME,
        _Kind.TIER,
        _Kind.ANCHOR,
        _Kind.CANCEL,
        _Kind.CANCEL_UNDO,
        _Kind.SWAP,
        _Kind.YEAR_TURN,
    }
)
"""Choices of a giver that change what comes to the recipient, or when."""


@dataclass(frozen=True, kw_only=True)
class Preview:
    """What a choice would do. Days are Japanese days, amounts whole yen.

    effective_on: the first day on which something is other than it would have been.
    change_until: the last day on which it can be taken back; None when it cannot be.
    month: the first month (its first day) it is about. months: all of them that are known.
    next_donation_on, next_donation_yen: the first donation there is after it, if any.
    limit_warning: that the donor's year would exceed the limit he has set himself.
    """

    kind: str
    effective_on: date
    change_until: date | None
    month: date | None = None
    months: tuple[date, ...] = ()
    next_donation_on: date | None = None
    next_donation_yen: int | None = None
    limit_warning: LimitWarning | None = None

    @property
    def seen(self) -> str:
        """A short sign for all of the above: it changes when anything of it does."""
        told = "|".join(str(value) for value in astuple(self))
        return hashlib.sha256(told.encode()).hexdigest()[:SEEN_LENGTH]


def seen_require(preview: Preview, *, seen: str | None) -> None:
    """This will compare with what the donor was shown; None for whoever was shown nothing.

    Raises:
        ChoiceChanged: something is other than he was told. Nothing was changed.
    """
    if seen is not None and seen != preview.seen:
        raise errors.ChoiceChanged()


def membership_choosing(
    *, membership_id: int, allowed: frozenset[_State] = GOING_ON
) -> models.Membership:
    """This will return a membership about which something can be chosen.

    Raises:
        NotFound: it is not begun or over.
        MembershipParked: staff are looking into it.
        MembershipLeaving: it is about to end.
        MembershipFree: nothing is given in it, so there is nothing to choose.
        ChoiceNotNow: it is in another state in which this cannot be chosen.
    """
    membership = (
        models.Membership.objects.select_related("tier", "donor", "next_tier")
        .filter(pk=membership_id)
        .exclude(state__in=[_State.DRAFT, _State.ENDED])
        .first()
    )
    if membership is None:
        raise NotFound(what="membership")
    if membership.state == _State.PARKED:
        raise errors.MembershipParked()
    if membership.tier.kind == states.TierKind.FREE:
        raise errors.MembershipFree()
    if membership.state not in allowed:
        raise _not_allowed(membership)
    return membership


def monthly_choosing(
    *, membership_id: int, allowed: frozenset[_State] = GOING_ON
) -> models.Membership:
    """This will return such a membership whose months each have a donation of their own.

    Raises:
        MembershipPrepaid: it is a prepaid term, which has choices of its own.
        and what `membership_choosing` raises.
    """
    membership = membership_choosing(membership_id=membership_id, allowed=allowed)
    if membership.tier.kind == states.TierKind.PREPAID:
        raise errors.MembershipPrepaid()
    return membership


def _not_allowed(membership: models.Membership) -> Refusal:
    if membership.state == _State.CANCELLING:
        return errors.MembershipLeaving()
    return errors.ChoiceNotNow()


def hold(*, membership_id: int) -> None:
    """This will make all other writers of a membership and its months wait for this transaction.

    Months first, then the membership, as everywhere.
    """
    cycles = models.Cycle.objects.select_for_update().filter(membership_id=membership_id)
    list(cycles.order_by("pk").values_list("pk"))
    list(models.Membership.objects.select_for_update().filter(pk=membership_id).values_list("pk"))


def months_changeable(*, membership_id: int, today: date) -> QuerySet[models.Cycle]:
    """This will list the months that can still be changed, nearest first: those that are planned,
    and those that the donor himself left out and could bring back.
    """
    return _months_open(_CHANGEABLE, membership_id=membership_id, today=today)


def months_movable(*, membership_id: int, today: date) -> QuerySet[models.Cycle]:
    """This will list the months whose day can still be another one: those that can be changed, and
    those that the plan took back for now. Should it bring one again, it comes on the day chosen.
    """
    taken_back = Q(state=_Cycle.VOID, reason=states.PLAN_CHANGED)
    return _months_open(_CHANGEABLE | taken_back, membership_id=membership_id, today=today)


def _months_open(which: Q, *, membership_id: int, today: date) -> QuerySet[models.Cycle]:
    return (
        models.Cycle.objects.filter(
            which,
            membership_id=membership_id,
            change_until__gte=today,
            snapshot__isnull=True,
        )
        .select_related("tier")
        .order_by("n")
    )


def months_planned(*, membership_id: int, today: date) -> QuerySet[models.Cycle]:
    """This will list those of them that will come as things stand."""
    return months_changeable(membership_id=membership_id, today=today).filter(state=_Cycle.PLANNED)


def months_fixed(*, membership: models.Membership, today: date) -> list[models.Cycle]:
    """This will list the months that are fixed already and still to be given or sent, by n.

    A month is fixed once its last day for changes is over, though the run locks it only later.
    While a donation is owed no further month is locked; what lies in a pause is left out.
    """
    is_late = Q(state=_Cycle.PLANNED, change_until__lt=today, n__gt=0)
    rows = models.Cycle.objects.filter(
        Q(state=_Cycle.LOCKED) | is_late, membership_id=membership.pk
    ).order_by("n")
    return [row for row in rows if row.state == _Cycle.LOCKED or _will_lock(row, membership)]


def _will_lock(cycle: models.Cycle, membership: models.Membership) -> bool:
    is_donation = cycle.kind == states.CycleKind.DONATION
    if is_donation and membership.state == _State.PAST_DUE:
        return False
    return not selectors.is_in_pause(
        membership=membership, charge_on=cycle.charge_on, change_until=cycle.change_until
    )


def month_fixed(*, membership: models.Membership, today: date) -> models.Cycle | None:
    """This will return the last of them that waits for its donation, if any."""
    return last_donation(months_fixed(membership=membership, today=today))


def last_donation(fixed: Sequence[models.Cycle]) -> models.Cycle | None:
    """This will return the last of some months that has a donation of its own, if any."""
    donations = [row for row in fixed if row.kind == states.CycleKind.DONATION]
    return donations[-1] if donations else None


def last_n(*, membership_id: int) -> int:
    """This will return the number of the last month that is written down."""
    last: int | None = models.Cycle.objects.filter(membership_id=membership_id).aggregate(
        last=Max("n")
    )["last"]
    return -1 if last is None else last


def term_fixed_refuse(fixed: Sequence[models.Cycle]) -> None:
    """This will refuse another tier while the month that pays for a prepaid term is fixed: it comes
    as it was agreed, and then the term has choices of its own.

    Args:
        fixed: the months that are fixed (`months_fixed`).

    Raises:
        TermFixed: it is among them.
    """
    if any(row.box_count > 1 for row in fixed):
        raise errors.TermFixed()


def dates_on(*, membership: models.Membership, n: int, anchor_day: int = 0) -> calendar.CycleDates:
    """This will compute the dates of month n, on another day of the month if one is given."""
    return calendar.cycle_dates(
        start_month=membership.start_month,
        n=n,
        anchor_day=anchor_day or membership.anchor_day,
        town=town_calendar(),
    )


def first_beyond(
    *, membership: models.Membership, resume_on: date | None, anchor_day: int = 0
) -> calendar.CycleDates:
    """This will compute the first month that is not written down yet and in no pause."""
    n = last_n(membership_id=membership.pk) + 1
    dates = dates_on(membership=membership, n=n, anchor_day=anchor_day)
    while resume_on is not None and dates.charge_on < resume_on:
        n += 1
        dates = dates_on(membership=membership, n=n, anchor_day=anchor_day)
    return dates


def dates_of(cycle: models.Cycle) -> calendar.CycleDates:
    """This will return the dates of a month that is written down."""
    return calendar.CycleDates(
        month=cycle.month,
        change_until=cycle.change_until,
        charge_on=cycle.charge_on,
        list_on=cycle.list_on,
        ship_from=cycle.ship_from,
        ship_to=cycle.ship_to,
    )


def month_of_n(*, membership_id: int, n: int | None) -> models.Cycle | None:
    """This will return month n, None when it is not written down."""
    return (
        models.Cycle.objects.filter(membership_id=membership_id, n=n).first()
        if n is not None
        else None
    )


def month_id(*, membership_id: int, month: date | None) -> int | None:
    """This will find the row of a month, None when it is not written down."""
    if month is None:
        return None
    rows = models.Cycle.objects.filter(membership_id=membership_id, month=month)
    return rows.values_list("pk", flat=True).first()


def town_calendar() -> calendar.TownCalendar:
    """This will return the town's settings that decide dates."""
    return selectors.town_calendar(town=selectors.municipality_get())


def choice_made(
    *,
    membership: models.Membership,
    preview: Preview,
    now: datetime,
    actor: str,
    cycle_id: int | None = None,
    details: Mapping[str, object] | None = None,
    reason: str = "",
    note: str = "",
) -> models.MembershipChoice:
    """This will write a choice down and ask for the mail about it (`emails/choice_<kind>.txt`).

    What the donor was shown is part of the details. Whoever was given the membership is told what
    it means for his boxes, and nothing of money. In the caller's transaction.
    """
    choice = choices.choice_record(
        membership_id=membership.pk,
        kind=preview.kind,
        effective_on=preview.effective_on,
        now=now,
        actor=actor,
        cycle_id=cycle_id,
        details={**_shown(preview), **(details or {})},
        reason=reason,
        note=note,
    )
    outbox.message_put(
        topic="mail.send",
        key=f"mail:choice:{choice.pk}",
        payload={
            "name": f"choice_{preview.kind}",
            "donor_id": membership.donor_id,
            "choice_id": choice.pk,
        },
        now=now,
    )
    if membership.recipient_id is not None and preview.kind in TOLD_TO_RECIPIENT:
        outbox.message_put(
            topic="mail.send",
            key=f"mail:received_news:{choice.pk}",
            payload={
                "name": "received_news",
                "donor_id": membership.recipient_id,
                "choice_id": choice.pk,
            },
            now=now,
        )
    return choice


def _shown(preview: Preview) -> dict[str, object]:
    days = {
        "change_until": preview.change_until,
        "month": preview.month,
        "next_donation_on": preview.next_donation_on,
    }
    shown: dict[str, object] = {name: day.isoformat() for name, day in days.items() if day}
    if preview.next_donation_yen is not None:
        shown["next_donation_yen"] = preview.next_donation_yen
    return shown


def today_of(now: datetime) -> date:
    """This will return the day in Japan on which something is chosen."""
    return jptime.jst_date(now)
