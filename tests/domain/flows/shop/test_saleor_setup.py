"""manage.py saleor_setup: an empty shop becomes ours, a shop that drifted is put right again."""

import sqlite3
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from fixtures.shop.testing import ShopClient, threaded_shop
from saleor_ext.flows.shop import setup_words
from saleor_ext.fulfilment import models as fulfilment_models
from saleor_ext.membership import models as membership_models
from tests.builders import world

pytestmark = pytest.mark.django_db

EMAIL, PASSWORD = "sato@example.jp", "himitsu-sato"
PERMISSIONS = sorted(setup_words.PERMISSIONS)
NOTHING = "違いはありません。"
STOCK = """query($s: [String!]) { productVariants(first: 9, filter: {sku: $s}) { edges { node {
  id stocks { id quantity warehouse { slug } } } } } }"""
PRODUCT = """query($s: String!) { product(slug: $s) { id name description
  channelListings { isPublished visibleInListings isAvailableForPurchase channel { slug } }
  variants { id sku trackInventory weight { value }
    channelListings { price { amount currency } } stocks { quantity warehouse { slug } } } } }"""


@pytest.fixture
def town() -> membership_models.Municipality:
    """This will make a town with one tier and one gift of one producer."""
    town = world.town_make()
    world.tier_make(saleor_variant_id="")
    world.gift_make(producer=world.producer_make(phone="088-000-0000"))
    return town


def person(name: str = "sato", permissions: list[str] | None = None) -> dict[str, Any]:
    return {
        "email": f"{name}@example.jp",
        "password": f"himitsu-{name}",
        "permissions": PERMISSIONS if permissions is None else permissions,
    }


@pytest.fixture
def shop(tmp_path: Path, settings: Any) -> Iterator[ShopClient]:
    """This will run a shop that has nothing but a member of staff and a customer."""
    seed = {"staff": [person()], "customers": [person("hanako", [])]}
    with threaded_shop(seed=seed, data=tmp_path) as client:
        settings.SALEOR_API_URL = client.api_url
        settings.SALEOR_INTERNAL_URLS = {}
        settings.SALEOR_STAFF_EMAIL = EMAIL
        settings.SALEOR_STAFF_PASSWORD = PASSWORD
        yield client


@pytest.fixture
def said(capsys: pytest.CaptureFixture[str]) -> Any:
    """This will give a function that runs the command and returns what it wrote."""

    def run(*arguments: str) -> str:
        call_command("saleor_setup", *arguments)
        return capsys.readouterr().out

    return run


def ask(shop: ShopClient, query: str, **variables: Any) -> Any:
    return shop.run(query, variables, token=shop.sign_in(EMAIL, PASSWORD))


def everything_in(folder: Path) -> list[str]:
    """All rows of the shop, but for when somebody signed in."""
    with sqlite3.connect(folder / "shop.sqlite3") as connection:
        connection.execute("UPDATE users SET last_login = NULL, updated_at = ''")
        return list(connection.iterdump())


def test_an_empty_shop_gets_everything_and_then_there_is_nothing_left_to_do(
    town: membership_models.Municipality, shop: ShopClient, said: Any
) -> None:
    # when
    first = said("--yes", "--stock", "7")
    second = said("--yes", "--stock", "7")

    # then: the tier is on sale for exactly its donation, and the gift lies at its producer's
    assert "追加: なぎさ会員 (tier-nagisa)" in first
    assert NOTHING in second
    tier = ask(shop, PRODUCT, s="tier-nagisa")["product"]
    assert tier["channelListings"] == [
        {
            "isPublished": True,
            "visibleInListings": True,
            "isAvailableForPurchase": True,
            "channel": {"slug": "furusato"},
        }
    ]
    (variant,) = tier["variants"]
    assert variant["channelListings"] == [{"price": {"amount": 3000.0, "currency": "JPY"}}]
    assert variant["trackInventory"] is False
    gift = ask(shop, PRODUCT, s="gift-daikon")["product"]
    assert gift["channelListings"][0]["visibleInListings"] is False
    assert gift["variants"][0]["stocks"] == [{"quantity": 7, "warehouse": {"slug": "hatake"}}]
    assert gift["variants"][0]["weight"] == {"value": 3000.0}


