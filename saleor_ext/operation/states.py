"""What can happen to a place."""

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
    failed: an error ended it; the next run goes on from there.
    """

    RUNNING = "running", "処理中"
    DONE = "done", "完了"
    STOPPED = "stopped", "寄附は未処理"
    FAILED = "failed", "中断"


RUN_TRANSITIONS: dict[str, frozenset[str]] = {
    RunState.DONE: frozenset({RunState.RUNNING}),
    RunState.STOPPED: frozenset({RunState.RUNNING}),
    RunState.FAILED: frozenset({RunState.RUNNING}),
}
