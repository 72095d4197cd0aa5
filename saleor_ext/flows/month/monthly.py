"""The month turns: plan, lock, charge, list, close. Safe to run at any time and any number of
times; whatever an earlier run left undone is found again by its state, not by its date.
"""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import date, datetime

from django.db.models import Count, Sum

from saleor_ext.common import clock
from saleor_ext.common.apart import Apart
from saleor_ext.flows import outbox_run
from saleor_ext.flows.choices import cancel_turn, giving, pause_turn, tier_turn
from saleor_ext.flows.dunning import card_expiry, charge_notices, giving_up
from saleor_ext.flows.limits import year_turn
from saleor_ext.flows.month import (
    catch_up,
    charge_run,
    ending,
    janitor,
    listing,
    locking,
    residents,
    run_record,
    term_notices,
)
from saleor_ext.flows.swaps import bringing_back, deciding
from saleor_ext.membership import calendar, planning, selectors
from saleor_ext.operation import gate
from saleor_ext.operation.states import RunPhase


@dataclass(kw_only=True)
class RunReport:
    """What one run did, or with a dry run would do.

    `stopped` is the code of what keeps donations from being taken, "" when nothing does.
    """

    as_of: date
    planned: int = 0
    locked: int = 0
    due: int = 0
    charged: int = 0
    declined: int = 0
    unknown: int = 0
    waiting: int = 0
    skipped: int = 0
    parked: int = 0
    donations_yen: int = 0
    orders: int = 0
    shipments: int = 0
    stopped: str = ""

    def figures(self) -> dict[str, int]:
        """This will return the numbers alone, which is what is kept of a run."""
        return {name: value for name, value in asdict(self).items() if isinstance(value, int)}

    def as_json(self) -> dict[str, object]:
        """This will return the report as one flat object for machines."""
        answer = {**asdict(self), "as_of": self.as_of.isoformat()}
        if not self.stopped:
            del answer["stopped"]
        return answer


def run_cycles(
    *,
    as_of: date,
    now: datetime,
    actor: str,
    dry_run: bool = False,
    tell: Callable[[run_record.Progress], None] = lambda progress: None,
) -> RunReport:
    """This will bring every membership to where it should be on `as_of` (a Japanese day). `tell` is
    told every other second how far it has come.

    Raises:
        PlaceUnconfirmed: this is a copy that nobody has confirmed; nothing was changed.
        Exception: what broke the first of its steps that could not be done; all others were.
    """
    if dry_run:
        return _dry_run(as_of=as_of, now=now)
    gate.home_require()
    report, moment = RunReport(as_of=as_of), clock.going_on_from(now)
    with run_record.recorded(as_of=as_of, moment=moment, actor=actor, tell=tell) as record:
        _run(report, record, as_of=as_of, now=now, actor=actor)
    return report


def _run(
    report: RunReport, record: run_record.Record, *, as_of: date, now: datetime, actor: str
) -> None:
    # Each step finds its work by state, whatever became of those before it.
    steps = Apart()
    _prepare(steps, report, record, as_of=as_of, now=now, actor=actor)
    _receive(steps, report, record, as_of=as_of, now=now, actor=actor)
    with steps.one("step residents"):
        residents.parcels_hold(now=now, actor=actor)
    with steps.one("step listing"):
        _list(report, record, as_of=as_of, now=now, actor=actor)
    record.phase(RunPhase.CLOSING)
    for name, close in _closings(as_of=as_of, now=now, actor=actor):
        with steps.one(f"step {name}"):
            close()
    with steps.one("step last orders"):
        _drain(report, record, now=now)
    record.report(report.figures(), stopped=report.stopped)
    steps.end()


def _prepare(
    steps: Apart,
    report: RunReport,
    record: run_record.Record,
    *,
    as_of: date,
    now: datetime,
    actor: str,
) -> None:
    """Everything before the money: months planned, locked and announced, and their orders made."""
    town = _town_calendar()
    with steps.one("step planning"):
        report.planned = planning.cycles_plan(today=as_of, town=town)
    # Before anything is locked: what lies in a pause is left out, and pauses end on their day.
    with steps.one("step pauses"):
        pause_turn.pauses_turn(as_of=as_of, now=now, actor=actor)
    with steps.one("step tiers"):
        tier_turn.downgrades_turn(as_of=as_of, now=now, actor=actor)
    with steps.one("step months back"):
        bringing_back.months_bring_back(now=now, actor=actor)
    with steps.one("step locking"):
        _lock(report, record, as_of=as_of, now=now, actor=actor)
    with steps.one("step swaps"):
        deciding.swaps_open_due(now=now, actor=actor)
    with steps.one("step answers about swaps"):
        deciding.swaps_close_due(today=as_of, now=now, actor=actor)
    with steps.one("step notices"):
        charge_notices.charges_announce(as_of=as_of, now=now)
    with steps.one("step notices of cards"):
        card_expiry.cards_announce(today=as_of, now=now)
    # Orders come before the charges, so that a box that is out of stock is not paid for.
    with steps.one("step orders"):
        _drain(report, record, now=now)