def test_anybody_can_then_check_out_a_tier_for_its_donation_and_not_a_yen_more(
    town: membership_models.Municipality, shop: ShopClient, said: Any
) -> None:
    # given
    said("--yes", "--stock", "7")
    ids = {
        slug: ask(shop, PRODUCT, s=slug)["product"]["variants"][0]["id"]
        for slug in ("tier-nagisa", "gift-daikon")
    }
    address = {
        "firstName": "花子",
        "lastName": "山田",
        "streetAddress1": "架空町1",
        "city": "千代田区",
        "countryArea": "東京都",
        "postalCode": "100-0001",
        "country": "JP",
    }

    # when
    made = shop.run(
        "mutation($i: CheckoutCreateInput!) { checkoutCreate(input: $i) { checkout { id"
        " totalPrice { gross { amount } tax { amount } } } errors { code } } }",
        {
            "i": {
                "channel": "furusato",
                "email": "hanako@example.jp",
                "lines": [{"quantity": 1, "variantId": ids["tier-nagisa"]}],
                "billingAddress": address,
            }
        },
    )["checkoutCreate"]
    sent = shop.run(
        "mutation($i: CheckoutCreateInput!) { checkoutCreate(input: $i) { checkout {"
        " shippingMethods { name price { amount } } } } }",
        {
            "i": {
                "channel": "furusato",
                "lines": [{"quantity": 1, "variantId": ids["gift-daikon"]}],
                "shippingAddress": address,
            }
        },
    )["checkoutCreate"]

    # then
    assert made["errors"] == []
    total = made["checkout"]["totalPrice"]
    assert (total["gross"]["amount"], total["tax"]["amount"]) == (3000.0, 0.0)
    assert sent["checkout"]["shippingMethods"] == [{"name": "送料込み", "price": {"amount": 0.0}}]


def test_a_dry_run_says_what_it_would_do_and_changes_nothing(
    town: membership_models.Municipality, shop: ShopClient, said: Any, tmp_path: Path
) -> None:
    before = everything_in(tmp_path)

    text = said("--dry-run")

    assert "追加: furusato" in text
    assert "何も変えていません。" in text
    assert everything_in(tmp_path) == before


def test_what_drifted_is_put_right_and_stock_and_foreign_things_are_left_alone(
    town: membership_models.Municipality, shop: ShopClient, said: Any, tmp_path: Path
) -> None:
    # given: a shop in which staff changed a price, hid a product, made a voucher, moved stock
    said("--yes", "--stock", "7")
    with sqlite3.connect(tmp_path / "shop.sqlite3") as rows:
        rows.execute("UPDATE variants SET price = 2900 WHERE sku = 'tier-nagisa'")
        rows.execute("UPDATE product_listings SET is_published = 0")
        rows.execute("UPDATE stocks SET quantity = 3 WHERE quantity = 7")
        rows.execute("UPDATE warehouses SET name = '旧農園' WHERE slug = 'hatake'")
        rows.execute("UPDATE tax_configurations SET charge_taxes = 1")
        rows.execute("INSERT INTO vouchers (id, name, code) VALUES (1, '初回割引', 'FIRST')")
        rows.execute("INSERT INTO voucher_listings VALUES (1, 1, 1, 500)")
        rows.execute("INSERT INTO gift_cards VALUES (1, 'ABCD1234', 'JPY', 1)")
        rows.execute(
            "INSERT INTO products VALUES (99, 'tshirt', NULL, 'Tシャツ', 1, '2026', '2026')"
        )

    # when
    text = said("--yes", "--stock", "7")
    again = said("--yes", "--stock", "7")

    # then
    assert "変更: なぎさ会員 (tier-nagisa): 価格(円) 2,900 → 3,000" in text
    assert "公開 いいえ → はい" in text
    assert "変更: hatake農園 (hatake): 名前 旧農園 → hatake農園" in text
    assert "変更: 初回割引 (FIRST): 寄附のチャネルで使える はい → いいえ" in text
    assert "[!!] 手で直す: …1234" in text
    assert NOTHING in again
    gift = ask(shop, PRODUCT, s="gift-daikon")["product"]
    assert gift["variants"][0]["stocks"] == [{"quantity": 3, "warehouse": {"slug": "hatake"}}]
    assert ask(shop, PRODUCT, s="tshirt")["product"]["channelListings"] == []


