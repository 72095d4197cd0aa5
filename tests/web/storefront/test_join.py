"""Joining, step by step, up to the card."""

from datetime import date

import pytest

from saleor_ext.donations import models as donation_models
from saleor_ext.membership import models
from tests.builders import world

PASSWORD = "umi-to-yama-77"
DETAILS = {
    "family_name": "山田",
    "given_name": "花子",
    "family_kana": "ヤマダ",
    "given_kana": "ハナコ",
    "birth_year": "1985",
    "birth_month": "4",
    "birth_day": "2",
    "phone": "090-0000-1111",
    "postal_code": "100-9999",
    "prefecture": "東京都",
    "city": "千代田区",
    "street": "架空町1-2-3",
    "building": "見本ビル101",
    "registered": "same",
}
ELSEWHERE = {
    "registered": "different",
    "registered_postal_code": "789-9901",
    "registered_prefecture": "高知県",
    "registered_city": "幡見郡汐見町",
    "registered_street": "浦分2",
}


def draft() -> models.Membership:
    return models.Membership.objects.get(state="draft")


def test_a_visitor_makes_an_account_first(page_client, tier, shop):
    # given
    page = page_client.get("/join/nagisa/")
    assert page.h1 == "アカウントをつくる"
    assert "/signin/?next=/join/nagisa/" in page.links

    # when
    page_client.post(
        "/join/nagisa/account/",
        {"email": "hanako@example.jp", "password": PASSWORD},
        to="/join/nagisa/",
    )

    # then
    assert shop.passwords == {"hanako@example.jp": PASSWORD}
    page_client.get_redirect("/join/nagisa/", to="/join/nagisa/details/")


def test_a_weak_password_is_refused_and_the_address_kept(page_client, tier, shop):
    page = page_client.post_refused(
        "/join/nagisa/account/", {"email": "hanako@example.jp", "password": "aaaaaaaa"}
    )

    assert "推測されやすいようです" in page.body
    assert page.with_id("id_email").get("value") == "hanako@example.jp"
    assert shop.passwords == {}


def test_a_short_password_is_refused_at_the_field(page_client, tier, shop):
    page = page_client.post_refused(
        "/join/nagisa/account/", {"email": "hanako@example.jp", "password": "a1B"}
    )

    assert page.words(page.with_id("id_password_error")) == "8文字以上にしてください。"
    assert shop.passwords == {}


def test_an_address_that_is_taken_is_not_told_but_helped(page_client, tier, shop):
    shop.passwords["hanako@example.jp"] = "somebody-elses"

    page = page_client.post_refused(
        "/join/nagisa/account/", {"email": "hanako@example.jp", "password": PASSWORD}
    )

    assert "以前に登録された方は、サインインからお進みください。" in page.body
    assert shop.passwords == {"hanako@example.jp": "somebody-elses"}


def test_the_free_tier_is_one_press_away(signed_in, tier):
    # given
    world.free_tier_make()
    browser = signed_in()
    browser.get_redirect("/join/dayori/", to="/join/dayori/confirm/")
    assert "費用はかかりません。" in browser.get("/join/dayori/confirm/").body

    # when
    response = browser.http.post("/join/dayori/confirm/")

    # then
    membership = models.Membership.objects.get()
    assert response.headers["Location"] == f"/join/{membership.public_id}/done/"
    assert membership.state == "active"
    assert membership.tier.slug == "dayori"
    assert "ありがとうございます" in browser.get(f"/join/{membership.public_id}/done/").h1


def test_the_free_tier_twice_says_so_and_changes_nothing(signed_in, tier):
    world.free_tier_make()
    browser = signed_in()
    browser.http.post("/join/dayori/confirm/")

    page = browser.post_refused("/join/dayori/confirm/")

    assert "すでに会員プランにご加入いただいています。" in page.body
    assert models.Membership.objects.count() == 1


def test_details_are_kept_and_lead_on(signed_in, tier):
    # given
    browser = signed_in()
    assert browser.get("/join/nagisa/details/").h1 == "お名前とご住所"

    # when
    browser.post("/join/nagisa/details/", DETAILS, to="/join/nagisa/confirm/")

    # then
    donor = models.Donor.objects.get()
    assert donor.full_name == "山田　花子"
    assert donor.birth_date == date(1985, 4, 2)
    assert donor.postal_code == "100-9999"
    assert donor.is_registered_address_same is True


def test_full_width_and_loose_spelling_are_brought_into_form(signed_in, tier):
    # given
    loose = {
        "family_kana": "やまだ",
        "given_kana": "ﾊﾅｺ",
        "birth_year": "昭和６０年",
        "birth_month": "４月",
        "birth_day": "２日",
        "phone": "０９０－００００－１１１１",
        "postal_code": "〒１００ー９９９９",
        "street": "架空町１－２－３",
    }

    # when
    signed_in().post("/join/nagisa/details/", DETAILS | loose, to="/join/nagisa/confirm/")

    # then
    donor = models.Donor.objects.get()
    assert (donor.family_kana, donor.given_kana) == ("ヤマダ", "ハナコ")
    assert donor.birth_date == date(1985, 4, 2)
    assert donor.phone == "090-0000-1111"
    assert donor.postal_code == "100-9999"
    assert donor.street == "架空町1-2-3"


def test_the_address_of_the_residence_certificate_may_differ(signed_in, tier):
    signed_in().post("/join/nagisa/details/", DETAILS | ELSEWHERE, to="/join/nagisa/confirm/")

    donor = models.Donor.objects.get()
    assert donor.is_registered_address_same is False
    assert donor.registered_city == "幡見郡汐見町"
    assert donor.city == "千代田区"


