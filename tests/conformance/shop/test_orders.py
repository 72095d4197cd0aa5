"""Drafts, orders and the search for them."""

import pytest

from tests.conformance.shop import documents
from tests.conformance.shop.documents import codes, order


def complete(shop, token, order_id):
    return documents.draft_complete(shop, token, order_id)


def test_a_month_is_drafted_completed_and_paid(shop, installed):
    # given
    installed.answers["transaction_initialize_session"] = documents.charge_success()
    token = installed.token

    # when
    drafted = documents.draft(shop, token, "fn:m-1:1")
    unpaid = complete(shop, token, drafted["order"]["id"])
    answers = [
        documents.pay(shop, installed, drafted["order"]["id"], "fn:m-1:1", 3000) for _ in range(3)
    ]

    # then
    assert drafted["errors"] == []
    assert drafted["order"]["total"]["gross"]["amount"] == 3000.0
    assert drafted["order"]["status"] == "DRAFT"
    assert drafted["order"]["user"] is not None
    assert [line["isPriceOverridden"] for line in drafted["order"]["lines"]] == [True, True]
    assert unpaid["errors"] == []
    assert unpaid["order"]["status"] == "UNFULFILLED"
    allocations = {line["productSku"]: line["allocations"] for line in unpaid["order"]["lines"]}
    assert allocations == {
        shop.town.variants["tier-5000"].sku: [],
        shop.town.variants["mikan"].sku: [
            {"quantity": 1, "warehouse": {"slug": shop.town.warehouses["tanaka"].slug}}
        ],
    }
    assert {answer["transactionEvent"]["type"] for answer in answers} == {"CHARGE_SUCCESS"}
    seen = order(shop, token, "fn:m-1:1")
    assert (seen["chargeStatus"], seen["isPaid"]) == ("FULL", True)
    assert seen["totalCharged"] == {"amount": 3000.0}
    assert [t["pspReference"] for t in seen["transactions"]] == [f"pi_{shop.town.ref('fn:m-1:1')}"]
    shop.settled(installed)
    assert len(installed.events("order_fully_paid")) == 1
    assert len(installed.events("order_paid")) == 1


def test_a_reference_names_one_order(shop, installed):
    # given
    documents.draft(shop, installed.token, "fn:m-1:1")

    # when
    second = documents.draft(shop, installed.token, "fn:m-1:1")

    # then
    assert second["order"] is None
    assert [(e["field"], e["code"]) for e in second["errors"]] == [("externalReference", "UNIQUE")]


def test_a_draft_promises_nothing_and_completing_more_than_there_is_is_refused(shop, installed):
    # given
    token = installed.token
    drafts = [documents.draft(shop, token, f"fn:{n}", gift_count=2)["order"] for n in range(3)]
    assert documents.stock(shop, "mikan") == (5, 0)

    sku = shop.town.variants["mikan"].sku

    # when
    answers = [complete(shop, token, draft["id"]) for draft in drafts]

    # then
    assert [codes(answer) for answer in answers] == [[], [], ["INSUFFICIENT_STOCK"]]
    gift = next(line for line in drafts[2]["lines"] if line["productSku"] == sku)
    assert answers[2]["errors"][0]["orderLines"] == [gift["id"]]
    assert documents.stock(shop, "mikan") == (5, 4)
    assert order(shop, token, "fn:2")["status"] == "DRAFT"


def test_cancelling_frees_the_stock(shop, installed):
    # given
    token = installed.token
    order_id = documents.draft(shop, token, "fn:1", gift_count=3)["order"]["id"]
    complete(shop, token, order_id)

    # when
    cancelled = shop.run(documents.CANCEL, {"id": order_id}, token=token)["orderCancel"]
    again = shop.run(documents.CANCEL, {"id": order_id}, token=token)["orderCancel"]

    # then
    assert cancelled == {"order": {"status": "CANCELED"}, "errors": []}
    assert codes(again) == ["CANNOT_CANCEL_ORDER"]
    assert documents.stock(shop, "mikan") == (5, 0)
    shop.settled(installed)
    assert len(installed.events("order_cancelled")) == 1


