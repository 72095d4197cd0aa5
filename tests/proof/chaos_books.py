"""What is looked at during chaos, and what is compared after it."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import date, timedelta

from django.db.models import Count, F, Max, Q

from fixtures.stripe import testing as stripe_testing
from saleor_ext.common import clock
from saleor_ext.donations import models as donation_models
from saleor_ext.flows.books import ledger
from saleor_ext.flows.dunning import giving_up
from saleor_ext.flows.month import charge_run, listing, locking
from saleor_ext.fulfilment import models as fulfilment_models
from saleor_ext.membership import models
from saleor_ext.outbox.models import OutboxMessage
from tests.proof import bank, books
from tests.proof.jobs import RESTLESS

TURNED = ("charged", "skipped", "failed", "void")
WHY = ("state", "reason")
GIVEN_UP = (giving_up.UNANSWERED, giving_up.NOT_PAID)
DECEMBER = 12
# Reasons for which staff are meant to look. Any other would be something that must not happen.
PARKED_RIGHTLY = {"refunded"}


@dataclass(kw_only=True)
class Found:
    """What the books say, and what of it is wrong."""

    rows: list[tuple[str, str]] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    compared: list[str] = field(default_factory=list)
    turned: int = 0
    charged: int = 0

    def expect(self, is_right: bool, text: str) -> None:
        if not is_right:
            self.wrong.append(text)


def turned() -> int:
    """This will count the months that have come to an end."""
    return models.Cycle.objects.filter(state__in=TURNED).count()


def is_much_left(most: int) -> bool:
    """This will say whether a donation of today is still to be taken or its month to be locked, or
    more than `most` messages and parcels are still to be seen to.
    """
    today = clock.today()
    if locking.cycles_to_lock(as_of=today, after_id=0, limit=1):
        return True
    if charge_run.cycles_due(as_of=today).exists():
        return True
    pending = OutboxMessage.objects.filter(state="pending", next_try_at__lte=clock.now())
    if pending[: most + 1].count() > most:
        return True
    return listing.cycles_to_list(as_of=today)[: most + 1].count() > most


def broken_now() -> list[str]:
    """This will say what is wrong of what must hold at every moment, however much is open."""
    wrong = []
    received = donation_models.PaymentAttempt.objects.filter(state__in=["succeeded", "refunded"])
    firsts = donation_models.Donation.objects.filter(corrects__isnull=True)
    if received.count() != firsts.count():
        wrong.append(f"{received.count()} successes and {firsts.count()} donations")
    doubled = received.values("cycle_id").annotate(times=Count("pk")).filter(times__gt=1)
    if doubled.exists():
        wrong.append(f"{doubled.count()} months were paid more than once")
    for year in (
        firsts.order_by()
        .values("receipt_year")
        .annotate(count=Count("pk"), last=Max("receipt_number"))
    ):
        if year["count"] != year["last"]:
            wrong.append(f"receipts of {year['receipt_year']} have gaps")
    return wrong


def next_day(day: date, days: int) -> date:
    """This will leap some days, but stop on the last day of each year: what is not given by then
    is asked about.
    """
    later = day + timedelta(days=days)
    year_end = date(day.year, DECEMBER, 31)
    return year_end if day < year_end < later else later


def claims_run_out() -> None:
    """This will let the two real minutes of the dead workers' claims be over."""
    OutboxMessage.objects.filter(claimed_until__isnull=False).update(claimed_until=None)


def compare(*, last_day: date, stripe_url: str) -> Found:
    """This will compare ledger, provider, shop, parcels, and what must have become of everybody."""
    found = Found(turned=turned())
    provider = bank.Bank(stripe=stripe_testing.StandIn(url=stripe_url))
    _money(found, provider)
    _everybody(found, last_day=last_day)
    for breach in ledger.ledger_check(now=clock.now(), provider_days=0):
        found.wrong.append(f"ledger_check {breach.code}: {breach.text}")
    found.compared.append("ledger_check")
    _counts(found)
    return found


