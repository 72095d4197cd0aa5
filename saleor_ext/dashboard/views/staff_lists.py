"""The staff lists as pages and as files."""

from collections.abc import Iterator

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from saleor_ext.access.roles import Act
from saleor_ext.common import clock
from saleor_ext.dashboard import access_log, csv_files, inputs
from saleor_ext.dashboard.lists import reading
from saleor_ext.dashboard.lists.every import LISTS
from saleor_ext.dashboard.permissions import MemberRequest, staff_may


@staff_may(Act.LOOK)
@require_GET
def staff_list(request: MemberRequest, slug: str) -> HttpResponse:
    """One page of a list, with search, filters and counts."""
    definition, today = LISTS[slug], clock.today()
    people = request.principal.may_see_people
    try:
        query = reading.query_read(definition, request.GET, today=today)
        page = reading.page_make(definition, query, may_see_people=people, today=today)
    except inputs.BadInput as error:
        return inputs.problem(request, text=str(error), back_url=reverse(f"staff:{slug}"))
    if people and any(column.is_personal for column in page.headers):
        access_log.look_note(
            principal=request.principal, what=f"{slug}_list", object_ids=page.row_ids
        )
    context = {
        "page": page,
        "section": slug,
        "list_url": reverse(f"staff:{slug}"),
        "csv_url": reverse(f"staff:{slug}_csv"),
    }
    return render(request, "dashboard/staff/list.html", context)


@staff_may(Act.LOOK)
@require_GET
def staff_csv(request: MemberRequest, slug: str) -> HttpResponseBase:
    """All rows of the list as it is filtered now, without the columns one may not see."""
    definition, today = LISTS[slug], clock.today()
    people = request.principal.may_see_people
    try:
        query = reading.query_read(definition, request.GET, today=today)
        rows = reading.rows_select(definition, query, may_see_people=people, today=today)
    except inputs.BadInput as error:
        return inputs.problem(request, text=str(error), back_url=reverse(f"staff:{slug}"))
    columns = reading.columns_for(definition, may_see_people=people, is_csv=True)
    access_log.export_note(
        principal=request.principal, what=f"{slug}_csv", row_count=rows.order_by().count()
    )
    lines: Iterator[list[object]] = reading.csv_rows(rows, columns)
    header = [column.label for column in columns]
    return csv_files.download(name=f"{slug}-{today:%Y%m%d}", header=header, rows=lines)
