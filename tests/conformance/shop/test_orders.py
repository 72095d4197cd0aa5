"""Drafts, orders and the search for them."""

import pytest

from fixtures.shop.testing import seed_small, threaded_shop
from tests.conformance.shop import documents
from tests.conformance.shop.fake_app import IDENTIFIER


def complete(shop, token, order_id):
    return shop.run(documents.DRAFT_COMPLETE, {"id": order_id}, token=token)["draftOrderComplete"]


def order(shop, token, reference):
    return shop.run(documents.ORDER, {"r": reference}, token=token)["order"]


def pay(shop, token, order_id, key, amount=3000):
    given = {"id": order_id, "g": IDENTIFIER, "k": key, "a": amount}
    return shop.run(documents.INITIALIZE, given, token=token)["transactionInitialize"]


def test_a_month_is_drafted_completed_and_paid(shop, installed):
    # given
    installed.answers["transaction_initialize_session"] = documents.charge_success()
    token = installed.token

    # when
    drafted = documents.draft(shop, token, "fn:m-1:1")
    unpaid = complete(shop, token, drafted["order"]["id"])
    answers = [pay(shop, token, drafted["order"]["id"], "fn:m-1:1") for _ in range(3)]

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
        "TIER-5000": [],
        "MIKAN": [{"quantity": 1, "warehouse": {"slug": "tanaka"}}],
    }
    assert {answer["transactionEvent"]["type"] for answer in answers} == {"CHARGE_SUCCESS"}
    seen = order(shop, token, "fn:m-1:1")
    assert (seen["chargeStatus"], seen["isPaid"]) == ("FULL", True)
    assert seen["totalCharged"] == {"amount": 3000.0}
    assert [t["pspReference"] for t in seen["transactions"]] == ["pi_fn:m-1:1"]
    shop.settled()
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
    assert shop.control("state")["counts"]["orders"] == 1


def test_a_draft_promises_nothing_and_completing_more_than_there_is_is_refused(
    shop, installed, staff
):
    # given
    token = installed.token
    drafts = [documents.draft(shop, token, f"fn:{n}", gift_count=2)["order"] for n in range(3)]
    assert documents.stock(shop, staff, "mikan") == (5, 0)

    # when
    answers = [complete(shop, token, draft["id"]) for draft in drafts]

    # then
    codes = [[error["code"] for error in answer["errors"]] for answer in answers]
    assert codes == [[], [], ["INSUFFICIENT_STOCK"]]
    assert answers[2]["errors"][0]["variants"] == [documents.variant_id(shop, "mikan")]
    assert documents.stock(shop, staff, "mikan") == (5, 4)
    assert order(shop, token, "fn:2")["status"] == "DRAFT"


def test_cancelling_frees_the_stock(shop, installed, staff):
    # given
    token = installed.token
    order_id = documents.draft(shop, token, "fn:1", gift_count=3)["order"]["id"]
    complete(shop, token, order_id)

    # when
    cancelled = shop.run(documents.CANCEL, {"id": order_id}, token=token)["orderCancel"]
    again = shop.run(documents.CANCEL, {"id": order_id}, token=token)["orderCancel"]

    # then
    assert cancelled == {"order": {"status": "CANCELED"}, "errors": []}
    assert [error["code"] for error in again["errors"]] == ["CANNOT_CANCEL_ORDER"]
    assert documents.stock(shop, staff, "mikan") == (5, 0)
    shop.settled()
    assert len(installed.events("order_cancelled")) == 1


