"""What comes in place of gifts that cannot be sent, as each donor wants it, without asking him."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from saleor_ext.flows.swaps import deciding, fitting
from saleor_ext.fulfilment import models as fulfilment_models
from saleor_ext.fulfilment import selectors as fulfilment_selectors
from saleor_ext.fulfilment import states as fulfilment_states
from saleor_ext.membership import models, states

Alternates = tuple[fulfilment_models.Alternate, ...]
_Swap = fulfilment_states.SwapState
_Wish = states.SwapWish


@dataclass(frozen=True, kw_only=True)
class Swapped:
    """What comes in a fixed month in place of what cannot be sent.

    alternates: None when the month is not sent as it is. decided_on: the day from which on that is
    settled. is_new: whether any of it is still to be put into the box.
    """

    alternates: Alternates | None
    decided_on: date
    is_new: bool = False


def alternates_coming(
    *,
    cycle: models.Cycle,
    box: fulfilment_models.BoxPlan,
    proposed: Alternates,
    given_yen: int,
    today: date,
) -> Alternates | None:
    """This will say which alternates come in a month that is rehearsed.

    Who wants to be asked is taken not to answer. An allergen that was not in the gift is never
    accepted by silence.

    Returns:
        None when the month is left out instead, since one of them is not wanted or may not come.
    """
    membership = cycle.membership
    if membership.swap_wish == _Wish.CARRY:
        return None
    planned_yen = fulfilment_selectors.lines_cost_yen(lines=fitting.box_lines(box))
    is_fitting = fitting.lines_fit(
        cycle=cycle,
        lines=fitting.box_lines(box, alternates=proposed),
        planned_yen=planned_yen,
        given_yen=given_yen,
        today=today,
    )
    is_wished = membership.swap_wish == _Wish.ACCEPT
    is_accepted = is_wished or membership.swap_silence == _Wish.ACCEPT
    return proposed if is_fitting and is_accepted and not _has_added(proposed) else None


def alternates_settled(
    *,
    cycle: models.Cycle,
    box: fulfilment_models.BoxPlan,
    proposed: Alternates,
    swaps: Sequence[fulfilment_models.Swap],
    given_yen: int,
    today: date,
) -> Swapped:
    """This will say the same of a month that is fixed already. Who was asked does not answer.

    Args:
        cycle: the month with membership and snapshot.
        box: what was fixed for it.
        proposed: what is proposed for that box now.
        swaps: what was asked or decided about it so far.
        given_yen: what else is given against its donation.
        today: today in Japan.
    """
    accepted = tuple(swap.alternate for swap in swaps if swap.state == _Swap.ACCEPTED)
    is_settled = {alternate.pk for alternate in accepted}
    waiting = tuple(alternate for alternate in proposed if alternate.pk not in is_settled)
    if not waiting:
        return Swapped(alternates=accepted, decided_on=today)
    known = {swap.alternate_id: swap for swap in swaps}
    found = [known[alternate.pk] for alternate in waiting if alternate.pk in known]
    if any(swap.state == _Swap.CARRIED for swap in found):
        return Swapped(alternates=None, decided_on=today)
    coming = (*accepted, *waiting)
    is_fitting = fitting.lines_fit(
        cycle=cycle,
        lines=fitting.box_lines(box, alternates=coming),
        planned_yen=cycle.snapshot.procurement_cost_yen,
        given_yen=given_yen,
        today=today,
    )
    asked = [swap for swap in found if swap.state == _Swap.ASKED]
    untold = len(waiting) - len(asked)
    days = [swap.answer_until for swap in asked]
    if untold and is_fitting and _is_asked(cycle.membership, waiting):
        days.append(deciding.answer_until(charge_on=cycle.charge_on, today=today))
    is_accepted = is_fitting and _is_accepted(cycle.membership, waiting, is_untold=untold > 0)
    # Silence is known on the day after the last one for an answer.
    decided_on = max(today, *(day + timedelta(days=1) for day in days)) if days else today
    return Swapped(alternates=coming if is_accepted else None, decided_on=decided_on, is_new=True)


def _is_asked(membership: models.Membership, alternates: Alternates) -> bool:
    """Whether the next run asks; otherwise it decides at once."""
    is_wished = membership.swap_wish == _Wish.ACCEPT and not _has_added(alternates)
    return membership.swap_wish != _Wish.CARRY and not is_wished


def _is_accepted(membership: models.Membership, alternates: Alternates, *, is_untold: bool) -> bool:
    """Whoever was asked is taken by his silence, whatever he wishes by now."""
    if _has_added(alternates):
        return False
    by_silence = membership.swap_silence == _Wish.ACCEPT
    if not is_untold or membership.swap_wish == _Wish.ASK:
        return by_silence
    return bool(membership.swap_wish == _Wish.ACCEPT)


def _has_added(alternates: Alternates) -> bool:
    return any(
        fitting.allergens_compare(gift=one.gift, alternate=one.alternate).added
        for one in alternates
    )
