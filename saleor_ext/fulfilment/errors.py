"""Refusals about parcels."""

from saleor_ext.common.errors import Refusal


class TrackingUsed(Refusal):
    """Another parcel already travels under this tracking number."""

    code = "tracking_used"


class AlternateUnfit(Refusal):
    """The gift is not in that box, or the alternate is the same one or in the box already."""

    code = "alternate_unfit"


class AlternateOverLimit(Refusal):
    """With the alternate the box would be worth more than may be given back."""

    code = "alternate_over_limit"


class AlternateUnlisted(Refusal):
    """The alternate may not be offered: its public row is missing."""

    code = "alternate_unlisted"


class AlternateOpen(Refusal):
    """For this gift something is proposed already."""

    code = "alternate_open"


class SwapOver(Refusal):
    """It was decided already, or the day until which it could be is over."""

    code = "swap_over"


class BoxEmpty(Refusal):
    """Nothing is planned in this box, so there is nothing to send."""

    code = "box_empty"


class CertificateMissing(Refusal):
    """A gift of category 3 needs its maker's certificate."""

    code = "gift_certificate_missing"
