"""Trouble at every step of an order: in the end it is there once, and whole."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest

from fixtures.shop.testing import ShopClient, seed_small, threaded_shop
from saleor_ext.common import jobs
from saleor_ext.flows import outbox_run
from saleor_ext.flows.orders import order_queue
from saleor_ext.fulfilment import models as fulfilment_models
from saleor_ext.membership import models, selectors
from saleor_ext.outbox import models as outbox_models
from saleor_ext.saleor_connector import catalogue, orders
from saleor_ext.saleor_connector import models as shop_models
from tests.builders import world

pytestmark = pytest.mark.django_db

NOW = world.NOW
ORDER = """query($r: String!) { orders(first: 100, where: {metadata: {key: "furusato.cycle",
  value: {eq: $r}}}) { edges { node { status externalReference
  lines { productSku quantity allocations { quantity warehouse { slug } } } } } } }"""
STAFF = ("sato@example.jp", "himitsu-sato")


class Died(BaseException):
    """The process is gone: nothing that catches errors catches this."""


@pytest.fixture(scope="module")
def running() -> Iterator[ShopClient]:
    """This will run one shop with enough of everything for all tests here."""
    seed = seed_small()
    for product in seed["products"]:
        product["variants"][0]["stocks"][0]["quantity"] = 100
    with threaded_shop(seed=seed) as client:
        yield client


@pytest.fixture
def shop(running: ShopClient, settings: Any, monkeypatch: pytest.MonkeyPatch) -> ShopClient:
    """This will have us speak with it, as staff instead of as an installed app."""
    settings.SALEOR_API_URL = running.api_url
    settings.SALEOR_INTERNAL_URLS = {}
    settings.SALEOR_TIMEOUT_S = 4
    monkeypatch.setattr(jobs, "enqueue", lambda name, **kwargs: None)
    shop_models.Installation.objects.create(
        saleor_api_url=running.api_url,
        domain="shop.example.jp",
        app_id="app",
        identifier="jp.furusato-salon",
        auth_token=running.sign_in(*STAFF),
        installed_at=NOW,
    )
    running.http.delete(f"{running.origin}/_control/faults")
    return running


@pytest.fixture
def month(shop: ShopClient) -> models.Cycle:
    """A locked month whose order is asked for. Its name in the shop is a new one in each test."""
    world.town_make()
    tier = world.tier_make(sku="TIER-5000", amount_yen=5000, saleor_variant_id="")
    producer = world.producer_make(slug="tanaka", saleor_warehouse_id="")
    gift = world.gift_make(producer=producer, sku="MIKAN", saleor_variant_id="")
    world.box_make(tier=tier, month=date(2026, 11, 1), gifts=[gift])
    user_id = shop.run("{ me { id } }", token=shop.sign_in("hanako@example.jp", "himitsu-hanako"))
    donor = world.donor_make()
    models.Donor.objects.filter(pk=donor.pk).update(saleor_user_id=user_id["me"]["id"])
    donor.refresh_from_db()
    draft = world.draft_make(donor=donor, tier=tier)
    cycle = models.Cycle.objects.select_related("membership__donor", "tier").get(membership=draft)
    world.first_lock(cycle=cycle)
    order_queue.order_put("order.create", cycle_id=cycle.pk, now=NOW)
    return cycle


def order_is_whole(shop: ShopClient, cycle: models.Cycle) -> None:
    """Exactly one order, confirmed, with its gift set aside in the producer's warehouse."""
    key = selectors.cycle_key(cycle=cycle)
    found = shop.run(ORDER, {"r": key}, token=shop.sign_in(*STAFF))["orders"]["edges"]
    assert [edge["node"]["externalReference"] for edge in found] == [key]
    assert found[0]["node"]["status"] == "UNFULFILLED"
    lines = {line["productSku"]: line for line in found[0]["node"]["lines"]}
    assert lines["MIKAN"]["allocations"] == [{"quantity": 1, "warehouse": {"slug": "tanaka"}}]
    assert lines["TIER-5000"]["quantity"] == 1
    assert shop_models.ShopOrder.objects.get().external_reference == key


def message() -> outbox_models.OutboxMessage:
    return outbox_models.OutboxMessage.objects.get(topic="order.create")


STEPS = ("order_find", "draft_order_create", "draft_order_update", "draft_order_complete")
TROUBLES: dict[str, dict[str, Any]] = {
    "silent after the work": {"kind": "timeout", "when": "after", "delay_s": 4.5},
    "cut off after the work": {"kind": "cut", "when": "after"},
    "broken before the work": {"kind": "status", "status": 503},
}


# Silence takes as long as we are patient: once is enough.
SILENT = [("draft_order_complete", "silent after the work")]
OTHERS = [(step, trouble) for step in STEPS for trouble in list(TROUBLES)[1:]]


@pytest.mark.parametrize(("step", "trouble"), SILENT + OTHERS)
def test_trouble_at_any_step_is_made_good_by_the_next_try(
    shop: ShopClient, month: models.Cycle, step: str, trouble: str
) -> None:
    # given
    shop.control("faults", {"operation": step, **TROUBLES[trouble]})

    # when
    first = outbox_run.outbox_drain(now=NOW)
    waiting = message()
    second = outbox_run.outbox_drain(now=NOW + timedelta(seconds=10))

    # then
    assert (first.done, first.put_off) == (0, 1)
    assert (waiting.state, waiting.attempts) == ("pending", 1)
    assert waiting.last_error.startswith("ShopUnavailable")
    assert (second.done, message().state) == (1, "done")
    order_is_whole(shop, month)


@pytest.mark.parametrize(
    "step", ["draft_order_create", "draft_order_shipping_set", "draft_order_complete"]
)
def test_dying_between_two_steps_leaves_nothing_behind_that_the_next_process_cannot_use(
    shop: ShopClient, month: models.Cycle, step: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given
    real = getattr(orders, step)

    def dying(**arguments: Any) -> None:
        real(**arguments)
        raise Died

    # when
    with monkeypatch.context() as patch:
        patch.setattr(orders, step, dying)
        with pytest.raises(Died):
            outbox_run.outbox_drain(now=NOW)
    outbox_models.OutboxMessage.objects.update(claimed_until=None)  # its lease ran out
    outbox_run.outbox_drain(now=NOW)

    # then
    order_is_whole(shop, month)


def test_a_shop_that_stays_silent_ends_in_a_state_that_staff_see(
    shop: ShopClient, month: models.Cycle
) -> None:
    # given
    shop.control("faults", {"operation": "*", "kind": "status", "status": 500, "count": 12})

    # when
    moment = NOW
    for _ in range(12):
        outbox_run.outbox_drain(now=moment)
        moment += timedelta(hours=4)

    # then
    assert (message().state, message().attempts) == ("failed", 12)
    assert not shop_models.ShopOrder.objects.exists()


def test_a_gift_that_is_used_up_leaves_no_draft_behind(
    shop: ShopClient, month: models.Cycle
) -> None:
    # given
    gift = fulfilment_models.Gift.objects.get(sku="MIKAN")
    free = catalogue.variants_by_reference(["MIKAN"])["MIKAN"]
    left = catalogue.stock_available([free.id])[free.id] or 0
    fulfilment_models.BoxItem.objects.filter(gift=gift).update(quantity=left + 1)

    # when
    outbox_run.outbox_drain(now=NOW)

    # then
    month.refresh_from_db()
    assert (month.state, month.reason) == ("skipped", "out_of_stock")
    key = selectors.cycle_key(cycle=month)
    found = shop.run(ORDER, {"r": key}, token=shop.sign_in(*STAFF))["orders"]["edges"]
    assert found == []
