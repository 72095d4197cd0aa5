"""Addresses of the town's pictures, whole, because other storefronts have other hosts."""

from urllib.parse import urljoin

from django.conf import settings
from django.templatetags.static import static


def picture_url(name: str) -> str | None:
    """This will return the address of a picture; a name needs no ending. None without a name."""
    if not name:
        return None
    file = name if "." in name else f"{name}.svg"
    return urljoin(settings.APP_URL + "/", static(f"town/{file}"))
