"""Who reads a page: his rank for content, and the donor behind his account."""

import contextlib
import ipaddress
from datetime import datetime
from typing import Any

from django.conf import settings
from django.http import HttpRequest

from saleor_ext.access.principal import Principal
from saleor_ext.membership import models, selectors, services


def principal_of(request: HttpRequest) -> Principal:
    """This will return who is acting."""
    principal: Principal = request.principal  # type: ignore[attr-defined]
    return principal


def rank_of(request: HttpRequest) -> int | None:
    """This will return the tier rank of the reader, None when he is no member."""
    donor_id = principal_of(request).donor_id
    return None if donor_id is None else selectors.content_rank(donor_id=donor_id)


def donor_of(request: HttpRequest) -> models.Donor | None:
    """This will return the donor behind the signed-in account, if he ever began to join."""
    principal = principal_of(request)
    if not principal.is_donor:
        return None
    return selectors.donor_of_user(saleor_user_id=principal.user_id)


def donor_ensure(request: HttpRequest, *, now: datetime) -> models.Donor:
    """This will return the donor behind the signed-in account, making one at his first visit."""
    principal = principal_of(request)
    return services.donor_ensure(saleor_user_id=principal.user_id, email=principal.email, now=now)


def actor_of(donor: models.Donor) -> str:
    """This will name a donor in event rows, by id."""
    return f"donor:{donor.pk}"


def client_ip(request: HttpRequest) -> str:
    """This will return the address the request came from, for the shop's own rate limits.

    Behind our own proxies it is what the outermost of them saw; whatever stands further to the
    left in the header was written by the visitor himself and is not believed.
    """
    meta: dict[str, Any] = request.META
    seen = [part.strip() for part in str(meta.get("HTTP_X_FORWARDED_FOR", "")).split(",")]
    if 0 < settings.PROXY_COUNT <= len(seen):
        with contextlib.suppress(ValueError):
            return str(ipaddress.ip_address(seen[-settings.PROXY_COUNT]))
    return str(meta.get("REMOTE_ADDR", ""))
