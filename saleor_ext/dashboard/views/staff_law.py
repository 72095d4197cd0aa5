"""The register of rules, as staff see it."""

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from saleor_ext.access.roles import Act
from saleor_ext.common import clock
from saleor_ext.dashboard import inputs
from saleor_ext.dashboard.permissions import MemberRequest, staff_may
from saleor_ext.dashboard.queries import law as queries


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
