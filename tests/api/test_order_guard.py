"""The door that the plugin inside the shop knocks at before a checkout becomes an order."""

import json
from typing import Any

import pytest

from saleor_ext.membership import cycles, models
from tests.builders import world
from tests.builders.shop_keys import API_URL, ShopKeys, installation_make, keys_publish

pytestmark = pytest.mark.django_db

CHECKOUT = "Q2hlY2tvdXQ6MQ=="
GIFT = {"kind": "gift", "sku": "gift-daikon", "quantity": 1, "unitYen": 800}
TIER = {"kind": "tier", "sku": "tier-nagisa", "quantity": 1, "unitYen": 3000}


@pytest.fixture
def shop_keys(monkeypatch, settings) -> ShopKeys:
    installation_make().save()
    return keys_publish(monkeypatch, settings)


def question(*lines: dict[str, Any], user: str = "user-hanako", **changes: Any) -> bytes:
    body = {
        "__typename": "OrderGuardQuestion",
        "issuedAt": "2026-11-24T01:00:00+00:00",
        "checkout": {"id": CHECKOUT},
        "user": {"id": user},
        "lines": list(lines),
    }
    return json.dumps(body | changes).encode()


def ask(client, shop_keys, body: bytes, *, signature: str | None = None):
    return client.post(
        "/saleor/order-guard",
        data=body,
        content_type="application/json",
        headers={
            "Saleor-Api-Url": API_URL,
            "Saleor-Signature": shop_keys.sign(body) if signature is None else signature,
        },
    )


def paid_checkout(*, is_paid: bool = True, **donor: Any) -> models.Cycle:
    """花子's first month, in the shop's checkout, its donation received or still to come."""
    tier = world.world_make()
    hanako = world.donor_make(**donor)
    make = world.member_make if is_paid else world.draft_make
    membership = make(donor=hanako, tier=tier)
    cycle = membership.cycles.get(n=0)
    if not is_paid:
        world.first_lock(cycle=cycle)
    cycles.cycle_checkout_set(cycle_id=cycle.pk, checkout_id=CHECKOUT, transaction_id="T1")
    return cycle


def test_the_paid_month_with_its_own_box_may_become_an_order(client, shop_keys):
    paid_checkout()

    answer = ask(client, shop_keys, question(TIER, GIFT))

    assert answer.status_code == 200
    assert answer.json() == {"isAllowed": True}


def test_the_paid_month_may_become_an_order_without_a_box(client, shop_keys):
    paid_checkout()

    assert ask(client, shop_keys, question(TIER)).json() == {"isAllowed": True}


def test_a_resident_gets_no_gift_but_may_give(client, shop_keys):
    # given: she moved into the town after she had paid
    cycle = paid_checkout()
    models.Donor.objects.filter(pk=cycle.membership.donor_id).update(
        prefecture="高知県", city="幡見郡汐見町", street="本町2-2"
    )

    # when
    with_gift = ask(client, shop_keys, question(TIER, GIFT))
    without = ask(client, shop_keys, question(TIER))

    # then
    assert with_gift.json() == {"isAllowed": False, "code": "resident_no_gift"}
    assert without.json() == {"isAllowed": True}


@pytest.mark.parametrize(
    "gifts",
    [
        [GIFT, GIFT],
        [GIFT | {"quantity": 2}],
        [GIFT | {"sku": "gift-other"}],
        [GIFT, GIFT | {"sku": "gift-other"}],
    ],
)
def test_other_gifts_than_the_box_are_refused(client, shop_keys, gifts):
    paid_checkout()

    answer = ask(client, shop_keys, question(TIER, *gifts))

    assert answer.json() == {"isAllowed": False, "code": "gifts_not_the_box"}


def test_a_donation_that_is_not_in_the_ledger_is_refused(client, shop_keys):
    paid_checkout(is_paid=False)

    answer = ask(client, shop_keys, question(TIER, GIFT))

    assert answer.json() == {"isAllowed": False, "code": "donation_not_recorded"}


@pytest.mark.parametrize(
    "changes",
    [{"checkout": {"id": "other"}}, {"checkout": {"id": ""}}, {"user": {"id": "user-taro"}}],
)
def test_somebody_elses_checkout_or_none_is_refused(client, shop_keys, changes):
    paid_checkout()

    answer = ask(client, shop_keys, question(TIER, **changes))

    assert answer.json() == {"isAllowed": False, "code": "donation_not_recorded"}


def test_a_question_that_the_shop_did_not_sign_is_not_answered(client, shop_keys):
    paid_checkout()

    forged = ask(client, shop_keys, question(TIER), signature=shop_keys.sign(question(GIFT)))
    bare = ask(client, shop_keys, question(TIER), signature="")

    assert (forged.status_code, forged.content) == (401, b"")
    assert (bare.status_code, bare.content) == (401, b"")


def test_a_question_cannot_be_checked_while_the_keys_are_away(client, shop_keys):
    shop_keys.is_down = True

    assert ask(client, shop_keys, question(TIER)).status_code == 503


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        question(TIER, __typename="OrderPaid"),
        question(TIER, checkout=None),
        question({"kind": "gift", "sku": "gift-daikon"}),
        question({"kind": "gift", "sku": "gift-daikon", "quantity": "many"}),
    ],
)
def test_another_message_is_no_question(client, shop_keys, body):
    assert ask(client, shop_keys, body).status_code == 400


def test_the_door_only_takes_questions(client, shop_keys):
    assert client.get("/saleor/order-guard").status_code == 405
