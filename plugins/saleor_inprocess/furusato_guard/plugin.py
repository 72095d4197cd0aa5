"""The plugin that Saleor loads: it reads the checkout, asks the salon, and refuses.

`preprocess_order_creation` is the only hook that can refuse an order inside Saleor whatever way it
was paid. It runs for `checkoutComplete`, `orderCreateFromCheckout` and the automatic completion.
"""

import logging
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

import requests
from django.core.exceptions import ValidationError
from django.urls import reverse
from saleor.core.utils import build_absolute_uri
from saleor.plugins.base_plugin import BasePlugin, ConfigurationTypeField
from saleor.webhook.transport import signature_for_payload

from furusato_guard import asking, reading, rules, words

logger = logging.getLogger(__name__)

SALON_URL = "salon_url"
TIER_TYPE = "tier_type"
GIFT_TYPE = "gift_type"


class FurusatoGuard(BasePlugin):  # type: ignore[misc]
    """Refuses orders that the law on furusato nozei forbids. It decides nothing by itself that
    the salon knows better.
    """

    PLUGIN_ID = "jp.furusato-salon.guard"
    PLUGIN_NAME = "ふるさとサロン 注文の確認 / Furusato Salon order guard"
    PLUGIN_DESCRIPTION = (
        "法令でお受けできない注文(町民の方へのお礼の品、ご寄附へのクーポンやギフトカード、"
        "円以外のご寄附)を、どの画面から支払われても受け付けません。"
        " / Refuses orders that the law forbids, whatever storefront they come from."
    )
    DEFAULT_ACTIVE = True
    CONFIGURATION_PER_CHANNEL = False
    DEFAULT_CONFIGURATION = [
        {"name": SALON_URL, "value": ""},
        {"name": TIER_TYPE, "value": "donation-tier"},
        {"name": GIFT_TYPE, "value": "return-gift"},
    ]
    CONFIG_STRUCTURE = {
        SALON_URL: {
            "type": ConfigurationTypeField.STRING,
            "label": "ふるさとサロンのアドレス / Address of the salon",
            "help_text": (
                "このサーバーから見たアドレスです(例 http://web:8000)。空のあいだは、"
                "お礼の品の付くご寄附を受け付けません。"
                " / As this server reaches it. While it is empty, donations with gifts are refused."
            ),
        },
        TIER_TYPE: {
            "type": ConfigurationTypeField.STRING,
            "label": "会員プランの商品タイプ / Product type of tiers",
            "help_text": "商品タイプの slug です。 / The slug of the product type.",
        },
        GIFT_TYPE: {
            "type": ConfigurationTypeField.STRING,
            "label": "お礼の品の商品タイプ / Product type of gifts",
            "help_text": "商品タイプの slug です。 / The slug of the product type.",
        },
    }

    def preprocess_order_creation(self, checkout_info: Any, lines: Any, previous_value: Any) -> Any:
        """This will let an order be made, or raise what the buyer is told.

        Raises:
            ValidationError: the order breaks a rule, or nobody can say whether it does.
        """
        if not self.active:
            return previous_value
        order = reading.order_read(
            checkout_info,
            checkout_info.lines if lines is None else lines,
            tier_type=self._value(TIER_TYPE),
            gift_type=self._value(GIFT_TYPE),
        )
        code = rules.broken(order) or self._asked(order)
        if code:
            logger.info("order of checkout %s refused: %s", order.checkout_id, code)
            _refuse(code, language=checkout_info.checkout.language_code)
        return previous_value

    def _asked(self, order: rules.Order) -> str:
        if not order.is_paid_donation:
            return ""
        try:
            return asking.refusal_code(
                order,
                salon_url=self._salon_url(),
                shop_api_url=build_absolute_uri(reverse("api")),
                issued_at=datetime.now(tz=UTC).isoformat(),
                sign=lambda body: str(signature_for_payload(body, None)),
                send=requests.post,
            )
        except asking.SalonAway as error:
            logger.warning("the salon could not be asked: %s", error)
            # A donation without a gift harms nobody, and the salon's own books show it later.
            return "salon_away" if order.is_paid_gift else ""

    def _salon_url(self) -> str:
        url = self._value(SALON_URL)
        if not url:
            raise asking.SalonAway("no address has been set on the plugin's page")
        return url

    def _value(self, name: str) -> str:
        for item in self.configuration:
            if item["name"] == name:
                return str(item["value"] or "").strip()
        return ""

    @classmethod
    def validate_plugin_configuration(cls, plugin_configuration: Any, **kwargs: Any) -> None:
        """This will refuse a page that could not work.

        Raises:
            ValidationError: the address is none, or a product type is empty.
        """
        values = {
            item["name"]: str(item["value"] or "").strip()
            for item in plugin_configuration.configuration
        }
        url = urlsplit(values.get(SALON_URL, ""))
        if values.get(SALON_URL) and (url.scheme not in {"http", "https"} or not url.hostname):
            _field_refuse(
                SALON_URL,
                "http:// か https:// で始まるアドレスを入れてください。"
                " / Please enter an address that starts with http:// or https://.",
            )
        for name in (TIER_TYPE, GIFT_TYPE):
            if plugin_configuration.active and not values.get(name):
                _field_refuse(
                    name,
                    "商品タイプの slug を入れてください。"
                    " / Please enter the slug of the product type.",
                )


def _refuse(code: str, *, language: str) -> None:
    refusal = words.refusal(code)
    message = refusal.message(language)
    raise ValidationError({"lines": ValidationError(message, code=refusal.shop_code)})


def _field_refuse(name: str, message: str) -> None:
    raise ValidationError({name: ValidationError(message, code="invalid")})
