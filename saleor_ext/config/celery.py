"""The Celery application and the beat schedule."""

import os

from celery import Celery
from celery.schedules import crontab

from saleor_ext.config import liveness

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "saleor_ext.config.settings")

app = Celery("furusato_salon")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
liveness.signals_connect()

app.conf.beat_schedule = {
    "heartbeat": {"task": "heartbeat", "schedule": 30.0},
    "shop-look": {"task": "shop.look", "schedule": 60.0},
    "outbox-sweep": {"task": "outbox.sweep", "schedule": 15.0},
    "attempts-settle": {"task": "payments.janitor", "schedule": 60.0},
    "cycles-run": {"task": "cycles.run", "schedule": crontab(minute=5, hour="10-18")},
    "content-holds": {"task": "content.holds", "schedule": crontab(minute="*/15")},
    "cycles-outlook": {"task": "cycles.outlook", "schedule": crontab(minute=45, hour="6,9")},
    "cycles-retry": {"task": "cycles.retry", "schedule": crontab(minute="*/5")},
    "year-turn": {
        "task": "limits.year_turn",
        "schedule": crontab(minute="*/2", hour="0", day_of_month="1", month_of_year="1"),
    },
    "inbox-sweep": {"task": "connector.deliveries_sweep", "schedule": 60.0},
    "shop-link-check": {"task": "shop.link_check", "schedule": 300.0},
    "shop-stock": {"task": "shop.stock", "schedule": 600.0},
    "shop-reconcile": {"task": "shop.reconcile", "schedule": 300.0},
    "sessions-clear": {"task": "sessions.clear", "schedule": crontab(minute=40, hour=4)},
    "receipts-settle": {"task": "receipts.settle", "schedule": 300.0},
    "onestop-follow": {"task": "onestop.follow", "schedule": 120.0},
    "receipts-sweep": {"task": "receipts.sweep", "schedule": 120.0},
    "onestop-sweep": {"task": "onestop.sweep", "schedule": 600.0},
    "money-match": {"task": "money.match", "schedule": crontab(minute=0, hour=5)},
    "ledger-check": {"task": "ledger.check", "schedule": crontab(minute=30, hour=3)},
}
