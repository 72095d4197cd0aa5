"""What a donor in front of his browser has to do next to pay one month. Shared by joining and by
making up for a declined month.
"""

from dataclasses import dataclass, field
from datetime import datetime

from saleor_ext.common import registry
from saleor_ext.contracts import errors as provider_errors
from saleor_ext.contracts.payment import ChargeState, Outcome
from saleor_ext.contracts.types import Yen
from saleor_ext.donations import errors as donation_errors
from saleor_ext.donations import models as donation_models
from saleor_ext.donations import selectors as donation_selectors
from saleor_ext.donations import services as donation_services
from saleor_ext.donations import states as donation_states
from saleor_ext.flows import errors
from saleor_ext.flows.month import asking, janitor, settle
from saleor_ext.membership import models, selectors
from saleor_ext.operation import gate
from saleor_ext.operation.errors import ChargingStopped, PlaceUnconfirmed

_Attempt = donation_states.AttemptState


@dataclass(frozen=True, kw_only=True)
class PayStep:
    """Where paying stands.

    state: "confirm" (enter or confirm the card), "done", "declined" (try another card with the
    same form), "waiting" (nobody knows yet; nothing is charged twice).
    """

    state: str
    amount_yen: Yen
    membership_public_id: str
    decline_code: str = ""
    client_secret: str = field(default="", repr=False)
    publishable_key: str = ""
    script_url: str = ""


def settled_step(*, cycle: models.Cycle, now: datetime, actor: str) -> PayStep | None:
    """This will return the step when the month needs no more paying, else None."""
    if donation_selectors.attempt_received(cycle_id=cycle.pk) is not None:
        return _step(cycle, "done")
    attempt = donation_selectors.open_attempt(cycle_id=cycle.pk)
    if attempt is not None and attempt.state == _Attempt.UNKNOWN:
        return finish(cycle=cycle, now=now, actor=actor)
    return None


def attempt_for_browser(
    *, cycle: models.Cycle, now: datetime, actor: str
) -> donation_models.PaymentAttempt:
    """This will return the attempt the donor confirms in his browser, beginning one if needed.

    An open off-session attempt is closed at the provider first, and money of earlier ones that he
    never refused is looked for, so that only one can turn into money.

    Raises:
        AttemptOpen: the other attempt cannot be closed now, or has just brought the money.
        DayLimitReached: he was asked often enough today.
        ChargingStopped, PlaceUnconfirmed: no donations are taken here for the time being.
    """
    attempt = donation_selectors.open_attempt(cycle_id=cycle.pk)
    if attempt is not None and not attempt.is_off_session:
        gate.charging_require()
        return attempt
    look = janitor.is_unpaid if attempt is None else janitor.attempts_close
    if not look(cycle_id=cycle.pk, now=now, actor=actor):
        raise donation_errors.AttemptOpen()
    try:
        return donation_services.attempt_begin(
            cycle_id=cycle.pk,
            cycle_key=selectors.cycle_key(cycle=cycle),
            membership_id=cycle.membership_id,
            amount_yen=Yen(cycle.amount_yen),
            is_off_session=False,
            most_a_day=selectors.municipality_get().charges_per_day_max,
            now=now,
            actor=actor,
        )
    except donation_errors.AttemptOpen:
        # A double click: the other request has begun it in this very moment.
        attempt = donation_selectors.open_attempt(cycle_id=cycle.pk)
        if attempt is None or attempt.is_off_session:
            raise
        return attempt


def charge_open(*, attempt_id: int) -> ChargeState:
    """This will open, or find again, the provider's side of an attempt for the browser.

    Raises:
        ProviderAway: the provider does not answer; the same attempt may be opened later.
        ChargingStopped, PlaceUnconfirmed: no donations are taken here for the time being.
    """
    attempt = donation_models.PaymentAttempt.objects.get(pk=attempt_id)
    try:
        provider = registry.payment_provider()
        if attempt.provider_ref:
            return provider.charge_fetch(provider_ref=attempt.provider_ref)
        gate.charging_require()  # nothing new is opened while donations are stopped
        cycle = selectors.cycle_get(cycle_id=attempt.cycle_id)
        request = asking.charge_request(
            attempt=attempt,
            cycle=cycle,
            card=None,
            customer_ref=customer_ensure(donor=cycle.membership.donor),
        )
        state = asking.earlier_life_state(attempt=attempt, cycle=cycle) or provider.charge_open(
            request
        )
    except (provider_errors.ProviderUnknown, provider_errors.ProviderRetryable) as error:
        raise errors.ProviderAway() from error
    donation_services.attempt_opened(attempt_id=attempt.pk, provider_ref=state.provider_ref)
    return state


