"""Donors in front of their browsers, without the browser: they read pages and fill in forms."""

import secrets
from dataclasses import dataclass, field
from typing import Any

import httpx

from fixtures.trial.supervisor import Supervisor
from fixtures.trial.tour import joining, pages, trip
from fixtures.trial.tour.visitor import Visitor

GOOD_CARD = "4242424242424242"
BANK_CONFIRMS_CARD = "4000002760003184"
PASSWORD = "shiomi-no-umi-2026"
HANAKO = {
    **joining.DETAILS,
    "family_name": "山田",
    "given_name": "花子",
    "family_kana": "やまだ",
    "given_kana": "はなこ",
}
TOWN_RESIDENT = {
    "registered_postal_code": "789-9903",
    "registered_prefecture": "高知県",
    "registered_city": "幡見郡汐見町",
    "registered_street": "奥谷104番地",
}


@dataclass(kw_only=True)
class Donor:
    """One donor: an account of his own, a browser of his own."""

    trial: Supervisor
    visitor: Visitor
    tier: str = "nagisa"
    email: str = field(default_factory=lambda: f"hanako-{secrets.token_hex(4)}@example.jp")

    def register(self) -> pages.Page:
        """This will make an account and come to the page for name and address."""
        page = self.visitor.open(f"/join/{self.tier}/")
        return self.visitor.send(page, "/account/", email=self.email, password=PASSWORD)

    def details(self, **changes: str) -> pages.Page:
        """This will type name and addresses and come to the page that asks for consent."""
        page = self.visitor.open(f"/join/{self.tier}/details/")
        return self.visitor.send(page, "/details/", **{**HANAKO, **changes})

    def consent(self, *, box: str = "box") -> pages.Page:
        """This will agree and come to the card."""
        page = self.visitor.open(f"/join/{self.tier}/confirm/")
        return self.visitor.send(page, "/confirm/", box=box, consent="on")

    def to_card(self, *, box: str = "box", **changes: str) -> pages.Page:
        """This will go from the first page of joining to the card."""
        self.register()
        self.details(**changes)
        page = self.consent(box=box)
        assert page.path.endswith("/card/"), page.words
        return page

    def card(self, page: pages.Page, number: str = GOOD_CARD) -> dict[str, Any]:
        """This will enter a card, and return what the browser is told."""
        return trip.card_enter(page, number=number)

    def back(self, page: pages.Page) -> pages.Page:
        """This will come back to the shop after the card."""
        return self.visitor.open(trip.return_address(page))

    def join(self, *, box: str = "box", **changes: str) -> str:
        """This will join from beginning to end, and return the payment's reference."""
        page = self.to_card(box=box, **changes)
        answer = self.card(page)
        assert answer.get("status") == "succeeded", answer
        assert self.back(page).path.endswith("/done/")
        return str(answer["id"])


def secret_of(page: pages.Page) -> str:
    """This will return the payment a card page is about."""
    form = next(form for form in page.forms if "data-payment" in form.attributes)
    return form.attributes["data-client-secret"]


def bank_answer(intent: dict[str, Any], *, result: str) -> str:
    """This will answer on the bank's page, and return where it sends the browser.

    Args:
        intent: what the browser was told after the card was entered.
        result: "passed" or "failed".
    """
    address = intent["next_action"]["redirect_to_url"]["url"]
    page = httpx.get(address, trust_env=False, timeout=20)
    assert page.status_code == 200
    answer = httpx.post(
        address.split("?")[0],
        data={"client_secret": intent["client_secret"], "result": result},
        trust_env=False,
        timeout=20,
    )
    assert answer.status_code == 303
    return str(answer.headers["location"])
