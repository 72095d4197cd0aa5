"""One parcel: its page, the tick and its undoing, and the tracking number."""

import re
from datetime import date

import pytest
from django.utils.html import escape

from saleor_ext.fulfilment import services
from saleor_ext.outbox import models as outbox_models
from tests.builders import dashboard, world

TODAY = date(2026, 11, 24)
GOOD = "401234567893"
OTHER = "401234567904"


@pytest.fixture
def parcel(producer, hanako):
    return dashboard.parcel_of(producer=producer, membership=hanako, ship_from=TODAY)


def address(parcel, action=""):
    return f"/producer/parcels/{parcel.key}/{action}"


def text_of(response):
    return re.sub(r"\s+", "", re.sub(r"<[^>]*>", "", response.content.decode()))


def test_the_parcels_page_shows_all_that_goes_on_the_label(producer_client, parcel):
    shown = text_of(producer_client.get(address(parcel)))

    for expected in (
        "郵便番号100-9999",
        "ご住所東京都千代田区架空町1-2-3見本ビル101",
        "お名前山田花子様",
        "電話番号090-0000-1111",
        "温度冷蔵",
        "運送会社ヤマト運輸",
        f"お客様管理番号(荷物番号){parcel.key}",
        "発送する日2026年11月24日(火)から2026年12月1日(火)まで",
        "冬の大根2本×1",
    ):
        assert expected in shown


def test_ready_is_ticked_and_leads_back_to_the_same_place(producer_client, parcel, producer):
    response = producer_client.post(
        address(parcel, "ready/"), {"show": "to_ship", "month": "2026-11", "from": "list"}
    )

    assert response.status_code == 303
    assert response["Location"] == (f"/producer/?show=to_ship&month=2026-11#parcel-{parcel.key}")
    parcel.refresh_from_db()
    assert parcel.state == "preparing"
    event = parcel.events.order_by("-pk").first()
    assert (event.to_state, event.actor) == ("preparing", f"producer:{producer.pk}")


def test_ready_twice_is_ready_once(producer_client, parcel):
    producer_client.post(address(parcel, "ready/"))

    response = producer_client.post(address(parcel, "ready/"))

    assert response.status_code == 303
    assert parcel.events.filter(to_state="preparing").count() == 1


def test_ready_can_be_taken_back(producer_client, parcel):
    producer_client.post(address(parcel, "ready/"))

    response = producer_client.post(address(parcel, "unready/"), {"from": "parcel"})

    assert response["Location"] == address(parcel)
    parcel.refresh_from_db()
    assert parcel.state == "requested"


@pytest.mark.parametrize(
    "back", [{"show": "http://elsewhere.example/"}, {"month": "../../"}, {"from": "//x"}]
)
def test_the_way_back_never_leads_elsewhere(producer_client, parcel, back):
    response = producer_client.post(address(parcel, "ready/"), back)

    assert response["Location"] == f"/producer/#parcel-{parcel.key}"


def test_a_good_number_ships_the_parcel_and_tells_the_donor(producer_client, parcel):
    response = producer_client.post(
        address(parcel, "ship/"),
        {"tracking_number": "４０１２－３４５６－７８９３", "show": "to_ship"},
    )

    assert response.status_code == 303
    assert response["Location"] == "/producer/?show=to_ship"
    parcel.refresh_from_db()
    assert (parcel.state, parcel.tracking_number) == ("shipped", GOOD)
    assert parcel.shipped_on == TODAY
    topics = outbox_models.OutboxMessage.objects.values_list("key", flat=True)
    assert f"order.fulfill:{parcel.pk}" in topics
    assert f"mail:box_shipped:{parcel.pk}" in topics
    following = producer_client.get("/producer/")
    assert f"発送済みにしました。荷物{parcel.key}、送り状番号{GOOD}" in text_of(following)


def test_the_same_number_again_changes_nothing(producer_client, parcel):
    producer_client.post(address(parcel, "ship/"), {"tracking_number": GOOD})

    response = producer_client.post(address(parcel, "ship/"), {"tracking_number": GOOD})

    assert response.status_code == 303
    assert parcel.events.filter(to_state="shipped").count() == 1


