"""What becomes of a month whose donation would exceed the donor's yearly limit.

Decided when the month is locked, and looked at once more when it is charged. Each month is decided
by itself: a month that is lowered or left out changes neither the membership's tier nor the months
after it, so in January everything is as the donor chose it.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date

from django.db import transaction
from django.db.models import Q, Sum

from saleor_ext.donations import models as donation_models
from saleor_ext.donations import selectors as donation_selectors
from saleor_ext.donations import states as donation_states
from saleor_ext.flows import errors
from saleor_ext.membership import models, selectors, states

REASON = "year_limit"
LOWERED_REASON = "year_limit_lowered"


Outcome = states.LimitOutcome


@dataclass(frozen=True, kw_only=True)
class Decision:
    """What is given in a month; `tier` is None when it is left out."""

    outcome: Outcome
    tier: models.Tier | None


def decide(
    *,
    tier: models.Tier,
    amount_yen: int,
    left_yen: int,
    when_reached: str,
    tiers: Iterable[models.Tier],
) -> Decision:
    """This will say what is to become of a month, as the donor chose it.

    Args:
        tier: the tier of the month.
        amount_yen: its donation.
        left_yen: what may still be given in the calendar year.
        when_reached: what the donor chose.
        tiers: the tiers that are open.
    """
    if amount_yen <= left_yen:
        return Decision(outcome=Outcome.FITS, tier=tier)
    if when_reached == states.WhenReached.GO_ON:
        return Decision(outcome=Outcome.OVER, tier=tier)
    if when_reached == states.WhenReached.LOWER:
        for lower in tiers_below(tier=tier, amount_yen=amount_yen, tiers=tiers):
            if lower.amount_yen <= left_yen:
                return Decision(outcome=Outcome.LOWERED, tier=lower)
    return Decision(outcome=Outcome.LEFT_OUT, tier=None)


def tiers_below(
    *, tier: models.Tier, amount_yen: int, tiers: Iterable[models.Tier]
) -> list[models.Tier]:
    """This will list the tiers of the same kind that ask for less, largest first."""
    fitting = [
        other
        for other in tiers
        if (other.kind, other.box_count) == (tier.kind, tier.box_count)
        and other.amount_yen < amount_yen
    ]
    return sorted(fitting, key=lambda other: (-other.amount_yen, other.sort_order, other.pk))


def scheduled_in(*, year: int) -> Q:
    """This will select months whose donation counts for a calendar year: by their day, or by the
    year in which the donor agreed to give them late.
    """
    return Q(agreed_year=year) | Q(
        agreed_year__isnull=True,
        charge_on__gte=date(year, 1, 1),
        charge_on__lte=date(year, 12, 31),
    )


@dataclass(kw_only=True)
class YearRooms:
    """What donors may still give in a year, while a batch of months is being locked.

    Only donors whose limit holds months back are in it.
    """

    limits: dict[tuple[int, int], models.YearLimit] = field(default_factory=dict)
    given: Counter[tuple[int, int]] = field(default_factory=Counter)
    tiers: tuple[models.Tier, ...] = ()

    def limit_of(self, cycle: models.Cycle) -> models.YearLimit | None:
        """This will return the limit that may hold a month back."""
        return self.limits.get(_key(cycle)) if cycle.amount_yen else None

    def left_yen(self, cycle: models.Cycle) -> int:
        """This will return what may still be given in the month's year."""
        return self.limits[_key(cycle)].limit_yen - self.given[_key(cycle)]

    def decide(self, cycle: models.Cycle) -> Decision:
        """This will say what is to become of a month."""
        limit = self.limit_of(cycle)
        if limit is None:
            return Decision(outcome=Outcome.FITS, tier=cycle.tier)
        return decide(
            tier=cycle.tier,
            amount_yen=cycle.amount_yen,
            left_yen=self.left_yen(cycle),
            when_reached=limit.when_reached,
            tiers=self.tiers,
        )

    def tiers_that_fit(self, cycle: models.Cycle) -> list[models.Tier]:
        """This will list the lower tiers that a month could be given in, largest first."""
        left_yen = self.left_yen(cycle)
        lower = tiers_below(tier=cycle.tier, amount_yen=cycle.amount_yen, tiers=self.tiers)
        return [tier for tier in lower if tier.amount_yen <= left_yen]

    def take(self, cycle: models.Cycle) -> None:
        """This will note that a month is locked with its donation."""
        self.given[_key(cycle)] += cycle.amount_yen

    def release(self, cycle: models.Cycle) -> None:
        """This will note that a month that was locked is not given after all."""
        year = cycle.agreed_year or cycle.charge_on.year
        self.given[(cycle.membership.donor_id, year)] -= cycle.amount_yen


