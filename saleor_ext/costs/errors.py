"""Refusals about costs."""

from saleor_ext.common.errors import Refusal


class CostInvalid(Refusal):
    """An amount, a month or a rate that cannot be meant."""

    code = "cost_invalid"


class RateKnown(Refusal):
    """A rate of this kind begins on that day already."""

    code = "rate_known"
