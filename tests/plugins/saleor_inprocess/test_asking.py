"""The plugin's question to the salon, and what it makes of the answer."""

import json

import pytest
from furusato_guard import asking

from tests.plugins.saleor_inprocess.test_rules import ORDER


class Said:
    """An answer of the salon."""

    def __init__(self, status_code, body):
        self.status_code = status_code
        self.body = body

    def json(self):
        return json.loads(self.body)


def ask(said):
    sent = []

    def send(url, **request):
        sent.append((url, request))
        if isinstance(said, Exception):
            raise said
        return said

    code = asking.refusal_code(
        ORDER,
        salon_url="http://web:8000/",
        shop_api_url="https://shop.example.jp/graphql/",
        issued_at="2026-11-24T01:00:00+00:00",
        sign=lambda body: f"signed {len(body)}",
        send=send,
    )
    return code, sent


def test_the_question_holds_ids_and_articles_only_and_is_signed():
    # when
    code, [(url, request)] = ask(Said(200, '{"isAllowed": true}'))

    # then
    assert code == ""
    assert url == "http://web:8000/saleor/order-guard"
    assert json.loads(request["data"]) == {
        "__typename": "OrderGuardQuestion",
        "issuedAt": "2026-11-24T01:00:00+00:00",
        "checkout": {"id": "Q2hlY2tvdXQ6MQ=="},
        "user": {"id": "VXNlcjox"},
        "lines": [
            {"kind": "tier", "sku": "TIER-NAGISA", "quantity": 1, "unitYen": 3000},
            {"kind": "gift", "sku": "GIFT-DAIKON", "quantity": 1, "unitYen": 0},
        ],
    }
    assert request["headers"] == {
        "Content-Type": "application/json",
        "Saleor-Api-Url": "https://shop.example.jp/graphql/",
        "Saleor-Signature": f"signed {len(request['data'])}",
    }
    assert request["timeout"] == (2.0, 5.0)
    assert request["allow_redirects"] is False


def test_a_refusal_comes_with_its_code():
    assert ask(Said(200, '{"isAllowed": false, "code": "resident_no_gift"}'))[0] == (
        "resident_no_gift"
    )
    assert ask(Said(200, '{"isAllowed": false}'))[0] == "refused"


@pytest.mark.parametrize(
    "said",
    [
        ConnectionRefusedError(),
        TimeoutError(),
        Said(401, ""),
        Said(503, ""),
        Said(302, ""),
        Said(200, "<html>"),
        Said(200, "[]"),
        Said(200, "{}"),
        Said(200, '{"isAllowed": "yes"}'),
    ],
)
def test_anything_else_means_that_the_salon_is_away(said):
    with pytest.raises(asking.SalonAway):
        ask(said)
