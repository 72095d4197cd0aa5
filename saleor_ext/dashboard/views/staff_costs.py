"""The cost meter: how it stands, what it is made of, and what staff write down for it."""

from collections.abc import Callable

from django import forms as django_forms
from django.contrib import messages as notices
from django.http import HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from saleor_ext.access.roles import Act
from saleor_ext.common import clock
from saleor_ext.costs import services
from saleor_ext.costs.states import CostKind, RateBasis
from saleor_ext.dashboard import csv_files, inputs, refusals
from saleor_ext.dashboard.forms import costs as forms
from saleor_ext.dashboard.permissions import MemberRequest, staff_may
from saleor_ext.dashboard.queries import costs as queries
from saleor_ext.flows.books import cost_meter, gift_costs
from saleor_ext.flows.books.period import Period, PeriodInvalid, period_read

FORMS: dict[str, type[django_forms.Form]] = {
    "entry": forms.EntryForm,
    "rate": forms.RateForm,
    "gift_cost": forms.GiftCostForm,
}


def _period(request: MemberRequest) -> Period:
    code = request.GET.get("period", "")
    if not code:
        return queries.period_on(clock.today())
    try:
        period = period_read(code)
    except PeriodInvalid:
        raise inputs.BadInput("その期間はありません。一覧から選び直してください。") from None
    if not code.startswith("d"):
        raise inputs.BadInput("費用の割合は、10月からの指定期間ごとに見ます。")
    return period


@staff_may(Act.LOOK)
@require_GET
def costs(request: MemberRequest) -> HttpResponse:
    """The meter of a designation period."""
    try:
        period = _period(request)
    except inputs.BadInput as error:
        return inputs.problem(request, text=str(error), back_url=reverse("staff:costs"))
    return _show(request, period=period)


def _show(
    request: MemberRequest, *, period: Period, bound: django_forms.Form | None = None
) -> HttpResponse:
    made = {name: form() for name, form in FORMS.items()}
    if bound is not None:
        made |= {name: bound for name, form in FORMS.items() if isinstance(bound, form)}
    context = {
        "section": "costs",
        "page": queries.costs_page(period=period, today=clock.today()),
        "forms": made,
        "may_change": request.principal.may(Act.COSTS_CHANGE),
    }
    status = 422 if bound is not None else 200
    return render(request, "dashboard/staff/costs.html", context, status=status)


@staff_may(Act.LOOK)
@require_GET
def costs_csv(request: MemberRequest) -> HttpResponseBase:
    """The meter for a spreadsheet, month by month."""
    try:
        period = _period(request)
    except inputs.BadInput as error:
        return inputs.problem(request, text=str(error), back_url=reverse("staff:costs"))
    meter = cost_meter.meter_read(period=period, today=clock.today())
    return csv_files.download(
        name=f"costs-{period.code}", header=queries.CSV_HEADER, rows=queries.csv_rows(meter)
    )


@staff_may(Act.COSTS_CHANGE)
@require_POST
def cost_entry(request: MemberRequest) -> HttpResponse:
    """Write down a cost that was paid."""

    def write(cleaned: dict[str, object]) -> str:
        services.entry_add(
            kind=CostKind(str(cleaned["kind"])),
            month=cleaned["month"],  # type: ignore[arg-type]
            amount_yen=cleaned["amount_yen"],  # type: ignore[arg-type]
            note=str(cleaned["note"]),
            now=clock.now(),
            actor=request.principal.actor,
        )
        return "費用を記録しました。"

    return _written(request, form=forms.EntryForm(request.POST), write=write)


@staff_may(Act.COSTS_CHANGE)
@require_POST
def cost_rate(request: MemberRequest) -> HttpResponse:
    """Write down what a kind of cost is expected to be."""

    def write(cleaned: dict[str, object]) -> str:
        services.rate_set(
            kind=CostKind(str(cleaned["kind"])),
            basis=RateBasis(str(cleaned["basis"])),
            amount=cleaned["amount"],  # type: ignore[arg-type]
            valid_from=cleaned["valid_from"],  # type: ignore[arg-type]
            note=str(cleaned["note"]),
            now=clock.now(),
            actor=request.principal.actor,
        )
        return "見込みを記録しました。"

    return _written(request, form=forms.RateForm(request.POST), write=write)


@staff_may(Act.COSTS_CHANGE)
@require_POST
def gift_cost(request: MemberRequest) -> HttpResponse:
    """Change what a gift costs the town; locked months are counted anew."""

    def write(cleaned: dict[str, object]) -> str:
        change = gift_costs.gift_cost_change(
            gift_id=cleaned["gift"].pk,  # type: ignore[attr-defined]
            cost_yen=cleaned["cost_yen"],  # type: ignore[arg-type]
            reason=str(cleaned["reason"]),
            now=clock.now(),
            actor=request.principal.actor,
        )
        return (
            f"調達費を改めました。確定した{change.months}件を計算し直し、"
            f"3割を超えたのは{change.over}件です(うち寄附の前に止めたもの{change.parked}件)。"
        )

    return _written(request, form=forms.GiftCostForm(request.POST), write=write)


def _written(
    request: MemberRequest,
    *,
    form: django_forms.Form,
    write: Callable[[dict[str, object]], str],
) -> HttpResponse:
    if form.is_valid():
        with refusals.on_form(form):
            done = write(form.cleaned_data)
            notices.success(request, done)
            return HttpResponseRedirect(reverse("staff:costs"), status=303)
    return _show(request, period=queries.period_on(clock.today()), bound=form)


@staff_may(Act.COSTS_CHANGE)
@require_POST
def revision_seen(request: MemberRequest, revision_id: int) -> HttpResponse:
    """Somebody has seen to a month that a dearer gift took over the limit."""
    services.revision_see(revision_id=revision_id, now=clock.now(), actor=request.principal.actor)
    notices.success(request, "確認済みにしました。")
    return HttpResponseRedirect(reverse("staff:costs"), status=303)
