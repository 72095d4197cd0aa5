"""The handshake with an app, and webhooks: signed, tried again, listed when they fail."""

import secrets

import pytest

from tests.conformance.shop import documents
from tests.conformance.shop.documents import refusal
from tests.conformance.shop.fake_app import PERMISSIONS
from tests.conformance.shop.shops import APP_INSTALL

DELIVERIES = """query($s: EventDeliveryStatusEnum) { app { identifier webhooks { identifier
  eventDeliveries(first: 20, filter: {status: $s}, sortBy: {field: CREATED_AT, direction: DESC}) {
    edges { node { id eventType status payload
      attempts(first: 10) { totalCount edges { node { responseStatusCode } } } } } } } } }"""


def deliveries(shop, token, status="FAILED"):
    found = shop.run(DELIVERIES, {"s": status}, token=token)["app"]["webhooks"]
    return [edge["node"] for webhook in found for edge in webhook["eventDeliveries"]["edges"]]


def customer(shop, app):
    """Makes exactly one event, CUSTOMER_CREATED, and returns the new customer's address."""
    email = f"neu-{secrets.token_hex(4)}@example.jp"
    created = shop.run(
        "mutation($e: String!) { customerCreate(input: {email: $e}) { errors { code } } }",
        {"e": email},
        token=app.token,
    )
    assert created["customerCreate"]["errors"] == []
    return email


def failures_of(shop, app, email):
    return [item for item in deliveries(shop, app.token) if email in item["payload"]]


def test_an_app_is_handed_its_token_with_the_shops_address(shop, app):
    # when
    app_id = shop.install(app)

    # then
    assert len(app.registered) == 1
    headers = app.registered[0]
    assert headers["Saleor-Api-Url"] == shop.api_url
    assert headers["Saleor-Domain"] == shop.origin.removeprefix("http://")
    assert headers["Saleor-Schema-Version"] == "3.23"
    assert len(app.token) == 30
    seen = shop.run("{ app { id identifier permissions { code } } }", token=app.token)["app"]
    assert (seen["id"], seen["identifier"]) == (app_id, app.identifier)
    assert {item["code"] for item in seen["permissions"]} == set(PERMISSIONS)


def failure_of(shop, app):
    """Asks for the installation and returns why it failed."""
    url = f"{app.origin}/manifest"
    given = {"appName": app.name, "manifestUrl": url, "permissions": app.permissions}
    shop.done(APP_INSTALL, {"i": given})
    read = "{ appsInstallations { status message manifestUrl } }"

    def failed():
        rows = shop.run(read, token=shop.staff)["appsInstallations"]
        return [
            row
            for row in rows
            if row["manifestUrl"] == given["manifestUrl"] and row["status"] == "FAILED"
        ]

    return shop.eventually(failed, "the failure")[0]["message"]


@pytest.mark.parametrize("status", [403, 500])
def test_an_app_that_refuses_its_token_is_not_installed(shop, app, status):
    app.register_status = status

    message = failure_of(shop, app)

    assert "not today" in message
    assert refusal(shop.post("{ app { id } }", token=app.token)) == "PermissionDenied"


@pytest.mark.parametrize(
    ("change", "text"),
    [
        ({"id": None}, "id"),
        ({"name": None}, "name"),
        ({"tokenTargetUrl": "http://my_app:8000/x"}, "tokenTargetUrl"),
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
            "trackingUrl",
        ),
        (
            {"extensions": [{"label": "x", "url": "/x", "mount": "M", "permissions": ["A"]}]},
            "permission",
        ),
    ],
)
def test_a_manifest_with_a_mistake_is_not_installed(shop, app, change, text):
    app.manifest_changes = change

    message = failure_of(shop, app)

    assert text in message
    assert app.registered == []


def test_staff_install_an_app_under_the_name_and_with_what_they_choose(shop, app):
    # given
    app.manifest_changes = {"permissions": ["MANAGE_ORDERS"], "webhooks": []}
    app.name = "Named by staff"
    app.permissions = ["MANAGE_ORDERS"]

    # when
    shop.install(app)

    # then
    seen = shop.run(
        "{ app { name isActive permissions { code } extensions { label url } } }", token=app.token
    )["app"]
    assert (seen["name"], seen["isActive"]) == ("Named by staff", True)
    assert seen["permissions"] == [{"code": "MANAGE_ORDERS"}]
    assert [item["label"] for item in seen["extensions"]] == ["会員"]


def test_a_stopped_app_can_do_nothing_and_hears_nothing(shop, app, staff):
    # given
    app_id = shop.install(app)
    switch = "mutation($id: ID!) { %s(id: $id) { app { isActive } errors { code } } }"

    # when
    shop.done(switch % "appDeactivate", {"id": app_id})
    stopped = shop.post("{ app { id } }", token=app.token)
    shop.done(documents.DRAFT_CREATE, {"i": {"channelId": shop.town.channel_id}})
    shop.done(switch % "appActivate", {"id": app_id})

    # then
    assert refusal(stopped) == "PermissionDenied"
    assert shop.run("{ app { id } }", token=app.token)["app"] == {"id": app_id}
    shop.settled(app)
    assert app.heard == []


