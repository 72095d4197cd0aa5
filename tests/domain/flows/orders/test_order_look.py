"""What staff do to an order in the Dashboard comes back to us: late, twice and in any order."""

from datetime import timedelta
from typing import Any

import pytest

from fixtures.trial.parcels import tracking_number
from saleor_ext.common import clock, jobs
from saleor_ext.flows import outbox_run
from saleor_ext.flows.month import holding, listing
from saleor_ext.flows.orders import shipping, shop_events
from saleor_ext.fulfilment import models as fulfilment_models
from saleor_ext.membership import models
from saleor_ext.outbox import models as outbox_models
from saleor_ext.saleor_connector import orders
from tests.builders import months, world
from tests.builders.provider import MemoryProvider
from tests.builders.shop_orders import MemoryShop

pytestmark = pytest.mark.django_db

NOW = months.morning(months.CHARGE_DAY)
NUMBER, OTHER_NUMBER = tracking_number(1), tracking_number(2)
GIFT = "gift-daikon"


@pytest.fixture
def shop(monkeypatch: pytest.MonkeyPatch) -> MemoryShop:
    """This will put a shop in memory in the connector's place, and stop the clock."""
    made = MemoryShop()
    made.put_in(monkeypatch)
    monkeypatch.setattr(jobs, "enqueue", lambda name, **kwargs: None)
    monkeypatch.setattr(clock, "now", lambda: NOW)
    return made


@pytest.fixture
def locked(shop: MemoryShop, provider: MemoryProvider) -> models.Cycle:
    """December, locked and not paid yet, with its order in the shop."""
    cycle = months.december_make(provider)
    _forget_messages()
    shop.order_make(cycle, is_paid=False, charge_status="NONE")
    return cycle


@pytest.fixture
def paid(shop: MemoryShop) -> models.Cycle:
    """November, paid, with one parcel on the producer's list and its order in the shop."""
    membership = world.member_make(tier=world.world_make())
    cycle = months.month_of(membership, 0)
    listing.cycles_list_due(as_of=cycle.ship_to, now=NOW, actor="test")
    _forget_messages()
    shop.order_make(cycle)
    return cycle


def _forget_messages() -> None:
    outbox_models.OutboxMessage.objects.all().delete()


def order_of(shop: MemoryShop) -> orders.Order:
    return next(iter(shop.orders.values()))


def hear(shop: MemoryShop) -> bool:
    """A message about the order comes in, and what follows is done."""
    is_news = shop_events.order_view_follow(order_of(shop), now=NOW)
    outbox_run.outbox_drain(now=NOW)
    return is_news


def parcel_of(cycle: models.Cycle) -> fulfilment_models.Shipment:
    return fulfilment_models.Shipment.objects.get(cycle=cycle)


def mails() -> list[str]:
    rows = outbox_models.OutboxMessage.objects.filter(topic__startswith="mail.").order_by("pk")
    return [row.payload["name"] for row in rows]


def ship(cycle: models.Cycle, number: str = NUMBER) -> None:
    parcel = parcel_of(cycle)
    shipping.shipment_ship(
        producer_id=parcel.producer_id,
        key=parcel.key,
        tracking_text=number,
        today=months.CHARGE_DAY,
        now=NOW,
        actor="producer:1",
    )


def test_an_unpaid_months_order_cancelled_in_the_shop_leaves_the_month_out(
    shop: MemoryShop, locked: models.Cycle
) -> None:
    # given
    shop.change(order_of(shop), status="CANCELED")

    # when
    first, again = hear(shop), hear(shop)

    # then
    locked.refresh_from_db()
    assert (locked.state, locked.reason) == ("skipped", "order_cancelled")
    assert locked.membership.state == "active"
    assert mails() == ["cycle_skipped"]
    assert (first, again) == (True, False)


def test_whoever_owes_only_that_month_goes_on_as_before(
    shop: MemoryShop, provider: MemoryProvider
) -> None:
    # given
    cycle = months.declined_december_make(provider)
    _forget_messages()
    shop.order_make(cycle, is_paid=False, status="CANCELED")

    # when
    hear(shop)

    # then
    cycle = months.month_of(cycle.membership, 1)
    assert (cycle.state, cycle.membership.state) == ("skipped", "active")