def customer_ensure(*, donor: models.Donor) -> str:
    """This will return the provider's customer of a donor, making one at the first donation."""
    known = donation_selectors.customer_ref(donor_id=donor.pk)
    if known:
        return known
    made = registry.payment_provider().customer_create(
        key=customer_key(donor=donor),
        email=donor.email,
        name=donor.full_name,
    )
    return donation_services.customer_keep(donor_id=donor.pk, customer_ref=made)


def customer_key(*, donor: models.Donor) -> str:
    """This will name a donor at the provider, so that another database's donor is another one."""
    return f"donor-{donor.pk}-{donor.created_at:%Y%m%d%H%M%S}"


def step_open(*, cycle: models.Cycle, attempt_id: int, now: datetime, actor: str) -> PayStep:
    """This will return what the browser needs for the card field."""
    state = charge_open(attempt_id=attempt_id)
    attempt = settle.apply(attempt_id=attempt_id, state=state, now=now, actor=actor)
    if attempt.state in donation_states.ATTEMPT_RECEIVED:
        return _step(cycle, "done")
    return _open_step(cycle, state=state, attempt=attempt)


def finish(*, cycle: models.Cycle, now: datetime, actor: str) -> PayStep:
    """This will ask the provider how the month's payment stands and write it down."""
    attempt = donation_selectors.latest_attempt(cycle_id=cycle.pk)
    if attempt is None:
        raise errors.NothingOwed()
    try:
        attempt = settle.attempt_settle(attempt_id=attempt.pk, now=now, actor=actor)
        if attempt.state in donation_states.ATTEMPT_RECEIVED:
            return _step(cycle, "done")
        if attempt.state == _Attempt.DECLINED or attempt.is_off_session:
            return _card_missing_step(cycle, attempt=attempt)
        state = charge_open(attempt_id=attempt.pk)
    except (
        provider_errors.ProviderUnknown,
        provider_errors.ProviderRetryable,
        errors.ProviderAway,
        ChargingStopped,
        PlaceUnconfirmed,
    ):
        return _step(cycle, "waiting")
    return _open_step(cycle, state=state, attempt=attempt)


def _card_missing_step(cycle: models.Cycle, *, attempt: donation_models.PaymentAttempt) -> PayStep:
    """An attempt without a card form; while its answer is lost, nobody knows."""
    if attempt.state in {_Attempt.INTENT, _Attempt.UNKNOWN}:
        return _step(cycle, "waiting")
    return _step(cycle, "declined", decline_code=attempt.decline_code)


def _open_step(
    cycle: models.Cycle, *, state: ChargeState, attempt: donation_models.PaymentAttempt
) -> PayStep:
    """A card form is shown only while entering a card is what is missing."""
    if attempt.state == _Attempt.DECLINED:
        return _step(cycle, "declined", decline_code=attempt.decline_code)
    if state.outcome in {Outcome.PROCESSING, Outcome.SUCCEEDED}:
        return _step(cycle, "waiting")
    return _card_step(cycle, state=state, attempt=attempt)


def _card_step(
    cycle: models.Cycle, *, state: ChargeState, attempt: donation_models.PaymentAttempt
) -> PayStep:
    config = registry.payment_provider().publishable_config()
    return PayStep(
        state="declined" if attempt.decline_code else "confirm",
        amount_yen=Yen(cycle.amount_yen),
        membership_public_id=cycle.membership.public_id,
        decline_code=attempt.decline_code,
        client_secret=state.client_secret,
        publishable_key=config["publishable_key"],
        script_url=config["script_url"],
    )


def _step(cycle: models.Cycle, state: str, *, decline_code: str = "") -> PayStep:
    return PayStep(
        state=state,
        amount_yen=Yen(cycle.amount_yen),
        membership_public_id=cycle.membership.public_id,
        decline_code=decline_code,
    )


def attempts_give_up(*, membership: models.Membership, now: datetime, actor: str) -> None:
    """This will close the payment of a membership the donor no longer wants to join.

    Raises:
        AttemptOpen: its money has just come, or nobody can say.
    """
    for cycle in membership.cycles.all():
        open_attempt = donation_selectors.open_attempt(cycle_id=cycle.pk)
        if open_attempt is None:
            continue
        if not janitor.attempts_close(cycle_id=cycle.pk, now=now, actor=actor):
            raise donation_errors.AttemptOpen()
