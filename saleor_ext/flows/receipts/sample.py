"""A sample of a receipt as the town would issue it today, made out to nobody."""

from datetime import date, datetime

from saleor_ext.flows.receipts import hand_out, issue
from saleor_ext.membership import selectors as membership_selectors
from saleor_ext.receipts import numbers, selectors
from saleor_ext.receipts.papers import receipt_papers

NAME, ADDRESS, POSTAL_CODE = "見本　太郎", "見本県見本市見本町1-2-3", "000-0000"
MARK = "見本"
CODE = "XXXXXXXXXX"
AMOUNT_YEN = 3000


def sample_pdf(*, today: date, now: datetime) -> bytes:
    """This will set a sample with the town's present settings. Nothing is written."""
    town = membership_selectors.municipality_get()
    settings = selectors.settings_of(municipality_id=town.pk)
    number = numbers.number_print(
        text=settings.number_format, digits=settings.number_digits, year=today.year, number=0
    )
    text = receipt_papers.PaperText(
        name=NAME,
        address=ADDRESS,
        lines=[(number, today, AMOUNT_YEN)],
        year=today.year,
        issued_on=today,
        code=CODE,
        facts=issue.town_facts(town=town, settings=settings),
        seal=selectors.seal_current(municipality_id=town.pk),
        mark=MARK,
    )
    mail = receipt_papers.Mail(postal_code=POSTAL_CODE, address=[ADDRESS], name=NAME)
    return receipt_papers.receipts_pdf(
        papers=[(text, mail if settings.is_window_envelope else None)],
        layout=receipt_papers.Layout(
            verify_url=hand_out.verify_url(),
            window_left_mm=settings.window_left_mm,
            window_top_mm=settings.window_top_mm,
        ),
        made_at=now,
    )
