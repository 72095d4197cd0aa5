"""The register of rules, as staff see it."""

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from saleor_ext.access.roles import Act
from saleor_ext.common import clock
from saleor_ext.dashboard import csv_files, inputs
from saleor_ext.dashboard.permissions import MemberRequest, staff_may
from saleor_ext.dashboard.queries import law as queries
from saleor_ext.dashboard.queries import value_added


@staff_may(Act.LOOK)
@require_GET
def law(request: MemberRequest) -> HttpResponse:
    """What holds today or on a day that is asked for, what changes next, what held before."""
    try:
        day = inputs.day_read(request.GET.get("on", ""))
    except inputs.BadInput as error:
        return inputs.problem(request, text=str(error), back_url=reverse("staff:law"))
    page = queries.law_page(day=day or clock.today(), today=clock.today())
    return render(request, "dashboard/staff/law.html", {"page": page, "section": "law"})


@staff_may(Act.LOOK)
@require_GET
def betten1(request: MemberRequest) -> HttpResponseBase:
    """What makers certify of their category 3 gifts (別添1), one row a gift. No personal data."""
    return csv_files.download(
        name=f"betten1-{clock.today():%Y%m%d}",
        header=value_added.CERTIFICATE_HEADER,
        rows=value_added.certificate_rows(),
    )


@staff_may(Act.LOOK)
@require_GET
def betten2(request: MemberRequest) -> HttpResponseBase:
    """The list that the town publishes (別添2), in its columns. No personal data."""
    return csv_files.download(
        name=f"betten2-{clock.today():%Y%m%d}",
        header=value_added.LIST_HEADER,
        rows=value_added.list_rows(),
    )
