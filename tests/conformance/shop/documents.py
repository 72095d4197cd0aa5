"""The documents the behaviour tests send, and the steps they share."""

from typing import Any

from fixtures.shop.testing import ShopClient

ADDRESS = {
    "firstName": "花子",
    "lastName": "山田",
    "streetAddress1": "さくら2-3",
    "city": "中央区",
    "countryArea": "東京都",
    "postalCode": "000-0002",
    "country": "JP",
    "phone": "090-0000-0001",
}
VARIANT = 'query($r: String!) { productVariant(externalReference: $r, channel: "furusato") { id } }'
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
STOCKS = """query($r: String!) { productVariant(externalReference: $r, channel: "furusato") {
  id quantityAvailable stocks { quantity quantityAllocated warehouse { id slug } } } }"""


def variant_id(shop: ShopClient, slug: str) -> str:
    return str(shop.run(VARIANT, {"r": f"variant:{slug}"})["productVariant"]["id"])


def checkout_ready(shop: ShopClient, *, token: str = "", gift: str = "mikan") -> str:
    """Creates a checkout of one tier and one gift, with addresses and a delivery."""
    lines = [{"quantity": 1, "variantId": variant_id(shop, slug)} for slug in ("tier-5000", gift)]
    given = {
        "channel": "furusato",
        "email": "hanako@example.jp",
        "lines": lines,
        "billingAddress": ADDRESS,
        "shippingAddress": ADDRESS,
    }
    created = shop.run(CHECKOUT_CREATE, {"i": given}, token=token)["checkoutCreate"]
    assert created["errors"] == []
    checkout_id = str(created["checkout"]["id"])
    options = shop.run(DELIVERIES, {"id": checkout_id})["deliveryOptionsCalculate"]
    chosen = {"id": checkout_id, "m": options["deliveries"][0]["id"]}
    assert shop.run(DELIVERY_SET, chosen)["checkoutDeliveryMethodUpdate"]["errors"] == []
    return checkout_id


def draft(
    shop: ShopClient, token: str, reference: str, *, gift: str = "mikan", gift_count: int = 1
) -> Any:
    """Creates a draft of a 3,000 yen donation and a free gift."""
    channel = shop.run('{ channel(slug: "furusato") { id } }', token=token)["channel"]["id"]
    given = {
        "channelId": channel,
        "externalReference": reference,
        "userEmail": "hanako@example.jp",
        "billingAddress": ADDRESS,
        "shippingAddress": ADDRESS,
        "shippingMethod": "U2hpcHBpbmdNZXRob2Q6MQ==",
        "metadata": [{"key": "furusato.cycle", "value": "2026-12"}],
        "lines": [
            {"quantity": 1, "variantId": variant_id(shop, "tier-5000"), "price": 3000},
            {"quantity": gift_count, "variantId": variant_id(shop, gift), "price": 0},
        ],
    }
    return shop.run(DRAFT_CREATE, {"i": given}, token=token)["draftOrderCreate"]


def stock(shop: ShopClient, token: str, slug: str) -> tuple[int, int]:
    """What lies there and what of it is promised."""
    row = shop.run(STOCKS, {"r": f"variant:{slug}"}, token=token)["productVariant"]["stocks"][0]
    return row["quantity"], row["quantityAllocated"]


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
