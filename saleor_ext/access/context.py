"""What every template knows."""

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from saleor_ext.access.principal import ANONYMOUS
from saleor_ext.common import clock
from saleor_ext.common.errors import NotFound
from saleor_ext.membership import models, selectors
from saleor_ext.operation import gate


def page_context(request: HttpRequest) -> dict[str, object]:
    """This will return the acting person, the town and the trial's state for templates."""
    return {
        "principal": getattr(request, "principal", ANONYMOUS),
        "town": SimpleLazyObject(_town),
        "place": SimpleLazyObject(gate.status),
        "is_trial": settings.IS_TRIAL,
        "now": clock.now(),
        "trial_notice": getattr(request, "trial_notice", ""),
        "is_framed": getattr(request, "is_framed", False),
        "csp_nonce": getattr(request, "csp_nonce", ""),
    }


def _town() -> models.Municipality | None:
    try:
        return selectors.municipality_get()
    except NotFound:
        return None
