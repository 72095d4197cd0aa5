"""The producer's list on paper and as a file."""

from collections.abc import Iterator
from typing import Any

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from saleor_ext.access.decorators import producer_only
from saleor_ext.common import clock, registry
from saleor_ext.common.errors import NotFound
from saleor_ext.dashboard import access_log, csv_files, inputs, messages
from saleor_ext.dashboard.pages import producer as pages
from saleor_ext.dashboard.permissions import MemberRequest, others_are_not_found
from saleor_ext.dashboard.queries import parcels
from saleor_ext.dashboard.views.producer import show_read
from saleor_ext.fulfilment import models

CSV_HEADER = (
    "荷物番号",
    "状態",
    "温度",
    "発送開始日",
    "発送期限",
    "中身",
    "お届け先名",
    "郵便番号",
    "都道府県",
    "市区町村",
    "番地",
    "建物名",
    "電話番号",
    "運送会社",
    "送り状番号",
    "発送日",
)


@producer_only
@require_GET
@others_are_not_found
def print_list(request: MemberRequest) -> HttpResponse:
    """An A4 list of the parcels still to be sent, black and white, fit for a fax."""
    producer_id = _producer_id(request)
    try:
        ship_on = inputs.day_read(request.GET.get("ship_on", ""))
    except inputs.BadInput as error:
        return inputs.problem(request, text=str(error), back_url=reverse("producer:list"))
    page = pages.print_page(
        list(parcels.parcels_to_print(producer_id=producer_id, ship_on=ship_on)),
        producer_name=parcels.producer_get(producer_id=producer_id).name,
        ship_on=ship_on,
        today=clock.today(),
    )
    access_log.export_note(principal=request.principal, what="parcels_print", row_count=page.count)
    return render(request, "dashboard/producer/print.html", {"page": page})


@producer_only
@require_GET
@others_are_not_found
def parcels_csv(request: MemberRequest) -> HttpResponseBase:
    """The producer's own parcels as a file for a spreadsheet."""
    try:
        show = show_read(request)
        month = inputs.month_read(request.GET.get("month", ""))
    except inputs.BadInput as error:
        return inputs.problem(request, text=str(error), back_url=reverse("producer:list"))
    rows = parcels.parcels_of(producer_id=_producer_id(request), show=show, month=month)
    access_log.export_note(principal=request.principal, what="parcels_csv", row_count=rows.count())
    name = f"parcels-{clock.today():%Y%m%d}"
    return csv_files.download(name=name, header=CSV_HEADER, rows=_csv_rows(rows))


def _csv_rows(rows: Any) -> Iterator[list[object]]:
    for shipment in rows.iterator(chunk_size=500):
        yield _csv_row(shipment)


def _csv_row(shipment: models.Shipment) -> list[object]:
    carrier = registry.carriers().get(shipment.carrier)
    contents = "、".join(f"{item.name}×{item.quantity}" for item in shipment.items.all())
    return [
        shipment.key,
        messages.PRODUCER_STATES[shipment.state],
        shipment.get_temperature_display(),
        shipment.ship_from,
        shipment.ship_to,
        contents,
        shipment.recipient_name,
        shipment.postal_code,
        shipment.prefecture,
        shipment.city,
        shipment.street,
        shipment.building,
        shipment.phone,
        carrier.label if carrier else shipment.carrier,
        shipment.tracking_number,
        shipment.shipped_on,
    ]


def _producer_id(request: MemberRequest) -> int:
    producer_id = request.principal.producer_id
    if producer_id is None:
        raise NotFound(what="producer")
    return producer_id
