"""The stand-in as the shop under test: fresh, small, and with the same things as a real one."""

import contextlib
from collections.abc import Iterator
from typing import Any

from fixtures.shop.testing import ShopClient, seed_small, threaded_shop
from tests.conformance.shop.fake_app import FENCE_EMAIL
from tests.conformance.shop.shops import Person, Shop, Town, Variant, Warehouse

STAFF = Person("sato@example.jp", "himitsu-sato")
HANAKO = Person("hanako@example.jp", "himitsu-hanako")
CHANNEL = "furusato"
NAMES = ("tier-5000", "mikan", "pan")
FIND = """query($e: String!) { user(email: $e) { id } channel(slug: "furusato") { id }
  warehouses(first: 10) { edges { node { id slug } } }
  productVariants(first: 10, channel: "furusato") { edges { node { id sku } } } }"""


class StandIn(Shop):
    """The stand-in, with the doors no real shop has: only for tests of the stand-in itself."""

    def control(self, path: str, body: Any = None) -> Any:
        return self.client.control(path, body)

    @property
    def client(self) -> ShopClient:
        return ShopClient(self.origin, self.http)


@contextlib.contextmanager
def stand_in_shop() -> Iterator[StandIn]:
    """This will run a stand-in of one's own while the block runs."""
    seed = seed_small()
    seed["customers"].append({"email": FENCE_EMAIL, "password": "himitsu-taro"})
    with threaded_shop(seed=seed, retry_scale=0.01, sync_timeout_s=1.5) as client:
        shop = StandIn("stand-in", client.origin, STAFF, client.http)
        shop.hanako = HANAKO
        found = shop.run(FIND, {"e": FENCE_EMAIL}, token=shop.staff)
        shop.fence_user = found["user"]["id"]
        shop.town = Town(
            tag="t",
            channel_id=found["channel"]["id"],
            channel=CHANNEL,
            method_id="U2hpcHBpbmdNZXRob2Q6MQ==",
            variants={
                edge["node"]["sku"].lower(): Variant(**edge["node"])
                for edge in found["productVariants"]["edges"]
            },
            warehouses={
                edge["node"]["slug"]: Warehouse(**edge["node"])
                for edge in found["warehouses"]["edges"]
            },
        )
        yield shop
