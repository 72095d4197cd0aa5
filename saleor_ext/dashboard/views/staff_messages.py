"""Work behind the scenes that was given up: what it was, and once more."""

from django.contrib import messages as notices
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from saleor_ext.access.roles import Act
from saleor_ext.common import clock
from saleor_ext.common.errors import Refusal
from saleor_ext.dashboard import inputs, messages
from saleor_ext.dashboard.permissions import MemberRequest, staff_may
from saleor_ext.dashboard.queries import failed_messages as queries
from saleor_ext.outbox import services
from saleor_ext.saleor_connector import inbox


@staff_may(Act.LOOK)
@require_GET
def failed_list(request: MemberRequest) -> HttpResponse:
    """Failed messages, newest first. Their contents are ids only and are not shown."""
    try:
        before = inputs.number_read(request.GET.get("before", ""))
    except inputs.BadInput as error:
        return inputs.problem(request, text=str(error), back_url=reverse("staff:messages"))
    page = queries.failed_page(before=before)
    may_retry = request.principal.may(Act.MESSAGE_RETRY)
    context = {"page": page, "section": "messages", "may_retry": may_retry}
    return render(request, "dashboard/staff/messages.html", context)


@staff_may(Act.MESSAGE_RETRY)
@require_POST
def retry(request: MemberRequest, message_id: int) -> HttpResponse:
    """One message is tried again."""
    try:
        services.message_retry(
            message_id=message_id, now=clock.now(), actor=request.principal.actor
        )
    except Refusal:
        notices.error(request, messages.REFUSALS["invalid_transition"])
    else:
        notices.success(request, "もう一度送るように予約しました。")
    return HttpResponseRedirect(reverse("staff:messages"), status=303)


@staff_may(Act.MESSAGE_RETRY)
@require_POST
def retry_all(request: MemberRequest) -> HttpResponse:
    """Everything that was given up is tried again, as after a long outage of the shop."""
    count = services.messages_retry_all(now=clock.now(), actor=request.principal.actor)
    if count:
        notices.success(request, f"{count}件を、もう一度送るように予約しました。")
    else:
        notices.error(request, messages.REFUSALS["invalid_transition"])
    return HttpResponseRedirect(reverse("staff:messages"), status=303)


@staff_may(Act.MESSAGE_RETRY)
@require_POST
def delivery_retry(request: MemberRequest, delivery_id: int) -> HttpResponse:
    """One message of the shop is looked at again."""
    if inbox.delivery_retry(delivery_id=delivery_id, now=clock.now()):
        notices.success(request, "もう一度処理するように予約しました。")
    else:
        notices.error(request, messages.REFUSALS["invalid_transition"])
    return HttpResponseRedirect(reverse("staff:messages"), status=303)
