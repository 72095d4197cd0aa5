"""Missed donations after a stop. Few go on by themselves; above the town's bound they wait until
staff have said: charge now, ask each donor, or leave them out.

Whatever made them late counts, be it that no run took place, that donations were stopped or that
the provider was away: a month is missed when it was due before today and nobody has asked for it.
"""

import contextlib
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Count, Exists, OuterRef, QuerySet, Sum
from django.db.models.functions import Coalesce

from saleor_ext.common import jptime
from saleor_ext.common.apart import Apart
from saleor_ext.common.errors import InvalidTransition
from saleor_ext.donations import selectors as donation_selectors
from saleor_ext.flows import errors as flow_errors
from saleor_ext.flows import missed_link
from saleor_ext.flows.dunning import retrying
from saleor_ext.flows.limits import deciding, leaving_out, year_gate
from saleor_ext.flows.month import charge_run, settle
from saleor_ext.membership import cycles, models, selectors, states
from saleor_ext.operation import catching_up, errors
from saleor_ext.operation import models as operation_models
from saleor_ext.operation import selectors as operation_selectors
from saleor_ext.operation import states as operation_states
from saleor_ext.outbox import services as outbox

_Decision = operation_states.CatchUpState
_Month = operation_states.CatchUpMonthState
ANSWER_DAYS = missed_link.ANSWER_DAYS
AT_ONCE = 50
SKIPPED_BY_STAFF = "catch_up_skipped"
SKIPPED_BY_DONOR = "catch_up_declined"
SKIPPED_UNANSWERED = "catch_up_unanswered"


@dataclass(frozen=True, kw_only=True)
class Plan(operation_selectors.CatchUpSums):
    """What waits for staff: "3 days, 412 donations, 2,060,000 yen".

    `last_done_on` is the day up to which a run last went through everything before it was made.
    `seen` is a sign of these very months: who decides hands it back.
    """

    last_done_on: date | None
    seen: str


def overdue(*, as_of: date) -> QuerySet[models.Cycle]:
    """This will select the months that were due before a Japanese day and that nobody approved."""
    approved = operation_models.CatchUpMonth.objects.filter(
        cycle_id=OuterRef("pk"), state=_Month.APPROVED
    )
    return (
        charge_run.cycles_due(as_of=as_of)
        .alias(due_on=Coalesce("next_try_on", "charge_on"))
        .filter(~Exists(approved), due_on__lt=as_of)
    )


def plan() -> Plan | None:
    """This will return what waits for staff, None when nothing does."""
    sums = operation_selectors.catch_up_sums()
    if sums is None:
        return None
    found = operation_models.CatchUp.objects.get(pk=sums.catch_up_id)
    return Plan(
        **asdict(sums),
        last_done_on=found.last_done_on,
        seen=operation_selectors.catch_up_seen(catch_up_id=found.pk),
    )


def hold_above_bound(*, as_of: date, now: datetime) -> int:
    """This will keep missed months from being charged when there are more than the town allows.

    Returns:
        how many wait for staff.
    """
    _let_go(now=now)
    waiting = operation_selectors.catch_up_waiting()
    rows = overdue(as_of=as_of)
    sums = rows.aggregate(count=Count("pk"), total=Sum("amount_yen"))
    town = selectors.municipality_get()
    is_above = (
        sums["count"] > town.catch_up_count_max or (sums["total"] or 0) > town.catch_up_max_yen
    )
    if sums["count"] and (waiting is not None or is_above):
        _gather(rows, as_of=as_of, now=now)
    found = operation_selectors.catch_up_sums()
    return found.count if found else 0


@transaction.atomic
def _gather(rows: QuerySet[models.Cycle], *, as_of: date, now: datetime) -> None:
    """Staff are written to once, however much comes to it before they decide."""
    listed = rows.annotate(due=Coalesce("next_try_on", "charge_on"))
    found = catching_up.catch_up_gather(
        overdue=listed.values_list("pk", "due", "amount_yen").iterator(),
        as_of=as_of,
        last_done_on=operation_selectors.last_done_on(),
        now=now,
    )
    outbox.message_put(
        topic="mail.staff",
        key=f"mail:catch_up_waits:{found.pk}",
        payload={"name": "catch_up_waits", "catch_up_id": found.pk},
        now=now,
    )


def _let_go(*, now: datetime) -> None:
    """Months that were paid, ended or left out otherwise meanwhile are not asked about."""
    held = operation_selectors.catch_up_held()
    over = held.exclude(
        cycle__state=states.CycleState.LOCKED,
        cycle__membership__state__in=sorted(states.MEMBERSHIP_CHARGEABLE),
    )
    catching_up.months_gone(month_ids=over.values_list("pk", flat=True), now=now)
    waiting = operation_selectors.catch_up_waiting()
    if waiting is not None and not waiting.months.filter(state=_Month.WAITING).exists():
        catching_up.catch_up_void(catch_up_id=waiting.pk, now=now)


def decide(
    *,
    catch_up_id: int,
    decision: str,
    seen: str,
    reason: str,
    now: datetime,
    actor: str,
) -> operation_models.CatchUp:
    """This will do what staff decided about missed donations. `seen` is the sign of the plan they
    had before them.

    Few months at once; many, and what is broken off, are carried on by the next run.

    Raises:
        ReasonMissing, CatchUpChanged: nothing was changed.
    """
    found = catching_up.catch_up_decide(
        catch_up_id=catch_up_id, decision=decision, seen=seen, reason=reason, now=now, actor=actor
    )
    if found.months.filter(state=_Month.WAITING).count() <= AT_ONCE:
        carry_on(now=now)
    return found


