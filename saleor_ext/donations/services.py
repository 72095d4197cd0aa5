"""Writing about cards, payment attempts and the append-only ledger."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db import IntegrityError, transaction

from saleor_ext.common.states import state_claim
from saleor_ext.contracts.payment import CardDetails
from saleor_ext.contracts.types import Yen
from saleor_ext.donations import errors, models, selectors, states
from saleor_ext.operation import gate

_State = states.AttemptState


@dataclass(frozen=True, kw_only=True)
class DonationFacts:
    """What a ledger row says, copied from the locked month."""

    municipality_id: int
    donor_id: int
    tier_name: str
    donor_name: str
    donor_address: str


@transaction.atomic
def customer_keep(*, donor_id: int, customer_ref: str) -> str:
    """This will remember the provider's customer of a donor; the first one stays."""
    row, _ = models.ProviderCustomer.objects.get_or_create(
        donor_id=donor_id, defaults={"customer_ref": customer_ref}
    )
    return row.customer_ref


@transaction.atomic
def card_keep(*, donor_id: int, customer_ref: str, card: CardDetails, now: datetime) -> None:
    """This will make a card the one that is charged from now on."""
    models.CardOnFile.objects.select_for_update().filter(donor_id=donor_id).exclude(
        method_ref=card.method_ref
    ).update(is_current=False)
    models.CardOnFile.objects.update_or_create(
        donor_id=donor_id,
        method_ref=card.method_ref,
        defaults={
            "customer_ref": customer_ref,
            "brand": card.brand,
            "last4": card.last4,
            "exp_month": card.exp_month,
            "exp_year": card.exp_year,
            "is_current": True,
        },
        create_defaults={
            "customer_ref": customer_ref,
            "brand": card.brand,
            "last4": card.last4,
            "exp_month": card.exp_month,
            "exp_year": card.exp_year,
            "is_current": True,
            "added_at": now,
        },
    )


def attempt_begin(
    *,
    cycle_id: int,
    cycle_key: str,
    amount_yen: Yen,
    is_off_session: bool,
    now: datetime,
    actor: str,
    from_shop_transaction_id: str = "",
) -> models.PaymentAttempt:
    """This will write down, before any money moves, that a month's donation is to be received.

    `from_shop_transaction_id` names the shop's transaction when another storefront began it.

    Raises:
        AttemptOpen: another attempt for the month is under way or has brought its money.
        ChargingStopped, PlaceUnconfirmed: no donations are taken here for the time being.
    """
    gate.charging_require()
    try:
        with transaction.atomic():
            number = models.PaymentAttempt.objects.filter(cycle_id=cycle_id).count() + 1
            if (
                selectors.attempt_received(cycle_id=cycle_id) is not None
                or selectors.open_attempt(cycle_id=cycle_id) is not None
            ):
                raise errors.AttemptOpen()
            attempt = models.PaymentAttempt.objects.create(
                cycle_id=cycle_id,
                number=number,
                key=f"{cycle_key}-a{number}",
                amount_yen=amount_yen,
                is_off_session=is_off_session,
                state=_State.INTENT,
                begun_at=now,
                shop_transaction_id=from_shop_transaction_id,
                is_from_shop=bool(from_shop_transaction_id),
            )
            _event(attempt, from_state="", to=_State.INTENT, now=now, actor=actor)
            return attempt
    except IntegrityError as error:
        raise errors.AttemptOpen() from error


def attempt_opened(*, attempt_id: int, provider_ref: str) -> None:
    """This will remember the provider's reference of an attempt the donor is to confirm."""
    models.PaymentAttempt.objects.filter(pk=attempt_id, provider_ref="").update(
        provider_ref=provider_ref
    )


def attempt_transaction_keep(*, attempt_id: int, shop_transaction_id: str) -> None:
    """This will remember the shop's transaction that shows an attempt; the first one stays."""
    models.PaymentAttempt.objects.filter(pk=attempt_id, shop_transaction_id="").update(
        shop_transaction_id=shop_transaction_id
    )


def attempt_decline_note(*, attempt_id: int, decline_code: str) -> None:
    """This will remember why the donor's last try in the browser was declined; he may go on."""
    models.PaymentAttempt.objects.filter(
        pk=attempt_id, state__in=sorted(states.ATTEMPT_OPEN)
    ).update(decline_code=decline_code[:60])


def attempt_looked_at(*, attempt_id: int, now: datetime, look_count: int) -> None:
    """This will note that the janitor asked the provider and got no final answer."""
    models.PaymentAttempt.objects.filter(pk=attempt_id).update(looked_at=now, look_count=look_count)