def test_an_app_that_was_removed_comes_back_with_a_new_token(shop, app):
    # given
    first = shop.install(app)
    token = app.token

    # when
    shop.uninstall(first)
    refused = shop.post("{ app { id } }", token=token)
    second = shop.install(app)

    # then
    assert refusal(refused) == "PermissionDenied"
    assert (second != first, app.token != token) == (True, True)
    assert refusal(shop.post("{ app { id } }", token=token)) == "PermissionDenied"


def test_a_webhook_carries_its_headers_and_a_signature_over_the_raw_body(shop, installed):
    # when
    email = customer(shop, installed)
    shop.settled(installed)

    # then
    (heard,) = [
        x for x in installed.events("customer_created") if x["data"]["user"]["email"] == email
    ]
    assert heard["path"] == "/hooks/other"
    assert heard["data"]["__typename"] == "CustomerCreated"
    assert heard["headers"]["Saleor-Api-Url"] == shop.api_url
    for name in ("Event", "Domain", "Signature"):
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
    documents.order_made(shop, installed.token, "fn:1")
    shop.settled(installed)
    number = shop.run(
        "query($r: String!) { order(externalReference: $r) { number } }",
        {"r": shop.town.ref("fn:1")},
        token=installed.token,
    )["order"]["number"]

    # then
    bodies = {item["path"]: item["data"] for item in installed.events("order_created")}
    assert bodies["/hooks/filtered"] == {"data": {"orderCreated": {"order": {"number": number}}}}
    assert bodies["/hooks/orders"]["order"]["externalReference"] == shop.town.ref("fn:1")
    assert bodies["/hooks/orders"]["recipient"] == {"identifier": installed.identifier}
    assert bodies["/hooks/orders"]["version"] == shop.version


@pytest.mark.parametrize("status", [400, 404, 302])
def test_a_refusal_is_not_tried_again(shop, installed, status):
    # given
    installed.statuses["customer_created"] = [status]

    # when
    email = customer(shop, installed)
    (failed,) = shop.eventually(lambda: failures_of(shop, installed, email), "the failure")
    shop.settled(installed)

    # then
    assert failed["attempts"]["totalCount"] == 1
    assert len(installed.mails("customer_created", email)) == 1


def test_what_could_not_be_delivered_is_tried_again_and_then_forgotten(shop, installed):
    # given
    installed.statuses["customer_created"] = [500]

    # when
    email = customer(shop, installed)
    heard = shop.eventually(
        lambda: len(found := installed.mails("customer_created", email)) == 2 and found,
        "a second try",
    )
    shop.settled(installed)

    # then
    assert heard[0] == heard[1]
    assert failures_of(shop, installed, email) == []


def test_staff_try_a_failed_delivery_once_more(shop, installed, staff):
    # given
    installed.statuses["customer_created"] = [404]
    email = customer(shop, installed)
    (failed,) = shop.eventually(lambda: failures_of(shop, installed, email), "the failure")
    retry = "mutation($id: ID!) { eventDeliveryRetry(id: $id) { errors { code } } }"

    # when
    by_app = shop.post(retry, {"id": failed["id"]}, token=installed.token)
    by_staff = shop.run(retry, {"id": failed["id"]}, token=staff)
    shop.eventually(lambda: len(installed.mails("customer_created", email)) == 2, "another try")
    shop.settled(installed)

    # then
    assert refusal(by_app) == "PermissionDenied"
    assert by_staff["eventDeliveryRetry"]["errors"] == []
    assert failures_of(shop, installed, email) == []


def test_stock_that_runs_out_and_comes_back_is_told(shop, installed):
    # when
    order_id = documents.order_made(shop, installed.token, "fn:1", gift_count=5)
    shop.settled(installed)
    out = [item["data"] for item in installed.events("product_variant_out_of_stock")]
    shop.run(documents.CANCEL, {"id": order_id}, token=installed.token)
    shop.settled(installed)
    back = [item["data"] for item in installed.events("product_variant_back_in_stock")]

    # then
    seen = {
        "productVariant": {"sku": shop.town.variants["mikan"].sku},
        "warehouse": {"slug": shop.town.warehouses["tanaka"].slug},
    }
    assert out == [{"__typename": "ProductVariantOutOfStock", **seen}]
    assert back == [{"__typename": "ProductVariantBackInStock", **seen}]


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"not json", 400),
        (b"5", 400),
        (b'{"query": 5}', 400),
        (b'{"query": "{ nope }"}', 400),
        (b'{"query": "{ shop "}', 400),
        (b'{"query": "subscription { event { __typename } }"}', 200),
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
