"""Handing receipts out: to the donor himself, or to staff who answer for donations.

Every look is written down. The original leaves in one form: whoever has it on paper gets 再発行
when he asks for a file. A receipt is compared with the ledger before it leaves.
"""

from collections.abc import Sequence
from datetime import date, datetime

from django.conf import settings

from saleor_ext.flows.receipts import issue
from saleor_ext.membership import models as membership_models
from saleor_ext.receipts import errors, models, selectors, services, states
from saleor_ext.receipts.papers import receipt_papers

_Kind = states.ReceiptEventKind
_Handed = states.HandedAs
VERIFY_PATH = "/receipts/verify/"


def receipts_of_donor(*, donor_id: int, today: date, now: datetime) -> list[models.Receipt]:
    """This will list a donor's receipts, newest first, withdrawn ones included, each as the ledger
    has it at this moment.
    """
    for _, year in issue.out_of_step(today=today, donor_id=donor_id):
        issue.receipts_settle(donor_id=donor_id, year=year, today=today, now=now, actor="receipts")
    return list(selectors.receipts_of(donor_id=donor_id))


def receipt_fresh(
    *, receipt_id: int, donor_id: int | None, today: date, now: datetime
) -> models.Receipt:
    """This will return a receipt that holds at this moment; with a donor, only his own.

    Raises:
        NotFound: there is none, or it is another's.
        ReceiptWithdrawn: it no longer holds.
    """
    receipt = selectors.receipt_get(receipt_id=receipt_id, donor_id=donor_id)
    issue.receipts_settle(
        donor_id=receipt.donor_id, year=receipt.year, today=today, now=now, actor="receipts"
    )
    receipt = selectors.receipt_get(receipt_id=receipt_id, donor_id=donor_id)
    if receipt.state != states.ReceiptState.ISSUED:
        raise errors.ReceiptWithdrawn()
    return receipt


def receipt_fetch(
    *, receipt_id: int, donor_id: int, today: date, now: datetime, actor: str
) -> bytes:
    """This will give a donor his receipt as a file, the same one as often as he asks.

    Raises:
        NotFound: there is none, or it is another's.
        ReceiptWithdrawn: it no longer holds.
        ReceiptOnPaper: the original was sent on paper; he may have it issued again.
    """
    receipt = receipt_fresh(receipt_id=receipt_id, donor_id=donor_id, today=today, now=now)
    if receipt.handed_as == _Handed.PAPER and not receipt.reissue_count:
        raise errors.ReceiptOnPaper()
    services.receipt_hand(receipt_ids=[receipt.pk], handed_as=_Handed.ELECTRONIC, now=now)
    services.receipt_note(receipt_ids=[receipt.pk], kind=_Kind.FETCHED, now=now, actor=actor)
    return receipt_pdf(receipt=receipt)


def receipt_look(*, receipt_id: int, today: date, now: datetime, actor: str) -> bytes:
    """This will show staff a receipt as it stands; it is not handed out by that.

    Raises:
        NotFound: there is none.
        ReceiptWithdrawn: it no longer holds.
    """
    receipt = receipt_fresh(receipt_id=receipt_id, donor_id=None, today=today, now=now)
    services.receipt_note(receipt_ids=[receipt.pk], kind=_Kind.LOOKED, now=now, actor=actor)
    return receipt_pdf(receipt=receipt)


def receipt_reissue(
    *,
    receipt_id: int,
    donor_id: int | None,
    reason: str,
    today: date,
    now: datetime,
    actor: str,
) -> models.Receipt:
    """This will issue a receipt again: same number, same content, marked and counted.

    Raises:
        NotFound: there is none, or it is another's.
        ReceiptWithdrawn: it no longer holds.
    """
    receipt = receipt_fresh(receipt_id=receipt_id, donor_id=donor_id, today=today, now=now)
    return services.receipt_reissue(
        receipt_id=receipt.pk, reason=reason, today=today, now=now, actor=actor
    )


def addressee_correct(
    *,
    receipt_id: int,
    donor_name: str,
    donor_address: str,
    reason: str,
    today: date,
    now: datetime,
    actor: str,
) -> models.Receipt:
    """This will correct to whom a receipt is made out: it is withdrawn, another one replaces it.

    Raises:
        NotFound: there is none.
        ReceiptWithdrawn: it no longer holds.
        NameUnprintable: a letter cannot be printed.
    """
    receipt = receipt_fresh(receipt_id=receipt_id, donor_id=None, today=today, now=now)
    services.addressee_correct(
        donation_ids=[line.donation_id for line in receipt.lines.all()],
        donor_name=donor_name,
        donor_address=donor_address,
        reason=reason,
        now=now,
        actor=actor,
    )
    held = issue.receipts_settle(
        donor_id=receipt.donor_id, year=receipt.year, today=today, now=now, actor=actor
    )
    return next((one for one in held if one.replaces_id == receipt.pk), receipt)


def receipt_pdf(*, receipt: models.Receipt, is_marked: bool = False) -> bytes:
    """This will set one receipt. It is the same file each time until it is issued again."""
    return receipt_papers.receipts_pdf(
        papers=[(receipt_papers.text_of(receipt, is_marked=is_marked), None)],
        layout=receipt_papers.Layout(verify_url=verify_url()),
        made_at=receipt.issued_at,
    )


def verify_url() -> str:
    """This will return where receipts can be checked; it is printed on each."""
    return f"{settings.APP_URL}{VERIFY_PATH}"


def mails_of(receipts: Sequence[models.Receipt]) -> dict[int, receipt_papers.Mail]:
    """This will return where papers are sent today, by donor: where his parcels go."""
    donors = membership_models.Donor.objects.filter(pk__in={row.donor_id for row in receipts})
    return {donor.pk: _mail(donor) for donor in donors}


def _mail(donor: membership_models.Donor) -> receipt_papers.Mail:
    place = f"{donor.prefecture}{donor.city}{donor.street}"
    return receipt_papers.Mail(
        postal_code=donor.postal_code,
        address=[part for part in (place, donor.building) if part],
        name=donor.full_name,
    )
