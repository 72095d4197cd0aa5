"""The producer's list: what is to be done, grouped by ship date and cold, filtered, paged."""

import re
from datetime import date

import pytest

from saleor_ext.dashboard.queries import parcels as parcel_queries
from saleor_ext.fulfilment import services
from tests.builders import dashboard, world

TODAY = date(2026, 11, 24)


def text_of(response):
    """What is written on a page, tags and spaces taken out."""
    html = response.content.decode()
    html = re.sub(r"<(script|style).*?</\1>", "", html, flags=re.S)
    return re.sub(r"\s+", "", re.sub(r"<[^>]*>", "", html))


def keys_in(response):
    return re.findall(r'id="parcel-(S[0-9A-Z]+)"', response.content.decode())


@pytest.fixture
def parcels(producer, hanako, taro):
    """One late, three due today in three classes, one upcoming, one sent."""
    make = dashboard.parcel_of
    return {
        "late": make(
            producer=producer, membership=hanako, n=1, ship_from=date(2026, 11, 2), ship_days=7
        ),
        "frozen": make(
            producer=producer, membership=hanako, n=2, ship_from=TODAY, temperature="frozen"
        ),
        "chilled": make(
            producer=producer, membership=taro, n=1, ship_from=TODAY, temperature="chilled"
        ),
        "ambient": make(
            producer=producer, membership=taro, n=2, ship_from=TODAY, temperature="ambient"
        ),
        "upcoming": make(producer=producer, membership=taro, n=3, ship_from=date(2026, 12, 1)),
        "sent": dashboard.parcel_sent(
            make(producer=producer, membership=hanako, n=3, ship_from=date(2026, 10, 20))
        ),
    }


def test_the_first_page_says_what_is_to_be_done_today(producer_client, producer, parcels):
    services.shipment_ready(
        producer_id=producer.pk, key=parcels["chilled"].key, now=world.NOW, actor="test"
    )

    shown = text_of(producer_client.get("/producer/"))

    assert "今日は11月24日(火)です" in shown
    assert "発送の期限を過ぎた荷物が1個あります" in shown
    assert "今日送れる荷物が3個あります" in shown
    assert "2個品物をつめて" in shown
    assert "1個送り状を貼って渡し" in shown
    assert "このあと12月1日(火)から1個あります" in shown


def test_parcels_stand_by_ship_date_then_cold(producer_client, parcels):
    response = producer_client.get("/producer/")

    assert keys_in(response) == [
        parcels[name].key for name in ("late", "ambient", "chilled", "frozen", "upcoming")
    ]
    html = response.content.decode()
    titles = re.findall(r'<h2 id="date-([0-9-]+)">', html)
    assert titles == ["2026-11-02", "2026-11-24", "2026-12-01"]
    assert "11月24日(火)(今日)から発送3個" in text_of(response)


def test_each_parcel_shows_its_label_and_contents(producer_client, parcels):
    shown = text_of(producer_client.get("/producer/"))

    assert "山田花子様" in shown
    assert "〒100-9999" in shown
    assert "東京都千代田区架空町1-2-3" in shown
    assert "見本ビル101" in shown
    assert "090-0000-1111" in shown
    assert "冬の大根2本×1" in shown
    assert parcels["late"].key in shown
    assert "期限を過ぎています" in shown


def test_nothing_beyond_the_label_is_shown(producer_client, parcels):
    html = producer_client.get("/producer/?show=all").content.decode()

    assert "hanako@example.jp" not in html
    assert "1985" not in html
    assert "ヤマダ" not in html
    assert "3,000円" not in html


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("show=to_ship", ["late", "ambient", "chilled", "frozen", "upcoming"]),
        ("show=sent", ["sent"]),
        ("show=all", ["sent", "late", "ambient", "chilled", "frozen", "upcoming"]),
        ("show=to_ship&month=2026-11", ["late", "ambient", "chilled", "frozen"]),
        ("show=all&month=2026-10", ["sent"]),
        ("show=sent&month=2026-12", []),
        ("show=stopped", []),
    ],
)
def test_filters_narrow_the_list(producer_client, parcels, query, names):
    response = producer_client.get(f"/producer/?{query}")

    assert keys_in(response) == [parcels[name].key for name in names]