def test_a_gift_that_moved_to_another_producer_is_told_and_not_moved(
    town: membership_models.Municipality, shop: ShopClient, said: Any
) -> None:
    # given
    said("--yes", "--stock", "7")
    fulfilment_models.Gift.objects.update(producer=world.producer_make(slug="hama"))

    # when
    text = said("--yes", "--stock", "2")

    # then
    assert "[!!] 手で直す: gift-daikon @ hatake: 在庫数 7 → 0" in text
    gift = ask(shop, PRODUCT, s="gift-daikon")["product"]
    assert gift["variants"][0]["stocks"] == [
        {"quantity": 7, "warehouse": {"slug": "hatake"}},
        {"quantity": 2, "warehouse": {"slug": "hama"}},
    ]


def test_a_channel_in_another_currency_stops_everything(
    town: membership_models.Municipality, shop: ShopClient, said: Any, tmp_path: Path
) -> None:
    # given
    channel = {"slug": "furusato", "name": "US", "currencyCode": "USD", "defaultCountry": "US"}
    shop.control("seed", {"channel": channel})
    before = everything_in(tmp_path)

    # when
    with pytest.raises(CommandError, match="手で直してから") as stopped:
        said("--yes")

    # then
    assert "何も変えていません" in str(stopped.value)
    assert everything_in(tmp_path) == before


def test_who_lacks_a_permission_is_told_which(
    town: membership_models.Municipality, shop: ShopClient, said: Any, settings: Any
) -> None:
    kept = [code for code in PERMISSIONS if code not in {"MANAGE_TAXES", "MANAGE_SHIPPING"}]
    shop.control("seed", {"staff": [person("suzuki", kept)]})
    settings.SALEOR_STAFF_EMAIL = "suzuki@example.jp"
    settings.SALEOR_STAFF_PASSWORD = "himitsu-suzuki"

    with pytest.raises(CommandError) as refused:
        said("--yes")

    lines = str(refused.value).splitlines()
    assert lines[1:] == ["  配送の管理 (MANAGE_SHIPPING)", "  税の管理 (MANAGE_TAXES)"]
    assert "himitsu" not in str(refused.value)


@pytest.mark.parametrize(
    ("email", "password", "words"),
    [
        (EMAIL, "wrong", "メールアドレスかパスワードが違います。"),
        ("hanako@example.jp", "himitsu-hanako", "職員のアカウント"),
    ],
)
def test_who_is_not_staff_does_not_get_in(
    town: membership_models.Municipality,
    shop: ShopClient,
    said: Any,
    settings: Any,
    email: str,
    password: str,
    words: str,
) -> None:
    settings.SALEOR_STAFF_EMAIL, settings.SALEOR_STAFF_PASSWORD = email, password

    with pytest.raises(CommandError, match=words) as refused:
        said("--yes")

    assert password not in str(refused.value)


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_failure_in_the_middle_is_told_and_a_second_run_goes_on(
    town: membership_models.Municipality, shop: ShopClient, said: Any, when: str
) -> None:
    # given: the first product is refused, or made while its answer is lost
    fault = {"operation": "setup_product_create", "kind": "status", "status": 502, "when": when}
    shop.control("faults", fault)

    # when
    with pytest.raises(CommandError) as stopped:
        said("--yes", "--stock", "7")
    rest = said("--yes", "--stock", "7")

    # then
    assert "店が応答しません" in str(stopped.value)
    assert "続きから進みます" in str(stopped.value)
    assert "販売チャネル: 問題なし" in rest
    assert NOTHING in said("--yes")
    assert shop.control("state")["counts"]["products"] == 2


def test_nobody_is_asked_where_nobody_sits(
    town: membership_models.Municipality,
    shop: ShopClient,
    said: Any,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sys, "stdin", (tmp_path / "empty").open("w+"))
    before = everything_in(tmp_path)

    with pytest.raises(CommandError, match="--yes"):
        said()

    assert everything_in(tmp_path) == before


def test_without_a_town_there_is_nothing_to_set_up(said: Any) -> None:
    with pytest.raises(CommandError, match="自治体の設定がまだありません"):
        said("--yes")


def test_an_address_that_cannot_be_read_is_named(said: Any) -> None:
    world.town_make()
    world.producer_make(address="町のはずれ")

    with pytest.raises(CommandError, match="hatake農園 の住所"):
        said("--yes")
