"""What anybody may see: the first page, tiers, town, producers, gifts, and the small print."""

import pytest

from saleor_ext.membership import models
from tests.builders import world


def test_the_first_page_shows_tiers_boxes_and_producers(page_client, tier):
    # given
    world.free_tier_make()

    # when
    page = page_client.get("/")

    # then
    assert page.h1 == "汐見町のつくる人と、毎月をともに"
    assert "毎月 3,000円 のご寄附" in page.body
    assert "11月のお届け" in page.body
    assert "冬の畑から" in page.body
    assert "hatake農園" in page.body


def test_the_first_page_tells_what_donations_are_used_for(page_client, tier):
    # given
    models.Municipality.objects.update(
        uses=[{"name": "海と山を手入れするために", "summary": "藻場の再生に使います。"}]
    )

    # when
    page = page_client.get("/")

    # then
    assert "海と山を手入れするために" in page.body
    assert "藻場の再生に使います。" in page.body


def test_tiers_are_listed_with_their_amounts(page_client, tier):
    world.prepaid_tier_make(box_source=tier)

    page = page_client.get("/tiers/")

    assert "毎月 3,000円 のご寄附" in page.body
    assert "一度だけ 60,000円 のご寄附" in page.body
    assert "/tiers/minato-6/" in page.links


def test_a_tier_shows_the_coming_boxes_and_the_four_dates_in_words(page_client, tier):
    # when
    page = page_client.get("/tiers/nagisa/")

    # then
    for words in (
        "2026年11月のお届け",
        "今日 11月24日(火)",
        "12月17日(木)までの変更は12月分に間に合います",
        "変更の締切 12月17日(木)まで",
        "ご寄附日 12月24日(木)",
        "生産者に一覧が届く日 12月25日(金)",
        "発送の期間 12月28日(月)から1月4日(月)",
        "冷蔵便",
        "冬の大根",
    ):
        assert words in page.body
    assert page.body.count("変更の締切") == 3


def test_a_free_tier_has_no_dates(page_client, tier):
    world.free_tier_make()

    page = page_client.get("/tiers/dayori/")

    assert "無料で会員になる" in page.body
    assert "変更の締切" not in page.body


def test_allergens_and_alcohol_are_told(page_client, tier):
    # given
    gift = world.gift_make(slug="shochu", is_alcohol=True, allergens=["小麦", "卵"])

    # when
    page = page_client.get(f"/gifts/{gift.slug}/")

    # then
    assert "小麦・卵" in page.body
    assert "お酒です。20歳未満の方にはお送りできません。" in page.body
    assert "町のなかで生産したもの" in page.body


@pytest.mark.parametrize("path", ["/town/", "/producers/", "/producers/hatake/"])
def test_town_and_producers(page_client, tier, path):
    page = page_client.get(path)

    assert "hatake農園" in page.body


@pytest.mark.parametrize(
    ("path", "heading"),
    [
        ("/about/", "このサロンについて"),
        ("/help/", "よくあるご質問"),
        ("/terms/", "ご利用の約束"),
        ("/privacy/", "個人情報の取り扱い"),
    ],
)
def test_the_small_print(page_client, tier, path, heading):
    page = page_client.get(path)

    assert page.h1 == heading
    assert "町で確認中" in page.body or "確認中" in page.body


@pytest.mark.parametrize(
    "path",
    [
        "/tiers/gone/",
        "/producers/gone/",
        "/gifts/gone/",
        "/posts/gone/",
        "/events/gone/",
        "/documents/gone/",
        "/join/gone/",
        "/no/such/page/",
    ],
)
def test_what_is_not_there_is_404_in_kind_words(page_client, tier, path):
    page = page_client.get(path, status=404)

    assert page.h1 == "ページが見つかりません"
    assert "/tiers/" in page.links


def test_a_closed_tier_is_not_shown(page_client, tier):
    models.Tier.objects.update(is_open=False)

    page_client.get("/tiers/nagisa/", status=404)


def test_without_a_town_the_first_page_does_not_break(page_client):
    page_client.get("/", status=404)


def test_the_visitor_is_offered_to_sign_in_and_the_member_his_page(page_client, tier, signed_in):
    assert "/signin/" in page_client.get("/tiers/").links
    assert "/my/" in signed_in().get("/tiers/").links
