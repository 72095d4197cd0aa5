"""The papers of the ledger: looked at, kept as CSV, printed as PDF."""

from collections.abc import Mapping
from itertools import islice

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from saleor_ext.access.roles import Act
from saleor_ext.common import clock
from saleor_ext.dashboard import access_log, csv_files, inputs
from saleor_ext.dashboard.permissions import MemberRequest, staff_may
from saleor_ext.donations import selectors as donation_selectors
from saleor_ext.flows.books import paper_files, papers
from saleor_ext.flows.books import period as periods
from saleor_ext.membership import selectors

ROWS_SHOWN = 100


def _paper(request: MemberRequest, *, is_file: bool) -> papers.Paper:
    """What is asked for in the address.

    Raises:
        BadInput: it names no paper or no period.
    """
    asked: Mapping[str, str] = request.GET
    this_month = f"{clock.today():%Y-%m}"
    try:
        kind = papers.PaperKind(asked.get("paper", papers.PaperKind.DAYS))
        period = periods.period_read(asked.get("period", this_month))
    except ValueError:
        raise inputs.BadInput("その書類か期間はありません。一覧から選び直してください。") from None
    return papers.paper_make(
        kind=kind,
        period=period,
        may_see_people=request.principal.may_see_people,
        is_file=is_file,
    )


@staff_may(Act.LOOK)
@require_GET
def paper(request: MemberRequest) -> HttpResponse:
    """A paper as a page, cut where a screen ends to be of use."""
    try:
        made = _paper(request, is_file=False)
    except inputs.BadInput as error:
        return inputs.problem(request, text=str(error), back_url=reverse("staff:papers"))
    if made.kind is papers.PaperKind.LEDGER and request.principal.may_see_people:
        access_log.look_note(
            principal=request.principal, what="ledger_paper", object_ids=[made.period.code]
        )
    first = donation_selectors.first_day() or clock.today()
    context = {
        "section": "papers",
        "made": made,
        "rows": [_cells(row, made) for row in islice(made.rows, ROWS_SHOWN)],
        "totals": _cells(made.totals, made) if made.totals else [],
        "is_cut": made.row_count > ROWS_SHOWN,
        "is_too_long": made.row_count > paper_files.PDF_ROWS_MAX,
        "kinds": list(papers.TITLES.items()),
        "periods": periods.periods_offered(today=clock.today(), first=first),
        "are_people_hidden": not request.principal.may_see_people,
    }
    return render(request, "dashboard/staff/papers.html", context)


def _cells(row: object, made: papers.Paper) -> list[tuple[str, str, str]]:
    values = row if isinstance(row, tuple) else ()
    return [
        (column.label, column.kind, paper_files.value_write(value, kind=column.kind))
        for column, value in zip(made.columns, values, strict=True)
    ]


@staff_may(Act.LOOK)
@require_GET
def paper_csv(request: MemberRequest) -> HttpResponseBase:
    """The whole paper for a spreadsheet."""
    try:
        made = _paper(request, is_file=True)
    except inputs.BadInput as error:
        return inputs.problem(request, text=str(error), back_url=reverse("staff:papers"))
    access_log.export_note(
        principal=request.principal, what=f"{made.kind}_paper_csv", row_count=made.row_count
    )
    return csv_files.download(
        name=paper_files.file_name(made),
        header=paper_files.csv_header(made),
        rows=paper_files.csv_rows(made),
    )


@staff_may(Act.LOOK)
@require_GET
def paper_pdf(request: MemberRequest) -> HttpResponse:
    """The whole paper to be printed and kept."""
    try:
        made = _paper(request, is_file=False)
        content = paper_files.pdf_one(made, town=selectors.municipality_get(), now=clock.now())
    except (inputs.BadInput, paper_files.PaperTooLong) as error:
        words = str(error) if isinstance(error, inputs.BadInput) else _too_long_words()
        return inputs.problem(request, text=words, back_url=reverse("staff:papers"))
    access_log.export_note(
        principal=request.principal, what=f"{made.kind}_paper_pdf", row_count=made.row_count
    )
    response = HttpResponse(content, content_type="application/pdf")
    name = paper_files.file_name(made)
    response["Content-Disposition"] = f'attachment; filename="{name}.pdf"'
    return response


def _too_long_words() -> str:
    return (
        f"1つのPDFにできるのは{paper_files.PDF_ROWS_MAX:,}行までです。"
        "期間を短くするか、CSVをお使いください。"
    )
