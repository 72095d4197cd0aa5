"""Reading about receipts, their settings, certificates and print jobs."""

from collections.abc import Iterator
from datetime import datetime

from django.db.models import Exists, F, OuterRef, Prefetch, Q, QuerySet, Sum
from django.db.models.functions import Coalesce

from saleor_ext.common import sealing
from saleor_ext.common.errors import NotFound
from saleor_ext.receipts import errors, models, numbers, states
from saleor_ext.receipts.etax import signature

SEAL_PURPOSE = "receipt-certificate"


def settings_of(*, municipality_id: int) -> models.ReceiptSettings:
    """This will return how a town issues receipts; the defaults when it never said."""
    found = models.ReceiptSettings.objects.filter(municipality_id=municipality_id).first()
    return found or models.ReceiptSettings(municipality_id=municipality_id)


def seal_current(*, municipality_id: int) -> models.SealImage | None:
    """This will return the picture of the seal that new receipts bear, if there is one."""
    return models.SealImage.objects.filter(municipality_id=municipality_id, is_current=True).first()


def certificate_current(*, municipality_id: int) -> models.SigningCertificate | None:
    """This will return the certificate that files are signed with, if there is one."""
    rows = models.SigningCertificate.objects.filter(municipality_id=municipality_id)
    return rows.filter(is_current=True).first()


def signer_of(*, municipality_id: int, now: datetime) -> signature.Signer:
    """This will open the town's key.

    Raises:
        CertificateMissing: there is none, or it is not valid now.
    """
    row = certificate_current(municipality_id=municipality_id)
    if row is None or not row.valid_from <= now <= row.valid_to:
        raise errors.CertificateMissing()
    return signature.signer_from_pem(
        key_pem=sealing.unseal(row.sealed_key, purpose=SEAL_PURPOSE),
        certificate_pem=row.certificate_pem,
    )


def spelling_of(*, donor_id: int, name: str) -> str:
    """This will return how a donor wants a name written for e-Tax, "" when he never said."""
    row = models.NameSpelling.objects.filter(donor_id=donor_id, name=name).first()
    return row.etax_name if row else ""


def spellings_of(*, donor_ids: list[int]) -> dict[tuple[int, str], str]:
    """This will return the spellings many donors chose, by donor and name."""
    rows = models.NameSpelling.objects.filter(donor_id__in=donor_ids)
    return {(row.donor_id, row.name): row.etax_name for row in rows}


def receipts() -> QuerySet[models.Receipt]:
    """This will select all receipts with their donations, in the order of their lines."""
    lines = models.ReceiptLine.objects.order_by("position")
    return models.Receipt.objects.select_related("seal", "replaces").prefetch_related(
        Prefetch("lines", queryset=lines)
    )


def receipts_of(*, donor_id: int, year: int | None = None) -> QuerySet[models.Receipt]:
    """This will list a donor's receipts, newest first, withdrawn ones included."""
    rows = receipts().filter(donor_id=donor_id).order_by("-year", "-issued_on", "-pk")
    return rows if year is None else rows.filter(year=year)


def receipts_holding(*, donor_id: int, year: int) -> QuerySet[models.Receipt]:
    """This will list a donor's receipts of a year that hold, in the order of their numbers."""
    rows = receipts().filter(donor_id=donor_id, year=year, state=states.ReceiptState.ISSUED)
    return rows.order_by("number", "pk")


def receipt_get(*, receipt_id: int, donor_id: int | None = None) -> models.Receipt:
    """This will return a receipt; with a donor, only his own.

    Raises:
        NotFound: there is none, or it is another's.
    """
    rows = receipts().filter(pk=receipt_id)
    found = (rows if donor_id is None else rows.filter(donor_id=donor_id)).first()
    if found is None:
        raise NotFound(what="receipt")
    return found


def years_of(*, donor_id: int) -> list[int]:
    """This will list the years for which a donor has receipts, newest first."""
    rows = models.Receipt.objects.filter(donor_id=donor_id).values_list("year", flat=True)
    return sorted(set(rows), reverse=True)


def events_of(*, receipt_id: int) -> QuerySet[models.ReceiptEvent]:
    """This will list what happened to a receipt, newest first."""
    return models.ReceiptEvent.objects.filter(receipt_id=receipt_id).order_by("-pk")


def receipt_to_verify(*, number: str, code: str) -> models.ReceiptLine | None:
    """This will return the donation behind a printed number and code, if its receipt holds."""
    rows = models.ReceiptLine.objects.select_related("receipt").filter(
        receipt__verify_code=numbers.code_read(code),
        receipt__state=states.ReceiptState.ISSUED,
    )
    wanted = numbers.number_plain(number).upper()
    return next((row for row in rows if numbers.number_plain(row.number).upper() == wanted), None)


def lines_not_right() -> QuerySet[models.ReceiptLine]:
    """This will select donations on receipts that hold whose amount is no longer what they say."""
    left = F("donation__amount_yen") + Coalesce(Sum("donation__corrections__amount_yen"), 0)
    # Without a correction a line says what its donation says: those are most, and not looked at.
    rows = models.ReceiptLine.objects.filter(is_current=True, donation__corrections__isnull=False)
    return rows.annotate(left_yen=left).exclude(left_yen=F("amount_yen"))


