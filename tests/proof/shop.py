"""A shop that keeps orders and checkouts, in the place of the connector's calls.

It asks our own payment app as the real one does, and keeps what it knows either in memory or in a
folder, where several processes find it and none of them can leave half an order behind.
"""

import contextlib
import fcntl
import pickle
import secrets
from collections.abc import Iterable, Iterator, MutableMapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from saleor_ext.common import clock
from saleor_ext.contracts.types import Yen
from saleor_ext.flows.orders import shop_catalogue
from saleor_ext.flows.payments import payment_session
from saleor_ext.fulfilment import models as fulfilment_models
from saleor_ext.membership import models, selectors
from saleor_ext.saleor_connector import catalogue, checkout, fulfilments, orders, payments
from saleor_ext.saleor_connector.errors import ShopRefused
from saleor_ext.saleor_connector.sessions import Session, Source
from tests.builders.shop_orders import MemoryShop, lines_make

NO_MONEY = {"is_paid": False, "charge_status": "NONE", "charged_yen": Yen(0), "transaction_id": ""}
OFFICE = "warehouse-yakuba"
PLENTY = 1_000_000


class Folder(MutableMapping[str, Any]):
    """What is kept by name in a folder: one file each, replaced in one step."""

    def __init__(self, path: Path) -> None:
        path.mkdir(parents=True, exist_ok=True)
        self.path = path

    def __getitem__(self, name: str) -> Any:
        try:
            return pickle.loads((self.path / name).read_bytes())
        except FileNotFoundError:
            raise KeyError(name) from None

    def __setitem__(self, name: str, value: Any) -> None:
        fresh = self.path / f".{secrets.token_hex(8)}"
        fresh.write_bytes(pickle.dumps(value))
        fresh.replace(self.path / name)

    def __delitem__(self, name: str) -> None:
        (self.path / name).unlink(missing_ok=True)

    def __iter__(self) -> Iterator[str]:
        return (item.name for item in self.path.iterdir() if not item.name.startswith("."))

    def __len__(self) -> int:
        return sum(1 for _ in self)


