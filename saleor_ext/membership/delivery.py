"""Writing about where a single month's box goes, and what is wanted when a gift runs out."""

from collections.abc import Mapping
from datetime import date, datetime

from django.db import transaction

from saleor_ext.membership import errors, models, states

MONTH_ADDRESS_FIELDS = (
    "family_name",
    "given_name",
    "phone",
    "postal_code",
    "prefecture",
    "city",
    "street",
    "building",
)


@transaction.atomic
def month_address_set(
    *, cycle_id: int, address: Mapping[str, str], today: date, now: datetime
) -> models.MonthAddress:
    """This will send one month's box elsewhere. Every other month stays as it is.

    Raises:
        MonthLocked: the month can no longer be changed.
    """
    _changeable_hold(cycle_id, today=today)
    values = {name: address[name] for name in MONTH_ADDRESS_FIELDS}
    own, _ = models.MonthAddress.objects.update_or_create(
        cycle_id=cycle_id, defaults={**values, "set_at": now}
    )
    return own


@transaction.atomic
def month_address_remove(*, cycle_id: int, today: date) -> bool:
    """This will let a month's box go to the usual address again.

    Returns:
        whether it went elsewhere before.

    Raises:
        MonthLocked: the month can no longer be changed.
    """
    _changeable_hold(cycle_id, today=today)
    removed, _ = models.MonthAddress.objects.filter(cycle_id=cycle_id).delete()
    return removed > 0


def _changeable_hold(cycle_id: int, *, today: date) -> None:
    """Whoever locks the month at this moment waits, or was faster."""
    cycle = models.Cycle.objects.select_for_update().get(pk=cycle_id)
    if cycle.state != states.CycleState.PLANNED or cycle.change_until < today:
        raise errors.MonthLocked()


@transaction.atomic
def swap_wish_set(*, membership_id: int, wish: str, silence: str) -> models.Membership:
    """This will keep what a donor wants when a gift of his box cannot be sent."""
    membership = models.Membership.objects.select_for_update().get(pk=membership_id)
    membership.swap_wish = states.SwapWish(wish).value
    membership.swap_silence = states.SwapWish(silence).value
    membership.save(update_fields=["swap_wish", "swap_silence"])
    return membership


def snapshot_cost_set(*, cycle_id: int, procurement_cost_yen: int) -> None:
    """This will note what a locked box costs now that a gift of it was swapped."""
    models.CycleSnapshot.objects.filter(cycle_id=cycle_id).update(
        procurement_cost_yen=procurement_cost_yen
    )


def snapshot_box_remove(*, cycle_id: int) -> None:
    """This will take the box out of a month that was locked with one; its donation stays."""
    models.CycleSnapshot.objects.filter(cycle_id=cycle_id).update(
        box_plan=None, procurement_cost_yen=0, delivery={}, recipient=None
    )
