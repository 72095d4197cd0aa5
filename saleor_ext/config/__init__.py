"""Settings, addresses and the Celery application of the product."""

# Whoever loads the settings (pages, management commands, workers) sends tasks to our own queue and
# not to whatever Celery would guess.
from saleor_ext.config.celery import app as celery_app

__all__ = ["celery_app"]
