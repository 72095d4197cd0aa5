"""Work handed over by name, after the present transaction has committed."""

from celery import current_app
from django.db import transaction
from kombu.exceptions import OperationalError


def enqueue(name: str, **kwargs: object) -> None:
    """This will run the Celery task called `name` once the present transaction is committed.

    Losing a message is allowed: whatever matters is also a row that a sweep finds.
    """
    transaction.on_commit(lambda: _send(name, kwargs), robust=True)


def broker_answers(*, timeout_s: int) -> bool:
    """This will say whether the queue can be reached, within a bounded time."""
    try:
        with current_app.connection_for_write(connect_timeout=timeout_s) as broker:
            broker.ensure_connection(max_retries=1, interval_start=0, timeout=timeout_s)
            return True
    except (OSError, OperationalError):
        return False


def _send(name: str, kwargs: dict[str, object]) -> None:
    if current_app.conf.task_always_eager:
        current_app.tasks[name].apply(kwargs=kwargs)
        return
    current_app.send_task(name, kwargs=kwargs)
