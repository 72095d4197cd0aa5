"""Writing about costs. Rows are added, never changed."""

from collections.abc import Iterable
from datetime import date, datetime

from django.db import IntegrityError, transaction

from saleor_ext.costs import errors, models, states

AMOUNT_MOST = 10**12
PERMILLE_MOST = 1000


def entry_add(
    *,
    kind: states.CostKind,
    month: date,
    amount_yen: int,
    note: str,
    now: datetime,
    actor: str,
) -> models.CostEntry:
    """This will write down a cost that was paid in a month, or take an earlier one back.

    Args:
        kind: which kind of cost.
        month: the first day of the month it belongs to.
        amount_yen: consumption tax included; negative to take something back.
        note: what it was, for whoever checks it later.
        now: the present moment.
        actor: who wrote it.

    Raises:
        CostInvalid: no amount, no note, or no first day of a month.
    """
    text = note.strip()
    if not text or month.day != 1 or amount_yen == 0 or abs(amount_yen) > AMOUNT_MOST:
        raise errors.CostInvalid()
    return models.CostEntry.objects.create(
        kind=kind,
        month=month,
        amount_yen=amount_yen,
        note=text[:200],
        entered_at=now,
        actor=actor,
    )


def rate_set(
    *,
    kind: states.CostKind,
    basis: states.RateBasis,
    amount: int,
    valid_from: date,
    note: str,
    now: datetime,
    actor: str,
) -> models.CostRate:
    """This will write down what a kind of cost is expected to be from a day on.

    Raises:
        CostInvalid: an amount that cannot be meant; what boxes cost is known and has no rate.
        RateKnown: a rate begins on that day already.
    """
    most = PERMILLE_MOST if basis is states.RateBasis.PERMILLE else AMOUNT_MOST
    if kind is states.CostKind.PROCUREMENT or not 0 <= amount <= most:
        raise errors.CostInvalid()
    try:
        with transaction.atomic():
            return models.CostRate.objects.create(
                kind=kind,
                basis=basis,
                amount=amount,
                valid_from=valid_from,
                note=note.strip()[:200],
                entered_at=now,
                actor=actor,
            )
    except IntegrityError as error:
        raise errors.RateKnown() from error


def gift_cost_add(
    *, gift_id: int, old_yen: int, new_yen: int, reason: str, now: datetime, actor: str
) -> models.GiftCost:
    """This will write down that a gift costs the town another amount from now on."""
    return models.GiftCost.objects.create(
        gift_id=gift_id,
        old_yen=old_yen,
        new_yen=new_yen,
        reason=reason[:200],
        changed_at=now,
        actor=actor,
    )


def benefit_cost_add(
    *, tier_id: int, old_yen: int, new_yen: int, now: datetime, actor: str
) -> models.BenefitCost:
    """This will write down that a tier's benefits cost another amount from now on."""
    return models.BenefitCost.objects.create(
        tier_id=tier_id, old_yen=old_yen, new_yen=new_yen, changed_at=now, actor=actor
    )


def revisions_add(*, revisions: Iterable[models.CostRevision]) -> None:
    """This will write down what a change means for months that are locked."""
    models.CostRevision.objects.bulk_create(revisions, batch_size=500)


def revision_see(*, revision_id: int, now: datetime, actor: str) -> None:
    """This will note that somebody has seen to a month over the limit; once is enough."""
    models.CostRevision.objects.filter(pk=revision_id, seen_at__isnull=True).update(
        seen_at=now, seen_by=actor
    )
