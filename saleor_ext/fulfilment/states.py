"""States of shipments, temperature classes, and every legal move between states."""

from django.db.models import TextChoices


class Temperature(TextChoices):
    """How a parcel travels."""

    AMBIENT = "ambient", "常温"
    CHILLED = "chilled", "冷蔵"
    FROZEN = "frozen", "冷凍"


class ShipmentState(TextChoices):
    """Where one parcel (お届け) stands.

    requested: on the producer's list.
    preparing: the producer ticked it: the contents are ready.
    held: taken off the producer's list until it is decided: its order was cancelled, its donation
    disputed or given back in part, a gift of it cannot be sent, or its donor lives in the town.
    labelled: it has a tracking number.
    shipped: handed to the carrier.
    delivered, absent, returned: what the carrier said later.
    cancelled: never left. substituted: replaced by another parcel.
    """

    REQUESTED = "requested", "依頼済み"
    PREPARING = "preparing", "準備できました"
    HELD = "held", "保留中"
    LABELLED = "labelled", "送り状あり"
    SHIPPED = "shipped", "発送済み"
    DELIVERED = "delivered", "お届け済み"
    ABSENT = "absent", "ご不在"
    RETURNED = "returned", "返送"
    CANCELLED = "cancelled", "取りやめ"
    SUBSTITUTED = "substituted", "差し替え"


_S = ShipmentState
SHIPMENT_TRANSITIONS: dict[str, frozenset[str]] = {
    _S.REQUESTED: frozenset({_S.PREPARING, _S.HELD}),
    # From shipped only when staff took the fulfilment back in the shop: it has not left after all.
    _S.PREPARING: frozenset({_S.REQUESTED, _S.SHIPPED}),
    _S.HELD: frozenset({_S.REQUESTED, _S.PREPARING}),
    _S.LABELLED: frozenset({_S.REQUESTED, _S.PREPARING}),
    _S.SHIPPED: frozenset({_S.LABELLED}),
    _S.DELIVERED: frozenset({_S.SHIPPED, _S.ABSENT}),
    _S.ABSENT: frozenset({_S.SHIPPED}),
    _S.RETURNED: frozenset({_S.SHIPPED, _S.ABSENT}),
    _S.CANCELLED: frozenset({_S.REQUESTED, _S.PREPARING, _S.HELD}),
    _S.SUBSTITUTED: frozenset({_S.REQUESTED, _S.PREPARING, _S.HELD}),
}

SHIPMENT_TO_SHIP = frozenset({_S.REQUESTED, _S.PREPARING, _S.LABELLED})
"""Parcels still in the producer's hands."""

SHIPMENT_SENT = frozenset({_S.SHIPPED, _S.DELIVERED, _S.ABSENT, _S.RETURNED})
"""Parcels that left."""


class AlternateState(TextChoices):
    """Where an alternate for a gift that cannot be sent (代わりの品の提案) stands.

    proposed: months with the gift wait for their donors' word, and are not charged meanwhile.
    withdrawn: the gift can be sent after all; what was decided stays.
    """

    PROPOSED = "proposed", "提案中"
    WITHDRAWN = "withdrawn", "取り下げた提案"


class SwapState(TextChoices):
    """What becomes of one month for which an alternate was proposed (差し替え).

    asked: the donor was asked and has time until the cut-off.
    accepted: the box comes with the alternate.
    carried: the month is left out; a box that is paid for comes at the end of its term, and where
    that cannot be, staff decide.
    dropped: the gift can be sent after all, before anybody decided.
    """

    ASKED = "asked", "お伺い中"
    ACCEPTED = "accepted", "差し替え済み"
    CARRIED = "carried", "持ち越し"
    DROPPED = "dropped", "お伺いの取り下げ"


_P = AlternateState
ALTERNATE_TRANSITIONS: dict[str, frozenset[str]] = {_P.WITHDRAWN: frozenset({_P.PROPOSED})}

_W = SwapState
SWAP_TRANSITIONS: dict[str, frozenset[str]] = {
    _W.ACCEPTED: frozenset({_W.ASKED}),
    _W.CARRIED: frozenset({_W.ASKED}),
    _W.DROPPED: frozenset({_W.ASKED}),
}
