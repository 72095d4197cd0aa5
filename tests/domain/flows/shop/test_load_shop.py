"""manage.py load_shop: the demo town comes into a shop as any town would."""

from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from fixtures.shop.testing import threaded_shop
from fixtures.town import reader
from saleor_ext.flows.shop import setup_words
from saleor_ext.fulfilment import models as fulfilment_models

pytestmark = pytest.mark.django_db

PERMISSIONS = [*setup_words.PERMISSIONS, "MANAGE_STAFF", "MANAGE_USERS", "MANAGE_ORDERS"]
DAIKON = """{ productVariants(first: 9, filter: {sku: ["GIFT-VEG-DAIKON"]}) { edges { node {
  name stocks { quantity warehouse { slug name address { city countryArea } } }
  product { name assignedAttributes { attribute { slug }
    ... on AssignedSingleChoiceAttribute { choice: value { name } }
    ... on AssignedBooleanAttribute { truth: value } } } } } } }"""


def test_the_demo_town_with_its_people_comes_into_an_empty_shop_and_once_only(
    tmp_path: Path, settings: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    # given
    town = reader.town_load()
    officer = town.staff[0]
    person = {
        "email": "admin@example.jp",
        "password": "himitsu-admin",
        "permissions": sorted({*PERMISSIONS, *officer.permissions}),
    }
    settings.SALEOR_STAFF_EMAIL = person["email"]
    settings.SALEOR_STAFF_PASSWORD = person["password"]
    settings.SALEOR_INTERNAL_URLS = {}
    with threaded_shop(seed={"staff": [person]}, data=tmp_path) as shop:
        settings.SALEOR_API_URL = shop.api_url

        # when
        call_command("load_shop", "--yes", "--people")
        first = capsys.readouterr().out
        call_command("load_shop", "--yes", "--people")
        second = capsys.readouterr().out

        # then
        assert "職員 1 人、お客さま 10 人がいます。" in first
        assert "違いはありません。" in second
        counts = shop.control("state")["counts"]
        assert counts["products"] == len(town.tiers) + len(town.gifts)
        assert counts["warehouses"] == fulfilment_models.Producer.objects.count() + 1
        assert counts["users"] == 1 + 1 + 10
        admin = shop.sign_in("admin@example.jp", "himitsu-admin")
        (edge,) = shop.run(DAIKON, token=admin)["productVariants"]["edges"]
        (stock,) = edge["node"]["stocks"]
        assert stock == {
            "quantity": next(g.stock for g in town.gifts if g.sku == "GIFT-VEG-DAIKON"),
            "warehouse": {
                "slug": "shiokaze-batake",
                "name": "潮風畑かどた",
                "address": {"city": "幡見郡汐見町", "countryArea": "高知県"},
            },
        }
        told = {
            item["attribute"]["slug"]: item.get("choice", item.get("truth"))
            for item in edge["node"]["product"]["assignedAttributes"]
        }
        assert told == {
            "gift-alcohol": False,
            "gift-producer": {"name": "潮風畑かどた"},
            "gift-temperature": {"name": "冷蔵"},
        }
        token = shop.sign_in(officer.email, town.demo_password)
        me = shop.run("{ me { isStaff userPermissions { code } } }", token=token)["me"]
        assert {item["code"] for item in me["userPermissions"]} == set(officer.permissions)
