"""Prepaid terms on a member's pages: what he sees before, what is done, and who may not."""

from datetime import date
from urllib.parse import urlencode

import pytest

from saleor_ext.membership import models
from tests.builders import months, world
from tests.web.page_client import PageClient

TERM = "/my/membership/term/"
AFTER = "/my/membership/after/"
BOX = "/my/membership/box/"


@pytest.fixture
def minato():
    world.town_make()
    tier = world.tier_make(slug="minato", amount_yen=10000, rank=3)
    world.boxes_make(tier=tier, month_from=date(2026, 11, 1), months=24)
    world.prepaid_tier_make(box_source=tier)
    return tier


@pytest.fixture
def monthly(hanako, minato):
    return months.member_ahead(donor=hanako, tier=minato)


@pytest.fixture
def prepaid(hanako, minato):
    return months.member_ahead(donor=hanako, tier=models.Tier.objects.get(slug="minato-6"))


def confirm(browser, path, pick, *, shows=()):
    """Looks at what would happen, then says yes."""
    shown = browser.post_shown(path, {"pick": pick})
    for words in shows:
        assert words in shown.body
    browser.post(
        path,
        {"pick": pick, "seen": shown.hidden("seen"), "confirmed": "1"},
        to="/my/membership/",
    )


@pytest.mark.parametrize("path", [TERM, AFTER, BOX])
def test_nobody_else_comes_in(page_client: PageClient, path):
    page_client.get_redirect(path, to=f"/signin/?{urlencode({'next': path})}")


def test_a_monthly_member_goes_over_to_a_term(signed_in, monthly):
    # given
    browser = signed_in()
    assert "まとめて寄附に切り替える" in browser.get("/my/membership/").body

    # when
    confirm(
        browser,
        TERM,
        "minato-6",
        shows=(
            "2026年12月24日(木)に、まとめてご寄附をお受けします",
            "一度のご寄附60,000円",
            "6回(2026年12月分から2027年5月分まで)",
            "取り消せる最後の日2026年12月17日(木)",
        ),
    )

    # then
    monthly.refresh_from_db()
    assert monthly.next_tier.slug == "minato-6"
    page = browser.get("/my/membership/")
    assert "からまとめて寄附に変わります。" in page.body
    assert "次に変えられる月から、minato-6会員に切り替わります" in page.body


def test_once_the_month_that_pays_for_a_term_is_fixed_nothing_else_is_offered(signed_in, monthly):
    # given
    browser = signed_in()
    confirm(browser, TERM, "minato-6")
    models.Cycle.objects.filter(membership=monthly, n=1).update(state="locked")

    # when
    page = browser.get(TERM)

    # then
    assert "まとめてのご寄附の月が、もう確定しています。" in page.body
    assert "切り替えずに" not in page.body


def test_a_prepaid_member_sees_how_his_term_stands_and_chooses_what_follows(signed_in, prepaid):
    # given
    browser = signed_in()
    page = browser.get("/my/membership/")
    for words in (
        "2026年11月24日(火)のご寄附 60,000円で6回のお届け。あと5回",
        "期間のおわりで終了します(2027年5月17日(月)まで選べます)",
        "この月を見送る",
    ):
        assert words in page.body

    # when
    confirm(
        browser,
        AFTER,
        "minato-6",
        shows=("2027年5月24日(月)に、次のご寄附をお受けします", "一度に60,000円(6回のお届け)"),
    )

    # then
    prepaid.refresh_from_db()
    assert prepaid.is_renewed
    assert "2027年5月24日(月)にminato-6会員 60,000円のご寄附" in browser.get("/my/membership/").body


def test_a_month_of_a_term_is_left_out_with_the_new_last_box_shown(signed_in, prepaid):
    # given
    browser = signed_in()

    # when
    shown = browser.post_shown("/my/membership/skip/", {"month": "2026-12-01"})

    # then
    for words in (
        "期間の最後の箱2027年5月分(2027年5月26日(水)から発送)",
        "お届けする回数は変わりません",
    ):
        assert words in shown.body


def test_another_box_is_chosen_with_its_contents_and_allergens_shown(signed_in, prepaid):
    # given
    gift = world.gift_make(
        slug="buri", name="寒ぶり", procurement_cost_yen=2000, allergens=["さば"]
    )
    box = world.box_make(
        tier=world.tier_make(slug="umi"), month=date(2026, 12, 1), gifts=[gift], title="海の箱"
    )
    browser = signed_in()

    # when
    confirm(
        browser,
        BOX,
        f"2026-12-01:{box.pk}",
        shows=("届く箱海の箱", "寒ぶり", "アレルギーの表示さば"),
    )

    # then
    assert prepaid.cycles.get(n=1).wished_box == box
    assert "海の箱" in browser.get("/my/").body


@pytest.mark.parametrize("path", [AFTER, BOX])
def test_a_monthly_member_has_no_term_to_choose_about(signed_in, monthly, path):
    page = signed_in().get(path)

    assert '<form class="form"' not in page.body
    assert "会員のお手続きへもどる" in page.body


def test_another_donors_term_is_not_reached(signed_in, prepaid):
    # given
    taro = months.member_ahead(donor=world.donor_make(name="taro"), tier=prepaid.tier)

    # when
    confirm(signed_in("taro"), AFTER, "minato-6")

    # then
    prepaid.refresh_from_db()
    taro.refresh_from_db()
    assert (prepaid.is_renewed, taro.is_renewed) == (False, True)
