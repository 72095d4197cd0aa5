"""What `saleor_app_status` finds between us and the shop, and how it says it."""

import dataclasses
import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core.management import call_command

from saleor_ext.common import clock
from saleor_ext.flows.shop import shop_status, status_words
from saleor_ext.flows.shop.shop_status import Finding, Level
from saleor_ext.outbox import services as outbox
from saleor_ext.saleor_connector import (
    app_view,
    client,
    deliveries,
    errors,
    hooks,
    jwks,
    manifest,
    models,
    operations,
)
from saleor_ext.saleor_connector.setup import everything, parts
from tests.builders import world

pytestmark = pytest.mark.django_db

NOW = world.NOW
API_URL = "http://shop.example.jp/graphql/"
SERVER_URL = "http://app:8001"


def webhook_seen(webhook: manifest.Webhook) -> app_view.WebhookSeen:
    return app_view.WebhookSeen(
        id=f"V2ViaG9vazo-{webhook.name}",
        name=webhook.name,
        label=webhook.label,
        is_active=True,
        target_url=f"{SERVER_URL}/saleor/hooks/{webhook.name}",
        query=operations.webhook_query(webhook.name).replace("\n", "  \n"),
        events=frozenset([*webhook.async_events, *webhook.sync_events]),
    )


class Warehouses:
    """A part of the set-up with one warehouse, there or not, seen or not."""

    name = "warehouses"
    by_hand: frozenset[str] = frozenset()
    is_foundation = False

    def __init__(self) -> None:
        self.found: dict[str, parts.Found] = {"yakuba": parts.Found(id="x", fields={})}
        self.error: Exception | None = None

    def read(self, shop: object) -> dict[str, parts.Found]:
        if self.error:
            raise self.error
        return self.found

    def wanted(self, found: Mapping[str, parts.Found]) -> Mapping[str, parts.Fields]:
        return {"yakuba": {}}


class Shop:
    """A shop in which everything is right, until a test says otherwise."""

    def __init__(self) -> None:
        self.seen = app_view.AppSeen(
            id="QXBwOjE=",
            is_active=True,
            permissions=frozenset(manifest.PERMISSIONS),
            webhooks=tuple(webhook_seen(webhook) for webhook in manifest.WEBHOOKS),
            extensions=app_view.extensions_wanted(),
            version="3.23.28",
            ships_unpaid=False,
            ships_at_once=True,
        )
        self.error: Exception | None = None
        self.told: datetime | None = NOW
        self.keys: int | Exception = 1
        self.given_up: list[str] = []
        self.warehouses = Warehouses()

    def is_now(self, **changes: Any) -> None:
        self.seen = dataclasses.replace(self.seen, **changes)

    def webhook_is(self, which: str, **changes: Any) -> None:
        webhooks = [
            dataclasses.replace(webhook, **changes) if webhook.name == which else webhook
            for webhook in self.seen.webhooks
        ]
        self.is_now(webhooks=tuple(webhooks))

    def view(self, speaker: object) -> app_view.AppSeen:
        if self.error:
            raise self.error
        return self.seen

    def failed(self, *, shop: object) -> deliveries.FailedPage:
        found = [
            deliveries.FailedDelivery(id=str(n), failed_from=NOW, text=text)
            for n, text in enumerate(self.given_up)
        ]
        return deliveries.FailedPage(deliveries=tuple(found), has_more=False)

    def key_count(self) -> int:
        if isinstance(self.keys, Exception):
            raise self.keys
        return self.keys


@pytest.fixture
def shop(monkeypatch: pytest.MonkeyPatch, settings: Any) -> Shop:
    """A shop that installed us, set up as it should be."""
    settings.SALEOR_API_URL = API_URL
    settings.ALLOWED_SALEOR_DOMAINS = ["shop.example.jp"]
    settings.APP_INTERNAL_URL = SERVER_URL
    world.world_make()
    made = Shop()
    monkeypatch.setattr(app_view, "app_view", made.view)
    monkeypatch.setattr(deliveries, "deliveries_failed", made.failed)
    monkeypatch.setattr(client.ShopClient, "time_told", lambda speaker: made.told)
    monkeypatch.setattr(jwks.KeySet, "count", lambda keys: made.key_count())
    monkeypatch.setattr(clock, "real_now", lambda: NOW)
    monkeypatch.setattr(everything, "parts_of", lambda aim: [made.warehouses])
    models.Installation.objects.create(
        saleor_api_url=API_URL,
        domain="shop.example.jp",
        app_id="QXBwOjE=",
        identifier="jp.furusato-salon",
        auth_token="token",
        installed_at=NOW,
    )
    return made


