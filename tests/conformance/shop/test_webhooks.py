"""The handshake with an app, and webhooks: signed, tried again, listed when they fail."""

import json
import time

import pytest

from fixtures.shop import clock, manifests
from fixtures.shop.testing import running_shop
from tests.conformance.shop import documents
from tests.conformance.shop.fake_app import IDENTIFIER, PERMISSIONS, FakeApp

DELIVERIES = """query($s: EventDeliveryStatusEnum) { app { identifier webhooks { identifier
  eventDeliveries(first: 20, filter: {status: $s}, sortBy: {field: CREATED_AT, direction: DESC}) {
    edges { node { id eventType status payload
      attempts(first: 10) { totalCount edges { node { responseStatusCode } } } } } } } } }"""


def deliveries(shop, token, status="FAILED"):
    found = shop.run(DELIVERIES, {"s": status}, token=token)["app"]["webhooks"]
    return [edge["node"] for webhook in found for edge in webhook["eventDeliveries"]["edges"]]


def customer(shop, app, email="neu@example.jp"):
    """Makes exactly one event: CUSTOMER_CREATED."""
    created = shop.run(
        "mutation($e: String!) { customerCreate(input: {email: $e}) { errors { code } } }",
        {"e": email},
        token=app.token,
    )
    assert created["customerCreate"]["errors"] == []


def eventually(check, what):
    limit = time.monotonic() + 8
    while time.monotonic() < limit:
        found = check()
        if found:
            return found
        time.sleep(0.05)
    raise AssertionError(f"not in time: {what}")


def test_an_app_is_handed_its_token_with_the_shops_address(shop, app):
    # when
    answer = shop.control("install", {"manifestUrl": f"{app.origin}/manifest"})
    again = shop.control("install", {"manifestUrl": f"{app.origin}/manifest"})

    # then
    assert answer["identifier"] == IDENTIFIER
    assert (answer["installed"], again["installed"]) == (True, False)
    assert len(app.registered) == 1
    headers = app.registered[0]
    assert headers["Saleor-Api-Url"] == shop.api_url
    assert headers["Saleor-Domain"] == shop.origin.removeprefix("http://")
    assert headers["Saleor-Schema-Version"] == "3.23"
    assert len(app.token) == 30
    seen = shop.run("{ app { id identifier permissions { code } } }", token=app.token)["app"]
    assert (seen["id"], seen["identifier"]) == (answer["id"], IDENTIFIER)
    assert {item["code"] for item in seen["permissions"]} == set(PERMISSIONS)


def test_an_app_that_moved_is_followed_to_its_new_address(shop, installed):
    # given
    app_id = shop.run("{ app { id } }", token=installed.token)["app"]["id"]
    moved = FakeApp()

    # when
    try:
        answer = shop.control("install", {"manifestUrl": f"{moved.origin}/manifest"})
        customer(shop, moved)
        shop.settled()

        # then
        assert (answer["id"], answer["installed"]) == (app_id, False)
        assert len(moved.events("customer_created")) == 1
        assert installed.heard == []
        refused = shop.post("{ app { id } }", token=installed.token).json()
        assert refused["errors"][0]["extensions"]["exception"]["code"] == "PermissionDenied"
    finally:
        moved.stop()


def install_refused(shop, app):
    url = f"{shop.origin}/_control/install"
    answer = shop.http.post(url, json={"manifestUrl": f"{app.origin}/manifest"})
    assert answer.status_code == 422
    assert shop.control("state")["counts"]["apps"] == 0
    return answer.json()["error"]


def test_an_app_that_refuses_its_token_is_not_installed(shop, app):
    app.register_status = 403

    error = install_refused(shop, app)

    assert error["message"] == "not today"


