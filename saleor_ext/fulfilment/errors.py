"""Refusals about parcels."""

from saleor_ext.common.errors import Refusal


class TrackingUsed(Refusal):
    """Another parcel already travels under this tracking number."""

    code = "tracking_used"


class BoxEmpty(Refusal):
    """Nothing is planned in this box, so there is nothing to send."""

    code = "box_empty"


class CertificateMissing(Refusal):
    """A gift of category 3 needs its maker's certificate."""

    code = "gift_certificate_missing"
