"""Notices taken out as files: one for each municipality, in the columns the town set."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from saleor_ext.common import jptime
from saleor_ext.flows.onestop import home_notices
from saleor_ext.membership import models as membership_models
from saleor_ext.membership import selectors as membership_selectors
from saleor_ext.onestop import exporting, models, notice_files, notice_layout, selectors

NEW, CORRECTED, TAKEN_BACK = "新規", "訂正", "取消"


@dataclass(frozen=True, kw_only=True)
class ExportFile:
    """A file to take away."""

    name: str
    content: bytes
    written: int
    left_out: int


def export_make(
    *, year: int, now: datetime, actor: str, home_code: str = ""
) -> models.NoticeExport:
    """This will write down that a year's waiting notices are taken out as a file; with a code only
    those to one municipality. That they were sent is noted separately.

    Raises:
        NoticeNothingToExport: none waits.
        LawDataInvalid: the town's columns cannot be read.
    """
    town = membership_selectors.municipality_get()
    waiting = home_notices.notices_waiting(year=year, home_code=home_code)
    layout = notice_layout.layout_now()
    pack = _pack(waiting, town=town, year=year, layout=layout, now=now)
    by_number = {_number(notice): notice.pk for notice in waiting}
    return exporting.export_keep(
        municipality_id=town.pk,
        year=year,
        encoding=layout.encoding,
        notice_ids=[notice.pk for notice in waiting],
        left_out={by_number[one.record.number]: one.column for one in pack.left_out},
        now=now,
        actor=actor,
    )


def export_file(*, export_id: int) -> ExportFile:
    """This will write the file of notices that were taken out, the same one as often as asked, as
    long as the town's columns are the same.

    Raises:
        NotFound: there is none.
        LawDataInvalid: the town's columns cannot be read.
    """
    export = exporting.export_get(export_id=export_id)
    ids = [item.notice_id for item in exporting.items_of(export_id=export_id)]
    held = list(selectors.notices().filter(pk__in=ids).order_by("home_code", "pk"))
    pack = _pack(
        held,
        town=membership_selectors.municipality_get(),
        year=export.year,
        layout=notice_layout.layout_now(),
        now=export.made_at,
    )
    return ExportFile(
        name=f"onestop-notices-{export.year}-{export.pk}.zip",
        content=pack.content,
        written=len(pack.written),
        left_out=len(pack.left_out),
    )


def _pack(
    held: Sequence[models.HomeNotice],
    *,
    town: membership_models.Municipality,
    year: int,
    layout: notice_layout.Layout,
    now: datetime,
) -> notice_files.NoticePack:
    before = selectors.notices_out_before(notices=held)
    return notice_files.pack_make(
        [
            record
            for notice in held
            for record in records_of(notice, before=before.get(notice.pk), town=town)
        ],
        layout=layout,
        due=home_notices.due_of(year=year),
        year=year,
        now=now,
    )


def records_of(
    notice: models.HomeNotice,
    *,
    before: models.HomeNotice | None,
    town: membership_models.Municipality,
) -> list[notice_files.NoticeRecord]:
    """This will return what a notice says, as it is written into files. Where an earlier version
    lies with another municipality, that one is told that it no longer holds.

    Args:
        notice: what is to be said now.
        before: the version that is out, if one is.
        town: who says it.
    """
    is_elsewhere = before is not None and before.home_code != notice.home_code
    kind = NEW if before is None or is_elsewhere else CORRECTED
    own = _record(notice, kind=TAKEN_BACK if notice.is_withdrawal else kind, town=town)
    if before is None or not is_elsewhere or before.is_withdrawal:
        return [own]
    gone = _record(before, kind=TAKEN_BACK, town=town)
    return [own, replace(gone, version=notice.version, donations=(), made_on=own.made_on)]


def _record(
    notice: models.HomeNotice, *, kind: str, town: membership_models.Municipality
) -> notice_files.NoticeRecord:
    return notice_files.NoticeRecord(
        number=_number(notice),
        version=notice.version,
        kind=kind,
        year=notice.onestop_year.year,
        home_code=notice.home_code,
        home_name=notice.home_name,
        town_code=town.code,
        town_name=f"{town.prefecture}{town.county}{town.name}",
        full_name=notice.full_name,
        full_kana=notice.full_kana,
        birth_date=notice.birth_date,
        postal_code=notice.postal_code,
        address=notice.address,
        donations=[(line.donated_on, line.amount_yen) for line in notice.lines.all()],
        made_on=jptime.jst_date(notice.made_at),
    )


def _number(notice: models.HomeNotice) -> str:
    """The same in all versions; it says nothing about the donor."""
    return f"{notice.onestop_year.year}-{notice.onestop_year_id:06d}"
