"""A donor's twenty parcels from our API, against the same person's twenty orders from the shop."""

import argparse
import contextlib
import os
import time
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlsplit

import django
import httpx

from tests.bench import shop_side
from tests.conformance.shop import documents, real_shop, stand_in
from tests.conformance.shop.shops import Shop

PARCELS = 20
ROUNDS = 100
WARM_UP = 5
OURS = """{ me { email shipments { key state month trackingNumber trackingUrl shippedOn
  producer { name } items { name quantity } } } }"""
THEIRS = """{ me { email orders(first: 20) { edges { node { number status created
  lines { productName quantity } fulfillments { status trackingNumber } } } } } }"""
SETTINGS = "mutation($i: ShopSettingsInput!) { shopSettingsUpdate(input: $i) { errors { code } } }"


def main() -> None:
    """This will measure and write the report."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    rounds = parser.parse_args().rounds
    port = shop_side.port_free()
    with _shop() as shop:
        os.environ |= {
            "PORT": str(port),
            "SALEOR_API_URL": shop.api_url,
            "ALLOWED_SALEOR_DOMAINS": urlsplit(shop.api_url).netloc,
        }
        django.setup()
        _orders_make(shop)
        with shop_side.our_web(port), _installed(shop, port):
            _parcels_make(shop)
            sides = {"ours": f"http://127.0.0.1:{port}/graphql/", "theirs": shop.api_url}
            _report(shop, _measure(shop, sides, rounds), rounds)


@contextlib.contextmanager
def _shop() -> Iterator[Shop]:
    if not real_shop.given_url():
        with stand_in.stand_in_shop() as own:
            yield own
        return
    with real_shop.real_shop() as (given, _base):
        yield given


@contextlib.contextmanager
def _installed(shop: Shop, port: int) -> Iterator[None]:
    """Our app, so that our API believes the shop's tokens; gone afterwards."""
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    login = shop.staff_login
    staff = shop_side.Shop(
        api_url=shop.api_url, is_real=shop.is_real, email=login.email, password=login.password
    )
    shop_side.app_install(staff, port=port)
    apps = "{ apps(first: 100) { edges { node { id identifier } } } }"
    found = shop.run(apps, token=shop.staff)["apps"]["edges"]
    (ours,) = [x["node"]["id"] for x in found if x["node"]["identifier"] == "jp.furusato-salon"]
    try:
        yield
    finally:
        shop.uninstall(ours)


def _orders_make(shop: Shop) -> None:
    """Twenty orders of the person who signs in, each with a parcel that has left."""
    paid = "fulfillmentAllowUnpaid"
    before = shop.run(f"{{ shop {{ {paid} }} }}", token=shop.staff)["shop"][paid]
    shop.done(SETTINGS, {"i": {paid: True}})
    for n in range(PARCELS):
        _order_make(shop, n)
    shop.done(SETTINGS, {"i": {paid: before}})


def _order_make(shop: Shop, n: int) -> None:
    given = {
        "channelId": shop.town.channel_id,
        "externalReference": shop.town.ref(f"me:{n}"),
        "userEmail": shop.staff_login.email,
        "billingAddress": documents.ADDRESS,
        "lines": [{"quantity": 1, "variantId": documents.variant_id(shop, "tier-5000")}],
    }
    order = shop.done(documents.DRAFT_CREATE, {"i": given})["order"]
    done = shop.done(documents.DRAFT_COMPLETE, {"id": order["id"]})["order"]
    place = shop.town.warehouses["yakuba"].id
    line = {"orderLineId": done["lines"][0]["id"], "stocks": [{"warehouse": place, "quantity": 1}]}
    parcel = {"lines": [line], "trackingNumber": f"{123456789000 + n}", "notifyCustomer": False}
    shop.done(documents.FULFILL, {"o": order["id"], "i": parcel})


def _parcels_make(shop: Shop) -> None:
    """Twenty months of a member who has that person's account."""
    from saleor_ext.membership.models import Donor
    from tests.builders import api as make
    from tests.builders import world

    tier = world.world_make()
    membership = make.membership_make(donor=world.donor_make(), tier=tier)
    box = tier.box_plans.get(month=make.date(2026, 11, 1))
    for n in range(PARCELS):
        make.shipments_make(cycle=make.cycle_make(membership=membership, n=n), box=box)
    me = shop.run("{ me { id email } }", token=shop.staff)["me"]
    Donor.objects.filter(pk=membership.donor_id).update(saleor_user_id=me["id"], email=me["email"])


def _measure(shop: Shop, sides: dict[str, str], rounds: int) -> dict[str, list[float]]:
    """Both take turns, so that whatever else the machine does hits both of them."""
    seconds: dict[str, list[float]] = {name: [] for name in sides}
    with httpx.Client(timeout=60, trust_env=False) as http:
        ask = {
            "ours": _asker(http, sides["ours"], OURS, lambda me: me["shipments"]),
            "theirs": _asker(http, sides["theirs"], THEIRS, lambda me: me["orders"]["edges"]),
        }
        for turn in range(rounds + WARM_UP):
            for name, one in ask.items():
                token = shop.staff
                began = time.perf_counter()
                one(token)
                if turn >= WARM_UP:
                    seconds[name].append(time.perf_counter() - began)
    return seconds


def _asker(
    http: httpx.Client, url: str, query: str, rows: Callable[[Any], list[Any]]
) -> Callable[[str], None]:
    def ask(token: str) -> None:
        headers = {"Authorization": f"Bearer {token}"}
        answer = http.post(url, json={"query": query}, headers=headers).json()
        if answer.get("errors") or len(rows(answer["data"]["me"])) != PARCELS:
            raise SystemExit(f"{url} did not answer with {PARCELS} rows: {answer}")

    return ask


def _report(shop: Shop, seconds: dict[str, list[float]], rounds: int) -> None:
    from tests.bench import report

    medians = {name: report.median_ms(found) for name, found in seconds.items()}
    words = f"Saleor {shop.version}" if shop.is_real else "the stand-in"
    report.write(
        report.Report(
            name="me-saleor" if shop.is_real else "me",
            title=f"A donor's parcels, against orders from {words}",
            question=(
                f"How long does our API take for `me` with {PARCELS} parcels, against"
                f" `me {{ orders(first: {PARCELS}) }}` of {words}, for the same person?"
            ),
            ratio_words="our time, as a part of the shop's",
            ratio=medians["ours"] / medians["theirs"],
            rows=[
                ("Our API", f"{medians['ours']:.1f} ms"),
                ("The shop's API", f"{medians['theirs']:.1f} ms"),
                ("Measured", f"median of {rounds} requests each, taking turns, over HTTP"),
                ("Our database", report.database_words()),
            ],
            numbers={
                "median_ms": medians,
                "rounds": rounds,
                "parcels": PARCELS,
                "shop": shop.version if shop.is_real else "stand-in",
                "database": report.database_words(),
            },
            notes=(
                "Each parcel has its state, number and link, producer and contents; each order its"
                " state, lines and fulfilment with its number. Both check the same access token;"
                " ours reads its keys from the shop once in a while and nothing else. Client and"
                " both servers share the machine."
                + ("" if shop.is_real else " No real shop was given (SALEOR_API_URL).")
            ),
        )
    )


if __name__ == "__main__":
    main()
