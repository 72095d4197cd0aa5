"""Accounts, tokens and what a stranger may see."""

import itertools
import time

import httpx
import jwt
import pytest

from tests.conformance.shop import documents

REGISTER = """mutation($i: AccountRegisterInput!) { accountRegister(input: $i) {
  user { id email } requiresConfirmation errors { field code } } }"""
TOKEN = """mutation($e: String!, $p: String!, $a: String) {
  tokenCreate(email: $e, password: $p, audience: $a) {
    token refreshToken csrfToken user { id email isStaff } errors { field code } } }"""
REFRESH = """mutation($t: String!) { tokenRefresh(refreshToken: $t) {
  token user { email } errors { field code } } }"""
VERIFY = """mutation($t: String!) { tokenVerify(token: $t) {
  isValid user { email } payload errors { code } } }"""
ME = (
    "{ me { id email firstName isStaff userPermissions { code } orders(first: 5) { totalCount } } }"
)
SETTINGS = """mutation($i: ShopSettingsInput!) { shopSettingsUpdate(input: $i) {
  errors { code } } }"""


ADDRESSES = itertools.count()


def code_of(answer: httpx.Response) -> str:
    return str(answer.json()["errors"][0]["extensions"]["exception"]["code"])


def sign_in(shop, email, password, audience=None):
    given = {"e": email, "p": password, "a": audience}
    # every try comes from an address of its own, so that no failure delays the next one
    ip = f"10.0.0.{next(ADDRESSES) % 250 + 1}"
    return shop.post(TOKEN, given, client_ip=ip).json()["data"]["tokenCreate"]


def verified(shop, token, **options):
    keys = shop.http.get(f"{shop.origin}/.well-known/jwks.json").json()["keys"]
    kid = jwt.get_unverified_header(token)["kid"]
    key = next(jwt.PyJWK(entry) for entry in keys if entry["kid"] == kid)
    required = {"require": ["exp", "iat", "iss"]}
    return jwt.decode(
        token, key, algorithms=["RS256"], issuer=shop.api_url, options=required, **options
    )


def test_a_new_account_can_be_used_at_once(shop):
    # given
    given = {"email": "Jiro@Example.jp", "password": "himitsu-jiro", "firstName": "次郎"}

    # when
    answer = shop.run(REGISTER, {"i": given})["accountRegister"]
    token = shop.sign_in("jiro@example.jp", "himitsu-jiro")

    # then
    assert answer == {
        "user": {"id": "", "email": "jiro@example.jp"},
        "requiresConfirmation": False,
        "errors": [],
    }
    me = shop.run(ME, token=token)["me"]
    assert (me["email"], me["firstName"], me["isStaff"]) == ("jiro@example.jp", "次郎", False)


def test_nobody_learns_from_registering_whether_an_address_is_known(shop):
    # given
    given = {"password": "himitsu-other"}

    # when
    known = shop.run(REGISTER, {"i": {**given, "email": "hanako@example.jp"}})["accountRegister"]
    fresh = shop.run(REGISTER, {"i": {**given, "email": "neu@example.jp"}})["accountRegister"]

    # then
    assert {**known, "user": None} == {**fresh, "user": None}
    assert known["user"]["id"] == fresh["user"]["id"] == ""
    assert shop.sign_in("hanako@example.jp", "himitsu-hanako")
    assert shop.control("state")["counts"]["users"] == 4


@pytest.mark.parametrize(
    ("change", "field", "code"),
    [
        ({"password": "kurz"}, "password", "PASSWORD_TOO_SHORT"),
        ({"email": "no-address"}, "email", "INVALID"),
    ],
)
def test_a_registration_that_cannot_be_is_refused(shop, change, field, code):
    given = {"email": "jiro@example.jp", "password": "himitsu-jiro", **change}

    answer = shop.run(REGISTER, {"i": given})["accountRegister"]

    assert answer["errors"] == [{"field": field, "code": code}]
    assert shop.control("state")["counts"]["users"] == 3


