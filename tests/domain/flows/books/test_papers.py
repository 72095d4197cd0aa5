"""The papers of the ledger: every row, day by day, and totals by month, tier, use, prefecture."""

import io
from datetime import date, timedelta

import pikepdf
import pytest
from django.forms.models import model_to_dict

from saleor_ext.common import jptime
from saleor_ext.donations import models, refunds
from saleor_ext.flows.books import paper_files, papers, period
from saleor_ext.flows.books.papers import PaperKind
from saleor_ext.membership.models import Cycle
from tests.builders import world

pytestmark = pytest.mark.django_db
SEA = {"slug": "umi", "name": "海と山のために", "summary": "藻場"}


def paper(kind, code="2026-11", *, may_see_people=True, is_file=True):
    return papers.paper_make(
        kind=kind,
        period=period.period_read(code),
        may_see_people=may_see_people,
        is_file=is_file,
    )


def give_back(donation, *, on):
    at = jptime.jst_moment(on, hour=10)
    refund = refunds.refund_found(
        attempt_id=donation.attempt_id,
        amount_yen=donation.amount_yen,
        provider_ref="re_1",
        now=at,
        actor=world.ACTOR,
    )
    refunds.refund_succeed(
        refund_id=refund.pk, provider_ref="re_1", refunded_on=on, now=at, actor=world.ACTOR
    )


@pytest.fixture
def ledger():
    """花子 gave 3,000 yen for the sea on 24 November; 太郎, of 大阪府, 3,000 on 25, given back on 2
    December.
    """
    town = world.town_make()
    town.uses = [SEA]
    town.save(update_fields=["uses"])
    tier = world.world_make()
    world.member_make(donor=world.donor_make(), tier=tier, use_slug="umi")
    taro = world.donor_make(name="taro", prefecture="大阪府", city="大阪市")
    world.member_make(donor=taro, tier=tier, now=world.NOW + timedelta(days=1))
    give_back(models.Donation.objects.get(donor=taro), on=date(2026, 12, 2))


@pytest.mark.parametrize(
    ("code", "first", "last", "name"),
    [
        ("2026-11-24", date(2026, 11, 24), date(2026, 11, 24), "2026年11月24日(火)"),
        ("2028-02", date(2028, 2, 1), date(2028, 2, 29), "2028年2月"),
        ("2026", date(2026, 1, 1), date(2026, 12, 31), "2026年(1月から12月)"),
        ("fy2026", date(2026, 4, 1), date(2027, 3, 31), "2026年度(4月から翌年3月)"),
        ("d2026", date(2026, 10, 1), date(2027, 9, 30), "2026年10月からの指定期間"),
    ],
)
def test_a_period_is_a_day_a_month_or_one_of_three_kinds_of_year(code, first, last, name):
    read = period.period_read(code)

    assert (read.first, read.last, read.name) == (first, last, name)


@pytest.mark.parametrize("code", ["", "2026-13", "2026-02-30", "1999", "fy26", "2026-1", "x"])
def test_anything_else_is_no_period(code):
    with pytest.raises(period.PeriodInvalid):
        period.period_read(code)


def test_what_is_offered_reaches_back_to_the_first_donation_and_no_further():
    offered = period.periods_offered(today=date(2026, 11, 26), first=date(2026, 10, 5))

    assert [item.code for item in offered] == [
        "2026-11-26", "2026-11", "2026-10", "2026", "fy2026", "d2026",
    ]  # fmt: skip


def test_the_ledger_holds_every_row_of_the_period_in_order(ledger):
    made = paper(PaperKind.LEDGER)

    rows = list(made.rows)
    assert made.row_count == 2
    assert [row[:9] for row in rows] == [
        ("2026-000001", date(2026, 11, 24), "山田　花子", "東京都千代田区架空町1-2-3 見本ビル101",
         3000, "なぎさ会員", "海と山のために", "冬の畑から", 800),
        ("2026-000002", date(2026, 11, 25), "鈴木　太郎", "大阪府大阪市架空坂4-5",
         3000, "なぎさ会員", "指定なし(町が決める)", "冬の畑から", 800),
    ]  # fmt: skip
    assert len(made.columns) == len(rows[0]) == 13


def test_money_given_back_stands_on_the_day_it_was_given_back_and_names_its_receipt(ledger):
    [row] = paper(PaperKind.LEDGER, "2026-12").rows

    assert (row[0], row[1], row[4], row[8], row[11]) == (
        "返金", date(2026, 12, 2), -3000, None, "2026-000002",
    )  # fmt: skip


def test_who_may_not_see_people_gets_neither_name_nor_address(ledger):
    made = paper(PaperKind.LEDGER, may_see_people=False)

    text = "".join(paper_files.csv_lines(made))
    assert "2026-000001" in text
    assert "花子" not in text
    assert "千代田区" not in text


