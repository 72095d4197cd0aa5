"""Reading costs, rates and revisions."""

from collections.abc import Mapping
from datetime import date

from django.db.models import QuerySet, Sum

from saleor_ext.costs import models, states


def entries_between(*, first: date, last: date) -> QuerySet[models.CostEntry]:
    """This will list what was paid in the months from `first` to `last`, newest first."""
    return models.CostEntry.objects.filter(month__gte=first, month__lte=last).order_by("-pk")


def paid_by_month(*, first: date, last: date) -> Mapping[tuple[date, str], int]:
    """This will add up what was paid, by month (its first day) and kind."""
    rows = entries_between(first=first, last=last).order_by()
    sums = rows.values_list("month", "kind").annotate(paid=Sum("amount_yen"))
    return {(month, kind): paid for month, kind, paid in sums}


def rates_all() -> list[models.CostRate]:
    """This will list all rates, newest first."""
    return list(models.CostRate.objects.order_by("-valid_from", "kind"))


def rate_on(
    *, rates: list[models.CostRate], kind: states.CostKind, day: date
) -> models.CostRate | None:
    """This will pick the rate in force on a day out of `rates_all`."""
    return next((rate for rate in rates if rate.kind == kind and rate.valid_from <= day), None)


def gift_costs() -> QuerySet[models.GiftCost]:
    """This will list the changes of what gifts cost, newest first."""
    return models.GiftCost.objects.select_related("gift").order_by("-pk")


def revisions_over() -> QuerySet[models.CostRevision]:
    """This will list the months that a dearer gift took over the limit and nobody has seen to."""
    return (
        models.CostRevision.objects.filter(is_over=True, seen_at__isnull=True)
        .select_related("cycle__membership__donor", "cycle__tier", "gift_cost__gift")
        .order_by("pk")
    )