@pytest.mark.parametrize(
    ("change", "field", "text"),
    [
        ({"id": ""}, "id", "id"),
        ({"permissions": ["MANAGE_MOON"]}, "permissions", "MANAGE_MOON"),
        ({"tokenTargetUrl": "http://my_app:8000/x"}, "tokenTargetUrl", "format"),
        (
            {
                "webhooks": [
                    {
                        "name": "w",
                        "targetUrl": "http://127.0.0.1:8000/w",
                        "query": "subscription { event { ... on FulfillmentCreated {"
                        " fulfillment { trackingUrl } } } }",
                    }
                ]
            },
            "webhooks",
            "trackingUrl",
        ),
        (
            {"extensions": [{"label": "x", "url": "/x", "mount": "M", "permissions": ["A"]}]},
            "extensions",
            "permissions",
        ),
    ],
)
def test_a_manifest_with_a_mistake_is_not_installed(shop, app, change, field, text):
    app.manifest_changes = change

    error = install_refused(shop, app)

    assert error["field"] == field
    assert text in error["message"]
    assert app.registered == []


def test_staff_install_an_app_from_the_dashboard(shop, app, staff):
    # given
    app.manifest_changes = {"permissions": ["MANAGE_ORDERS"], "webhooks": []}
    install = """mutation($u: String!, $p: [PermissionEnum!]) { appInstall(input: {
      appName: "Named by staff", manifestUrl: $u, permissions: $p}) {
      appInstallation { status } errors { field code } } }"""
    given = {"u": f"{app.origin}/manifest", "p": ["MANAGE_ORDERS"]}

    # when
    begun = shop.run(install, given, token=staff)["appInstall"]
    beyond = shop.run(install, {**given, "p": ["MANAGE_STAFF"]}, token=staff)["appInstall"]

    # then
    assert begun["appInstallation"] == {"status": "PENDING"}
    assert beyond["errors"] == [{"field": "permissions", "code": "OUT_OF_SCOPE_PERMISSION"}]
    eventually(lambda: app.token, "the token")
    seen = shop.run("{ app { name isActive extensions { label url } } }", token=app.token)["app"]
    assert (seen["name"], seen["isActive"]) == ("Named by staff", True)
    assert seen["extensions"] == [{"label": "会員", "url": "/page"}]


def test_an_installation_that_failed_says_why(shop, app, staff):
    # given
    app.register_status = 500

    # when
    shop.run(
        'mutation($u: String!) { appInstall(input: {appName: "x", manifestUrl: $u}) {'
        " errors { code } } }",
        {"u": f"{app.origin}/manifest"},
        token=staff,
    )

    # then
    read = "{ appsInstallations { status message } }"

    def failed():
        found = shop.run(read, token=staff)["appsInstallations"]
        return found if found and found[0]["status"] == "FAILED" else None

    (row,) = eventually(failed, "the failure")
    assert "not today" in row["message"]
    assert shop.control("state")["counts"]["apps"] == 0


def test_a_stopped_app_can_do_nothing_and_hears_nothing(shop, installed, staff):
    # given
    app_id = shop.run("{ app { id } }", token=installed.token)["app"]["id"]
    switch = "mutation($id: ID!) { %s(id: $id) { app { isActive } errors { code } } }"

    # when
    shop.run(switch % "appDeactivate", {"id": app_id}, token=staff)
    stopped = shop.post("{ app { id } }", token=installed.token).json()
    documents.draft(shop, staff, "fn:1")
    shop.run(switch % "appActivate", {"id": app_id}, token=staff)

    # then
    assert stopped["errors"][0]["extensions"]["exception"]["code"] == "PermissionDenied"
    assert installed.heard == []
    assert shop.run("{ app { id } }", token=installed.token)["app"] == {"id": app_id}
    shop.run(switch % "appDelete", {"id": app_id}, token=staff)
    assert shop.control("state")["counts"]["apps"] == 0


def test_a_webhook_carries_its_headers_and_a_signature_over_the_raw_body(shop, installed):
    # when
    customer(shop, installed)
    shop.settled()

    # then
    (heard,) = installed.events("customer_created")
    assert heard["path"] == "/hooks/other"
    assert heard["data"]["__typename"] == "CustomerCreated"
    assert heard["data"]["user"]["email"] == "neu@example.jp"
    for name in ("Event", "Domain", "Api-Url", "Signature"):
        assert heard["headers"][f"Saleor-{name}"] == heard["headers"][f"X-Saleor-{name}"]
    assert heard["headers"]["X-Fake"] == "yes"
    header = installed.signature_claims(heard)
    assert (header["b64"], header["crit"], header["alg"]) == (False, ["b64"], "RS256")
    head, middle, _ = heard["headers"]["Saleor-Signature"].split(".")
    assert head
    assert middle == ""
    with pytest.raises(Exception, match="verification"):
        installed.signature_claims({**heard, "body": heard["body"] + b" "})


