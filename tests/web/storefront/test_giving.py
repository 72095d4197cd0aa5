"""Giving a membership away and accepting one, as both people see it on their pages."""

import re
from datetime import date, timedelta

import pytest

from saleor_ext.flows.choices import giving, grant_link
from saleor_ext.flows.month import locking, monthly
from saleor_ext.membership import models
from tests.builders import months, world

TARO = "taro@example.jp"
MONEY = re.compile(r"[0-9,]+ ?円|ご寄附の額|お引き落とし")
DETAILS = {
    "family_name": "鈴木",
    "given_name": "太郎",
    "family_kana": "スズキ",
    "given_kana": "タロウ",
    "birth_year": "1985",
    "birth_month": "4",
    "birth_day": "2",
    "phone": "090-0000-2222",
    "postal_code": "1009999",
    "prefecture": "東京都",
    "city": "港区",
    "street": "架空坂4-5",
    "registered": "same",
}
ADDRESS = {
    "family_name": "鈴木",
    "given_name": "太郎",
    "phone": "090-0000-2222",
    "postal_code": "2500000",
    "prefecture": "神奈川県",
    "city": "架空市",
    "street": "海辺1-2",
    "building": "",
}


@pytest.fixture
def member(hanako):
    made = world.member_make(donor=hanako)
    monthly.run_cycles(as_of=world.TODAY, now=world.NOW, actor="test")
    return made


@pytest.fixture
def offered(member):
    return giving.give_choose(membership_id=member.pk, email=TARO, now=world.NOW, actor="donor")


@pytest.fixture
def link(offered):
    return path_of(offered)


@pytest.fixture
def accepted(offered):
    world.donor_make(name="taro")
    return giving.offer_accept(
        sealed=path_of(offered).strip("/").partition("/")[2],
        user_id="user-taro",
        email=TARO,
        details=world.TARO | {"is_registered_address_same": True},
        now=world.NOW,
    )


def path_of(grant):
    return "/received/" + grant_link.link_make(grant_id=grant.pk).partition("/received/")[2]


def test_the_giver_is_shown_what_happens_before_a_mail_goes_out(signed_in, member):
    # given
    browser = signed_in()
    assert "会員を贈る" in browser.get("/my/give/").body

    # when
    page = browser.post_refused("/my/give/", {"email": TARO}, status=200)

    # then
    for words in (
        "2026年11月24日(火)に、ご案内のメールをお送りします",
        TARO,
        "2026年12月8日(火)",
        "2026年12月分から",
        "金額をお見せすることはありません",
    ):
        assert words in page.body
    assert models.Grant.objects.count() == 0
    browser.post(
        "/my/give/",
        {"email": TARO, "seen": page.hidden("seen"), "confirmed": "1"},
        to="/my/membership/",
    )
    assert models.Grant.objects.get().state == "offered"
    assert "ご案内をお送りしました" in browser.get("/my/membership/").body


def test_a_stranger_with_the_link_sees_no_price_and_makes_an_account(page_client, link, shop):
    page = page_client.get(link)

    assert "山田 花子 さんから、なぎさ会員の贈りものです" in page.body
    assert not MONEY.search(page.body)
    page_client.post(f"{link}account/", {"email": TARO, "password": "umi-to-yama-123"}, to=link)
    details = page_client.get(link)
    assert "贈りものを受け取る" in details.body
    assert not MONEY.search(details.body)
    page_client.post(link, DETAILS, to="/my/received/")
    assert models.Grant.objects.get().state == "accepted"


def test_opening_the_link_accepts_nothing(signed_in, link):
    world.donor_make(name="taro")

    signed_in("taro").get(link)

    assert models.Grant.objects.get().state == "offered"


def test_the_recipients_pages_show_boxes_and_no_price(signed_in, accepted):
    browser = signed_in("taro")

    home, received = browser.get("/my/"), browser.get("/my/received/")

    assert "山田 花子 さんからの贈りもの: なぎさ会員" in home.body
    assert "2026年12月分 冬の畑から" in received.body
    assert "お届け先は12月17日(木)まで変えられます" in received.body
    assert not MONEY.search(received.body)


def test_the_giver_reads_who_has_it_now_but_not_where_he_lives(signed_in, member, accepted):
    locking.cycles_lock_due(
        as_of=months.LOCK_DAY, now=months.morning(months.LOCK_DAY), actor=world.ACTOR
    )
    browser = signed_in()

    pages = [browser.get(path) for path in ("/my/", "/my/membership/", "/my/shipments/")]

    assert "この会員は、ほかの方へ贈っています" in pages[0].body
    assert "ほかの方がお受け取りになっています" in pages[1].body
    for page in pages:
        assert "港区" not in page.body
        assert "鈴木" not in page.body
        assert TARO not in page.body


def test_a_forwarded_link_is_refused_in_words(signed_in, link):
    world.donor_make(name="jiro")

    page = signed_in("jiro").get(link, status=422)

    assert "このご案内は、別のメールアドレスに届いたものです。" in page.body
    assert TARO not in page.body


