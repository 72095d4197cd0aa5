"""Who reads: what content asks of a donor, for pages, API and events alike."""

from datetime import date

from saleor_ext.content import selectors as content_selectors
from saleor_ext.flows.together import counting
from saleor_ext.membership import selectors


def reader_of(*, donor_id: int | None, today: date) -> content_selectors.Reader:
    """This will say as whom a donor reads on a day in Japan; None is a visitor."""
    if donor_id is None:
        return content_selectors.NOBODY
    rank = selectors.content_rank(donor_id=donor_id, today=today)
    if rank is None:
        return content_selectors.NOBODY
    months = counting.months_together(donor_id=donor_id, today=today)
    return content_selectors.Reader(rank=rank, months=months)
