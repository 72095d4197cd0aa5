"""The shop that a measurement speaks with: a stand-in of its own, or the one SALEOR_API_URL names.

Given a real shop, it should be an empty one made for the purpose: products, customers and orders
are written into it and stay there.
"""

import contextlib
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx

ROOT = Path(__file__).resolve().parents[2]
EMAIL, PASSWORD = "sato@example.jp", "himitsu-sato"
START_TIMEOUT_S = 60
INSTALL_TIMEOUT_S = 120
SHOP_TIMEOUT_S = 60
STAFF_PERMISSIONS = {
    "HANDLE_CHECKOUTS",
    "HANDLE_PAYMENTS",
    "MANAGE_APPS",
    "MANAGE_CHANNELS",
    "MANAGE_CHECKOUTS",
    "MANAGE_DISCOUNTS",
    "MANAGE_GIFT_CARD",
    "MANAGE_ORDERS",
    "MANAGE_PLUGINS",
    "MANAGE_PRODUCTS",
    "MANAGE_PRODUCT_TYPES_AND_ATTRIBUTES",
    "MANAGE_SETTINGS",
    "MANAGE_SHIPPING",
    "MANAGE_TAXES",
    "MANAGE_USERS",
}
TOKEN = "mutation($e: String!, $p: String!) { tokenCreate(email: $e, password: $p) { token } }"
INSTALL = """mutation($i: AppInstallInput!) { appInstall(input: $i) { errors { code message } } }"""
CUSTOMER = """mutation($i: UserCreateInput!) {
  customerCreate(input: $i) { user { id } errors { code message } } }"""


@dataclass(frozen=True, kw_only=True)
class Shop:
    """A shop and a person of its staff."""

    api_url: str
    is_real: bool
    email: str
    password: str

    def run(self, query: str, **variables: Any) -> dict[str, Any]:
        """This will speak as staff and return the data of the answer."""
        with httpx.Client(timeout=SHOP_TIMEOUT_S, trust_env=False) as http:
            login = {"e": self.email, "p": self.password}
            signed = http.post(self.api_url, json={"query": TOKEN, "variables": login}).json()
            headers = {"Authorization": f"Bearer {signed['data']['tokenCreate']['token']}"}
            body = {"query": query, "variables": variables}
            answer = http.post(self.api_url, json=body, headers=headers).json()
        if answer.get("errors"):
            raise SystemExit(f"the shop refused: {answer['errors'][0]['message']}")
        return dict(answer["data"])

    def customer_make(self, email: str) -> str:
        """This will make a customer and return the shop's id of him."""
        made = self.run(CUSTOMER, i={"email": email})["customerCreate"]
        if not made["user"]:
            raise SystemExit(f"no customer: {made['errors']}")
        return str(made["user"]["id"])


@contextlib.contextmanager
def shop() -> Iterator[Shop]:
    """This will give the shop, and have our settings name it."""
    url = os.environ.get("SALEOR_API_URL", "")
    if url:
        found = Shop(
            api_url=url,
            is_real=True,
            email=os.environ["SALEOR_STAFF_EMAIL"],
            password=os.environ["SALEOR_STAFF_PASSWORD"],
        )
        os.environ["ALLOWED_SALEOR_DOMAINS"] = urlsplit(url).netloc
        yield found
        return
    from fixtures.shop.testing import running_shop

    with running_shop(seed={"staff": [_person()]}) as made:
        os.environ["SALEOR_API_URL"] = made.api_url
        os.environ["ALLOWED_SALEOR_DOMAINS"] = urlsplit(made.api_url).netloc
        os.environ["SALEOR_STAFF_EMAIL"], os.environ["SALEOR_STAFF_PASSWORD"] = EMAIL, PASSWORD
        yield Shop(api_url=made.api_url, is_real=False, email=EMAIL, password=PASSWORD)


def _person() -> dict[str, Any]:
    return {"email": EMAIL, "password": PASSWORD, "permissions": sorted(STAFF_PERMISSIONS)}


@contextlib.contextmanager
def our_web(port: int) -> Iterator[None]:
    """This will start the product's web process, which the shop asks while it records payments."""
    command = [sys.executable, "-m", "gunicorn", "saleor_ext.config.wsgi:application"]
    command += ["--no-control-socket", "--bind", f"127.0.0.1:{port}", "--worker-class", "gthread"]
    command += ["--workers", "1", "--threads", "16", "--log-level", "error"]
    process = subprocess.Popen(command, cwd=ROOT)
    try:
        _wait(f"http://127.0.0.1:{port}/health/")
        yield
    finally:
        process.terminate()
        process.wait(timeout=30)


def _wait(url: str) -> None:
    deadline = time.monotonic() + START_TIMEOUT_S
    while time.monotonic() < deadline:
        with contextlib.suppress(httpx.TransportError):
            if httpx.get(url, trust_env=False, timeout=5).status_code < 500:
                return
        time.sleep(0.1)
    raise SystemExit(f"{url} does not answer")


def app_install(found: Shop, *, port: int) -> None:
    """This will have the shop install our app, and wait until it has."""
    from saleor_ext.saleor_connector import manifest, selectors

    wanted = {
        "appName": manifest.NAME,
        "manifestUrl": f"http://127.0.0.1:{port}{manifest.MANIFEST_PATH}",
        "permissions": sorted(manifest.PERMISSIONS),
        "activateAfterInstallation": True,
    }
    found.run(INSTALL, i=wanted)
    deadline = time.monotonic() + INSTALL_TIMEOUT_S
    while time.monotonic() < deadline:
        if selectors.installation_current() is not None:
            return
        time.sleep(0.2)
    raise SystemExit("the shop did not install the app")


def port_free() -> int:
    """This will find a port of the loopback nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