def test_a_payment_under_way_decides_first_what_a_cancelled_months_order_means(
    shop: MemoryShop, locked: models.Cycle, provider: MemoryProvider
) -> None:
    # given
    months.attempt_make(locked, now=NOW)
    shop.change(order_of(shop), status="CANCELED")

    # when
    hear(shop)

    # then
    locked.refresh_from_db()
    assert locked.state == "locked"
    message = outbox_models.OutboxMessage.objects.get(topic="order.look")
    assert (message.state, message.attempts) == ("pending", 1)
    assert message.last_error.startswith("NotYet")


def test_a_paid_months_order_cancelled_in_the_shop_holds_its_parcels_for_staff(
    shop: MemoryShop, paid: models.Cycle
) -> None:
    # given
    shop.change(order_of(shop), status="CANCELED")

    # when
    first, again = hear(shop), hear(shop)

    # then
    paid = months.month_of(paid.membership, 0)
    assert paid.state == "charged"
    assert (paid.membership.state, paid.membership.parked_reason) == ("parked", "order_cancelled")
    assert parcel_of(paid).state == "held"
    assert mails() == ["order_cancelled"]
    assert (first, again) == (True, False)


def test_staff_let_a_held_parcel_go(shop: MemoryShop, paid: models.Cycle) -> None:
    # given
    shop.change(order_of(shop), status="CANCELED")
    hear(shop)

    # when
    holding.membership_resume(
        membership_id=paid.membership_id, now=NOW, actor="staff:1", reason="お届けします"
    )
    ship(paid)
    outbox_run.outbox_drain(now=NOW)

    # then
    assert parcel_of(paid).state == "shipped"
    # a fulfilment would open the cancelled order again
    assert "fulfil" not in shop.calls
    assert hear(shop) is False
    assert months.month_of(paid.membership, 0).membership.state == "active"


def test_a_fulfilment_made_in_the_shop_ships_our_parcel(
    shop: MemoryShop, paid: models.Cycle
) -> None:
    # given
    made = shop.fulfil_by_staff(order_of(shop), GIFT, number=NUMBER)

    # when
    first, again = hear(shop), hear(shop)

    # then
    parcel = parcel_of(paid)
    assert (parcel.state, parcel.tracking_number) == ("shipped", NUMBER)
    assert parcel.shop_fulfilment_id == made.id
    assert mails() == ["box_shipped"]
    assert (first, again) == (True, False)
    assert "fulfil" not in shop.calls


@pytest.mark.parametrize("number", ["", "12345", NUMBER[:-1] + str((int(NUMBER[-1]) + 1) % 10)])
def test_a_fulfilment_without_a_possible_number_is_for_staff_until_it_has_one(
    shop: MemoryShop, paid: models.Cycle, number: str
) -> None:
    # given
    made = shop.fulfil_by_staff(order_of(shop), GIFT, number=number)

    # when
    hear(shop)
    hear(shop)

    # then
    assert parcel_of(paid).state == "requested"
    assert mails() == ["parcel_number_wrong"]

    # and when
    shop.fulfilment_change(order_of(shop), made, tracking_number=NUMBER)
    hear(shop)

    # then
    assert (parcel_of(paid).state, parcel_of(paid).tracking_number) == ("shipped", NUMBER)
    assert mails() == ["parcel_number_wrong", "box_shipped"]


def test_a_number_changed_in_the_shop_is_ours_too(shop: MemoryShop, paid: models.Cycle) -> None:
    # given
    made = shop.fulfil_by_staff(order_of(shop), GIFT, number=NUMBER)
    hear(shop)

    # when
    shop.fulfilment_change(order_of(shop), made, tracking_number=OTHER_NUMBER)
    first, again = hear(shop), hear(shop)

    # then
    assert parcel_of(paid).tracking_number == OTHER_NUMBER
    assert mails() == ["box_shipped", "box_number"]
    assert (first, again) == (True, False)


