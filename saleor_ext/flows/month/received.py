"""Money that came in: is it what was asked for, and what follows from it. One month's and a whole
batch's go the same way.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from saleor_ext.common import jptime
from saleor_ext.contracts.payment import ChargeState
from saleor_ext.donations import models as donation_models
from saleor_ext.donations import services as donation_services
from saleor_ext.donations import states as donation_states
from saleor_ext.flows.choices import come_back, tier_turn
from saleor_ext.flows.month import letters
from saleor_ext.flows.onestop import following
from saleor_ext.flows.orders import order_queue
from saleor_ext.flows.payments import card_holder, old_cards
from saleor_ext.membership import cycles, planning
from saleor_ext.membership import models as membership_models
from saleor_ext.membership import selectors as membership_selectors
from saleor_ext.membership import services as membership_services
from saleor_ext.membership import states as membership_states
from saleor_ext.outbox import models as outbox_models
from saleor_ext.outbox import services as outbox

_Attempt = donation_states.AttemptState
_Cycle = membership_states.CycleState
_Member = membership_states.MembershipState
_WAITS_FOR_MONEY = frozenset({_Member.PARKED, _Member.DRAFT, _Member.PAST_DUE})


@dataclass(frozen=True, kw_only=True)
class Money:
    """What the provider says it took for an attempt. Attempt and month are held.

    `cycle` comes with its membership, tier and snapshot, as they were before.
    """

    attempt: donation_models.PaymentAttempt
    cycle: membership_models.Cycle
    state: ChargeState


def trouble(money: Money, *, is_month_received: bool) -> str:
    """This will say why money must be looked at by staff before it counts, "" when it counts.

    Args:
        money: what the provider says.
        is_month_received: another attempt has brought this month's donation already.
    """
    if money.state.amount_yen != money.attempt.amount_yen or money.state.charged_at is None:
        return "amount_mismatch"
    return "second_success" if is_month_received else ""


def money_write(moneys: Sequence[Money], *, now: datetime, actor: str) -> None:
    """This will write down money that counts: months, memberships, what follows, and last the
    ledger, because everybody else waits for its receipt numbers.

    Raises:
        InvalidTransition: one attempt or month cannot take it any more; nothing may be kept.
    """
    if not moneys:
        return
    cycles.cycles_charged(cycle_ids=[money.cycle.pk for money in moneys], now=now, actor=actor)
    for money in moneys:
        _card_keep(money, now=now)
        _membership_follow(money.cycle, now=now, actor=actor)
    wishing = following.donors_with_wish(
        donor_ids={money.cycle.membership.donor_id for money in moneys}
    )
    outbox.messages_put_many(
        messages=[
            message for money in moneys for message in _messages(money, wishing=wishing, now=now)
        ]
    )
    town = membership_selectors.municipality_get()
    donation_services.attempts_succeed(
        received=[_received(money, town=town) for money in moneys], now=now, actor=actor
    )


def _received(money: Money, *, town: membership_models.Municipality) -> donation_services.Received:
    cycle = money.cycle
    return donation_services.Received(
        attempt=money.attempt,
        provider_ref=money.state.provider_ref,
        charge_ref=money.state.charge_ref,
        # Without a moment it would be trouble.
        donated_on=jptime.jst_date(cast(datetime, money.state.charged_at)),
        facts=donation_services.DonationFacts(
            municipality_id=town.pk,
            donor_id=cycle.membership.donor_id,
            tier_name=cycle.tier.name,
            donor_name=cycle.snapshot.donor_name,
            donor_address=cycle.snapshot.donor_address,
            donor_prefecture=cycle.snapshot.donor_prefecture,
            use_name=cycle.snapshot.use_name,
        ),
    )


def _card_keep(money: Money, *, now: datetime) -> None:
    """Off-session the card is the one on file; only a card entered in the browser may be new."""
    if money.state.card is not None and not money.attempt.is_off_session:
        kept = donation_services.card_keep(
            donor_id=money.cycle.membership.donor_id,
            customer_ref=money.state.customer_ref,
            card=money.state.card,
            holder_state=card_holder.holder_state(
                card=money.state.card, donor=money.cycle.membership.donor
            ),
            now=now,
        )
        old_cards.cards_forget_put(current=kept, now=now)


def _membership_follow(cycle: membership_models.Cycle, *, now: datetime, actor: str) -> None:
    membership = cycle.membership
    if cycle.tier_id == membership.next_tier_id:
        membership_services.membership_tier_follow(
            cycle_id=cycle.pk, membership_id=membership.pk, now=now, actor=actor
        )
    else:
        tier_turn.tier_of_fixed_month_take(cycle=cycle, now=now, actor=actor)
    is_all_paid = membership.state in _WAITS_FOR_MONEY and not owes_other(cycle)
    if is_all_paid and membership.state == _Member.PARKED:
        membership_services.membership_parked_paid(
            membership_id=membership.pk, now=now, actor=actor
        )
    elif is_all_paid:
        membership_services.membership_activate(
            membership_id=membership.pk, now=now, actor=actor, reason="donation_received"
        )
        _months_ahead_plan(membership, now=now)
        come_back.come_back_note(cycle=cycle, now=now, actor=actor)
    elif cycle.state != _Cycle.LOCKED:
        park(membership, reason="money_after_close", now=now, actor=actor)


def _months_ahead_plan(membership: membership_models.Membership, *, now: datetime) -> None:
    """Whoever has just joined sees his next months at once, not after the next daily run."""
    town = membership_selectors.municipality_get()
    planning.cycles_plan(
        today=jptime.jst_date(now),
        town=membership_selectors.town_calendar(town=town),
        membership_ids=[membership.pk],
    )


def _messages(
    money: Money, *, wishing: set[int], now: datetime
) -> Iterator[outbox_models.OutboxMessage]:
    topic = "order.first" if money.cycle.shop_transaction_id else "order.pay"
    yield order_queue.order_message(topic, cycle_id=money.cycle.pk, now=now)
    yield letters.mail_message(
        "donation_received", cycle=money.cycle, attempt=money.attempt, now=now
    )
    if money.cycle.membership.donor_id in wishing:
        yield following.follow_message(attempt_id=money.attempt.pk, now=now)


def owes_other(cycle: membership_models.Cycle) -> bool:
    """This will say whether another month of the membership still waits after a decline."""
    return (
        membership_models.Cycle.objects.filter(
            membership_id=cycle.membership_id,
            state=_Cycle.LOCKED,
            attempts__state__in=[_Attempt.DECLINED, _Attempt.ACTION_REQUIRED],
        )
        .exclude(pk=cycle.pk)
        .exists()
    )


def park(
    membership: membership_models.Membership, *, reason: str, now: datetime, actor: str
) -> None:
    """This will hand a membership to staff, unless they have it already or it is over."""
    membership.refresh_from_db()
    if membership.state not in {_Member.PARKED, _Member.ENDED}:
        membership_services.membership_park(
            membership_id=membership.pk, now=now, actor=actor, reason=reason
        )
