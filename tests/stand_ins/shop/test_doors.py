"""Doors into the stand-in: its installer, webhooks held or lost on purpose, planned trouble."""

import json

import httpx
import pytest

from fixtures.shop import manifests
from fixtures.shop.testing import running_shop
from tests.conformance.shop import documents
from tests.conformance.shop.documents import refusal
from tests.conformance.shop.fake_app import FakeApp

CREATE = "mutation($e: String!) { customerCreate(input: {email: $e}) { errors { code } } }"
DELIVERIES = """{ app { webhooks {
  eventDeliveries(first: 20, filter: {status: FAILED},
      sortBy: {field: CREATED_AT, direction: DESC}) {
    edges { node { id eventType payload
      attempts(first: 10) { totalCount edges { node { responseStatusCode } } } } } } } } }"""


def customer(shop, app, email="neu@example.jp"):
    """Makes exactly one event: CUSTOMER_CREATED."""
    assert shop.run(CREATE, {"e": email}, token=app.token)["customerCreate"]["errors"] == []


def failures(shop, app):
    found = shop.run(DELIVERIES, token=app.token)["app"]["webhooks"]
    return [edge["node"] for webhook in found for edge in webhook["eventDeliveries"]["edges"]]


def test_the_installer_installs_an_app_once(shop, app):
    # when
    answer = shop.control("install", {"manifestUrl": f"{app.origin}/manifest"})
    again = shop.control("install", {"manifestUrl": f"{app.origin}/manifest"})

    # then
    assert answer["identifier"] == app.identifier
    assert (answer["installed"], again["installed"]) == (True, False)
    assert len(app.registered) == 1


@pytest.mark.parametrize(
    ("change", "field", "text"),
    [
        ({"permissions": ["MANAGE_MOON"]}, "permissions", "MANAGE_MOON"),
        ({"tokenTargetUrl": "http://my_app:8000/x"}, "tokenTargetUrl", "format"),
    ],
)
def test_the_installer_says_what_is_wrong_with_a_manifest(shop, app, change, field, text):
    app.manifest_changes = change
    url = f"{shop.origin}/_control/install"

    answer = shop.http.post(url, json={"manifestUrl": f"{app.origin}/manifest"})

    assert answer.status_code == 422
    assert answer.json()["error"]["field"] == field
    assert text in answer.json()["error"]["message"]
    assert app.registered == []
    assert shop.control("state")["counts"]["apps"] == 0


def test_an_app_that_moved_is_followed_to_its_new_address(shop, installed):
    # given
    app_id = shop.run("{ app { id } }", token=installed.token)["app"]["id"]
    moved = FakeApp()
    moved.identifier = installed.identifier

    # when
    try:
        answer = shop.control("install", {"manifestUrl": f"{moved.origin}/manifest"})
        customer(shop, moved)
        shop.client.settled()

        # then
        assert (answer["id"], answer["installed"]) == (app_id, False)
        assert len(moved.events("customer_created")) == 1
        assert installed.heard == []
        refused = shop.post("{ app { id } }", token=installed.token)
        assert refusal(refused) == "PermissionDenied"
    finally:
        moved.stop()


def test_orders_are_shown_as_they_are_when_the_webhook_is_sent(shop, installed):
    # given
    shop.control("webhooks", {"event": "ORDER_CREATED", "action": "hold"})
    installed.answers["transaction_initialize_session"] = documents.charge_success()
    order_id = documents.order_made(shop, installed.token, "fn:1")
    documents.pay(shop, installed, order_id, "k", 3000)

    # when
    assert installed.events("order_created") == []
    shop.control("webhooks", {"event": "ORDER_CREATED", "action": "release"})
    shop.client.settled()

    # then
    seen = [item for item in installed.events("order_created") if item["path"] == "/hooks/orders"]
    assert seen[0]["data"]["order"]["chargeStatus"] == "FULL"


def test_a_webhook_is_tried_six_times_with_the_same_body_and_then_listed(shop, installed):
    # given
    installed.statuses["customer_created"] = [503] * 6

    # when
    customer(shop, installed)
    (failed,) = shop.eventually(lambda: failures(shop, installed), "the failure")

    # then
    heard = installed.events("customer_created")
    assert len(heard) == 6
    assert len({item["body"] for item in heard}) == 1
    assert failed["eventType"] == "CUSTOMER_CREATED"
    assert json.loads(failed["payload"])["user"]["email"] == "neu@example.jp"
    assert failed["attempts"]["totalCount"] == 6
    codes = {edge["node"]["responseStatusCode"] for edge in failed["attempts"]["edges"]}
    assert codes == {503}


@pytest.mark.parametrize(("action", "times"), [("drop", 0), ("duplicate", 2)])
def test_a_webhook_can_be_lost_or_doubled_on_demand(shop, installed, action, times):
    # given
    shop.control("webhooks", {"event": "customer_created", "action": action})

    # when
    customer(shop, installed)
    shop.client.settled()
    customer(shop, installed, "next@example.jp")
    shop.client.settled()

    # then
    emails = [item["data"]["user"]["email"] for item in installed.events("customer_created")]
    assert emails == ["neu@example.jp"] * times + ["next@example.jp"]


@pytest.mark.parametrize(
    ("fault", "status"),
    [
        ({"kind": "status", "status": 503}, 503),
        ({"kind": "status", "status": 503, "when": "after"}, 503),
        ({"kind": "cut"}, None),
        ({"kind": "cut", "when": "after"}, None),
    ],
)
def test_trouble_comes_once_where_it_was_planned(shop, installed, fault, status):
    # given
    shop.control("faults", {"operation": "draftOrderCreate", "count": 1, **fault})
    given = {"i": {"channelId": shop.town.channel_id, "externalReference": "fn:1"}}

    # when
    if status is None:
        with pytest.raises(httpx.RemoteProtocolError):
            shop.post(documents.DRAFT_CREATE, given, token=installed.token)
    else:
        first = shop.post(documents.DRAFT_CREATE, given, token=installed.token)
        assert first.status_code == status
    second = shop.run(documents.DRAFT_CREATE, given, token=installed.token)["draftOrderCreate"]

    # then
    was_done = fault.get("when") == "after"
    assert [error["code"] for error in second["errors"]] == (["UNIQUE"] if was_done else [])
    assert shop.control("state")["counts"]["orders"] == 1


def test_webhooks_left_in_the_queue_are_sent_by_the_next_process(tmp_path):
    # given
    app = FakeApp()
    try:
        with running_shop(data=tmp_path) as first:
            first.control("install", {"manifestUrl": f"{app.origin}/manifest"})
            first.control("webhooks", {"event": "*", "action": "hold"})
            customer(first, app)
        assert app.events("customer_created") == []

        # when
        with running_shop(data=tmp_path) as second:
            second.settled()

        # then
        assert len(app.events("customer_created")) == 1
    finally:
        app.stop()


def test_a_manifest_is_asked_for_three_times(shop):
    asked = []

    def answer(request):
        asked.append(request.headers["Saleor-Schema-Version"])
        return httpx.Response(500)

    client = httpx.Client(transport=httpx.MockTransport(answer))
    with client, pytest.raises(manifests.ManifestError):
        manifests.fetch(client, "http://127.0.0.1/manifest")

    assert asked == ["3.23"] * 3
