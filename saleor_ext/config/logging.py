"""What is logged how: lines for people in the trial, JSON for machines in service."""

from typing import Any


def logging_config(*, is_json: bool, level: str) -> dict[str, Any]:
    """This will describe the logging of every process of ours."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "plain": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"},
            "json": {"()": "saleor_ext.common.logs.JsonFormatter"},
        },
        "handlers": {
            "console": {
                "class": "logging.StreamHandler",
                "formatter": "json" if is_json else "plain",
            }
        },
        "root": {"handlers": ["console"], "level": level},
        "loggers": {
            # httpx logs whole addresses, which may carry a token or a person's id.
            "httpx": {"level": "WARNING"},
            "stripe": {"level": "WARNING"},
            # The trial's in-memory queue has no host and says so at every connection.
            "kombu.connection": {"level": "ERROR"},
            # Ours are told by furusato.request, which names no address.
            "django.request": {"level": "ERROR"},
            "django.server": {"level": "ERROR"},
            # One line for every task of every fifteen seconds says nothing; troubles are said.
            "celery.app.trace": {"level": "WARNING"},
            "celery.worker.strategy": {"level": "WARNING"},
            "celery.beat": {"level": "WARNING"},
            "gunicorn.error": {"level": "INFO", "handlers": ["console"], "propagate": False},
            # It would write whole addresses, where people come from, and with what.
            "gunicorn.access": {"level": "CRITICAL", "handlers": [], "propagate": False},
            # Who looked at whose personal data: ids only, always written.
            "furusato.access": {"level": "INFO"},
            "furusato.request": {"level": "INFO" if is_json else level},
        },
    }
