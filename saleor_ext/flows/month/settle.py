"""Writing down what the provider says of an attempt. Browser, webhook, janitor and monthly run
all end here, so that an answer counts once whichever way it comes.
"""

from datetime import datetime, timedelta

from django.db import transaction

from saleor_ext.common import jptime, registry
from saleor_ext.contracts.payment import ChargeState, Outcome
from saleor_ext.donations import models as donation_models
from saleor_ext.donations import selectors as donation_selectors
from saleor_ext.donations import services as donation_services
from saleor_ext.donations import states as donation_states
from saleor_ext.flows.orders import order_queue
from saleor_ext.membership import cycles
from saleor_ext.membership import models as membership_models
from saleor_ext.membership import selectors as membership_selectors
from saleor_ext.membership import services as membership_services
from saleor_ext.membership import states as membership_states
from saleor_ext.operation import gate
from saleor_ext.outbox import services as outbox

# An attempt this young may still be between "written down" and "asked" in a living process:
# more than the provider's time-out and all that comes around it.
FRESH = timedelta(seconds=120)

_Attempt = donation_states.AttemptState
_Cycle = membership_states.CycleState
_Member = membership_states.MembershipState


def earlier_life_state(*, attempt: donation_models.PaymentAttempt) -> ChargeState | None:
    """This will ask the provider whether a restored salon took this money before it was restored.

    What was received after the backup is not in it, and the provider's own memory of a key is
    shorter than a town's way to a new server. So whatever fell due up to the day on which a
    person confirmed the copy is looked up before it is asked for again.

    Raises:
        ProviderUnknown, ProviderRetryable: the provider could not be asked; nothing changed.
    """
    confirmed_at = gate.status().confirmed_at
    if confirmed_at is None:
        return None
    cycle = membership_selectors.cycle_get(cycle_id=attempt.cycle_id)
    if cycle.charge_on > jptime.jst_date(confirmed_at):
        return None
    return registry.payment_provider().charge_find(
        key=attempt.key,
        created_from=jptime.jst_moment(cycle.charge_on - timedelta(days=1)),
        customer_ref=donation_selectors.customer_ref(donor_id=cycle.membership.donor_id),
    )


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
    attempt = _hold(attempt_id)
    is_on_its_way = attempt.is_off_session and now - attempt.begun_at < FRESH
    if attempt.state not in donation_states.ATTEMPT_OPEN or is_on_its_way:
        return attempt
    cycle = membership_selectors.cycle_get(cycle_id=attempt.cycle_id)
    if attempt.is_off_session:
        cycles.cycle_retry_set(cycle_id=cycle.pk, next_try_on=cycle.charge_on)
    _closed_tell(attempt, now=now)
    return donation_services.attempt_decline(
        attempt_id=attempt.pk,
        provider_ref="",
        decline_code="never_reached",
        is_retryable=True,
        now=now,
        actor=actor,
    )


@transaction.atomic
def apply(
    *, attempt_id: int, state: ChargeState, now: datetime, actor: str
) -> donation_models.PaymentAttempt:
    """This will write down one answer of the provider. Writing it again changes nothing."""
    attempt = _hold(attempt_id)
    if attempt.state in donation_states.ATTEMPT_RECEIVED:
        return attempt
    if state.provider_ref and not attempt.provider_ref:
        donation_services.attempt_opened(attempt_id=attempt_id, provider_ref=state.provider_ref)
    if state.outcome is Outcome.SUCCEEDED:
        _received(attempt=attempt, state=state, now=now, actor=actor)
    elif attempt.state != _Attempt.DECLINED:
        _not_received(attempt=attempt, state=state, now=now, actor=actor)
    attempt.refresh_from_db()
    return attempt


def _hold(attempt_id: int) -> donation_models.PaymentAttempt:
    """Rows are locked in the order cycle, attempt, membership everywhere, so that two writers wait
    for each other but never in a circle.
    """
    cycle_id = donation_models.PaymentAttempt.objects.values_list("cycle_id", flat=True).get(
        pk=attempt_id
    )
    cycles.cycle_hold(cycle_id=cycle_id)
    return donation_models.PaymentAttempt.objects.select_for_update().get(pk=attempt_id)


def _received(
    *, attempt: donation_models.PaymentAttempt, state: ChargeState, now: datetime, actor: str
) -> None:
    cycle = membership_selectors.cycle_get(cycle_id=attempt.cycle_id)
    membership = cycle.membership
    if state.amount_yen != attempt.amount_yen or state.charged_at is None:
        _park(membership, reason="amount_mismatch", now=now, actor=actor)
        return
    if donation_selectors.attempt_received(cycle_id=cycle.pk) is not None:
        _park(membership, reason="second_success", now=now, actor=actor)
        return
    donation_services.attempt_succeed(
        attempt_id=attempt.pk,
        provider_ref=state.provider_ref,
        charge_ref=state.charge_ref,
        donated_on=jptime.jst_date(state.charged_at),
        facts=_donation_facts(cycle),
        now=now,
        actor=actor,
    )
    # Off-session the card is the one on file; only a card entered in the browser may be new.
    if state.card is not None and not attempt.is_off_session:
        donation_services.card_keep(
            donor_id=membership.donor_id,
            customer_ref=state.customer_ref,
            card=state.card,
            now=now,
        )
    _month_paid(cycle=cycle, attempt=attempt, now=now, actor=actor)


