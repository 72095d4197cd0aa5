"""Worker and beat as threads of the one web process, for trying out without a broker.

Whatever matters is a row in the database, so a message lost with the process is found again.
"""

import logging
import threading

from celery import Celery
from celery.beat import EmbeddedService

logger = logging.getLogger(__name__)

WORKER_THREADS = 2


def start(app: Celery) -> None:
    """This will start one worker and one beat beside the web threads.

    Several web processes would each start their own beat: use a real broker then.
    """
    worker = app.Worker(
        pool="threads",
        concurrency=WORKER_THREADS,
        loglevel="WARNING",
        quiet=True,
        without_gossip=True,
    )
    threading.Thread(target=worker.start, name="worker", daemon=True).start()
    beat = EmbeddedService(app, thread=True, scheduler_cls="celery.beat:Scheduler")
    beat.daemon = True
    beat.start()
