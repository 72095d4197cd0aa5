"""The small pages beside the shop's own, and the links between the two."""

import re

import pytest

from saleor_ext.dashboard.views import widgets
from saleor_ext.membership import models, selectors
from saleor_ext.membership import services as membership_services
from saleor_ext.saleor_connector import catalogue
from saleor_ext.saleor_connector import errors as shop_errors
from saleor_ext.saleor_connector import models as shop_models
from tests.builders import dashboard, world

DASHBOARD = "https://dashboard.example.jp/dashboard/"


def words(response):
    assert response.status_code == 200
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", response.content.decode()))


@pytest.fixture
def order(producer, hanako):
    """The shop's order of 花子's first month, whose parcel has left."""
    [parcel] = dashboard.parcels_of_member(hanako)
    dashboard.parcel_sent(parcel)
    return shop_models.ShopOrder.objects.create(
        external_reference=selectors.cycle_key(cycle=hanako.cycles.get(n=0)),
        order_id="T3JkZXI6MQ==",
        number="12",
        status="UNFULFILLED",
        updated_at=world.NOW,
    )


@pytest.fixture
def skus(monkeypatch):
    """What the shop says of a product; nothing until told."""
    said = []
    monkeypatch.setattr(catalogue, "product_skus", lambda *, product_id: said)
    return said


def test_beside_an_order_stands_the_month_behind_it(staff_client, order, hanako):
    response = staff_client.get("/staff/widgets/order/", {"orderId": order.order_id})

    shown = words(response)
    assert "2026年11月の回" in shown
    assert "寄附済み" in shown
    assert "受領証 2026-000001" in shown
    assert "3,000円" in shown
    assert "発送済み" in shown
    assert f'href="/staff/members/{hanako.donor_id}/"' in response.content.decode()
    assert "山田" not in shown


def test_beside_an_order_of_something_else_stands_that_it_is_none_of_ours(staff_client, hanako):
    response = staff_client.get("/staff/widgets/order/", {"orderId": "T3JkZXI6OTk="})

    assert "サロンの回とつながっていません" in words(response)


def test_beside_a_customer_stand_his_memberships(staff_client, hanako):
    membership_services.membership_park(
        membership_id=hanako.pk, now=world.NOW, actor="staff:1", reason="住所の確認"
    )

    response = staff_client.get("/staff/widgets/customer/", {"customerId": "user-hanako"})

    shown = words(response)
    assert hanako.public_id in shown
    assert "職員確認中" in shown
    assert "止めている理由:住所の確認" in shown
    assert "2026年の寄附 3,000円" in shown


def test_beside_a_customer_who_never_joined_stands_so(staff_client, hanako):
    response = staff_client.get("/staff/widgets/customer/", {"customerId": "user-nobody"})

    assert "サロンの会員ではありません" in words(response)


def test_beside_a_gift_stand_its_boxes_and_waiting_parcels(staff_client, producer, hanako, skus):
    parcel = dashboard.parcel_of(producer=producer, membership=hanako)
    skus.append(parcel.items.get().gift.sku)

    shown = words(staff_client.get("/staff/widgets/product/", {"productId": "x"}))

    assert f"返礼品 {producer.name}" in shown
    assert "発送を待つ荷物 1個" in shown


def test_beside_a_tier_stands_how_many_are_in_it(staff_client, hanako, taro, skus):
    skus.append(hanako.tier.sku)

    shown = words(staff_client.get("/staff/widgets/product/", {"productId": "x"}))

    assert "毎月の寄附 3,000円" in shown
    assert "継続中 2人" in shown


def test_beside_any_other_product_stands_that_it_is_none_of_ours(staff_client, hanako, skus):
    response = staff_client.get("/staff/widgets/product/", {"productId": "x"})

    assert "返礼品・会員プランではありません" in words(response)


def test_when_the_shop_does_not_answer_the_widget_says_so(staff_client, hanako, monkeypatch):
    def away(*, product_id):
        raise shop_errors.ShopUnavailable("down")

    monkeypatch.setattr(widgets.catalogue, "product_skus", away)

    response = staff_client.get("/staff/widgets/product/", {"productId": "x"})

    assert "お店から商品の情報を受け取れませんでした" in words(response)


def test_the_widgets_are_for_staff_alone(hanako, producer):
    for name in ("order", "customer", "product", "home"):
        address = f"/staff/widgets/{name}/"
        assert dashboard.donor_browser(hanako.donor).get(address).status_code == 404
        assert dashboard.producer_browser(producer).get(address).status_code == 404


def test_a_members_page_leads_to_the_shops_own_pages(staff_client, order, hanako, settings):
    settings.DASHBOARD_URLS = [DASHBOARD]
    gift = hanako.cycles.get(n=0).shipments.get().items.get().gift
    type(gift).objects.filter(pk=gift.pk).update(saleor_variant_id="UHJvZHVjdFZhcmlhbnQ6MQ==")

    page = staff_client.get(f"/staff/members/{hanako.donor_id}/").content.decode()

    for path in (
        "/customers/user-hanako",
        "/orders/T3JkZXI6MQ%3D%3D",
        "/products/variant/UHJvZHVjdFZhcmlhbnQ6MQ%3D%3D",
    ):
        assert (
            f'href="https://dashboard.example.jp/dashboard{path}" data-dashboard="{path}"' in page
        )


def test_without_a_dashboard_there_are_no_such_links(staff_client, order, hanako, settings):
    settings.DASHBOARD_URLS = []

    page = staff_client.get(f"/staff/members/{hanako.donor_id}/").content.decode()

    assert "data-dashboard" not in page
    assert models.Donor.objects.get(pk=hanako.donor_id).saleor_user_id not in page