def _key(cycle: models.Cycle) -> tuple[int, int]:
    return cycle.membership.donor_id, cycle.charge_on.year


def rooms_read(cycles: Sequence[models.Cycle]) -> YearRooms:
    """This will read what the donors of a batch of months may still give; one query for a batch
    in which nobody has a limit.
    """
    keys = {_key(cycle) for cycle in cycles if cycle.amount_yen}
    rows = models.YearLimit.objects.filter(
        donor_id__in={donor_id for donor_id, _ in keys}, year__in={year for _, year in keys}
    ).exclude(when_reached=states.WhenReached.GO_ON)
    limits = {(row.donor_id, row.year): row for row in rows if (row.donor_id, row.year) in keys}
    if not limits:
        return YearRooms()
    given: Counter[tuple[int, int]] = Counter()
    for year in {year for _, year in limits}:
        donor_ids = [donor_id for donor_id, limit_year in limits if limit_year == year]
        for donor_id, amount_yen in _given_in_year(donor_ids, year=year).items():
            given[(donor_id, year)] += amount_yen
    return YearRooms(limits=limits, given=given, tiers=tuple(selectors.tiers_open()))


def _given_in_year(donor_ids: Sequence[int], *, year: int) -> Counter[int]:
    """What was given, and what is fixed and will be."""
    given = Counter(donation_selectors.donated_yen_by_donor(donor_ids=donor_ids, year=year))
    locked = (
        models.Cycle.objects.filter(
            scheduled_in(year=year),
            membership__donor_id__in=donor_ids,
            membership__state__in=sorted(states.MEMBERSHIP_CHARGEABLE),
            state=states.CycleState.LOCKED,
            kind=states.CycleKind.DONATION,
        )
        .values_list("membership__donor_id")
        .annotate(total=Sum("amount_yen"))
        .order_by()
    )
    given.update(dict(locked))
    return given


def over_at_charge(cycles: Sequence[models.Cycle], *, today: date) -> set[int]:
    """This will find the locked months that would exceed the limit they were locked under.

    A limit lowered after the lock does not count for them; one raised or removed does. Whoever
    asks holds the months; other months of the same donors wait at their limits.

    Args:
        cycles: due months with their membership and snapshot.
        today: the day in Japan.

    Returns:
        their ids.
    """
    limited = [
        cycle
        for cycle in cycles
        if cycle.snapshot.year_limit_yen is not None and cycle.charge_on.year == today.year
    ]
    if not limited:
        return set()
    limits = _limits_hold({cycle.membership.donor_id for cycle in limited}, year=today.year)
    given = _received_or_asked_for(sorted(limits), besides=limited, year=today.year)
    over = set()
    for cycle in limited:
        donor_id = cycle.membership.donor_id
        if donor_id not in limits:
            continue
        allowed_yen = max(limits[donor_id], cycle.snapshot.year_limit_yen or 0)
        if given[donor_id] + cycle.amount_yen > allowed_yen:
            over.add(cycle.pk)
        else:
            given[donor_id] += cycle.amount_yen
    return over


@transaction.atomic
def limit_require(*, cycle: models.Cycle, today: date) -> None:
    """This will hold back a locked month that its donor is about to give himself.

    Raises:
        LimitReached: it would exceed the limit he has set, and he wants it kept.
    """
    if over_at_charge([cycle], today=today):
        raise errors.LimitReached()


def _limits_hold(donor_ids: Collection[int], *, year: int) -> dict[int, int]:
    rows = (
        models.YearLimit.objects.select_for_update()
        .filter(donor_id__in=donor_ids, year=year)
        .exclude(when_reached=states.WhenReached.GO_ON)
    )
    return {row.donor_id: row.limit_yen for row in rows.order_by("pk")}


def _received_or_asked_for(
    donor_ids: Sequence[int], *, besides: Sequence[models.Cycle], year: int
) -> Counter[int]:
    given = Counter(donation_selectors.donated_yen_by_donor(donor_ids=donor_ids, year=year))
    under_way = donation_models.PaymentAttempt.objects.filter(
        cycle__membership__donor_id__in=donor_ids,
        state__in=sorted(donation_states.ATTEMPT_OPEN),
    ).exclude(cycle_id__in=[cycle.pk for cycle in besides])
    by_donor = under_way.values_list("cycle__membership__donor_id")
    given.update(dict(by_donor.annotate(total=Sum("amount_yen")).order_by()))
    return given
