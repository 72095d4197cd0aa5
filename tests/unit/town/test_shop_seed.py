"""What the shop stand-in starts with."""

import json
from pathlib import Path

from fixtures.town import __main__ as command
from fixtures.town import reader, shop_seed

TOWN = reader.town_load()
SEED = shop_seed.shop_seed(town=TOWN)


def test_it_is_plain_json() -> None:
    assert json.loads(json.dumps(SEED)) == SEED
    assert list(SEED) == [
        *("channel", "staff", "customers", "warehouses", "productTypes", "products"),
        "shippingMethods",
    ]
    assert SEED["channel"] == {
        "slug": "furusato",
        "name": "ふるさと納税",
        "currencyCode": "JPY",
        "defaultCountry": "JP",
    }


def test_everybody_who_signs_in_is_there_once() -> None:
    emails = [person["email"] for person in SEED["customers"]]
    assert len(emails) == len(set(emails)) == 128
    assert {"hanako@example.jp", "taro@example.jp", "kadota@example.jp"} <= set(emails)
    assert SEED["staff"] == [
        {
            "email": "sato@example.jp",
            "password": "furusato-demo",
            "firstName": "恵",
            "lastName": "佐藤",
            "permissions": [
                "MANAGE_ORDERS",
                "HANDLE_PAYMENTS",
                "MANAGE_USERS",
                "MANAGE_PRODUCTS",
                "MANAGE_STAFF",
            ],
        }
    ]
    assert all(person["password"] == "furusato-demo" for person in SEED["customers"])


def test_each_producer_is_a_warehouse_and_the_town_office_too() -> None:
    slugs = [warehouse["slug"] for warehouse in SEED["warehouses"]]
    assert slugs == ["yakuba", *(producer.slug for producer in TOWN.producers)]
    first_producer = SEED["warehouses"][1]
    assert first_producer["externalReference"] == "warehouse:shiokaze-batake"
    assert first_producer["address"] == {
        "streetAddress1": "東浦320番地",
        "city": "幡見郡汐見町",
        "countryArea": "高知県",
        "postalCode": "789-9902",
        "country": "JP",
        "phone": "0000-11-0101",
        "companyName": "潮風畑かどた",
    }


def test_tiers_cost_their_donation_and_gifts_nothing() -> None:
    by_reference = {product["externalReference"]: product for product in SEED["products"]}
    assert len(by_reference) == len(TOWN.tiers) + len(TOWN.gifts)
    for tier in TOWN.tiers:
        product = by_reference[f"tier:{tier.slug}"]
        (variant,) = product["variants"]
        assert product["productType"] == "donation-tier"
        assert variant["priceYen"] == tier.amount_yen
        assert variant["externalReference"] == product["externalReference"]
        assert variant["trackInventory"] is False
        assert [stock["warehouse"] for stock in variant["stocks"]] == ["yakuba"]
    for gift in TOWN.gifts:
        product = by_reference[f"gift:{gift.slug}"]
        (variant,) = product["variants"]
        assert product["productType"] == "return-gift"
        assert (variant["sku"], variant["priceYen"]) == (gift.sku, gift.procurement_cost_yen)
        assert variant["trackInventory"] is True
        assert variant["stocks"] == [{"warehouse": gift.producer, "quantity": gift.stock}]


def test_the_command_writes_it_to_a_file(tmp_path: Path) -> None:
    # given
    target = tmp_path / "shop.json"

    # when
    code = command.main(["--shop-seed", str(target)])

    # then
    assert code == 0
    assert json.loads(target.read_text(encoding="utf-8")) == SEED


def test_the_command_says_why_it_cannot_write(tmp_path: Path, capsys) -> None:  # type: ignore[no-untyped-def]
    code = command.main(["--shop-seed", str(tmp_path / "nowhere" / "shop.json")])
    assert code == 1
    assert "nowhere" in capsys.readouterr().err
