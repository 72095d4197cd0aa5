"""A donor's year in one file: all receipts, the XML for e-Tax, and a page that says what to do."""

import io
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from saleor_ext.flows.receipts import etax_files, hand_out, issue
from saleor_ext.membership import models as membership_models
from saleor_ext.membership import selectors as membership_selectors
from saleor_ext.receipts import errors, models, selectors, services, states
from saleor_ext.receipts.papers import guide_paper

_Kind = states.ReceiptEventKind

NO_CERTIFICATE = "町の電子署名の用意ができていないため、e-Tax用のXMLはまだありません。"
NO_SPELLING = (
    "お名前に、e-Taxで使えない文字があります。「受領証明書」のページで、電子データでの表記を"
    "お決めになると、XMLも入ります。"
)


@dataclass(frozen=True, kw_only=True)
class Bundle:
    """A file to keep."""

    name: str
    content: bytes


def year_bundle(*, donor_id: int, year: int, today: date, now: datetime, actor: str) -> Bundle:
    """This will pack a donor's receipts of a year that hold, and note that he took them.

    Raises:
        ReceiptNotReady: there is no receipt of that year yet.
    """
    receipts = issue.receipts_settle(
        donor_id=donor_id, year=year, today=today, now=now, actor="receipts"
    )
    if not receipts:
        raise errors.ReceiptNotReady()
    donor = membership_models.Donor.objects.get(pk=donor_id)
    xml, trouble = _xml(receipts, donor=donor, year=year, today=today, now=now)
    guide = _guide(receipts, xml=xml, trouble=trouble, year=year, is_over=year < today.year)
    ids = [receipt.pk for receipt in receipts]
    files = [("00-はじめにお読みください.pdf", guide_paper.guide_pdf(guide=guide, made_at=now))]
    files += _papers(receipts, now=now)
    files += [(one.name, one.content) for one in xml]
    services.receipt_note(receipt_ids=ids, kind=_Kind.FETCHED, now=now, actor=actor)
    if xml:
        services.receipt_note(receipt_ids=ids, kind=_Kind.EXPORTED, now=now, actor=actor)
    return Bundle(name=f"receipts-{year}.zip", content=_zip(files, now=now))


def _papers(receipts: Sequence[models.Receipt], *, now: datetime) -> list[tuple[str, bytes]]:
    """An original that went out on paper gets no second one: its file is marked as a copy."""
    made = []
    for receipt in receipts:
        services.receipt_hand(
            receipt_ids=[receipt.pk], handed_as=states.HandedAs.ELECTRONIC, now=now
        )
        content = hand_out.receipt_pdf(
            receipt=receipt,
            is_marked=receipt.handed_as == states.HandedAs.PAPER,
        )
        made.append((f"{receipt.number}.pdf", content))
    return made


def _xml(
    receipts: Sequence[models.Receipt],
    *,
    donor: membership_models.Donor,
    year: int,
    today: date,
    now: datetime,
) -> tuple[list[etax_files.TaxFile], str]:
    town = membership_selectors.municipality_get()
    is_operator = selectors.settings_of(municipality_id=town.pk).is_designated_operator
    try:
        if is_operator:
            return etax_files.teg830_files(donor=donor, year=year, today=today, now=now), ""
        return etax_files.teg822_files(receipts=receipts, year=year, today=today, now=now), ""
    except errors.CertificateMissing:
        return [], NO_CERTIFICATE
    except errors.SpellingMissing:
        return [], NO_SPELLING


def _guide(
    receipts: Sequence[models.Receipt],
    *,
    xml: Sequence[etax_files.TaxFile],
    trouble: str,
    year: int,
    is_over: bool,
) -> guide_paper.Guide:
    latest = receipts[-1]
    certificate = selectors.certificate_current(municipality_id=latest.municipality_id)
    return guide_paper.Guide(
        year=year,
        is_year_over=is_over,
        town_name=latest.facts["town_name"],
        phone=latest.facts["phone"],
        donor_name=latest.paper_name,
        count=sum(len(receipt.lines.all()) for receipt in receipts),
        amount_yen=sum(receipt.amount_yen for receipt in receipts),
        xml_names=[one.name for one in xml],
        xml_trouble=trouble,
        is_test_signature=bool(xml) and certificate is not None and certificate.is_test,
        spelling_words=_spelling_words(receipts) if xml else "",
    )


def _spelling_words(receipts: Sequence[models.Receipt]) -> str:
    for receipt in receipts:
        written = etax_files.etax_name(donor_id=receipt.donor_id, name=receipt.donor_name)
        if written != receipt.donor_name:
            return (
                f"XMLの中では、お名前を「{written}」と記しています。"
                "e-Taxで使える文字が決まっているためで、証明書のお名前は変わりません。"
            )
    return ""


def _zip(files: Sequence[tuple[str, bytes]], *, now: datetime) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in files:
            entry = zipfile.ZipInfo(name, date_time=now.timetuple()[:6])
            entry.compress_type = zipfile.ZIP_DEFLATED
            packed.writestr(entry, content)
    return held.getvalue()
