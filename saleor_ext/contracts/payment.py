"""What the product asks of a payment provider. Standard library only.

Money is whole yen, moments are timezone-aware datetimes. No card number, expiry typed by a person
or security code ever passes through these types: a card is known by the provider's reference.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from saleor_ext.contracts.types import Yen

NOTHING = Yen(0)


class Outcome(StrEnum):
    """What a provider says about one attempt to take money."""

    PENDING = "pending"  # opened, the donor has not entered or confirmed a card yet
    ACTION_REQUIRED = "action_required"  # the card's bank wants to see the donor (3-D Secure)
    PROCESSING = "processing"  # confirmed, the bank has not answered yet
    SUCCEEDED = "succeeded"
    DECLINED = "declined"
    CANCELED = "canceled"


@dataclass(frozen=True, kw_only=True)
class CardDetails:
    """What may be shown and kept of a card.

    `holder_name` is the name its holder typed beside it, "" where none was given. It is for
    comparing only and never kept.
    """

    method_ref: str
    brand: str
    last4: str
    exp_month: int
    exp_year: int
    holder_name: str = field(default="", repr=False)


@dataclass(frozen=True, kw_only=True)
class ChargeRequest:
    """One attempt to take `amount_yen`; the same `key` always means the same attempt."""

    key: str
    amount_yen: Yen
    customer_ref: str
    description: str
    method_ref: str | None = None  # None: the donor enters a card in the browser
    metadata: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class ChargeState:
    """What the provider knows of one attempt at the moment it was asked.

    Attributes:
        provider_ref: the provider's id of the attempt (Stripe: the PaymentIntent).
        charge_ref: the provider's id of the money taken, once there is one.
        charged_at: when the money was taken, aware; set exactly when `outcome` is SUCCEEDED.
        decline_code: the provider's decline code in lower case, "" when there is none.
        is_retryable: False when the bank said never to try this card again.
        client_secret: lets the donor's browser confirm; never stored and never logged.
    """

    provider_ref: str
    outcome: Outcome
    amount_yen: Yen
    key: str
    customer_ref: str
    charge_ref: str = ""
    charged_at: datetime | None = None
    refunded_yen: Yen = NOTHING
    decline_code: str = ""
    is_retryable: bool = True
    client_secret: str = field(default="", repr=False)
    card: CardDetails | None = None
    metadata: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class CardEntry:
    """A card that the donor enters in the browser to be kept for later. No money moves.

    Attributes:
        provider_ref: the provider's id of the entering (Stripe: the SetupIntent).
        key: the key it was opened with; the same key always means the same entering.
        card: the card that is kept; set exactly when `outcome` is SUCCEEDED.
        client_secret: lets the donor's browser confirm; never stored and never logged.
    """

    provider_ref: str
    outcome: Outcome
    key: str
    customer_ref: str
    decline_code: str = ""
    client_secret: str = field(default="", repr=False)
    card: CardDetails | None = None


@dataclass(frozen=True, kw_only=True)
class GivenBack:
    """One refund as the provider knows it.

    Attributes:
        refund_ref: the provider's id of the refund.
        key: the key it was asked for with, "" when it was made at the provider itself.
        is_failed: the bank sent it back, or it was taken back. On its way counts as given.
        given_at: when the provider set the money aside, aware.
        failure_code: why it failed, in the provider's words.
    """

    refund_ref: str
    key: str
    amount_yen: Yen
    is_failed: bool
    given_at: datetime
    failure_code: str = ""


class DisputeStage(StrEnum):
    """How a dispute stands: a card's holder contradicts a charge through his bank."""

    INQUIRY = "inquiry"  # the bank asks, no money has moved
    OPEN = "open"  # the money was taken back until the bank has decided
    WON = "won"  # the town was right, the money came back
    LOST = "lost"  # the money is gone
    DROPPED = "dropped"  # the inquiry ended and nothing had moved


@dataclass(frozen=True, kw_only=True)
class DisputeMovement:
    """Money of a dispute that left (negative) or came back; `ref` is the balance's entry."""

    ref: str
    amount_yen: Yen
    moved_at: datetime


@dataclass(frozen=True, kw_only=True)
class DisputeState:
    """A dispute as the provider knows it.

    Attributes:
        reason: the bank's reason as a code.
        respond_by: until when evidence may be sent, None when it is over.
        movements: what left and came back so far, oldest first; fees are not in it.
    """

    dispute_ref: str
    amount_yen: Yen
    stage: DisputeStage
    reason: str
    opened_at: datetime
    respond_by: datetime | None
    movements: tuple[DisputeMovement, ...]


class EntryKind(StrEnum):
    """Why money moved on the town's balance at the provider."""

    CHARGE = "charge"
    REFUND = "refund"
    REFUND_FAILURE = "refund_failure"  # given back, and sent back by the bank
    DISPUTE = "dispute"
    DISPUTE_REVERSAL = "dispute_reversal"
    FEE = "fee"
    PAYOUT = "payout"  # on its way to the town's bank
    PAYOUT_REVERSAL = "payout_reversal"
    NOT_YEN = "not_yen"  # whatever it was, in another currency
    OTHER = "other"


@dataclass(frozen=True, kw_only=True)
class BalanceEntry:
    """One movement on the town's balance at the provider. One in another currency is named by its
    kind and has no yen: its amounts are 0.

    Attributes:
        entry_ref: the provider's id of the movement.
        amount_yen: before the fee, negative for what left. net_yen: with the fee taken off.
        entered_at: when it was entered. available_at: when it may be paid out.
        source_ref: the provider's id of what moved (charge, refund, dispute, payout).
        charge_ref: the charge behind it, "" when there is none.
        key: our key of the attempt behind it, "" for what is not ours.
    """

    entry_ref: str
    kind: EntryKind
    amount_yen: Yen
    fee_yen: Yen
    net_yen: Yen
    entered_at: datetime
    available_at: datetime
    source_ref: str
    charge_ref: str = ""
    key: str = ""


