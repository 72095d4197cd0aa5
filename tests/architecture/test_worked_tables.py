"""The worked tables in docs/algorithms say what the code computes."""

import re
from datetime import UTC, date, datetime

from saleor_ext.common import jptime
from saleor_ext.membership import calendar
from tests.architecture import source

TOWN = calendar.TownCalendar(
    change_until_days_before=7, list_lead_business_days=1, ship_window_days=7
)
ROW = re.compile(r"^\| (\d{4})-(\d{2}) \| (\d+) \| (\d+) \| (.+) \|$", flags=re.MULTILINE)
MOMENT = re.compile(r"^\| (\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}) \| (\S+) \|", flags=re.MULTILINE)


def page():
    return (source.ROOT / "docs" / "algorithms" / "dates.md").read_text(encoding="utf-8")


def test_every_row_of_dates_is_what_the_calendar_says():
    rows = ROW.findall(page())

    assert len(rows) >= 15
    for year, month, n, anchor, shown in rows:
        found = calendar.cycle_dates(
            start_month=date(int(year), int(month), 1), n=int(n), anchor_day=int(anchor), town=TOWN
        )
        days = (found.change_until, found.charge_on, found.list_on, found.ship_from, found.ship_to)
        assert shown.split(" | ") == [jptime.words(day) for day in days]


def test_every_moment_falls_on_the_day_the_table_says():
    rows = MOMENT.findall(page())

    assert len(rows) == 4
    for moment, day in rows:
        found = datetime.fromisoformat(moment).replace(tzinfo=UTC)
        assert jptime.words(jptime.jst_date(found)) == day
