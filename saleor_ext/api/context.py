"""Who is asking, and what one request looks up once."""

import functools
from dataclasses import dataclass, field
from datetime import date, datetime

from django.http import HttpRequest
from django.middleware.csrf import CsrfViewMiddleware

from saleor_ext.access import sessions
from saleor_ext.access.addresses import client_ip
from saleor_ext.access.principal import Principal
from saleor_ext.access.roles import Act
from saleor_ext.api.errors import PermissionDenied, Unauthenticated
from saleor_ext.api.loaders import Loaders
from saleor_ext.common import clock, jptime
from saleor_ext.common.errors import NotFound
from saleor_ext.content import selectors as content_selectors
from saleor_ext.flows.together import reading
from saleor_ext.saleor_connector import errors as shop_errors
from saleor_ext.saleor_connector import jwks
from saleor_ext.saleor_connector import selectors as shop_selectors

TOKEN_HEADERS = ("Authorization", "Authorization-Bearer")


@dataclass
class ApiContext:
    """One request as resolvers see it. `now` is aware; `today` is the day in Japan."""

    principal: Principal
    now: datetime
    client_ip: str = ""
    loaders: Loaders = field(default_factory=Loaders)

    @property
    def today(self) -> date:
        """The day in Japan."""
        return jptime.jst_date(self.now)

    @functools.cached_property
    def reader(self) -> content_selectors.Reader:
        """What content asks of the person who reads it."""
        return reading.reader_of(donor_id=self.principal.donor_id, today=self.today)

    @functools.cached_property
    def entered_event_ids(self) -> frozenset[int]:
        """The events at which the person who asks has a place."""
        donor_id = self.principal.donor_id
        if donor_id is None:
            return frozenset()
        return content_selectors.entered_event_ids(donor_id=donor_id)

    def principal_signed_in(self) -> Principal:
        """This will return the person who asks.

        Raises:
            Unauthenticated: nobody is signed in.
        """
        if not self.principal.is_signed_in:
            raise Unauthenticated()
        return self.principal

    def donor_id(self) -> int:
        """This will return the donor who asks.

        Raises:
            Unauthenticated: nobody is signed in.
            NotFound: he has never begun to join.
        """
        donor_id = self.principal_signed_in().donor_id
        if donor_id is None:
            raise NotFound(what="donor")
        return donor_id

    def producer_id(self) -> int:
        """This will return the producer who asks.

        Raises:
            Unauthenticated: nobody is signed in.
            PermissionDenied: he is no producer.
        """
        producer_id = self.principal_signed_in().producer_id
        if producer_id is None:
            raise PermissionDenied()
        return producer_id

    def staff(self, act: Act) -> Principal:
        """This will return the member of the town's staff who asks, if a role of his allows it.

        Raises:
            Unauthenticated: nobody is signed in.
            PermissionDenied: he does not work for the town, or has no such role.
        """
        principal = self.principal_signed_in()
        if not principal.may(act):
            raise PermissionDenied()
        return principal


def context_make(request: HttpRequest) -> ApiContext:
    """This will find out who is asking: by a token of the shop, else by the session's cookie.

    Raises:
        Unauthenticated: a token was sent that does not hold.
        KeysUnavailable: nobody can say for the moment whether it holds.
    """
    token = bearer_token(request)
    principal = _principal_of_token(token) if token is not None else _principal_of_session(request)
    return ApiContext(principal=principal, now=clock.now(), client_ip=client_ip(request))


def bearer_token(request: HttpRequest) -> str | None:
    """This will return the token a client sent, None when it sent none."""
    for header in TOKEN_HEADERS:
        value = request.headers.get(header, "")
        if value:
            kind, _, token = value.strip().rpartition(" ")
            return token if kind.lower() in {"bearer", ""} else ""
    return None


def csrf_failure(request: HttpRequest) -> bool:
    """This will say whether a request that relies on the cookie lacks proof of its origin."""
    check = _CsrfCheck(lambda _request: None)  # type: ignore[arg-type]
    check.process_request(request)
    return check.process_view(request, None, (), {}) is not None  # type: ignore[arg-type]


class _CsrfCheck(CsrfViewMiddleware):
    def _reject(self, request: HttpRequest, reason: str) -> str:
        return reason


def _principal_of_session(request: HttpRequest) -> Principal:
    return request.principal  # type: ignore[attr-defined,no-any-return]


def _principal_of_token(token: str) -> Principal:
    installation = shop_selectors.installation_known()
    if installation is None or not token:
        raise Unauthenticated()
    try:
        claims = jwks.token_verify(token=token, installation=installation)
    except shop_errors.SignatureRefused:
        raise Unauthenticated() from None
    return sessions.principal_make(
        user_id=claims.user_id,
        email=claims.email,
        is_staff=claims.is_staff,
        permissions=claims.permissions,
    )
