"""Who reads a page: what content asks of him, and the donor behind his account."""

from datetime import datetime

from django.http import HttpRequest

from saleor_ext.access.addresses import client_ip
from saleor_ext.access.principal import Principal
from saleor_ext.common import clock
from saleor_ext.content.selectors import Reader
from saleor_ext.flows.together import reading
from saleor_ext.membership import models, selectors, services

__all__ = ["actor_of", "client_ip", "donor_ensure", "donor_of", "principal_of", "reader_of"]


def principal_of(request: HttpRequest) -> Principal:
    """This will return who is acting."""
    principal: Principal = request.principal  # type: ignore[attr-defined]
    return principal


def reader_of(request: HttpRequest) -> Reader:
    """This will return what content asks of whoever reads the page."""
    return reading.reader_of(donor_id=principal_of(request).donor_id, today=clock.today())


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