def attempt_unknown(
    *, attempt_id: int, now: datetime, actor: str, reason: str
) -> models.PaymentAttempt:
    """This will note that the provider's answer was lost. Nobody tries again before it is found."""
    return _attempt_move(
        attempt_id=attempt_id, to=_State.UNKNOWN, now=now, actor=actor, reason=reason
    )


def attempt_action_required(
    *, attempt_id: int, provider_ref: str, now: datetime, actor: str
) -> models.PaymentAttempt:
    """This will note that the card's bank wants to see the donor."""
    return _attempt_move(
        attempt_id=attempt_id,
        to=_State.ACTION_REQUIRED,
        now=now,
        actor=actor,
        reason="",
        provider_ref=provider_ref,
    )


def attempt_decline(
    *,
    attempt_id: int,
    provider_ref: str,
    decline_code: str,
    is_retryable: bool,
    now: datetime,
    actor: str,
) -> models.PaymentAttempt:
    """This will close an attempt that brought no money."""
    return _attempt_move(
        attempt_id=attempt_id,
        to=_State.DECLINED,
        now=now,
        actor=actor,
        reason=decline_code,
        settled_at=now,
        provider_ref=provider_ref,
        decline_code=decline_code[:60],
        is_retryable=is_retryable,
    )


def attempt_refunded(*, attempt_id: int, now: datetime, actor: str) -> models.PaymentAttempt:
    """This will note that all of an attempt's money was given back."""
    return _attempt_move(attempt_id=attempt_id, to=_State.REFUNDED, now=now, actor=actor, reason="")


@transaction.atomic
def attempt_succeed(
    *,
    attempt_id: int,
    provider_ref: str,
    charge_ref: str,
    donated_on: date,
    facts: DonationFacts,
    now: datetime,
    actor: str,
) -> models.Donation:
    """This will note that money was received and write its ledger row with a receipt number.

    Args:
        attempt_id: which attempt.
        provider_ref: the provider's reference of the attempt.
        charge_ref: the provider's reference of the money.
        donated_on: the Japanese day on which the provider took the money.
        facts: names and addresses as they were when the month was locked.
        now: the present moment.
        actor: who caused it.

    Raises:
        InvalidTransition: the attempt was refunded.
    """
    attempt = _attempt_move(
        attempt_id=attempt_id,
        to=_State.SUCCEEDED,
        now=now,
        actor=actor,
        reason="",
        settled_at=now,
        provider_ref=provider_ref,
        charge_ref=charge_ref,
        decline_code="",
    )
    return models.Donation.objects.create(
        municipality_id=facts.municipality_id,
        attempt=attempt,
        donor_id=facts.donor_id,
        amount_yen=attempt.amount_yen,
        donated_on=donated_on,
        tier_name=facts.tier_name,
        donor_name=facts.donor_name,
        donor_address=facts.donor_address,
        receipt_year=donated_on.year,
        receipt_number=_receipt_number_next(
            municipality_id=facts.municipality_id, year=donated_on.year
        ),
        recorded_at=now,
    )


def _receipt_number_next(*, municipality_id: int, year: int) -> int:
    """This will give the next receipt number of a year; the row lock keeps it free of gaps."""
    models.ReceiptCounter.objects.get_or_create(municipality_id=municipality_id, year=year)
    counter = models.ReceiptCounter.objects.select_for_update().get(
        municipality_id=municipality_id, year=year
    )
    counter.last_number += 1
    counter.save(update_fields=["last_number"])
    return counter.last_number


@transaction.atomic
def _attempt_move(
    *, attempt_id: int, to: str, now: datetime, actor: str, reason: str, **changes: object
) -> models.PaymentAttempt:
    attempt = models.PaymentAttempt.objects.select_for_update().get(pk=attempt_id)
    before = attempt.state
    state_claim(
        models.PaymentAttempt.objects.filter(pk=attempt_id, state=before),
        to=to,
        transitions=states.ATTEMPT_TRANSITIONS,
        **changes,
    )
    attempt.refresh_from_db()
    _event(attempt, from_state=before, to=to, now=now, actor=actor, reason=reason)
    return attempt


def _event(
    attempt: models.PaymentAttempt,
    *,
    from_state: str,
    to: str,
    now: datetime,
    actor: str,
    reason: str = "",
) -> None:
    models.PaymentAttemptEvent.objects.create(
        attempt=attempt,
        from_state=from_state,
        to_state=to,
        at=now,
        actor=actor,
        reason=reason[:200],
    )
