"""What the provider is asked for an attempt, and asking it, for which no database is needed."""

import time
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from saleor_ext.common import jptime, registry
from saleor_ext.contracts.payment import ChargeRequest, ChargeState, Outcome, PaymentProvider
from saleor_ext.contracts.types import Yen
from saleor_ext.donations import models as donation_models
from saleor_ext.donations import selectors as donation_selectors
from saleor_ext.membership import models as membership_models
from saleor_ext.membership import selectors as membership_selectors
from saleor_ext.operation import gate

Answer = ChargeState | Exception
"""What came back for an ask: how the attempt stands, or why nobody knows."""


# A look before asking may take so long. Beyond that the call might not be over by the time the
# janitor takes the attempt for lost, so nothing is asked.
LOOK_WITHIN_S = 20.0
_CLOSABLE = frozenset({Outcome.PENDING, Outcome.ACTION_REQUIRED})
_OVER = frozenset({Outcome.DECLINED, Outcome.CANCELED})


class NotAsked(Exception):
    """The provider was not asked after all; certainly no money moved."""


class TakenBefore(NotAsked):
    """The provider was not asked, since an earlier attempt of the month has brought its money."""

    def __init__(self, *, attempt_id: int, state: ChargeState) -> None:
        super().__init__(state.key)
        self.attempt_id, self.state = attempt_id, state


@dataclass(frozen=True, kw_only=True)
class Look:
    """What is looked for at the provider before he is asked: money he may have taken already."""

    key: str
    created_from: datetime
    customer_ref: str

    def find(self, provider: PaymentProvider) -> ChargeState | None:
        """This will return what the provider knows of the attempt."""
        return provider.charge_find(
            key=self.key, created_from=self.created_from, customer_ref=self.customer_ref
        )


@dataclass(frozen=True, kw_only=True)
class Earlier:
    """An earlier attempt of a month that was closed without the provider's word, and its look."""

    attempt_id: int
    look: Look

    def money(self, provider: PaymentProvider) -> ChargeState | None:
        """This will return how the attempt stands if it took money or may yet, else None. What
        only waits for its donor is closed at the provider.
        """
        state = self.look.find(provider)
        if state is not None and state.outcome in _CLOSABLE:
            state = provider.charge_cancel(provider_ref=state.provider_ref)
        return None if state is None or state.outcome in _OVER else state


@dataclass(frozen=True, kw_only=True)
class Ask:
    """An attempt that is written down, and what the provider is to be asked for it."""

    attempt_id: int
    cycle_id: int
    membership_id: int
    request: ChargeRequest
    look: Look | None = None
    earlier: tuple[Earlier, ...] = ()


def asks_make(
    attempts: Sequence[donation_models.PaymentAttempt],
    *,
    cycles: Mapping[int, membership_models.Cycle],
    cards: Mapping[int, donation_models.CardOnFile],
) -> list[Ask]:
    """This will put together what is asked for attempts.

    Args:
        attempts: written down just now.
        cycles: their months with membership and tier, by id.
        cards: the cards they are to be charged to, by donor.
    """
    confirmed_at = gate.status().confirmed_at
    earlier = _earlier_closed(attempts)
    asks = []
    for attempt in attempts:
        cycle = cycles[attempt.cycle_id]
        card = cards[cycle.membership.donor_id]
        asks.append(
            Ask(
                attempt_id=attempt.pk,
                cycle_id=cycle.pk,
                membership_id=cycle.membership_id,
                request=charge_request(attempt=attempt, cycle=cycle, card=card),
                look=_look(attempt, cycle=cycle, confirmed_at=confirmed_at),
                earlier=tuple(
                    earlier_make(row, customer_ref=card.customer_ref) for row in earlier[cycle.pk]
                ),
            )
        )
    return asks


def _earlier_closed(
    attempts: Sequence[donation_models.PaymentAttempt],
) -> Mapping[int, list[donation_models.PaymentAttempt]]:
    """By month. Most months are asked for once, and for these nothing is read."""
    found: dict[int, list[donation_models.PaymentAttempt]] = defaultdict(list)
    again = [attempt.cycle_id for attempt in attempts if attempt.number > 1]
    if again:
        for row in donation_selectors.attempts_unwitnessed(cycle_ids=again):
            found[row.cycle_id].append(row)
    return found


def earlier_make(attempt: donation_models.PaymentAttempt, *, customer_ref: str) -> Earlier:
    """This will say what to look for of an attempt that was closed without the provider's word."""
    look = Look(
        key=attempt.key,
        # Their clock may be a little behind ours.
        created_from=attempt.begun_at - timedelta(hours=1),
        customer_ref=customer_ref,
    )
    return Earlier(attempt_id=attempt.pk, look=look)


def charge_request(
    *,
    attempt: donation_models.PaymentAttempt,
    cycle: membership_models.Cycle,
    card: donation_models.CardOnFile | None,
    customer_ref: str = "",
) -> ChargeRequest:
    """This will put together what the provider is asked; the same attempt asks the same."""
    key = membership_selectors.cycle_key(cycle=cycle)
    return ChargeRequest(
        key=attempt.key,
        amount_yen=Yen(attempt.amount_yen),
        customer_ref=card.customer_ref if card else customer_ref,
        method_ref=card.method_ref if card else None,
        description=f"{cycle.tier.name} {cycle.month:%Y-%m}",
        metadata={"cycle": key},
    )


def _look(
    attempt: donation_models.PaymentAttempt,
    *,
    cycle: membership_models.Cycle,
    confirmed_at: datetime | None,
) -> Look | None:
    """What was received after the backup is not in it, and the provider's own memory of a key is
    shorter than a town's way to a new server. So whatever fell due up to the day on which a
    person confirmed the copy is looked up before it is asked for again.
    """
    if confirmed_at is None or cycle.charge_on > jptime.jst_date(confirmed_at):
        return None
    return Look(
        key=attempt.key,
        created_from=jptime.jst_moment(cycle.charge_on - timedelta(days=1)),
        customer_ref=donation_selectors.customer_ref(donor_id=cycle.membership.donor_id),
    )


def earlier_life_state(
    *, attempt: donation_models.PaymentAttempt, cycle: membership_models.Cycle
) -> ChargeState | None:
    """This will ask the provider whether a restored salon took this money before it was restored.

    Raises:
        ProviderUnknown, ProviderRetryable: the provider could not be asked; nothing changed.
    """
    look = _look(attempt, cycle=cycle, confirmed_at=gate.status().confirmed_at)
    return look.find(registry.payment_provider()) if look else None


def asked(ask: Ask, *, provider: PaymentProvider) -> Answer:
    """This will ask the provider for one donation, unless a look finds that it was received."""
    began_s = time.monotonic()
    try:
        for earlier in ask.earlier:
            state = earlier.money(provider)
            if state is not None and state.outcome is Outcome.SUCCEEDED:
                return TakenBefore(attempt_id=earlier.attempt_id, state=state)
            if state is not None:
                return NotAsked()
        found = ask.look.find(provider) if ask.look else None
        if found is None and time.monotonic() - began_s > LOOK_WITHIN_S:
            return NotAsked()
        return found or provider.charge_off_session(ask.request)
    except Exception as error:  # noqa: BLE001  whoever writes it down judges what it means
        return error