def test_a_fulfilment_cancelled_in_the_shop_brings_the_parcel_back_to_its_producer(
    shop: MemoryShop, paid: models.Cycle
) -> None:
    # given
    ship(paid)
    outbox_run.outbox_drain(now=NOW)
    made = order_of(shop).fulfilments[0]

    # when
    shop.fulfilment_change(order_of(shop), made, status="CANCELED")
    first, again = hear(shop), hear(shop)

    # then
    parcel = parcel_of(paid)
    assert (parcel.state, parcel.tracking_number, parcel.shipped_on) == ("preparing", "", None)
    assert mails() == ["box_shipped", "parcel_taken_back"]
    assert (first, again) == (True, False)

    # and when it leaves after all, under the same number
    ship(paid)
    outbox_run.outbox_drain(now=NOW)

    # then
    assert [item.status for item in order_of(shop).fulfilments] == ["CANCELED", "FULFILLED"]
    assert parcel_of(paid).shop_fulfilment_id == order_of(shop).fulfilments[1].id
    assert mails() == ["box_shipped", "parcel_taken_back", "box_shipped"]
    assert hear(shop) is False


def test_our_own_writes_come_back_as_messages_and_change_nothing(
    shop: MemoryShop, paid: models.Cycle
) -> None:
    # given
    ship(paid)
    outbox_run.outbox_drain(now=NOW)
    calls = len(shop.calls)

    # when
    assert hear(shop) is False

    # then
    assert len(shop.calls) == calls
    assert parcel_of(paid).state == "shipped"


def test_an_old_view_of_the_shop_does_not_undo_a_correction_on_its_way(
    shop: MemoryShop, paid: models.Cycle
) -> None:
    # given
    ship(paid)
    outbox_run.outbox_drain(now=NOW)
    parcel = parcel_of(paid)
    shop_events.order_queue.look_put(cycle_id=paid.pk, now=NOW)

    # when
    shipping.tracking_correct(
        producer_id=parcel.producer_id,
        key=parcel.key,
        tracking_text=OTHER_NUMBER,
        now=NOW,
        actor="producer:1",
    )
    outbox_run.outbox_drain(now=NOW)

    # then
    assert parcel_of(paid).tracking_number == OTHER_NUMBER
    assert order_of(shop).fulfilments[0].tracking_number == OTHER_NUMBER
    assert shop.calls.count("fulfil") == 1
    assert mails() == ["box_shipped", "box_number"]


def test_a_message_about_a_stranger_order_or_line_is_no_news(
    shop: MemoryShop, paid: models.Cycle
) -> None:
    order = order_of(shop)
    shop.fulfil_by_staff(order, "tier-nagisa", warehouse="yakuba")

    assert hear(shop) is False
    for reference in ("", "fs-nobody-0", "fs-", "x", "fs-a-x"):
        stranger = order_of(shop)
        view: dict[str, Any] = {**vars(stranger), "external_reference": reference}
        assert shop_events.order_view_follow(orders.Order(**view), now=NOW) is False


def test_while_one_look_waits_no_second_is_asked_for(shop: MemoryShop, paid: models.Cycle) -> None:
    # given
    shop.change(order_of(shop), status="CANCELED")

    # when
    for _ in range(5):
        shop_events.order_view_follow(order_of(shop), now=NOW)

    # then
    assert outbox_models.OutboxMessage.objects.filter(topic="order.look").count() == 1


def test_when_the_shop_does_not_answer_the_look_is_tried_again(
    shop: MemoryShop, paid: models.Cycle, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given
    from saleor_ext.saleor_connector.errors import ShopUnavailable

    def silent(**_: Any) -> None:
        raise ShopUnavailable("timeout")

    shop.change(order_of(shop), status="CANCELED")

    # when
    with monkeypatch.context() as patch:
        patch.setattr(orders, "order_find", silent)
        hear(shop)
    unchanged = parcel_of(paid).state
    outbox_run.outbox_drain(now=NOW + timedelta(seconds=10))

    # then
    assert unchanged == "requested"
    assert parcel_of(paid).state == "held"
