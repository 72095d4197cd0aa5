"""What can happen to a place, and the states of runs, missed donations and rehearsals."""

from django.db.models import TextChoices


class PlaceEventKind(TextChoices):
    """sealed: first used here. confirmed: a person said so. stopped, started: donations."""

    SEALED = "sealed", "使い始め"
    CONFIRMED = "confirmed", "移転を確認"
    STOPPED = "stopped", "寄附の停止"
    STARTED = "started", "寄附の再開"


class RunState(TextChoices):
    """How one run of the month stands.

    running: at work, or its process was ended from outside.
    done: everything that was due has been gone through.
    stopped: it went through all but the donations, because something kept them from being taken.
    failed: an error ended it or kept a step from being done; the next run does what is left.
    """

    RUNNING = "running", "処理中"
    DONE = "done", "完了"
    STOPPED = "stopped", "寄附は未処理"
    FAILED = "failed", "中断"


class RunPhase(TextChoices):
    """What a run of the month is at just now.

    planning: months are created ahead.
    locking: months past their last day for changes are checked and copied.
    orders: orders and mail that are due go out.
    charging: donations that are due are received.
    listing: parcels are asked for from the producers.
    closing: what is over is closed.
    """

    PLANNING = "planning", "予定づくり"
    LOCKING = "locking", "内容の確定"
    ORDERS = "orders", "注文とメール"
    CHARGING = "charging", "寄附の受け取り"
    LISTING = "listing", "生産者への依頼"
    CLOSING = "closing", "締めくくり"


RUN_TRANSITIONS: dict[str, frozenset[str]] = {
    RunState.DONE: frozenset({RunState.RUNNING}),
    RunState.STOPPED: frozenset({RunState.RUNNING}),
    RunState.FAILED: frozenset({RunState.RUNNING}),
}


class CatchUpState(TextChoices):
    """What staff decided about missed donations.

    waiting: nobody has decided; none of them is charged.
    charge: they are charged now. ask: each donor is asked by mail. skip: they are left out.
    void: nothing of it is overdue any more, so there is nothing to decide.
    """

    WAITING = "waiting", "決定待ち"
    CHARGE = "charge", "いま受け取る"
    ASK = "ask", "寄附者に尋ねる"
    SKIP = "skip", "見送る"
    VOID = "void", "必要なし"


CATCH_UP_TRANSITIONS: dict[str, frozenset[str]] = {
    str(to): frozenset({CatchUpState.WAITING}) for to in CatchUpState if to != CatchUpState.WAITING
}


class CatchUpMonthState(TextChoices):
    """Where one missed month stands.

    waiting: not charged before staff have decided.
    asked: not charged before its donor has answered.
    approved: may be charged like any other month.
    skipped: left out.
    gone: nothing was to be decided any more, as its donation came or the membership ended.
    """

    WAITING = "waiting", "決定待ち"
    ASKED = "asked", "お返事待ち"
    APPROVED = "approved", "受け取ってよい"
    SKIPPED = "skipped", "見送った"
    GONE = "gone", "対象外"


CATCH_UP_MONTH_TRANSITIONS: dict[str, frozenset[str]] = {
    CatchUpMonthState.ASKED: frozenset({CatchUpMonthState.WAITING}),
    CatchUpMonthState.APPROVED: frozenset({CatchUpMonthState.WAITING, CatchUpMonthState.ASKED}),
    CatchUpMonthState.SKIPPED: frozenset({CatchUpMonthState.WAITING, CatchUpMonthState.ASKED}),
    CatchUpMonthState.GONE: frozenset({CatchUpMonthState.WAITING, CatchUpMonthState.ASKED}),
}

CATCH_UP_HELD = frozenset({CatchUpMonthState.WAITING, CatchUpMonthState.ASKED})
"""Missed months that are not charged for the time being."""


class RehearsalState(TextChoices):
    """How a rehearsal stands.

    wanted: asked for; waits for a worker.
    running: at work, or its process was ended from outside.
    done: its report can be read.
    failed: an error ended it, or it fell silent. Nothing else was touched.
    """

    WANTED = "wanted", "順番待ち"
    RUNNING = "running", "計算中"
    DONE = "done", "完了"
    FAILED = "failed", "中断"


REHEARSAL_TRANSITIONS: dict[str, frozenset[str]] = {
    RehearsalState.RUNNING: frozenset({RehearsalState.WANTED}),
    RehearsalState.DONE: frozenset({RehearsalState.RUNNING}),
    RehearsalState.FAILED: frozenset({RehearsalState.WANTED, RehearsalState.RUNNING}),
}

REHEARSAL_OPEN = frozenset({RehearsalState.WANTED, RehearsalState.RUNNING})
"""Rehearsals that are not over: at most one."""
