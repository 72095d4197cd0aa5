"""The daily comparison, to the yen: ledger, the provider's balance, and the shop's transactions.

Only this salon's donations are compared, known by the key their charge carries; whatever else
happens on the same account is counted beside them. What does not match is listed, never repaired:
the ledger is corrected by what the provider says, through the same ways as ever.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Max, QuerySet, Sum

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
AT_ONCE = 500
SHOP_GRACE = timedelta(hours=24)
Entry = balance_models.BalanceEntry
Row = donation_models.Donation
_Kind = states.EntryKind
_Code = states.GapCode
# The town's own, but no donations: not foreign, and not in the ledger.
_TOWNS = frozenset({_Kind.PAYOUT, _Kind.PAYOUT_REVERSAL, _Kind.FEE})
_DISPUTES = frozenset({_Kind.DISPUTE, _Kind.DISPUTE_REVERSAL})


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
    kinds = [_Kind.REFUND, _Kind.REFUND_FAILURE, *sorted(_DISPUTES)]
    entries = Entry.objects.filter(entered_on__in=list(days), kind__in=kinds).exclude(key="")
    keys = {entry.key for entry, row in _with_rows(entries.iterator()) if row is None}
    for attempt in donation_models.PaymentAttempt.objects.filter(key__in=keys).order_by("pk"):
        refunds.refunds_look(attempt=attempt, now=now, actor="match")
        disputes.disputes_look(attempt=attempt, now=now, actor="match")


def _with_rows(entries: Iterable[Entry]) -> Iterator[tuple[Entry, Row | None]]:
    """Each movement of ours with the ledger's row that it must have, a few hundred at a time."""
    for batch in _batches(entries):
        charged = _by(Row.objects.filter(corrects__isnull=True), "attempt__key", batch, "key")
        refunded = _by(Row.objects.all(), "refund_ref", batch, "source_ref")
        disputed = _by(Row.objects.all(), "movement_ref", batch, "entry_ref")
        for entry in batch:
            if entry.kind == _Kind.CHARGE:
                yield entry, charged.get(entry.key)
            elif entry.kind == _Kind.REFUND:
                yield entry, refunded.get(entry.source_ref)
            elif entry.kind in _DISPUTES:
                yield entry, disputed.get(entry.entry_ref)
            else:
                yield entry, None


def _by(rows: QuerySet[Row], path: str, entries: Sequence[Entry], name: str) -> Mapping[str, Row]:
    """Rows by one of their columns, for the values that some movements have."""
    values = {getattr(entry, name) for entry in entries} - {""}
    found = rows.select_related("attempt").filter(**{f"{path}__in": values})
    if path == "attempt__key":
        return {row.attempt.key: row for row in found}
    return {getattr(row, path): row for row in found}


def _batches(items: Iterable[Entry]) -> Iterator[list[Entry]]:
    batch: list[Entry] = []
    for item in items:
        batch.append(item)
        if len(batch) == AT_ONCE:
            yield batch
            batch = []
    if batch:
        yield batch


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


def _entry_gaps(own: Sequence[Entry]) -> Iterator[Gap]:
    for entry, row in _with_rows(own):
        if entry.net_yen != entry.amount_yen - entry.fee_yen:
            yield Gap(code=_Code.NET_DIFFERS, subject=entry.entry_ref, provider_yen=entry.net_yen)
        if entry.kind not in states.LEDGER_KINDS:
            continue
        if row is None:
            yield Gap(
                code=_Code.PROVIDER_ONLY,
                subject=f"{entry.key} {entry.source_ref}",
                provider_yen=entry.amount_yen,
            )
        elif row.amount_yen != entry.amount_yen:
            yield _differs(_Code.AMOUNT_DIFFERS, entry, row, subject=entry.key)
        elif row.donated_on != entry.entered_on:
            subject = f"{entry.key} {row.donated_on}"
            yield _differs(_Code.DAY_DIFFERS, entry, row, subject=subject)


