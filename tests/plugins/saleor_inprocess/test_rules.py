"""What the plugin inside the shop refuses by itself, and in which words."""

import re
from dataclasses import replace

import pytest
from furusato_guard import rules, words
from furusato_guard.rules import Kind, Line, Order

from tests.architecture import source

TIER = Line(kind=Kind.TIER, sku="TIER-NAGISA", quantity=1, unit_yen=3000)
FREE_TIER = Line(kind=Kind.TIER, sku="TIER-DAYORI", quantity=1, unit_yen=0)
GIFT = Line(kind=Kind.GIFT, sku="GIFT-DAIKON", quantity=1, unit_yen=0)
BOUGHT_GIFT = replace(GIFT, unit_yen=800)
TOWEL = Line(kind=Kind.OTHER, sku="TOWEL", quantity=3, unit_yen=500)
ORDER = Order(
    checkout_id="Q2hlY2tvdXQ6MQ==",
    user_id="VXNlcjox",
    currency="JPY",
    lines=(TIER, GIFT),
    is_discounted=False,
    has_gift_card=False,
)
# The codes that both mutations know, from the shop's published schema (3.23).
SHOP_CODES = {
    "channel_inactive",
    "gift_card_not_applicable",
    "graphql_error",
    "unavailable_variant_in_channel",
    "voucher_not_applicable",
}


@pytest.mark.parametrize(
    "lines", [(TIER, GIFT), (TIER,), (FREE_TIER,), (TIER, TOWEL), (BOUGHT_GIFT,), (TOWEL,)]
)
def test_an_honest_order_breaks_no_rule(lines):
    assert rules.broken(replace(ORDER, lines=lines)) == ""


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"currency": "USD"}, "currency_not_yen"),
        ({"currency": "USD", "lines": (FREE_TIER,)}, "currency_not_yen"),
        ({"is_discounted": True}, "discount_on_donation"),
        ({"has_gift_card": True}, "gift_card_on_donation"),
        ({"lines": (TIER, TIER)}, "one_donation_only"),
        ({"lines": (replace(TIER, quantity=2),)}, "one_donation_only"),
        ({"user_id": ""}, "donor_unknown"),
        ({"lines": (GIFT,)}, "gift_without_donation"),
        ({"lines": (FREE_TIER, GIFT)}, "gift_without_donation"),
    ],
)
def test_an_order_that_the_law_forbids_breaks_a_rule(changes, code):
    assert rules.broken(replace(ORDER, **changes)) == code


def test_ordinary_goods_are_none_of_its_business():
    order = replace(
        ORDER, lines=(TOWEL,), currency="USD", is_discounted=True, has_gift_card=True, user_id=""
    )

    assert rules.broken(order) == ""


def test_a_voucher_on_ordinary_goods_with_a_free_tier_is_allowed():
    assert rules.broken(replace(ORDER, lines=(FREE_TIER, TOWEL), is_discounted=True)) == ""


def test_every_rule_has_words_and_a_code_the_shop_knows():
    for code in [*dict(rules.RULES), *words.REFUSALS]:
        refusal = words.REFUSALS[code]
        assert refusal.shop_code in SHOP_CODES
        assert re.search("[ぁ-ん]", refusal.ja)
        assert refusal.en.isascii()


def test_every_refusal_of_the_salon_has_words():
    text = (source.ROOT / "saleor_ext" / "flows" / "orders" / "order_guard.py").read_text(
        encoding="utf-8"
    )

    said = set(re.findall(r'"([a-z]+(?:_[a-z]+)+)"', text))

    assert said == {"donation_not_recorded", "gifts_not_the_box", "resident_no_gift"}
    assert said <= set(words.REFUSALS)


def test_the_readers_own_language_comes_first():
    refusal = words.refusal("currency_not_yen")

    for language in ("ja", "ja-jp", "JA"):
        assert refusal.message(language) == f"{refusal.ja} / {refusal.en}"
    for language in ("en", "en-us", "jam", ""):
        assert refusal.message(language) == f"{refusal.en} / {refusal.ja}"
    assert words.refusal("a_code_of_a_newer_salon") is words.UNKNOWN


def test_the_shops_codes_are_in_its_schema():
    schema = source.ROOT.parent / "shared" / "data" / "saleor-3.23.graphql"
    if not schema.exists():
        pytest.skip("the shop's published schema is not beside the project")
    text = schema.read_text(encoding="utf-8")

    for name in ("CheckoutErrorCode", "OrderCreateFromCheckoutErrorCode"):
        block = re.search(rf"^enum {name} .*?^}}", text, flags=re.MULTILINE | re.DOTALL)
        assert block
        assert {code.upper() for code in SHOP_CODES} <= set(block[0].split())
