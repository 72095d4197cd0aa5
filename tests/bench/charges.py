"""A day's donations: how many a second, against bare loops on the same stand-in.

The first thousand members stand for a small town, all of them for a large one; a last part keeps
to a pace, shared by two runs.
"""

import argparse
import contextlib
import os
import re
import secrets
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from itertools import islice
from pathlib import Path
from typing import Any

import django
import httpx

SECRET_KEY = "sk_test_furusato_trial"
PUBLISHABLE_KEY = "pk_test_furusato_trial"
AMOUNT_YEN = 3000
CHARGE_ON = date(2026, 12, 24)
RUN_ON = date(2026, 12, 25)
START_TIMEOUT_S = 30
SMALL, CARDS, BARE, PACED_S = 1000, 500, 2000, 30
CONCURRENCY = 4
ROOT = Path(__file__).resolve().parents[2]

Card = tuple[str, str]


def main() -> None:
    """This will measure and write the report."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--size", type=int, default=4000)
    size = parser.parse_args().size
    with stand_in(Path(os.environ["FURUSATO_DATA_DIR"]) / "stripe") as url:
        os.environ["STRIPE_API_BASE"] = url
        os.environ["CHARGE_CONCURRENCY"] = str(CONCURRENCY)
        django.setup()
        _measure(url, max(size, SMALL))


@contextlib.contextmanager
def stand_in(data: Path) -> Iterator[str]:
    """This will start the Stripe stand-in as the trial does, in a process of its own."""
    command = [sys.executable, "-m", "fixtures.stripe", "--port", "0", "--data", str(data)]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        found = re.search(r"http://127\.0\.0\.1:\d+", process.stdout.readline())
        if found is None:
            raise SystemExit("the Stripe stand-in did not start")
        _wait(found[0])
        yield found[0]
    finally:
        process.terminate()
        process.wait(timeout=15)


def _wait(url: str) -> None:
    deadline = time.monotonic() + START_TIMEOUT_S
    while time.monotonic() < deadline:
        with contextlib.suppress(httpx.TransportError):
            if httpx.get(f"{url}/_control/state", trust_env=False).status_code == 200:
                return
        time.sleep(0.05)
    raise SystemExit("the Stripe stand-in does not answer")


def _measure(url: str, size: int) -> None:
    from django.conf import settings
    from django.core.management import call_command

    from tests.bench import charges_report

    call_command("migrate", verbosity=0)
    paced = settings.CHARGE_RATE * PACED_S
    with httpx.Client(base_url=url, timeout=30, trust_env=False) as http:
        cards = [_card(http, number) for number in range(CARDS)]
        _months_prepare(0, SMALL, cards)
        before = _bare(http, cards)
        small = _our_run(SMALL)
        _months_prepare(SMALL, size, cards)
        between = _bare(http, cards)
        large = _our_run(size)
        # The stand-in grows slower as it remembers more: ours stands between two bare loops.
        bare = charges_report.Bare.mean(between, _bare(http, cards))
        _months_prepare(SMALL + size, paced, cards)
        pace = _paced_run(paced, per_second=settings.CHARGE_RATE)
    charges_report.write(
        charges_report.Measured(
            small=small, small_bare=before, large=large, bare=bare, pace=pace, workers=CONCURRENCY
        )
    )


def _months_prepare(first: int, count: int, cards: list[Card]) -> None:
    """Members of the numbers from `first`, whose December is locked and due."""
    from tests.bench import people

    members = people.members_make(count, anchor_day=CHARGE_ON.day, first=first)
    people.cards_keep(members, list(islice(_again(cards), count)))
    people.decembers_lock(members)


def _again(cards: list[Card]) -> Iterator[Card]:
    while True:
        yield from cards


def _our_run(size: int) -> Any:
    """The part of the monthly run that receives donations."""
    from django.conf import settings

    from tests.bench import charges_report

    rate, settings.CHARGE_RATE = settings.CHARGE_RATE, 0
    watch = charges_report.Watch()
    received = _charge_due(watch.look)
    settings.CHARGE_RATE = rate
    if received != size:
        raise SystemExit(f"not every donation was received: {received} of {size}")
    return watch.seen(size)


def _charge_due(tell: Callable[[int], None]) -> int:
    from saleor_ext.common import clock
    from saleor_ext.flows.month import charge_run
    from tests.builders import world

    tally = charge_run.charge_due(
        as_of=RUN_ON,
        moment=clock.going_on_from(world.NOW),
        actor="bench",
        tell=lambda tally: tell(tally.charged),
    )
    if tally.donations_yen != tally.charged * AMOUNT_YEN or tally.charged != tally.due:
        raise SystemExit(f"not every donation was received: {tally}")
    return tally.charged


def _paced_run(size: int, *, per_second: int) -> Any:
    """Two runs at the same time that keep to one pace."""
    from django.db import connections

    from tests.bench import charges_report

    watch = charges_report.Watch()
    counts = [0, 0]

    def run(number: int) -> None:
        def tell(charged: int) -> None:
            counts[number] = charged
            watch.look(sum(counts))

        tell(_charge_due(tell))
        connections.close_all()

    runs = [threading.Thread(target=run, args=[number]) for number in range(len(counts))]
    for thread in runs:
        thread.start()
    for thread in runs:
        thread.join()
    if sum(counts) != size:
        raise SystemExit(f"not every donation was received: {counts} of {size}")
    return watch.seen(size, per_second=per_second)


def _bare(http: httpx.Client, cards: list[Card]) -> Any:
    """The same charges without attempt, ledger, events, mail: only the calls."""
    from saleor_ext.common import registry
    from tests.bench import charges_report

    provider = registry.payment_provider()
    return charges_report.Bare(
        raw_s=_loop(lambda card: _charge_raw(http, card), cards),
        plugin_s=_loop(lambda card: _charge_by_plugin(provider, card), cards),
        count=BARE,
    )


def _loop(charge: Callable[[Card], None], cards: list[Card]) -> float:
    began = time.perf_counter()
    with ThreadPoolExecutor(max_workers=CONCURRENCY) as pool:
        list(pool.map(charge, islice(_again(cards), BARE)))
    return time.perf_counter() - began


def _charge_raw(http: httpx.Client, card: Card) -> None:
    data = {"amount": str(AMOUNT_YEN), "currency": "jpy", "confirm": "true"}
    data |= {"off_session": "true", "customer": card[0], "payment_method": card[1]}
    answer = _call(http, "/v1/payment_intents", SECRET_KEY, **data)
    if answer["status"] != "succeeded":
        raise SystemExit(f"a bare charge did not succeed: {answer['status']}")


def _charge_by_plugin(provider: Any, card: Card) -> None:
    from saleor_ext.contracts.payment import ChargeRequest, Outcome
    from saleor_ext.contracts.types import Yen

    key = secrets.token_hex(16)
    request = ChargeRequest(
        key=key,
        amount_yen=Yen(AMOUNT_YEN),
        customer_ref=card[0],
        method_ref=card[1],
        description="bare",
        metadata={"cycle": key},
    )
    state = provider.charge_off_session(request)
    if state.outcome is not Outcome.SUCCEEDED:
        raise SystemExit(f"a bare charge did not succeed: {state.outcome}")


def _call(http: httpx.Client, path: str, key: str, **data: str) -> dict[str, object]:
    headers = {"Authorization": f"Bearer {key}", "Idempotency-Key": secrets.token_hex(16)}
    answer = http.post(path, data=data, headers=headers)
    answer.raise_for_status()
    return dict(answer.json())


def _card(http: httpx.Client, number: int) -> tuple[str, str]:
    """This will save a card as a donor's browser and our server do together."""
    customer = _call(http, "/v1/customers", SECRET_KEY, name=f"bench {number}")
    method = _call(
        http,
        "/v1/payment_methods",
        PUBLISHABLE_KEY,
        **{"type": "card", "card[number]": "4242424242424242", "card[exp_month]": "12"},
        **{"card[exp_year]": "2034", "card[cvc]": "123"},
    )
    reference = str(method["id"])
    attach = f"/v1/payment_methods/{reference}/attach"
    _call(http, attach, SECRET_KEY, customer=str(customer["id"]))
    return str(customer["id"]), reference


if __name__ == "__main__":
    main()
