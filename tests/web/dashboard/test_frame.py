"""The staff pages inside the shop's Dashboard: every door, tried by those who must not pass."""

import time
from urllib.parse import quote

import pytest
from django.test import Client

from saleor_ext.membership import services as membership_services
from saleor_ext.saleor_connector import models as shop_models
from tests.builders import dashboard, world
from tests.builders.shop_keys import ShopKeys, installation_make, keys_publish

DASHBOARD = "https://dashboard.example.jp"


@pytest.fixture
def shop_keys(monkeypatch, settings, hanako):
    """A shop that has installed us, and its keys."""
    settings.DASHBOARD_URLS = [f"{DASHBOARD}/dashboard/"]
    installation_make().save()
    return keys_publish(monkeypatch, settings)


def with_token(token: str, client: Client | None = None) -> Client:
    """The browser's frame: the token as a header, forms checked as for everybody."""
    client = client or Client(enforce_csrf_checks=True)
    client.defaults["HTTP_AUTHORIZATION"] = f"Bearer {token}"
    return client


def park(client, membership):
    return client.post(f"/staff/memberships/{membership.public_id}/park/", {"reason": "確認する"})


def test_the_empty_page_may_be_shown_by_the_dashboard_alone(shop_keys):
    response = Client().get(
        "/frame/members?theme=dark&id=QXBwOjE%3D&domain=x&featureFlags%5Ba%5D=b&state=parked"
    )

    page = response.content.decode()
    assert f"frame-ancestors {DASHBOARD}" in response["Content-Security-Policy"]
    assert "X-Frame-Options" not in response
    assert 'data-page="/staff/members/?state=parked"' in page
    assert '<html lang="ja" data-theme="dark">' in page
    assert "山田" not in page


def test_without_a_dashboard_nobody_may_show_the_empty_page(shop_keys, settings):
    settings.DASHBOARD_URLS = []

    response = Client().get("/frame")

    assert "frame-ancestors 'none'" in response["Content-Security-Policy"]
    assert response["X-Frame-Options"] == "DENY"


def test_no_other_page_may_be_shown_in_a_frame(shop_keys):
    pages = [
        Client().get("/"),
        dashboard.staff_browser().get("/staff/"),
        with_token(shop_keys.staff_token()).get("/staff/"),
    ]

    for response in pages:
        assert response.status_code == 200
        assert "frame-ancestors 'none'" in response["Content-Security-Policy"]
        assert response["X-Frame-Options"] == "DENY"


def test_an_address_in_the_frame_cannot_lead_elsewhere(shop_keys):
    response = Client().get("/frame//evil.example.jp/x?theme=%22%3E%3Cscript%3E")

    page = response.content.decode()
    assert 'data-page="/staff/evil.example.jp/x/"' in page
    assert "<script>" not in page


def test_the_empty_page_is_the_same_for_everybody(shop_keys):
    stranger = Client().get("/frame/members/")
    signed_in = dashboard.staff_browser().get("/frame/members/")

    assert stranger.content == signed_in.content


def test_staff_see_with_the_dashboards_token_what_they_see_after_signing_in(shop_keys, hanako):
    framed = with_token(shop_keys.staff_token()).get("/staff/members/")

    page = framed.content.decode()
    assert framed.status_code == 200
    assert '<body class="framed">' in page
    assert "山田" in page
    assert "サインアウト" not in page
    assert not framed.cookies


def test_the_token_opens_no_more_than_the_persons_own_permissions(shop_keys, hanako):
    viewer = with_token(shop_keys.staff_token("MANAGE_PRODUCTS"))

    shown = viewer.get("/staff/members/")
    run = viewer.get("/staff/run/")
    refused = park(viewer, hanako)

    assert "山田" not in shown.content.decode()
    assert (run.status_code, refused.status_code) == (403, 403)
    assert "<li>寄附 … 権限「Handle payments(支払いの処理)」</li>" in run.content.decode()
    hanako.refresh_from_db()
    assert hanako.state == "active"


def test_staff_act_and_read_what_was_done_on_the_next_page(shop_keys, hanako):
    client = with_token(shop_keys.staff_token())

    done = park(client, hanako)
    address = done["Frame-Location"]
    told = client.get(address, headers={"Frame-Notice": done["Frame-Notice"]})
    later = client.get(address)

    assert (done.status_code, address) == (204, f"/staff/members/{hanako.donor_id}/")
    assert "Location" not in done
    assert "止めました。" in told.content.decode()
    assert "止めました。" not in later.content.decode()
    hanako.refresh_from_db()
    assert hanako.state == "parked"
    assert hanako.events.last().actor == "staff:user-sato"


def test_a_notice_nobody_signed_is_not_shown(shop_keys):
    client = with_token(shop_keys.staff_token())

    page = client.get("/staff/", headers={"Frame-Notice": "W1syNSwgInBheSBtZSJdXQ"})

    assert page.status_code == 200
    assert 'role="status"' not in page.content.decode().split("<h1>")[0]


def made_up(keys: ShopKeys) -> str:
    return ShopKeys().staff_token()


