"""The documents the behaviour tests send, and the steps they share."""

from typing import Any

from tests.conformance.shop.fake_app import FakeApp
from tests.conformance.shop.shops import Shop

ADDRESS = {
    "firstName": "花子",
    "lastName": "山田",
    "streetAddress1": "さくら2-3",
    "city": "中央区",
    "countryArea": "東京都",
    "postalCode": "104-0061",
    "country": "JP",
}
CHECKOUT_CREATE = """mutation($i: CheckoutCreateInput!) { checkoutCreate(input: $i) {
  checkout { id email totalPrice { gross { amount currency } } isShippingRequired
    availablePaymentGateways { id name } user { id } }
  errors { field code message variants } } }"""
DELIVERIES = """mutation($id: ID!) { deliveryOptionsCalculate(id: $id) {
  deliveries { id shippingMethod { id name price { amount } } } errors { field code } } }"""
DELIVERY_SET = """mutation($id: ID!, $m: ID!) {
  checkoutDeliveryMethodUpdate(id: $id, deliveryMethodId: $m) {
    checkout { id delivery { id } totalPrice { gross { amount } } problems { __typename } }
    errors { field code } } }"""
GATEWAY_INITIALIZE = """mutation($id: ID!, $g: String!) {
  paymentGatewayInitialize(id: $id, paymentGateways: [{id: $g, data: {locale: "ja"}}]) {
    gatewayConfigs { id data errors { code } } errors { code } } }"""
INITIALIZE = """mutation($id: ID!, $g: String!, $k: String, $a: PositiveDecimal) {
  transactionInitialize(id: $id, idempotencyKey: $k, amount: $a,
    paymentGateway: {id: $g, data: {token: "tok_1"}}) {
    transaction { id pspReference chargedAmount { amount } }
    transactionEvent { type message amount { amount } } data errors { field code message } } }"""
PROCESS = """mutation($id: ID!) { transactionProcess(id: $id, data: {cres: "x"}) {
  transactionEvent { type } data errors { field code } } }"""
COMPLETE = """mutation($id: ID!) {
  checkoutComplete(id: $id, metadata: [{key: "furusato.membership", value: "m-1"}]) {
    confirmationNeeded
    order { id number chargeStatus status total { gross { amount } } metadata { key value } }
    errors { field code message } } }"""
DRAFT_CREATE = """mutation($i: DraftOrderCreateInput!) { draftOrderCreate(input: $i) {
  order { id status externalReference total { gross { amount } } user { id }
    shippingMethods { id } lines { id productSku isPriceOverridden } }
  errors { field code message } } }"""
DRAFT_COMPLETE = """mutation($id: ID!) { draftOrderComplete(id: $id) {
  order { id status number lines { id productSku allocations { quantity warehouse { slug } } } }
  errors { field code message variants orderLines } } }"""
ORDER = """query($r: String!) { order(externalReference: $r) { id status chargeStatus isPaid
  totalCharged { amount } updatedAt
  lines { id productSku quantity quantityFulfilled quantityToFulfill }
  fulfillments { id status trackingNumber warehouse { slug } lines { quantity } }
  transactions { id pspReference chargedAmount { amount } } } }"""
FULFILL = """mutation($o: ID!, $i: OrderFulfillInput!) { orderFulfill(order: $o, input: $i) {
  order { status }
  fulfillments { id status trackingNumber warehouse { slug }
    lines { quantity orderLine { productSku } } }
  errors { field code message orderLines } } }"""
CANCEL = """mutation($id: ID!) { orderCancel(id: $id) { order { status } errors { code } } }"""
STOCKS = """query($id: ID!, $c: String!) { productVariant(id: $id, channel: $c) {
  id quantityAvailable stocks { quantity quantityAllocated warehouse { id slug } } } }"""


def variant_id(shop: Shop, name: str) -> str:
    return shop.town.variants[name].id


def checkout_given(shop: Shop, *names: str, **more: Any) -> dict[str, Any]:
    """What a checkout of one piece of each is made from."""
    lines = [{"quantity": 1, "variantId": variant_id(shop, name)} for name in names]
    return {"channel": shop.town.channel, "lines": lines, **more}


