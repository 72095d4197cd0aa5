"""Every producer and staff page as a whole: fit to be shown, with its number of queries."""

from datetime import date, timedelta

import pytest

from saleor_ext.fulfilment import services
from saleor_ext.membership import services as membership_services
from saleor_ext.outbox import services as outbox
from tests.builders import dashboard, world
from tests.web.page_client import PageClient

TODAY = date(2026, 11, 24)


@pytest.fixture
def parcels(producer, hanako, taro):
    """One parcel in each state a producer meets."""
    made = {}
    for number, name in enumerate(["late", "requested", "preparing", "shipped", "cancelled"]):
        ship_from = TODAY - timedelta(days=30 if name == "late" else 0)
        made[name] = dashboard.parcel_of(
            producer=producer, membership=taro, n=number + 1, ship_from=ship_from
        )
    key = {name: parcel.key for name, parcel in made.items()}
    services.shipment_ready(
        producer_id=producer.pk, key=key["preparing"], now=world.NOW, actor="test"
    )
    dashboard.parcel_sent(made["shipped"])
    services.shipment_cancel(key=key["cancelled"], now=world.NOW, actor="test", reason="不漁")
    return made


@pytest.fixture
def producer_pages(query_counts, producer_client):
    return PageClient(counts=query_counts, client=producer_client)


@pytest.fixture
def staff_pages(query_counts, staff_client):
    return PageClient(counts=query_counts, client=staff_client)


@pytest.fixture
def viewer_pages(query_counts, viewer_client):
    return PageClient(counts=query_counts, client=viewer_client)


@pytest.mark.parametrize("query", ["", "?show=all", "?show=sent", "?month=2026-10"])
def test_the_producers_list(producer_pages, parcels, query):
    page = producer_pages.get(f"/producer/{query}")

    assert page.h1 == "荷物の一覧"


@pytest.mark.parametrize("state", ["late", "requested", "preparing", "shipped", "cancelled"])
def test_a_parcels_page_in_every_state(producer_pages, parcels, state):
    page = producer_pages.get(f"/producer/parcels/{parcels[state].key}/")

    assert page.h1 == "鈴木 太郎 様の荷物"


def test_a_parcels_page_with_an_error(producer_pages, parcels):
    address = f"/producer/parcels/{parcels['requested'].key}/"

    page = producer_pages.post_refused(f"{address}ship/", {"tracking_number": "123"})

    assert "まだ登録していません" in page.body


def test_the_list_on_paper(producer_pages, parcels):
    assert producer_pages.get("/producer/print/").h1 == "発送一覧"


def test_a_wrong_address(producer_pages, staff_pages):
    assert producer_pages.get("/producer/?show=x", status=400).h1 == "開けませんでした"
    assert staff_pages.get("/staff/cycles/?month=x", status=400).h1 == "開けませんでした"


@pytest.mark.parametrize(
    ("address", "heading"),
    [
        ("/staff/", "いまのようす"),
        ("/staff/members/", "会員"),
        ("/staff/members/?q=nobody", "会員"),
        ("/staff/cycles/", "毎月の回"),
        ("/staff/donations/", "寄附"),
        ("/staff/shipments/", "お届け"),
        ("/staff/charges/?state=all", "決済"),
        ("/staff/unclear/", "確認中の決済"),
        ("/staff/money/", "入金の照合"),
        ("/staff/gaps/", "合わないもの"),
        ("/staff/balance/", "入出金の明細"),
        ("/staff/payouts/", "振込"),
        ("/staff/disputes/", "不審請求"),
        ("/staff/messages/", "止まった処理"),
        ("/staff/words/", "言葉の確認"),
        ("/staff/law/", "法令"),
        ("/staff/law/?on=2026-09-30", "法令"),
        ("/staff/run/", "毎月の処理"),
        ("/staff/run/progress/", "処理のようす"),
        ("/staff/settings/", "設定"),
        ("/staff/widgets/home/", "ふるさとサロン"),
        ("/staff/widgets/customer/?customerId=user-taro", "ふるさとサロン"),
        ("/frame/members/", "ふるさとサロン"),
    ],
)
def test_the_staff_pages(staff_pages, parcels, address, heading):
    message = outbox.message_put(topic="mail.send", key="mail:1", payload={}, now=world.NOW)
    outbox.message_put_off(message_id=message.pk, error="x", is_final=True, now=world.NOW)

    assert staff_pages.get(address).h1 == heading


def test_a_members_page(staff_pages, parcels, taro):
    dashboard.declined_make(taro, n=9)

    assert staff_pages.get(f"/staff/members/{taro.donor_id}/").h1 == "鈴木 太郎 様"


def test_a_parked_members_page_and_its_refusal(staff_pages, hanako):
    membership_services.membership_park(
        membership_id=hanako.pk, now=world.NOW, actor="staff:1", reason="確認中"
    )

    page = staff_pages.get(f"/staff/members/{hanako.donor_id}/")
    refused = staff_pages.post_refused(
        f"/staff/memberships/{hanako.public_id}/unpark/", {"reason": ""}
    )

    assert "再開すると戻る状態継続中" in page.body
    assert "まだ変更していません" in refused.body


def test_the_pages_of_staff_without_permission(viewer_pages, hanako):
    assert viewer_pages.get("/staff/members/").h1 == "会員"
    assert viewer_pages.get(f"/staff/members/{hanako.donor_id}/").h1 == f"会員 {hanako.donor_id}"
    assert viewer_pages.get("/staff/run/", status=403).h1 == "このページは開けません"
