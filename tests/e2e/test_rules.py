"""What is checked before money: residence, age, and an amount nobody but the town decides."""

from typing import Any

import httpx
import pytest

from fixtures.stripe.testing import StandIn
from fixtures.trial.supervisor import Supervisor
from tests.e2e.books import Books
from tests.e2e.conftest import DonorMake
from tests.e2e.donors import PASSWORD, TOWN_RESIDENT, Donor, secret_of

pytestmark = pytest.mark.e2e


def test_a_resident_of_the_town_is_offered_the_tier_as_a_pure_donation(
    donor: Donor, books: Books
) -> None:
    # given
    donor.register()
    # when
    page = donor.details(**TOWN_RESIDENT)
    # then
    form = page.form_to("/confirm/")
    assert form is not None
    assert form.choices["box"] == ["no_box"]
    assert page.has("住民票がこの町にある方には、法律の決まりでお礼の品をお送りできません。")
    assert page.has("お礼の品なしのご寄附として、同じプランにご加入いただけます。")
    # when
    card = donor.consent(box="no_box")
    donor.card(card)
    arrived = donor.back(card)
    # then
    assert arrived.has("お礼の品なしのご寄附として承りました。")
    assert books.donated_yen(donor.email) == [3000]


def test_a_resident_who_asks_for_the_box_all_the_same_is_refused(
    donor: Donor, books: Books
) -> None:
    # given
    donor.register()
    donor.details(**TOWN_RESIDENT)
    # when
    page = donor.consent(box="box")
    # then
    assert page.status == 422
    assert page.has("いま選べるものの中から選んでください。")
    assert books.memberships(donor.email) == []


def test_moving_into_the_town_before_paying_takes_the_box_away(donor: Donor, books: Books) -> None:
    # given
    card = donor.to_card()
    # when
    donor.details(**TOWN_RESIDENT)
    page = donor.visitor.open(card.path)
    # then
    assert page.status == 422
    assert page.has("お礼の品をお送りできません。")
    assert books.donations(donor.email) == []


def test_somebody_under_twenty_gets_no_alcohol_but_may_give(
    donor_make: DonorMake, books: Books
) -> None:
    # given
    donor = donor_make(tier="minato")
    donor.register()
    # when
    page = donor.details(birth_year="2007", birth_month="11", birth_day="30")
    # then
    form = page.form_to("/confirm/")
    assert form is not None
    assert form.choices["box"] == ["no_box"]
    assert page.has("20歳未満の方にはお送りできません。")
    # when
    card = donor.consent(box="no_box")
    donor.card(card)
    # then
    assert donor.back(card).path.endswith("/done/")
    assert books.donated_yen(donor.email) == [10000]


def test_somebody_under_eighteen_is_shown_the_free_membership(donor: Donor, books: Books) -> None:
    # given
    donor.register()
    # when
    page = donor.details(birth_year="平成22", birth_month="4", birth_day="1")
    # then
    assert page.form_to("/confirm/") is None
    assert page.has("カードでのご寄附は、18歳以上の方にお願いしています。")
    assert books.memberships(donor.email) == []


def test_an_amount_in_the_form_is_not_read(donor: Donor, books: Books) -> None:
    # given
    donor.register()
    page = donor.details()
    form = page.form_to("/confirm/")
    assert form is not None
    address, values = donor.visitor.filled(page, form, box="box", consent="on")
    # when
    donor.visitor.client.post(
        address, data={**values, "amount_yen": "1", "amount": "1", "tier": "dayori"}
    )
    card = donor.visitor.open(f"/join/{donor.tier}/")
    donor.card(card)
    donor.back(card)
    # then
    assert books.donated_yen(donor.email) == [3000]


def test_the_browser_cannot_change_what_the_provider_takes(
    donor: Donor, books: Books, stripe: StandIn
) -> None:
    # given
    card = donor.to_card()
    secret = secret_of(card)
    reference = secret.split("_secret_")[0]
    publishable = {"Authorization": f"Bearer {stripe.publishable_key}"}
    # when
    changed = httpx.post(
        f"{stripe.url}/v1/payment_intents/{reference}",
        headers=publishable,
        data={"client_secret": secret, "amount": "100"},
        trust_env=False,
    )
    confirmed = httpx.post(
        f"{stripe.url}/v1/payment_intents/{reference}/confirm",
        headers=publishable,
        data={"client_secret": secret, "amount": "100", "payment_method": "pm_card_visa"},
        trust_env=False,
    )
    # then
    assert changed.is_client_error
    assert confirmed.is_client_error
    intent = stripe.call("GET", f"/v1/payment_intents/{reference}").json()
    assert (intent["amount"], intent["status"]) == (3000, "requires_payment_method")
    assert books.donations(donor.email) == []


