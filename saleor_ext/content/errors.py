"""Refusals about content and events."""

from saleor_ext.common.errors import Refusal


class NotEntitled(Refusal):
    """The donor's tier does not open this."""

    code = "not_entitled"


class OpeningInvalid(Refusal):
    """A piece cannot open after so many months: none, too many, or everybody may read it."""

    code = "opening_invalid"


class EventFull(Refusal):
    """Every place is taken."""

    code = "event_full"


class EventOver(Refusal):
    """The event has ended, so nobody enters or leaves any more."""

    code = "event_over"
