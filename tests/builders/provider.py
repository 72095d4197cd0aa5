"""A payment provider in this process, for tests of the rules around it.

It keeps attempts by key as a real provider does: the same key is the same attempt, whatever is
asked. What the card's bank says next is set with `next_outcomes`.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from saleor_ext.contracts import errors
from saleor_ext.contracts.payment import (
    BalanceEntry,
    CardDetails,
    CardEntry,
    ChargeRequest,
    ChargeState,
    DaySum,
    DisputeMovement,
    DisputeStage,
    DisputeState,
    EntryKind,
    GivenBack,
    Outcome,
    PayoutState,
    ProviderEvent,
)
from saleor_ext.contracts.types import Yen

CARD = CardDetails(method_ref="pm_visa", brand="visa", last4="4242", exp_month=12, exp_year=2030)
NEW_CARD = CardDetails(
    method_ref="pm_master", brand="mastercard", last4="5454", exp_month=3, exp_year=2031
)


@dataclass
class MemoryProvider:
    """Implements `saleor_ext.contracts.payment.PaymentProvider` in memory."""

    now: datetime = datetime(2026, 11, 24, 1, 0, tzinfo=UTC)
    charges: dict[str, ChargeState] = field(default_factory=dict)
    next_outcomes: list[str] = field(default_factory=list)
    refunds: dict[str, list[GivenBack]] = field(default_factory=dict)
    next_refunds: list[str] = field(default_factory=list)
    card_entries: dict[str, CardEntry] = field(default_factory=dict)
    disputes: dict[str, tuple[str, DisputeState]] = field(default_factory=dict)
    foreign_entries: list[BalanceEntry] = field(default_factory=list)
    payouts_made: list[PayoutState] = field(default_factory=list)
    payout_holds: dict[str, list[str]] = field(default_factory=dict)
    next_detaches: list[errors.ProviderError] = field(default_factory=list)
    calls: list[str] = field(default_factory=list)
    before_answer: list[object] = field(default_factory=list)

    def __call__(self, config: Mapping[str, object]) -> "MemoryProvider":
        return self

    def publishable_config(self) -> Mapping[str, str]:
        return {"publishable_key": "pk_test", "script_url": "http://127.0.0.1/stripe.js"}

    def customer_create(self, *, key: str, email: str, name: str) -> str:
        return f"cus_{key}"

    def card_entry_open(self, *, key: str, customer_ref: str) -> CardEntry:
        self.calls.append(f"card {key}")
        number = len(self.card_entries) + 1
        entry = CardEntry(
            provider_ref=f"seti_{number}",
            outcome=Outcome.PENDING,
            key=key,
            customer_ref=customer_ref,
            client_secret=f"seti_{number}_secret",
        )
        return self.card_entries.setdefault(key, entry)

    def card_entry_fetch(self, *, provider_ref: str) -> CardEntry:
        for entry in self.card_entries.values():
            if entry.provider_ref == provider_ref:
                return entry
        raise errors.ProviderPermanent("resource_missing")

    def card_enter(self, key: str, said: str = "ok", card: CardDetails = NEW_CARD) -> None:
        """What the donor's browser does: a card is entered and its bank answers."""
        entry = self.card_entries[key]
        changes: dict[str, object] = {"outcome": Outcome.SUCCEEDED, "card": card}
        if said != "ok":
            changes = {"outcome": Outcome.DECLINED, "decline_code": said}
        self.card_entries[key] = replace(entry, **changes)  # type: ignore[arg-type]

    def card_detach(self, *, method_ref: str) -> None:
        self.calls.append(f"detach {method_ref}")
        if self.next_detaches:
            raise self.next_detaches.pop(0)

    def charge_open(self, request: ChargeRequest) -> ChargeState:
        self.calls.append(f"open {request.key}")
        return self._store(request, Outcome.PENDING)

    def charge_off_session(self, request: ChargeRequest) -> ChargeState:
        """One of: ok, insufficient_funds, lost_card, authentication_required, lost_answer
        (money moved, answer lost), never_arrived (no money, answer lost), refused, down,
        locked_out.
        """
        self.calls.append(f"charge {request.key}")
        if request.key in self.charges:
            return self.charges[request.key]
        said = self.next_outcomes.pop(0) if self.next_outcomes else "ok"
        if said == "down":
            raise errors.ProviderRetryable("connection_refused")
        if said == "locked_out":
            raise errors.ProviderLockedOut("authentication_failed")
        if said == "never_arrived":
            raise errors.ProviderUnknown("timeout")
        if said == "refused":
            raise errors.ProviderPermanent("parameter_invalid")
        if said in {"ok", "lost_answer"}:
            state = self._store(request, Outcome.SUCCEEDED)
            if said == "lost_answer":
                raise errors.ProviderUnknown("timeout")
            return state
        if said == "authentication_required":
            return self._store(request, Outcome.ACTION_REQUIRED, decline_code=said)
        return self._store(
            request, Outcome.DECLINED, decline_code=said, is_retryable=said != "lost_card"
        )

    def confirm(self, key: str, said: str = "ok") -> None:
        """What the donor's browser does: the card is entered and the bank answers."""
        state = self.charges[key]
        if said == "ok":
            self.charges[key] = self._succeeded(state)
        else:
            self.charges[key] = replace(state, outcome=Outcome.DECLINED, decline_code=said)

    def charge_fetch(self, *, provider_ref: str) -> ChargeState:
        for state in self.charges.values():
            if state.provider_ref == provider_ref:
                return state
        raise errors.ProviderPermanent("resource_missing")

    def charge_find(
        self, *, key: str, created_from: datetime, customer_ref: str = ""
    ) -> ChargeState | None:
        self.calls.append(f"find {key}")
        return self.charges.get(key)

    def charge_cancel(self, *, provider_ref: str) -> ChargeState:
        state = self.charge_fetch(provider_ref=provider_ref)
        if state.outcome is not Outcome.SUCCEEDED:
            state = replace(state, outcome=Outcome.CANCELED)
            self.charges[state.key] = state
        return state

    def refund_create(
        self, *, key: str, provider_ref: str, amount_yen: Yen, reason: str
    ) -> GivenBack:
        """One of: ok, lost_answer (given back, answer lost), never_arrived, refused, down,
        failed.
        """
        self.calls.append(f"refund {key}")
        for known in self.refunds_of(provider_ref=provider_ref):
            if known.key == key and not known.is_failed:
                return known
        said = self.next_refunds.pop(0) if self.next_refunds else "ok"
        if said == "down":
            raise errors.ProviderRetryable("connection_refused")
        if said == "never_arrived":
            raise errors.ProviderUnknown("timeout")
        if said == "refused":
            raise errors.ProviderPermanent("charge_disputed")
        given = self.give_back(
            provider_ref=provider_ref, amount_yen=amount_yen, key=key, is_failed=said == "failed"
        )
        if said == "lost_answer":
            raise errors.ProviderUnknown("timeout")
        return given

    def give_back(
        self, *, provider_ref: str, amount_yen: int, key: str = "", is_failed: bool = False
    ) -> GivenBack:
        """What somebody does in the provider's own pages."""
        state = self.charge_fetch(provider_ref=provider_ref)
        if amount_yen > state.amount_yen - state.refunded_yen:
            raise errors.ProviderPermanent("charge_already_refunded")
        given = GivenBack(
            refund_ref=f"re_{sum(map(len, self.refunds.values())) + 1}",
            key=key,
            amount_yen=Yen(amount_yen),
            is_failed=is_failed,
            given_at=self.now,
            failure_code="lost_or_stolen_card" if is_failed else "",
        )
        self.refunds.setdefault(provider_ref, []).append(given)
        if not is_failed:
            self.charges[state.key] = replace(
                state, refunded_yen=Yen(state.refunded_yen + amount_yen)
            )
        return given

    def refunds_of(self, *, provider_ref: str) -> list[GivenBack]:
        return list(self.refunds.get(provider_ref, []))

    def dispute(self, *, provider_ref: str, amount_yen: int = 3000, inquiry: bool = False) -> str:
        """What a card's holder does at his bank: the money leaves, unless the bank only asks."""
        ref = f"du_{len(self.disputes) + 1}"
        self.disputes[ref] = (
            provider_ref,
            DisputeState(
                dispute_ref=ref,
                amount_yen=Yen(amount_yen),
                stage=DisputeStage.INQUIRY if inquiry else DisputeStage.OPEN,
                reason="fraudulent",
                opened_at=self.now,
                respond_by=self.now + timedelta(days=7),
                movements=() if inquiry else (self._moved(ref, -amount_yen),),
            ),
        )
        return ref

    def dispute_decide(self, ref: str, stage: DisputeStage) -> None:
        """What the bank decides; won money comes back, and an inquiry may become a dispute."""
        provider_ref, state = self.disputes[ref]
        movements = state.movements
        if stage is DisputeStage.WON:
            movements += (self._moved(f"{ref}b", state.amount_yen),)
        elif stage is DisputeStage.OPEN:
            movements += (self._moved(ref, -state.amount_yen),)
        self.disputes[ref] = (provider_ref, replace(state, stage=stage, movements=movements))

    def _moved(self, ref: str, amount_yen: int) -> DisputeMovement:
        return DisputeMovement(ref=f"txn_{ref}", amount_yen=Yen(amount_yen), moved_at=self.now)

    def disputes_of(self, *, provider_ref: str) -> list[DisputeState]:
        return [state for ref, state in self.disputes.values() if ref == provider_ref]

    def balance_entries(
        self, *, entered_from: datetime, entered_to: datetime
    ) -> list[BalanceEntry]:
        found = [*self._own_entries(), *self.foreign_entries]
        return [entry for entry in found if entered_from <= entry.entered_at < entered_to]

    def _own_entries(self) -> Iterator[BalanceEntry]:
        for state in self.succeeded():
            assert state.charged_at is not None
            yield entry_make(
                f"txn_{state.charge_ref}",
                EntryKind.CHARGE,
                state.amount_yen,
                state.charged_at,
                source_ref=state.charge_ref,
                key=state.key,
                fee_yen=state.amount_yen * 36 // 1000,
            )
            for given in self.refunds.get(state.provider_ref, []):
                if given.is_failed:
                    continue
                yield entry_make(
                    f"txn_{given.refund_ref}",
                    EntryKind.REFUND,
                    -given.amount_yen,
                    given.given_at,
                    source_ref=given.refund_ref,
                    key=state.key,
                )
            for dispute in self.disputes_of(provider_ref=state.provider_ref):
                for moved in dispute.movements:
                    is_away = moved.amount_yen < 0
                    yield entry_make(
                        moved.ref,
                        EntryKind.DISPUTE if is_away else EntryKind.DISPUTE_REVERSAL,
                        moved.amount_yen,
                        moved.moved_at,
                        source_ref=dispute.dispute_ref,
                        key=state.key,
                        fee_yen=1500 if is_away else 0,
                    )

    def payouts(self, *, created_from: datetime) -> list[PayoutState]:
        return [payout for payout in self.payouts_made if payout.created_at >= created_from]

    def payout_entries(self, *, payout_ref: str) -> list[str]:
        return self.payout_holds.get(payout_ref, [])

    def event_parse(self, *, body: bytes, signature: str) -> ProviderEvent:
        raise errors.SignatureInvalid("no signature")

    def day_sum(self, *, day_from: datetime, day_to: datetime) -> DaySum:
        sums: Counter[EntryKind] = Counter()
        entries = self.balance_entries(entered_from=day_from, entered_to=day_to)
        for entry in entries:
            if entry.key:
                sums[entry.kind] += entry.amount_yen
        return DaySum(
            charged_yen=Yen(sums[EntryKind.CHARGE]),
            refunded_yen=Yen(-sums[EntryKind.REFUND]),
            disputed_yen=Yen(-sums[EntryKind.DISPUTE] - sums[EntryKind.DISPUTE_REVERSAL]),
            charge_count=sum(entry.kind is EntryKind.CHARGE for entry in entries),
        )

    def succeeded(self) -> list[ChargeState]:
        """Every charge for which money moved."""
        return [state for state in self.charges.values() if state.outcome is Outcome.SUCCEEDED]

    def _store(
        self,
        request: ChargeRequest,
        outcome: Outcome,
        *,
        decline_code: str = "",
        is_retryable: bool = True,
    ) -> ChargeState:
        number = len(self.charges) + 1
        state = ChargeState(
            provider_ref=f"pi_{number}",
            outcome=outcome,
            amount_yen=request.amount_yen,
            key=request.key,
            customer_ref=request.customer_ref,
            decline_code=decline_code,
            is_retryable=is_retryable,
            client_secret=f"pi_{number}_secret",
        )
        if outcome is Outcome.SUCCEEDED:
            state = self._succeeded(state)
        return self.charges.setdefault(request.key, state)

    def _succeeded(self, state: ChargeState) -> ChargeState:
        return replace(
            state,
            outcome=Outcome.SUCCEEDED,
            decline_code="",
            charge_ref=f"ch_{state.provider_ref}",
            charged_at=self.now,
            card=CARD,
        )


def entry_make(
    ref: str,
    kind: EntryKind,
    amount_yen: int,
    entered_at: datetime,
    *,
    source_ref: str = "",
    key: str = "",
    fee_yen: int = 0,
) -> BalanceEntry:
    """A movement on the balance."""
    return BalanceEntry(
        entry_ref=ref,
        kind=kind,
        amount_yen=Yen(amount_yen),
        fee_yen=Yen(fee_yen),
        net_yen=Yen(amount_yen - fee_yen),
        entered_at=entered_at,
        available_at=entered_at + timedelta(days=4),
        source_ref=source_ref or ref,
        key=key,
    )
