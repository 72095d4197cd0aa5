"""Signing in and out."""

import pytest

from saleor_ext.membership import models
from tests.builders import world

PASSWORD = "umi-to-yama-77"


def test_somebody_known_comes_to_his_page(page_client, tier, shop):
    # given
    shop.passwords["hanako@example.jp"] = PASSWORD

    # then
    assert page_client.get("/signin/").h1 == "サインイン"
    page_client.post("/signin/", {"email": "hanako@example.jp", "password": PASSWORD}, to="/my/")
    assert "まだ会員ではありません" in page_client.get("/my/").body


def test_he_comes_to_where_he_wanted_to_go(page_client, tier, shop):
    shop.passwords["hanako@example.jp"] = PASSWORD
    page_client.get_redirect("/my/donations/", to="/signin/?next=%2Fmy%2Fdonations%2F")

    page = page_client.get("/signin/", next="/my/donations/")

    assert 'value="/my/donations/"' in page.text
    page_client.post(
        "/signin/",
        {"email": "hanako@example.jp", "password": PASSWORD, "next": "/my/donations/"},
        to="/my/donations/",
    )


@pytest.mark.parametrize(
    "elsewhere", ["https://evil.example.com/", "//evil.example.com/", "javascript:x", "evil"]
)
def test_nobody_is_sent_to_another_site(page_client, tier, shop, elsewhere):
    shop.passwords["hanako@example.jp"] = PASSWORD

    page_client.post(
        "/signin/",
        {"email": "hanako@example.jp", "password": PASSWORD, "next": elsewhere},
        to="/my/",
    )


def test_a_wrong_password_is_told_and_the_address_kept(page_client, tier, shop):
    # given
    shop.passwords["hanako@example.jp"] = PASSWORD

    # when
    page = page_client.post_refused("/signin/", {"email": "hanako@example.jp", "password": "wrong"})

    # then
    assert "メールアドレスかパスワードが違うようです。" in page.body
    assert page.with_id("id_email").get("value") == "hanako@example.jp"
    assert page.with_id("id_password").get("value") is None
    page_client.get_redirect("/my/", to="/signin/?next=%2Fmy%2F")


def test_an_unknown_address_gets_the_very_same_answer(page_client, tier, shop):
    page = page_client.post_refused(
        "/signin/", {"email": "nobody@example.jp", "password": PASSWORD}
    )

    assert "メールアドレスかパスワードが違うようです。" in page.body


def test_full_width_letters_in_the_address_are_welcome(page_client, tier, shop):
    shop.passwords["hanako@example.jp"] = PASSWORD

    page_client.post(
        "/signin/", {"email": "ｈａｎａｋｏ＠ｅｘａｍｐｌｅ．ｊｐ", "password": PASSWORD}, to="/my/"
    )


def test_empty_fields_are_named_in_the_summary_and_at_the_field(page_client, tier):
    # when
    page = page_client.post_refused("/signin/", {})

    # then
    summary = page.with_id("error-summary")
    assert summary.get("role") == "alert"
    assert "autofocus" in summary.attrib
    assert "メールアドレス: 入力してください。" in page.words(summary)
    assert "#id_email" in page.links
    field = page.with_id("id_email")
    assert field.get("aria-invalid") == "true"
    assert field.get("aria-describedby") == "id_email_error"
    assert page.words(page.with_id("id_email_error")) == "入力してください。"


def test_while_the_shop_is_down_it_says_so_and_keeps_the_form(page_client, tier, shop):
    shop.is_down = True

    page = page_client.post_refused(
        "/signin/", {"email": "hanako@example.jp", "password": PASSWORD}, status=503
    )

    assert "つながりにくくなっています" in page.body
    assert page.with_id("id_email").get("value") == "hanako@example.jp"


def test_signing_out_needs_a_post_and_forgets_everything(signed_in, tier):
    # given
    world.donor_make()
    browser = signed_in()
    assert browser.http.get("/signout/").status_code == 405

    # when
    browser.post("/signout/", to="/")

    # then
    browser.get_redirect("/my/", to="/signin/?next=%2Fmy%2F")
    assert models.Donor.objects.count() == 1


def test_who_is_signed_in_does_not_see_the_form_again(signed_in, tier):
    signed_in().get_redirect("/signin/", to="/my/")


def test_a_producer_comes_to_his_list(page_client, tier, shop):
    producer = world.producer_make()
    shop.passwords[producer.login_email] = PASSWORD

    page_client.post(
        "/signin/", {"email": producer.login_email, "password": PASSWORD}, to="/producer/"
    )