def test_a_root_with_channels_is_sent_inside_data(shop, installed):
    # when
    order_id = documents.draft(shop, installed.token, "fn:1")["order"]["id"]
    shop.run(documents.DRAFT_COMPLETE, {"id": order_id}, token=installed.token)
    shop.settled()

    # then
    bodies = {item["path"]: item["data"] for item in installed.events("order_created")}
    assert bodies["/hooks/filtered"] == {"data": {"orderCreated": {"order": {"number": "1"}}}}
    assert bodies["/hooks/orders"]["order"]["externalReference"] == "fn:1"
    assert bodies["/hooks/orders"]["recipient"] == {"identifier": IDENTIFIER}
    assert bodies["/hooks/orders"]["version"] == "3.23"


def test_orders_are_shown_as_they_are_when_the_webhook_is_sent(shop, installed):
    # given
    shop.control("webhooks", {"event": "ORDER_CREATED", "action": "hold"})
    installed.answers["transaction_initialize_session"] = documents.charge_success()
    order_id = documents.draft(shop, installed.token, "fn:1")["order"]["id"]
    shop.run(documents.DRAFT_COMPLETE, {"id": order_id}, token=installed.token)
    given = {"id": order_id, "g": IDENTIFIER, "k": "k", "a": 3000}
    shop.run(documents.INITIALIZE, given, token=installed.token)

    # when
    assert installed.events("order_created") == []
    shop.control("webhooks", {"event": "ORDER_CREATED", "action": "release"})
    shop.settled()

    # then
    seen = [item for item in installed.events("order_created") if item["path"] == "/hooks/orders"]
    assert seen[0]["data"]["order"]["chargeStatus"] == "FULL"


def test_a_webhook_is_tried_six_times_with_the_same_body_and_then_listed(shop, installed):
    # given
    installed.statuses["customer_created"] = [503] * 6

    # when
    customer(shop, installed)
    (failed,) = eventually(lambda: deliveries(shop, installed.token), "the failure")

    # then
    heard = installed.events("customer_created")
    assert len(heard) == 6
    assert len({item["body"] for item in heard}) == 1
    assert failed["eventType"] == "CUSTOMER_CREATED"
    assert json.loads(failed["payload"])["user"]["email"] == "neu@example.jp"
    assert failed["attempts"]["totalCount"] == 6
    codes = {edge["node"]["responseStatusCode"] for edge in failed["attempts"]["edges"]}
    assert codes == {503}


@pytest.mark.parametrize("status", [400, 404, 302])
def test_a_refusal_is_not_tried_again(shop, installed, status):
    # given
    installed.statuses["customer_created"] = [status]

    # when
    customer(shop, installed)
    (failed,) = eventually(lambda: deliveries(shop, installed.token), "the failure")

    # then
    assert failed["attempts"]["totalCount"] == 1
    assert len(installed.events("customer_created")) == 1


def test_what_was_delivered_is_forgotten(shop, installed):
    # given
    installed.statuses["customer_created"] = [500]

    # when
    customer(shop, installed)
    shop.settled()

    # then
    assert len(installed.events("customer_created")) == 2
    assert shop.control("state")["counts"]["deliveries"] == 0


def test_staff_try_a_failed_delivery_once_more(shop, installed, staff):
    # given
    installed.statuses["customer_created"] = [404]
    customer(shop, installed)
    (failed,) = eventually(lambda: deliveries(shop, installed.token), "the failure")
    retry = "mutation($id: ID!) { eventDeliveryRetry(id: $id) { errors { code } } }"

    # when
    by_app = shop.post(retry, {"id": failed["id"]}, token=installed.token).json()
    by_staff = shop.run(retry, {"id": failed["id"]}, token=staff)
    shop.settled()

    # then
    assert by_app["errors"][0]["extensions"]["exception"]["code"] == "PermissionDenied"
    assert by_staff["eventDeliveryRetry"]["errors"] == []
    assert len(installed.events("customer_created")) == 2
    assert deliveries(shop, installed.token) == []


