"""The payment provider's side: cards, misfortunes, messages, and its own books."""

import contextlib
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from fixtures.stripe import webhooks
from fixtures.stripe.testing import StandIn
from fixtures.trial import stand_ins

SECRET = "whsec_furusato_trial"
PAGE = 100
GOOD_CARD = "4242424242424242"
REFUSED_CARD = "4000000000009995"
INTENTS = "/v1/payment_intents"


def misfortunes(*, share: float, seed: int) -> list[dict[str, Any]]:
    """This will return rules that strike `share` of all calls, each documented kind alike."""
    kinds: list[dict[str, Any]] = [
        {"fault": "timeout_after_commit", "cut": True},
        {"fault": "cut_before"},
        {"fault": "malformed"},
        {"fault": "status", "status": 500},
        {"fault": "status", "status": 500, "keeps_work": True},
        {"fault": "status", "status": 500, "keeps_answer": True},
        {"fault": "status", "status": 502},
        {"fault": "status", "status": 503, "keeps_work": True},
        {"fault": "status", "status": 429},
        {"fault": "status", "status": 409},
        {"fault": "status", "status": 409, "keeps_work": True},
        {"fault": "status", "status": 424},
        {"fault": "status", "status": 504, "keeps_work": True},
    ]
    each = share / len(kinds)
    return [
        {**kind, "path": "/v1/", "probability": each, "seed": seed + number}
        for number, kind in enumerate(kinds)
    ]


@dataclass(kw_only=True)
class Bank:
    """One stand-in and what is remembered of it between two looks."""

    stripe: StandIn
    seen_events: set[str] = field(default_factory=set)

    @contextlib.contextmanager
    def troubled(self, *, share: float, seed: int) -> Iterator[None]:
        """This will let `share` of all calls fail for the length of a block."""
        self.stripe.faults(*misfortunes(share=share, seed=seed))
        try:
            yield
        finally:
            self.stripe.faults()

    def card_enter(self, client_secret: str, *, number: str = GOOD_CARD) -> dict[str, Any]:
        """This will enter a card as the donor's browser does; an intent, or an error."""
        if client_secret.startswith("seti_"):
            return self._card_keep(client_secret, number=number)
        return stand_ins.card_confirm(
            client_secret=client_secret,
            number=number,
            api_base=self.stripe.url,
            publishable_key=self.stripe.publishable_key,
            return_url="http://127.0.0.1/",
        )

    def _card_keep(self, client_secret: str, *, number: str) -> dict[str, Any]:
        reference = client_secret.split("_secret_")[0]
        answer = self.stripe.call(
            "POST",
            f"/v1/setup_intents/{reference}/confirm",
            headers={"Authorization": f"Bearer {self.stripe.publishable_key}"},
            data={
                "client_secret": client_secret,
                "return_url": "http://127.0.0.1/",
                "payment_method_data[type]": "card",
                "payment_method_data[card][number]": number,
                "payment_method_data[card][exp_month]": "12",
                "payment_method_data[card][exp_year]": "2034",
                "payment_method_data[card][cvc]": "123",
            },
        )
        return dict(answer.json())

    def give_back(self, *, provider_ref: str, amount_yen: int | None = None) -> None:
        """This will give a payment back in the provider's own pages, all of it or a part."""
        part = {"amount": str(amount_yen)} if amount_yen else {}
        data = {"payment_intent": provider_ref, **part}
        answer = self.stripe.call("POST", "/v1/refunds", data=data)
        assert answer.status_code == 200, answer.text

    def news(self) -> list[dict[str, Any]]:
        """This will return the messages the provider has had to send since the last look."""
        found = [event for event in self._all("/v1/events") if event["id"] not in self.seen_events]
        self.seen_events |= {event["id"] for event in found}
        return found[::-1]

    def paid_by_month(self) -> Counter[str]:
        """This will count, for each month's key, how many times its money was taken."""
        return Counter({key: len(amounts) for key, amounts in self.taken_by_month().items()})

    def taken_by_month(self) -> dict[str, list[int]]:
        """This will list, for each month's key, the amounts that were taken for it."""
        taken: dict[str, list[int]] = defaultdict(list)
        for intent in self._all(INTENTS):
            if intent["status"] == "succeeded":
                taken[intent["metadata"]["cycle"]].append(intent["amount_received"])
        return taken

    def left_yen(self) -> int:
        """This will return what the provider holds for the town: taken less given back."""
        return sum(_day_yen(day) for day in self.stripe.state()["days"].values())

    def days_yen(self) -> dict[str, int]:
        """This will return the same by the day in Japan, days without money left out."""
        days = self.stripe.state()["days"].items()
        sums = {day: _day_yen(found) for day, found in days}
        return {day: amount for day, amount in sums.items() if amount}

    def _all(self, path: str) -> Iterator[dict[str, Any]]:
        after: dict[str, str] = {}
        while True:
            answer = self.stripe.call("GET", path, params={"limit": PAGE, **after})
            page = answer.json()
            yield from page["data"]
            if not page["has_more"]:
                return
            after = {"starting_after": page["data"][-1]["id"]}


def _day_yen(day: dict[str, int]) -> int:
    return day["charged_yen"] - day["refunded_yen"] - day["disputed_yen"]


def signed(body: bytes, *, at: int, secret: str = SECRET) -> str:
    """This will sign a message as the provider does, at a real moment."""
    return webhooks.signature(secret, body, at)
