"""Writing about files of notices: taken out, sent by the town, followed by the notices."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from django.db import transaction
from django.db.models import QuerySet

from saleor_ext.common import jptime
from saleor_ext.common.errors import NotFound
from saleor_ext.onestop import errors, models


@transaction.atomic
def export_keep(
    *,
    municipality_id: int,
    year: int,
    encoding: str,
    notice_ids: Sequence[int],
    left_out: Mapping[int, str],
    now: datetime,
    actor: str,
) -> models.NoticeExport:
    """This will write down which notices are in a file; of those left out, at which column.

    Raises:
        NoticeNothingToExport: there are none.
    """
    if not notice_ids:
        raise errors.NoticeNothingToExport()
    export = models.NoticeExport.objects.create(
        municipality_id=municipality_id, year=year, encoding=encoding, made_at=now, actor=actor
    )
    models.NoticeExportItem.objects.bulk_create(
        (
            models.NoticeExportItem(
                export=export, notice_id=notice_id, left_out=left_out.get(notice_id, "")[:100]
            )
            for notice_id in notice_ids
        ),
        batch_size=1000,
    )
    return export


def export_get(*, export_id: int) -> models.NoticeExport:
    """This will return a file of notices.

    Raises:
        NotFound: there is none.
    """
    found = models.NoticeExport.objects.filter(pk=export_id).first()
    if found is None:
        raise NotFound(what="notice export")
    return found


def items_of(*, export_id: int) -> QuerySet[models.NoticeExportItem]:
    """This will list a file's notices by municipality, in their order."""
    rows = models.NoticeExportItem.objects.filter(export_id=export_id).select_related("notice")
    return rows.order_by("notice__home_code", "notice_id")


def items_waiting() -> QuerySet[models.NoticeExportItem]:
    """This will list what was sent while its notice has not followed yet."""
    rows = models.NoticeExportItem.objects.filter(sent_on__isnull=False, is_followed=False)
    return rows.select_related("notice").order_by("pk")


def sent_note(*, export_id: int, home_code: str, sent_on: date, today: date, actor: str) -> int:
    """This will note that a file's notices were sent, with a code only those to one municipality;
    returns how many. Those noted before and those left out stay as they are.

    Raises:
        NoticeSentInFuture: the day is to come, or before the file was made.
    """
    export = export_get(export_id=export_id)
    if not jptime.jst_date(export.made_at) <= sent_on <= today:
        raise errors.NoticeSentInFuture()
    rows = models.NoticeExportItem.objects.filter(export=export, sent_on__isnull=True, left_out="")
    if home_code:
        rows = rows.filter(notice__home_code=home_code)
    return rows.update(sent_on=sent_on, sent_by=actor)


def item_followed(*, item_id: int) -> None:
    """This will note that a sent notice has followed, or cannot any more."""
    models.NoticeExportItem.objects.filter(pk=item_id).update(is_followed=True)
