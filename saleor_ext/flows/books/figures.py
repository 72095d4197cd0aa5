"""Figures for whoever watches the salon from outside. All read from the database when asked, so
every web process says the same, and none of them is about a person.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from django.db.models import Count, Min, QuerySet

from saleor_ext.donations import models as donation_models
from saleor_ext.donations import states as donation_states
from saleor_ext.flows.month import charge_run
from saleor_ext.fulfilment import models as fulfilment_models
from saleor_ext.fulfilment import states as fulfilment_states
from saleor_ext.membership import models as membership_models
from saleor_ext.membership import states as membership_states
from saleor_ext.operation import gate
from saleor_ext.operation import selectors as operation_selectors
from saleor_ext.outbox import models as outbox_models
from saleor_ext.outbox import states as outbox_states
from saleor_ext.saleor_connector import models as shop_models
from saleor_ext.saleor_connector import selectors as shop_selectors
from saleor_ext.saleor_connector import states as shop_states

SHOP_JOB = "shop.look"
LEDGER_JOB = "ledger.check"


@dataclass(frozen=True, kw_only=True)
class Figure:
    """One figure with its values by label; `label` is "" for a single value."""

    name: str
    help: str
    label: str = ""
    values: Mapping[str, float] = field(default_factory=dict)


def figures(*, now: datetime, today: date) -> list[Figure]:
    """This will read every figure.

    Args:
        now: the present moment, by which ages in seconds are measured.
        today: today's date in Japan, by which months are due.
    """
    return [
        *_outbox(now=now),
        *_attempts(now=now),
        *_months(today=today),
        *_messages(now=now),
        *_place(),
        *_jobs(),
    ]


def _single(name: str, words: str, value: float) -> Figure:
    return Figure(name=name, help=words, values={"": value})


def _age_s(oldest: datetime | None, now: datetime) -> float:
    return max((now - oldest).total_seconds(), 0.0) if oldest else 0.0


def _by_state(rows: QuerySet, states: list[str]) -> dict[str, float]:  # type: ignore[type-arg]
    counted = rows.filter(state__in=states).order_by().values_list("state")
    found = dict(counted.annotate(count=Count("pk")))
    return {state: float(found.get(state, 0)) for state in states}


def _outbox(*, now: datetime) -> Iterator[Figure]:
    pending = outbox_models.OutboxMessage.objects.filter(state=outbox_states.MessageState.PENDING)
    due = pending.filter(next_try_at__lte=now)
    failed = outbox_models.OutboxMessage.objects.filter(state=outbox_states.MessageState.FAILED)
    yield Figure(
        name="outbox_messages",
        help="Messages of the outbox that are not done, by state",
        label="state",
        values={
            "due": due.count(),
            "later": pending.filter(next_try_at__gt=now).count(),
            "failed": failed.count(),
        },
    )
    oldest = due.aggregate(oldest=Min("next_try_at"))["oldest"]
    yield _single(
        "outbox_oldest_due_seconds",
        "How long the oldest due message of the outbox has been waiting",
        _age_s(oldest, now),
    )


def _attempts(*, now: datetime) -> Iterator[Figure]:
    rows = donation_models.PaymentAttempt.objects
    yield Figure(
        name="payment_attempts",
        help="Payment attempts, by state",
        label="state",
        values=_by_state(rows.all(), donation_states.AttemptState.values),
    )
    unknown = rows.filter(state=donation_states.AttemptState.UNKNOWN)
    yield _single(
        "payment_attempt_oldest_unknown_seconds",
        "How long the oldest attempt has been without the provider's answer",
        _age_s(unknown.aggregate(oldest=Min("begun_at"))["oldest"], now),
    )


def _months(*, today: date) -> Iterator[Figure]:
    yield _single(
        "cycles_due",
        "Months whose donation is due and has not been asked for",
        charge_run.cycles_due(as_of=today).count(),
    )
    missed = operation_selectors.catch_up_sums()
    yield _single(
        "cycles_missed_waiting",
        "Months missed in a stop that are not charged before staff have decided",
        missed.count if missed else 0,
    )
    parked = membership_states.MembershipState.PARKED
    yield _single(
        "memberships_parked",
        "Memberships that wait for staff",
        membership_models.Membership.objects.filter(state=parked).count(),
    )
    yield Figure(
        name="shipments_waiting",
        help="Parcels that have not left yet, by state",
        label="state",
        values=_by_state(
            fulfilment_models.Shipment.objects.all(), sorted(fulfilment_states.SHIPMENT_TO_SHIP)
        ),
    )


def _messages(*, now: datetime) -> Iterator[Figure]:
    rows = shop_models.WebhookDelivery.objects
    open_states = [shop_states.DeliveryState.RECEIVED.value, shop_states.DeliveryState.FAILED.value]
    yield Figure(
        name="shop_messages",
        help="Messages of the shop that are not handled, by state",
        label="state",
        values=_by_state(rows.all(), open_states),
    )
    waiting = rows.filter(state=shop_states.DeliveryState.RECEIVED)
    yield _single(
        "shop_message_oldest_seconds",
        "How long the oldest message of the shop has been waiting",
        _age_s(waiting.aggregate(oldest=Min("received_at"))["oldest"], now),
    )
    yield _single(
        "shop_installed",
        "1 while the app's token for the shop is known",
        float(shop_selectors.installation_current() is not None),
    )


def _place() -> Iterator[Figure]:
    status = gate.status()
    yield _single(
        "place_confirmed",
        "0 while this is a copy of the salon that nobody has confirmed",
        float(status.is_home),
    )
    yield _single(
        "charging_stopped",
        "1 while all taking of donations is stopped by hand",
        float(status.is_charging_stopped),
    )


def _jobs() -> Iterator[Figure]:
    runs = operation_selectors.job_runs()
    ended = {name: run.ended_at for name, run in runs.items() if run.ended_at}
    yield Figure(
        name="job_last_start_timestamp_seconds",
        help="When a regular job was last begun",
        label="job",
        values={name: run.started_at.timestamp() for name, run in runs.items()},
    )
    yield Figure(
        name="job_last_end_timestamp_seconds",
        help="When a regular job last ended",
        label="job",
        values={name: at.timestamp() for name, at in ended.items()},
    )
    yield Figure(
        name="job_last_success",
        help="1 when a regular job's last end was a good one",
        label="job",
        values={name: float(bool(runs[name].is_good)) for name in ended},
    )
    ledger = runs.get(LEDGER_JOB)
    if ledger is not None and ledger.ended_at:
        yield _single(
            "ledger_breaches",
            "What the last check of the ledger found not to hold",
            float(ledger.figures.get("breaches", 0)),
        )
    shop = runs.get(SHOP_JOB)
    if shop is not None and shop.ended_at:
        yield _single(
            "shop_reachable",
            "1 when the shop answered when it was last asked",
            float(shop.figures.get("reachable", 0)),
        )
