"""The shop under test: a stand-in of our own or a real Saleor, used by the same tests alike.

A test knows a shop by its address and a staff login, and everything else it finds by asking.
"""

import secrets
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx

from tests.conformance.shop.fake_app import FakeApp

# A shop's access token lives for five minutes.
TOKEN_USED_S = 200
TOKEN_CREATE = """mutation($e: String!, $p: String!) { tokenCreate(email: $e, password: $p) {
  token errors { code } } }"""
APP_INSTALL = """mutation($i: AppInstallInput!) { appInstall(input: $i) {
  appInstallation { id status } errors { field code message } } }"""
APPS_INSTALLATIONS = "{ appsInstallations { id status message manifestUrl } }"
APPS = """{ apps(first: 100) { edges { node { id manifestUrl } } }
  appsInstallations { id manifestUrl } }"""
APP_DELETE = "mutation($id: ID!) { appDelete(id: $id) { errors { code } } }"
INSTALLATION_DELETE = """mutation($id: ID!) { appDeleteFailedInstallation(id: $id) {
  errors { code } } }"""
PENDING = """{ app { webhooks { eventDeliveries(first: 1, filter: {status: PENDING}) {
  edges { node { id } } } } } }"""
REGISTER = """mutation($i: AccountRegisterInput!) { accountRegister(input: $i) {
  user { id email } requiresConfirmation errors { field code } } }"""
CONFIRM = """mutation($e: String!, $t: String!) { confirmAccount(email: $e, token: $t) {
  user { isConfirmed } errors { field code } } }"""
REDIRECT_URL = "http://127.0.0.1/confirm?from=mail"
TOUCH = """mutation($id: ID!, $v: String!) { updateMetadata(id: $id,
  input: [{key: "conformance.fence", value: $v}]) { errors { code } } }"""


@dataclass(frozen=True, kw_only=True)
class Variant:
    """Something the town sells."""

    id: str
    sku: str


@dataclass(frozen=True, kw_only=True)
class Warehouse:
    """Where it lies."""

    id: str
    slug: str


@dataclass(frozen=True, kw_only=True)
class Town:
    """What a test finds in the shop: a donation of 5,000 yen, and two gifts with five pieces each.

    `variants` are called tier-5000, mikan and pan; `warehouses` yakuba, tanaka and mori, in this
    order the places where each lies.
    """

    tag: str
    channel_id: str
    channel: str
    method_id: str
    variants: Mapping[str, Variant]
    warehouses: Mapping[str, Warehouse]

    def ref(self, name: str) -> str:
        """This will make an external reference that no other test uses."""
        return f"{self.tag}:{name}"


@dataclass
class Person:
    """Somebody with an account."""

    email: str
    password: str


