"""Confirming an e-mail address and choosing a new password, by the links of our mails."""

import json

import pytest
from django.test import Client

from saleor_ext.access.models import BrowserSession
from saleor_ext.common import sealing
from tests.builders import dashboard as browsers

EMAIL, PASSWORD = "hanako@example.jp", "umi-to-yama-77"
NEW_PASSWORD = "yama-to-umi-88"


def sealed(path: str, *, token: str, next_path: str = "", email: str = EMAIL) -> str:
    held = {"email": email, "token": token, "next_path": next_path}
    return sealing.seal(json.dumps(held), purpose=path)


def confirm_url(*, token: str = f"confirm-{EMAIL}", next_path: str = "") -> str:
    held = sealed("/account/confirm/", token=token, next_path=next_path)
    return f"/account/confirm/{held}/"


def password_url(*, token: str = f"password-{PASSWORD}") -> str:
    return f"/password/new/{sealed('/password/new/', token=token)}/"


def test_a_new_account_is_told_to_open_its_mail(page_client, tier, shop):
    # given
    shop.is_confirming = True

    # when
    page_client.post(
        f"/join/{tier.slug}/account/", {"email": EMAIL, "password": PASSWORD}, to="/account/sent/"
    )
    page = page_client.get("/account/sent/")

    # then
    assert page.h1 == "確認のメールをご覧ください"
    assert EMAIL not in page.text
    page_client.get_redirect("/my/", to="/signin/?next=%2Fmy%2F")


def test_an_address_that_has_an_account_gets_the_very_same_answer(page_client, tier, shop):
    shop.is_confirming = True
    shop.passwords[EMAIL] = "another-one-99"

    page_client.post(
        f"/join/{tier.slug}/account/", {"email": EMAIL, "password": PASSWORD}, to="/account/sent/"
    )

    assert shop.passwords[EMAIL] == "another-one-99"


def test_the_link_confirms_once_the_button_is_pressed_and_leads_on(page_client, tier, shop):
    # given
    shop.passwords[EMAIL] = PASSWORD
    shop.unconfirmed.add(EMAIL)
    link = confirm_url(next_path="/join/nagisa/")

    # when
    page = page_client.get(link)

    # then
    assert page.h1 == "メールアドレスの確認"
    assert shop.unconfirmed == {EMAIL}, "programs that look through mail open every link"

    # when
    page_client.post(link, to="/signin/?next=%2Fjoin%2Fnagisa%2F")

    # then
    assert shop.unconfirmed == set()
    assert "メールアドレスを確認しました" in page_client.get("/signin/").body


def test_until_then_the_sign_in_says_what_is_missing(page_client, tier, shop):
    shop.passwords[EMAIL] = PASSWORD
    shop.unconfirmed.add(EMAIL)

    page = page_client.post_refused("/signin/", {"email": EMAIL, "password": PASSWORD})

    assert "メールアドレスの確認がまだ済んでいません。" in page.body
    assert "/password/" in page.links


@pytest.mark.parametrize("link", ["/account/confirm/abc/", "/password/new/abc/"])
def test_a_link_that_is_none_of_ours_says_so_and_what_to_do(page_client, tier, link):
    page = page_client.post_refused(link, {"password": NEW_PASSWORD})

    assert "このリンクは使えなくなっています。" in page.body
    assert "/password/" in page.links
    assert page_client.get(link, status=422).body.count("このリンクは使えなくなっています。") == 1


def test_a_link_the_shop_no_longer_takes_is_told_as_over(page_client, tier, shop):
    page = page_client.post_refused(confirm_url(token="used"))

    assert "このリンクは使えなくなっています。" in page.body


def test_while_the_shop_is_down_the_link_can_be_tried_again(page_client, tier, shop):
    shop.is_down = True

    page = page_client.post_refused(confirm_url(), status=503)

    assert "つながりにくくなっています" in page.body


@pytest.mark.parametrize("email", [EMAIL, "nobody@example.jp"])
def test_a_forgotten_password_is_answered_the_same_to_everybody(page_client, tier, shop, email):
    # given
    shop.passwords[EMAIL] = PASSWORD
    assert page_client.get("/password/").h1 == "パスワードを忘れた方"

    # when
    page_client.post("/password/", {"email": email}, to="/password/sent/")

    # then
    assert "登録されていれば" in page_client.get("/password/sent/").body


def test_the_form_of_a_forgotten_password_names_what_is_wrong(page_client, tier, shop):
    page = page_client.post_refused("/password/", {"email": "hanako"})
    assert "メールアドレスの形をお確かめください。" in page.body

    shop.is_down = True
    page = page_client.post_refused("/password/", {"email": EMAIL}, status=503)
    assert "つながりにくくなっています" in page.body


def test_a_new_password_signs_in_here_and_out_everywhere_else(page_client, tier, shop):
    # given
    shop.passwords[EMAIL] = PASSWORD
    elsewhere = browsers.signed_in(Client(), user_id="user-hanako", email=EMAIL)
    tarou = browsers.signed_in(Client(), user_id="user-tarou", email="tarou@example.jp")
    assert page_client.get(password_url()).h1 == "新しいパスワード"

    # when
    page_client.post(password_url(), {"password": NEW_PASSWORD}, to="/my/")

    # then
    assert shop.passwords[EMAIL] == NEW_PASSWORD
    assert "ほかの機器ではサインアウトしました" in page_client.get("/my/").body
    assert elsewhere.get("/my/").status_code == 303
    assert tarou.get("/my/").status_code == 200
    owners = BrowserSession.objects.order_by("account_id").values_list("account_id", flat=True)
    assert list(owners) == ["user-hanako", "user-tarou"]


def test_a_password_link_works_once(page_client, tier, shop):
    shop.passwords[EMAIL] = PASSWORD
    page_client.post(password_url(), {"password": NEW_PASSWORD}, to="/my/")

    page = page_client.post_refused(password_url(), {"password": "kaze-to-tsuki-9"})

    assert "このリンクは使えなくなっています。" in page.body
    assert shop.passwords[EMAIL] == NEW_PASSWORD


@pytest.mark.parametrize(
    ("password", "said"), [("kurz", "8文字以上にしてください。"), ("aaaaaaaa", "推測されやすい")]
)
def test_a_weak_password_is_refused_and_the_link_stays_good(
    page_client, tier, shop, password, said
):
    shop.passwords[EMAIL] = PASSWORD

    page = page_client.post_refused(password_url(), {"password": password})

    assert said in page.body
    assert shop.passwords[EMAIL] == PASSWORD
    page_client.post(password_url(), {"password": NEW_PASSWORD}, to="/my/")
