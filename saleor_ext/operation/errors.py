"""Refusals of the place itself: somebody has to say that work may go on here."""

from saleor_ext.common.errors import Refusal


class PlaceUnconfirmed(Refusal):
    """The database was copied or moved, and nobody has said yet that this is its place now."""

    code = "place_unconfirmed"


class ChargingStopped(Refusal):
    """Somebody has stopped all taking of donations."""

    code = "charging_stopped"


class MarkMismatch(Refusal):
    """The mark somebody typed is not that of this place."""

    code = "mark_mismatch"


class CatchUpChanged(Refusal):
    """What is overdue is no longer what was shown, or somebody else has decided."""

    code = "catch_up_changed"


class CatchUpOver(Refusal):
    """This month is not waiting for an answer any more."""

    code = "catch_up_over"


class ReasonMissing(Refusal):
    """Whoever comes later must be able to read why."""

    code = "reason_missing"