class ProofShop(MemoryShop):
    """Makes, pays, cancels and completes orders as the shop does, as long as there is stock: what
    is `sold_out` is named by its SKU.

    `folder` None keeps everything in this process.
    """

    def __init__(self, folder: Path | None = None) -> None:
        super().__init__()
        self.lock: Path | None = None
        self.sold_out: set[str] = set()
        self.checkouts: MutableMapping[str, dict[str, Any]] = {}
        if folder is not None:
            self.lock = folder / "lock"
            self.orders = Folder(folder / "orders")  # type: ignore[assignment]
            self.checkouts = Folder(folder / "checkouts")

    def change(self, order: orders.Order, **changes: Any) -> orders.Order:
        """As the real one does: two changes at once are both kept."""
        with self._alone():
            return super().change(order, **changes)

    @contextlib.contextmanager
    def _alone(self) -> Iterator[None]:
        if self.lock is None:
            yield
            return
        with self.lock.open("a") as held:  # given up with the file, also by a process that dies
            fcntl.flock(held, fcntl.LOCK_EX)
            yield

    def answers(self) -> dict[tuple[object, str], Any]:
        """This will return what stands in the place of which of the connector's functions."""
        return {
            (orders, "order_find"): self.find,
            (orders, "draft_order_create"): self.draft_create,
            (orders, "draft_order_complete"): self.draft_complete,
            (orders, "draft_order_delete"): self.draft_delete,
            (orders, "order_cancel"): self.cancel,
            (orders, "order_reference_set"): self.reference_set,
            (orders, "metadata_set"): lambda **_: None,
            (fulfilments, "order_fulfill"): self.fulfil,
            (fulfilments, "fulfilment_cancel"): self.fulfilment_cancel,
            (payments, "transaction_initialize"): self.pay,
            (payments, "transaction_process"): self.process,
            (payments, "transaction_event_report"): self.report,
            (payments, "was_charged"): self.was_charged,
            (checkout, "checkout_create"): self.checkout_create,
            (checkout, "customer_attach"): lambda **_: None,
            (checkout, "checkout_complete"): self.checkout_complete,
            (catalogue, "stock_available"): self.stock,
            (shop_catalogue, "office_warehouse_id"): lambda: OFFICE,
        }

    def stock(self, ids: Iterable[str]) -> dict[str, int]:
        """The connector's `stock_available`."""
        return {one: 0 if _sku(one) in self.sold_out else PLENTY for one in ids}

    def _number(self) -> str:
        return secrets.token_hex(6)

    def _later(self) -> Any:
        return clock.real_now()

    def draft_create(
        self, *, external_reference: str, lines: Iterable[checkout.LineInput], **_: Any
    ) -> orders.DraftOrder:
        """The connector's `draft_order_create`: a reference has one order."""
        self.calls.append("draft")
        cycle = _cycle(external_reference)
        with self._alone():
            if external_reference in self.orders:
                raise ShopRefused(
                    code="UNIQUE", field="externalReference", operation="draftOrderCreate"
                )
            order = self.order_make(
                cycle,
                status="DRAFT",
                number=external_reference,
                external_reference=external_reference,
                total_yen=Yen(sum(_price(line) for line in lines)),
                lines=lines_make(external_reference, [_sku(line.variant_id) for line in lines]),
                **NO_MONEY,
            )
        return orders.DraftOrder(ref=_ref(order), shipping_method_ids=())

    def draft_complete(self, *, order_id: str, **_: Any) -> orders.OrderRef:
        order = self._of(order_id)
        if self.sold_out & {line.sku for line in order.lines}:
            raise ShopRefused(
                code="INSUFFICIENT_STOCK", field="lines", operation="draftOrderComplete"
            )
        return _ref(self.change(order, status="UNFULFILLED"))

    def draft_delete(self, *, order_id: str, **_: Any) -> None:
        del self.orders[self._of(order_id).external_reference]

    def cancel(self, *, order_id: str, **_: Any) -> orders.OrderRef:
        self.calls.append("cancel")
        return _ref(self.change(self._of(order_id), status="CANCELED"))

    def reference_set(self, *, order_id: str, external_reference: str, **_: Any) -> None:
        """The connector's `order_reference_set`: an order put aside makes room for another one."""
        order = self._of(order_id)
        if order.external_reference != external_reference:
            del self.orders[order.external_reference]
            self.orders[external_reference] = replace(
                order, id=f"order-{external_reference}", external_reference=external_reference
            )

    def fulfil(self, *, order_id: str, lines: Any, tracking_number: str = "", **_: Any) -> Any:
        order = self._of(order_id)
        ids = {line.order_line_id for line in lines}
        skus = [line.sku for line in order.lines if line.id in ids]
        return self.fulfil_by_staff(order, *skus, number=tracking_number)

    def fulfilment_cancel(self, *, fulfilment_id: str, **_: Any) -> None:
        order = self.orders[fulfilment_id.removeprefix("fulfilment-").rpartition("-")[0]]
        for item in order.fulfilments:
            if item.id == fulfilment_id:
                self.fulfilment_change(order, item, status="CANCELED")

    def checkout_create(self, *, metadata: dict[str, str], lines: Any, **_: Any) -> Any:
        self.calls.append("checkout")
        name = f"checkout-{secrets.token_hex(6)}"
        total = sum(_price(line) for line in lines)
        self.checkouts[name] = {
            "cycle": metadata["furusato.cycle"],
            "total": total,
            "paid": 0,
            "order": "",
        }
        return checkout.Checkout(id=name, total_yen=Yen(total), is_shipping_required=False)

    def checkout_complete(self, *, checkout_id: str, **_: Any) -> orders.OrderRef:
        found = self.checkouts[checkout_id]
        cycle = _cycle(found["cycle"])
        with self._alone():
            known = self.orders.get(found["cycle"])
            if known is not None:
                return _ref(known)
            order = self.order_make(
                cycle,
                number=found["cycle"],
                charged_yen=Yen(found["paid"]),
                transaction_id=f"tx-{checkout_id}",
            )
        return _ref(order)

    def pay(
        self, *, object_id: str, amount_yen: int, key: str, **_: Any
    ) -> payments.TransactionResult:
        """The connector's `transaction_initialize`: the shop asks our payment app back."""
        self.calls.append("pay")
        source = self._source(object_id)
        answer = payment_session.session_answer(
            _session(
                "transaction_initialize_session", object_id, amount_yen, key=key, source=source
            ),
            now=clock.now(),
        )
        return self._paid(object_id, answer)

    def process(self, *, transaction_id: str, **_: Any) -> payments.TransactionResult:
        object_id = transaction_id.removeprefix("tx-")
        amount_yen = self._source(object_id).total_yen
        answer = payment_session.session_answer(
            _session("transaction_process_session", object_id, amount_yen), now=clock.now()
        )
        return self._paid(object_id, answer)

    def report(
        self, *, transaction_id: str, event_type: str, amount_yen: int, psp_reference: str, **_: Any
    ) -> payments.TransactionResult:
        """The connector's `transaction_event_report`; each reference counts once."""
        object_id, reference = transaction_id.removeprefix("tx-"), psp_reference
        order = self._order_behind(object_id)
        away = {"REFUND_SUCCESS": 1, "CHARGE_BACK": 1, "CHARGE_SUCCESS": -1}
        # The real one would count less than nothing.
        assert event_type not in away or self.was_charged(transaction_id=transaction_id)
        if order is not None and event_type in away:
            sign = away[event_type]
            self._given_back(order, reference=reference, amount_yen=sign * amount_yen)
        return _result(object_id, {"result": event_type, "pspReference": reference})

    def was_charged(self, *, transaction_id: str, **_: Any) -> bool:
        object_id = transaction_id.removeprefix("tx-")
        if object_id in self.checkouts:
            return bool(self.checkouts[object_id]["paid"])
        order = self._order_behind(object_id)
        return order is not None and bool(order.transaction_id)

    def _given_back(self, order: orders.Order, *, reference: str, amount_yen: int) -> None:
        """A reference counts once: the order's own change is what remembers it."""
        if reference not in order.origin.split():
            self.change(
                order,
                charged_yen=Yen(order.charged_yen - amount_yen),
                origin=f"{order.origin} {reference}",
            )

    def _paid(self, object_id: str, answer: dict[str, Any]) -> payments.TransactionResult:
        if answer["result"] == "CHARGE_SUCCESS":
            amount_yen = Yen(int(answer["amount"]))
            if object_id in self.checkouts:
                self.checkouts[object_id] = self.checkouts[object_id] | {"paid": amount_yen}
            else:
                self.change(
                    self._of(object_id),
                    is_paid=True,
                    charge_status="FULL",
                    charged_yen=amount_yen,
                    transaction_id=f"tx-{object_id}",
                )
        return _result(object_id, answer)

    def _source(self, object_id: str) -> Source:
        if object_id in self.checkouts:
            found = self.checkouts[object_id]
            cycle, total, kind = _cycle(found["cycle"]), found["total"], "checkout"
        else:
            order = self._of(object_id)
            cycle, total, kind = _cycle(order.external_reference), order.total_yen, "order"
        donor = cycle.membership.donor
        return Source(
            kind=kind,
            id=object_id,
            external_reference="" if kind == "checkout" else selectors.cycle_key(cycle=cycle),
            user_id=donor.saleor_user_id,
            email=donor.email,
            total_yen=Yen(total),
            metadata={},
            lines=(),
        )

    def _order_behind(self, object_id: str) -> orders.Order | None:
        if object_id in self.checkouts:
            return self.orders.get(self.checkouts[object_id]["cycle"])
        return self.orders.get(object_id.removeprefix("order-"))

    def _of(self, order_id: str) -> orders.Order:
        order: orders.Order = self.orders[order_id.removeprefix("order-")]
        return order


