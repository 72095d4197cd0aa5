"""The link in a mail by which a donor makes up for one month without signing in.

It is signed, names nobody, works until the day he was told, and opens nothing but that payment.
"""

from datetime import date, datetime, timedelta
from enum import StrEnum

from django.core import signing

from saleor_ext.donations import selectors as donation_selectors
from saleor_ext.flows import errors
from saleor_ext.flows.limits import year_gate
from saleor_ext.flows.month import pay_step, recover
from saleor_ext.flows.month.pay_step import PayStep
from saleor_ext.membership import models, selectors

SALT = "dunning.pay_link"
# Longer than any town waits; the day that counts is the month's own.
LONGEST = timedelta(days=120)


class LinkState(StrEnum):
    """What a link leads to on a day."""

    OPEN = "open"
    ASKED = "asked"
    PAID = "paid"
    YEAR_OVER = "year_over"
    OVER = "over"


def link_token(*, cycle: models.Cycle) -> str:
    """This will make the token of a month's link."""
    return signing.dumps({"month": cycle.pk, "of": cycle.membership.public_id}, salt=SALT)


def link_cycle(*, token: str) -> models.Cycle:
    """This will return the month behind a token.

    Raises:
        LinkBroken: it is none of ours, or much too old.
    """
    try:
        read = signing.loads(token, salt=SALT, max_age=LONGEST)
    except signing.BadSignature as error:
        raise errors.PayLinkBroken() from error
    cycle = models.Cycle.objects.filter(pk=read["month"], membership__public_id=read["of"]).first()
    if cycle is None:
        raise errors.PayLinkBroken()
    return selectors.cycle_get(cycle_id=cycle.pk)


def link_state(*, cycle: models.Cycle, today: date) -> LinkState:
    """This will say what can be done about a month on a day in Japan."""
    if donation_selectors.attempt_received(cycle_id=cycle.pk) is not None:
        return LinkState.PAID
    if not recover.is_owed(cycle=cycle) or recover.is_day_over(cycle, today=today):
        return LinkState.OVER
    if year_gate.is_held_back(cycle, today=today):
        return LinkState.YEAR_OVER
    if recover.is_box_asked(cycle):
        return LinkState.ASKED
    return LinkState.OPEN


def link_pay(*, cycle: models.Cycle, now: datetime) -> PayStep:
    """This will bring the month to the point where the donor enters his card.

    Raises:
        NothingOwed: the month waits for nothing any more.
        and what `recover.month_pay` raises.
    """
    if not recover.is_owed(cycle=cycle):
        raise errors.NothingOwed()
    return recover.month_pay(cycle=cycle, now=now, actor=_actor(cycle))


def link_finish(*, cycle: models.Cycle, now: datetime) -> PayStep:
    """This will find out, after the card page, what became of the month.

    Raises:
        NothingOwed: nobody has tried to pay it.
    """
    return pay_step.finish(cycle=cycle, now=now, actor=_actor(cycle))


def _actor(cycle: models.Cycle) -> str:
    return f"donor:{cycle.membership.donor_id}"