@dataclass
class Shop:
    """A shop that answers: its address, a staff login, and a few shortcuts."""

    kind: str
    origin: str
    staff_login: Person
    http: httpx.Client
    # How long no message may come before all of them are believed to have come.
    quiet_s: float = 0.0
    # Bounds of what a test waits for.
    patience_s: float = 10.0
    town: Town = field(init=False)
    hanako: Person = field(init=False)
    # A customer whose metadata nobody looks at.
    fence_user: str = ""
    # Where a real shop delivers to; the stand-in that a test has of its own is thrown away.
    zone_id: str = ""
    _token: tuple[float, str] = (0.0, "")
    _fences: int = 0

    @property
    def api_url(self) -> str:
        return f"{self.origin}/graphql/"

    @property
    def is_real(self) -> bool:
        return self.kind == "saleor"

    @property
    def version(self) -> str:
        return str(self.run("{ shop { version } }", token=self.staff)["shop"]["version"])

    def post(
        self,
        query: str,
        variables: Mapping[str, Any] | None = None,
        *,
        token: str = "",
        client_ip: str = "",
    ) -> httpx.Response:
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        if client_ip:
            headers["X-Forwarded-For"] = client_ip
        body = {"query": query, "variables": dict(variables or {})}
        return self.http.post(self.api_url, json=body, headers=headers)

    def run(
        self, query: str, variables: Mapping[str, Any] | None = None, *, token: str = ""
    ) -> Any:
        """Sends a document and returns its data; GraphQL errors fail the test."""
        answer = self.post(query, variables, token=token).json()
        assert not answer.get("errors"), [error["message"] for error in answer["errors"]]
        return answer["data"]

    def done(
        self, query: str, variables: Mapping[str, Any] | None = None, *, token: str = ""
    ) -> Any:
        """Runs one mutation as staff (or with the token) that must not be refused."""
        (answer,) = self.run(query, variables, token=token or self.staff).values()
        assert answer["errors"] == [], answer["errors"]
        return answer

    def sign_in(self, email: str, password: str) -> str:
        # From an address of its own, for failures make the next sign-in from the same one wait.
        address = f"10.9.{secrets.randbelow(250) + 1}.{secrets.randbelow(250) + 1}"
        given = {"e": email, "p": password}
        response = self.post(TOKEN_CREATE, given, client_ip=address)
        answer = response.json()["data"]["tokenCreate"]
        assert answer["errors"] == [], answer["errors"]
        return str(answer["token"])

    @property
    def staff(self) -> str:
        """A token of the staff login that still lives for a while."""
        made_at, token = self._token
        if time.monotonic() - made_at > TOKEN_USED_S or not token:
            token = self.sign_in(self.staff_login.email, self.staff_login.password)
            self._token = (time.monotonic(), token)
        return token

    def register(self, app: FakeApp, name: str) -> Person:
        """Opens an account as a stranger does; a shop that wants a confirmation gets it."""
        email = f"{name}-{secrets.token_hex(4)}@example.jp"
        given = {
            "email": email,
            "password": f"himitsu-{name}",
            "firstName": "花子",
            "lastName": "山田",
            "channel": self.town.channel,
            "redirectUrl": REDIRECT_URL,
        }
        answer = self.run(REGISTER, {"i": given})["accountRegister"]
        assert answer["errors"] == [], answer["errors"]
        if answer["requiresConfirmation"]:
            self.confirm(app, email)
        return Person(email, given["password"])

    def confirm(self, app: FakeApp, email: str) -> str:
        """Confirms an account with the token the app was asked to send by mail; returns it."""
        asked = self.eventually(
            lambda: app.mails("account_confirmation_requested", email), "a wish for confirmation"
        )[-1]
        answer = self.run(CONFIRM, {"e": email, "t": asked["token"]})["confirmAccount"]
        assert answer["errors"] == [], answer["errors"]
        return str(asked["token"])

    def token_of(self, person: Person) -> str:
        return self.sign_in(person.email, person.password)

    def eventually(self, check: Callable[[], Any], what: str) -> Any:
        """Waits, bounded, until `check` returns something that is true."""
        limit = time.monotonic() + self.patience_s
        while time.monotonic() < limit:
            if found := check():
                return found
            time.sleep(0.1 if self.is_real else 0.02)
        raise AssertionError(f"not in {self.patience_s:.0f} s: {what}")

    def install(self, app: FakeApp, **wishes: Any) -> str:
        """Installs the app as staff do in the Dashboard and returns its id in the shop."""
        url = f"{app.origin}/manifest"
        given = {"appName": app.name, "manifestUrl": url, "permissions": app.permissions, **wishes}
        self.done(APP_INSTALL, {"i": given})
        self.eventually(lambda: self._installed(url), "the app's installation")
        return str(self.run("{ app { id } }", token=app.token)["app"]["id"])

    def _installed(self, manifest_url: str) -> bool:
        rows = self.run(APPS_INSTALLATIONS, token=self.staff)["appsInstallations"]
        mine = [row for row in rows if row["manifestUrl"] == manifest_url]
        assert not any(row["status"] == "FAILED" for row in mine), mine[0]["message"]
        return not mine

    def uninstall(self, app_id: str) -> None:
        self.done(APP_DELETE, {"id": app_id})

    def uninstall_everything_of(self, app: FakeApp) -> None:
        """Leaves neither the app nor an installation that failed."""
        found = self.run(APPS, token=self.staff)
        for edge in found["apps"]["edges"]:
            if edge["node"]["manifestUrl"] == f"{app.origin}/manifest":
                self.uninstall(edge["node"]["id"])
        for row in found["appsInstallations"]:
            if row["manifestUrl"] == f"{app.origin}/manifest":
                self.done(INSTALLATION_DELETE, {"id": row["id"]})

    def settled(self, app: FakeApp) -> None:
        """Waits until the app has heard everything that had happened before.

        Messages overtake each other, so one that was caused last is waited for first, and then
        until none is left to be sent and no more come.
        """
        self._fences += 1
        word = f"{time.time_ns()}-{self._fences}"
        self.done(TOUCH, {"id": self.fence_user, "v": word})
        self.eventually(lambda: word in app.fences_heard, "the message sent last")
        self.eventually(lambda: self._is_quiet(app), "an end of the messages")

    def _is_quiet(self, app: FakeApp) -> bool:
        found = self.run(PENDING, token=app.token)["app"]["webhooks"]
        waiting = any(webhook["eventDeliveries"]["edges"] for webhook in found)
        return not waiting and time.monotonic() - app.last_heard_at >= self.quiet_s