def test_a_token_says_who_it_is_for_and_is_proved_by_the_published_keys(shop):
    # when
    answer = sign_in(shop, "hanako@example.jp", "himitsu-hanako", "storefront")

    # then
    claims = verified(shop, answer["token"], audience="custom:storefront")
    assert claims["type"] == "access"
    assert claims["owner"] == "saleor"
    assert claims["email"] == "hanako@example.jp"
    assert claims["user_id"] == answer["user"]["id"]
    assert claims["is_staff"] is False
    assert claims["exp"] - claims["iat"] == 300
    refresh = verified(shop, answer["refreshToken"], audience="custom:storefront")
    assert (refresh["type"], refresh["exp"] - refresh["iat"]) == ("refresh", 30 * 24 * 3600)
    assert refresh["csrfToken"] == answer["csrfToken"]


@pytest.mark.parametrize("email", ["hanako@example.jp", "nobody@example.jp"])
def test_a_wrong_password_and_an_unknown_address_are_answered_alike(shop, email):
    answer = sign_in(shop, email, "wrong-word")

    assert answer["token"] is None
    assert answer["errors"] == [{"field": "email", "code": "INVALID_CREDENTIALS"}]


def test_a_refresh_token_makes_a_new_access_token_and_nothing_else(shop):
    # given
    answer = sign_in(shop, "hanako@example.jp", "himitsu-hanako", "storefront")

    # when
    fresh = shop.run(REFRESH, {"t": answer["refreshToken"]})["tokenRefresh"]
    misused = shop.run(REFRESH, {"t": answer["token"]})["tokenRefresh"]
    used_to_read = shop.post(ME, token=answer["refreshToken"])

    # then
    claims = verified(shop, fresh["token"], audience="custom:storefront")
    assert claims["type"] == "access"
    assert misused["errors"] == [{"field": "refreshToken", "code": "JWT_INVALID_TOKEN"}]
    assert used_to_read.status_code == 200
    assert code_of(used_to_read) == "InvalidTokenError"


def test_verifying_knows_users_tokens_only(shop, installed, hanako):
    # when
    own = shop.run(VERIFY, {"t": hanako})["tokenVerify"]
    app = shop.run(VERIFY, {"t": installed.token})["tokenVerify"]

    # then
    assert own["isValid"] is True
    assert own["user"] == {"email": "hanako@example.jp"}
    assert own["payload"]["type"] == "access"
    assert app["isValid"] is False


def test_a_token_signed_by_another_key_is_not_believed(shop, hanako):
    claims = jwt.decode(hanako, options={"verify_signature": False})
    forged = jwt.encode({**claims, "is_staff": True}, "x" * 40, "HS256")

    answer = shop.post(ME, token=forged)

    assert answer.json()["data"] == {"me": None}
    assert code_of(answer) == "InvalidTokenError"


def test_all_tokens_of_an_account_can_be_ended(shop, hanako):
    # when
    shop.run("mutation { tokensDeactivateAll { errors { code } } }", token=hanako)

    # then
    assert code_of(shop.post(ME, token=hanako)) == "InvalidTokenError"
    assert shop.run(ME, token=shop.sign_in("hanako@example.jp", "himitsu-hanako"))["me"]


