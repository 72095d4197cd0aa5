"""Accounts, tokens and what a stranger may see."""

import secrets

import jwt
import pytest

from tests.conformance.shop import documents
from tests.conformance.shop.documents import refusal
from tests.conformance.shop.shops import CONFIRM, REDIRECT_URL

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


def somewhere():
    """An address nobody else signs in from, so that no failure delays the next one."""
    return "10." + ".".join(str(secrets.randbelow(250) + 1) for _ in range(3))


def sign_in(shop, email, password, audience=None, *, ip=""):
    given = {"e": email, "p": password, "a": audience}
    return shop.post(TOKEN, given, client_ip=ip or somewhere()).json()["data"]["tokenCreate"]


def verified(shop, token, **options):
    keys = shop.http.get(f"{shop.origin}/.well-known/jwks.json").json()["keys"]
    kid = jwt.get_unverified_header(token)["kid"]
    key = next(jwt.PyJWK(entry) for entry in keys if entry["kid"] == kid)
    required = {"require": ["exp", "iat", "iss"]}
    return jwt.decode(
        token, key, algorithms=["RS256"], issuer=shop.api_url, options=required, **options
    )


@pytest.fixture
def given(shop):
    """A registration nobody has made yet."""
    return {
        "email": f"jiro-{secrets.token_hex(4)}@example.jp",
        "password": "himitsu-jiro",
        "firstName": "次郎",
        "channel": shop.town.channel,
        "redirectUrl": REDIRECT_URL,
    }


def test_a_new_account_can_be_used_at_once(shop, given, shop_settings):
    # given
    shop_settings(enableAccountConfirmationByEmail=False)
    written = {**given, "email": given["email"].replace("jiro", "Jiro")}

    # when
    answer = shop.run(REGISTER, {"i": written})["accountRegister"]
    token = shop.eventually(
        lambda: sign_in(shop, given["email"], "himitsu-jiro")["token"], "the account"
    )

    # then
    assert answer == {
        "user": {"id": "", "email": given["email"]},
        "requiresConfirmation": False,
        "errors": [],
    }
    me = shop.run(ME, token=token)["me"]
    assert (me["email"], me["firstName"], me["isStaff"]) == (given["email"], "次郎", False)


def test_nobody_learns_from_registering_whether_an_address_is_known(shop, installed, given):
    # given
    known = {**given, "email": shop.hanako.email, "password": "himitsu-other"}

    # when
    known = shop.run(REGISTER, {"i": known})["accountRegister"]
    fresh = shop.run(REGISTER, {"i": given})["accountRegister"]

    # then
    assert {**known, "user": None} == {**fresh, "user": None}
    assert known["user"]["id"] == fresh["user"]["id"] == ""
    assert shop.token_of(shop.hanako)


@pytest.mark.parametrize(
    ("change", "field", "code"),
    [
        ({"password": "kurz"}, "password", "PASSWORD_TOO_SHORT"),
        ({"email": "no-address"}, "email", "INVALID"),
    ],
)
def test_a_registration_that_cannot_be_is_refused(shop, given, change, field, code):
    answer = shop.run(REGISTER, {"i": {**given, **change}})["accountRegister"]

    assert answer["errors"] == [{"field": field, "code": code}]


def test_a_token_says_who_it_is_for_and_is_proved_by_the_published_keys(shop):
    # when
    answer = sign_in(shop, shop.hanako.email, shop.hanako.password, "storefront")

    # then
    claims = verified(shop, answer["token"], audience="custom:storefront")
    assert claims["type"] == "access"
    assert claims["owner"] == "saleor"
    assert claims["email"] == shop.hanako.email
    assert claims["user_id"] == answer["user"]["id"]
    assert claims["is_staff"] is False
    assert claims["exp"] - claims["iat"] == 300
    refresh = verified(shop, answer["refreshToken"], audience="custom:storefront")
    assert (refresh["type"], refresh["exp"] - refresh["iat"]) == ("refresh", 30 * 24 * 3600)
    assert refresh["csrfToken"] == answer["csrfToken"]


def test_a_wrong_password_and_an_unknown_address_are_answered_alike(shop):
    for email in (shop.hanako.email, f"nobody-{secrets.token_hex(4)}@example.jp"):
        answer = sign_in(shop, email, "wrong-word")

        assert answer["token"] is None
        assert answer["errors"] == [{"field": "email", "code": "INVALID_CREDENTIALS"}]


