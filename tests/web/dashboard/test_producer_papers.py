"""The producer's list on paper and as a file."""

import csv
import io
import logging
import re
from datetime import date

import pytest

from saleor_ext.fulfilment import models
from tests.builders import dashboard

TODAY = date(2026, 11, 24)


@pytest.fixture
def parcels(producer, hanako, taro):
    make = dashboard.parcel_of
    return [
        make(producer=producer, membership=hanako, n=1, ship_from=TODAY, temperature="chilled"),
        make(producer=producer, membership=taro, n=1, ship_from=TODAY, temperature="frozen"),
        make(producer=producer, membership=taro, n=2, ship_from=date(2026, 11, 27)),
    ]


def text_of(response):
    return re.sub(r"\s+", "", re.sub(r"<[^>]*>", "", response.content.decode()))


def rows_of(response):
    text = b"".join(response).decode("utf-8")
    assert text.startswith("\ufeff")
    assert "\r\n" in text
    return list(csv.reader(io.StringIO(text.removeprefix("\ufeff"))))


def test_the_paper_lists_one_day_with_cold_marked_in_words(producer_client, parcels):
    response = producer_client.get("/producer/print/?ship_on=2026-11-24")

    html, shown = response.content.decode(), text_of(response)
    assert "11月24日(火)から発送する分：2個" in shown
    assert parcels[0].key in shown
    assert parcels[1].key in shown
    assert parcels[2].key not in shown
    assert html.count('class="mark mark--chilled">冷蔵') == 3  # sum, head of the table, row
    assert html.count('class="mark mark--frozen">冷凍') == 3
    assert "山田花子様" in shown
    assert "電話090-0000-2222" in shown


def test_the_paper_without_a_day_lists_everything_not_sent(producer_client, parcels):
    dashboard.parcel_sent(parcels[0])

    shown = text_of(producer_client.get("/producer/print/"))

    assert "まだ発送していない荷物すべて：2個" in shown
    assert parcels[0].key not in shown


def test_a_wrong_day_is_answered_in_words(producer_client):
    response = producer_client.get("/producer/print/?ship_on=24.11.2026")

    assert response.status_code == 400
    assert "日付が正しくありません" in response.content.decode()


def test_a_day_without_parcels_says_so(producer_client):
    assert "発送する荷物はありません" in text_of(
        producer_client.get("/producer/print/?ship_on=2026-01-01")
    )


def test_the_file_has_the_producers_own_parcels(producer_client, parcels):
    rows = rows_of(producer_client.get("/producer/parcels.csv?show=to_ship"))

    assert rows[0][:5] == ["荷物番号", "状態", "温度", "発送開始日", "発送期限"]
    assert [row[0] for row in rows[1:]] == [parcel.key for parcel in parcels]
    assert rows[1][1:13] == [
        "準備まえ",
        "冷蔵",
        "2026-11-24",
        "2026-12-01",
        "冬の大根×1",
        "山田　花子",
        "100-9999",
        "東京都",
        "千代田区",
        "架空町1-2-3",
        "見本ビル101",
        "090-0000-1111",
    ]


def test_the_file_cannot_carry_a_formula(producer_client, parcels):
    models.Shipment.objects.filter(pk=parcels[0].pk).update(
        recipient_name='=HYPERLINK("http://elsewhere.example","花子")', building="+1+1"
    )

    rows = rows_of(producer_client.get("/producer/parcels.csv"))

    assert rows[1][6] == '\'=HYPERLINK("http://elsewhere.example","花子")'
    assert rows[1][11] == "'+1+1"


def test_taking_the_list_away_is_noted_without_names(producer_client, producer, parcels, caplog):
    with caplog.at_level(logging.INFO, logger="furusato.access"):
        producer_client.get("/producer/parcels.csv")
        producer_client.get("/producer/print/")

    assert [
        record.getMessage() for record in caplog.records if record.name == "furusato.access"
    ] == [
        f"export what=parcels_csv actor=producer:{producer.pk} rows=3",
        f"export what=parcels_print actor=producer:{producer.pk} rows=3",
    ]


def test_other_producers_parcels_are_on_no_paper(neighbour, parcels):
    client = dashboard.producer_browser(neighbour)

    paper = client.get("/producer/print/?ship_on=2026-11-24")
    rows = rows_of(client.get("/producer/parcels.csv?show=all"))

    assert "山田" not in paper.content.decode()
    assert len(rows) == 1