def addressees_of(*, donation_ids: list[int]) -> dict[int, models.AddresseeCorrection]:
    """This will return the latest correction of the addressee, by donation."""
    rows = models.AddresseeCorrection.objects.filter(donation_id__in=donation_ids).order_by("pk")
    return {row.donation_id: row for row in rows}


def numbers_printed(*, donation_ids: list[int]) -> dict[int, str]:
    """This will return the numbers donations had on paper: they stay when the form changes."""
    rows = models.ReceiptLine.objects.filter(donation_id__in=donation_ids).order_by("-pk")
    return dict(rows.values_list("donation_id", "number"))


def receipts_for_csv(*, municipality_id: int, year: int) -> QuerySet[models.Receipt]:
    """This will select the receipts of a year that hold, each donor's together."""
    rows = receipts().filter(
        municipality_id=municipality_id, year=year, state=states.ReceiptState.ISSUED
    )
    return rows.order_by("donor_id", "donor_name", "number", "pk")


def receipts_to_print(*, municipality_id: int, year: int) -> QuerySet[models.Receipt]:
    """This will select the receipts of a year that were handed to nobody in any form yet."""
    return models.Receipt.objects.filter(
        municipality_id=municipality_id,
        year=year,
        state=states.ReceiptState.ISSUED,
        handed_as=states.HandedAs.NOT_YET,
    ).order_by("number", "pk")


def year_counts(*, municipality_id: int, year: int) -> dict[str, int]:
    """This will count a year's receipts: issued, handed on paper, fetched, not yet, withdrawn."""
    rows = models.Receipt.objects.filter(municipality_id=municipality_id, year=year)
    issued = rows.filter(state=states.ReceiptState.ISSUED)
    return {
        "issued": issued.count(),
        "paper": issued.filter(handed_as=states.HandedAs.PAPER).count(),
        "electronic": issued.filter(handed_as=states.HandedAs.ELECTRONIC).count(),
        "not_yet": issued.filter(handed_as=states.HandedAs.NOT_YET).count(),
        "withdrawn": rows.filter(state=states.ReceiptState.WITHDRAWN).count(),
    }


def print_jobs(*, municipality_id: int) -> QuerySet[models.PrintJob]:
    """This will list print jobs, newest first."""
    return models.PrintJob.objects.filter(municipality_id=municipality_id).order_by("-pk")


def print_job_get(*, job_id: int) -> models.PrintJob:
    """This will return a print job.

    Raises:
        NotFound: there is none.
    """
    job = models.PrintJob.objects.filter(pk=job_id).first()
    if job is None:
        raise NotFound(what="print job")
    return job


def print_jobs_waiting(*, quiet_since: datetime) -> list[int]:
    """This will list print jobs that wait, or whose worker has given no sign for a while."""
    rows = models.PrintJob.objects.filter(state__in=sorted(states.PRINT_OPEN)).filter(
        Q(worked_at__isnull=True) | Q(worked_at__lt=quiet_since)
    )
    return list(rows.order_by("pk").values_list("pk", flat=True))


def print_file(*, job_id: int) -> Iterator[bytes]:
    """This will yield a finished print job's file piece by piece."""
    rows = models.PrintPart.objects.filter(job_id=job_id, kind=states.PartKind.FILE)
    for content in rows.order_by("number").values_list("content", flat=True).iterator(1):
        yield bytes(content)


def print_batches(*, job_id: int) -> Iterator[tuple[int, bytes]]:
    """This will yield the pages already set for a print job, in their order."""
    rows = models.PrintPart.objects.filter(job_id=job_id, kind=states.PartKind.BATCH)
    for number, content in rows.order_by("number").values_list("number", "content").iterator(1):
        yield number, bytes(content)


def print_items(*, job_id: int, position_from: int, count: int) -> list[models.Receipt]:
    """This will return some receipts of a print job, in the order of its pages."""
    ids = list(
        models.PrintItem.objects.filter(
            job_id=job_id, position__gte=position_from, position__lt=position_from + count
        )
        .order_by("position")
        .values_list("receipt_id", flat=True)
    )
    found = {row.pk: row for row in receipts().filter(pk__in=ids)}
    return [found[receipt_id] for receipt_id in ids]


def print_jobs_old(*, finished_before: datetime) -> list[int]:
    """This will list finished print jobs whose file has lain about for long enough."""
    rows = models.PrintJob.objects.filter(
        state=states.PrintState.FINISHED, finished_at__lt=finished_before
    )
    return list(rows.order_by("pk").values_list("pk", flat=True))


def print_batches_done(*, job_id: int) -> set[int]:
    """This will say which pages of a print job are set already."""
    rows = models.PrintPart.objects.filter(job_id=job_id, kind=states.PartKind.BATCH)
    return set(rows.values_list("number", flat=True))


def donations_without_receipt() -> Q:
    """This will return the condition, on donations, that no receipt that holds names them."""
    held = models.ReceiptLine.objects.filter(is_current=True, donation_id=OuterRef("pk"))
    return Q(~Exists(held))