def test_an_account_waits_for_its_confirmation_when_the_shop_asks_for_one(shop, installed, staff):
    # given
    shop.run(SETTINGS, {"i": {"enableAccountConfirmationByEmail": True}}, token=staff)
    given = {"email": "jiro@example.jp", "password": "himitsu-jiro", "channel": "furusato"}

    # when
    without_url = shop.run(REGISTER, {"i": given})["accountRegister"]
    given["redirectUrl"] = "http://127.0.0.1/confirm?from=mail"
    registered = shop.run(REGISTER, {"i": given})["accountRegister"]
    early = sign_in(shop, "jiro@example.jp", "himitsu-jiro")
    shop.settled()
    (asked,) = installed.events("account_confirmation_requested")
    confirm = 'mutation($t: String!) { confirmAccount(email: "jiro@example.jp", token: $t)'
    confirm += " { user { isConfirmed } errors { code } } }"
    wrong = shop.run(confirm, {"t": "not-it"})["confirmAccount"]
    right = shop.run(confirm, {"t": asked["data"]["token"]})["confirmAccount"]
    again = shop.run(confirm, {"t": asked["data"]["token"]})["confirmAccount"]

    # then
    assert without_url["errors"] == [{"field": "redirectUrl", "code": "REQUIRED"}]
    assert registered["requiresConfirmation"] is True
    assert early["errors"] == [{"field": "email", "code": "ACCOUNT_NOT_CONFIRMED"}]
    assert asked["data"]["redirectUrl"].startswith("http://127.0.0.1/confirm?from=mail&email=jiro")
    assert asked["data"]["channel"] == {"slug": "furusato"}
    assert wrong["errors"] == [{"code": "INVALID"}]
    assert right == {"user": {"isConfirmed": True}, "errors": []}
    assert again["errors"] == [{"code": "INVALID"}]
    assert shop.sign_in("jiro@example.jp", "himitsu-jiro")


def test_a_forgotten_password_is_set_anew_with_a_token(shop, hanako):
    # given
    ask = """mutation($e: String!) { requestPasswordReset(email: $e, channel: "furusato",
      redirectUrl: "http://127.0.0.1/new") { errors { code } } }"""
    set_password = """mutation($t: String!) { setPassword(email: "hanako@example.jp", token: $t,
      password: "atarashii-1") { token user { email } errors { field code } } }"""

    # when
    for email in ("hanako@example.jp", "nobody@example.jp"):
        assert shop.run(ask, {"e": email})["requestPasswordReset"]["errors"] == []
    token = shop.control("account_token", {"email": "hanako@example.jp"})["token"]
    done = shop.run(set_password, {"t": token})["setPassword"]
    again = shop.run(set_password, {"t": token})["setPassword"]

    # then
    assert done["user"] == {"email": "hanako@example.jp"}
    assert shop.run(ME, token=done["token"])["me"]["email"] == "hanako@example.jp"
    assert again["errors"] == [{"field": "token", "code": "INVALID"}]
    assert code_of(shop.post(ME, token=hanako)) == "InvalidTokenError"
    assert sign_in(shop, "hanako@example.jp", "himitsu-hanako")["token"] is None


def test_a_password_is_changed_by_who_knows_the_old_one(shop, hanako):
    change = """mutation($o: String!, $n: String!) { passwordChange(oldPassword: $o,
      newPassword: $n) { user { email } errors { field code } } }"""

    wrong = shop.run(change, {"o": "guess", "n": "atarashii-1"}, token=hanako)["passwordChange"]
    right = shop.run(change, {"o": "himitsu-hanako", "n": "atarashii-1"}, token=hanako)

    assert wrong["errors"] == [{"field": "oldPassword", "code": "INVALID_CREDENTIALS"}]
    assert right["passwordChange"]["errors"] == []
    assert shop.sign_in("hanako@example.jp", "atarashii-1")


STRANGER = [
    '{ user(email: "hanako@example.jp") { id } }',
    "{ customers(first: 1) { totalCount } }",
    "{ orders(first: 1) { totalCount } }",
    '{ order(externalReference: "fn:1:1") { id } }',
    "{ warehouses(first: 1) { totalCount } }",
    "{ stocks(first: 1) { totalCount } }",
    '{ productVariant(sku: "MIKAN", channel: "furusato") { stocks { quantity } } }',
    "{ channels { id } }",
    "{ app { id } }",
    "{ shop { version } }",
    "{ shippingZones(first: 1) { totalCount } }",
    'mutation { draftOrderCreate(input: {channelId: "Q2hhbm5lbDox"}) { errors { code } } }',
    'mutation { orderCancel(id: "T3JkZXI6MQ==") { errors { code } } }',
    "mutation { shopSettingsUpdate(input: {}) { errors { code } } }",
    'mutation { appInstall(input: {appName: "x", manifestUrl: "x"}) { errors { code } } }',
    'mutation { updatePrivateMetadata(id: "VXNlcjoy", input: []) { errors { code } } }',
    'mutation { updateMetadata(id: "VXNlcjoy", input: []) { errors { code } } }',
]


