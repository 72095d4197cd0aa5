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
from saleor_ext.common.apart import Apart
from saleor_ext.contracts import errors as provider_errors
from saleor_ext.donations import models as donation_models
from saleor_ext.donations import selectors as donation_selectors
from saleor_ext.donations import states as donation_states
from saleor_ext.flows.books import balance_mirror
from saleor_ext.flows.month import settle
from saleor_ext.flows.payments import disputes, look_round, refunds
from saleor_ext.membership import selectors as membership_selectors
from saleor_ext.saleor_connector import models as shop_models

JOB = "money.match"
ACTOR = "match"
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
    """This will mirror the balance and compare the last days, those that silent mornings left out,
    and older ones that did not match.
    """
    days = _days_due(today=jptime.jst_date(now)) | set(balance_selectors.days_with_gaps())
    return match_days(days=sorted(days), now=now)


def _days_due(*, today: date) -> set[date]:
    """Each day since the first donation is compared until a week has gone by since. The last week
    is always looked at, also before anything is in the ledger.
    """
    recent = {today - timedelta(days=number) for number in range(1, DAYS_AGAIN + 1)}
    begun = donation_selectors.first_day()
    if begun is None:
        return recent
    first = max(begun, today - balance_mirror.FURTHEST)
    matched = balance_selectors.days_matched(day_from=first)
    since = (first + timedelta(days=number) for number in range((today - first).days))
    return recent | {day for day in since if not _is_done(day, matched.get(day))}


def _is_done(day: date, matched_at: datetime | None) -> bool:
    if matched_at is None:
        return False
    return (jptime.jst_date(matched_at) - day).days >= DAYS_AGAIN


def match_days(*, days: Sequence[date], now: datetime) -> Report:
    """This will mirror the balance and compare some Japanese days.

    What is not in the ledger yet is first looked up at the provider, as its message would have had
    it done: a refund or a dispute of which no message came is in the books afterwards. Of what
    cannot be looked up the difference stays listed. One day's trouble does not stop the others.

    Raises:
        Exception: what the first day met with that could not be compared; all others were.
    """
    try:
        balance_mirror.balance_mirror(days_from=min(days), now=now)
    except provider_errors.ProviderError as error:
        return Report(days=0, gaps=0, silent=error.code)
    _take_up(days, now=now)
    found, apart = [], Apart()
    for day in days:
        with apart.one(f"comparison of {day}"):
            found.append(_match(day, now=now))
    apart.end()
    return Report(days=len(found), gaps=sum(item.gap_count for item in found))


def _take_up(days: Sequence[date], *, now: datetime) -> None:
    """What moved at the provider arrives here, should every message be lost."""
    entries = Entry.objects.filter(
        entered_on__in=list(days), kind__in=sorted(states.LEDGER_KINDS)
    ).exclude(key="")
    keys = {
        entry.key
        for entry, row in _with_rows(entries.iterator())
        if row is None and not _is_before_staff(entry)
    }
    # In another order each time: a few that are not answered do not always stand before the others.
    attempts = donation_models.PaymentAttempt.objects.filter(key__in=keys).order_by("?")
    look_round.look_at_each(
        attempts, look=lambda attempt: _look(attempt, now=now), most_s=balance_mirror.ASK_FOR_S
    )


def _is_before_staff(entry: Entry) -> bool:
    """A refund that came back never gets a row: its membership is parked for staff, and once they
    have let it go on it is not parked again each morning.
    """
    if entry.kind != _Kind.REFUND_FAILURE:
        return False
    attempt = donation_selectors.attempt_by_key(key=entry.key)
    return attempt is not None and membership_selectors.was_parked(
        membership_id=attempt.membership_id, reason=refunds.CAME_BACK, since=entry.entered_at
    )


def _look(attempt: donation_models.PaymentAttempt, *, now: datetime) -> None:
    if _is_money_unsaid(attempt):
        attempt = settle.attempt_settle(attempt_id=attempt.pk, now=now, actor=ACTOR)
    refunds.refunds_look(attempt=attempt, now=now, actor=ACTOR)
    disputes.disputes_look(attempt=attempt, now=now, actor=ACTOR)


def _is_money_unsaid(attempt: donation_models.PaymentAttempt) -> bool:
    """Closed as bringing nothing, and the provider has money of it. Open ones are the janitor's.

    Money that cannot count (another attempt brought the month, another amount) has its reference
    noted when it is handed to staff: then it only stays listed.
    """
    if attempt.state != donation_states.AttemptState.DECLINED:
        return False
    if not attempt.provider_ref:
        return True
    paid = Entry.objects.filter(
        key=attempt.key, kind=_Kind.CHARGE, amount_yen=attempt.amount_yen
    ).exists()
    return paid and donation_selectors.attempt_received(cycle_id=attempt.cycle_id) is None


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
        *_currency_gaps(entries),
        *_entry_gaps(own),
        *_ledger_gaps(ledger),
        *_shop_gaps(ledger, now=now),
        *_payout_gaps(day),
    ]
    return services.match_keep(day=day, figures=figures, gaps=gaps, now=now)


def _currency_gaps(entries: Sequence[Entry]) -> Iterator[Gap]:
    """What is not in yen nobody here can compare: staff look at the provider's own pages."""
    for entry in entries:
        if entry.kind == _Kind.NOT_YEN:
            yield Gap(code=_Code.NOT_YEN, subject=entry.entry_ref, provider_yen=0)


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
        held = balance_selectors.payout_held(payout=payout)
        if not held.is_whole:
            yield Gap(
                code=_Code.PAYOUT_INCOMPLETE,
                subject=payout.payout_ref,
                provider_yen=payout.amount_yen,
            )
        elif held.total_yen != payout.amount_yen:
            yield Gap(
                code=_Code.PAYOUT_DIFFERS,
                subject=payout.payout_ref,
                ledger_yen=held.total_yen,
                provider_yen=payout.amount_yen,
            )
