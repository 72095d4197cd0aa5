"""The WSGI application. With EMBED_WORKER the worker and beat run as threads of this process."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "saleor_ext.config.settings")

# Importing it makes it Celery's current app, so that web code may send tasks.
from saleor_ext.config.celery import app as celery_app

application = get_wsgi_application()

__all__ = ["application", "celery_app"]