@pytest.mark.parametrize("who", ["nobody", "a customer"])
def test_what_is_for_staff_and_apps_is_refused_to(shop, who):
    token = "" if who == "nobody" else shop.sign_in("taro@example.jp", "himitsu-taro")

    for document in STRANGER:
        answer = shop.post(document, token=token)
        assert answer.status_code == 200, document
        assert code_of(answer) == "PermissionDenied", document


def test_nobody_reads_the_money_or_the_owner_of_an_order_by_its_id(shop, installed):
    # given
    draft = documents.draft(shop, installed.token, "fn:1:1")["order"]

    # when
    transactions = shop.post(
        "query($id: ID!) { order(id: $id) { transactions { id } } }", {"id": draft["id"]}
    )
    owner = shop.post("query($id: ID!) { order(id: $id) { user { id } } }", {"id": draft["id"]})

    # then
    assert code_of(transactions) == "PermissionDenied"
    assert code_of(owner) == "PermissionDenied"


def test_a_customer_writes_his_public_metadata_and_never_sees_the_private(shop, installed, hanako):
    # given
    write = """mutation($id: ID!, $k: String!) { updateMetadata(id: $id,
      input: [{key: $k, value: "1"}]) { item { metadata { key value } } errors { code } } }"""
    private = """mutation($id: ID!) { updatePrivateMetadata(id: $id,
      input: [{key: "age_checked", value: "1"}]) { errors { code } } }"""
    user_id = shop.run("{ me { id } }", token=hanako)["me"]["id"]

    # when
    own = shop.run(write, {"id": user_id, "k": "nickname"}, token=hanako)["updateMetadata"]
    by_app = shop.run(private, {"id": user_id}, token=installed.token)
    by_herself = shop.post(private, {"id": user_id}, token=hanako)
    read = shop.post("{ me { privateMetadata { key } } }", token=hanako)

    # then
    assert own["item"]["metadata"] == [{"key": "nickname", "value": "1"}]
    assert by_app["updatePrivateMetadata"]["errors"] == []
    assert code_of(by_herself) == "PermissionDenied"
    assert code_of(read) == "PermissionDenied"


def test_a_customers_metadata_can_be_read_one_by_one_and_removed(shop, installed, hanako):
    # given
    user_id = shop.run("{ me { id } }", token=hanako)["me"]["id"]
    shop.run(
        'mutation($id: ID!) { updateMetadata(id: $id, input: [{key: "a", value: "1"},'
        ' {key: "b", value: "2"}]) { errors { code } } }',
        {"id": user_id},
        token=hanako,
    )

    # when
    seen = shop.run('{ me { metafield(key: "a") metafields(keys: ["b", "c"]) } }', token=hanako)
    shop.run(
        'mutation($id: ID!) { deleteMetadata(id: $id, keys: ["a"]) { errors { code } } }',
        {"id": user_id},
        token=hanako,
    )

    # then
    assert seen["me"] == {"metafield": "1", "metafields": {"b": "2"}}
    assert shop.run("{ me { metadata { key } } }", token=hanako)["me"]["metadata"] == [{"key": "b"}]


