"""A storefront that is not ours sells a tier, with nothing but calls to the shop."""

import secrets
from collections.abc import Callable
from typing import Any

import pytest

from fixtures.stripe.testing import StandIn, wait_for
from fixtures.town import reader
from fixtures.trial import stand_ins
from fixtures.trial.supervisor import Supervisor
from tests.e2e.books import Books
from tests.e2e.donors import BANK_CONFIRMS_CARD, GOOD_CARD, PASSWORD, Donor, bank_answer
from tests.e2e.other_storefront import OtherStorefront, calls

pytestmark = pytest.mark.e2e

REGISTER = """mutation($e: String!, $p: String!) { accountRegister(input: {
  email: $e, password: $p, channel: "furusato", redirectUrl: "http://127.0.0.1/" }) {
  errors { field code message } } }"""
DECLINED_CARD = "4000000000000002"


@pytest.fixture
def front_make(trial: Supervisor) -> Callable[..., tuple[OtherStorefront, str]]:
    """This will give a function that signs a new donor in at the other storefront."""

    def make(**wishes: Any) -> tuple[OtherStorefront, str]:
        email = f"hanako-{secrets.token_hex(4)}@example.jp"
        front = OtherStorefront(api_url=f"{trial.shop_url}/graphql/", **wishes)
        made = front.execute(REGISTER, {"e": email, "p": PASSWORD})
        assert made["accountRegister"]["errors"] == []
        front.sign_in(email=email, password=PASSWORD)
        return front, email

    return make


def card_enter(trial: Supervisor, began: dict[str, Any], number: str = GOOD_CARD) -> dict[str, Any]:
    """What Stripe.js does in that storefront."""
    return stand_ins.card_confirm(
        client_secret=began["data"]["client_secret"],
        number=number,
        api_base=trial.stripe_url,
        publishable_key=began["data"]["publishable_key"],
        return_url="http://127.0.0.1/",
    )


def test_every_call_of_the_paper_sells_a_tier_with_three_d_secure(
    trial: Supervisor, front_make: Callable[..., tuple[OtherStorefront, str]], books: Books
) -> None:
    # given
    front, email = front_make()
    orders = books.shop_orders()
    front.checkout_open()
    prepared = front.prepare()
    front.delivery_choose()
    # when
    began = front.pay_begin()
    asked = card_enter(trial, began, BANK_CONFIRMS_CARD)
    too_early = front.pay_finish()
    bank_answer(asked, result="passed")
    finished = front.pay_finish()
    order = front.complete()
    # then
    assert prepared["furusato"]["tier"] == "nagisa"
    assert prepared["furusato"]["gifts"]
    assert began["transactionEvent"]["type"] == "CHARGE_ACTION_REQUIRED"
    assert too_early["transactionEvent"]["type"] == "CHARGE_ACTION_REQUIRED"
    assert finished["transactionEvent"]["type"] == "CHARGE_SUCCESS"
    assert books.donated_yen(email) == [3000]
    assert books.memberships(email) == ["継続中"]
    assert front.sent == set(calls())
    wait_for(lambda: order_seen(front, order["id"])["isFulfilled"], timeout_s=30)
    assert order_seen(front, order["id"])["metadata"]["furusato.tier"] == "nagisa"
    assert books.shop_orders() == orders + 1


REQUEST_REFUND = """mutation($id: ID!, $amount: PositiveDecimal) { transactionRequestAction(
  id: $id, actionType: REFUND, amount: $amount) { errors { field code } } }"""
EVENTS = """query($id: ID!) { transaction(id: $id) { actions refundedAmount { amount }
  events { type message } order { status } } }"""


def test_staff_give_the_donation_back_in_the_dashboard(
    trial: Supervisor, front_make: Callable[..., tuple[OtherStorefront, str]], books: Books
) -> None:
    # given
    front, email = front_make()
    front.to_payment()
    card_enter(trial, front.pay_begin())
    front.pay_finish()
    order = front.complete()
    wait_for(lambda: order_seen(front, order["id"])["isFulfilled"], timeout_s=30)
    town = reader.town_load()
    office = OtherStorefront(api_url=front.api_url)
    office.sign_in(email=town.staff[0].email, password=town.demo_password)

    def ask(amount: int) -> None:
        given = {"id": front.transaction_id, "amount": amount}
        answer = office.execute(REQUEST_REFUND, given)["transactionRequestAction"]
        assert answer["errors"] == []

    def seen(kind: str) -> dict[str, Any] | None:
        """The shop's transaction once it shows an event of this kind."""
        found = office.execute(EVENTS, {"id": front.transaction_id})["transaction"]
        return found if kind in {event["type"] for event in found["events"]} else None

    # when
    ask(1000)
    refused = wait_for(lambda: seen("REFUND_FAILURE"), timeout_s=20)
    ask(3000)
    given_back = wait_for(lambda: seen("REFUND_SUCCESS"), timeout_s=20)
    # then
    assert any("この額の返金はできません" in event["message"] for event in refused["events"])
    assert (given_back["actions"], given_back["refundedAmount"]) == ([], {"amount": 3000.0})
    assert books.donated_yen(email) == [3000, -3000]
    assert books.memberships(email) == ["職員確認中"]
    wait_for(lambda: seen("REFUND_SUCCESS")["order"]["status"] == "CANCELED", timeout_s=20)


def test_a_refund_made_in_the_providers_own_pages_comes_into_the_ledger(
    donor: Donor, stripe: StandIn, books: Books
) -> None:
    # given
    reference = donor.join()
    # when
    given = {"payment_intent": reference, "amount": "3000"}
    assert stripe.call("POST", "/v1/refunds", data=given).is_success
    # then
    wait_for(lambda: books.donated_yen(donor.email) == [3000, -3000], timeout_s=20)
    assert donor.visitor.open("/my/donations/").has("返金済み")


SEEN = """query($id: ID!) { order(id: $id) {
  externalReference chargeStatus metadata { key value } lines { productSku quantity
    totalPrice { gross { amount } } } fulfillments { lines { orderLine { productSku } } } } }"""


def order_seen(front: OtherStorefront, order_id: str) -> dict[str, Any]:
    """How the order looks to the donor in the shop."""
    order = front.execute(SEEN, {"id": order_id})["order"]
    sent = [line["orderLine"]["productSku"] for f in order["fulfillments"] for line in f["lines"]]
    return {
        "reference": order["externalReference"] or "",
        "isFulfilled": front.sku in sent,
        "metadata": {item["key"]: item["value"] for item in order["metadata"]},
        "lines": {
            line["productSku"]: line["totalPrice"]["gross"]["amount"] for line in order["lines"]
        },
    }