TOKEN = "mutation($e: String!, $p: String!) { tokenCreate(email: $e, password: $p) { token } }"
CHECKOUTS = "{ me { checkouts(first: 9) { edges { node { id } } } } }"
INITIALIZE = """
mutation($id: ID!, $amount: PositiveDecimal!, $gateway: PaymentGatewayToInitialize!) {
  transactionInitialize(id: $id, amount: $amount, paymentGateway: $gateway) {
    transactionEvent { type message }
    errors { code message }
  }
}
"""


def test_the_shop_takes_no_other_amount_for_the_tier_either(
    donor: Donor, trial: Supervisor, books: Books, stripe: StandIn
) -> None:
    # given
    card = donor.to_card()
    api = f"{trial.shop_url}/graphql/"
    with httpx.Client(trust_env=False, timeout=30) as shop:
        signed_in = shop.post(
            api, json={"query": TOKEN, "variables": {"e": donor.email, "p": PASSWORD}}
        ).json()
        token = signed_in["data"]["tokenCreate"]["token"]
        shop.headers["Authorization"] = f"Bearer {token}"
        mine = shop.post(api, json={"query": CHECKOUTS}).json()["data"]["me"]["checkouts"]
        (edge,) = mine["edges"]
        # when
        answer = shop.post(
            api,
            json={
                "query": INITIALIZE,
                "variables": {
                    "id": edge["node"]["id"],
                    "amount": 100,
                    "gateway": {"id": "jp.furusato-salon", "data": {"cycle": "fs-x-0"}},
                },
            },
        ).json()
    # then
    event = answer["data"]["transactionInitialize"]["transactionEvent"]
    assert event["type"] == "CHARGE_FAILURE"
    assert books.donations(donor.email) == []
    # when
    donor.card(card)
    # then
    assert donor.back(card).path.endswith("/done/")
    assert books.donated_yen(donor.email) == [3000]


GIFTS = """
{ products(first: 100, channel: "furusato") {
    edges { node { variants { id sku pricing { price { gross { amount } } } } } } } }
"""
CREATE = """
mutation($input: CheckoutCreateInput!) {
  checkoutCreate(input: $input) {
    checkout { id totalPrice { gross { amount } } shippingMethods { id } }
    errors { field code }
  }
}
"""
DELIVER = """
mutation($id: ID!, $method: ID!) {
  checkoutDeliveryMethodUpdate(id: $id, deliveryMethodId: $method) { errors { code } }
}
"""
COMPLETE = "mutation($id: ID!) { checkoutComplete(id: $id) { order { id } errors { code } } }"
STRANGER = {
    "firstName": "太郎",
    "lastName": "鈴木",
    "streetAddress1": "架空町1-1",
    "city": "千代田区",
    "countryArea": "東京都",
    "postalCode": "100-0000",
    "country": "JP",
}


def test_nobody_gets_a_gift_for_nothing_from_the_open_shop(trial: Supervisor, books: Books) -> None:
    # given
    def ask(query: str, **variables: object) -> dict[str, Any]:
        answer = httpx.post(
            f"{trial.shop_url}/graphql/",
            json={"query": query, "variables": variables},
            trust_env=False,
            timeout=30,
        )
        return dict(answer.json()["data"])

    variants = [
        variant
        for edge in ask(GIFTS)["products"]["edges"]
        for variant in edge["node"]["variants"]
        if variant["sku"].startswith("GIFT-")
    ]
    before = books.shop_orders()
    # when
    made = ask(
        CREATE,
        input={
            "channel": "furusato",
            "email": "taro@example.jp",
            "lines": [{"variantId": variants[0]["id"], "quantity": 1}],
            "shippingAddress": STRANGER,
            "billingAddress": STRANGER,
        },
    )["checkoutCreate"]
    checkout = made["checkout"]
    ask(DELIVER, id=checkout["id"], method=checkout["shippingMethods"][0]["id"])
    done = ask(COMPLETE, id=checkout["id"])["checkoutComplete"]
    # then
    assert made["errors"] == []
    assert all(variant["pricing"]["price"]["gross"]["amount"] > 0 for variant in variants)
    assert done["order"] is None
    assert [error["code"] for error in done["errors"]] == ["CHECKOUT_NOT_FULLY_PAID"]
    assert books.shop_orders() == before