def _cycle(key: str) -> models.Cycle:
    cycle = selectors.cycle_by_key(key=key)
    assert cycle is not None, key
    return cycle


def _sku(variant_id: str) -> str:
    gift = fulfilment_models.Gift.objects.filter(saleor_variant_id=variant_id).first()
    return gift.sku if gift else models.Tier.objects.get(saleor_variant_id=variant_id).sku


def _price(line: checkout.LineInput) -> int:
    if line.price_yen is not None:
        return line.price_yen
    return models.Tier.objects.get(saleor_variant_id=line.variant_id).amount_yen


def _ref(order: orders.Order) -> orders.OrderRef:
    return orders.OrderRef(
        id=order.id,
        number=order.number,
        status=order.status,
        charge_status=order.charge_status,
        external_reference=order.external_reference,
    )


def _session(
    event: str, object_id: str, amount_yen: int, *, key: str = "", source: Source | None = None
) -> Session:
    return Session(
        event=event,
        digest=secrets.token_hex(16),
        issued_at=clock.now(),
        key=key,
        amount_yen=Yen(amount_yen),
        transaction_id=f"tx-{object_id}",
        psp_reference="",
        source=source,
        data={},
    )


def _result(object_id: str, answer: dict[str, Any]) -> payments.TransactionResult:
    return payments.TransactionResult(
        transaction_id=f"tx-{object_id}",
        event_type=answer["result"],
        psp_reference=str(answer.get("pspReference", "")),
        message=str(answer.get("message", "")),
        charged_yen=Yen(0),
        data=answer.get("data"),
    )


@contextlib.contextmanager
def shop_put_in(shop: ProofShop) -> Iterator[None]:
    """This will answer in the place of the connector for the length of a block."""
    before = {(owner, name): getattr(owner, name) for owner, name in shop.answers()}
    for (owner, name), answer in shop.answers().items():
        setattr(owner, name, answer)
    try:
        yield
    finally:
        for (owner, name), real in before.items():
            setattr(owner, name, real)


def shop_put_in_for_good(shop: ProofShop) -> None:
    """This will do the same for the rest of this process."""
    for (owner, name), answer in shop.answers().items():
        setattr(owner, name, answer)