@pytest.mark.parametrize(
    ("field", "typed", "words"),
    [
        ("family_name", "  ", "入力してください。"),
        ("family_kana", "山田", "ひらがなかカタカナで入力してください。"),
        ("phone", "でんわ", "市外局番からの電話番号を入力してください。"),
        ("phone", "123", "市外局番からの電話番号を入力してください。"),
        ("postal_code", "12345", "7桁の数字で入力してください。"),
        ("prefecture", "", "選んでください。"),
        ("prefecture", "江戸", "一覧から選んでください。"),
        ("birth_month", "13", "実際にある日付を入力してください。"),
        ("birth_day", "31", "実際にある日付を入力してください。"),
        ("birth_year", "2030", "生年月日をもう一度お確かめください。"),
        ("birth_year", "1850", "生年月日をもう一度お確かめください。"),
        ("registered", "", "どちらかを選んでください。"),
        ("street", "あ" * 101, "100"),
    ],
)
def test_bad_input_is_told_and_nothing_typed_is_lost(signed_in, tier, field, typed, words):
    # when
    page = signed_in().post_refused("/join/nagisa/details/", DETAILS | {field: typed})

    # then
    assert words in page.words(page.with_id("error-summary"))
    assert page.with_id("id_city").get("value") == "千代田区"
    if field in {"phone", "postal_code", "birth_year"}:
        assert page.with_id(f"id_{field}").get("value") == typed
    assert models.Donor.objects.get().family_name == ""


def test_a_different_registered_address_must_be_given(signed_in, tier):
    page = signed_in().post_refused("/join/nagisa/details/", DETAILS | {"registered": "different"})

    assert "市区町村(住民票): 入力してください。" in page.words(page.with_id("error-summary"))


def test_the_confirmation_says_everything_before_the_money(signed_in, hanako):
    # when
    page = signed_in().get("/join/nagisa/confirm/")

    # then
    for words in (
        "なぎさ会員",
        "3,000円",
        "山田　花子 様",
        "東京都千代田区架空町1-2-3",
        "今日 11月24日(火)",
        "12月17日(木)までの変更は12月分に間に合います",
        "毎月3,000円を、登録するカードで寄附することに同意します",
        "取り消しや返金はできません",
        "まだご寄附は行われません。",
    ):
        assert words.replace("　", " ") in page.body.replace("　", " ")


def test_without_details_there_is_no_confirmation(signed_in, tier):
    signed_in().get_redirect("/join/nagisa/confirm/", to="/join/nagisa/details/")


def test_without_consent_nothing_begins(signed_in, hanako):
    page = signed_in().post_refused("/join/nagisa/confirm/", {"box": "box"})

    assert "内容をお読みになって印を付けてください。" in page.body
    assert models.Membership.objects.count() == 0


def test_consent_begins_a_draft_and_leads_to_the_card(signed_in, hanako):
    response = signed_in().http.post("/join/nagisa/confirm/", {"box": "box", "consent": "on"})

    assert response.status_code == 303
    assert response.headers["Location"] == f"/join/{draft().public_id}/card/"
    assert draft().is_box_wanted is True
    assert donation_models.PaymentAttempt.objects.count() == 0


def test_a_resident_is_offered_the_tier_as_a_pure_donation(signed_in, hanako):
    # given
    models.Donor.objects.update(
        prefecture="高知県", city="幡見郡汐見町", is_registered_address_same=True
    )
    browser = signed_in()

    # when
    page = browser.get("/join/nagisa/confirm/")

    # then
    assert "お礼の品をお送りできません。" in page.body
    assert "お礼の品は受け取らず、寄附だけをする" in page.body
    assert "お礼の品を受け取る" not in page.body
    browser.post_refused("/join/nagisa/confirm/", {"box": "box", "consent": "on"})
    assert models.Membership.objects.count() == 0
    browser.http.post("/join/nagisa/confirm/", {"box": "no_box", "consent": "on"})
    assert draft().is_box_wanted is False


def test_under_20_a_box_with_alcohol_is_not_offered(signed_in, hanako):
    # given
    models.Donor.objects.update(birth_date=date(2007, 11, 25))
    tier = models.Tier.objects.get()
    gift = world.gift_make(slug="shochu", is_alcohol=True)
    tier.box_plans.get(month=date(2026, 11, 1)).items.create(gift=gift)

    # when
    page = signed_in().get("/join/nagisa/confirm/")

    # then
    assert "20歳未満の方にはお送りできません" in page.body
    assert "お礼の品は受け取らず、寄附だけをする" in page.body


def test_under_18_nothing_can_be_given_by_card(signed_in, hanako):
    models.Donor.objects.update(birth_date=date(2009, 1, 1))

    page = signed_in().get("/join/nagisa/confirm/")

    assert "18歳以上の方にお願いしています" in page.body
    assert not [form for form in page.all("form") if "confirm" in form.get("action", "")]
    signed_in().post_refused("/join/nagisa/confirm/", {"box": "no_box", "consent": "on"})
    assert models.Membership.objects.count() == 0


def test_a_member_of_a_paid_tier_cannot_join_twice(signed_in, hanako):
    world.member_make(donor=hanako)

    page = signed_in().get("/join/nagisa/confirm/")

    assert "すでに会員プランにご加入いただいています。" in page.body


def test_a_closed_tier_cannot_be_joined(signed_in, hanako):
    models.Tier.objects.update(is_open=False)

    signed_in().get("/join/nagisa/confirm/", status=404)


def test_whoever_comes_back_goes_on_where_he_was(signed_in, hanako):
    browser = signed_in()
    browser.http.post("/join/nagisa/confirm/", {"box": "box", "consent": "on"})

    browser.get_redirect("/join/nagisa/", to=f"/join/{draft().public_id}/card/")
    assert "/join/nagisa/" in browser.get("/my/").links