class PayoutStage(StrEnum):
    """How a payout to the town's bank stands."""

    UNDER_WAY = "under_way"
    PAID = "paid"
    FAILED = "failed"


@dataclass(frozen=True, kw_only=True)
class PayoutState:
    """Money sent to the town's bank. `is_automatic` ones say which movements they are made of."""

    payout_ref: str
    amount_yen: Yen
    stage: PayoutStage
    created_at: datetime
    arrives_at: datetime
    is_automatic: bool


@dataclass(frozen=True, kw_only=True)
class ProviderEvent:
    """A verified message from the provider. It only says what to look at again.

    `provider_ref` names the attempt it is about, `card_entry_ref` the entering of a card; both
    are "" for messages about things we do not keep. `key` is our key of the attempt, "" where the
    message does not carry it; it leads to an attempt whose reference was lost with its answer.
    """

    event_id: str
    kind: str
    provider_ref: str
    created_at: datetime
    card_entry_ref: str = ""
    key: str = ""


@dataclass(frozen=True, kw_only=True)
class DaySum:
    """Money of ours the provider took and gave back on one JST day.

    `disputed_yen` is what disputes took back, less what came back of it.
    """

    charged_yen: Yen
    refunded_yen: Yen
    charge_count: int
    disputed_yen: Yen = NOTHING


class PaymentProvider(Protocol):
    """A payment provider. Every method may raise the errors of `contracts.errors`.

    Calls are synchronous, bounded in time and safe to repeat with the same key.
    """

    def publishable_config(self) -> Mapping[str, str]:
        """This will return what the browser needs: `publishable_key`, `script_url`."""
        ...

    def customer_create(self, *, key: str, email: str, name: str) -> str:
        """This will create the provider's customer and return its reference."""
        ...

    def card_entry_open(self, *, key: str, customer_ref: str) -> CardEntry:
        """This will open the entering of a card that is kept with the customer, once per key.

        Opening it again with its key returns it as it was opened; `card_entry_fetch` tells how
        it stands now.
        """
        ...

    def card_entry_fetch(self, *, provider_ref: str) -> CardEntry:
        """This will read how the entering of a card stands now."""
        ...

    def card_detach(self, *, method_ref: str) -> None:
        """This will forget a kept card, so that nothing can charge it. One that is forgotten
        already, or was never there, is fine.
        """
        ...

    def charge_open(self, request: ChargeRequest) -> ChargeState:
        """This will open an attempt that the donor confirms in the browser (on-session).

        The card he enters is kept with the customer for later months.
        """
        ...

    def charge_off_session(self, request: ChargeRequest) -> ChargeState:
        """This will take the money now, with the kept card `request.method_ref`.

        A decline or a bank asking for the donor is a result, not an error.

        Raises:
            ProviderUnknown: nobody can say whether money moved.
            ProviderRetryable: certainly nothing happened.
            ProviderPermanent: the request itself is wrong.
        """
        ...

    def charge_fetch(self, *, provider_ref: str) -> ChargeState:
        """This will read how an attempt stands now."""
        ...

    def charge_find(
        self, *, key: str, created_from: datetime, customer_ref: str = ""
    ) -> ChargeState | None:
        """This will find the attempt opened with `key`, or None when there was none.

        Used when the answer to `charge_off_session` was lost. It must see attempts at once
        (no search index that lags behind). `customer_ref` only makes the search shorter: give
        it whenever it is known. None is proof only once the lost request cannot still arrive.
        """
        ...

    def charge_cancel(self, *, provider_ref: str) -> ChargeState:
        """This will close an attempt that took no money; one that did is returned as it is."""
        ...

    def refund_create(
        self, *, key: str, provider_ref: str, amount_yen: Yen, reason: str
    ) -> GivenBack:
        """This will give `amount_yen` of an attempt's money back, once per key.

        Raises:
            ProviderUnknown: nobody can say whether it was given back.
            ProviderRetryable: certainly it was not.
            ProviderPermanent: more than is left, or nothing was taken.
        """
        ...

    def refunds_of(self, *, provider_ref: str) -> list[GivenBack]:
        """This will list everything given back of an attempt, failed ones too, oldest first."""
        ...

    def disputes_of(self, *, provider_ref: str) -> list[DisputeState]:
        """This will list every dispute of an attempt's money, oldest first."""
        ...

    def balance_entries(
        self, *, entered_from: datetime, entered_to: datetime
    ) -> list[BalanceEntry]:
        """This will list what moved on the balance in `[from, to)`, oldest first."""
        ...

    def payouts(self, *, created_from: datetime) -> list[PayoutState]:
        """This will list the payouts made since a moment, oldest first."""
        ...

    def payout_entries(self, *, payout_ref: str) -> list[str]:
        """This will list the entries an automatic payout is made of, by `entry_ref`."""
        ...

    def event_parse(self, *, body: bytes, signature: str) -> ProviderEvent:
        """This will verify a message's signature over the raw body and read it.

        Raises:
            SignatureInvalid: the message must not be believed.
        """
        ...

    def day_sum(self, *, day_from: datetime, day_to: datetime) -> DaySum:
        """This will add up what was taken, given back and disputed in `[day_from, day_to)`.

        Only what carries a key of ours; others may use the same account.
        """
        ...
