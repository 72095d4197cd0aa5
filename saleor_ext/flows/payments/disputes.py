"""Disputes (chargebacks): a card's holder contradicts a donation through his bank.

The bank takes the money back at once and decides later. Nothing is asked for here: what the
provider says is written down, whether its message told us, the daily comparison found it or staff
looked. Parcels of the month wait, the membership waits for staff; both go on when the town wins.
"""

import logging
from datetime import datetime

from django.db import transaction

from saleor_ext.common import jptime, registry
from saleor_ext.common.errors import InvalidTransition
from saleor_ext.contracts.payment import DisputeState
from saleor_ext.donations import disputes as donation_disputes
from saleor_ext.donations import models as donation_models
from saleor_ext.donations import selectors as donation_selectors
from saleor_ext.donations import states as donation_states
from saleor_ext.flows.month import holding, parcel_holds, parts_back
from saleor_ext.flows.orders import order_queue
from saleor_ext.flows.payments import given_up, look_round
from saleor_ext.membership import cycles
from saleor_ext.membership import models as membership_models
from saleor_ext.membership import selectors as membership_selectors
from saleor_ext.membership import services as membership_services
from saleor_ext.membership import states as membership_states
from saleor_ext.outbox import services as outbox

logger = logging.getLogger(__name__)

REASON = "disputed"
_State = donation_states.DisputeState
_Member = membership_states.MembershipState
_LETTERS = {
    _State.INQUIRY: "dispute_inquiry",
    _State.OPEN: "dispute_opened",
    _State.WON: "dispute_won",
    _State.LOST: "dispute_lost",
}


def disputes_look(*, attempt: donation_models.PaymentAttempt, now: datetime, actor: str) -> None:
    """This will write down what the provider says of an attempt's disputes, once each.

    Raises:
        ProviderRetryable: the provider could not be asked; nothing changed.
    """
    if attempt.state not in donation_states.ATTEMPT_RECEIVED:
        return
    for said in registry.payment_provider().disputes_of(provider_ref=attempt.provider_ref):
        try:
            _write(attempt, said, now=now, actor=actor)
        except InvalidTransition:
            logger.exception("dispute %s: %s is no step from here", said.dispute_ref, said.stage)


def disputes_look_open(*, now: datetime, actor: str = "janitor") -> int:
    """This will look at every dispute that is not over; messages of its end may have been lost.
    One dispute's trouble does not stop the others.

    Returns:
        how many are still open.
    """
    rows = donation_selectors.disputes_open().select_related("attempt")
    # In another order each time: a few that are not answered do not always stand before the others.
    look_round.look_at_each(
        rows.order_by("?"),
        look=lambda dispute: disputes_look(attempt=dispute.attempt, now=now, actor=actor),
    )
    return rows.all().count()


@transaction.atomic
def _write(
    attempt: donation_models.PaymentAttempt, said: DisputeState, *, now: datetime, actor: str
) -> None:
    """Rows are locked in the order cycle, attempt, membership, as everywhere."""
    cycles.cycle_hold(cycle_id=attempt.cycle_id)
    found = donation_disputes.dispute_record(attempt_id=attempt.pk, said=said, now=now, actor=actor)
    for row in found.rows:
        order_queue.report_put(
            "dispute.report",
            cycle_id=attempt.cycle_id,
            key=str(row.pk),
            payload={"donation_id": row.pk},
            now=now,
        )
    if not found.has_moved:
        return
    cycle = membership_selectors.cycle_get(cycle_id=attempt.cycle_id)
    state = found.dispute.state
    if state == _State.OPEN:
        _hold(cycle, now=now, actor=actor)
    elif state == _State.LOST:
        _lost(cycle, now=now, actor=actor)
    elif state == _State.WON and found.before:
        _won(cycle, now=now, actor=actor)
    _staff_tell(found.dispute, cycle=cycle, now=now)


def _hold(cycle: membership_models.Cycle, *, now: datetime, actor: str) -> None:
    given_up.parcels_hold(cycle, reason=REASON, now=now, actor=actor)
    membership = membership_models.Membership.objects.select_for_update().get(
        pk=cycle.membership_id
    )
    if membership.state in {_Member.ACTIVE, _Member.PAST_DUE, _Member.PAUSED, _Member.CANCELLING}:
        membership_services.membership_park(
            membership_id=membership.pk, now=now, actor=actor, reason=REASON
        )


def _lost(cycle: membership_models.Cycle, *, now: datetime, actor: str) -> None:
    """The donation is gone like one that was given back; what has left stays the donor's."""
    _hold(cycle, now=now, actor=actor)
    given_up.parcels_cancel(cycle, reason=REASON, now=now, actor=actor)
    given_up.term_stop(cycle, reason=REASON, now=now, actor=actor)
    order_queue.order_put("order.refunded", cycle_id=cycle.pk, now=now)


def _won(cycle: membership_models.Cycle, *, now: datetime, actor: str) -> None:
    """What waited for the bank goes on, unless another dispute, a part given back that nobody has
    decided about, a gift that cannot be sent, or staff still hold it.
    """
    if donation_selectors.attempts_disputed().filter(cycle_id=cycle.pk).exists():
        return
    parcel_holds.release(
        cycle_ids=given_up.months_of(cycle), now=now, actor=actor, reason="dispute_won"
    )
    membership = membership_models.Membership.objects.select_for_update().get(
        pk=cycle.membership_id
    )
    others = donation_selectors.attempts_disputed().filter(membership_id=membership.pk)
    if membership.parked_reason != REASON or others.exists():
        return
    if parts_back.is_any_undecided(membership_id=membership.pk):
        return
    # What was fixed before the dispute may break a rule by now: then it is for staff.
    if not holding.broken_codes(membership_id=membership.pk, today=jptime.jst_date(now)):
        membership_services.membership_unpark(
            membership_id=membership.pk, now=now, actor=actor, reason="dispute_won"
        )


def _staff_tell(
    dispute: donation_models.Dispute, *, cycle: membership_models.Cycle, now: datetime
) -> None:
    name = _LETTERS.get(_State(dispute.state))
    if name is not None:
        outbox.message_put(
            topic="mail.staff",
            key=f"mail:{name}:d{dispute.pk}",
            payload={"name": name, "cycle_id": cycle.pk, "attempt_id": dispute.attempt_id},
            now=now,
        )