def carry_on(*, now: datetime) -> None:
    """This will carry out what was decided and not done yet, and close what was not answered. One
    month's trouble does not stop the others.

    Raises:
        Exception: what the first one met with that could not be done; all others were.
    """
    apart = Apart()
    decided = operation_models.CatchUp.objects.filter(
        state__in=[_Decision.CHARGE, _Decision.ASK, _Decision.SKIP],
        months__state=_Month.WAITING,
    ).distinct()
    for catch_up in decided:
        if catch_up.state == _Decision.CHARGE:
            with apart.one(f"charging of catch-up {catch_up.pk}"):
                _approve(catch_up, now=now)
            continue
        for month in _waiting(catch_up):
            # Another run may have been faster.
            with apart.one(_name(month)), contextlib.suppress(InvalidTransition):
                if catch_up.state == _Decision.ASK:
                    _ask(month, now=now)
                else:
                    _skip(month, reason=SKIPPED_BY_STAFF, now=now, actor=catch_up.decided_by)
    _close_unanswered(apart, now=now)
    apart.end()


def _name(month: operation_models.CatchUpMonth) -> str:
    return f"catching up of month {month.cycle_id}"


@transaction.atomic
def _approve(catch_up: operation_models.CatchUp, *, now: datetime) -> None:
    """Nobody could make up for them while they waited: they get their days anew."""
    months = catch_up.months.filter(state=_Month.WAITING)
    missed = models.Cycle.objects.filter(pk__in=months.values("cycle_id"))
    retrying.days_renew(months=missed, now=now)
    catching_up.months_approve(catch_up_id=catch_up.pk, now=now)


def _waiting(catch_up: operation_models.CatchUp) -> Iterator[operation_models.CatchUpMonth]:
    rows = catch_up.months.filter(state=_Month.WAITING).order_by("pk")
    yield from list(rows.select_related("cycle__membership"))


@transaction.atomic
def _ask(month: operation_models.CatchUpMonth, *, now: datetime) -> None:
    until = jptime.jst_date(now) + timedelta(days=ANSWER_DAYS)
    catching_up.month_ask(month_id=month.pk, answer_until=until)
    settle.mail_put("catch_up_ask", cycle=month.cycle, now=now)


def _skip(month: operation_models.CatchUpMonth, *, reason: str, now: datetime, actor: str) -> None:
    """A month somebody is just paying stays: its donation comes, and then nothing is open."""
    with transaction.atomic():
        cycles.cycle_hold(cycle_id=month.cycle_id)
        if donation_selectors.open_attempt(cycle_id=month.cycle_id) is not None:
            return
        catching_up.month_skipped(month_id=month.pk, now=now)
        leaving_out.month_leave_out(cycle=month.cycle, reason=reason, now=now, actor=actor)


def _close_unanswered(apart: Apart, *, now: datetime) -> None:
    late = operation_models.CatchUpMonth.objects.filter(
        state=_Month.ASKED, answer_until__lt=jptime.jst_date(now)
    )
    for month in late.select_related("cycle__membership").order_by("pk"):
        # He may have answered in this very moment.
        with apart.one(_name(month)), contextlib.suppress(InvalidTransition):
            _skip(month, reason=SKIPPED_UNANSWERED, now=now, actor="run")


def asked_month(*, token: str, today: date) -> operation_models.CatchUpMonth:
    """This will find the month that a link in a mail asks about.

    Raises:
        CatchUpOver: the link was altered or is too old, or the month waits for no answer any more.
    """
    cycle_id = missed_link.cycle_id_of(token)
    if cycle_id is None:
        raise errors.CatchUpOver()
    month = (
        operation_models.CatchUpMonth.objects.select_related("cycle__membership", "cycle__tier")
        .filter(
            cycle_id=cycle_id,
            state=_Month.ASKED,
            answer_until__gte=today,
            cycle__state=states.CycleState.LOCKED,
        )
        .first()
    )
    if month is None:
        raise errors.CatchUpOver()
    return month


@transaction.atomic
def _approve_one(month: operation_models.CatchUpMonth, *, now: datetime) -> None:
    months = models.Cycle.objects.filter(pk=month.cycle_id)
    retrying.days_renew(months=months, now=now)
    catching_up.month_approve(month_id=month.pk, now=now)


def answer(*, token: str, is_wanted: bool, now: datetime) -> operation_models.CatchUpMonth:
    """This will write down what a donor answered: charge the missed month, or leave it out.

    Raises:
        CatchUpOver: the month waits for no answer any more.
        YearIsOver: its calendar year is over; about that he is asked elsewhere.
        LimitReached: it would exceed the yearly limit he has set, and he wants it kept.
    """
    today = jptime.jst_date(now)
    month = asked_month(token=token, today=today)
    if is_wanted:
        if year_gate.is_held_back(month.cycle, today=today):
            raise flow_errors.YearIsOver()
        deciding.limit_require(cycle=month.cycle, today=today)
    actor = f"donor:{month.cycle.membership.donor_id}"
    try:
        if is_wanted:
            _approve_one(month, now=now)
        else:
            _skip(month, reason=SKIPPED_BY_DONOR, now=now, actor=actor)
    except InvalidTransition as error:
        raise errors.CatchUpOver() from error
    month.refresh_from_db()
    return month