def test_a_refresh_token_makes_a_new_access_token_and_nothing_else(shop):
    # given
    answer = sign_in(shop, shop.hanako.email, shop.hanako.password, "storefront")

    # when
    fresh = shop.run(REFRESH, {"t": answer["refreshToken"]})["tokenRefresh"]
    misused = shop.run(REFRESH, {"t": answer["token"]})["tokenRefresh"]
    used_to_read = shop.post(ME, token=answer["refreshToken"])

    # then
    claims = verified(shop, fresh["token"], audience="custom:storefront")
    assert claims["type"] == "access"
    assert misused["errors"] == [{"field": "refreshToken", "code": "JWT_INVALID_TOKEN"}]
    assert used_to_read.status_code == 200
    assert refusal(used_to_read) == "InvalidTokenError"


def test_verifying_knows_users_tokens_only(shop, installed, hanako):
    # when
    own = shop.run(VERIFY, {"t": hanako})["tokenVerify"]
    app = shop.run(VERIFY, {"t": installed.token})["tokenVerify"]

    # then
    assert own["isValid"] is True
    assert own["user"] == {"email": shop.hanako.email}
    assert own["payload"]["type"] == "access"
    assert app["isValid"] is False


def test_a_token_signed_by_another_key_is_not_believed(shop, hanako):
    claims = jwt.decode(hanako, options={"verify_signature": False})
    forged = jwt.encode({**claims, "is_staff": True}, secrets.token_hex(20), "HS256")

    answer = shop.post(ME, token=forged)

    assert answer.json()["data"] == {"me": None}
    assert refusal(answer) == "InvalidSignatureError"


@pytest.fixture
def jiro(shop, installed):
    """Somebody whose account only this test changes."""
    return shop.register(installed, "jiro")


def test_all_tokens_of_an_account_can_be_ended(shop, jiro):
    # given
    token = shop.token_of(jiro)

    # when
    shop.run("mutation { tokensDeactivateAll { errors { code } } }", token=token)

    # then
    assert refusal(shop.post(ME, token=token)) == "InvalidTokenError"
    assert shop.run(ME, token=shop.token_of(jiro))["me"]


def test_an_account_waits_for_its_confirmation_when_the_shop_asks_for_one(
    shop, installed, given, shop_settings
):
    # given
    shop_settings(enableAccountConfirmationByEmail=True)
    without = {name: value for name, value in given.items() if name != "redirectUrl"}
    email = given["email"]

    # when
    without_url = shop.run(REGISTER, {"i": without})["accountRegister"]
    registered = shop.run(REGISTER, {"i": given})["accountRegister"]
    asked = shop.eventually(
        lambda: installed.mails("account_confirmation_requested", email), "the wish"
    )[0]
    early = sign_in(shop, email, "himitsu-jiro")
    wrong = shop.run(CONFIRM, {"e": email, "t": "not-it"})["confirmAccount"]
    right, again = (
        shop.run(CONFIRM, {"e": email, "t": asked["token"]})["confirmAccount"] for _ in range(2)
    )

    # then
    assert without_url["errors"] == [{"field": "redirectUrl", "code": "REQUIRED"}]
    assert registered["requiresConfirmation"] is True
    assert early["errors"] == [{"field": "email", "code": "ACCOUNT_NOT_CONFIRMED"}]
    assert asked["redirectUrl"].startswith(f"{REDIRECT_URL}&email=jiro")
    assert asked["channel"] == {"slug": shop.town.channel}
    assert [error["code"] for error in wrong["errors"]] == ["INVALID"]
    assert right == again == {"user": {"isConfirmed": True}, "errors": []}
    assert sign_in(shop, email, "himitsu-jiro")["token"]


PASSWORD_ASK = """mutation($e: String!, $c: String!, $u: String!) {
  requestPasswordReset(email: $e, channel: $c, redirectUrl: $u) { errors { code } } }"""
PASSWORD_SET = """mutation($e: String!, $t: String!) { setPassword(email: $e, token: $t,
  password: "atarashii-1") { token user { email } errors { field code } } }"""
PASSWORD_EVENT = "account_set_password_requested"


def password_ask(shop, email):
    given = {"e": email, "c": shop.town.channel, "u": REDIRECT_URL}
    return shop.run(PASSWORD_ASK, given)["requestPasswordReset"]


