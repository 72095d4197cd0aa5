"""The donor says what he wants: with the link in the mail, or signed in, until the cut-off."""

from datetime import date, datetime

from django.conf import settings
from django.db.models import Q, QuerySet

from saleor_ext.common import jptime, sealing
from saleor_ext.common.errors import InvalidTransition, NotFound
from saleor_ext.flows import errors
from saleor_ext.flows.swaps import deciding
from saleor_ext.fulfilment import errors as fulfilment_errors
from saleor_ext.fulfilment import models, selectors

PURPOSE = "swap"
PATH = "/swap/"


def link_make(*, swap_id: int) -> str:
    """This will write the link for the mail; whoever has it may answer, as with a letter."""
    return f"{settings.APP_URL}{PATH}{seal(swap_id=swap_id)}/"


def seal(*, swap_id: int) -> str:
    """This will return the last part of the link."""
    return sealing.seal(str(swap_id), purpose=PURPOSE)


def swap_read(*, sealed: str) -> models.Swap:
    """This will return the swap a link is about, decided or not.

    Raises:
        LinkBroken: it is none of ours.
    """
    try:
        return selectors.swap_get(swap_id=int(sealing.unseal(sealed, purpose=PURPOSE)))
    except (sealing.SealBroken, ValueError, NotFound):
        raise errors.LinkBroken() from None


def is_open(swap: models.Swap, *, today: date) -> bool:
    """This will say whether it can still be answered."""
    return deciding.is_open(swap, today=today)


def swaps_of(*, donor_id: int) -> list[models.Swap]:
    """This will list what a donor is asked about his own boxes."""
    return list(_asked().filter(_receives(donor_id)))


def _asked() -> QuerySet[models.Swap]:
    return selectors.swaps_asked().filter(deciding.month_is_open())


def swap_of_month(*, cycle_id: int, donor_id: int) -> models.Swap | None:
    """This will return the question a month waits for, if this donor is the one to answer it."""
    rows = _asked().filter(_receives(donor_id), cycle_id=cycle_id)
    return rows.order_by("pk").first()


def swap_ids_of(*, donor_id: int) -> set[int]:
    """This will name every swap of a donor's boxes, decided or not."""
    rows = models.Swap.objects.filter(_receives(donor_id))
    return set(rows.values_list("pk", flat=True))


def _receives(donor_id: int) -> Q:
    own = Q(cycle__membership__donor_id=donor_id, cycle__snapshot__recipient__isnull=True)
    return own | Q(cycle__snapshot__recipient_id=donor_id)


def swap_answer(*, swap_id: int, is_accepted: bool, now: datetime, actor: str) -> models.Swap:
    """This will do what the donor said.

    Raises:
        SwapOver: it was decided already, or the day for an answer is over.
        AttemptOpen: a payment of the month is under way; try again.
    """
    swap = selectors.swap_get(swap_id=swap_id)
    if not is_open(swap, today=jptime.jst_date(now)):
        raise fulfilment_errors.SwapOver()
    try:
        return deciding.decide(
            swap_id=swap_id, is_accepted=is_accepted, now=now, actor=actor, reason="answer"
        )
    except InvalidTransition:
        raise fulfilment_errors.SwapOver() from None
