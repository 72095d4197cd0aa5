"""Somebody whose membership had ended is there again: his months count on, and he is told so."""

from datetime import datetime

from saleor_ext.flows.choices import ground
from saleor_ext.flows.together import counting
from saleor_ext.membership import models, states

_State = states.MembershipState


def was_member(*, donor_id: int) -> bool:
    """This will say whether a donor had a membership with donations that is over."""
    return (
        models.Membership.objects.filter(
            donor_id=donor_id, state=_State.ENDED, started_at__isnull=False
        )
        .exclude(tier__kind=states.TierKind.FREE)
        .exists()
    )


def come_back_note(*, cycle: models.Cycle, now: datetime, actor: str) -> None:
    """This will write down that somebody came back with the first donation of a new membership.

    In the caller's transaction; `cycle` is its first month, its membership just activated.
    """
    if cycle.n != 0 or not was_member(donor_id=cycle.membership.donor_id):
        return
    today = ground.today_of(now)
    preview = ground.Preview(
        kind=states.ChoiceKind.COME_BACK,
        effective_on=today,
        change_until=None,
        month=cycle.month,
        months=(cycle.month,),
    )
    ground.choice_made(
        membership=cycle.membership,
        preview=preview,
        now=now,
        actor=actor,
        cycle_id=cycle.pk,
        details={
            "months_together": counting.months_together(
                donor_id=cycle.membership.donor_id, today=today
            ),
            "tier": cycle.tier.name,
        },
    )