def test_the_giver_cannot_accept_his_own_link(signed_in, link):
    page = signed_in().get(link, status=422)

    assert "ご自分へ贈ることはできません。" in page.body


def test_a_link_that_is_over_says_so(page_client, link, offered, clock_at):
    clock_at(world.NOW + timedelta(days=15))

    assert "この贈りもののご案内は、終わっています。" in page_client.get(link, status=422).body
    assert "終わっています" in page_client.get("/received/nothing/", status=422).body


def test_a_resident_of_the_town_is_told_why_not(signed_in, link):
    world.donor_make(name="taro")
    in_town = DETAILS | {"prefecture": "高知県", "city": "幡見郡汐見町", "street": "本町2"}

    page = signed_in("taro").post_refused(link, in_town)

    assert "町内のご住所へは、お礼の品をお送りできません。" in page.body
    assert models.Grant.objects.get().state == "offered"


def test_it_is_taken_back_after_a_look_at_what_that_means(signed_in, member, accepted):
    # given
    browser = signed_in()
    page = browser.get("/my/give/back/")
    assert "会員を取り戻します" in page.body

    # when
    browser.post(
        "/my/give/back/", {"seen": page.hidden("seen"), "confirmed": "1"}, to="/my/membership/"
    )

    # then
    assert models.Grant.objects.get().state == "ended"
    taro = signed_in("taro")
    assert "いま、お受け取りになっている贈りものはありません。" in taro.get("/my/received/").body


def test_it_is_given_back_by_whoever_received_it(signed_in, accepted):
    browser = signed_in("taro")
    page = browser.get("/my/received/leave/")

    browser.post(
        "/my/received/leave/", {"seen": page.hidden("seen"), "confirmed": "1"}, to="/my/received/"
    )

    assert models.Grant.objects.get().state == "ended"


def test_one_month_goes_elsewhere_and_the_timeline_says_so(signed_in, member):
    # given
    browser = signed_in()
    form = {**ADDRESS, "month": "2026-12-01"}
    page = browser.get("/my/month-address/")
    assert "2026年12月分" in page.body
    assert not MONEY.search(page.body)

    # when
    shown = browser.post_refused("/my/month-address/", form, status=200)
    browser.post(
        "/my/month-address/",
        {**form, "seen": shown.hidden("seen"), "confirmed": "1"},
        to="/my/membership/",
    )

    # then
    assert "2026年12月分のお届けだけ、送り先を変えます" in shown.body
    assert "2026年12月17日(木)" in shown.body
    listed = browser.get("/my/membership/")
    assert "12月分は神奈川県架空市海辺1-2" in listed.body
    back = browser.get("/my/month-address/return/?month=2026-12-01")
    assert "いつものお届け先へお送りします" in back.body


def test_the_nearest_timeline_names_the_months_own_address(signed_in, member, clock_at):
    # given: November is over, December is the nearest month
    clock_at(months.morning(date(2026, 12, 5)))
    browser = signed_in()
    form = {**ADDRESS, "month": "2026-12-01"}
    shown = browser.post_refused("/my/month-address/", form, status=200)

    # when
    browser.post(
        "/my/month-address/",
        {**form, "seen": shown.hidden("seen"), "confirmed": "1"},
        to="/my/membership/",
    )

    # then
    assert "この月だけ、神奈川県架空市海辺1-2へお送りします" in browser.get("/my/").body


def test_the_recipient_changes_a_month_of_his_own(signed_in, accepted):
    browser = signed_in("taro")
    form = {**ADDRESS, "month": "2026-12-01"}
    shown = browser.post_refused("/my/received/address/", form, status=200)

    browser.post(
        "/my/received/address/",
        {**form, "seen": shown.hidden("seen"), "confirmed": "1"},
        to="/my/received/",
    )

    assert "この月だけのお届け先: 神奈川県架空市海辺1-2" in browser.get("/my/received/").body


def test_the_giver_changes_no_address_of_a_membership_he_gave(signed_in, accepted):
    signed_in().get_redirect("/my/month-address/", to="/my/membership/")


@pytest.mark.parametrize(
    "path", ["/my/give/", "/my/give/back/", "/my/month-address/", "/my/received/",
             "/my/received/address/", "/my/received/leave/"]
)  # fmt: skip
def test_strangers_are_asked_to_sign_in(page_client, tier, path):
    page_client.get_redirect(path, to=f"/signin/?next={path.replace('/', '%2F')}")


def test_who_receives_nothing_finds_nothing_to_change(signed_in, member):
    world.donor_make(name="jiro")
    browser = signed_in("jiro")

    assert "贈りものはありません" in browser.get("/my/received/").body
    browser.get_redirect("/my/received/address/", to="/my/received/")
    browser.get_redirect("/my/received/leave/", to="/my/received/")
    browser.get_redirect("/my/give/", to="/my/membership/")
