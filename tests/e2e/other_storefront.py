"""A storefront that is not ours: it knows docs/selling-a-tier.md and the shop's API."""

import re
import secrets
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

PAPER = Path(__file__).resolve().parents[2] / "docs" / "selling-a-tier.md"
BLOCK = re.compile(r"```graphql\n(.*?)```", re.DOTALL)
NAME = re.compile(r"(?:mutation|query) (\w+)")
ADDRESS: dict[str, str] = {
    "lastName": "山田",
    "firstName": "花子",
    "country": "JP",
    "postalCode": "104-0061",
    "countryArea": "東京都",
    "city": "中央区",
    "streetAddress1": "銀座1-2-3",
    "streetAddress2": "見本ビル101",
    "phone": "+81312345678",
}
DATA = {"furusato": {"birthDate": "1985-04-02", "familyKana": "ヤマダ", "givenKana": "ハナコ"}}


def calls() -> dict[str, str]:
    """This will return the paper's GraphQL calls by name."""
    return {NAME.findall(text)[0]: text for text in BLOCK.findall(PAPER.read_text("utf-8"))}


@dataclass(kw_only=True)
class OtherStorefront:
    """One donor in front of another storefront of the shop.

    Attributes:
        api_url: the shop's GraphQL API.
        sent: the names of the paper's calls that were sent.
    """

    api_url: str
    sku: str = "TIER-NAGISA"
    channel: str = "furusato"
    token: str = ""
    checkout_id: str = ""
    transaction_id: str = ""
    sent: set[str] = field(default_factory=set)

    def call(self, name: str, **variables: Any) -> Any:
        """This will send one call of the paper and return what its field answered."""
        self.sent.add(name)
        answer = self.execute(calls()[name], variables)
        (found,) = answer.values()
        return found

    def execute(self, text: str, variables: dict[str, Any]) -> dict[str, Any]:
        """This will send a document of the storefront's own.

        Raises:
            AssertionError: the shop did not understand it.
        """
        headers = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        answer = httpx.post(
            self.api_url,
            json={"query": text, "variables": variables},
            headers=headers,
            timeout=40,
            trust_env=False,
        ).json()
        assert not answer.get("errors"), answer["errors"]
        return dict(answer["data"])

    def sign_in(self, *, email: str, password: str) -> None:
        """This will sign the donor in."""
        answer = self.call("SignIn", email=email, password=password)
        assert answer["token"], answer["errors"]
        self.token = answer["token"]

    def checkout_open(self, *, box: str = "yes", consent: str = "yes", **changes: Any) -> None:
        """This will open a checkout with the tier in it."""
        variant = self.call("Tier", sku=self.sku, channel=self.channel)
        given = {
            "channel": self.channel,
            "lines": [{"variantId": variant["id"], "quantity": 1}],
            "billingAddress": ADDRESS,
            "shippingAddress": ADDRESS,
            "metadata": [
                {"key": "furusato.box", "value": box},
                {"key": "furusato.consent", "value": consent},
            ],
        }
        answer = self.call("CheckoutOpen", input={**given, **changes})
        assert answer["errors"] == [], answer
        self.checkout_id = answer["checkout"]["id"]

    def prepare(self) -> dict[str, Any]:
        """This will prepare the payment and return what our app says of it."""
        answer = self.call("PaymentPrepare", id=self.checkout_id)
        (config,) = answer["gatewayConfigs"]
        assert config["errors"] == [], config
        return dict(config["data"])

    def delivery_choose(self) -> None:
        """This will choose the first way to deliver."""
        options = self.call("Deliveries", id=self.checkout_id)["deliveries"]
        answer = self.call("DeliveryChoose", id=self.checkout_id, delivery=options[0]["id"])
        assert answer["errors"] == [], answer

    def to_payment(self, **wishes: Any) -> None:
        """This will come to the point where the payment can begin."""
        self.checkout_open(**wishes)
        if self.prepare()["furusato"]["gifts"]:
            self.delivery_choose()

    def pay_begin(self, *, key: str = "", data: dict[str, Any] | None = None) -> dict[str, Any]:
        """This will begin the payment."""
        answer = self.call(
            "PaymentBegin",
            id=self.checkout_id,
            key=key or secrets.token_hex(8),
            data=DATA if data is None else data,
        )
        assert answer["errors"] == [], answer
        self.transaction_id = answer["transaction"]["id"]
        return dict(answer)

    def pay_finish(self) -> dict[str, Any]:
        """This will say that the donor is back from his card."""
        answer = self.call("PaymentFinish", id=self.transaction_id)
        assert answer["errors"] == [], answer
        return dict(answer)

    def complete(self) -> dict[str, Any]:
        """This will complete the checkout and return its order."""
        answer = self.call("CheckoutComplete", id=self.checkout_id)
        assert answer["errors"] == [], answer
        return dict(answer["order"])