def test_a_draft_without_address_or_delivery_is_not_completed(shop, installed):
    # given
    token = installed.token
    line = {"quantity": 1, "variantId": documents.variant_id(shop, "mikan")}
    given = {"channelId": shop.town.channel_id, "lines": [line]}
    draft = shop.run(documents.DRAFT_CREATE, {"i": given}, token=token)["draftOrderCreate"]["order"]
    update = """mutation($id: ID!, $i: DraftOrderInput!) { draftOrderUpdate(id: $id, input: $i) {
      order { shippingMethods { id name } } errors { code } } }"""

    def change(**values):
        answer = shop.run(update, {"id": draft["id"], "i": values}, token=token)
        assert answer["draftOrderUpdate"]["errors"] == []
        return answer["draftOrderUpdate"]["order"]

    # when
    refused = [codes(complete(shop, token, draft["id"]))]
    methods = change(shippingAddress=documents.ADDRESS)["shippingMethods"]
    refused.append(codes(complete(shop, token, draft["id"])))
    change(billingAddress=documents.ADDRESS)
    refused.append(codes(complete(shop, token, draft["id"])))
    change(shippingMethod=methods[0]["id"])
    done = complete(shop, token, draft["id"])

    # then
    assert draft["shippingMethods"] == []
    assert [method["name"] for method in methods] == ["送料込み"]
    assert refused == [
        ["BILLING_ADDRESS_NOT_SET", "ORDER_NO_SHIPPING_ADDRESS", "SHIPPING_METHOD_REQUIRED"],
        ["BILLING_ADDRESS_NOT_SET", "SHIPPING_METHOD_REQUIRED"],
        ["SHIPPING_METHOD_REQUIRED"],
    ]
    assert done["errors"] == []


def test_an_unfinished_address_is_refused_field_by_field(shop, installed):
    # given
    address = {**documents.ADDRESS, "streetAddress1": "", "postalCode": "12"}

    # when
    answer = shop.run(
        documents.DRAFT_CREATE,
        {"i": {"channelId": shop.town.channel_id, "billingAddress": address}},
        token=installed.token,
    )["draftOrderCreate"]

    # then
    found = {(error["field"], error["code"]) for error in answer["errors"]}
    assert found == {("streetAddress1", "REQUIRED"), ("postalCode", "INVALID")}
    assert answer["order"] is None


LIST = """query($w: OrderWhereInput, $f: Int, $a: String) {
  orders(first: $f, after: $a, where: $w, sortBy: {field: NUMBER, direction: ASC}) {
    totalCount pageInfo { hasNextPage endCursor }
    edges { node { externalReference number } } } }"""


def references(shop, token, where=None):
    """The ends of the references of this test's orders that are found."""
    mine = {"metadata": {"key": "furusato.cycle", "value": {"eq": shop.town.ref("2026-12")}}}
    found = shop.run(LIST, {"w": {"AND": [mine, where or {}]}, "f": 100}, token=token)["orders"]
    names = [edge["node"]["externalReference"] for edge in found["edges"]]
    return [name.removeprefix(shop.town.ref("")) for name in names]


@pytest.fixture
def three_orders(shop, installed):
    return [documents.order_made(shop, installed.token, f"fn:{n}") for n in range(3)]


def test_orders_are_found_by_what_is_known_of_them(shop, installed, three_orders):
    # given
    token = installed.token
    set_key = """mutation($id: ID!) { updateMetadata(id: $id, input: [{key: "furusato.part",
      value: "2"}]) { errors { code } } }"""
    shop.run(set_key, {"id": three_orders[1]}, token=token)
    shop.run(documents.CANCEL, {"id": three_orders[2]}, token=token)
    last = order(shop, token, "fn:2")["updatedAt"]
    everything = ["fn:0", "fn:1", "fn:2"]

    # when / then
    assert references(shop, token) == everything
    assert references(shop, token, {"status": {"eq": "CANCELED"}}) == ["fn:2"]
    assert references(shop, token, {"status": {"oneOf": ["UNFULFILLED"]}}) == ["fn:0", "fn:1"]
    key = {"key": "furusato.part"}
    assert references(shop, token, {"metadata": key}) == ["fn:1"]
    assert references(shop, token, {"metadata": {**key, "value": {"eq": "3"}}}) == []
    assert references(shop, token, {"ids": three_orders[:1]}) == ["fn:0"]
    assert references(shop, token, {"updatedAt": {"gte": last}}) == ["fn:2"]
    assert references(shop, token, {"chargeStatus": {"eq": "FULL"}}) == []
    assert references(shop, token, {"userEmail": {"eq": shop.hanako.email}}) == everything
    either = [{"ids": three_orders[:1]}, {"status": {"eq": "CANCELED"}}]
    assert references(shop, token, {"OR": either}) == ["fn:0", "fn:2"]


