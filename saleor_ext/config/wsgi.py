"""The WSGI application. With EMBED_WORKER the worker and beat run as threads of this process."""

import os

from django.conf import settings
from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "saleor_ext.config.settings")

# Importing it makes it Celery's current app, so that web code may send tasks.
from saleor_ext.config import embedded
from saleor_ext.config.celery import app as celery_app

application = get_wsgi_application()

if settings.EMBED_WORKER:
    embedded.start(celery_app)

__all__ = ["application", "celery_app"]
