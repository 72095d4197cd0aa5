"""The daily comparison, to the yen: ledger, the provider's balance, and the shop's transactions.

Only this salon's donations are compared, known by the key their charge carries; whatever else
happens on the same account is counted beside them. What does not match is listed, never repaired:
the ledger is corrected by what the provider says, through the same ways as ever.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from saleor_ext.balance import models as balance_models
from saleor_ext.balance import selectors as balance_selectors
from saleor_ext.balance import services, states
from saleor_ext.balance.services import Gap
from saleor_ext.common import jptime
from saleor_ext.contracts import errors as provider_errors
from saleor_ext.donations import models as donation_models
from saleor_ext.donations import selectors as donation_selectors
from saleor_ext.flows.books import balance_mirror
from saleor_ext.flows.payments import disputes, refunds
from saleor_ext.membership import selectors as membership_selectors
from saleor_ext.saleor_connector import models as shop_models

JOB = "money.match"
DAYS_AGAIN = 7
SHOP_GRACE = timedelta(hours=24)
Entry = balance_models.BalanceEntry
Row = donation_models.Donation
_Kind = states.EntryKind
_Code = states.GapCode


@dataclass(frozen=True, kw_only=True)
class Report:
    """What was compared. `silent` is the code of why the provider could not be asked, or ""."""

    days: int
    gaps: int
    silent: str = ""


def match_daily(*, now: datetime) -> Report:
    """This will mirror the balance and compare the last days, and older ones that did not match."""
    yesterday = jptime.jst_date(now) - timedelta(days=1)
    recent = {yesterday - timedelta(days=number) for number in range(DAYS_AGAIN)}
    days = sorted(recent | set(balance_selectors.days_with_gaps()))
    return match_days(days=days, now=now)


def match_days(*, days: Sequence[date], now: datetime) -> Report:
    """This will mirror the balance and compare some Japanese days.

    What is not in the ledger yet is first looked up at the provider, as its message would have had
    it done: a refund or a dispute of which no message came is in the books afterwards.
    """
    try:
        balance_mirror.balance_mirror(now=now)
        _take_up(days, now=now)
    except provider_errors.ProviderError as error:
        return Report(days=0, gaps=0, silent=error.code)
    found = [_match(day, now=now) for day in days]
    return Report(days=len(found), gaps=sum(item.gap_count for item in found))


def _take_up(days: Sequence[date], *, now: datetime) -> None:
    """Refunds and disputes made at the provider arrive here, should every message be lost."""
    kinds = [_Kind.REFUND, _Kind.REFUND_FAILURE, _Kind.DISPUTE, _Kind.DISPUTE_REVERSAL]
    entries = Entry.objects.filter(entered_on__in=list(days), kind__in=kinds).exclude(key="")
    keys = {entry.key for entry in entries if _row_of(entry) is None}
    for attempt in donation_models.PaymentAttempt.objects.filter(key__in=keys).order_by("pk"):
        refunds.refunds_look(attempt=attempt, now=now, actor="match")
        disputes.disputes_look(attempt=attempt, now=now, actor="match")


def _row_of(entry: Entry) -> Row | None:
    """The ledger's row that a movement of ours must have."""
    rows = Row.objects.select_related("attempt")
    if entry.kind == _Kind.CHARGE:
        return rows.filter(attempt__key=entry.key, corrects__isnull=True).first()
    if entry.kind == _Kind.REFUND:
        return rows.filter(refund_ref=entry.source_ref).first()
    if entry.kind in {_Kind.DISPUTE, _Kind.DISPUTE_REVERSAL}:
        return rows.filter(movement_ref=entry.entry_ref).first()
    return None


def _match(day: date, *, now: datetime) -> balance_models.MatchDay:
    entries = list(balance_selectors.entries_on(day=day))
    own = [entry for entry in entries if entry.key]
    foreign = [entry for entry in entries if not entry.key and entry.kind not in _TOWNS]
    ledger = list(donation_selectors.ledger_rows(day=day))
    figures = services.DayFigures(
        ledger_yen=sum(row.amount_yen for row in ledger),
        provider_yen=sum(e.amount_yen for e in own if e.kind in states.LEDGER_KINDS),
        fee_yen=sum(entry.fee_yen for entry in own),
        own_count=len(own),
        foreign_yen=sum(entry.amount_yen for entry in foreign),
        foreign_count=len(foreign),
    )
    gaps = [
        *_entry_gaps(own),
        *_ledger_gaps(ledger),
        *_shop_gaps(ledger, now=now),
        *_payout_gaps(day),
    ]
    return services.match_keep(day=day, figures=figures, gaps=gaps, now=now)


