"""The staff's first page."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from saleor_ext.access.roles import Act
from saleor_ext.common import clock
from saleor_ext.dashboard.permissions import MemberRequest, staff_may
from saleor_ext.dashboard.queries import overview as queries


@staff_may(Act.LOOK)
@require_GET
def overview(request: MemberRequest) -> HttpResponse:
    """Counts of everything, what needs somebody first. No personal data."""
    found = queries.overview(today=clock.today())
    return render(request, "dashboard/staff/overview.html", {"page": found, "section": "overview"})
