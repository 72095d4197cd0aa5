"""What only a stand-in can do: clocks moved by hand, books of the whole shop, restarts."""

import json
import time

import pytest

from fixtures.shop import clock
from fixtures.shop.testing import seed_small, threaded_shop
from tests.conformance.shop import documents
from tests.conformance.shop.documents import refusal

ME = "{ me { email } }"


def test_an_expired_token_is_called_expired(shop, monkeypatch):
    # given
    real = time.time
    monkeypatch.setattr(clock, "real_s", lambda: real() - 400)
    old = shop.token_of(shop.hanako)
    monkeypatch.undo()

    # when
    answer = shop.post(ME, token=old)

    # then
    assert answer.status_code == 200
    assert refusal(answer) == "ExpiredSignatureError"


def test_an_address_waits_twice_as_long_after_each_failed_sign_in(shop, monkeypatch):
    # given
    moment = [1_000_000.0]
    monkeypatch.setattr(clock, "real_s", lambda: moment[0])
    sign_in = """mutation($e: String!, $p: String!) { tokenCreate(email: $e, password: $p) {
      token errors { code } } }"""

    def attempt(password, ip="10.1.1.1"):
        given = {"e": shop.hanako.email, "p": password}
        answer = shop.post(sign_in, given, client_ip=ip).json()["data"]["tokenCreate"]
        return documents.codes(answer)

    # when / then
    assert attempt("wrong") == ["INVALID_CREDENTIALS"]
    assert attempt("himitsu-hanako") == ["LOGIN_ATTEMPT_DELAYED"]
    assert attempt("himitsu-hanako", ip="10.1.1.2") == []
    moment[0] += 1.1
    assert attempt("wrong") == ["INVALID_CREDENTIALS"]
    moment[0] += 1.1
    assert attempt("himitsu-hanako") == ["LOGIN_ATTEMPT_DELAYED"]
    moment[0] += 1.1
    assert attempt("himitsu-hanako") == []
    assert attempt("himitsu-hanako") == []


def test_business_moments_follow_the_trials_clock(shop, installed, monkeypatch, tmp_path):
    # given
    path = tmp_path / "clock.json"
    path.write_text(json.dumps({"offset_s": 40 * 24 * 3600}), encoding="utf-8")
    monkeypatch.setenv("TRIAL_CLOCK_FILE", str(path))

    # when
    documents.draft(shop, installed.token, "fn:1")
    created = shop.run(
        "query($r: String!) { order(externalReference: $r) { created } }",
        {"r": shop.town.ref("fn:1")},
        token=installed.token,
    )["order"]["created"]

    # then
    ahead = (clock.datetime.fromisoformat(created) - clock.datetime.now(clock.UTC)).days
    assert ahead in (39, 40)
    assert shop.token_of(shop.hanako)
    assert shop.run("{ app { id } }", token=installed.token)["app"]


@pytest.fixture
def pay(shop, installed):
    installed.answers["transaction_initialize_session"] = documents.charge_success()
    return lambda source, amount: documents.pay(shop, installed, source, "k", amount)


def test_a_fully_paid_checkout_completes_itself_when_the_channel_says_so(shop, pay):
    # given
    shop.done(
        "mutation($id: ID!) { channelUpdate(id: $id, input: {checkoutSettings:"
        " {automaticCompletion: {enabled: true, delay: 0}}}) { errors { code } } }",
        {"id": shop.town.channel_id},
    )
    checkout = documents.checkout_ready(shop)
    pay(checkout, None)

    # when
    completed = shop.control("complete_checkouts", {})

    # then
    assert completed == {"completed": 1}
    order = shop.run(documents.COMPLETE, {"id": checkout})["checkoutComplete"]["order"]
    assert order["chargeStatus"] == "FULL"
    assert shop.control("state")["counts"]["orders"] == 1


def test_the_sums_by_day_are_those_of_the_charges(shop, installed, pay):
    # given
    order_id = documents.order_made(shop, installed.token, "fn:1")
    transaction = pay(order_id, 3000)["transaction"]["id"]
    report = """mutation($id: ID!) { transactionEventReport(id: $id, type: REFUND_SUCCESS,
      pspReference: "re_1", amount: 1000) { errors { code } } }"""

    # when
    shop.done(report, {"id": transaction}, token=installed.token)

    # then
    state = shop.control("state")
    assert list(state["charged_yen_by_day"].values()) == [3000]
    assert list(state["refunded_yen_by_day"].values()) == [1000]
    assert state["charged_yen"] == 2000


ORDER = '{ order(externalReference: "fn:1") { id } }'
DRAFT = """mutation($i: DraftOrderCreateInput!) { draftOrderCreate(input: $i) {
  order { id } errors { code } } }"""
STOCKS = """{ productVariant(sku: "MIKAN", channel: "furusato") {
  id stocks { quantity quantityAllocated } } }"""


def order_made(shop, staff, reference, count):
    variant = shop.run(STOCKS, token=staff)["productVariant"]["id"]
    given = {
        "channelId": shop.run('{ channel(slug: "furusato") { id } }')["channel"]["id"],
        "externalReference": reference,
        "billingAddress": documents.ADDRESS,
        "shippingAddress": documents.ADDRESS,
        "shippingMethod": "U2hpcHBpbmdNZXRob2Q6MQ==",
        "lines": [{"quantity": count, "variantId": variant}],
    }
    drafted = shop.run(DRAFT, {"i": given}, token=staff)["draftOrderCreate"]["order"]["id"]
    done = shop.run(documents.DRAFT_COMPLETE, {"id": drafted}, token=staff)["draftOrderComplete"]
    return done["order"]


def test_everything_is_found_again_after_a_restart(tmp_path):
    # given
    seed = seed_small()
    with threaded_shop(data=tmp_path, seed=seed) as first:
        staff = first.sign_in("sato@example.jp", "himitsu-sato")
        order_id = order_made(first, staff, "fn:1", 2)["id"]
        keys = first.http.get(f"{first.origin}/.well-known/jwks.json").json()

    # when
    seed["products"][1]["variants"][0]["stocks"][0]["quantity"] = 99
    seed["customers"][0]["password"] = "another-word"
    seed["customers"].append({"email": "neu@example.jp", "password": "himitsu-neu"})
    with threaded_shop(data=tmp_path, seed=seed) as second:
        staff = second.sign_in("sato@example.jp", "himitsu-sato")

        # then
        assert second.run(ORDER, token=staff)["order"]["id"] == order_id
        (row,) = second.run(STOCKS, token=staff)["productVariant"]["stocks"]
        assert row == {"quantity": 5, "quantityAllocated": 2}
        assert second.http.get(f"{second.origin}/.well-known/jwks.json").json() == keys
        assert second.sign_in("hanako@example.jp", "himitsu-hanako")
        assert second.sign_in("neu@example.jp", "himitsu-neu")
        assert order_made(second, staff, "fn:2", 1)["number"] == "2"
