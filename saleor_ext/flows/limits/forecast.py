"""A donor's calendar year: what was given, what is planned to 31 December, and in which month the
yearly limit would be reached. Pure reading; all days are Japanese days.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Q

from saleor_ext.contracts.types import Yen
from saleor_ext.donations import selectors as donation_selectors
from saleor_ext.flows.limits import deciding
from saleor_ext.flows.limits.deciding import Outcome
from saleor_ext.membership import calendar, models, outlook, selectors, states, terms

_Cycle = states.CycleState


@dataclass(frozen=True, kw_only=True)
class MonthAhead:
    """A donation that is still to come, as the donor wants it. `is_fixed`: the month is locked;
    `year`: the calendar year for which it counts. One of a membership that is not begun yet has no
    `membership_id` (0), and its first donation is fixed.
    """

    membership_id: int
    year: int
    cycle_id: int | None
    month: date
    charge_on: date
    tier: models.Tier
    amount_yen: int
    is_fixed: bool


@dataclass(frozen=True, kw_only=True)
class MonthPlan:
    """A donation that is still to come, as it will be; `tier` is None when it is left out.

    `wanted_yen` is what it would be without a limit, `total_yen` the year's sum after it;
    `is_joining`: a membership begins with it.
    """

    cycle_id: int | None
    month: date
    charge_on: date
    tier: models.Tier | None
    wanted_yen: int
    amount_yen: int
    total_yen: int
    outcome: Outcome
    is_fixed: bool
    is_joining: bool = False


@dataclass(frozen=True, kw_only=True)
class YearPlan:
    """A donor's calendar year. `back_on`: the first donation that is again as he wants it, when
    months before it are lowered or left out.
    """

    year: int
    paid_yen: Yen
    limit: models.YearLimit | None
    months: tuple[MonthPlan, ...]
    back_on: date | None

    @property
    def scheduled_yen(self) -> int:
        """What is planned to 31 December as it will be."""
        return sum(month.amount_yen for month in self.months)

    @property
    def wanted_yen(self) -> int:
        """What the year would come to without a limit."""
        return self.paid_yen + sum(month.wanted_yen for month in self.months)

    @property
    def expected_yen(self) -> int:
        """What the year will come to."""
        return self.paid_yen + self.scheduled_yen

    @property
    def first_over(self) -> MonthPlan | None:
        """The first month that would exceed the limit, if any."""
        return next((month for month in self.months if month.outcome is not Outcome.FITS), None)


@dataclass(frozen=True, kw_only=True)
class AsIf:
    """A membership looked at as if something had been chosen about it on a day.

    wish: what it would want of its coming donations. tier: the tier that `wish` speaks of besides
    those the membership has. is_resumed: its pause is looked at as over. brought_back: n of months
    looked at as if they had not been left out, or taken back.
    """

    membership_id: int
    today: date
    wish: terms.Wish | None = None
    tier: models.Tier | None = None
    is_resumed: bool = False
    brought_back: tuple[int, ...] = ()


def year_plan(
    *, donor_id: int, year: int, as_if: AsIf | None = None, joining: Sequence[MonthAhead] = ()
) -> YearPlan:
    """This will add up a donor's calendar year over all his memberships.

    Args:
        donor_id: whose.
        year: the calendar year.
        as_if: a choice that is looked at as if it had been made.
        joining: the donations of a membership that is not begun yet.
    """
    limit = selectors.year_limit_of(donor_id=donor_id, year=year)
    paid_yen = donation_selectors.donated_yen_in_year(donor_id=donor_id, year=year)
    ahead = [*_months_ahead(donor_id=donor_id, year=year, as_if=as_if), *joining]
    ahead = sorted(ahead, key=lambda item: (item.charge_on, item.membership_id))
    in_year = [item for item in ahead if item.year == year]
    months = tuple(_planned(in_year, limit=limit, paid_yen=paid_yen))
    is_changed = any(month.outcome in {Outcome.LOWERED, Outcome.LEFT_OUT} for month in months)
    after = [item.charge_on for item in ahead if item.year > year]
    return YearPlan(
        year=year,
        paid_yen=paid_yen,
        limit=limit,
        months=months,
        back_on=min(after) if is_changed and after else None,
    )


def _planned(
    ahead: list[MonthAhead], *, limit: models.YearLimit | None, paid_yen: int
) -> Iterator[MonthPlan]:
    total_yen = paid_yen
    # What is fixed comes first: it is given whatever follows.
    fixed_yen = sum(item.amount_yen for item in ahead if item.is_fixed)
    tiers = tuple(selectors.tiers_open()) if limit is not None else ()
    for item in ahead:
        if item.is_fixed:
            fixed_yen -= item.amount_yen
        left_yen = limit.limit_yen - total_yen - fixed_yen if limit else item.amount_yen
        decision = _decide(item, limit=limit, left_yen=left_yen, tiers=tiers)
        given_yen = 0 if decision.tier is None else item.amount_yen
        if decision.outcome is Outcome.LOWERED and decision.tier is not None:
            given_yen = decision.tier.amount_yen
        total_yen += given_yen
        yield MonthPlan(
            cycle_id=item.cycle_id,
            month=item.month,
            charge_on=item.charge_on,
            tier=decision.tier,
            wanted_yen=item.amount_yen,
            amount_yen=given_yen,
            total_yen=total_yen,
            outcome=decision.outcome,
            is_fixed=item.is_fixed,
            is_joining=not item.membership_id and item.is_fixed,
        )


def _decide(
    item: MonthAhead,
    *,
    limit: models.YearLimit | None,
    left_yen: int,
    tiers: tuple[models.Tier, ...],
) -> deciding.Decision:
    go_on = states.WhenReached.GO_ON
    return deciding.decide(
        tier=item.tier,
        amount_yen=item.amount_yen,
        left_yen=left_yen,
        when_reached=go_on if limit is None or item.is_fixed else limit.when_reached,
        tiers=tiers,
    )


def _months_ahead(*, donor_id: int, year: int, as_if: AsIf | None) -> list[MonthAhead]:
    """Every donation still to come to the end of the year, and each membership's first of the
    next one, by their days.
    """
    going_on = states.MEMBERSHIP_CHARGEABLE | {states.MembershipState.PAUSED}
    # Whoever looks at going on after all is still leaving.
    looked_at = Q(pk=as_if.membership_id) if as_if else Q()
    memberships = models.Membership.objects.filter(
        Q(state__in=sorted(going_on)) | looked_at, donor_id=donor_id
    ).exclude(tier__kind=states.TierKind.FREE)
    found: list[MonthAhead] = []
    town = None
    for membership in memberships.select_related("tier", "next_tier"):
        town = town or selectors.town_calendar(town=selectors.municipality_get())
        chosen = as_if if as_if and as_if.membership_id == membership.pk else None
        found += _of_membership(membership, year=year, town=town, as_if=chosen)
    return found


def _of_membership(
    membership: models.Membership, *, year: int, town: calendar.TownCalendar, as_if: AsIf | None
) -> list[MonthAhead]:
    rows = membership.cycles.select_related("tier").order_by("n")
    known = list(rows)
    written = [
        _row(cycle)
        for cycle in known
        if cycle.state in states.CYCLE_OPEN
        and cycle.kind == states.CycleKind.DONATION
        and _year_of(cycle) >= year
        and not _rests(cycle, membership=membership)
    ]
    if not known:
        return written
    if as_if is not None:
        fixed = [item for item in written if item.is_fixed]
        return fixed + list(_as_chosen(membership, known=known, year=year, town=town, as_if=as_if))
    return written + list(_beyond(membership, known=known, year=year, town=town))


def _rests(cycle: models.Cycle, *, membership: models.Membership) -> bool:
    """What is planned in a pause is left out when the next run begins."""
    return cycle.state == _Cycle.PLANNED and selectors.is_in_pause(
        membership=membership, charge_on=cycle.charge_on, change_until=cycle.change_until
    )


def _year_of(cycle: models.Cycle) -> int:
    return cycle.agreed_year or cycle.charge_on.year


def _row(cycle: models.Cycle) -> MonthAhead:
    return MonthAhead(
        membership_id=cycle.membership_id,
        year=_year_of(cycle),
        cycle_id=cycle.pk,
        month=cycle.month,
        charge_on=cycle.charge_on,
        tier=cycle.tier,
        amount_yen=cycle.amount_yen,
        is_fixed=cycle.state == _Cycle.LOCKED,
    )


def _beyond(
    membership: models.Membership,
    *,
    known: list[models.Cycle],
    year: int,
    town: calendar.TownCalendar,
) -> Iterator[MonthAhead]:
    """Donations that are not written down yet, up to the first of the next year."""
    start = known[-1].month
    months = max((year + 1 - start.year) * 12 + 12, 0)
    ahead = outlook.ahead(membership, today=start, cycles=known, months=months, town=town)
    coming = [month for month in ahead if month.n > known[-1].n]
    yield from _coming(membership, coming, year=year, tier=None)


def _as_chosen(
    membership: models.Membership,
    *,
    known: list[models.Cycle],
    year: int,
    town: calendar.TownCalendar,
    as_if: AsIf,
) -> Iterator[MonthAhead]:
    """Donations that are still to come once a choice was made."""
    back = list(as_if.brought_back)
    if as_if.is_resumed:
        back += [
            cycle.n
            for cycle in known
            if cycle.reason == states.SKIP_BY_PAUSE and cycle.change_until >= as_if.today
        ]
    months = max((year + 1 - as_if.today.year) * 12 + 12, 0)
    ahead = outlook.ahead(
        membership,
        today=as_if.today,
        cycles=known,
        wish=as_if.wish,
        brought_back=back,
        until=outlook.NO_PAUSE if as_if.is_resumed else None,
        months=months,
        town=town,
    )
    coming = [month for month in ahead if month.state == _Cycle.PLANNED]
    yield from _coming(membership, coming, year=year, tier=as_if.tier)


def _coming(
    membership: models.Membership,
    ahead: list[outlook.Ahead],
    *,
    year: int,
    tier: models.Tier | None,
) -> Iterator[MonthAhead]:
    """Those of them that are donations, up to the first of the next year."""
    known = (membership.tier, membership.next_tier, tier)
    tiers = {found.pk: found for found in known if found is not None}
    for month in ahead:
        counts_for = month.dates.charge_on.year
        if not month.amount_yen or counts_for < year:
            continue
        yield MonthAhead(
            membership_id=membership.pk,
            year=counts_for,
            cycle_id=None,
            month=month.dates.month,
            charge_on=month.dates.charge_on,
            tier=tiers.get(month.tier_id) or _tier(month.tier_id),
            amount_yen=month.amount_yen,
            is_fixed=False,
        )
        if counts_for > year:
            return


def _tier(tier_id: int) -> models.Tier:
    """A month that keeps what it was agreed in, though the membership has gone on from there."""
    return models.Tier.objects.get(pk=tier_id)
