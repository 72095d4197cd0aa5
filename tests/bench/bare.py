"""Charges without attempt, ledger, events or mail: only the calls, as many at a time as the run."""

import secrets
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import islice
from typing import Any

import httpx
import stripe

from tests.bench import processes

SECRET_KEY = "sk_test_furusato_trial"
PUBLISHABLE_KEY = "pk_test_furusato_trial"
AMOUNT_YEN = 3000

Card = tuple[str, str]


@dataclass(frozen=True, kw_only=True)
class Bare:
    """What `count` charges took: over HTTP alone, by Stripe's own library, through our plugin."""

    raw: processes.Seconds
    library: processes.Seconds
    plugin: processes.Seconds
    count: int

    def __add__(self, other: "Bare") -> "Bare":
        return Bare(
            raw=self.raw + other.raw,
            library=self.library + other.library,
            plugin=self.plugin + other.plugin,
            count=self.count + other.count,
        )

    @property
    def raw_per_second(self) -> float:
        """Charges a second over HTTP alone."""
        return self.count / self.raw.wall_s

    @property
    def library_per_second(self) -> float:
        """Charges a second by Stripe's own library."""
        return self.count / self.library.wall_s

    @property
    def plugin_per_second(self) -> float:
        """Charges a second through our plugin."""
        return self.count / self.plugin.wall_s


def bare(
    http: httpx.Client, cards: list[Card], *, count: int, at_a_time: int, stand_in: int
) -> Bare:
    """This will measure the three loops, one after the other."""
    from saleor_ext.common import registry

    provider = registry.payment_provider()
    client = stripe.StripeClient(SECRET_KEY, base_addresses={"api": str(http.base_url).rstrip("/")})
    some = list(islice(again(cards), count))
    return Bare(
        raw=_loop(lambda card: _charge_raw(http, card), some, at_a_time, stand_in),
        library=_loop(lambda card: _charge_by_library(client, card), some, at_a_time, stand_in),
        plugin=_loop(lambda card: _charge_by_plugin(provider, card), some, at_a_time, stand_in),
        count=count,
    )


def again(cards: list[Card]) -> Iterator[Card]:
    """This will go through the cards without end."""
    while True:
        yield from cards


def _loop(
    charge: Callable[[Card], None], cards: list[Card], at_a_time: int, stand_in: int
) -> processes.Seconds:
    began = processes.seconds(stand_in=stand_in)
    with ThreadPoolExecutor(max_workers=at_a_time) as pool:
        list(pool.map(charge, cards))
    return processes.seconds(stand_in=stand_in) - began


def _charge_raw(http: httpx.Client, card: Card) -> None:
    data = {"amount": str(AMOUNT_YEN), "currency": "jpy", "confirm": "true"}
    data |= {"off_session": "true", "customer": card[0], "payment_method": card[1]}
    answer = _call(http, "/v1/payment_intents", SECRET_KEY, **data)
    if answer["status"] != "succeeded":
        raise SystemExit(f"a bare charge did not succeed: {answer['status']}")


def _charge_by_library(client: stripe.StripeClient, card: Card) -> None:
    """As its documentation has it, with the connection it makes for itself."""
    intent = client.v1.payment_intents.create(
        params={
            "amount": AMOUNT_YEN,
            "currency": "jpy",
            "confirm": True,
            "off_session": True,
            "customer": card[0],
            "payment_method": card[1],
        },
        options={"idempotency_key": secrets.token_hex(16)},
    )
    if intent.status != "succeeded":
        raise SystemExit(f"a bare charge did not succeed: {intent.status}")


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


def card_make(http: httpx.Client, number: int) -> Card:
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


def wait_set(http: httpx.Client, *, seconds: float) -> None:
    """This will have the stand-in think that long before it carries out a charge, as banks do."""
    rule = {"fault": "delay_s", "method": "POST", "path": "/v1/payment_intents"}
    rules = [{**rule, "count": None, "hold_s": seconds}] if seconds else []
    http.post("/_control/faults", json=rules).raise_for_status()