@pytest.mark.parametrize(
    ("kind", "rows"),
    [
        (
            PaperKind.DAYS,
            [
                (date(2026, 11, 24), 1, 1, 3000, 0, 0, 3000),
                (date(2026, 11, 25), 1, 1, 3000, 0, 0, 3000),
                (date(2026, 12, 2), 0, 0, 0, 1, -3000, -3000),
            ],
        ),
        (
            PaperKind.MONTHS,
            [("2026年11月", 2, 2, 6000, 0, 0, 6000), ("2026年12月", 0, 0, 0, 1, -3000, -3000)],
        ),
        (PaperKind.TIERS, [("なぎさ会員", 2, 2, 6000, 1, -3000, 3000)]),
        (
            PaperKind.USES,
            [
                ("海と山のために", 1, 1, 3000, 0, 0, 3000),
                ("指定なし(町が決める)", 1, 1, 3000, 1, -3000, 0),
            ],
        ),
        (
            PaperKind.PREFECTURES,
            [("東京都", 1, 1, 3000, 0, 0, 3000), ("大阪府", 1, 1, 3000, 1, -3000, 0)],
        ),
    ],
)
def test_totals_by_what_is_asked_for_add_up_to_the_ledger(ledger, kind, rows):
    made = paper(kind, "2026")

    assert list(made.rows) == rows
    assert made.totals == ("合計", 2, 2, 6000, 1, -3000, 3000)
    assert sum(row[-1] for row in rows) == made.totals[-1]


def test_a_person_who_gave_twice_is_one_person(ledger):
    # given
    month = models.Donation.objects.get(receipt_number=1).attempt.cycle
    month = Cycle.objects.create(
        **model_to_dict(month, exclude=["id", "membership", "tier", "n", "state", "covered_by"]),
        membership=month.membership,
        tier=month.tier,
        n=1,
    )
    world.first_lock(cycle=month)
    world.donation_make(cycle=month, now=jptime.jst_moment(date(2026, 11, 30)))

    # then
    assert paper(PaperKind.MONTHS).totals[:4] == ("合計", 3, 2, 9000)


def test_the_file_for_spreadsheets_ends_with_the_totals(ledger):
    lines = list(paper_files.csv_lines(paper(PaperKind.USES, "2026")))

    assert lines[0] == (
        "\ufeff使い道,寄附の件数,寄附した人,寄附の額,返金の件数,返金の額,差し引き\r\n"
    )
    assert lines[-1] == "合計,2,2,6000,1,-3000,3000\r\n"


def test_the_pdf_can_be_read_back_and_is_for_keeping(ledger):
    made = paper_files.pdf_one(
        paper(PaperKind.LEDGER, is_file=False), town=world.town_make(), now=world.NOW
    )

    with pikepdf.open(io.BytesIO(made)) as pdf:
        meta = pdf.open_metadata()
        assert (meta["pdfaid:part"], meta["pdfaid:conformance"]) == ("2", "A")
        assert len(pdf.pages) == 1
        assert str(pdf.docinfo["/Title"]) == "寄附台帳 2026年11月"


def test_a_period_without_donations_is_a_paper_that_says_so():
    world.world_make()
    made = paper(PaperKind.DAYS)

    assert (list(made.rows), made.totals) == ([], ("合計", 0, 0, 0, 0, 0, 0))
    assert paper_files.pdf_one(made, town=world.town_make(), now=world.NOW).startswith(b"%PDF")


def test_a_paper_too_long_for_one_pdf_is_refused_and_comes_in_parts_instead(ledger, monkeypatch):
    # given
    monkeypatch.setattr(paper_files, "PDF_ROWS_MAX", 1)

    # then
    with pytest.raises(paper_files.PaperTooLong):
        paper_files.pdf_one(paper(PaperKind.LEDGER), town=world.town_make(), now=world.NOW)
    parts = paper_files.pdf_parts(
        paper(PaperKind.LEDGER, is_file=False), town=world.town_make(), now=world.NOW
    )
    assert len(list(parts)) == 2


def test_the_number_of_questions_does_not_grow_with_the_rows(ledger, django_assert_num_queries):
    with django_assert_num_queries(2):
        list(paper(PaperKind.LEDGER, "2026").rows)
    with django_assert_num_queries(2):
        list(paper(PaperKind.TIERS, "2026").rows)


def test_nothing_is_written(ledger):
    before = (models.Donation.objects.count(), models.Refund.objects.count())

    for kind in PaperKind:
        list(paper(kind, "2026").rows)

    assert (models.Donation.objects.count(), models.Refund.objects.count()) == before
