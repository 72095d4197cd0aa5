"""The Celery application and the beat schedule."""

import os
from typing import Any

from celery import Celery
from celery.schedules import crontab

from saleor_ext.config import liveness

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "saleor_ext.config.settings")

EXPIRES_LEAST_S = 60

app = Celery("furusato_salon")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
liveness.signals_connect()


def _every(seconds: int, task: str, *, at: crontab | None = None) -> dict[str, Any]:
    """A turn that no worker has begun when the next one comes is left out: where all of them are
    busy, or none was there for days, nothing piles up. Each turn has a minute at least, for the
    clocks of two machines may differ.
    """
    expires_s = max(seconds, EXPIRES_LEAST_S)
    return {"task": task, "schedule": at or float(seconds), "options": {"expires": expires_s}}


app.conf.beat_schedule = {
    "heartbeat": _every(30, "heartbeat"),
    "shop-look": _every(60, "shop.look"),
    "outbox-sweep": _every(15, "outbox.sweep"),
    "attempts-settle": _every(60, "payments.janitor"),
    "cards-settle": _every(600, "cards.settle"),
    "cycles-run": {"task": "cycles.run", "schedule": crontab(minute=5, hour="10-18")},
    "content-holds": _every(900, "content.holds", at=crontab(minute="*/15")),
    "cycles-outlook": {"task": "cycles.outlook", "schedule": crontab(minute=45, hour="6,9")},
    "cycles-retry": _every(300, "cycles.retry", at=crontab(minute="*/5")),
    "year-turn": {
        "task": "limits.year_turn",
        "schedule": crontab(minute="*/2", hour="0", day_of_month="1", month_of_year="1"),
    },
    "inbox-sweep": _every(60, "connector.deliveries_sweep"),
    "shop-link-check": _every(300, "shop.link_check"),
    "shop-stock": _every(600, "shop.stock"),
    "shop-reconcile": _every(300, "shop.reconcile"),
    "sessions-clear": {"task": "sessions.clear", "schedule": crontab(minute=40, hour=4)},
    "receipts-settle": _every(300, "receipts.settle"),
    "onestop-follow": _every(120, "onestop.follow"),
    "receipts-sweep": _every(120, "receipts.sweep"),
    "onestop-sweep": _every(600, "onestop.sweep"),
    "money-match": {"task": "money.match", "schedule": crontab(minute=0, hour=5)},
    "ledger-check": {"task": "ledger.check", "schedule": crontab(minute=30, hour=3)},
}