def test_a_draft_without_address_or_delivery_is_not_completed(shop, installed):
    # given
    token = installed.token
    channel = shop.run('{ channel(slug: "furusato") { id } }')["channel"]["id"]
    line = {"quantity": 1, "variantId": documents.variant_id(shop, "mikan")}
    given = {"channelId": channel, "lines": [line]}
    draft = shop.run(documents.DRAFT_CREATE, {"i": given}, token=token)["draftOrderCreate"]["order"]
    update = """mutation($id: ID!, $i: DraftOrderInput!) { draftOrderUpdate(id: $id, input: $i) {
      order { shippingMethods { id name } } errors { code } } }"""

    def change(**values):
        answer = shop.run(update, {"id": draft["id"], "i": values}, token=token)
        assert answer["draftOrderUpdate"]["errors"] == []
        return answer["draftOrderUpdate"]["order"]

    # when
    codes = [complete(shop, token, draft["id"])["errors"][0]["code"]]
    methods = change(shippingAddress=documents.ADDRESS)["shippingMethods"]
    codes.append(complete(shop, token, draft["id"])["errors"][0]["code"])
    change(shippingMethod=methods[0]["id"])
    codes.append(complete(shop, token, draft["id"])["errors"][0]["code"])
    change(billingAddress=documents.ADDRESS)
    done = complete(shop, token, draft["id"])

    # then
    assert draft["shippingMethods"] == []
    assert [method["name"] for method in methods] == ["送料込み"]
    assert codes == [
        "ORDER_NO_SHIPPING_ADDRESS",
        "SHIPPING_METHOD_REQUIRED",
        "BILLING_ADDRESS_NOT_SET",
    ]
    assert done["errors"] == []


def test_an_unfinished_address_is_refused_field_by_field(shop, installed):
    # given
    channel = shop.run('{ channel(slug: "furusato") { id } }')["channel"]["id"]
    address = {**documents.ADDRESS, "city": "", "postalCode": "12"}

    # when
    answer = shop.run(
        documents.DRAFT_CREATE,
        {"i": {"channelId": channel, "billingAddress": address}},
        token=installed.token,
    )["draftOrderCreate"]

    # then
    found = [(error["field"], error["code"]) for error in answer["errors"]]
    assert found == [("city", "REQUIRED"), ("postalCode", "INVALID")]
    assert shop.control("state")["counts"]["orders"] == 0


LIST = """query($w: OrderWhereInput, $f: Int, $a: String) {
  orders(first: $f, after: $a, where: $w, sortBy: {field: NUMBER, direction: ASC}) {
    totalCount pageInfo { hasNextPage endCursor }
    edges { node { externalReference number } } } }"""


def references(shop, token, where=None, **paging):
    given = {"w": where, "f": 100, **paging}
    found = shop.run(LIST, given, token=token)["orders"]
    return [edge["node"]["externalReference"] for edge in found["edges"]]


@pytest.fixture
def three_orders(shop, installed):
    ids = []
    for number in range(3):
        drafted = documents.draft(shop, installed.token, f"fn:{number}")["order"]
        ids.append(drafted["id"])
        complete(shop, installed.token, drafted["id"])
    return ids


def test_orders_are_found_by_what_is_known_of_them(shop, installed, three_orders):
    # given
    token = installed.token
    shop.run(
        'mutation($id: ID!) { updateMetadata(id: $id, input: [{key: "furusato.cycle",'
        ' value: "2027-01"}]) { errors { code } } }',
        {"id": three_orders[1]},
        token=token,
    )
    shop.run(documents.CANCEL, {"id": three_orders[2]}, token=token)
    middle = order(shop, token, "fn:2")["updatedAt"]
    everything = ["fn:0", "fn:1", "fn:2"]

    # when / then
    assert references(shop, token) == everything
    assert references(shop, token, {"status": {"eq": "CANCELED"}}) == ["fn:2"]
    assert references(shop, token, {"status": {"oneOf": ["UNFULFILLED"]}}) == ["fn:0", "fn:1"]
    key = {"key": "furusato.cycle"}
    assert references(shop, token, {"metadata": key}) == everything
    assert references(shop, token, {"metadata": {**key, "value": {"eq": "2027-01"}}}) == ["fn:1"]
    assert references(shop, token, {"ids": three_orders[:1]}) == ["fn:0"]
    assert references(shop, token, {"updatedAt": {"gte": middle}}) == ["fn:2"]
    assert references(shop, token, {"chargeStatus": {"eq": "FULL"}}) == []
    assert references(shop, token, {"userEmail": {"eq": "hanako@example.jp"}}) == everything
    either = [{"ids": three_orders[:1]}, {"status": {"eq": "CANCELED"}}]
    assert references(shop, token, {"OR": either}) == ["fn:0", "fn:2"]


def test_drafts_are_not_among_the_orders(shop, installed):
    documents.draft(shop, installed.token, "fn:0")

    assert references(shop, installed.token) == []