def _differs(code: str, entry: Entry, row: Row, *, subject: str) -> Gap:
    return Gap(code=code, subject=subject, ledger_yen=row.amount_yen, provider_yen=entry.amount_yen)


def _ledger_gaps(ledger: Sequence[Row]) -> Iterator[Gap]:
    """Each row of the ledger has its movement, on whatever day that was entered."""
    for start in range(0, len(ledger), AT_ONCE):
        batch = ledger[start : start + AT_ONCE]
        entries = Entry.objects.filter(key__in={row.attempt.key for row in batch})
        known = {_name_of(entry): entry for entry in entries}
        for row in batch:
            entry = known.get(_name_in_ledger(row))
            if entry is None:
                yield Gap(
                    code=_Code.LEDGER_ONLY, subject=row.attempt.key, ledger_yen=row.amount_yen
                )
            elif entry.entered_on != row.donated_on:
                subject = f"{row.attempt.key} {entry.entered_on}"
                yield _differs(_Code.DAY_DIFFERS, entry, row, subject=subject)


def _name_of(entry: Entry) -> tuple[str, str]:
    """What ties a movement to its row in the ledger."""
    if entry.kind == _Kind.CHARGE:
        return _Kind.CHARGE, entry.key
    if entry.kind in _DISPUTES:
        return _Kind.DISPUTE, entry.entry_ref
    return entry.kind, entry.source_ref


def _name_in_ledger(row: Row) -> tuple[str, str]:
    if row.corrects_id is None:
        return _Kind.CHARGE, row.attempt.key
    if row.dispute_id is not None:
        return _Kind.DISPUTE, row.movement_ref
    return _Kind.REFUND, row.refund_ref


def _shop_gaps(ledger: Sequence[Row], *, now: datetime) -> Iterator[Gap]:
    """What the shop counts as paid for a month is what the ledger has left of it.

    What was written within the last day may still be on its way to the shop.
    """
    ids = sorted({row.attempt_id for row in ledger})
    for start in range(0, len(ids), AT_ONCE):
        rows = (
            Row.objects.filter(attempt_id__in=ids[start : start + AT_ONCE])
            .values_list("attempt__cycle__membership__public_id", "attempt__cycle__n")
            .annotate(left=Sum("amount_yen"), latest=Max("recorded_at"))
            .filter(latest__lte=now - SHOP_GRACE)
            .order_by("attempt__cycle__membership__public_id", "attempt__cycle__n")
        )
        left = {
            membership_selectors.cycle_key_of(public_id=public_id, n=n): yen
            for public_id, n, yen, _ in rows
        }
        orders = shop_models.ShopOrder.objects.filter(external_reference__in=left)
        charged = dict(orders.values_list("external_reference", "charged_yen"))
        for key, yen in left.items():
            yield from _shop_gap(key, left_yen=yen, is_known=key in charged, shop=charged.get(key))


def _shop_gap(key: str, *, left_yen: int, is_known: bool, shop: int | None) -> Iterator[Gap]:
    if not is_known:
        if left_yen:
            yield Gap(code=_Code.SHOP_MISSING, subject=key, ledger_yen=left_yen)
    elif shop is not None and shop != left_yen:  # None: seen before amounts were kept
        yield Gap(code=_Code.SHOP_DIFFERS, subject=key, ledger_yen=left_yen, shop_yen=shop)


def _payout_gaps(day: date) -> Iterator[Gap]:
    """An automatic payout is the sum of its entries' nets, its own movement left out."""
    for payout in balance_selectors.payouts_on(day=day):
        if not payout.is_automatic or payout.stage == states.PayoutStage.FAILED:
            continue
        entries = list(balance_selectors.entries_by_ref(entry_refs=payout.entry_refs))
        held = [entry for entry in entries if entry.source_ref != payout.payout_ref]
        total = sum(entry.net_yen for entry in held)
        is_whole = len(entries) == len(payout.entry_refs)
        if not payout.entry_refs or not is_whole:
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
