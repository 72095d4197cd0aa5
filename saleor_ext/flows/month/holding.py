"""Letting a stopped membership go on, together with the parcels that were held for it.

What was fixed before it was stopped is checked anew: a gift may have become dearer since, the
donor may have moved into the town. Staff say what is to become of such a month.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from enum import StrEnum

from django.db import transaction

from saleor_ext.common import jptime
from saleor_ext.common.errors import InvalidTransition
from saleor_ext.donations import errors as donation_errors
from saleor_ext.donations import selectors as donation_selectors
from saleor_ext.flows import errors
from saleor_ext.flows.limits import leaving_out
from saleor_ext.flows.month import facts, parcel_holds, part_kept, parts_back, rules, settle
from saleor_ext.flows.orders import order_queue
from saleor_ext.fulfilment import selectors as fulfilment_selectors
from saleor_ext.membership import cycles, delivery, models, selectors, services, states
from saleor_ext.membership import errors as membership_errors


class FixedMonth(StrEnum):
    """What becomes of a fixed month that breaks a rule by now (確定した月の扱い)."""

    AS_IS = "as_is"  # nothing: the membership stays stopped
    WITHOUT_BOX = "without_box"  # the box is taken away, the donation stays
    LEFT_OUT = "left_out"  # neither donation nor box; not where the donation was received


@transaction.atomic
def membership_resume(
    *,
    membership_id: int,
    now: datetime,
    actor: str,
    reason: str,
    fixed_month: str = FixedMonth.AS_IS,
) -> models.Membership:
    """This will let a parked membership go on; its held parcels are on the lists again.

    A month of whose donation a part went back goes on as well, as long as what was kept of it
    carries the box. If it does not, staff let it go on without (`FixedMonth.WITHOUT_BOX`).

    Law: gift_cost_30, no_gift_to_residents

    Raises:
        ReasonMissing: no reason was given.
        InvalidTransition: it is not parked, or a part of a donation is just going back.
        TermPartUndecided: part of a term's donation went back; see `payments.term_part`.
        RuleBroken: a month that is fixed and not paid breaks a rule by now, and staff have not
            said what is to become of it, or it would break one without its box, too; or what was
            kept of a paid one does not carry its box.
        AttemptOpen: such a month is just being paid.
    """
    if parts_back.undecided_of(membership_id=membership_id) is not None:
        raise membership_errors.TermPartUndecided()
    months = _fixed_hold(membership_id)
    _parts_settle(membership_id, fixed_month=fixed_month, now=now, actor=actor)
    membership = services.membership_unpark(
        membership_id=membership_id, now=now, actor=actor, reason=reason
    )
    if parts_back.is_any_undecided(membership_id=membership_id):
        # A part went back while staff decided without knowing of it.
        raise InvalidTransition(to=membership.state)
    for cycle in months:
        codes = month_codes(cycle, today=jptime.jst_date(now))
        if codes:
            _month_mend(cycle, codes, fixed_month=fixed_month, now=now, actor=actor)
    # What a card's holder disputes waits for the bank, and a gift that cannot be sent for its
    # donor's word, whatever else goes on.
    cycle_ids = list(membership.cycles.values_list("pk", flat=True))
    parcel_holds.release(cycle_ids=cycle_ids, now=now, actor=actor, reason=reason)
    return membership


def _parts_settle(membership_id: int, *, fixed_month: str, now: datetime, actor: str) -> None:
    """Paid months of which a part went back: their boxes go on, or are taken off.

    Law: gift_cost_30, gift_cost_per_donation
    """
    waiting = parts_back.months_undecided(membership_id=membership_id)
    for cycle in waiting:
        cycles.cycle_hold(cycle_id=cycle.pk)
    for cycle in part_kept.months_over(membership_id=membership_id):
        if fixed_month == FixedMonth.WITHOUT_BOX:
            part_kept.boxes_take_off(paying=cycle, now=now, actor=actor)
    if part_kept.months_over(membership_id=membership_id):
        raise errors.RuleBroken([part_kept.CODE])
    for cycle in waiting:
        attempt = donation_selectors.attempt_received(cycle_id=cycle.pk)
        if attempt is not None:
            back_yen = donation_selectors.refunded_yen(attempt_id=attempt.pk)
            cycles.month_part_settle(cycle_id=cycle.pk, given_back_yen=back_yen)


def broken_codes(*, membership_id: int, today: date) -> list[str]:
    """This will say which rules the fixed, unpaid months of a membership break by now."""
    rows = _fixed(membership_id)
    return sorted({code for cycle in rows for code in month_codes(cycle, today=today)})


def _fixed(membership_id: int) -> list[models.Cycle]:
    rows = models.Cycle.objects.filter(
        membership_id=membership_id,
        state=states.CycleState.LOCKED,
        kind=states.CycleKind.DONATION,
    )
    rows = rows.select_related("membership__donor", "tier", "snapshot__recipient")
    return list(rows.order_by("pk"))


def _fixed_hold(membership_id: int) -> list[models.Cycle]:
    """Months first, then the membership, as everywhere."""
    for cycle in _fixed(membership_id):
        cycles.cycle_hold(cycle_id=cycle.pk)
    return _fixed(membership_id)


def month_codes(
    cycle: models.Cycle, *, today: date, is_box_wanted: bool | None = None
) -> list[str]:
    """This will check a month that is fixed and not paid against all rules as they are today, with
    what its box costs today.

    Args:
        cycle: with membership, donor, tier and snapshot.
        today: today in Japan; what fell due before is given today at the earliest.
        is_box_wanted: False to look at it as if its box were taken away.
    """
    box = cycle.snapshot.box_plan
    if box is None or is_box_wanted is False:
        box = None
    month = facts.month_facts(
        donor=cycle.membership.donor,
        tier=cycle.tier,
        is_box_wanted=box is not None,
        box=box,
        day=max(cycle.charge_on, today),
        town=selectors.municipality_get(),
        against=facts.against_of(cycle),
        recipient=cycle.snapshot.recipient if box is not None else None,
    )
    if box is not None and month.box is not None:
        lines = fulfilment_selectors.month_lines(box_plan_id=box.pk, cycle_id=cycle.pk)
        cost_yen = fulfilment_selectors.lines_cost_yen(lines=lines)
        month = replace(month, box=replace(month.box, cost_yen=cost_yen))
    return rules.rules_broken(month)


def _month_mend(
    cycle: models.Cycle, codes: Sequence[str], *, fixed_month: str, now: datetime, actor: str
) -> None:
    if donation_selectors.open_attempt(cycle_id=cycle.pk) is not None:
        raise donation_errors.AttemptOpen()
    if fixed_month == FixedMonth.LEFT_OUT:
        leaving_out.month_leave_out(cycle=cycle, reason=codes[0], now=now, actor=actor)
        return
    today = jptime.jst_date(now)
    is_of_term = cycle.box_count > 1
    remaining = month_codes(cycle, today=today, is_box_wanted=False)
    if fixed_month != FixedMonth.WITHOUT_BOX or is_of_term or remaining:
        raise errors.RuleBroken(list(codes))
    delivery.snapshot_box_remove(cycle_id=cycle.pk)
    order_queue.order_put("order.unbox", cycle_id=cycle.pk, now=now)
    settle.mail_put("month_without_box", cycle=cycle, now=now)
    settle.receiver_tell(cycle, now=now)
