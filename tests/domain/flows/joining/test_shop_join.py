"""Somebody joins through another storefront of the shop: what is checked before money moves."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from saleor_ext.contracts.types import Yen
from saleor_ext.donations import models as donation_models
from saleor_ext.flows.joining import join
from saleor_ext.flows.payments import session_words
from saleor_ext.membership import models
from saleor_ext.membership import services as membership_services
from saleor_ext.outbox import models as outbox_models
from saleor_ext.saleor_connector.mapping import JapaneseAddress
from tests.builders import months, world
from tests.builders.provider import MemoryProvider
from tests.builders.shop_session import ADDRESS, GIFT_LINE, TIER_LINE, TOWN_ADDRESS, WISHES, ask

pytestmark = pytest.mark.django_db

NOW = world.NOW


@pytest.fixture(autouse=True)
def tier() -> models.Tier:
    return world.world_make()


def only_attempt() -> donation_models.PaymentAttempt:
    return donation_models.PaymentAttempt.objects.get()


def test_a_checkout_becomes_a_draft_a_locked_month_and_an_attempt_before_the_provider_is_asked(
    provider: MemoryProvider,
) -> None:
    # when
    answer = ask()

    # then
    assert (answer["result"], answer["pspReference"]) == ("CHARGE_ACTION_REQUIRED", "pi_1")
    assert answer["data"]["client_secret"] == "pi_1_secret"
    attempt = only_attempt()
    assert provider.calls == [f"open {attempt.key}"]
    assert (attempt.state, attempt.shop_transaction_id) == ("intent", "transaction-1")
    assert (attempt.is_from_shop, attempt.amount_yen) == (True, 3000)
    cycle = models.Cycle.objects.select_related("snapshot", "membership__donor").get()
    assert (cycle.state, cycle.shop_checkout_id) == ("locked", "checkout-1")
    assert cycle.shop_transaction_id == "transaction-1"
    assert cycle.snapshot.donor_address == "東京都中央区架空町1-2-3"
    assert cycle.snapshot.delivery["postal_code"] == "104-0061"
    assert cycle.membership.state == "draft"
    donor = cycle.membership.donor
    assert (donor.saleor_user_id, donor.full_name) == ("user-hanako", "山田　花子")
    assert donor.birth_date == date(1985, 4, 2)


def test_the_first_donation_makes_a_member_and_asks_for_the_order(provider: MemoryProvider) -> None:
    # given
    ask()
    attempt = only_attempt()

    # when
    provider.confirm(attempt.key)
    answers = [ask(event="transaction_process_session", psp_reference="pi_1") for _ in range(2)]
    again = ask()

    # then
    assert [answer["result"] for answer in [*answers, again]] == ["CHARGE_SUCCESS"] * 3
    assert models.Membership.objects.get().state == "active"
    assert world.donated_count() == 1
    cycle = models.Cycle.objects.get(n=0)
    first = outbox_models.OutboxMessage.objects.get(topic="order.first")
    assert first.payload == {"cycle_id": cycle.pk}


def without(address: JapaneseAddress, **changes: str) -> dict[str, Any]:
    changed = replace(address, **changes)
    return {"billing": changed, "shipping": changed}


REFUSED: dict[str, tuple[dict[str, Any], str, list[str]]] = {
    "no tier": ({"lines": (GIFT_LINE,)}, "tier_missing", ["lines"]),
    "two of it": (
        {"lines": (replace(TIER_LINE, quantity=2), GIFT_LINE)},
        "one_tier_only",
        ["lines"],
    ),
    "two lines": ({"lines": (TIER_LINE, TIER_LINE, GIFT_LINE)}, "one_tier_only", ["lines"]),
    "another thing": (
        {"lines": (TIER_LINE, GIFT_LINE, replace(GIFT_LINE, sku="book"))},
        "line_not_of_tier",
        ["lines"],
    ),
    "another channel": ({"channel": "default-channel"}, "channel_not_served", ["channel"]),
    "a guest": ({"user_id": ""}, "sign_in_required", ["user"]),
    "nowhere to write to": ({"email": ""}, "email_missing", ["email"]),
    "a voucher": ({"is_discounted": True}, "discount_not_allowed", ["voucherCode"]),
    "part of it": ({"amount_yen": Yen(2999)}, "amount_not_tier", ["amount"]),
    "a paid delivery": ({"total_yen": Yen(3500)}, "amount_not_tier", ["amount"]),
    "a cheaper tier": (
        {"lines": (replace(TIER_LINE, total_yen=Yen(2000)), GIFT_LINE)},
        "amount_not_tier",
        ["amount"],
    ),
    "no consent": ({"metadata": {}}, "consent_missing", ["furusato.consent"]),
    "a priced gift": (
        {"lines": (TIER_LINE, replace(GIFT_LINE, total_yen=Yen(800)))},
        "box_not_set",
        ["lines"],
    ),
    "no gift": ({"lines": (TIER_LINE,)}, "box_not_set", ["lines"]),
    "too many gifts": (
        {"lines": (TIER_LINE, replace(GIFT_LINE, quantity=2))},
        "box_not_set",
        ["lines"],
    ),
    "gifts nobody wants": (
        {"metadata": {**WISHES, "furusato.box": "no"}},
        "box_not_set",
        ["lines"],
    ),
    "no delivery": ({"is_delivery_missing": True}, "delivery_missing", ["delivery"]),
    "nothing left": ({"has_problems": True}, "out_of_stock", ["lines"]),
    "no address": ({"billing": None}, "details_missing", ["billingAddress"]),
    "no delivery address": ({"shipping": None}, "details_missing", ["shippingAddress"]),
    "no birthday": ({"data": {}}, "details_missing", ["data.furusato.birthDate"]),
    "a birthday of tomorrow": (
        {"data": {"furusato": {"birthDate": "2027-01-01"}}},
        "details_invalid",
        ["data.furusato.birthDate"],
    ),
    "no date at all": (
        {"data": {"furusato": {"birthDate": "4月2日"}}},
        "details_invalid",
        ["data.furusato.birthDate"],
    ),
    "no phone and no city": (
        without(ADDRESS, phone="", city=""),
        "details_missing",
        ["shippingAddress.phone", "shippingAddress.city"],
    ),
    "a strange phone": (
        without(ADDRESS, phone="+1 202-555-0100"),
        "details_invalid",
        ["shippingAddress.phone"],
    ),
    "abroad": (
        {"billing": None, "has_foreign_address": True},
        "address_not_japan",
        ["billingAddress", "shippingAddress"],
    ),
    "a present for a friend": (
        {"shipping": replace(ADDRESS, given_name="太郎")},
        "recipient_differs",
        ["shippingAddress"],
    ),
    "a resident": ({"billing": TOWN_ADDRESS, "shipping": TOWN_ADDRESS}, "resident_no_gift", []),
    "too young": ({"data": {"furusato": {"birthDate": "2010-01-01"}}}, "under_18", []),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_must_not_be_paid_is_refused_and_leaves_nothing_behind(
    provider: MemoryProvider, name: str
) -> None:
    # given
    changes, code, fields = REFUSED[name]

    # when
    answer = ask(**changes)

    # then
    words = session_words.words_of(code)
    assert code in session_words.WORDS
    assert answer["result"] == "CHARGE_FAILURE"
    assert answer["message"] == words.both
    assert answer["data"] == {
        "code": code,
        "fields": fields,
        "message": {"ja": words.japanese, "en": words.english},
    }
    assert provider.calls == []
    assert models.Donor.objects.count() == 0
    assert models.Membership.objects.count() == 0


def test_a_closed_tier_and_the_end_of_the_designation_are_refused(
    provider: MemoryProvider, tier: models.Tier
) -> None:
    models.Tier.objects.update(is_open=False)
    assert ask()["data"]["code"] == "tier_closed"
    models.Tier.objects.update(is_open=True)
    models.Municipality.objects.update(designated_to=date(2026, 9, 30))
    assert ask()["data"]["code"] == "designation_ended"
    assert provider.calls == []


def test_a_resident_gives_without_a_box(provider: MemoryProvider) -> None:
    # when
    answer = ask(
        billing=TOWN_ADDRESS,
        shipping=None,
        lines=(TIER_LINE,),
        metadata={**WISHES, "furusato.box": "no"},
    )

    # then
    assert answer["result"] == "CHARGE_ACTION_REQUIRED"
    cycle = models.Cycle.objects.select_related("snapshot", "membership").get()
    assert (cycle.membership.is_box_wanted, cycle.snapshot.delivery) == (False, {})


def test_the_registered_address_is_kept_apart_from_the_delivery(provider: MemoryProvider) -> None:
    ask(shipping=replace(ADDRESS, postal_code="105-0011", city="港区"))

    donor = models.Donor.objects.get()
    assert (donor.city, donor.registered_city) == ("港区", "中央区")
    assert donor.is_registered_address_same is False


def test_what_a_donor_told_before_need_not_be_sent_again(provider: MemoryProvider) -> None:
    # given
    known = world.donor_make(name="hanako")

    # when
    answer = ask(data={})

    # then
    assert answer["result"] == "CHARGE_ACTION_REQUIRED"
    known.refresh_from_db()
    assert (known.birth_date, known.family_kana) == (date(1985, 4, 2), "ヤマダ")
    assert known.city == "中央区"


def test_the_same_key_however_often_is_one_attempt(provider: MemoryProvider) -> None:
    answers = [ask() for _ in range(3)]

    assert answers[0] == answers[1] == answers[2]
    assert only_attempt().state == "intent"
    assert len(provider.charges) == 1


def test_another_payment_of_the_same_donor_closes_the_first_at_the_provider(
    provider: MemoryProvider,
) -> None:
    # given
    first = ask()

    # when
    second = ask(transaction_id="transaction-2", id="checkout-2")

    # then
    assert [item["pspReference"] for item in (first, second)] == ["pi_1", "pi_2"]
    assert provider.charges[f"{the_key()}-a1"].outcome == "canceled"
    assert ask()["data"]["code"] == "abandoned"
    states = donation_models.PaymentAttempt.objects.order_by("number")
    assert list(states.values_list("state", flat=True)) == ["declined", "intent"]
    assert models.Membership.objects.count() == 1
    assert models.Cycle.objects.get().shop_checkout_id == "checkout-2"


def the_key() -> str:
    return f"fs-{models.Membership.objects.get().public_id}-0"


def test_a_second_payment_while_the_first_brings_its_money_is_refused(
    provider: MemoryProvider,
) -> None:
    # given
    ask()
    provider.confirm(only_attempt().key)

    # when
    answer = ask(transaction_id="transaction-2", id="checkout-2")

    # then
    assert answer["data"]["code"] == "attempt_open"
    assert len(provider.succeeded()) == 1
    assert world.donated_count() == 1
    assert ask(transaction_id="transaction-2")["data"]["code"] == "already_member"


CHANGED: dict[str, dict[str, Any]] = {
    "checkout_changed": {"billing": replace(ADDRESS, street="別の町9")},
    "discount_not_allowed": {"is_discounted": True},
    "box_not_set": {"lines": (TIER_LINE,)},
    "amount_not_tier": {"total_yen": Yen(3500)},
    "sign_in_required": {"user_id": ""},
}


@pytest.mark.parametrize("code", CHANGED)
def test_a_checkout_changed_after_its_payment_began_is_not_gone_on_with(
    provider: MemoryProvider, code: str
) -> None:
    # given
    ask()

    # when
    answer = ask(**CHANGED[code])

    # then
    assert answer["data"]["code"] == code
    assert "client_secret" not in answer["data"]
    assert len(provider.calls) == 1


def test_a_key_of_ours_opens_nothing_for_somebody_else(provider: MemoryProvider) -> None:
    # given
    cycle = months.month_of(world.draft_make(), 0)
    world.first_lock(cycle=cycle)
    attempt = months.attempt_make(cycle, is_off_session=False, now=NOW)

    # when
    answer = ask(key=attempt.key, user_id="user-taro", user_email="taro@example.jp")

    # then
    assert answer["result"] == "CHARGE_ACTION_REQUIRED"
    assert provider.calls == [
        f"open fs-{models.Membership.objects.get(donor__saleor_user_id='user-taro').public_id}-0-a1"
    ]


def test_our_own_pages_take_over_from_another_storefront(
    provider: MemoryProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given
    ask()
    membership = models.Membership.objects.get()
    opened: list[str] = []
    monkeypatch.setattr(
        join.shop_checkout,
        "checkout_pay",
        lambda *, cycle, **_: opened.append(cycle.shop_checkout_id),
    )

    # when
    step = join.join_pay(membership_id=membership.pk, access_token="t", now=NOW, actor="test")

    # then
    assert step.state == "confirm"
    assert opened == [""]
    assert provider.charges[f"{the_key()}-a1"].outcome == "canceled"
    latest = donation_models.PaymentAttempt.objects.order_by("-number").first()
    assert latest is not None
    assert (latest.is_from_shop, latest.shop_transaction_id) == (False, "")


def test_a_crash_after_the_attempt_was_written_is_gone_on_from(
    provider: MemoryProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given
    def gone(*args: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(MemoryProvider, "charge_open", gone)
        with pytest.raises(KeyboardInterrupt):
            ask()
    assert only_attempt().provider_ref == ""

    # when
    answer = ask()

    # then
    assert answer["pspReference"] == "pi_1"
    assert only_attempt().provider_ref == "pi_1"


def test_somebody_who_became_a_member_elsewhere_is_refused(provider: MemoryProvider) -> None:
    # given
    world.member_make()

    # when
    answer = ask()

    # then
    assert answer["data"]["code"] == "already_member"
    assert provider.calls == []


def test_a_free_member_goes_on_to_a_paid_tier(
    provider: MemoryProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given
    donor = world.donor_make()
    membership_services.membership_join_free(
        donor_id=donor.pk, tier=world.free_tier_make(), now=NOW, actor="test"
    )

    # when
    ask()
    provider.confirm(only_attempt().key)
    ask(event="transaction_process_session", psp_reference="pi_1")

    # then
    rows = models.Membership.objects.order_by("pk")
    assert list(rows.values_list("state", flat=True)) == ["ended", "active"]
