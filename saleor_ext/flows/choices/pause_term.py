"""A pause inside a prepaid term: no box comes in it, and all of them come after it. The donation
that paid for them stays as it is.
"""

from dataclasses import dataclass
from datetime import date

from saleor_ext.flows import errors
from saleor_ext.flows.choices import coming, ground
from saleor_ext.membership import models, outlook, states


@dataclass(frozen=True, kw_only=True)
class TermPause:
    """What a pause does to a term.

    left_out: the months with a box or a donation that do not come. after: the first month that
    does, if any. term: how the term stands with the pause. fixed: a box that is fixed already and
    leaves all the same. months: all of them as they would be.
    """

    left_out: tuple[outlook.Ahead, ...]
    after: outlook.Ahead | None
    term: outlook.TermOutlook | None
    fixed: models.Cycle | None
    months: tuple[outlook.Ahead, ...]


def look(membership: models.Membership, *, resume_on: date, today: date) -> TermPause:
    """This will say what a pause until `resume_on` does, whatever pause there is now.

    Args:
        membership: with its tier and next tier.
        resume_on: the day on which it is over; `outlook.NO_PAUSE` for none.
        today: the day in Japan.

    Raises:
        TermFullLength: the term may not grow so long that all of its boxes still come.
    """
    back = coming.paused(membership, today=today)
    without = _term(membership, back=back, until=outlook.NO_PAUSE, today=today)
    term = _term(membership, back=back, until=resume_on, today=today)
    if term is not None and without is not None and len(term.boxes) < len(without.boxes):
        raise errors.TermFullLength()
    months = outlook.ahead(membership, today=today, brought_back=back, until=resume_on)
    open_ones = coming.months_open(months, today=today)
    return TermPause(
        left_out=tuple(left_out(membership, resume_on=resume_on, today=today)),
        after=next((month for month in open_ones if month.dates.charge_on >= resume_on), None),
        term=term,
        fixed=_fixed(membership, today=today),
        months=tuple(months),
    )


def left_out(membership: models.Membership, *, resume_on: date, today: date) -> list[outlook.Ahead]:
    """This will list the months that a pause until `resume_on` leaves out, whatever pause there is
    now: those that would come without it, planned already or not. In every kind of membership.
    """
    back = coming.paused(membership, today=today)
    months = outlook.ahead(membership, today=today, brought_back=back, until=outlook.NO_PAUSE)
    open_ones = coming.months_open(months, today=today)
    return [month for month in open_ones if month.dates.charge_on < resume_on]


def _term(
    membership: models.Membership, *, back: list[int], until: date, today: date
) -> outlook.TermOutlook | None:
    return outlook.term_of(membership, today=today, brought_back=back, until=until)


def _fixed(membership: models.Membership, *, today: date) -> models.Cycle | None:
    fixed = ground.months_fixed(membership=membership, today=today)
    boxes = [row for row in fixed if row.kind == states.CycleKind.PREPAID]
    return next((row for row in boxes if row.ship_to >= today), None)
