"""A sign of life of worker and timetable for whoever restarts them: the age of a file.

Asking Celery itself would load the whole product every time. LIVENESS_FILE names the file.
"""

import os
from pathlib import Path

from celery import signals


def signals_connect() -> None:
    """This will have the file touched when a worker beats and when the timetable sends a task."""
    if os.environ.get("LIVENESS_FILE"):
        # A worker's own beat comes every two seconds, the timetable's shortest task every fifteen.
        signals.heartbeat_sent.connect(_touch, weak=False)
        signals.before_task_publish.connect(_touch, weak=False)


def _touch(**kwargs: object) -> None:
    Path(os.environ["LIVENESS_FILE"]).touch()