def _money(found: Found, provider: bank.Bank) -> None:
    taken = provider.paid_by_month()
    found.expect(max(taken.values(), default=0) <= 1, "a month was paid twice at the provider")
    received = donation_models.PaymentAttempt.objects.filter(state__in=["succeeded", "refunded"])
    ours = {
        f"fs-{public_id}-{n}"
        for public_id, n in received.values_list("cycle__membership__public_id", "cycle__n")
    }
    found.expect(set(taken) == ours, f"{len(set(taken) ^ ours)} months differ from the provider's")
    found.expect(books.ledger_days() == provider.days_yen(), "the days differ from the provider's")
    found.charged = len(ours)
    found.compared += ["ledger and provider month by month", "and day by day"]


def _everybody(found: Found, *, last_day: date) -> None:
    """Whoever has a good card and chose nothing has given in every month, on its day or later."""
    quiet = models.Cycle.objects.annotate(rest=F("membership__donor_id") % RESTLESS)
    due = quiet.exclude(rest=0).filter(list_on__lt=last_day)
    # Nobody answers here: a month held back by the turn of the year waits, or was given up on the
    # day that was told. It is a December, or a month of somebody who was stopped over that turn.
    # Only one whose donor was really asked counts as such.
    told = OutboxMessage.objects.filter(topic="mail.send", payload__name="year_turn")
    asked = Q(pk__in=set(told.values_list("payload__cycle_id", flat=True)))
    asked &= Q(charge_on__year__lt=last_day.year) | Q(charge_on__month=DECEMBER)
    asked &= Q(state="locked") | Q(state="failed", reason__in=GIVEN_UP)
    left = due.exclude(state="charged").exclude(asked)
    kinds = Counter(f"{state} {reason}".strip() for state, reason in left.values_list(*WHY))
    found.expect(not kinds, f"months of quiet members are not paid: {_listed(kinds)}")
    paid = due.filter(state="charged").annotate(
        times=Count("attempts", filter=Q(attempts__state="succeeded"))
    )
    found.expect(not paid.exclude(times=1).exists(), "a quiet month has not one success")
    unlisted = due.filter(state="charged", is_listed=False)
    found.expect(not unlisted.exists(), f"{unlisted.count()} paid months were never listed")
    parked = models.Membership.objects.filter(state="parked").exclude(
        parked_reason__in=PARKED_RIGHTLY
    )
    for reason, times in Counter(parked.values_list("parked_reason", flat=True)).items():
        found.wrong.append(f"{times} memberships are parked: {reason}")
    found.compared += ["every quiet member's months", "parcels", "who is parked and why"]
    early = donation_models.Donation.objects.filter(
        corrects__isnull=True, donated_on__lt=F("attempt__cycle__charge_on")
    )
    found.expect(not early.exists(), "a donation was taken before its day")
    found.rows.append(("Asked about at the turn of a year", f"{due.filter(asked).count():,}"))


def _counts(found: Found) -> None:
    attempts = Counter(donation_models.PaymentAttempt.objects.values_list("state", flat=True))
    cycles = Counter(models.Cycle.objects.values_list("state", flat=True))
    refunds = donation_models.Donation.objects.filter(corrects__isnull=False).count()
    total = sum(donation_models.Donation.objects.values_list("amount_yen", flat=True).iterator())
    found.rows += [
        ("Months at the end", _listed(cycles)),
        ("Attempts", _listed(attempts)),
        ("Given back", f"{refunds:,}"),
        ("Parcels asked for", f"{fulfilment_models.Shipment.objects.count():,}"),
        ("Ledger", f"¥{total:,}"),
    ]


def _listed(counts: Counter[str]) -> str:
    return ", ".join(f"{name} {count:,}" for name, count in sorted(counts.items()))
