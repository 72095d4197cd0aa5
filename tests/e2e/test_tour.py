"""`manage.py tour` walks the main job, and stops where something is not as it should be."""

import pytest

from fixtures.trial.supervisor import Supervisor
from fixtures.trial.tour import joining, pages, walk
from fixtures.trial.tour.report import Report, Wrong
from fixtures.trial.tour.visitor import Visitor
from tests.e2e.desk import Desk

pytestmark = pytest.mark.e2e


def test_the_tour_finds_everything_as_it_should_be(trial: Supervisor) -> None:
    # given
    said: list[str] = []
    # when
    walk.tour_walk(trial=trial, report=Report(said.append))
    # then
    steps = [line for line in said if line.startswith("  ")]
    assert all(line.startswith("  ○") for line in steps)
    assert len(steps) >= 28
    assert "ledger_check" in said[-1]


def test_the_tour_stops_at_the_first_thing_that_is_wrong(
    trial: Supervisor, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given
    said: list[str] = []
    monkeypatch.setitem(joining.DETAILS, "city", "みなと区")
    # when
    with pytest.raises(Wrong):
        walk.tour_walk(trial=trial, report=Report(said.append))
    # then
    assert said[-3].strip().startswith("×")
    assert said[-3].endswith("お名前とご住所")
    assert said[-2].strip() == "こうなるはず: 「東京都千代田区架空町1-2-3」と出ること"
    assert said[-1].strip().startswith("実際: /join/nagisa/confirm/(200)")


def test_a_form_without_the_field_is_a_finding_and_no_crash(trial: Supervisor) -> None:
    # given
    said: list[str] = []
    report = Report(said.append)
    # when
    with Visitor(trial.url) as visitor, pytest.raises(Wrong):
        report.step(
            "サインイン",
            lambda: visitor.send(visitor.open("/signin/"), "/signin/", pin="1").heading,
        )
    # then
    assert said[-3].strip().startswith("×")
    assert said[-1].endswith("/signin/ の入力欄に pin がありません")


def test_a_page_is_read_as_a_person_reads_it() -> None:
    # given
    markup = (
        "<h1>ご<b>登録</b></h1><p>三千円 を\n寄附</p>"
        "<script src='/a.js'>let x = '見えない';</script>"
        "<form action='/go/' method='post'><input name='a' value='1'>"
        "<input type='radio' name='b' value='x'><input type='radio' name='b' value='y' checked>"
        "<input type='checkbox' name='c'><select name='d'><option value=''>-</option>"
        "<option value='2' selected>二</option></select><textarea name='e'>長い文</textarea>"
        "<button name='f' value='1'>送る</button></form><a href='/next/'>つぎへ</a>"
    )
    # when
    page = pages.page_read(address="http://127.0.0.1:1/here/?q=1", status=200, markup=markup)
    # then
    assert page.heading == "ご登録"
    assert page.path == "/here/?q=1"
    assert page.has("三千円を寄附")
    assert not page.has("見えない")
    assert page.forms[0].values == {"a": "1", "b": "y", "d": "2", "e": "長い文"}
    assert page.forms[0].choices == {"b": ["x", "y"], "c": ["on"], "d": ["", "2"]}
    assert [(link.address, link.words) for link in page.links] == [("/next/", "つぎへ")]
    assert page.scripts == ["/a.js"]


def test_a_day_that_is_over_cannot_be_travelled_to(desk: Desk) -> None:
    # when
    done = desk.run("time_travel", "--to", "2026-01-01")
    # then
    assert done.code == 1
    assert "時計は戻せません" in done.error