def checkout_ready(shop: Shop, *, token: str = "", gift: str = "mikan") -> str:
    """Creates a checkout of one tier and one gift, with addresses and a delivery."""
    given = checkout_given(
        shop, "tier-5000", gift, email=shop.hanako.email,
        billingAddress=ADDRESS, shippingAddress=ADDRESS,
    )  # fmt: skip
    created = shop.run(CHECKOUT_CREATE, {"i": given}, token=token)["checkoutCreate"]
    assert created["errors"] == []
    checkout_id = str(created["checkout"]["id"])
    options = shop.run(DELIVERIES, {"id": checkout_id})["deliveryOptionsCalculate"]
    chosen = {"id": checkout_id, "m": options["deliveries"][0]["id"]}
    assert shop.run(DELIVERY_SET, chosen)["checkoutDeliveryMethodUpdate"]["errors"] == []
    return checkout_id


def draft(
    shop: Shop,
    token: str,
    name: str,
    *,
    gift: str = "mikan",
    gift_count: int = 1,
    email: str = "",
) -> Any:
    """Creates a draft of a 3,000 yen donation and a free gift; `name` is its reference's end."""
    given = {
        "channelId": shop.town.channel_id,
        "externalReference": shop.town.ref(name),
        "userEmail": email or shop.hanako.email,
        "billingAddress": ADDRESS,
        "shippingAddress": ADDRESS,
        "shippingMethod": shop.town.method_id,
        "metadata": [{"key": "furusato.cycle", "value": shop.town.ref("2026-12")}],
        "lines": [
            {"quantity": 1, "variantId": variant_id(shop, "tier-5000"), "price": 3000},
            {"quantity": gift_count, "variantId": variant_id(shop, gift), "price": 0},
        ],
    }
    return shop.run(DRAFT_CREATE, {"i": given}, token=token)["draftOrderCreate"]


def draft_complete(shop: Shop, token: str, order_id: str) -> Any:
    return shop.run(DRAFT_COMPLETE, {"id": order_id}, token=token)["draftOrderComplete"]


def order_made(shop: Shop, token: str, name: str, **wishes: Any) -> str:
    """Drafts and completes a month's order and returns its id."""
    drafted = draft(shop, token, name, **wishes)
    assert drafted["errors"] == [], drafted["errors"]
    assert draft_complete(shop, token, drafted["order"]["id"])["errors"] == []
    return str(drafted["order"]["id"])


def order(shop: Shop, token: str, name: str) -> Any:
    return shop.run(ORDER, {"r": shop.town.ref(name)}, token=token)["order"]


def pay(
    shop: Shop, app: FakeApp, source: str, key: str, amount: float | None, *, token: str = ""
) -> Any:
    """Asks the app for the money of a checkout or an order; keys are this test's own."""
    given = {"id": source, "g": app.identifier, "k": key and shop.town.ref(key), "a": amount}
    return shop.run(INITIALIZE, given, token=token)["transactionInitialize"]


def stock(shop: Shop, name: str) -> tuple[int, int]:
    """What lies there and what of it is promised."""
    given = {"id": variant_id(shop, name), "c": shop.town.channel}
    row = shop.run(STOCKS, given, token=shop.staff)["productVariant"]["stocks"][0]
    return row["quantity"], row["quantityAllocated"]


def codes(answer: Any) -> list[str]:
    return [error["code"] for error in answer["errors"]]


def refusal(answer: Any) -> str:
    """Why a whole document was refused: the first GraphQL error's code."""
    return str(answer.json()["errors"][0]["extensions"]["exception"]["code"])


def charge_success(reference: str = "") -> Any:
    """Answers a session with success, under a reference made from the key it was asked with."""

    def answer(body: dict[str, Any]) -> dict[str, Any]:
        key = body.get("idempotencyKey") or body["merchantReference"]
        return {
            "pspReference": reference or f"pi_{key}",
            "result": "CHARGE_SUCCESS",
            "actions": ["REFUND"],
            "data": {"said": "thanks"},
            "paymentMethodDetails": {"type": "CARD", "name": "Visa", "lastDigits": "4242"},
        }

    return answer
