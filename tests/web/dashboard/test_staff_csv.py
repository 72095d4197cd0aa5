"""The staff lists as files: streamed, safe to open, without what one may not see."""

import csv
import io
import logging
import tracemalloc

import pytest
from django.http import StreamingHttpResponse

from saleor_ext.common import csv_text
from saleor_ext.dashboard.lists.every import LISTS
from saleor_ext.membership import models
from tests.builders import dashboard, onestop, receipts, world


def rows_of(response):
    text = b"".join(response).decode("utf-8")
    assert text.startswith("\ufeff")
    return list(csv.reader(io.StringIO(text.removeprefix("\ufeff"))))


def test_the_file_of_donations_has_what_receipts_need(staff_client, hanako, taro):
    response = staff_client.get("/staff/donations.csv")

    assert isinstance(response, StreamingHttpResponse)
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    assert response["Content-Disposition"] == 'attachment; filename="donations-20261124.csv"'
    header, *rows = rows_of(response)
    assert header == [
        "受領証番号",
        "寄附日",
        "お名前",
        "ご住所",
        "寄附額",
        "プラン",
        "決済の番号",
        "記録した日時",
    ]
    assert rows[1] == [
        "2026-000001",
        "2026-11-24",
        "山田　花子",
        "東京都千代田区架空町1-2-3 見本ビル101",
        "3000",
        "なぎさ会員",
        f"fs-{hanako.public_id}-0-a1",
        "2026-11-24 10:00:00",
    ]


def test_the_file_follows_the_filters_of_the_page(staff_client, hanako, taro):
    rows = rows_of(staff_client.get("/staff/members.csv?q=太郎"))

    assert [row[1] for row in rows[1:]] == ["鈴木　太郎"]


# Lists of money between provider and town know nobody, and are empty in this world.
WITHOUT_PEOPLE = {"balance", "disputes", "gaps", "money", "payouts"}


@pytest.mark.parametrize("slug", sorted(LISTS))
def test_without_the_permission_files_name_nobody(viewer_client, producer, hanako, slug):
    dashboard.parcel_of(producer=producer, membership=hanako, n=3)
    receipts.settle(hanako.donor)
    onestop.wish_make(donor_id=hanako.donor_id)

    response = viewer_client.get(f"/staff/{slug}.csv?state=all")

    text = b"".join(response).decode("utf-8")
    assert text.count("\r\n") >= 2 or slug in WITHOUT_PEOPLE
    for personal in ("山田", "ヤマダ", "hanako@", "架空町", "090-0000", "100-9999"):
        assert personal not in text


def test_a_name_cannot_become_a_formula(staff_client, hanako):
    models.Donor.objects.filter(pk=hanako.donor_id).update(
        family_name="=cmd|' /C calc'!A0", given_name="花子"
    )

    rows = rows_of(staff_client.get("/staff/members.csv"))

    assert rows[1][1] == "'=cmd|' /C calc'!A0　花子"


@pytest.mark.parametrize(
    ("value", "written"),
    [
        ("=1+1", "'=1+1"),
        ("+81-90", "'+81-90"),
        ("-1", "'-1"),
        ("@sum", "'@sum"),
        ("\t=1", "'\t=1"),
        ("　=1", "'　=1"),
        ("＝1", "'＝1"),
        ("山田=花子", "山田=花子"),
        (-3000, "-3000"),
        (None, ""),
        (world.TODAY, "2026-11-24"),
        (world.NOW, "2026-11-24 10:00:00"),
    ],
)
def test_each_kind_of_value_is_written_safely(value, written):
    assert csv_text.cell_write(value) == written


def test_a_long_file_does_not_fill_the_memory():
    # given
    count = 200_000
    rows = ([number, "山田　花子", "x" * 50] for number in range(count))

    # when
    tracemalloc.start()
    length = sum(len(line) for line in csv_text.lines(header=["a", "b", "c"], rows=rows))
    _, peak_bytes = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    # then
    assert length > count * 60
    assert peak_bytes < 1_000_000


def test_rows_are_read_in_portions(staff_client, hanako, taro, queries):
    with queries() as asked:
        b"".join(staff_client.get("/staff/members.csv"))

    assert len(asked) <= 7


def test_taking_a_list_away_is_noted_without_names(staff_client, hanako, caplog):
    with caplog.at_level(logging.INFO, logger="furusato.access"):
        b"".join(staff_client.get("/staff/members.csv?q=花子"))

    messages = [r.getMessage() for r in caplog.records if r.name == "furusato.access"]
    assert messages == ["export what=members_csv actor=staff:user-sato rows=1"]