def test_a_forgotten_password_is_set_anew_with_a_token(shop, installed, jiro):
    # given
    token_before = shop.token_of(jiro)

    # when
    answers = [
        password_ask(shop, email)
        for email in (jiro.email, f"nobody-{secrets.token_hex(4)}@example.jp")
    ]
    asked = shop.eventually(lambda: installed.mails(PASSWORD_EVENT, jiro.email), "the wish")[0]
    wrong = shop.run(PASSWORD_SET, {"e": jiro.email, "t": "not-it"})["setPassword"]
    done = shop.run(PASSWORD_SET, {"e": jiro.email, "t": asked["token"]})["setPassword"]
    again = shop.run(PASSWORD_SET, {"e": jiro.email, "t": asked["token"]})["setPassword"]

    # then
    assert answers == [{"errors": []}] * 2
    assert wrong["errors"] == [{"field": "token", "code": "INVALID"}]
    assert done["user"] == {"email": jiro.email}
    assert shop.run(ME, token=done["token"])["me"]["email"] == jiro.email
    assert again["errors"] == [{"field": "token", "code": "INVALID"}]
    assert shop.run(ME, token=token_before)["me"]["email"] == jiro.email
    assert sign_in(shop, jiro.email, jiro.password)["token"] is None


def test_a_password_mail_is_asked_for_once_in_a_quarter_of_an_hour(shop, installed, jiro):
    # when
    first = password_ask(shop, jiro.email)
    shop.eventually(lambda: installed.mails(PASSWORD_EVENT, jiro.email), "the wish")
    second = password_ask(shop, jiro.email)
    shop.settled(installed)

    # then
    assert first == second == {"errors": []}
    assert len(installed.mails(PASSWORD_EVENT, jiro.email)) == 1


def test_a_password_is_changed_by_who_knows_the_old_one(shop, jiro):
    change = """mutation($o: String!, $n: String!) { passwordChange(oldPassword: $o,
      newPassword: $n) { user { email } errors { field code } } }"""
    token = shop.token_of(jiro)

    wrong = shop.run(change, {"o": "guess", "n": "atarashii-1"}, token=token)["passwordChange"]
    right = shop.run(change, {"o": jiro.password, "n": "atarashii-1"}, token=token)

    assert wrong["errors"] == [{"field": "oldPassword", "code": "INVALID_CREDENTIALS"}]
    assert right["passwordChange"]["errors"] == []
    assert sign_in(shop, jiro.email, "atarashii-1")["token"]


def test_failed_sign_ins_make_an_address_wait_and_no_other(shop, jiro):
    # given
    here, there = somewhere(), somewhere()

    # when
    wrong = sign_in(shop, jiro.email, "guess", ip=here)
    at_once = sign_in(shop, jiro.email, jiro.password, ip=here)
    elsewhere = sign_in(shop, jiro.email, jiro.password, ip=there)

    # then
    assert [error["code"] for error in wrong["errors"]] == ["INVALID_CREDENTIALS"]
    assert [error["code"] for error in at_once["errors"]] == ["LOGIN_ATTEMPT_DELAYED"]
    assert elsewhere["token"]


STRANGER = [
    '{ user(email: "hanako@example.jp") { id } }',
    "{ customers(first: 1) { totalCount } }",
    "{ orders(first: 1) { totalCount } }",
    '{ order(externalReference: "fn:1:1") { id } }',
    "{ warehouses(first: 1) { totalCount } }",
    "{ stocks(first: 1) { totalCount } }",
    '{ productVariant(id: "VARIANT", channel: "CHANNEL") { stocks { quantity } } }',
    "{ channels { id } }",
    "{ app { id } }",
    "{ shop { version } }",
    "{ shippingZones(first: 1) { totalCount } }",
    'mutation { draftOrderCreate(input: {channelId: "Q2hhbm5lbDox"}) { errors { code } } }',
    'mutation { orderCancel(id: "T3JkZXI6MQ==") { errors { code } } }',
    "mutation { shopSettingsUpdate(input: {}) { errors { code } } }",
    'mutation { appInstall(input: {appName: "x", manifestUrl: "x"}) { errors { code } } }',
    'mutation { updatePrivateMetadata(id: "VXNlcjoy", input: []) { errors { code } } }',
    'mutation { updateMetadata(id: "VXNlcjox", input: []) { errors { code } } }',
]