@pytest.mark.parametrize(("action", "times"), [("drop", 0), ("duplicate", 2)])
def test_a_webhook_can_be_lost_or_doubled_on_demand(shop, installed, action, times):
    # given
    shop.control("webhooks", {"event": "customer_created", "action": action})

    # when
    customer(shop, installed)
    shop.settled()
    customer(shop, installed, "next@example.jp")
    shop.settled()

    # then
    emails = [item["data"]["user"]["email"] for item in installed.events("customer_created")]
    assert emails == ["neu@example.jp"] * times + ["next@example.jp"]


def test_stock_that_runs_out_and_comes_back_is_told(shop, installed, staff):
    # given
    order_id = documents.draft(shop, installed.token, "fn:1", gift_count=5)["order"]["id"]

    # when
    shop.run(documents.DRAFT_COMPLETE, {"id": order_id}, token=installed.token)
    shop.settled()
    out = [item["data"] for item in installed.events("product_variant_out_of_stock")]
    shop.run(documents.CANCEL, {"id": order_id}, token=installed.token)
    shop.settled()
    back = [item["data"] for item in installed.events("product_variant_back_in_stock")]

    # then
    seen = {"productVariant": {"sku": "MIKAN"}, "warehouse": {"slug": "tanaka"}}
    assert out == [{"__typename": "ProductVariantOutOfStock", **seen}]
    assert back == [{"__typename": "ProductVariantBackInStock", **seen}]


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
    import httpx

    shop.control("faults", {"operation": "draftOrderCreate", "count": 1, **fault})
    channel = shop.run('{ channel(slug: "furusato") { id } }')["channel"]["id"]
    given = {"i": {"channelId": channel, "externalReference": "fn:1"}}

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


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"not json", 400),
        (b"[]", 400),
        (b'{"query": 5}', 400),
        (b'{"query": "{ nope }"}', 400),
        (b'{"query": "{ shop "}', 400),
        (b'{"query": "subscription { event { __typename } }"}', 400),
        (b'{"query": "query($i: ID!) { channel(id: $i) { id } }"}', 400),
        (b'{"query": "{ channel(id: \\"nonsense\\") { id } }"}', 200),
    ],
)
def test_what_cannot_be_run_is_a_bad_request_and_what_fails_is_not(shop, body, status):
    answer = shop.http.post(
        shop.api_url, content=body, headers={"Content-Type": "application/json"}
    )

    assert answer.status_code == status
    assert answer.json()["errors"][0]["message"]


def test_a_document_holds_four_mutations_at_most(shop):
    one = 'a%d: tokenVerify(token: "x") { isValid }'
    four = shop.post("mutation { " + " ".join(one % n for n in range(4)) + " }")
    five = shop.post("mutation { " + " ".join(one % n for n in range(5)) + " }")

    assert (four.status_code, five.status_code) == (200, 400)


def test_business_moments_follow_the_trials_clock(shop, installed, monkeypatch, tmp_path):
    # given
    path = tmp_path / "clock.json"
    path.write_text(json.dumps({"offset_s": 40 * 24 * 3600}), encoding="utf-8")
    monkeypatch.setenv("TRIAL_CLOCK_FILE", str(path))

    # when
    documents.draft(shop, installed.token, "fn:1")
    created = shop.run('{ order(externalReference: "fn:1") { created } }', token=installed.token)[
        "order"
    ]["created"]

    # then
    ahead = (clock.datetime.fromisoformat(created) - clock.datetime.now(clock.UTC)).days
    assert ahead in (39, 40)
    assert shop.sign_in("hanako@example.jp", "himitsu-hanako")
    assert shop.run("{ app { id } }", token=installed.token)["app"]


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
    import httpx

    asked = []

    def answer(request):
        asked.append(request.headers["Saleor-Schema-Version"])
        return httpx.Response(500)

    client = httpx.Client(transport=httpx.MockTransport(answer))
    with client, pytest.raises(manifests.ManifestError):
        manifests.fetch(client, "http://127.0.0.1/manifest")

    assert asked == ["3.23"] * 3
