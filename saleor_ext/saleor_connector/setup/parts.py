"""How the shop is set up: each kind of thing says what it wants, reads what is there, and mends it.

A part never deletes anything, and what it does not want it does not see.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import groupby
from typing import Protocol

from saleor_ext.saleor_connector.setup import staff
from saleor_ext.saleor_connector.setup.wanted import ShopWanted

Value = str | int | bool | None | tuple[str, ...]
Fields = Mapping[str, Value]


class Gap(StrEnum):
    """What has to happen to a thing of the shop."""

    ADD = "add"
    CHANGE = "change"
    BY_HAND = "by_hand"


@dataclass(frozen=True, kw_only=True)
class Found:
    """A thing as the shop has it: its id there, and of its fields those that matter to us."""

    id: str
    fields: Fields


@dataclass(frozen=True, kw_only=True)
class Difference:
    """One gap between the shop and what is wanted.

    Attributes:
        part: the kind of thing, the name of its part.
        key: which one: a slug, a SKU or a name.
        label: what people call it, "" when it has no other name than its key.
        field: which of its fields; "" when the whole thing is missing.
        is_in_the_way: nothing at all can be done before a person has seen to it.
    """

    gap: Gap
    part: str
    key: str
    label: str = ""
    field: str = ""
    present: Value = None
    wanted: Value = None
    is_in_the_way: bool = False


class Part(Protocol):
    """One kind of thing in the shop.

    Attributes:
        name: what it is called in differences.
        permission: which of the shop's permissions it takes.
        by_hand: fields that cannot be changed from here.
        is_foundation: nothing works before its fields that need a hand have been seen to.
    """

    name: str
    permission: str
    by_hand: frozenset[str]
    is_foundation: bool

    def __init__(self, wanted: ShopWanted) -> None: ...

    def read(self, shop: staff.StaffShop) -> dict[str, Found]:
        """This will return what the shop has, by key."""

    def wanted(self, found: Mapping[str, Found]) -> Mapping[str, Fields]:
        """This will return what should be there, by key."""

    def create(self, shop: staff.StaffShop, key: str) -> None:
        """This will make what is missing."""

    def change(self, shop: staff.StaffShop, key: str, found: Found, fields: frozenset[str]) -> None:
        """This will set the given fields to what is wanted."""


def differences(part: Part, found: Mapping[str, Found]) -> list[Difference]:
    """This will compare what is wanted with what is there."""
    gaps: list[Difference] = []
    for key, fields in part.wanted(found).items():
        label = str(fields.get("name") or "")
        here = found.get(key)
        if here is None:
            gaps.append(Difference(gap=Gap.ADD, part=part.name, key=key, label=label))
            continue
        gaps += [
            _changed(part, key, label, field, here.fields.get(field), value)
            for field, value in fields.items()
            if here.fields.get(field) != value
        ]
    return gaps


def _changed(
    part: Part, key: str, label: str, field: str, present: Value, wanted: Value
) -> Difference:
    is_by_hand = field in part.by_hand
    return Difference(
        gap=Gap.BY_HAND if is_by_hand else Gap.CHANGE,
        part=part.name,
        key=key,
        label=label,
        field=field,
        present=present,
        wanted=wanted,
        is_in_the_way=is_by_hand and part.is_foundation,
    )


def plan(parts: Sequence[Part], shop: staff.StaffShop) -> list[Difference]:
    """This will say what is to be done in the whole shop, without doing anything.

    Raises:
        ShopError: the shop does not answer or refuses to be read.
    """
    return [gap for part in parts for gap in differences(part, part.read(shop))]


def carry_out(parts: Sequence[Part], shop: staff.StaffShop) -> Iterator[Difference]:
    """This will close the gaps one thing after the other, and yield each as it is closed.

    Every part is read again just before, so that what an earlier part made is known, and what
    somebody else did meanwhile is not done twice.

    Raises:
        ShopError: the shop does not answer or refuses; what was yielded before has been done.
    """
    for part in parts:
        found = part.read(shop)
        for key, gaps in groupby(differences(part, found), key=lambda gap: gap.key):
            yield from _close(part, shop, key, found.get(key), list(gaps))


def _close(
    part: Part, shop: staff.StaffShop, key: str, found: Found | None, gaps: list[Difference]
) -> list[Difference]:
    if found is None:
        part.create(shop, key)
        return gaps
    closing = [gap for gap in gaps if gap.gap is Gap.CHANGE]
    if closing:
        part.change(shop, key, found, frozenset(gap.field for gap in closing))
    return closing
