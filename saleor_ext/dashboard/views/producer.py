"""The producer's pages: the list, one parcel, and the three things that are done with it."""

from collections.abc import Callable
from datetime import date
from urllib.parse import urlencode

from django.contrib import messages as notices
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from saleor_ext.access.decorators import producer_only
from saleor_ext.common import clock
from saleor_ext.common.errors import NotFound, Refusal
from saleor_ext.dashboard import inputs, messages
from saleor_ext.dashboard.forms.tracking import TrackingForm
from saleor_ext.dashboard.pages import producer as pages
from saleor_ext.dashboard.permissions import MemberRequest, others_are_not_found
from saleor_ext.dashboard.queries import parcels
from saleor_ext.flows.orders import shipping
from saleor_ext.fulfilment import selectors, services
from saleor_ext.fulfilment.models import Shipment

SHOW_LABELS = {
    parcels.SHOW_TO_SHIP: "未発送",
    parcels.SHOW_SENT: "発送済み",
    parcels.SHOW_STOPPED: "取りやめ・保留",
    parcels.SHOW_ALL: "すべて",
}


@producer_only
@require_GET
@others_are_not_found
def parcel_list(request: MemberRequest) -> HttpResponse:
    """The producer's own parcels, what is to be done today on top."""
    try:
        page = _list_page(request)
    except inputs.BadInput as error:
        return inputs.problem(request, text=str(error), back_url=reverse("producer:list"))
    return render(request, "dashboard/producer/list.html", {"page": page})


def _list_page(request: MemberRequest) -> pages.ProducerListPage:
    producer_id, today = _producer_id(request), clock.today()
    show = show_read(request)
    month = inputs.month_read(request.GET.get("month", ""))
    rows = parcels.parcels_of(producer_id=producer_id, show=show, month=month)
    mark = request.GET.get("after", "")
    after = selectors.shipment_of_producer(producer_id=producer_id, key=mark) if mark else None
    shipments, has_more = parcels.parcels_page(rows, after=after)
    counts = parcels.group_counts(rows)
    cards = [pages.parcel_card(shipment, today=today) for shipment in shipments]
    return pages.ProducerListPage(
        producer_name=parcels.producer_get(producer_id=producer_id).name,
        today=today,
        to_do=parcels.to_do(producer_id=producer_id, today=today),
        show=show,
        show_links=_show_links(producer_id=producer_id, show=show, month=month),
        months=_month_choices(producer_id=producer_id, month=month),
        month=month,
        dates=pages.ship_date_groups(cards, counts=counts, today=today),
        count=sum(counts.values()),
        query=_query(show=show, month=month),
        next_query=_query(show=show, month=month, after=cards[-1].key) if has_more else "",
    )


def show_read(request: MemberRequest) -> str:
    """This will read which parcels are asked for.

    Raises:
        BadInput: there is no such filter.
    """
    show = request.GET.get("show") or parcels.SHOW_TO_SHIP
    if show not in parcels.SHOW_STATES:
        raise inputs.BadInput("その絞り込みはありません。一覧から選び直してください。")
    return show


def _query(*, show: str, month: date | None, after: str = "") -> str:
    values = {"show": show, "month": inputs.month_text(month) if month else "", "after": after}
    return urlencode({name: value for name, value in values.items() if value})


def _show_links(*, producer_id: int, show: str, month: date | None) -> tuple[pages.ShowLink, ...]:
    counts = parcels.show_counts(producer_id=producer_id, month=month)
    return tuple(
        pages.ShowLink(
            show=value,
            label=label,
            count=counts[value],
            query=_query(show=value, month=month),
            is_current=value == show,
        )
        for value, label in SHOW_LABELS.items()
        if value != parcels.SHOW_STOPPED or counts[value] or show == value
    )


def _month_choices(*, producer_id: int, month: date | None) -> tuple[pages.MonthChoice, ...]:
    months = parcels.ship_months(producer_id=producer_id)
    if month is not None and month not in months:
        months = sorted([*months, month], reverse=True)
    return tuple(
        pages.MonthChoice(value=inputs.month_text(found), month=found, is_current=found == month)
        for found in months
    )


@producer_only
@require_GET
@others_are_not_found
def parcel(request: MemberRequest, key: str) -> HttpResponse:
    """One parcel in big letters, with its label data."""
    return _parcel_page(request, key)


