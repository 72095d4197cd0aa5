"""The cost meter on the staff pages."""

import pytest

from saleor_ext.costs import models
from saleor_ext.fulfilment import models as fulfilment_models

ENTRY = {
    "kind": "postage",
    "month": "2026-11",
    "amount_yen": "12000",
    "note": "11月分の請求書",
}
RATE = {"kind": "payment", "basis": "permille", "amount": "36", "valid_from": "2026-10-01"}


def test_the_meter_shows_shares_rule_and_months(staff_client, hanako):
    page = staff_client.get("/staff/costs/").content.decode()

    assert "費用の割合 2026年10月からの指定期間" in page
    assert "費用は寄附の 47.5% まで(寄附金活用可能額は52.5%から)" in page
    assert page.count("<tr>") > 12
    assert 'role="img"' in page


def test_a_rule_that_is_not_settled_is_marked_so(staff_client, hanako):
    page = staff_client.get("/staff/costs/?period=d2027").content.decode()

    assert "この期間の基準(寄附金活用可能額は55%から)は自治体で要確認です。" in page


def test_a_cost_that_was_paid_is_written_down(staff_client, hanako):
    # when
    answer = staff_client.post("/staff/costs/entry/", ENTRY)

    # then
    assert (answer.status_code, answer["Location"]) == (303, "/staff/costs/")
    row = models.CostEntry.objects.get()
    assert (row.kind, row.amount_yen, row.note) == ("postage", 12000, "11月分の請求書")
    assert row.actor.startswith("staff:")
    assert "12,000円<" in staff_client.get("/staff/costs/").content.decode()


def test_a_rate_is_written_down_and_not_twice_for_one_day(staff_client, hanako):
    # given
    assert staff_client.post("/staff/costs/rate/", RATE).status_code == 303

    # when
    answer = staff_client.post("/staff/costs/rate/", RATE)

    # then
    assert answer.status_code == 422
    assert "その日からの見込みは、もう決まっています。" in answer.content.decode()
    assert models.CostRate.objects.count() == 1


@pytest.mark.parametrize(
    ("path", "form", "words"),
    [
        ("entry", ENTRY | {"amount_yen": "0"}, "0円は記録できません。"),
        ("entry", ENTRY | {"month": "2026-13"}, "月が正しくありません。"),
        ("entry", ENTRY | {"note": ""}, "何の費用かを書いてください。"),
        ("rate", RATE | {"amount": "1001"}, "千分率は1000までです。"),
        ("gift", {"gift": "99", "cost_yen": "900", "reason": "改定"}, "正しく選択してください"),
    ],
)
def test_what_cannot_be_meant_is_refused_in_words(staff_client, hanako, path, form, words):
    answer = staff_client.post(f"/staff/costs/{path}/", form)

    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert models.CostEntry.objects.count() == models.CostRate.objects.count() == 0


def test_a_dearer_gift_is_shown_until_somebody_has_seen_to_it(staff_client, hanako):
    # given
    gift = fulfilment_models.Gift.objects.get()
    form = {"gift": str(gift.pk), "cost_yen": "901", "reason": "仕入れ値の改定"}

    # when
    staff_client.post("/staff/costs/gift/", form)

    # then
    revision = models.CostRevision.objects.get()
    page = staff_client.get("/staff/costs/").content.decode()
    assert "調達費が上がって3割を超えたお届け" in page
    assert "調達費が3割を超えたお届け" in staff_client.get("/staff/").content.decode()

    # when
    staff_client.post(f"/staff/costs/revisions/{revision.pk}/seen/")

    # then
    revision.refresh_from_db()
    assert revision.seen_by.startswith("staff:")
    page = staff_client.get("/staff/costs/").content.decode()
    assert "調達費が上がって3割を超えたお届け" not in page


def test_the_file_for_spreadsheets_has_a_row_for_each_month_and_the_sum(staff_client, hanako):
    answer = staff_client.get("/staff/costs/meter.csv?period=d2026")

    lines = b"".join(answer.streaming_content).decode("utf-8-sig").splitlines()
    assert (
        lines[0] == "月,見込み,寄附額,調達費,送料,広報費,決済手数料,事務費,費用の合計,割合(千分率)"
    )
    assert len(lines) == 14
    assert lines[-1].startswith("合計,,")


@pytest.mark.parametrize("period", ["2026", "d1999", "x"])
def test_another_kind_of_period_is_refused_in_words(staff_client, hanako, period):
    assert staff_client.get(f"/staff/costs/?period={period}").status_code == 400
