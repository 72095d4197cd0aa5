"""What pauses need every day: they begin once nothing is left to give, months in them are left
out, the donor is told before they end, and on their day they end by themselves.
"""

from datetime import date, datetime, timedelta

from django.db import transaction

from saleor_ext.common import apart
from saleor_ext.flows.choices import ground, pause
from saleor_ext.membership import models, selectors, states
from saleor_ext.outbox import services as outbox

_State = states.MembershipState
_Cycle = states.CycleState


def pauses_turn(*, as_of: date, now: datetime, actor: str) -> int:
    """This will bring every pause to where it should be on `as_of` (a Japanese day).

    However late it runs: pauses are found by their state, not by their day.

    Returns:
        how many pauses ended.

    Raises:
        Exception: one membership was in trouble; all others were gone through.
    """
    rows = models.Membership.objects.filter(
        resume_on__isnull=False, state__in=sorted(ground.GOING_ON)
    )
    return apart.each(
        list(rows.order_by("pk").values_list("pk", flat=True)),
        lambda membership_id: _turn(membership_id, as_of=as_of, now=now, actor=actor),
        name=lambda membership_id: f"the pause of membership {membership_id}",
    )


@transaction.atomic
def _turn(membership_id: int, *, as_of: date, now: datetime, actor: str) -> bool:
    ground.hold(membership_id=membership_id)
    membership = models.Membership.objects.get(pk=membership_id)
    resume_on = membership.resume_on
    if resume_on is None or membership.state not in ground.GOING_ON:
        return False  # somebody else was faster
    if resume_on <= as_of:
        pause.pause_end(
            membership_id=membership_id, today=as_of, now=now, actor=actor, reason="pause_over"
        )
        if membership.state == _State.PAUSED:
            _mail_put("pause_over", membership, resume_on=resume_on, now=now)
        return True
    pause.months_fit(membership_id=membership_id, today=as_of, now=now, actor=actor)
    pause.pause_begin_if_due(membership_id=membership_id, today=as_of, now=now, actor=actor)
    if _is_to_be_told(membership, resume_on=resume_on, as_of=as_of):
        _mail_put("resume_soon", membership, resume_on=resume_on, now=now)
    return False


def _is_to_be_told(membership: models.Membership, *, resume_on: date, as_of: date) -> bool:
    """In time for the last day on which the first month after the pause can still be changed.

    Not when the mail about the pause itself came as late as that.
    """
    first = _first_after(membership, resume_on=resume_on)
    if first is None:
        return False
    days = selectors.municipality_get().resume_notice_days
    tell_on = min(resume_on, first.change_until) - timedelta(days=days)
    chosen = (
        selectors.choices_of(membership_id=membership.pk)
        .filter(kind=states.ChoiceKind.PAUSE)
        .first()
    )
    is_told_already = chosen is not None and ground.today_of(chosen.chosen_at) >= tell_on
    return as_of >= tell_on and not is_told_already


def _first_after(membership: models.Membership, *, resume_on: date) -> models.Cycle | None:
    return (
        membership.cycles.filter(
            charge_on__gte=resume_on, state__in=[_Cycle.PLANNED, _Cycle.LOCKED]
        )
        .order_by("n")
        .first()
    )


def _mail_put(name: str, membership: models.Membership, *, resume_on: date, now: datetime) -> None:
    first = _first_after(membership, resume_on=resume_on)
    outbox.message_put(
        topic="mail.send",
        key=f"mail:{name}:m{membership.pk}:{resume_on.isoformat()}",
        payload={
            "name": name,
            "donor_id": membership.donor_id,
            "cycle_id": first.pk if first else None,
        },
        now=now,
    )