def _receive(
    steps: Apart,
    report: RunReport,
    record: run_record.Record,
    *,
    as_of: date,
    now: datetime,
    actor: str,
) -> None:
    """The money: what is open is looked up, what was missed is decided, what is due is received."""
    with steps.one("step open attempts"):
        report.unknown += janitor.attempts_settle_open(now=now, actor=actor).unknown
    with steps.one("step attempts of last year"):
        year_turn.attempts_close_held(today=as_of, now=now, actor=actor)
    with steps.one("step catching up"):
        catch_up.carry_on(now=now)
    with steps.one("step charging"):
        # Where nobody can say what was missed and waits for staff, nothing is charged.
        report.waiting = catch_up.hold_above_bound(as_of=as_of, now=now)
        _charge(report, record, as_of=as_of, actor=actor)
    with steps.one("step turn of the year"):
        year_turn.donors_ask(today=as_of, now=now)
    with steps.one("step orders of the paid"):
        _drain(report, record, now=now)


def _lock(
    report: RunReport, record: run_record.Record, *, as_of: date, now: datetime, actor: str
) -> None:
    record.phase(RunPhase.LOCKING)
    locked = locking.cycles_lock_due(as_of=as_of, now=now, actor=actor, tell=record.alive)
    report.locked, report.skipped, report.parked = locked.locked, locked.skipped, locked.parked


def _list(
    report: RunReport, record: run_record.Record, *, as_of: date, now: datetime, actor: str
) -> None:
    record.phase(RunPhase.LISTING)
    report.shipments = listing.cycles_list_due(as_of=as_of, now=now, actor=actor, tell=record.alive)


def _drain(report: RunReport, record: run_record.Record, *, now: datetime) -> None:
    record.phase(RunPhase.ORDERS)
    report.orders += outbox_run.outbox_drain(now=now, tell=record.alive).orders


def _charge(report: RunReport, record: run_record.Record, *, as_of: date, actor: str) -> None:
    """No more is charged than what was found due before the first charge."""
    record.phase(RunPhase.CHARGING)
    due = charge_run.cycles_due_now(as_of=as_of, now=record.moment())
    plan = due.aggregate(count=Count("pk"), total=Sum("amount_yen"))
    record.plan(count=plan["count"], amount_yen=plan["total"] or 0)
    tally = charge_run.charge_due(
        as_of=as_of,
        moment=record.moment,
        actor=actor,
        tell=record.seen,
        bounded=record.bounded,
    )
    report.due += tally.due
    report.charged += tally.charged
    report.declined += tally.declined
    report.unknown += tally.unknown
    report.parked += tally.parked
    report.skipped += tally.left_out
    report.donations_yen += tally.donations_yen
    report.stopped = tally.stopped or record.refusal


def _town_calendar() -> calendar.TownCalendar:
    return selectors.town_calendar(town=selectors.municipality_get())


def _dry_run(*, as_of: date, now: datetime) -> RunReport:
    report = RunReport(as_of=as_of, stopped=gate.status().refusal)
    report.planned = planning.cycles_missing_count(today=as_of, town=_town_calendar())
    town, boxes, last_id = selectors.municipality_get(), locking.Boxes(), 0
    while batch := locking.cycles_to_lock(as_of=as_of, after_id=last_id):
        last_id = batch[-1].pk
        found = locking.batch_sort(batch, town=town, boxes=boxes, now=now)
        report.locked += len(found.snapshots)
        report.skipped += len(found.skips)
        report.parked += len({cycle.membership_id for cycle, _ in found.parks})
        would_lock = {snapshot.cycle_id for snapshot in found.snapshots}
        for cycle in batch:
            if cycle.pk in would_lock and cycle.charge_on <= as_of and cycle.amount_yen:
                report.due += 1
                report.donations_yen += cycle.amount_yen
    due = charge_run.cycles_due_now(as_of=as_of, now=now)
    for amount_yen in due.values_list("amount_yen", flat=True).iterator():
        report.due += 1
        report.donations_yen += amount_yen
    report.shipments = listing.cycles_to_list(as_of=as_of).count()
    return report


def _closings(*, as_of: date, now: datetime, actor: str) -> list[tuple[str, Callable[[], object]]]:
    """What is over is closed: months not paid in time, prepaid terms, memberships and grants."""
    return [
        ("giving up", lambda: giving_up.months_give_up(as_of=as_of, now=now, actor=actor)),
        ("term notices", lambda: term_notices.terms_tell(as_of=as_of, now=now)),
        ("terms", lambda: ending.terms_end(as_of=as_of, now=now, actor=actor)),
        ("leaving", lambda: cancel_turn.cancelling_turn(as_of=as_of, now=now, actor=actor)),
        ("grants", lambda: giving.grants_close_due(now=now)),
    ]
