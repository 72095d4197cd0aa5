"""Small pages beside the shop's own pages of an order, a customer and a product."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from saleor_ext.access.roles import Act
from saleor_ext.common import clock
from saleor_ext.common.errors import NotFound
from saleor_ext.dashboard.permissions import MemberRequest, staff_may
from saleor_ext.dashboard.queries import overview as overview_queries
from saleor_ext.dashboard.queries import widgets as queries
from saleor_ext.saleor_connector import catalogue
from saleor_ext.saleor_connector.errors import ShopError


@staff_may(Act.LOOK)
@require_GET
def order(request: MemberRequest) -> HttpResponse:
    """The month behind an order."""
    try:
        widget = queries.order_widget(order_id=request.GET.get("orderId", ""))
    except NotFound:
        return _nothing(request, "このご注文は、サロンの回とつながっていません。")
    return render(request, "dashboard/staff/widgets/order.html", {"widget": widget})


@staff_may(Act.LOOK)
@require_GET
def customer(request: MemberRequest) -> HttpResponse:
    """The memberships behind a customer account."""
    user_id = request.GET.get("customerId", "")
    try:
        widget = queries.customer_widget(saleor_user_id=user_id, today=clock.today())
    except NotFound:
        return _nothing(request, "サロンの会員ではありません。")
    return render(request, "dashboard/staff/widgets/customer.html", {"widget": widget})


@staff_may(Act.LOOK)
@require_GET
def product(request: MemberRequest) -> HttpResponse:
    """The gifts and tiers that a product stands for. Only the shop knows a product's SKUs."""
    try:
        skus = catalogue.product_skus(product_id=request.GET.get("productId", ""))
        widget = queries.product_widget(skus=skus, today=clock.today())
    except NotFound:
        return _nothing(request, "サロンの返礼品・会員プランではありません。")
    except ShopError:
        return _nothing(
            request, "お店から商品の情報を受け取れませんでした。あとでもう一度開いてください。"
        )
    return render(request, "dashboard/staff/widgets/product.html", {"widget": widget})


@staff_may(Act.LOOK)
@require_GET
def home(request: MemberRequest) -> HttpResponse:
    """What needs somebody today, for the Dashboard's first page."""
    found = overview_queries.overview(today=clock.today())
    return render(request, "dashboard/staff/widgets/home.html", {"page": found})


def _nothing(request: MemberRequest, text: str) -> HttpResponse:
    return render(request, "dashboard/staff/widgets/nothing.html", {"text": text})
