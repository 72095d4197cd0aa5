"""The monthly run's donations per second, against a bare loop on the same stand-in."""

import argparse
import contextlib
import os
import re
import secrets
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path

import django
import httpx

SECRET_KEY = "sk_test_furusato_trial"
PUBLISHABLE_KEY = "pk_test_furusato_trial"
AMOUNT_YEN = 3000
CHARGE_ON = date(2026, 12, 24)
RUN_ON = date(2026, 12, 25)
START_TIMEOUT_S = 30
ROOT = Path(__file__).resolve().parents[2]


def main() -> None:
    """This will measure and write the report."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--size", type=int, default=400)
    size = parser.parse_args().size
    with stand_in(Path(os.environ["FURUSATO_DATA_DIR"]) / "stripe") as url:
        os.environ["STRIPE_API_BASE"] = url
        django.setup()
        _measure(url, size)


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

    call_command("migrate", verbosity=0)
    with httpx.Client(base_url=url, timeout=30, trust_env=False) as http:
        cards = [_card(http, number) for number in range(size)]
        _months_prepare(size, cards)
        workers = settings.CHARGE_CONCURRENCY
        bare = [_bare_loop(http, cards, workers=workers)]
        ours = _our_run(size)
        bare.append(_bare_loop(http, cards, workers=workers))
        # The stand-in grows slower as it remembers more: ours stands between two bare loops.
        _report(size, ours=ours, bare=sum(bare) / len(bare), workers=workers)


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


def _months_prepare(size: int, cards: list[tuple[str, str]]) -> None:
    from saleor_ext.flows.month import locking
    from saleor_ext.membership import planning, selectors
    from tests.bench import people
    from tests.builders import world

    members = people.members_make(size, anchor_day=CHARGE_ON.day)
    people.cards_keep(members, cards)
    town = selectors.town_calendar(town=world.town_make())
    planning.cycles_plan(today=people.PLANNED_ON, town=town)
    locking.cycles_lock_due(as_of=RUN_ON, now=world.NOW, actor="bench")


def _our_run(size: int) -> float:
    """The part of the monthly run that receives donations: November's and December's are due,
    and one of each member is measured.
    """
    from saleor_ext.common import clock
    from saleor_ext.flows.month import charge_run
    from saleor_ext.membership import models
    from tests.builders import world

    models.Cycle.objects.filter(state="locked").exclude(charge_on=CHARGE_ON).update(state="charged")
    began = time.perf_counter()
    tally = charge_run.charge_due(
        as_of=RUN_ON, moment=clock.going_on_from(world.NOW), actor="bench"
    )
    took = time.perf_counter() - began
    if tally.charged != size or tally.donations_yen != size * AMOUNT_YEN:
        raise SystemExit(f"not every donation was received: {tally}")
    return took


def _bare_loop(http: httpx.Client, cards: list[tuple[str, str]], *, workers: int) -> float:
    """The same charges without attempt, ledger, events, mail: only the call."""

    def charge(card: tuple[str, str]) -> None:
        data = {"amount": str(AMOUNT_YEN), "currency": "jpy", "confirm": "true"}
        data |= {"off_session": "true", "customer": card[0], "payment_method": card[1]}
        answer = _call(http, "/v1/payment_intents", SECRET_KEY, **data)
        if answer["status"] != "succeeded":
            raise SystemExit(f"a bare charge did not succeed: {answer['status']}")

    began = time.perf_counter()
    with ThreadPoolExecutor(max_workers=workers) as pool:
        list(pool.map(charge, cards))
    return time.perf_counter() - began


def _report(size: int, *, ours: float, bare: float, workers: int) -> None:
    from tests.bench import report

    report.write(
        report.Report(
            name="charges",
            title="Receiving a month's donations",
            question=(
                f"How many of {size} donations a second does the monthly run receive, against a"
                " loop that only calls the payment provider's stand-in, with as many calls at a"
                " time?"
            ),
            ratio_words="share of the bare loop's speed",
            ratio=bare / ours,
            rows=[
                ("The monthly run", f"{size / ours:,.0f} donations a second ({ours:.1f} s)"),
                ("The bare loop", f"{size / bare:,.0f} charges a second ({bare:.1f} s)"),
                ("Calls at a time", str(workers)),
                ("Database", report.database_words()),
            ],
            numbers={
                "donations": size,
                "seconds": ours,
                "bare_seconds": bare,
                "concurrency": workers,
                "database": report.database_words(),
            },
            notes=(
                "The run writes the attempt and commits before each call, and after it the ledger"
                " row with its receipt number, the events and what has to follow. The stand-in"
                " answers in milliseconds and shares the machine; the real provider takes most of"
                " a second, and waits of several calls overlap."
            ),
        )
    )


if __name__ == "__main__":
    main()