def wrong() -> list[Finding]:
    return [found for found in shop_status.shop_status() if found.level is Level.WRONG]


def wrong_codes() -> list[str]:
    return [found.code for found in wrong()]


def test_where_everything_is_right_nothing_is_wrong(shop: Shop) -> None:
    found = list(shop_status.shop_status())

    assert [finding.code for finding in found if finding.level is Level.WRONG] == []
    assert {finding.code for finding in found if finding.level is Level.OK} == {
        "domain", "token", "app_active", "permissions", "extensions", "dashboard_unset",
        "version", "webhooks", "letters", "keys", "time", "ships_paid", "ships_at_once", "setup",
        "inbox", "outbox", "messages",
    }  # fmt: skip
    assert [finding.code for finding in found if finding.level is Level.UNSEEN] == ["letters_twice"]


def test_before_the_app_is_installed_only_that_is_said(shop: Shop) -> None:
    models.Installation.objects.all().delete()

    assert wrong_codes() == ["not_installed"]


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (errors.ShopTokenLost(), "token_lost"),
        (errors.ShopTokenSealed(), "token_sealed"),
        (errors.PlaceSealed(), "place_sealed"),
        (errors.ShopUnavailable("ConnectError"), "shop_silent"),
        (errors.ShopAnswerInvalid("HTTP 200, no JSON object"), "shop_strange"),
    ],
)
def test_without_an_answer_there_is_nothing_more_to_see(
    shop: Shop, error: Exception, code: str
) -> None:
    shop.error = error

    assert [finding.code for finding in shop_status.shop_status()] == ["domain", code]


@pytest.mark.parametrize(
    ("changes", "codes"),
    [
        ({"is_active": False}, ["app_inactive"]),
        ({"id": "QXBwOjk="}, ["link_stale"]),
        ({"extensions": frozenset()}, ["extensions_stale"]),
        ({"version": "3.22.9"}, ["version_unfit"]),
        ({"version": "4.0.0"}, ["version_unfit"]),
        ({"version": "3.24.0-a.0"}, []),
        ({"ships_unpaid": True}, ["ships_unpaid"]),
        ({"ships_at_once": False}, ["ships_on_approval"]),
        (
            {"permissions": frozenset(manifest.PERMISSIONS) - {"MANAGE_USERS"} | {"MANAGE_STAFF"}},
            ["permission_missing", "permission_superfluous"],
        ),
    ],
)
def test_what_is_wrong_with_the_app_or_the_shop(
    shop: Shop, changes: dict[str, Any], codes: list[str]
) -> None:
    shop.is_now(**changes)

    assert wrong_codes() == codes


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"is_active": False}, "webhook_inactive"),
        ({"target_url": "http://elsewhere/"}, "webhook_address"),
        ({"query": "subscription { event { __typename } }"}, "webhook_query"),
        ({"query": "no query at all {"}, "webhook_query"),
        ({"events": frozenset({"ORDER_CREATED"})}, "webhook_events"),
        ({"name": "unknown"}, "webhook_missing"),
    ],
)
def test_what_is_wrong_with_a_webhook(shop: Shop, changes: dict[str, Any], code: str) -> None:
    shop.webhook_is("order_changed", **changes)

    found = wrong()
    assert found[0].code == code
    assert found[0].facts["webhook"] == "注文の変化"
    beside = ["webhook_superfluous"] if code == "webhook_missing" else []
    assert [finding.code for finding in found[1:]] == beside


def test_what_the_shop_gave_up_is_wrong_until_we_have_taken_it_up(shop: Shop) -> None:
    # given
    shop.given_up = [
        '{"__typename": "CustomerUpdated", "user": {"id": "a"}}',
        '{"__typename": "TransactionInitializeSession"}',
        "",
    ]
    before = [(found.code, found.facts) for found in wrong()]
    message = hooks.message_of(
        shop.given_up[0].encode(), installation=models.Installation.objects.get()
    )

    # when
    models.WebhookDelivery.objects.create(
        digest=message.digest, event=message.event, state="received", received_at=NOW
    )

    # then
    assert before == [("messages_missed", {"count": 1})]
    assert wrong_codes() == []
    noted = {found.code: found.facts for found in shop_status.shop_status()}
    assert noted["questions_missed"] == {"count": 2}


def test_letters_that_nobody_would_send_are_told_as_what_they_are(shop: Shop) -> None:
    shop.webhook_is("account_mail_requested", is_active=False)

    assert wrong_codes() == ["webhook_inactive", "letters_missing"]