BAD_TOKENS = {
    "none": lambda keys: "",
    "nonsense": lambda keys: "abc.def.ghi",
    "forged": made_up,
    "expired": lambda keys: keys.staff_token(exp=int(time.time()) - 60),
    "of another shop": lambda keys: keys.staff_token(iss="http://other.example.jp/graphql/"),
    "of another app": lambda keys: keys.staff_token(app="QXBwOjI="),
    "for another audience": lambda keys: keys.staff_token(aud="jp.other"),
    "without an end": lambda keys: keys.staff_token(exp=None),
    "a donor's sign-in": lambda keys: keys.token(user_id="user-hanako"),
    "an officer's sign-in": lambda keys: keys.staff_token(type="access"),
    "a webhook's signature": lambda keys: keys.sign(b"{}"),
}


@pytest.mark.parametrize("kind", BAD_TOKENS)
def test_a_token_that_does_not_hold_opens_nothing(shop_keys, hanako, kind):
    client = with_token(BAD_TOKENS[kind](shop_keys))

    read, acted = client.get("/staff/members/"), park(client, hanako)

    for response in (read, acted):
        assert response.status_code == 401
        assert "山田" not in response.content.decode()
    hanako.refresh_from_db()
    assert hanako.state == "active"


def test_a_bad_token_is_not_made_good_by_a_session(shop_keys, hanako):
    signed_in = dashboard.staff_browser(client=Client(enforce_csrf_checks=True))
    client = with_token(shop_keys.staff_token(exp=int(time.time()) - 60), signed_in)

    assert client.get("/staff/members/").status_code == 401
    assert park(client, hanako).status_code == 401


def test_the_token_decides_although_somebody_else_is_signed_in(shop_keys, hanako):
    signed_in = dashboard.staff_browser(client=Client(enforce_csrf_checks=True))

    page = with_token(shop_keys.staff_token("MANAGE_PRODUCTS"), signed_in).get("/staff/members/")

    assert "山田" not in page.content.decode()


def test_a_donors_token_for_our_app_finds_no_staff_pages(shop_keys, hanako):
    token = shop_keys.staff_token(is_staff=False, user_id="user-hanako")

    assert with_token(token).get("/staff/members/").status_code == 404


def test_a_forged_form_with_the_cookie_alone_is_refused(shop_keys, hanako):
    signed_in = dashboard.staff_browser(client=Client(enforce_csrf_checks=True))

    assert park(signed_in, hanako).status_code == 403
    hanako.refresh_from_db()
    assert hanako.state == "active"


def test_a_form_from_another_site_without_token_and_cookie_is_refused(shop_keys, hanako):
    stranger = Client(enforce_csrf_checks=True, headers={"Origin": "https://evil.example.jp"})

    assert park(stranger, hanako).status_code == 403
    hanako.refresh_from_db()
    assert hanako.state == "active"


def test_another_kind_of_header_proves_nothing(shop_keys, hanako):
    client = Client(enforce_csrf_checks=True, headers={"Authorization": "Basic c2F0bzpzYXRv"})

    assert client.get("/staff/members/").status_code == 303
    assert park(client, hanako).status_code == 403


def test_the_token_is_nothing_outside_the_staff_pages(shop_keys, hanako):
    client = with_token(shop_keys.staff_token())

    assert client.get("/my/").status_code == 303
    assert client.get("/producer/").status_code == 303
    assert client.get("/frame/members/").status_code == 200
    api = client.post(
        "/graphql/", {"query": "{ me { email } }"}, content_type="application/json"
    ).json()
    assert "sato@example.jp" not in str(api)


def test_after_uninstalling_no_token_opens_anything(shop_keys):
    shop_models.Installation.objects.update(state="lost", lost_at=world.NOW)

    assert with_token(shop_keys.staff_token()).get("/staff/").status_code == 401


def test_a_shop_that_cannot_be_asked_is_no_refusal(shop_keys):
    shop_keys.is_down = True

    response = with_token(shop_keys.staff_token()).get("/staff/")

    assert response.status_code == 503
    assert "しばらくしてから" in response.content.decode()


def test_what_was_looked_at_is_noted_with_the_officers_id(shop_keys, hanako, caplog):
    with caplog.at_level("INFO", logger="furusato.access"):
        with_token(shop_keys.staff_token()).get(f"/staff/members/{hanako.donor_id}/")

    assert f"look what=member actor=staff:user-sato objects={hanako.donor_id}" in caplog.text


def test_what_is_searched_for_comes_as_a_header(shop_keys, hanako, taro):
    client = with_token(shop_keys.staff_token())

    page = client.get("/staff/members/", headers={"Frame-Search": quote("山田")})

    assert "山田" in page.content.decode()
    assert "鈴木" not in page.content.decode()


def test_a_list_comes_as_a_file(shop_keys, hanako):
    response = with_token(shop_keys.staff_token()).get("/staff/members.csv")

    assert response["Content-Disposition"].startswith('attachment; filename="members-')
    assert "山田" in b"".join(response).decode()


def test_a_refused_form_comes_back_with_what_was_typed(shop_keys, hanako):
    membership_services.membership_park(
        membership_id=hanako.pk, now=world.NOW, actor="staff:1", reason="先に止めた"
    )

    response = park(with_token(shop_keys.staff_token()), hanako)

    assert response.status_code == 422
    assert "この操作はもうできません。" in response.content.decode()
