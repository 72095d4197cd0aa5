"""A pause inside a prepaid term: no box comes in it, and all of them come after it. The donation
that paid for them stays as it is.
"""

from dataclasses import dataclass
from datetime import date

from saleor_ext.flows import errors
from saleor_ext.flows.choices import ground
from saleor_ext.membership import models, outlook, states

_Cycle = states.CycleState


@dataclass(frozen=True, kw_only=True)
class TermPause:
    """What a pause does to a term.

    left_out: the months with a box or a donation that do not come. after: the first month that
    does, if any. term: how the term stands with the pause. fixed: a box that is fixed already and
    leaves all the same.
    """

    left_out: tuple[outlook.Ahead, ...]
    after: outlook.Ahead | None
    term: outlook.TermOutlook | None
    fixed: models.Cycle | None


def look(membership: models.Membership, *, resume_on: date, today: date) -> TermPause:
    """This will say what a pause until `resume_on` does, whatever pause there is now.

    Args:
        membership: with its tier and next tier.
        resume_on: the day on which it is over; `outlook.NO_PAUSE` for none.
        today: the day in Japan.

    Raises:
        TermFullLength: the term may not grow so long that all of its boxes still come.
    """
    back = _paused(membership, today=today)
    without = _term(membership, back=back, until=outlook.NO_PAUSE, today=today)
    term = _term(membership, back=back, until=resume_on, today=today)
    if term is not None and without is not None and len(term.boxes) < len(without.boxes):
        raise errors.TermFullLength()
    open_ones = _open(membership, back=back, until=outlook.NO_PAUSE, today=today)
    coming = _open(membership, back=back, until=resume_on, today=today)
    return TermPause(
        left_out=tuple(month for month in open_ones if month.dates.charge_on < resume_on),
        after=next((month for month in coming if month.dates.charge_on >= resume_on), None),
        term=term,
        fixed=_fixed(membership, today=today),
    )


def _paused(membership: models.Membership, *, today: date) -> list[int]:
    rows = ground.months_changeable(membership_id=membership.pk, today=today)
    left_out = rows.filter(state=_Cycle.SKIPPED, reason=states.SKIP_BY_PAUSE)
    return list(left_out.values_list("n", flat=True))


def _term(
    membership: models.Membership, *, back: list[int], until: date, today: date
) -> outlook.TermOutlook | None:
    return outlook.term_of(membership, today=today, brought_back=back, until=until)


def _open(
    membership: models.Membership, *, back: list[int], until: date, today: date
) -> list[outlook.Ahead]:
    """The months that can still be changed and that come."""
    months = outlook.ahead(membership, today=today, brought_back=back, until=until)
    return [
        month
        for month in months
        if month.state == _Cycle.PLANNED and month.dates.change_until >= today
    ]


def _fixed(membership: models.Membership, *, today: date) -> models.Cycle | None:
    rows = membership.cycles.filter(
        kind=states.CycleKind.PREPAID, state=_Cycle.LOCKED, ship_to__gte=today
    )
    return rows.order_by("n").first()
