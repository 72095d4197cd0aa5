"""Refusals about payments and the ledger."""

from saleor_ext.common.errors import Refusal


class AttemptOpen(Refusal):
    """A payment for this month is under way already, or its money was received."""

    code = "attempt_open"


class DayLimitReached(Refusal):
    """The member was asked for as many donations today as one day allows."""

    code = "day_limit_reached"


class AttemptSettled(Refusal):
    """The end of this attempt is known already."""

    code = "attempt_settled"


class AttemptYoung(Refusal):
    """The request may still be on its way to the provider."""

    code = "attempt_young"


class PaymentOfAnother(Refusal):
    """The payment named is not that of this attempt."""

    code = "payment_of_another"


class CardMissing(Refusal):
    """There is no card on file to charge."""

    code = "card_missing"


class AmountMismatch(Refusal):
    """The provider took another amount than was asked for."""

    code = "amount_mismatch"


class NothingToRefund(Refusal):
    """No money was received that could be given back, or all of it has been."""

    code = "nothing_to_refund"


class RefundOpen(Refusal):
    """A refund of this donation is under way already."""

    code = "refund_open"


class RefundPartial(Refusal):
    """Only the whole donation can be given back."""

    code = "refund_partial"