def test_drafts_are_not_among_the_orders(shop, installed):
    documents.draft(shop, installed.token, "fn:0")

    assert references(shop, installed.token) == []


def test_a_list_is_read_page_by_page(shop, installed, three_orders):
    # when
    token, seen, cursor, rounds = installed.token, [], None, 0
    where = {"metadata": {"key": "furusato.cycle", "value": {"eq": shop.town.ref("2026-12")}}}
    while rounds < 5:
        found = shop.run(LIST, {"f": 2, "a": cursor, "w": where}, token=token)["orders"]
        seen += [edge["node"]["externalReference"] for edge in found["edges"]]
        rounds, cursor = rounds + 1, found["pageInfo"]["endCursor"]
        if not found["pageInfo"]["hasNextPage"]:
            break

    # then
    assert seen == [shop.town.ref(f"fn:{n}") for n in range(3)]
    assert (rounds, found["totalCount"]) == (2, 3)


@pytest.mark.parametrize("paging", ["first: 101", "first: 0", "first: 1, last: 1"])
def test_a_list_wants_a_size_of_at_most_a_hundred(shop, installed, paging):
    answer = shop.post(
        f"{{ orders({paging}) {{ edges {{ node {{ id }} }} }} }}", token=installed.token
    )

    assert answer.status_code == 200
    assert answer.json()["data"] == {"orders": None}


def test_a_customer_finds_his_own_orders_only(shop, installed):
    # given
    token = installed.token
    jiro, saburo = (shop.register(installed, name) for name in ("jiro", "saburo"))
    for n in range(3):
        documents.order_made(shop, token, f"fn:{n}", email=jiro.email)
    mine = "{ me { orders(first: 10) { edges { node { externalReference } } } } }"

    # when
    hers = shop.run(mine, token=shop.token_of(jiro))["me"]["orders"]["edges"]
    his = shop.run(mine, token=shop.token_of(saburo))["me"]["orders"]["edges"]

    # then
    assert [edge["node"]["externalReference"] for edge in hers] == [
        shop.town.ref(f"fn:{n}") for n in (2, 1, 0)
    ]
    assert his == []


def test_an_order_is_given_a_reference_later(shop, installed, three_orders):
    update = """mutation($id: ID!, $r: String!) { orderUpdate(id: $id,
      input: {externalReference: $r}) { order { externalReference } errors { field code } } }"""

    free = shop.run(
        update, {"id": three_orders[0], "r": shop.town.ref("neu")}, token=installed.token
    )
    taken = {"id": three_orders[0], "r": shop.town.ref("fn:1")}
    taken = shop.run(update, taken, token=installed.token)

    assert free["orderUpdate"]["order"] == {"externalReference": shop.town.ref("neu")}
    assert taken["orderUpdate"]["errors"] == [{"field": "externalReference", "code": "UNIQUE"}]


def test_a_draft_can_be_removed_and_an_order_cannot(shop, installed, three_orders):
    delete = "mutation($id: ID!) { draftOrderDelete(id: $id) { errors { code } } }"
    draft = documents.draft(shop, installed.token, "fn:9")["order"]["id"]

    removed = shop.run(delete, {"id": draft}, token=installed.token)["draftOrderDelete"]
    refused = shop.run(delete, {"id": three_orders[0]}, token=installed.token)["draftOrderDelete"]

    assert removed["errors"] == []
    assert refused["errors"] == [{"code": "INVALID"}]
    assert order(shop, installed.token, "fn:9") is None
    assert order(shop, installed.token, "fn:0")["status"] == "UNFULFILLED"
