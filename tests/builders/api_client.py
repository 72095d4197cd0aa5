"""A person with a browser, or a machine with a token, at the GraphQL API."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.test import Client

from saleor_ext.access import sessions
from saleor_ext.access.session_store import SessionStore
from saleor_ext.flows.accounts.sign_in import SignedIn

ADDRESS = "/graphql/"


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What came back."""

    status: int
    body: dict[str, Any]

    @property
    def data(self) -> Any:
        """The data of an answer without errors."""
        assert self.status == 200, self.body
        assert "errors" not in self.body, self.body["errors"]
        return self.body["data"]

    @property
    def codes(self) -> list[str]:
        """The codes of the errors at the top."""
        return [entry["extensions"]["code"] for entry in self.body.get("errors", [])]


class ApiClient:
    """Asks the API as one person."""

    def __init__(self, *, checks_csrf: bool = False, token: str | None = None) -> None:
        self.http = Client(enforce_csrf_checks=checks_csrf)
        self.headers = {} if token is None else {"Authorization": f"Bearer {token}"}

    def sign_in(
        self,
        *,
        user_id: str,
        email: str,
        is_staff: bool = False,
        permissions: Iterable[str] = ("MANAGE_ORDERS",),
    ) -> "ApiClient":
        """This will begin a session as the sign-in page does."""
        request = HttpRequest()
        request.session = SessionStore()
        signed_in = SignedIn(
            user_id=user_id,
            email=email,
            display_name="",
            is_staff=is_staff,
            permissions=frozenset(permissions if is_staff else ()),
            access_token="an-access-token",
            refresh_token="a-refresh-token",
        )
        sessions.session_begin(request, signed_in)
        request.session.save()
        self.http.cookies["furusato_session"] = str(request.session.session_key)
        return self

    def ask(self, query: str, headers: dict[str, str] | None = None, **variables: Any) -> Answer:
        """This will post one document with its variables."""
        return self.post({"query": query, "variables": variables}, headers=headers)

    def post(self, body: Any, headers: dict[str, str] | None = None, **options: Any) -> Answer:
        """This will post anything; bytes and text go out as they are."""
        content = body if isinstance(body, bytes | str) else json.dumps(body)
        options = {"content_type": "application/json"} | options
        response = self.http.post(
            ADDRESS, content, headers={**self.headers, **(headers or {})}, **options
        )
        return Answer(status=response.status_code, body=response.json())


def as_donor(name: str = "hanako") -> ApiClient:
    """花子 or 太郎 in the browser; `world.donor_make` and `api.donor_make` make their rows."""
    return ApiClient().sign_in(user_id=f"user-{name}", email=f"{name}@example.jp")


def as_producer(email: str) -> ApiClient:
    """A producer in the browser."""
    return ApiClient().sign_in(user_id=f"user-{email}", email=email)


def as_staff(permissions: Iterable[str] = ("MANAGE_ORDERS",)) -> ApiClient:
    """佐藤 of the town's office in the browser."""
    return ApiClient().sign_in(
        user_id="user-sato", email="sato@example.jp", is_staff=True, permissions=permissions
    )


def anonymous() -> ApiClient:
    """Somebody who is not signed in."""
    return ApiClient()
