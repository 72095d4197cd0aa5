"""Setting the shop up as staff: the token is renewed, lists are read whole, texts are plain."""

import json
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from saleor_ext.saleor_connector import accounts, client, errors
from saleor_ext.saleor_connector.setup import staff, texts

ShopSaying = Callable[..., client.ShopClient]
OVER = {
    "errors": [
        {
            "message": "Signature has expired",
            "extensions": {"exception": {"code": "ExpiredSignatureError"}},
        }
    ],
    "data": None,
}
RENEWED = {
    "data": {
        "tokenRefresh": {
            "token": "access-2",
            "user": {"id": "VXNlcjox", "email": "sato@example.jp", "isStaff": True},
            "errors": [],
        }
    }
}
DONE = {"data": {"shopSettingsUpdate": {"errors": []}}}


def shop_of(speaker: client.ShopClient) -> staff.StaffShop:
    tokens = accounts.Tokens(
        access="access-1", refresh="refresh", user_id="u", email="e", is_staff=True
    )
    return staff.StaffShop(speaker, tokens)


def bearers(seen: list[httpx.Request]) -> list[str]:
    return [request.headers.get("Authorization", "") for request in seen]


def test_a_token_whose_time_is_over_is_renewed_and_the_change_is_made_once(
    shop_saying: ShopSaying,
) -> None:
    seen: list[httpx.Request] = []
    shop = shop_of(shop_saying(OVER, RENEWED, DONE, DONE, seen=seen))

    shop.mutate("setup_shop_update", "shopSettingsUpdate", {"input": {}})
    shop.mutate("setup_shop_update", "shopSettingsUpdate", {"input": {}})

    assert bearers(seen) == ["Bearer access-1", "", "Bearer access-2", "Bearer access-2"]


def test_any_other_refusal_is_told(shop_saying: ShopSaying) -> None:
    refused = {"data": {"shopSettingsUpdate": {"errors": [{"code": "INVALID", "field": "name"}]}}}
    shop = shop_of(shop_saying(refused))

    with pytest.raises(errors.ShopRefused) as told:
        shop.mutate("setup_shop_update", "shopSettingsUpdate", {"input": {}})

    assert (told.value.code, told.value.field) == ("INVALID", "name")


def test_a_list_is_read_to_its_last_page(shop_saying: ShopSaying) -> None:
    def page(slug: str, *, has_next: bool) -> dict[str, Any]:
        info = {"hasNextPage": has_next, "endCursor": f"after-{slug}"}
        return {"data": {"categories": {"pageInfo": info, "edges": [{"node": {"slug": slug}}]}}}

    seen: list[httpx.Request] = []
    shop = shop_of(shop_saying(page("a", has_next=True), page("b", has_next=False), seen=seen))

    nodes = list(shop.nodes("setup_categories", "categories", {"slugs": ["a", "b"]}))

    assert nodes == [{"slug": "a"}, {"slug": "b"}]
    asked = [json.loads(request.content)["variables"]["after"] for request in seen]
    assert asked == [None, "after-a"]


def test_paragraphs_come_back_as_they_went() -> None:
    said = ("海と山 <春> & 「夏」", "二つめ")

    written = texts.text_to_shop([*said, ""])

    assert written is not None
    assert "&lt;春&gt; &amp;" in written
    assert texts.text_from_shop(written) == said
    assert texts.text_to_shop([""]) is None
    assert texts.text_from_shop(None) == ()


def test_markup_of_the_editor_is_not_part_of_a_text() -> None:
    written = {"blocks": [{"type": "paragraph", "data": {"text": "<b>太い</b>&nbsp;大根"}}]}

    assert texts.text_from_shop(json.dumps(written)) == ("太い\xa0大根",)
