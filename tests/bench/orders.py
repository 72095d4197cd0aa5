"""Renewal orders per second into a shop, against a bare loop of the same calls."""

import argparse
import io
import os
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from typing import TYPE_CHECKING

import django

from tests.bench import shop_side

if TYPE_CHECKING:
    from saleor_ext.membership.models import Cycle

RUN_ON = date(2026, 12, 25)
ANCHOR_DAY = 24


def main() -> None:
    """This will measure and write the report."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--size", type=int, default=60)
    size = parser.parse_args().size
    port = shop_side.port_free()
    os.environ["PORT"] = str(port)
    with shop_side.shop() as shop:
        django.setup()
        _prepare_database()
        with shop_side.our_web(port):
            _measure(shop, size, port=port)


def _prepare_database() -> None:
    from django.core.management import call_command

    call_command("migrate", verbosity=0)


def _measure(shop: shop_side.Shop, size: int, *, port: int) -> None:
    from django.conf import settings
    from django.core.management import call_command

    months = _months_make(shop, size * 2)
    shop_side.app_install(shop, port=port)
    call_command("saleor_setup", "--yes", "--stock", str(size * 4), stdout=io.StringIO())
    ours, bare = months[:size], months[size:]
    workers = settings.OUTBOX_CONCURRENCY
    half = size // 2
    bare_seconds = _bare_loop(bare[:half], workers=workers)
    our_seconds = _our_run(ours)
    # A shop grows slower as it holds more: ours stands between two halves of the bare loop.
    bare_seconds += _bare_loop(bare[half:], workers=workers)
    _report(shop, size, ours=our_seconds, bare=bare_seconds, workers=workers)


def _months_make(shop: shop_side.Shop, count: int) -> "list[Cycle]":
    """Paid months whose orders are still to be made, each of a member with an account there."""
    from saleor_ext.flows.month import locking
    from saleor_ext.fulfilment.models import Gift, Producer
    from saleor_ext.membership import planning, selectors
    from saleor_ext.membership.models import Cycle, Donor, Tier
    from saleor_ext.outbox.models import OutboxMessage
    from tests.bench import people
    from tests.builders import world

    people.members_make(count, anchor_day=ANCHOR_DAY)
    for donor in Donor.objects.order_by("pk"):
        Donor.objects.filter(pk=donor.pk).update(saleor_user_id=shop.customer_make(donor.email))
    Tier.objects.update(saleor_variant_id="")
    Gift.objects.update(saleor_variant_id="")
    Producer.objects.update(saleor_warehouse_id="", phone="088-000-0000")
    town = selectors.town_calendar(town=world.town_make())
    planning.cycles_plan(today=people.PLANNED_ON, town=town)
    locking.cycles_lock_due(as_of=RUN_ON, now=world.NOW, actor="bench")
    OutboxMessage.objects.all().delete()
    rows = Cycle.objects.select_related("membership__donor", "tier", "snapshot")
    found = list(rows.filter(n=1, state="locked").order_by("pk"))
    for cycle in found:
        world.donation_make(cycle=cycle, now=world.NOW)
    return found


def _our_run(months: "Sequence[Cycle]") -> float:
    """What follows a lock and a donation: the order is made, paid, and its donation fulfilled."""
    from saleor_ext.common import clock
    from saleor_ext.flows import outbox_run
    from saleor_ext.flows.orders import order_queue

    now = clock.now()
    for cycle in months:
        order_queue.order_put("order.create", cycle_id=cycle.pk, now=now)
        order_queue.order_put("order.pay", cycle_id=cycle.pk, now=now)
    began = time.perf_counter()
    report = outbox_run.outbox_drain(now=now)
    took = time.perf_counter() - began
    if (report.done, report.orders) != (len(months) * 2, len(months)):
        raise SystemExit(f"not every order was made: {report}")
    return took


def _bare_loop(months: "Sequence[Cycle]", *, workers: int) -> float:
    """The same calls that change something, without looking before, locks or notes."""
    from saleor_ext.flows.orders import shop_catalogue, shop_lines

    lines = shop_lines.order_lines(months[0])
    warehouse_id = shop_catalogue.office_warehouse_id()

    def make(cycle: "Cycle") -> None:
        _bare_order(cycle, lines=lines, warehouse_id=warehouse_id)

    began = time.perf_counter()
    with ThreadPoolExecutor(max_workers=workers) as pool:
        list(pool.map(make, months))
    return time.perf_counter() - began


def _bare_order(cycle: "Cycle", *, lines: object, warehouse_id: str) -> None:
    from saleor_ext.contracts.types import Yen
    from saleor_ext.flows.orders import shop_lines
    from saleor_ext.membership import selectors
    from saleor_ext.saleor_connector import fulfilments, orders, payments

    donor, key = cycle.membership.donor, selectors.cycle_key(cycle=cycle)
    draft = orders.draft_order_create(
        external_reference=key,
        lines=lines,  # type: ignore[arg-type]
        billing_address=shop_lines.donor_address(donor),
        shipping_address=shop_lines.delivery_address(cycle),
        user_id=donor.saleor_user_id,
        metadata=shop_lines.order_metadata(cycle),
    )
    orders.draft_order_shipping_set(
        order_id=draft.ref.id, shipping_method_id=draft.shipping_method_ids[0]
    )
    orders.draft_order_complete(order_id=draft.ref.id)
    paid = payments.transaction_initialize(
        object_id=draft.ref.id, amount_yen=Yen(cycle.amount_yen), key=cycle.attempts.get().key
    )
    order = orders.order_find(external_reference=key)
    if order is None or not order.is_paid:
        raise SystemExit(f"a bare order was not paid: {paid.event_type}")
    (donation,) = [line for line in order.lines if line.sku == cycle.tier.sku]
    one = fulfilments.FulfilInput(order_line_id=donation.id, warehouse_id=warehouse_id, quantity=1)
    fulfilments.order_fulfill(order_id=order.id, lines=[one])


def _report(shop: shop_side.Shop, size: int, *, ours: float, bare: float, workers: int) -> None:
    from tests.bench import report

    name, words = ("orders-saleor", "a real Saleor") if shop.is_real else ("orders", "its stand-in")
    report.write(
        report.Report(
            name=name,
            title=f"Renewal orders into {words}",
            question=(
                f"How many of {size} months' orders a second does the outbox make, pay and"
                f" fulfil in {words}, against a loop that only makes the same calls, with as"
                " many at a time?"
            ),
            ratio_words="share of the bare loop's speed",
            ratio=bare / ours,
            rows=[
                ("The outbox", f"{size / ours:,.2f} orders a second ({ours:.1f} s)"),
                ("The bare loop", f"{size / bare:,.2f} orders a second ({bare:.1f} s)"),
                ("Calls at a time", str(workers)),
                ("Our database", report.database_words()),
            ],
            numbers={
                "orders": size,
                "seconds": ours,
                "bare_seconds": bare,
                "concurrency": workers,
                "shop": "real" if shop.is_real else "stand-in",
                "database": report.database_words(),
            },
            notes=(
                "Each order is a draft with a delivery method, completed, paid through our own"
                " payment app (the shop asks our web process meanwhile), and fulfilled for its"
                " donation. The bare loop looks at the order once, to learn its lines; the outbox"
                " looks before every step, so that it may stop anywhere, and keeps its claims,"
                " the order's mirror and the month's order. Shop, database, web process and loop"
                " share the machine."
            ),
        )
    )


if __name__ == "__main__":
    main()
