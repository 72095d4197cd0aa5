"""Kinds of costs, and what a rate is counted by."""

from django.db.models import TextChoices


class CostKind(TextChoices):
    """What asking for donations costs the town (募集に要する費用)."""

    PROCUREMENT = "procurement", "調達費"
    POSTAGE = "postage", "送料"
    PUBLICITY = "publicity", "広報費"
    PAYMENT = "payment", "決済手数料"
    OFFICE = "office", "事務費"


class RateBasis(TextChoices):
    """What an expected cost is counted by."""

    PER_PARCEL = "per_parcel", "荷物1個あたり(円)"
    PERMILLE = "permille", "寄附額の千分率"
    PER_MONTH = "per_month", "1か月あたり(円)"
