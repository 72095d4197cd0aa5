"""Leaving out a month that is locked already: its order is taken back, its donor told, and a
membership that waited for it goes on.
"""

from datetime import datetime

from saleor_ext.flows.month import received, settle
from saleor_ext.flows.orders import order_queue
from saleor_ext.membership import cycles, models, services, states


def month_leave_out(
    *, cycle: models.Cycle, reason: str, now: datetime, actor: str, is_told: bool = True
) -> None:
    """This will leave out a locked month that nobody has paid and nobody is just paying.

    In the caller's transaction, who holds the month and has looked at its attempts. `is_told` is
    False when the donor gets another mail about it.

    Raises:
        InvalidTransition: it is not locked any more.
    """
    cycles.cycle_skip(cycle_id=cycle.pk, reason=reason, now=now, actor=actor)
    order_queue.order_put("order.cancel", cycle_id=cycle.pk, now=now)
    if is_told:
        settle.mail_put("cycle_skipped", cycle=cycle, now=now)
    membership_go_on(cycle=cycle, reason=reason, now=now, actor=actor)


def membership_go_on(*, cycle: models.Cycle, reason: str, now: datetime, actor: str) -> None:
    """This will let a membership that waited for a month's donation go on, unless it owes another.

    In the caller's transaction.
    """
    membership = models.Membership.objects.select_for_update().get(pk=cycle.membership_id)
    if membership.state == states.MembershipState.PAST_DUE and not received.owes_other(cycle):
        services.membership_activate(
            membership_id=membership.pk, now=now, actor=actor, reason=reason
        )