@pytest.mark.parametrize("who", ["nobody", "a customer"])
def test_what_is_for_staff_and_apps_is_refused_to(shop, who):
    token = "" if who == "nobody" else shop.token_of(shop.hanako)

    for template in STRANGER:
        document = template.replace("VARIANT", documents.variant_id(shop, "mikan"))
        answer = shop.post(document.replace("CHANNEL", shop.town.channel), token=token)
        assert answer.status_code == 200, document
        assert refusal(answer) == "PermissionDenied", document


def test_nobody_reads_the_money_or_the_owner_of_an_order_by_its_id(shop, installed):
    # given
    draft = documents.draft(shop, installed.token, "fn:1:1")["order"]

    # when
    transactions = shop.post(
        "query($id: ID!) { order(id: $id) { transactions { id } } }", {"id": draft["id"]}
    )
    owner = shop.post("query($id: ID!) { order(id: $id) { user { id } } }", {"id": draft["id"]})

    # then
    assert refusal(transactions) == "PermissionDenied"
    assert refusal(owner) == "PermissionDenied"


def test_a_customer_writes_his_public_metadata_and_never_sees_the_private(shop, installed, jiro):
    # given
    hanako = shop.token_of(jiro)
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
    assert refusal(by_herself) == "PermissionDenied"
    assert refusal(read) == "PermissionDenied"


def test_a_customers_metadata_can_be_read_one_by_one_and_removed(shop, jiro):
    # given
    hanako = shop.token_of(jiro)
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
    email = f"jiro-{secrets.token_hex(4)}@example.jp"
    reference = shop.town.ref("member:9")
    given = {"email": email, "externalReference": reference, "isConfirmed": True}

    # when
    created = shop.run(create, {"i": given}, token=staff)["customerCreate"]
    twice = shop.run(create, {"i": given}, token=staff)["customerCreate"]
    change = {"firstName": "次郎", "note": "電話", "defaultShippingAddress": documents.ADDRESS}
    changed = shop.run(update, {"id": created["user"]["id"], "i": change}, token=staff)

    # then
    assert created["user"]["isConfirmed"] is False
    assert created["user"]["externalReference"] == reference
    assert twice["errors"] == [
        {"field": "externalReference", "code": "UNIQUE"},
        {"field": "email", "code": "UNIQUE"},
    ]
    assert changed["customerUpdate"]["user"] == {
        "firstName": "次郎",
        "note": "電話",
        "defaultShippingAddress": {"city": "中央区"},
    }
    shop.settled(installed)
    assert len(installed.mails("customer_updated", email)) == 1


def test_staff_see_what_they_may_do(shop, staff):
    me = shop.run(ME, token=staff)["me"]

    assert me["isStaff"] is True
    assert {"code": "MANAGE_ORDERS"} in me["userPermissions"]


def test_a_token_for_the_apps_page_carries_what_both_may_do(shop, app, staff):
    # given
    app.permissions = ["MANAGE_ORDERS", "HANDLE_PAYMENTS"]
    app_id = shop.install(app)
    read = """query($id: ID!) { app(id: $id) { accessToken extensions { accessToken } } }"""

    # when
    found = shop.run(read, {"id": app_id}, token=staff)["app"]

    # then
    tokens = {
        found["accessToken"]: {"MANAGE_ORDERS", "HANDLE_PAYMENTS"},
        found["extensions"][0]["accessToken"]: {"MANAGE_ORDERS"},
    }
    for token, permissions in tokens.items():
        claims = verified(shop, token, audience="fake-audience")
        assert (claims["type"], claims["owner"]) == ("thirdparty", "saleor")
        assert claims["app"] == app_id
        assert claims["exp"] - claims["iat"] == 300
        assert claims["is_staff"] is True
        assert claims["email"] == shop.staff_login.email
        assert set(claims["permissions"]) == permissions
        assert "MANAGE_SETTINGS" in claims["user_permissions"]
        denied = shop.post(
            "mutation { shopSettingsUpdate(input: {}) { errors { code } } }", token=token
        )
        assert refusal(denied) == "PermissionDenied"
        assert shop.run("{ orders(first: 1) { totalCount } }", token=token)


def test_nobody_but_staff_gets_a_token_for_the_apps_page(shop, installed, staff, hanako):
    read = """query($id: ID) { app(id: $id) { accessToken } }"""
    app_id = shop.run("{ app { id } }", token=installed.token)["app"]["id"]

    by_hanako = shop.post(read, {"id": app_id}, token=hanako).json()
    by_the_app = shop.run(read, {"id": app_id}, token=installed.token)["app"]

    assert (by_hanako["data"] or {}).get("app") is None
    assert by_the_app["accessToken"] is None
