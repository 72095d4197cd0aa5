"""Doors for whoever watches: does the process answer, is it ready, and the figures."""

import hmac
from collections.abc import Iterator

from django.conf import settings
from django.db import Error, transaction
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_GET
from prometheus_client import CollectorRegistry, GCCollector, PlatformCollector, ProcessCollector
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest
from prometheus_client.metrics_core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from saleor_ext.common import clock
from saleor_ext.flows import readiness
from saleor_ext.flows.books import figures

FIGURES_TIMEOUT_MS = 5000
PREFIX = "furusato_"


@require_GET
def ready_view(request: HttpRequest) -> HttpResponse:
    """This will say by name what this process needs and whether it is there; 503 if any is not.

    For deployments and alarms. A proxy that chooses where to send people asks /health/, which
    stays good while the shop has not installed us yet.
    """
    parts = readiness.readiness()
    is_ready = set(parts.values()) == {readiness.OK}
    answer = {"status": "ready" if is_ready else "not ready", **parts}
    return JsonResponse(answer, status=200 if is_ready else 503)


@require_GET
def metrics_view(request: HttpRequest) -> HttpResponse:
    """This will tell the figures to whoever knows METRICS_TOKEN; without one the door is shut."""
    if not settings.METRICS_TOKEN:
        raise Http404
    given = request.headers.get("Authorization", "")
    if not hmac.compare_digest(given.encode(), f"Bearer {settings.METRICS_TOKEN}".encode()):
        return HttpResponse(status=401, headers={"WWW-Authenticate": "Bearer"})
    try:
        with transaction.atomic():
            readiness.statements_bound(FIGURES_TIMEOUT_MS)
            found = figures.figures(now=clock.now(), today=clock.today())
    except Error:
        return HttpResponse(status=503)
    return HttpResponse(_text(found), content_type=CONTENT_TYPE_LATEST)


class _Figures(Collector):
    """The salon's own figures, as the library wants to be given them."""

    def __init__(self, found: list[figures.Figure]) -> None:
        self.found = found

    def collect(self) -> Iterator[Metric]:
        for figure in self.found:
            labels = [figure.label] if figure.label else []
            family = GaugeMetricFamily(PREFIX + figure.name, figure.help, labels=labels)
            for value_of, value in figure.values.items():
                family.add_metric([value_of] if figure.label else [], value)
            yield family


def _text(found: list[figures.Figure]) -> bytes:
    """A registry for this one answer; process_* is about the process that answers."""
    registry = CollectorRegistry()
    registry.register(_Figures(found))
    ProcessCollector(registry=registry)
    GCCollector(registry=registry)
    PlatformCollector(registry=registry)
    return generate_latest(registry)
