"""Posts, events and documents: whole for those entitled, an honest beginning for others."""

from datetime import timedelta

import pytest

from saleor_ext.content import models
from tests.builders import world

SECRET = "八十八夜の朝にだけ話せることがあります。"
BODY = "## 朝\n\n" + "畑は霜が解けてから動きだします。" * 20 + f"\n\n{SECRET}\n"


def post_make(*, slug="shimo", min_rank=1, **overrides):
    values = {
        "title": "霜を待つ",
        "lead": "冷えこむほど甘くなります。",
        "published_at": world.NOW - timedelta(days=3),
        "author": "門田 千鶴",
        "body": BODY,
    }
    return models.Post.objects.create(slug=slug, min_rank=min_rank, **values | overrides)


def event_make(*, slug="ohanashi", min_rank=1, **overrides):
    values = {
        "title": "畑のお話会",
        "lead": "画面ごしに畑を歩きます。",
        "published_at": world.NOW - timedelta(days=3),
        "starts_at": world.NOW + timedelta(days=5),
        "ends_at": world.NOW + timedelta(days=5, hours=1),
        "place": "オンライン",
        "is_online": True,
        "capacity": 1,
        "body": BODY,
        "how_to_join": "合言葉は「しおかぜ」です。",
    }
    return models.Event.objects.create(slug=slug, min_rank=min_rank, **values | overrides)


@pytest.fixture
def member(hanako):
    return world.member_make(donor=hanako)


def test_a_member_reads_the_whole_post(signed_in, member):
    post_make()

    page = signed_in().get("/posts/shimo/")

    assert page.h1 == "霜を待つ"
    assert SECRET in page.body
    assert "ここから先は" not in page.body


def test_a_visitor_reads_the_beginning_and_who_may_read_on(page_client, tier):
    # given
    post_make()

    # when
    page = page_client.get("/posts/shimo/")

    # then
    assert "冷えこむほど甘くなります。" in page.body
    assert "畑は霜が解けてから動きだします。" in page.body
    assert SECRET not in page.text
    assert "ここから先はなぎさ会員から読めます" in page.body
    assert "/tiers/" in page.links


def test_a_member_of_a_lower_tier_is_told_so(signed_in, member):
    world.tier_make(slug="minato", amount_yen=10000, rank=3)
    post_make(min_rank=3)

    page = signed_in().get("/posts/shimo/")

    assert SECRET not in page.text
    assert "ここから先はみなと会員から読めます" in page.body
    assert "いまのプランでは、ここまでをご覧いただけます。" in page.body


def test_a_public_post_is_whole_for_everybody(page_client, tier):
    post_make(min_rank=-1)

    page = page_client.get("/posts/shimo/")

    assert SECRET in page.body
    assert "どなたでも読めます" in page.body


def test_a_post_of_tomorrow_is_not_there_yet(signed_in, member):
    post_make(published_at=world.NOW + timedelta(days=1))

    signed_in().get("/posts/shimo/", status=404)
    assert "霜を待つ" not in signed_in().get("/posts/").body


def test_a_post_about_a_producer_leads_to_him(page_client, tier):
    post_make(producer=world.producer_make())

    assert "/producers/hatake/" in page_client.get("/posts/shimo/").links
    assert "/posts/shimo/" in page_client.get("/producers/hatake/").links


@pytest.mark.parametrize("count", [1, 5])
def test_a_longer_list_asks_no_more_of_the_database(page_client, tier, count):
    """Both rows of query_counts.json must hold the same number."""
    for number in range(count):
        post_make(slug=f"post-{number}", title=f"便り{number}")

    page = page_client.get("/posts/")

    assert len([link for link in page.links if link.startswith("/posts/post-")]) == count


@pytest.mark.parametrize("path", ["/posts/", "/events/", "/documents/"])
def test_an_empty_list_says_so(page_client, tier, path):
    page = page_client.get(path)

    assert "ありません" in page.body


def test_documents_are_closed_alike(page_client, signed_in, member):
    models.Document.objects.create(
        slug="koyomi",
        title="畑の暦",
        lead="一年の仕事です。",
        min_rank=1,
        published_at=world.NOW - timedelta(days=3),
        body=BODY,
    )

    assert SECRET not in page_client.get("/documents/koyomi/").text
    assert SECRET in signed_in().get("/documents/koyomi/").body
    assert "畑の暦" in page_client.get("/documents/").body


def test_a_member_enters_and_leaves_an_event(signed_in, member):
    # given
    event_make()
    browser = signed_in()
    assert "合言葉" not in browser.get("/events/ohanashi/").text

    # when
    browser.post("/events/ohanashi/enter/", to="/events/ohanashi/")

    # then
    page = browser.get("/events/ohanashi/")
    assert "お申し込みをお受けしました。" in page.body
    assert "合言葉は「しおかぜ」です。" in page.body
    assert models.EventEntry.objects.count() == 1

    browser.post("/events/ohanashi/leave/", to="/events/ohanashi/")
    assert "お申し込みを取り消しました。" in browser.get("/events/ohanashi/").body
    assert models.EventEntry.objects.count() == 0


def test_a_full_event_says_so_and_takes_nobody_more(signed_in, member):
    # given
    taro = world.member_make(donor=world.donor_make(name="taro"))
    event = event_make()
    models.EventEntry.objects.create(event=event, donor=taro.donor, entered_at=world.NOW)
    browser = signed_in()
    assert "定員に達しました。" in browser.get("/events/ohanashi/").body

    # when
    browser.post("/events/ohanashi/enter/", to="/events/ohanashi/")

    # then
    assert "この催しは定員に達しました。" in browser.get("/events/ohanashi/").body
    assert models.EventEntry.objects.count() == 1


def test_an_event_of_a_higher_tier_takes_nobody_from_a_lower_one(signed_in, member):
    world.tier_make(slug="minato", amount_yen=10000, rank=3)
    event_make(min_rank=3)
    browser = signed_in()
    assert "この催しにはみなと会員からご参加いただけます" in browser.get("/events/ohanashi/").body

    browser.post("/events/ohanashi/enter/", to="/events/ohanashi/")

    assert "対象の会員の方にご案内しています" in browser.get("/events/ohanashi/").body
    assert models.EventEntry.objects.count() == 0


def test_an_event_that_is_over_cannot_be_entered(signed_in, member):
    event_make(starts_at=world.NOW - timedelta(hours=3), ends_at=world.NOW - timedelta(hours=2))
    browser = signed_in()
    assert "この催しは終わりました。" in browser.get("/events/ohanashi/").body

    browser.post("/events/ohanashi/enter/", to="/events/ohanashi/")

    assert models.EventEntry.objects.count() == 0
    assert "畑のお話会" not in browser.get("/events/").body


def test_a_public_event_asks_visitors_to_sign_in(page_client, tier):
    event_make(min_rank=-1)

    page = page_client.get("/events/ohanashi/")

    assert "どなたでも参加できます" in page.body
    assert "/signin/?next=/events/ohanashi/" in page.links


def test_entering_needs_a_post_and_a_sign_in(page_client, tier):
    event_make()

    assert page_client.http.get("/events/ohanashi/enter/").status_code == 405
    page_client.post("/events/ohanashi/enter/", to="/signin/?next=%2Fevents%2Fohanashi%2Fenter%2F")
    assert models.EventEntry.objects.count() == 0