def test_a_wrong_number_of_a_parcel_under_way_is_put_right_and_everybody_told(
    producer_client, parcel
):
    # given
    producer_client.post(address(parcel, "ship/"), {"tracking_number": GOOD})

    # when
    page = producer_client.get(address(parcel))
    wrong = producer_client.post(address(parcel, "number/"), {"tracking_number": "1234"})
    response = producer_client.post(
        address(parcel, "number/"), {"tracking_number": OTHER, "from": "parcel"}
    )
    producer_client.post(address(parcel, "number/"), {"tracking_number": OTHER})

    # then
    assert "送り状の番号をまちがえたとき" in text_of(page)
    assert wrong.status_code == 422
    assert "番号のけた数がちがいます" in text_of(wrong)
    assert response.status_code == 303
    parcel.refresh_from_db()
    assert (parcel.state, parcel.tracking_number) == ("shipped", OTHER)
    event = parcel.events.get(reason="number_corrected")
    keys = outbox_models.OutboxMessage.objects.values_list("key", flat=True)
    assert {f"order.track:{event.pk}", f"mail:box_number:{event.pk}"} <= set(keys)


def test_the_number_of_a_parcel_that_has_not_left_is_not_corrected(producer_client, parcel):
    response = producer_client.post(address(parcel, "number/"), {"tracking_number": OTHER})

    assert response.status_code == 422
    parcel.refresh_from_db()
    assert (parcel.state, parcel.tracking_number) == ("requested", "")
    assert not outbox_models.OutboxMessage.objects.filter(topic="mail.send").exists()


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("", "送り状の番号を入れてください。"),
        ("   ", "送り状の番号を入れてください。"),
        ("40123456789", "番号のけた数がちがいます。ヤマト運輸の番号は12けたです。"),
        ("4012-3456-789X", "数字のほかの文字が入っています。"),
        ("4012-3456-7890", "番号のどこかがちがっているようです。"),
        ("9" * 61, "番号が長すぎます。"),
        ('"><script>', "数字のほかの文字が入っています。"),
    ],
)
def test_a_wrong_number_is_explained_and_kept(producer_client, parcel, typed, words):
    response = producer_client.post(
        address(parcel, "ship/"), {"tracking_number": typed, "show": "to_ship"}
    )

    assert response.status_code == 422
    html = response.content.decode()
    assert html.count(words) == 2  # in the summary and beside the field
    assert f'value="{escape(typed)}"' in html
    assert 'aria-invalid="true"' in html
    assert f'aria-describedby="error-{parcel.key} help-{parcel.key}"' in html
    assert "<script>" not in html
    parcel.refresh_from_db()
    assert (parcel.state, parcel.tracking_number) == ("requested", "")
    assert not outbox_models.OutboxMessage.objects.filter(key__contains=f":{parcel.pk}").exists()


def test_a_number_of_another_parcel_is_refused(producer_client, producer, parcel, taro):
    other = dashboard.parcel_of(producer=producer, membership=taro, ship_from=TODAY)
    producer_client.post(address(other, "ship/"), {"tracking_number": GOOD})

    response = producer_client.post(address(parcel, "ship/"), {"tracking_number": GOOD})

    assert response.status_code == 422
    assert "この番号は、ほかの荷物でもう使われています。" in response.content.decode()
    parcel.refresh_from_db()
    assert parcel.state == "requested"


def test_a_parcel_that_was_called_off_cannot_be_shipped(producer_client, parcel):
    services.shipment_cancel(key=parcel.key, now=world.NOW, actor="staff:1", reason="不作のため")

    response = producer_client.post(address(parcel, "ship/"), {"tracking_number": GOOD})

    assert response.status_code == 422
    assert "この操作はもうできません。" in response.content.decode()
    parcel.refresh_from_db()
    assert (parcel.state, parcel.tracking_number) == ("cancelled", "")


def test_a_shipped_parcel_cannot_be_ticked_back(producer_client, parcel):
    producer_client.post(address(parcel, "ship/"), {"tracking_number": GOOD})

    response = producer_client.post(address(parcel, "unready/"))

    assert response.status_code == 422
    parcel.refresh_from_db()
    assert parcel.state == "shipped"


def test_a_shipped_parcel_links_to_the_carrier(producer_client, parcel):
    producer_client.post(address(parcel, "ship/"), {"tracking_number": GOOD})

    html = producer_client.get(address(parcel)).content.decode()

    assert f"https://member.kms.kuronekoyamato.co.jp/parcel/detail?pno={GOOD}" in html
    assert "発送しました" not in html


def test_another_producer_cannot_ship_or_tick_it(neighbour, parcel):
    client = dashboard.producer_browser(neighbour)

    for action in ("ready/", "unready/", "ship/"):
        response = client.post(address(parcel, action), {"tracking_number": GOOD})
        assert response.status_code == 404
    parcel.refresh_from_db()
    assert (parcel.state, parcel.tracking_number) == ("requested", "")
    assert parcel.events.count() == 1
