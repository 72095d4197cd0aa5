"""Addresses at which the shop, the payment provider and those who watch us reach us."""

from django.urls import path

from saleor_ext.api import hooks, observe

urlpatterns = [
    path("saleor/manifest", hooks.manifest_view, name="saleor_manifest"),
    path("saleor/register", hooks.register_view, name="saleor_register"),
    path("saleor/hooks/<slug:name>", hooks.shop_hook_view, name="saleor_hook"),
    path("saleor/order-guard", hooks.order_guard_view, name="saleor_order_guard"),
    path("hooks/payment/", hooks.payment_hook_view, name="payment_hook"),
    path("health/", hooks.health_view, name="health"),
    path("ready/", observe.ready_view, name="ready"),
    path("metrics/", observe.metrics_view, name="metrics"),
]