# The town's own, but no donations: not foreign, and not in the ledger.
_TOWNS = frozenset({_Kind.PAYOUT, _Kind.PAYOUT_REVERSAL, _Kind.FEE})


def _entry_gaps(own: Sequence[Entry]) -> Iterator[Gap]:
    for entry in own:
        if entry.net_yen != entry.amount_yen - entry.fee_yen:
            yield Gap(code=_Code.NET_DIFFERS, subject=entry.entry_ref, provider_yen=entry.net_yen)
        if entry.kind not in states.LEDGER_KINDS:
            continue
        row = _row_of(entry)
        if row is None:
            yield Gap(
                code=_Code.PROVIDER_ONLY,
                subject=f"{entry.key} {entry.source_ref}",
                provider_yen=entry.amount_yen,
            )
        elif row.amount_yen != entry.amount_yen:
            yield Gap(
                code=_Code.AMOUNT_DIFFERS,
                subject=entry.key,
                ledger_yen=row.amount_yen,
                provider_yen=entry.amount_yen,
            )
        elif row.donated_on != entry.entered_on:
            yield Gap(
                code=_Code.DAY_DIFFERS,
                subject=f"{entry.key} {row.donated_on}",
                ledger_yen=row.amount_yen,
                provider_yen=entry.amount_yen,
            )


def _ledger_gaps(ledger: Sequence[Row]) -> Iterator[Gap]:
    """Each row of the ledger has its movement, on whatever day that was entered."""
    for row in ledger:
        entries = Entry.objects.filter(key=row.attempt.key)
        if row.corrects_id is None:
            entries = entries.filter(kind=_Kind.CHARGE)
        elif row.dispute_id is not None:
            entries = entries.filter(entry_ref=row.movement_ref)
        else:
            entries = entries.filter(kind=_Kind.REFUND, source_ref=row.refund_ref)
        entry = entries.first()
        if entry is None:
            yield Gap(code=_Code.LEDGER_ONLY, subject=row.attempt.key, ledger_yen=row.amount_yen)
        elif entry.entered_on != row.donated_on:
            yield Gap(
                code=_Code.DAY_DIFFERS,
                subject=f"{row.attempt.key} {entry.entered_on}",
                ledger_yen=row.amount_yen,
                provider_yen=entry.amount_yen,
            )


def _shop_gaps(ledger: Sequence[Row], *, now: datetime) -> Iterator[Gap]:
    """What the shop counts as paid for a month is what the ledger has left of it.

    What was written within the last day may still be on its way to the shop.
    """
    seen: set[int] = set()
    for row in ledger:
        if row.attempt_id in seen:
            continue
        seen.add(row.attempt_id)
        if donation_selectors.latest_row_at(attempt_id=row.attempt_id) > now - SHOP_GRACE:
            continue
        yield from _shop_gap(row)


def _shop_gap(row: Row) -> Iterator[Gap]:
    cycle = membership_selectors.cycle_get(cycle_id=row.attempt.cycle_id)
    key = membership_selectors.cycle_key(cycle=cycle)
    left_yen = donation_selectors.left_yen(attempt_id=row.attempt_id)
    order = shop_models.ShopOrder.objects.filter(external_reference=key).first()
    if order is None and left_yen:
        yield Gap(code=_Code.SHOP_MISSING, subject=key, ledger_yen=left_yen)
    elif order is not None and (order.charged_yen or 0) != left_yen:
        yield Gap(
            code=_Code.SHOP_DIFFERS,
            subject=key,
            ledger_yen=left_yen,
            shop_yen=order.charged_yen or 0,
        )


def _payout_gaps(day: date) -> Iterator[Gap]:
    """An automatic payout is the sum of its entries' nets, its own movement left out."""
    for payout in balance_selectors.payouts_on(day=day):
        if not payout.is_automatic or payout.stage == states.PayoutStage.FAILED:
            continue
        entries = list(
            balance_selectors.entries_by_ref(entry_refs=payout.entry_refs).exclude(
                kind__in=[_Kind.PAYOUT, _Kind.PAYOUT_REVERSAL]
            )
        )
        total = sum(entry.net_yen for entry in entries)
        known = {entry.entry_ref for entry in entries}
        own = set(
            balance_selectors.entries_of_sources(source_refs=[payout.payout_ref]).values_list(
                "entry_ref", flat=True
            )
        )
        if not payout.entry_refs or set(payout.entry_refs) - known - own:
            yield Gap(
                code=_Code.PAYOUT_INCOMPLETE,
                subject=payout.payout_ref,
                provider_yen=payout.amount_yen,
            )
        elif total != payout.amount_yen:
            yield Gap(
                code=_Code.PAYOUT_DIFFERS,
                subject=payout.payout_ref,
                ledger_yen=total,
                provider_yen=payout.amount_yen,
            )
