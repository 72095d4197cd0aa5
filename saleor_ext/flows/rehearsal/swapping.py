"""What comes in place of gifts that cannot be sent, as each donor wants it, without asking him."""

from datetime import date

from saleor_ext.flows.swaps import fitting
from saleor_ext.fulfilment import models as fulfilment_models
from saleor_ext.fulfilment import selectors as fulfilment_selectors
from saleor_ext.membership import models, states

Alternates = tuple[fulfilment_models.Alternate, ...]
_Wish = states.SwapWish


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
    lines = fitting.box_lines(box, alternates=proposed)
    planned_yen = fulfilment_selectors.lines_cost_yen(lines=fitting.box_lines(box))
    is_fitting = fitting.lines_fit(
        cycle=cycle, lines=lines, planned_yen=planned_yen, given_yen=given_yen, today=today
    )
    has_added = any(
        fitting.allergens_compare(gift=one.gift, alternate=one.alternate).added for one in proposed
    )
    is_accepted = _Wish.ACCEPT in {membership.swap_wish, membership.swap_silence}
    if membership.swap_wish == _Wish.ASK:
        is_accepted = membership.swap_silence == _Wish.ACCEPT
    return proposed if is_fitting and is_accepted and not has_added else None