def test_staff_open_and_change_an_account_for_a_customer(shop, installed, staff):
    # given
    create = """mutation($i: UserCreateInput!) { customerCreate(input: $i) {
      user { id email isConfirmed externalReference } errors { field code } } }"""
    update = """mutation($id: ID!, $i: CustomerInput!) { customerUpdate(id: $id, input: $i) {
      user { firstName note defaultShippingAddress { city } } errors { field code } } }"""
    given = {"email": "jiro@example.jp", "externalReference": "member:9", "isConfirmed": True}

    # when
    created = shop.run(create, {"i": given}, token=staff)["customerCreate"]
    twice = shop.run(create, {"i": given}, token=staff)["customerCreate"]
    change = {"firstName": "次郎", "note": "電話", "defaultShippingAddress": documents.ADDRESS}
    changed = shop.run(update, {"id": created["user"]["id"], "i": change}, token=staff)

    # then
    assert created["user"]["isConfirmed"] is False
    assert created["user"]["externalReference"] == "member:9"
    assert twice["errors"] == [{"field": "email", "code": "UNIQUE"}]
    assert changed["customerUpdate"]["user"] == {
        "firstName": "次郎",
        "note": "電話",
        "defaultShippingAddress": {"city": "中央区"},
    }
    shop.settled()
    assert [item["data"]["user"]["email"] for item in installed.events("customer_updated")] == [
        "jiro@example.jp"
    ]


def test_an_expired_token_is_called_expired(shop, hanako, monkeypatch):
    # given
    from fixtures.shop import clock

    real = time.time
    monkeypatch.setattr(clock, "real_s", lambda: real() - 400)
    old = shop.sign_in("hanako@example.jp", "himitsu-hanako")
    monkeypatch.undo()

    # when
    answer = shop.post(ME, token=old)

    # then
    assert answer.status_code == 200
    assert code_of(answer) == "ExpiredSignatureError"


def test_staff_see_what_they_may_do(shop, staff):
    me = shop.run(ME, token=staff)["me"]

    assert me["isStaff"] is True
    assert {"code": "MANAGE_ORDERS"} in me["userPermissions"]


def test_a_token_for_the_apps_page_carries_what_both_may_do(shop, installed):
    # when
    answer = shop.control("extension_token", {"email": "sato@example.jp"})

    # then
    claims = verified(shop, answer["token"], audience="fake-audience")
    assert claims["type"] == "thirdparty"
    assert claims["app"] == answer["appId"]
    assert "MANAGE_SETTINGS" not in claims["permissions"]
    assert "MANAGE_SETTINGS" in claims["user_permissions"]
    assert set(claims["permissions"]) <= set(claims["user_permissions"])
    assert "HANDLE_CHECKOUTS" not in claims["permissions"]
    denied = shop.post(
        "mutation { shopSettingsUpdate(input: {}) { errors { code } } }", token=answer["token"]
    )
    assert code_of(denied) == "PermissionDenied"
    assert shop.run("{ orders(first: 1) { totalCount } }", token=answer["token"])


def test_failed_sign_ins_make_an_address_wait_and_no_other(shop, monkeypatch):
    # given
    from fixtures.shop import clock

    moment = [1_000_000.0]
    monkeypatch.setattr(clock, "real_s", lambda: moment[0])

    def attempt(password, ip="10.1.1.1", email="hanako@example.jp"):
        given = {"e": email, "p": password}
        answer = shop.post(TOKEN, given, client_ip=ip).json()["data"]["tokenCreate"]
        return [error["code"] for error in answer["errors"]]

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


def test_a_password_mail_is_asked_for_once_in_a_quarter_of_an_hour(shop, installed):
    # given
    ask = """mutation { requestPasswordReset(email: "hanako@example.jp", channel: "furusato",
      redirectUrl: "http://127.0.0.1/new") { errors { code } } }"""

    # when
    answers = [shop.run(ask)["requestPasswordReset"] for _ in range(2)]
    shop.settled()

    # then
    assert answers == [{"errors": []}] * 2
    assert len(installed.events("account_set_password_requested")) == 1