def _parcel_page(
    request: MemberRequest, key: str, *, error: str = "", typed: str = ""
) -> HttpResponse:
    shipment = selectors.shipment_of_producer(producer_id=_producer_id(request), key=key)
    show, month = _back(request)
    context = {
        "parcel": pages.parcel_card(shipment, today=clock.today()),
        "error": error,
        "typed": typed,
        "back": _query(show=show, month=month),
        "back_show": show,
        "back_month": inputs.month_text(month) if month else "",
    }
    status = 422 if error else 200
    return render(request, "dashboard/producer/parcel.html", context, status=status)


@producer_only
@require_POST
@others_are_not_found
def parcel_ready(request: MemberRequest, key: str) -> HttpResponse:
    """The contents are packed."""
    return _tick(request, key, is_ready=True)


@producer_only
@require_POST
@others_are_not_found
def parcel_unready(request: MemberRequest, key: str) -> HttpResponse:
    """Taken back: the contents are not packed yet."""
    return _tick(request, key, is_ready=False)


def _tick(request: MemberRequest, key: str, *, is_ready: bool) -> HttpResponse:
    write = services.shipment_ready if is_ready else services.shipment_unready
    try:
        write(
            producer_id=_producer_id(request),
            key=key,
            now=clock.now(),
            actor=request.principal.actor,
        )
    except NotFound:
        raise
    except Refusal as refusal:
        words = messages.refusal_words(code=refusal.code)
        return _parcel_page(request, key, error=words)
    return _see_other(_back_address(request, key=key))


@producer_only
@require_POST
@others_are_not_found
def parcel_ship(request: MemberRequest, key: str) -> HttpResponse:
    """The parcel is labelled and handed over."""

    def ship(producer_id: int, text: str) -> Shipment:
        return shipping.shipment_ship(
            producer_id=producer_id,
            key=key,
            tracking_text=text,
            today=clock.today(),
            now=clock.now(),
            actor=request.principal.actor,
        )

    return _number_take(request, key, write=ship, done="発送済みにしました。")


@producer_only
@require_POST
@others_are_not_found
def parcel_number(request: MemberRequest, key: str) -> HttpResponse:
    """The number of a parcel under way was wrong."""

    def correct(producer_id: int, text: str) -> Shipment:
        return shipping.tracking_correct(
            producer_id=producer_id,
            key=key,
            tracking_text=text,
            now=clock.now(),
            actor=request.principal.actor,
        )

    return _number_take(request, key, write=correct, done="送り状番号を直しました。")


def _number_take(
    request: MemberRequest, key: str, *, write: Callable[[int, str], Shipment], done: str
) -> HttpResponse:
    producer_id = _producer_id(request)
    carrier = selectors.shipment_of_producer(producer_id=producer_id, key=key).carrier
    typed = request.POST.get("tracking_number", "")
    form = TrackingForm(request.POST)
    if not form.is_valid():
        words = str(form.errors["tracking_number"][0])
        return _parcel_page(request, key, error=words, typed=typed)
    try:
        shipment = write(producer_id, form.cleaned_data["tracking_number"])
    except NotFound:
        raise
    except Refusal as refusal:
        words = messages.refusal_words(code=refusal.code, carrier=carrier)
        return _parcel_page(request, key, error=words, typed=typed)
    notices.success(request, f"{done}荷物 {shipment.key}、送り状番号 {shipment.tracking_number}")
    return _see_other(_back_address(request, key=""))


def _producer_id(request: MemberRequest) -> int:
    producer_id = request.principal.producer_id
    if producer_id is None:
        raise NotFound(what="producer")
    return producer_id


def _back(request: MemberRequest) -> tuple[str, date | None]:
    """The list's filters to go back to; only names and values we know, never an address."""
    held = request.POST if request.method == "POST" else request.GET
    show = held.get("show", "")
    try:
        month = inputs.month_read(held.get("month", ""))
    except inputs.BadInput:
        month = None
    return (show if show in parcels.SHOW_STATES else ""), month


def _back_address(request: MemberRequest, *, key: str) -> str:
    show, month = _back(request)
    query = _query(show=show, month=month)
    is_own_page = request.POST.get("from") == "parcel" and key
    address = reverse("producer:parcel", args=[key]) if is_own_page else reverse("producer:list")
    address = f"{address}?{query}" if query else address
    return f"{address}#parcel-{key}" if key and not is_own_page else address


def _see_other(address: str) -> HttpResponse:
    return HttpResponseRedirect(address, status=303)
