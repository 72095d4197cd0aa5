"""The way to Stripe: straight, or through the proxy that the server's environment names."""

import contextlib
import socket
import threading
from collections.abc import Iterator, Mapping

import pytest
import stripe

from plugins.payment.stripe import transport

NAMES = ("http_proxy", "https_proxy", "all_proxy", "no_proxy")


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in NAMES:
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


@pytest.mark.parametrize("name", ["HTTPS_PROXY", "ALL_PROXY"])
def test_the_proxy_of_the_environment_is_used(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(name, "http://proxy.town.example.jp:8080")

    assert transport._proxy("https://api.stripe.com") == "http://proxy.town.example.jp:8080"


def test_hosts_that_need_no_proxy_are_reached_without(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy.town.example.jp:8080")
    monkeypatch.setenv("NO_PROXY", "api.stripe.com")

    assert transport._proxy("https://api.stripe.com") is None


def test_a_stand_in_on_this_machine_is_never_asked_through_a_proxy(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://proxy.town.example.jp:8080")

    assert transport._proxy("http://127.0.0.1:8003") is None


def test_without_a_proxy_the_way_is_straight() -> None:
    assert transport._proxy("https://api.stripe.com") is None


@contextlib.contextmanager
def answering(answer: bytes | None) -> Iterator[str]:
    """A server on this machine that reads one request, and then answers, or says nothing until the
    end of the test (None), or hangs up (b"").
    """
    listener = socket.create_server(("127.0.0.1", 0))
    done = threading.Event()

    def serve() -> None:
        connection, _ = listener.accept()
        with connection:
            connection.recv(65536)
            if answer is None:
                done.wait(10)
            elif answer:
                connection.sendall(answer)

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        done.set()
        thread.join(10)
        listener.close()


def _ask(url: str, *, timeout_s: float = 5.0) -> tuple[str, int, Mapping[str, str]]:
    client = transport.PooledTransport(timeout_s=timeout_s, pool=1, api_base=url)
    try:
        return client.request("post", f"{url}/v1/payment_intents", {"X-A": "b"}, "amount=3000")
    finally:
        client.close()


def test_an_answer_is_body_status_and_headers() -> None:
    answer = b"HTTP/1.1 402 No\r\nRequest-Id: req_1\r\nContent-Length: 3\r\n\r\n\xe5\x86\x86"

    with answering(answer) as url:
        body, status, headers = _ask(url)

    assert (body, status, headers["request-id"]) == ("円", 402, "req_1")


def test_nothing_was_sent_where_nobody_listens() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]

    with pytest.raises(transport.NotSent):
        _ask(f"http://127.0.0.1:{port}")


def test_nothing_was_sent_when_the_proxy_is_away(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{listener.getsockname()[1]}")

    with pytest.raises(transport.NotSent):
        _ask("https://api.stripe.example.jp")


@pytest.mark.parametrize(
    "answer", [b"", b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{", None],
    ids=["hung up", "cut in the middle", "silent"],
)  # fmt: skip
def test_what_was_sent_and_not_answered_is_not_called_unsent(answer: bytes | None) -> None:
    with answering(answer) as url, pytest.raises(stripe.APIConnectionError) as caught:
        _ask(url, timeout_s=0.2)

    assert not isinstance(caught.value, transport.NotSent)


def test_waiting_in_vain_for_a_free_connection_sends_nothing() -> None:
    client = transport.PooledTransport(timeout_s=0.2, pool=1, api_base="http://127.0.0.1:9")
    client._pools.connection_from_url("http://127.0.0.1:9")._get_conn()

    with pytest.raises(transport.NotSent):
        client.request("post", "http://127.0.0.1:9/v1/payment_intents", {}, "amount=3000")