def _donation_facts(cycle: membership_models.Cycle) -> donation_services.DonationFacts:
    return donation_services.DonationFacts(
        municipality_id=membership_selectors.municipality_get().pk,
        donor_id=cycle.membership.donor_id,
        tier_name=cycle.tier.name,
        donor_name=cycle.snapshot.donor_name,
        donor_address=cycle.snapshot.donor_address,
    )


def _month_paid(
    *,
    cycle: membership_models.Cycle,
    attempt: donation_models.PaymentAttempt,
    now: datetime,
    actor: str,
) -> None:
    membership = cycle.membership
    was_given_up = cycle.state != _Cycle.LOCKED
    cycles.cycle_charged(cycle_id=cycle.pk, now=now, actor=actor)
    is_all_paid = not owes_other(cycle)
    if membership.state == _Member.PARKED and is_all_paid:
        membership_services.membership_parked_paid(
            membership_id=membership.pk, now=now, actor=actor
        )
    elif membership.state in {_Member.DRAFT, _Member.PAST_DUE} and is_all_paid:
        membership_services.membership_activate(
            membership_id=membership.pk, now=now, actor=actor, reason="donation_received"
        )
        _months_ahead_plan(membership, now=now)
    elif was_given_up:
        _park(membership, reason="money_after_close", now=now, actor=actor)
    topic = "order.first" if cycle.shop_transaction_id else "order.pay"
    order_queue.order_put(topic, cycle_id=cycle.pk, now=now)
    mail_put("donation_received", cycle=cycle, attempt=attempt, now=now)


def _months_ahead_plan(membership: membership_models.Membership, *, now: datetime) -> None:
    """Whoever has just joined sees his next months at once, not after the next daily run."""
    town = membership_selectors.municipality_get()
    cycles.cycles_plan(
        today=jptime.jst_date(now),
        town=membership_selectors.town_calendar(town=town),
        membership_ids=[membership.pk],
    )


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
            _past_due(attempt=attempt, code="authentication_required", now=now, actor=actor)
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
        _retry_plan(attempt=attempt, is_retryable=state.is_retryable, now=now)
        _past_due(attempt=attempt, code=code, now=now, actor=actor)


def _closed_tell(attempt: donation_models.PaymentAttempt, *, now: datetime) -> None:
    """The shop still shows as open what the donor left unfinished there."""
    if attempt.shop_transaction_id and not attempt.is_off_session:
        outbox.message_put(
            topic="payment.closed",
            key=f"payment.closed:{attempt.pk}",
            payload={"attempt_id": attempt.pk},
            now=now,
        )


def _retry_plan(
    *, attempt: donation_models.PaymentAttempt, is_retryable: bool, now: datetime
) -> None:
    """Soft declines are tried again on the town's days after the donation day, hard ones never."""
    cycle = membership_selectors.cycle_get(cycle_id=attempt.cycle_id)
    today = jptime.jst_date(now)
    days = membership_selectors.municipality_get().retry_days if is_retryable else []
    upcoming = [cycle.charge_on + timedelta(days=int(day)) for day in days]
    later = [day for day in upcoming if day > today]
    cycles.cycle_retry_set(cycle_id=cycle.pk, next_try_on=min(later) if later else None)


def _past_due(
    *, attempt: donation_models.PaymentAttempt, code: str, now: datetime, actor: str
) -> None:
    cycle = membership_selectors.cycle_get(cycle_id=attempt.cycle_id)
    if cycle.membership.state == _Member.ACTIVE:
        membership_services.membership_past_due(
            membership_id=cycle.membership_id, now=now, actor=actor, reason=code
        )
    name = "charge_needs_action" if code == "authentication_required" else "charge_failed"
    mail_put(name, cycle=cycle, attempt=attempt, now=now)


def mail_put(
    name: str,
    *,
    cycle: membership_models.Cycle,
    now: datetime,
    attempt: donation_models.PaymentAttempt | None = None,
) -> None:
    """This will ask for a mail about a month, once per attempt (or per month without one)."""
    subject = attempt.pk if attempt else f"c{cycle.pk}"
    payload = {
        "name": name,
        "donor_id": cycle.membership.donor_id,
        "cycle_id": cycle.pk,
        "attempt_id": attempt.pk if attempt else None,
    }
    outbox.message_put(topic="mail.send", key=f"mail:{name}:{subject}", payload=payload, now=now)


def _park(
    membership: membership_models.Membership, *, reason: str, now: datetime, actor: str
) -> None:
    membership.refresh_from_db()
    if membership.state not in {_Member.PARKED, _Member.ENDED}:
        membership_services.membership_park(
            membership_id=membership.pk, now=now, actor=actor, reason=reason
        )