@pytest.mark.parametrize(
    ("apart", "code"),
    [(29, "time"), (31, "time_apart"), (-31, "time_apart"), (None, "time_untold")],
)
def test_clocks_may_be_half_a_minute_apart(shop: Shop, apart: int | None, code: str) -> None:
    shop.told = None if apart is None else NOW + timedelta(seconds=apart)

    assert code in [finding.code for finding in shop_status.shop_status()]
    assert wrong_codes() == [item for item in [code] if item == "time_apart"]


@pytest.mark.parametrize(
    ("keys", "code"),
    [(0, "keys_none"), (errors.KeysUnavailable("ConnectError"), "keys_unavailable")],
)
def test_keys_that_cannot_be_had(shop: Shop, keys: int | Exception, code: str) -> None:
    shop.keys = keys

    assert wrong_codes() == [code]


def test_what_is_not_set_up_is_named_and_what_cannot_be_seen_is_not_guessed(shop: Shop) -> None:
    # given
    shop.warehouses.found = {}
    (gap,) = wrong()
    shop.warehouses.error = errors.ShopRefused(code="PermissionDenied")
    unseen = [f.code for f in shop_status.shop_status() if f.level is Level.UNSEEN]
    shop.warehouses.error = errors.ShopUnavailable("timeout")

    # then
    assert "倉庫(町と生産者): 追加: yakuba" in status_words.words_of(gap).found
    assert "saleor_setup" in status_words.words_of(gap).next_step
    assert unseen == ["letters_twice", "setup_unseen"]
    assert wrong_codes() == ["setup_unreadable"]


def test_a_second_shop_and_work_that_waits_are_told(shop: Shop) -> None:
    # given
    models.Installation.objects.create(
        saleor_api_url="http://old.example.jp/graphql/",
        domain="old",
        app_id="a",
        auth_token="t",
        installed_at=NOW,
    )
    waiting = outbox.message_put(topic="order.create", key="a", payload={}, now=NOW)
    outbox.message_put_off(
        message_id=waiting.pk, error="ShopTokenLost: x", is_final=False, is_patient=True, now=NOW
    )
    failed = outbox.message_put(topic="order.create", key="b", payload={}, now=NOW)
    outbox.message_put_off(message_id=failed.pk, error="x", is_final=True, now=NOW)
    models.WebhookDelivery.objects.create(
        digest="d", event="order_paid", body="{}", state="failed", received_at=NOW
    )

    # then
    assert "other_shop" in [finding.code for finding in shop_status.shop_status()]
    assert wrong_codes() == ["inbox_failed", "outbox_failed", "outbox_waiting"]


def test_a_shop_that_is_not_allowed_would_be_refused_at_the_next_install(
    shop: Shop, settings: Any
) -> None:
    settings.ALLOWED_SALEOR_DOMAINS = ["other.example.jp"]

    assert wrong_codes() == ["domain_not_allowed"]


def test_the_command_says_it_in_words_and_ends_well(shop: Shop, capsys: Any) -> None:
    call_command("saleor_app_status")

    said = capsys.readouterr().out
    assert said.startswith("[ok] ショップ: http://shop.example.jp/graphql/\n")
    assert said.endswith("すべて合っています。\n")
    assert "token" not in said


def test_the_command_ends_with_one_and_the_next_step(shop: Shop, capsys: Any) -> None:
    shop.is_now(is_active=False)

    with pytest.raises(SystemExit) as ended:
        call_command("saleor_app_status")

    said = capsys.readouterr().out
    assert ended.value.code == 1
    assert "[!!] アプリが無効にされています。\n     → ショップの「アプリ」の画面で" in said
    assert said.endswith("1 件を直す必要があります。\n")


def test_the_command_speaks_to_machines_too(shop: Shop, capsys: Any) -> None:
    shop.is_now(ships_unpaid=True)

    with pytest.raises(SystemExit):
        call_command("saleor_app_status", "--json")

    said = json.loads(capsys.readouterr().out)
    assert said["ok"] is False
    (found,) = [item for item in said["findings"] if item["level"] == "wrong"]
    assert found["code"] == "ships_unpaid"
    assert found["next_step"].startswith("manage.py saleor_setup")


def test_everything_that_is_wrong_has_a_next_step() -> None:
    unseen_or_ok = {
        "domain", "other_shop", "token", "app_active", "permissions", "extensions", "dashboard",
        "version", "webhooks", "letters", "letters_twice", "keys", "time", "time_untold",
        "ships_paid", "ships_at_once", "setup", "setup_unseen", "inbox", "outbox",
        "messages", "questions_missed",
    }  # fmt: skip
    without = {code for code, words in status_words.WORDS.items() if not words.next_step}

    assert without == unseen_or_ok
