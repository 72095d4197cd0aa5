"""Writing down what the provider says of an attempt. Browser, webhook, janitor and monthly run
all end here, so that an answer counts once whichever way it comes.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from saleor_ext.common import bulk, jptime, registry
from saleor_ext.contracts.payment import ChargeState, Outcome
from saleor_ext.donations import models as donation_models
from saleor_ext.donations import selectors as donation_selectors
from saleor_ext.donations import services as donation_services
from saleor_ext.donations import states as donation_states
from saleor_ext.flows.dunning import retrying
from saleor_ext.flows.month import letters
from saleor_ext.flows.month import received as received_flow
from saleor_ext.membership import cycles
from saleor_ext.membership import models as membership_models
from saleor_ext.membership import selectors as membership_selectors
from saleor_ext.membership import services as membership_services
from saleor_ext.membership import states as membership_states
from saleor_ext.outbox import services as outbox

# An attempt this young may still be between "written down" and "asked" in a living process:
# more than the provider's time-out and all that comes around it.
FRESH = timedelta(seconds=120)
AUTHENTICATION = "authentication_required"
CARD_REFUSED = "card_refused"

_Attempt = donation_states.AttemptState
_Member = membership_states.MembershipState


def attempt_settle(*, attempt_id: int, now: datetime, actor: str) -> donation_models.PaymentAttempt:
    """This will ask the provider how an attempt stands and write that down.

    Raises:
        ProviderUnknown, ProviderRetryable: the provider could not be asked; nothing changed.
    """
    attempt = donation_models.PaymentAttempt.objects.get(pk=attempt_id)
    if attempt.state in donation_states.ATTEMPT_RECEIVED:
        return attempt
    state = provider_state(attempt=attempt)
    if state is None:
        return _never_reached(attempt_id=attempt_id, now=now, actor=actor)
    return apply(attempt_id=attempt_id, state=state, now=now, actor=actor)


def provider_state(*, attempt: donation_models.PaymentAttempt) -> ChargeState | None:
    """This will ask the provider for an attempt, by its reference or else by our key."""
    provider = registry.payment_provider()
    if attempt.provider_ref:
        return provider.charge_fetch(provider_ref=attempt.provider_ref)
    donor_id = membership_selectors.cycle_get(cycle_id=attempt.cycle_id).membership.donor_id
    return provider.charge_find(
        key=attempt.key,
        # Their clock may be a little behind ours.
        created_from=attempt.begun_at - timedelta(hours=1),
        customer_ref=donation_selectors.customer_ref(donor_id=donor_id),
    )


@transaction.atomic
def _never_reached(*, attempt_id: int, now: datetime, actor: str) -> donation_models.PaymentAttempt:
    """The provider has never heard of it: no money moved, so it may be tried anew.

    Unless somebody wrote an answer down meanwhile, or the request may still be on its way.
    """
    attempt = _hold([attempt_id], is_patient=True)[0].attempt
    if attempt.is_off_session and now - attempt.begun_at < FRESH:
        return attempt
    return _close_unasked(attempt, code="never_reached", now=now, actor=actor)


@transaction.atomic
def never_asked(*, attempt_id: int, now: datetime, actor: str) -> None:
    """This will close an attempt for which the caller knows that the provider was not asked. The
    month is due again at once.
    """
    attempt = _hold([attempt_id], is_patient=True)[0].attempt
    _close_unasked(attempt, code="never_asked", now=now, actor=actor)


def closed_by_staff(
    *, attempt_id: int, now: datetime, actor: str
) -> donation_models.PaymentAttempt:
    """This will close an attempt of which staff have seen at the provider that it took no money.

    The month is due again. Should its money turn up after all, it is believed.
    """
    attempt = _hold([attempt_id], is_patient=True)[0].attempt
    return _close_unasked(attempt, code="closed_by_staff", now=now, actor=actor)


def _close_unasked(
    attempt: donation_models.PaymentAttempt, *, code: str, now: datetime, actor: str
) -> donation_models.PaymentAttempt:
    if attempt.state not in donation_states.ATTEMPT_OPEN:
        return attempt
    cycle = membership_selectors.cycle_get(cycle_id=attempt.cycle_id)
    if attempt.is_off_session:
        cycles.cycle_retry_set(cycle_id=cycle.pk, next_try_on=cycle.charge_on)
    _closed_tell(attempt, now=now)
    return donation_services.attempt_decline(
        attempt_id=attempt.pk,
        provider_ref="",
        decline_code=code,
        is_retryable=True,
        now=now,
        actor=actor,
    )


def apply(
    *, attempt_id: int, state: ChargeState, now: datetime, actor: str
) -> donation_models.PaymentAttempt:
    """This will write down one answer of the provider. Writing it again changes nothing."""
    return _write({attempt_id: state}, is_patient=True, now=now, actor=actor)[attempt_id]


def apply_many(
    *, answers: Mapping[int, ChargeState], now: datetime, actor: str
) -> dict[int, donation_models.PaymentAttempt]:
    """This will write down many answers in one transaction, all of them or none.

    Returns:
        the attempts by id, without those that another writer is just holding, and with one for
        each membership at most: what a second one means depends on what the first one did.
    """
    return _write(answers, is_patient=False, now=now, actor=actor)


@transaction.atomic
def _write(
    answers: Mapping[int, ChargeState], *, is_patient: bool, now: datetime, actor: str
) -> dict[int, donation_models.PaymentAttempt]:
    held = _hold(answers, is_patient=is_patient)
    moneys, received = [], _cycles_received(held)
    for item in held:
        money = received_flow.Money(
            attempt=item.attempt, cycle=item.cycle, state=answers[item.attempt.pk]
        )
        if _counts(money, received=received, now=now, actor=actor):
            moneys.append(money)
    received_flow.money_write(moneys, now=now, actor=actor)
    return {item.attempt.pk: item.attempt for item in held}


def _counts(
    money: received_flow.Money, *, received: Collection[int], now: datetime, actor: str
) -> bool:
    """Whether the answer is money to be written down now; whatever else it says is written here."""
    attempt, state = money.attempt, money.state
    if attempt.state in donation_states.ATTEMPT_RECEIVED:
        return False
    reason = ""
    if state.outcome is Outcome.SUCCEEDED:
        reason = received_flow.trouble(money, is_month_received=money.cycle.pk in received)
        if not reason:
            return True
    if state.provider_ref and not attempt.provider_ref:
        donation_services.attempt_opened(attempt_id=attempt.pk, provider_ref=state.provider_ref)
    if reason:
        received_flow.park(money.cycle.membership, reason=reason, now=now, actor=actor)
    elif attempt.state != _Attempt.DECLINED:
        _not_received(attempt=attempt, state=state, now=now, actor=actor)
    attempt.refresh_from_db()
    return False


@dataclass(frozen=True, kw_only=True)
class _Held:
    """An attempt and its month, which nobody else can write while the transaction lasts."""

    attempt: donation_models.PaymentAttempt
    cycle: membership_models.Cycle


def _hold(attempt_ids: Collection[int], *, is_patient: bool) -> list[_Held]:
    """Rows are locked in the order cycle, attempt, membership everywhere, so that two writers wait
    for each other but never in a circle. Several memberships are gone through in one order, too.
    """
    attempts = donation_models.PaymentAttempt.objects
    wanted = bulk.among("pk", attempt_ids)
    cycle_ids = dict(attempts.filter(wanted).values_list("pk", "cycle_id"))
    if is_patient:
        for cycle_id in sorted(cycle_ids.values()):
            cycles.cycle_hold(cycle_id=cycle_id)
        held_ids = list(cycle_ids.values())
    else:
        held_ids = cycles.cycles_hold(cycle_ids=cycle_ids.values())
    months = membership_models.Cycle.objects.select_related("membership", "snapshot")
    # There are few tiers, and each is made once; joined it would be made for every month.
    held = months.prefetch_related("tier").filter(bulk.among("pk", held_ids))
    rows = {row.pk: row for row in held}
    locked = attempts.select_for_update().filter(wanted, bulk.among("cycle_id", rows))
    by_membership = {
        rows[row.cycle_id].membership_id: _Held(attempt=row, cycle=rows[row.cycle_id])
        for row in locked.order_by("-pk")
    }
    return [by_membership[membership_id] for membership_id in sorted(by_membership)]


def _cycles_received(held: Sequence[_Held]) -> set[int]:
    """The months whose donation an attempt has brought already."""
    found = donation_selectors.attempt_states(cycle_ids=[item.cycle.pk for item in held])
    return {pk for pk, states in found.items() if donation_states.ATTEMPT_RECEIVED & set(states)}


def _not_received(
    *, attempt: donation_models.PaymentAttempt, state: ChargeState, now: datetime, actor: str
) -> None:
    if not attempt.is_off_session and state.outcome is not Outcome.CANCELED:
        # The donor sits before his browser and may go on with the same attempt.
        if state.decline_code:
            donation_services.attempt_decline_note(
                attempt_id=attempt.pk, decline_code=state.decline_code
            )
        return
    if state.outcome is Outcome.ACTION_REQUIRED:
        if attempt.state != _Attempt.ACTION_REQUIRED:
            donation_services.attempt_action_required(
                attempt_id=attempt.pk, provider_ref=state.provider_ref, now=now, actor=actor
            )
            _past_due(
                attempt=attempt,
                code=AUTHENTICATION,
                is_retryable=False,
                now=now,
                actor=actor,
            )
        return
    if state.outcome in {Outcome.DECLINED, Outcome.CANCELED}:
        _declined(attempt=attempt, state=state, now=now, actor=actor)


def _declined(
    *, attempt: donation_models.PaymentAttempt, state: ChargeState, now: datetime, actor: str
) -> None:
    code = state.decline_code or (
        "abandoned" if state.outcome is Outcome.CANCELED else "card_declined"
    )
    donation_services.attempt_decline(
        attempt_id=attempt.pk,
        provider_ref=state.provider_ref,
        decline_code=code,
        is_retryable=state.is_retryable,
        now=now,
        actor=actor,
    )
    _closed_tell(attempt, now=now)
    if attempt.is_off_session and state.outcome is Outcome.DECLINED:
        if not state.is_retryable:
            _card_refuse(attempt=attempt, state=state, code=code)
        _past_due(attempt=attempt, code=code, is_retryable=state.is_retryable, now=now, actor=actor)


def _card_refuse(*, attempt: donation_models.PaymentAttempt, state: ChargeState, code: str) -> None:
    cycle = membership_selectors.cycle_get(cycle_id=attempt.cycle_id)
    donation_services.card_refuse(
        donor_id=cycle.membership.donor_id,
        method_ref=state.card.method_ref if state.card else "",
        code=code,
    )


def card_refused(*, attempt: donation_models.PaymentAttempt, now: datetime, actor: str) -> None:
    """This will close an attempt without asking the provider, since the card's bank said never to
    ask it again. In the caller's transaction, who holds the month.
    """
    donation_services.attempt_decline(
        attempt_id=attempt.pk,
        provider_ref="",
        decline_code=CARD_REFUSED,
        is_retryable=False,
        now=now,
        actor=actor,
    )
    _past_due(attempt=attempt, code=CARD_REFUSED, is_retryable=False, now=now, actor=actor)


def _closed_tell(attempt: donation_models.PaymentAttempt, *, now: datetime) -> None:
    """The shop still shows as open what the donor left unfinished there."""
    if attempt.shop_transaction_id and not attempt.is_off_session:
        outbox.message_put(
            topic="payment.closed",
            key=f"payment.closed:{attempt.pk}",
            payload={"attempt_id": attempt.pk},
            now=now,
        )


def _past_due(
    *,
    attempt: donation_models.PaymentAttempt,
    code: str,
    is_retryable: bool,
    now: datetime,
    actor: str,
) -> None:
    """What was declined is tried again, or its donor is shown the way; he is told until when."""
    cycle = retrying.retry_plan(attempt=attempt, is_retryable=is_retryable, now=now)
    if cycle.membership.state == _Member.ACTIVE:
        grace = membership_selectors.municipality_get().content_grace_days
        membership_services.membership_past_due(
            membership_id=cycle.membership_id,
            content_until=jptime.jst_date(now) + timedelta(days=grace),
            now=now,
            actor=actor,
            reason=code,
        )
    name = "charge_needs_action" if code == AUTHENTICATION else "charge_failed"
    mail_put(name, cycle=cycle, attempt=attempt, now=now)


def mail_put(
    name: str,
    *,
    cycle: membership_models.Cycle,
    now: datetime,
    attempt: donation_models.PaymentAttempt | None = None,
) -> None:
    """This will ask for a mail about a month, once per attempt (or per month without one)."""
    message = letters.mail_message(name, cycle=cycle, attempt=attempt, now=now)
    outbox.messages_put_many(messages=[message])
    if name in {"cycle_skipped", "month_given_up"}:
        receiver_tell(cycle, now=now)


def receiver_tell(cycle: membership_models.Cycle, *, now: datetime) -> None:
    """This will tell whoever was given the membership that no box comes, and nothing of money."""
    recipient_id = cycle.membership.recipient_id
    if recipient_id is not None:
        outbox.message_put(
            topic="mail.send",
            key=f"mail:month_left_out:c{cycle.pk}",
            payload={"name": "month_left_out", "donor_id": recipient_id, "cycle_id": cycle.pk},
            now=now,
        )
