"""Writing about receipts: issuing, withdrawing, handing out, and how the town wants them."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction

from saleor_ext.common import jptime, sealing
from saleor_ext.common.states import state_claim
from saleor_ext.receipts import errors, models, numbers, selectors, states
from saleor_ext.receipts.etax import letters, signature

_State = states.ReceiptState
_Kind = states.ReceiptEventKind

PNG_BEGINS = b"\x89PNG\r\n\x1a\n"
SEAL_BYTES_MOST = 300_000
SEAL_PIXELS_LEAST, SEAL_PIXELS_MOST = 50, 2000
SPELLING_MOST = 100
VERIFY_WINDOW = timedelta(minutes=10)
VERIFY_MOST = 20
SETTINGS = frozenset(
    {
        "grouping",
        "number_format",
        "number_digits",
        "issuer_name",
        "proviso",
        "is_window_envelope",
        "window_left_mm",
        "window_top_mm",
        "is_designated_operator",
        "operator_name",
        "operator_corporate_number",
        "town_corporate_number",
        "confirmed",
    }
)


@dataclass(frozen=True, kw_only=True)
class LineFacts:
    """One donation as a receipt names it."""

    donation_id: int
    number: str
    donated_on: date
    amount_yen: int


@dataclass(frozen=True, kw_only=True)
class ReceiptFacts:
    """What a new receipt says. `town` is what stands on it of the town."""

    municipality_id: int
    donor_id: int
    year: int
    grouping: str
    donor_name: str
    donor_address: str
    lines: Sequence[LineFacts]
    town: Mapping[str, str]
    seal_id: int | None
    replaces_id: int | None


@transaction.atomic
def settings_set(*, municipality_id: int, values: Mapping[str, Any]) -> models.ReceiptSettings:
    """This will keep how a town issues receipts from now on. Receipts already issued stay.

    Raises:
        NumberFormatRefused: numbers would not be unique, or hold letters they must not.
    """
    unknown = set(values) - SETTINGS
    if unknown:
        raise ValueError(f"no such settings: {sorted(unknown)}")
    row = selectors.settings_of(municipality_id=municipality_id)
    for name, value in values.items():
        setattr(row, name, value)
    numbers.number_format_check(text=row.number_format, digits=row.number_digits)
    row.save()
    return row


@transaction.atomic
def seal_keep(
    *, municipality_id: int, content: bytes, now: datetime, actor: str
) -> models.SealImage:
    """This will make a picture the seal of receipts issued from now on.

    Raises:
        SealRefused: it is no PNG, larger than 300 kB, or not between 50 and 2000 pixels a side.
    """
    _seal_check(content)
    rows = models.SealImage.objects.select_for_update().filter(municipality_id=municipality_id)
    rows.filter(is_current=True).update(is_current=False)
    return models.SealImage.objects.create(
        municipality_id=municipality_id,
        content=content,
        digest=hashlib.sha256(content).hexdigest(),
        added_at=now,
        actor=actor,
    )


def _seal_check(content: bytes) -> None:
    if not content.startswith(PNG_BEGINS) or len(content) > SEAL_BYTES_MOST:
        raise errors.SealRefused()
    sides = (int.from_bytes(content[16:20]), int.from_bytes(content[20:24]))
    if not all(SEAL_PIXELS_LEAST <= side <= SEAL_PIXELS_MOST for side in sides):
        raise errors.SealRefused()


@transaction.atomic
def certificate_keep(
    *, municipality_id: int, signer: signature.Signer, is_test: bool, now: datetime, actor: str
) -> models.SigningCertificate:
    """This will make a certificate the one that files are signed with; its key is sealed.

    Raises:
        CertificateRefused: it is not valid now.
    """
    if not signer.is_valid_at(now):
        raise errors.CertificateRefused("expired")
    rows = models.SigningCertificate.objects.select_for_update().filter(
        municipality_id=municipality_id
    )
    rows.filter(is_current=True).update(is_current=False, sealed_key="")
    return models.SigningCertificate.objects.create(
        municipality_id=municipality_id,
        sealed_key=sealing.seal(signer.key_pem(), purpose=selectors.SEAL_PURPOSE),
        certificate_pem=signer.certificate_pem(),
        subject=signer.subject[:300],
        issuer=signer.issuer[:300],
        fingerprint=signer.fingerprint,
        valid_from=signer.certificate.not_valid_before_utc,
        valid_to=signer.certificate.not_valid_after_utc,
        is_test=is_test,
        added_at=now,
        actor=actor,
    )


def seals_renew() -> int:
    """This will seal the signing keys with the first of SEALING_KEYS, and count them.

    Raises:
        SealBroken: none of the keys opens one; nothing is changed then.
    """
    with transaction.atomic():
        rows = models.SigningCertificate.objects.select_for_update().exclude(sealed_key="")
        for row in (found := list(rows)):
            row.sealed_key = sealing.renew(row.sealed_key, purpose=selectors.SEAL_PURPOSE)
            row.save(update_fields=["sealed_key"])
    return len(found)


def spelling_set(*, donor_id: int, name: str, etax_name: str, now: datetime) -> models.NameSpelling:
    """This will keep how a donor wants a name written in the tax office's files.

    Raises:
        SpellingRefused: it is empty, too long, or holds letters the files do not know.
    """
    text = " ".join(etax_name.split(" ")).strip()
    if not text or len(text) > SPELLING_MOST or not letters.is_allowed(text):
        raise errors.SpellingRefused()
    row, _ = models.NameSpelling.objects.update_or_create(
        donor_id=donor_id, name=name, defaults={"etax_name": text, "noted_at": now}
    )
    return row


def addressee_correct(
    *,
    donation_ids: Sequence[int],
    donor_name: str,
    donor_address: str,
    reason: str,
    now: datetime,
    actor: str,
) -> None:
    """This will note another name and address for the receipts of some donations.

    Raises:
        NameUnprintable: a letter cannot be printed.
    """
    for field, text in (("donor_name", donor_name), ("donor_address", donor_address)):
        if not letters.paper_written(text).is_whole:
            raise errors.NameUnprintable(field=field)
    models.AddresseeCorrection.objects.bulk_create(
        models.AddresseeCorrection(
            donation_id=donation_id,
            donor_name=donor_name,
            donor_address=donor_address,
            reason=reason[:200],
            at=now,
            actor=actor,
        )
        for donation_id in donation_ids
    )


@transaction.atomic
def receipt_issue(*, facts: ReceiptFacts, today: date, now: datetime, actor: str) -> models.Receipt:
    """This will issue a receipt. Its number is that of its first donation.

    The caller holds the donor's row, so that nobody else issues for the same donations.

    Law: receipt_items
    """
    first = facts.lines[0]
    receipt = models.Receipt.objects.create(
        municipality_id=facts.municipality_id,
        donor_id=facts.donor_id,
        year=facts.year,
        grouping=facts.grouping,
        state=_State.ISSUED,
        number=first.number,
        donor_name=facts.donor_name,
        donor_address=facts.donor_address,
        paper_name=letters.paper_written(facts.donor_name).text,
        paper_address=letters.paper_written(facts.donor_address).text,
        amount_yen=sum(line.amount_yen for line in facts.lines),
        issued_on=today,
        issued_at=now,
        facts=dict(facts.town),
        seal_id=facts.seal_id,
        verify_code=numbers.code_new(),
        replaces_id=facts.replaces_id,
    )
    models.ReceiptLine.objects.bulk_create(
        models.ReceiptLine(
            receipt=receipt,
            donation_id=line.donation_id,
            position=position,
            number=line.number,
            donated_on=line.donated_on,
            amount_yen=line.amount_yen,
        )
        for position, line in enumerate(facts.lines)
    )
    receipt_note(receipt_ids=[receipt.pk], kind=_Kind.ISSUED, now=now, actor=actor)
    return receipt


@transaction.atomic
def receipt_withdraw(*, receipt_id: int, reason: str, now: datetime, actor: str) -> None:
    """This will withdraw a receipt; its donations may stand on another one.

    Raises:
        InvalidTransition: it was withdrawn before.
    """
    state_claim(
        models.Receipt.objects.filter(pk=receipt_id),
        to=_State.WITHDRAWN,
        transitions=states.RECEIPT_TRANSITIONS,
        withdrawn_at=now,
        withdrawn_reason=reason,
    )
    models.ReceiptLine.objects.filter(receipt_id=receipt_id).update(is_current=False)
    receipt_note(
        receipt_ids=[receipt_id], kind=_Kind.WITHDRAWN, now=now, actor=actor, reason=reason
    )


@transaction.atomic
def receipt_hand(*, receipt_ids: Sequence[int], handed_as: str, now: datetime) -> int:
    """This will note in which form originals were first handed out; returns for how many."""
    rows = models.Receipt.objects.filter(
        pk__in=receipt_ids, state=_State.ISSUED, handed_as=states.HandedAs.NOT_YET
    )
    return rows.update(handed_as=handed_as, handed_at=now)


@transaction.atomic
def receipt_reissue(
    *, receipt_id: int, reason: str, today: date, now: datetime, actor: str
) -> models.Receipt:
    """This will issue a receipt again: same number, same content, marked 再発行.

    Raises:
        ReceiptWithdrawn: it no longer holds.
    """
    receipt = models.Receipt.objects.select_for_update().get(pk=receipt_id)
    if receipt.state != _State.ISSUED:
        raise errors.ReceiptWithdrawn()
    receipt.reissue_count += 1
    receipt.reissued_on = today
    if receipt.handed_as == states.HandedAs.NOT_YET:
        receipt.handed_as, receipt.handed_at = states.HandedAs.ELECTRONIC, now
    receipt.save(update_fields=["reissue_count", "reissued_on", "handed_as", "handed_at"])
    receipt_note(receipt_ids=[receipt_id], kind=_Kind.REISSUED, now=now, actor=actor, reason=reason)
    return receipt


@transaction.atomic
def verify_count(*, place: str, now: datetime) -> None:
    """This will count one question about a receipt from a place, a digest of its address.

    Raises:
        VerifyDelayed: there were too many within some minutes.
    """
    begun = jptime.jst_moment(jptime.jst_date(now))
    begun += (now - begun) // VERIFY_WINDOW * VERIFY_WINDOW
    row, _ = models.VerifyWindow.objects.select_for_update().get_or_create(
        place=place, begun_at=begun
    )
    if row.count >= VERIFY_MOST:
        raise errors.VerifyDelayed()
    row.count += 1
    row.save(update_fields=["count"])


def verify_windows_clear(*, before: datetime) -> int:
    """This will forget who asked before a moment; returns how many windows there were."""
    count, _ = models.VerifyWindow.objects.filter(begun_at__lt=before).delete()
    return count


def receipt_note(
    *, receipt_ids: Sequence[int], kind: str, now: datetime, actor: str, reason: str = ""
) -> None:
    """This will write down what happened to receipts, one row each."""
    models.ReceiptEvent.objects.bulk_create(
        models.ReceiptEvent(
            receipt_id=receipt_id, kind=kind, at=now, actor=actor, reason=reason[:200]
        )
        for receipt_id in receipt_ids
    )
