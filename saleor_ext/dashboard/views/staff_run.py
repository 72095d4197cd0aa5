"""The monthly run: what it would do today, and the button that starts it."""

from django.contrib import messages as notices
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from saleor_ext.access.roles import Act
from saleor_ext.common import clock, jobs
from saleor_ext.dashboard.permissions import MemberRequest, staff_may
from saleor_ext.dashboard.queries import catch_up as catch_up_queries
from saleor_ext.dashboard.queries import run_history
from saleor_ext.flows.month import catch_up, run_outlook
from saleor_ext.operation import selectors as place_selectors

EVENTS_SHOWN = 5
RUNS_SHOWN = 10


@staff_may(Act.MONTHLY_RUN)
@require_GET
def run(request: MemberRequest) -> HttpResponse:
    """What a run would do, as it was last counted, and how the last ones went."""
    return run_page(request)


def run_page(
    request: MemberRequest,
    *,
    error: str = "",
    typed: str = "",
    catch_up_error: str = "",
    catch_up_typed: str = "",
) -> HttpResponse:
    """This will show the page, again with what was typed when that could not be taken."""
    context = {
        "outlook": run_outlook.outlook_read(today=clock.today(), real_now=clock.real_now()),
        "section": "run",
        "is_clock_movable": clock.is_movable(),
        "place_events": place_selectors.place_events()[:EVENTS_SHOWN],
        "runs": run_history.run_lines(now=clock.now(), count=RUNS_SHOWN),
        "plan": catch_up.plan(),
        "decided": catch_up_queries.decided_lines(),
        "may_settle": request.principal.may(Act.MONEY_SETTLE),
        "catch_up_error": catch_up_error,
        "catch_up_typed": catch_up_typed,
        "error": error,
        "typed": typed,
    }
    status = 422 if error or catch_up_error else 200
    return render(request, "dashboard/staff/run.html", context, status=status)


@staff_may(Act.MONTHLY_RUN)
@require_GET
def run_progress(request: MemberRequest) -> HttpResponse:
    """How far the runs have come: read again and again, so nothing else is counted for it."""
    runs = run_history.run_lines(now=clock.now(), count=RUNS_SHOWN)
    context = {"runs": runs, "section": "run"}
    return render(request, "dashboard/staff/run_progress.html", context)


@staff_may(Act.MONTHLY_RUN)
@require_POST
def run_start(request: MemberRequest) -> HttpResponse:
    """The run is handed to the worker; it may be started any number of times."""
    jobs.enqueue("cycles.run", actor=request.principal.actor)
    notices.success(
        request,
        "処理を始めました。終わるまで少しかかります。数字はこのページを開き直すと変わります。",
    )
    return HttpResponseRedirect(reverse("staff:run"), status=303)


@staff_may(Act.MONTHLY_RUN)
@require_POST
def run_count(request: MemberRequest) -> HttpResponse:
    """The worker counts anew what a run would do."""
    run_outlook.outlook_ask()
    notices.success(
        request, "数え始めました。少ししてからこのページを開き直すと、新しい数が出ます。"
    )
    return HttpResponseRedirect(reverse("staff:run"), status=303)
