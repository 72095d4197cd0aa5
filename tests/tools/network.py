"""Keeps the tests on this machine: a connection to anywhere but loopback is refused."""

import ipaddress
import os
import socket
from typing import Any
from urllib.parse import urlsplit

# Conformance tests may be pointed at a real shop or at the provider's test mode, on purpose.
ADDRESSES_FROM = ("SALEOR_API_URL", "STRIPE_API_BASE", "CELERY_BROKER_URL")


class ConnectionRefusedByTests(Exception):
    """A test tried to reach another machine."""


def network_close() -> None:
    """This will make every connection of this process to another machine fail."""
    allowed = {urlsplit(os.environ.get(name, "")).hostname for name in ADDRESSES_FROM} - {None}
    if allowed or os.environ.get("STRIPE_TEST_SECRET_KEY"):
        # Their numeric addresses are not known here; whoever names one wants the network.
        return
    connect, connect_ex = socket.socket.connect, socket.socket.connect_ex

    def guarded(self: socket.socket, address: Any, /) -> None:
        _check(self, address)
        connect(self, address)

    def guarded_ex(self: socket.socket, address: Any, /) -> int:
        _check(self, address)
        return connect_ex(self, address)

    socket.socket.connect = guarded  # type: ignore[method-assign]
    socket.socket.connect_ex = guarded_ex  # type: ignore[method-assign]


def is_local(host: str) -> bool:
    """This will say whether a host is this machine."""
    if host in {"localhost", ""}:
        return True
    try:
        return ipaddress.ip_address(host.split("%")[0]).is_loopback
    except ValueError:
        return False


def _check(made: socket.socket, address: Any) -> None:
    if made.family not in {socket.AF_INET, socket.AF_INET6}:
        return
    if not is_local(str(address[0])):
        raise ConnectionRefusedByTests(f"tests stay on this machine; asked for {address[0]}")
