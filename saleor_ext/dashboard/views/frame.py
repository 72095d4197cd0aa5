"""The empty page that the shop's Dashboard opens in its frame.

It knows nobody and shows nothing. Its script takes the token that the Dashboard hands over,
fetches the staff page of the same name with it, and puts it in.
"""

from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from saleor_ext.access.frame import STAFF_PREFIX

# What the Dashboard adds to every address for its own purposes.
DASHBOARD_WORDS = frozenset({"domain", "saleorApiUrl", "id", "theme", "featureFlags"})
THEMES = frozenset({"light", "dark"})


@require_GET
def frame(request: HttpRequest, rest: str = "") -> HttpResponse:
    """The frame of one staff page; only the Dashboard may show it."""
    origins = dashboard_origins()
    theme = request.GET.get("theme", "")
    context = {
        "page_url": _page_url(request, rest),
        "origins": " ".join(origins),
        "app_id": request.GET.get("id", ""),
        "theme": theme if theme in THEMES else "light",
        "is_widget": rest.startswith("widgets/"),
    }
    response = render(request, "dashboard/frame.html", context)
    response.frame_ancestors = origins  # type: ignore[attr-defined]
    return response


def dashboard_origins() -> tuple[str, ...]:
    """This will name the places from which the Dashboard is served."""
    parts = [urlsplit(address) for address in settings.DASHBOARD_URLS]
    return tuple(f"{part.scheme}://{part.netloc}" for part in parts)


def _page_url(request: HttpRequest, rest: str) -> str:
    """The Dashboard adds words of its own, and takes the slash away at the end of the path."""
    query = request.GET.copy()
    for name in list(query):
        if name.partition("[")[0] in DASHBOARD_WORDS:
            del query[name]
    path = rest.strip("/")
    address = f"{STAFF_PREFIX}{path}/" if path else STAFF_PREFIX
    return f"{address}?{query.urlencode()}" if query else address