def test_a_list_is_read_page_by_page(shop, installed, three_orders):
    # when
    token, seen, cursor, rounds = installed.token, [], None, 0
    while rounds < 5:
        found = shop.run(LIST, {"f": 2, "a": cursor}, token=token)["orders"]
        seen += [edge["node"]["externalReference"] for edge in found["edges"]]
        rounds, cursor = rounds + 1, found["pageInfo"]["endCursor"]
        if not found["pageInfo"]["hasNextPage"]:
            break

    # then
    assert (seen, rounds, found["totalCount"]) == (["fn:0", "fn:1", "fn:2"], 2, 3)


@pytest.mark.parametrize("paging", ["first: 101", "first: 0", "first: 1, last: 1", 'channel: "x"'])
def test_a_list_wants_a_size_of_at_most_a_hundred(shop, installed, paging):
    answer = shop.post(f"{{ orders({paging}) {{ totalCount }} }}", token=installed.token)

    assert answer.status_code == 200
    assert answer.json()["data"] == {"orders": None}


def test_a_customer_finds_his_own_orders_only(shop, installed, three_orders, hanako):
    # given
    taro = shop.sign_in("taro@example.jp", "himitsu-taro")
    mine = "{ me { orders(first: 10) { edges { node { externalReference } } } } }"

    # when
    hers = shop.run(mine, token=hanako)["me"]["orders"]["edges"]
    his = shop.run(mine, token=taro)["me"]["orders"]["edges"]

    # then
    assert [edge["node"]["externalReference"] for edge in hers] == ["fn:2", "fn:1", "fn:0"]
    assert his == []


def test_an_order_is_given_a_reference_later(shop, installed, three_orders):
    update = """mutation($id: ID!, $r: String!) { orderUpdate(id: $id,
      input: {externalReference: $r}) { order { externalReference } errors { field code } } }"""

    free = shop.run(update, {"id": three_orders[0], "r": "neu"}, token=installed.token)
    taken = shop.run(update, {"id": three_orders[0], "r": "fn:1"}, token=installed.token)

    assert free["orderUpdate"]["order"] == {"externalReference": "neu"}
    assert taken["orderUpdate"]["errors"] == [{"field": "externalReference", "code": "UNIQUE"}]


def test_a_draft_can_be_removed_and_an_order_cannot(shop, installed, three_orders):
    delete = "mutation($id: ID!) { draftOrderDelete(id: $id) { errors { code } } }"
    draft = documents.draft(shop, installed.token, "fn:9")["order"]["id"]

    removed = shop.run(delete, {"id": draft}, token=installed.token)["draftOrderDelete"]
    refused = shop.run(delete, {"id": three_orders[0]}, token=installed.token)["draftOrderDelete"]

    assert removed["errors"] == []
    assert refused["errors"] == [{"code": "INVALID"}]
    assert shop.control("state")["counts"]["orders"] == 3


def test_everything_is_found_again_after_a_restart(tmp_path):
    # given
    seed = seed_small()
    with threaded_shop(data=tmp_path, seed=seed) as first:
        staff = first.sign_in("sato@example.jp", "himitsu-sato")
        order_id = documents.draft(first, staff, "fn:1", gift_count=2)["order"]["id"]
        complete(first, staff, order_id)
        keys = first.http.get(f"{first.origin}/.well-known/jwks.json").json()

    # when
    seed["products"][1]["variants"][0]["stocks"][0]["quantity"] = 99
    seed["customers"][0]["password"] = "another-word"
    seed["customers"].append({"email": "neu@example.jp", "password": "himitsu-neu"})
    with threaded_shop(data=tmp_path, seed=seed) as second:
        staff = second.sign_in("sato@example.jp", "himitsu-sato")

        # then
        assert order(second, staff, "fn:1")["id"] == order_id
        assert documents.stock(second, staff, "mikan") == (5, 2)
        assert second.http.get(f"{second.origin}/.well-known/jwks.json").json() == keys
        assert second.sign_in("hanako@example.jp", "himitsu-hanako")
        assert second.sign_in("neu@example.jp", "himitsu-neu")
        next_draft = documents.draft(second, staff, "fn:2")["order"]
        assert complete(second, staff, next_draft["id"])["order"]["number"] == "2"
