"""What the staff pages about receipts show."""

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from saleor_ext.dashboard import messages
from saleor_ext.dashboard.lists import tones
from saleor_ext.flows.receipts import issue
from saleor_ext.membership import models as membership_models
from saleor_ext.membership import selectors as membership_selectors
from saleor_ext.receipts import models, selectors, states

JOBS_SHOWN = 10
YEARS_BACK = 5
EXPIRES_SOON_DAYS = 60


@dataclass(frozen=True, kw_only=True)
class EventLine:
    """One thing that happened to a receipt."""

    at: datetime
    label: str
    actor: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class ReceiptPage:
    """One receipt."""

    receipt: models.Receipt
    lines: Sequence[models.ReceiptLine]
    events: Sequence[EventLine]
    tone: str
    holds: bool
    withdrawn_words: str
    replacements: Sequence[models.Receipt]


@dataclass(frozen=True, kw_only=True)
class JobLine:
    """A print job."""

    job: models.PrintJob
    tone: str
    percent: int
    is_open: bool
    has_file: bool
    can_retry: bool


@dataclass(frozen=True, kw_only=True)
class PrintsPage:
    """A year's receipts: counts, what can be made of them, and the jobs."""

    year: int
    years: Sequence[int]
    counts: dict[str, int]
    waiting: int
    waits_for_year_end: bool
    is_window_envelope: bool
    is_operator: bool
    has_seal: bool
    jobs: Sequence[JobLine]
    is_open: bool


def receipt_page(*, receipt_id: int) -> ReceiptPage:
    """This will gather one receipt with everything that happened to it.

    Raises:
        NotFound: there is none.
    """
    receipt = selectors.receipt_get(receipt_id=receipt_id)
    return ReceiptPage(
        receipt=receipt,
        lines=list(receipt.lines.all()),
        events=[_event(row) for row in selectors.events_of(receipt_id=receipt_id)],
        tone=tones.RECEIPT[receipt.state],
        holds=receipt.state == states.ReceiptState.ISSUED,
        withdrawn_words=messages.WITHDRAWN.get(receipt.withdrawn_reason, receipt.withdrawn_reason),
        replacements=list(receipt.replacements.order_by("pk")),
    )


def _event(row: models.ReceiptEvent) -> EventLine:
    return EventLine(
        at=row.at,
        label=row.get_kind_display(),
        actor=messages.actor_words(row.actor),
        reason=messages.WITHDRAWN.get(row.reason, row.reason),
    )


def prints_page(*, year: int, today: date) -> PrintsPage:
    """This will gather a year's receipts."""
    town = membership_selectors.municipality_get()
    settings = selectors.settings_of(municipality_id=town.pk)
    jobs = [_job(job) for job in selectors.print_jobs(municipality_id=town.pk)[:JOBS_SHOWN]]
    is_per_year = settings.grouping == states.Grouping.YEAR
    waiting = sum(1 for _, one in issue.out_of_step(today=today) if one == year)
    return PrintsPage(
        year=year,
        years=range(today.year, today.year - YEARS_BACK, -1),
        counts=selectors.year_counts(municipality_id=town.pk, year=year),
        waiting=waiting,
        waits_for_year_end=is_per_year and year >= today.year,
        is_window_envelope=settings.is_window_envelope,
        is_operator=settings.is_designated_operator,
        has_seal=selectors.seal_current(municipality_id=town.pk) is not None,
        jobs=jobs,
        is_open=any(job.is_open for job in jobs),
    )


def _job(job: models.PrintJob) -> JobLine:
    handled = job.done + job.left_out
    return JobLine(
        job=job,
        tone=tones.PRINT[job.state],
        percent=handled * 100 // job.total,
        is_open=job.state in states.PRINT_OPEN,
        has_file=job.state == states.PrintState.FINISHED,
        can_retry=job.state == states.PrintState.FAILED,
    )


def expiry_words(certificate: models.SigningCertificate | None, *, now: datetime) -> str:
    """This will warn of a certificate that ends soon or has ended, "" otherwise."""
    if certificate is None:
        return "e-Tax用のXMLを出すには、町の電子署名の証明書が要ります。"
    left = (certificate.valid_to - now).days
    if left < 0:
        return "証明書の有効期限が過ぎました。e-Tax用のXMLは出せません。"
    return f"証明書の有効期限まで、あと{left}日です。" if left < EXPIRES_SOON_DAYS else ""


def default_issuer(town: membership_models.Municipality) -> str:
    """This will return the name that stands on receipts when none was set."""
    return f"{town.prefecture}{town.county}{town.name}"


def seal_url(*, municipality_id: int) -> str:
    """This will return the picture of the seal as an address that holds it whole, "" without one.

    Inside the shop's Dashboard pictures are not fetched with a sign-in, so it comes with the page.
    """
    seal = selectors.seal_current(municipality_id=municipality_id)
    if seal is None:
        return ""
    return f"data:image/png;base64,{base64.b64encode(bytes(seal.content)).decode()}"