def test_the_filters_carry_counts(producer_client, parcels):
    shown = text_of(producer_client.get("/producer/?month=2026-11"))

    assert "未発送4個" in shown
    assert "発送済み0個" in shown
    assert "すべて4個" in shown


def test_a_parcel_that_was_called_off_is_announced_and_cannot_be_sent(producer_client, parcels):
    services.shipment_cancel(
        key=parcels["frozen"].key, now=world.NOW, actor="staff:1", reason="不漁のため"
    )

    first = producer_client.get("/producer/")
    stopped = producer_client.get("/producer/?show=stopped")

    assert parcels["frozen"].key not in keys_in(first)
    assert "取りやめ・保留になった荷物が1個あります" in text_of(first)
    assert keys_in(stopped) == [parcels["frozen"].key]
    assert "この荷物は送らないでください" in text_of(stopped)
    assert "発送しました" not in text_of(stopped)


@pytest.mark.parametrize("query", ["show=everything", "month=2026-13", "month=november"])
def test_a_wrong_address_is_answered_in_words(producer_client, parcels, query):
    response = producer_client.get(f"/producer/?{query}")

    assert response.status_code == 400
    assert "一覧へ戻る" in response.content.decode()


def test_a_parcel_is_late_only_when_its_last_day_is_over(producer_client, producer, hanako):
    dashboard.parcel_of(
        producer=producer, membership=hanako, n=1, ship_from=date(2026, 11, 17), ship_days=7
    )
    on_the_last_day = producer_client.get("/producer/")
    dashboard.parcel_of(
        producer=producer, membership=hanako, n=2, ship_from=date(2026, 11, 16), ship_days=7
    )
    on_the_day_after = producer_client.get("/producer/")

    assert "期限を過ぎ" not in text_of(on_the_last_day)
    assert "今日送れる荷物が1個あります" in text_of(on_the_last_day)
    assert "発送の期限を過ぎた荷物が1個あります" in text_of(on_the_day_after)


def test_an_empty_list_is_friendly(producer_client):
    shown = text_of(producer_client.get("/producer/"))

    assert "今日送る荷物はありません" in shown
    assert "発送する荷物はありません。おつかれさまです。" in shown


def test_long_lists_are_paged_without_losing_or_repeating_a_parcel(
    producer_client, parcels, monkeypatch
):
    monkeypatch.setattr(parcel_queries, "PAGE_SIZE", 2)
    seen, address = [], "/producer/?show=all"

    for _ in range(10):
        response = producer_client.get(address)
        seen += keys_in(response)
        following = re.search(r'href="(\?[^"]*after=[^"]*)"', response.content.decode())
        if following is None:
            break
        address = "/producer/" + following[1].replace("&amp;", "&")

    assert seen == [
        parcels[name].key for name in ("sent", "late", "ambient", "chilled", "frozen", "upcoming")
    ]


def test_group_counts_cover_all_pages(producer_client, parcels, monkeypatch):
    monkeypatch.setattr(parcel_queries, "PAGE_SIZE", 2)

    shown = text_of(producer_client.get("/producer/"))

    assert "11月24日(火)(今日)から発送3個" in shown


def test_the_number_of_queries_does_not_grow_with_the_parcels(
    producer_client, producer, hanako, parcels, queries
):
    with queries() as few:
        producer_client.get("/producer/?show=all")
    for number in range(10, 30):
        dashboard.parcel_of(producer=producer, membership=hanako, n=number, ship_from=TODAY)
    with queries() as many:
        producer_client.get("/producer/?show=all")

    assert len(many) == len(few)
    assert len(few) <= 14
