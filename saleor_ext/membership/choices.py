"""Writing down what donors chose about their memberships."""

from collections.abc import Mapping
from datetime import date, datetime

from django.db import transaction

from saleor_ext.membership import models, states

NOTE_LENGTH = 500


@transaction.atomic
def choice_record(
    *,
    membership_id: int,
    kind: str,
    effective_on: date,
    now: datetime,
    actor: str,
    cycle_id: int | None = None,
    details: Mapping[str, object] | None = None,
    reason: str = "",
    note: str = "",
) -> models.MembershipChoice:
    """This will write down a choice in the same transaction as what it changes.

    Args:
        membership_id: whose.
        kind: one of `states.ChoiceKind`.
        effective_on: the Japanese day from which it counts, as the donor was shown.
        now: the moment of the choice.
        actor: who chose.
        cycle_id: the month it is about, or the first of several.
        details: what was agreed, in values JSON knows; days as ISO text.
        reason: a code, if the donor picked one.
        note: his own words, if he wrote some.
    """
    return models.MembershipChoice.objects.create(
        membership_id=membership_id,
        kind=states.ChoiceKind(kind).value,
        chosen_at=now,
        effective_on=effective_on,
        actor=actor,
        cycle_id=cycle_id,
        details=dict(details or {}),
        reason=reason,
        note=note.strip()[:NOTE_LENGTH],
    )


def membership_future_set(
    *, membership_id: int, next_tier_id: int | None, from_n: int | None, is_renewed: bool
) -> None:
    """This will note in which tier the coming donations are, and whether one follows a term.

    In the transaction of a choice, which is the record of it. The plan has to be made anew.
    """
    models.Membership.objects.filter(pk=membership_id).update(
        next_tier_id=next_tier_id, next_tier_from_n=from_n, is_renewed=is_renewed
    )
