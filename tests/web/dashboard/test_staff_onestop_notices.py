"""The staff pages about notices to home municipalities: make, take out, send, come back."""

import io
import logging
import re
import zipfile
from datetime import date

import pytest

from saleor_ext.common import clock, jptime
from saleor_ext.flows import tasks
from saleor_ext.onestop import models
from tests.builders import dashboard, onestop, world
from tests.web.page_client import PageClient

OSAKA = {"postal_code": "530-0001", "prefecture": "大阪府", "city": "大阪市北区"}
JANUARY = jptime.jst_moment(date(2027, 1, 26), hour=10)
URL = "/staff/onestop/notices/"
NO_CLAIM = "これはeLTAX(地方税ポータルシステム)の様式ではありません。"


def text_of(response):
    shown = re.sub(r"<(style|script).*?</\1>", "", response.content.decode(), flags=re.S)
    return " ".join(re.sub(r"<[^>]*>", " ", shown).split())


def year_make(name="hanako", **donor):
    row = onestop.year_make(donor=world.donor_make(name=name, **OSAKA | donor))
    for application in onestop.applications(row):
        onestop.accepted(application)
    return row


@pytest.fixture
def officer(db, monkeypatch):
    """佐藤, who answers for donations and may see people, in January."""
    monkeypatch.setattr(clock, "now", lambda: JANUARY)
    monkeypatch.setattr(clock, "today", lambda: date(2027, 1, 26))
    world.town_make()
    return dashboard.staff_browser(permissions=["HANDLE_PAYMENTS", "MANAGE_USERS"])


def test_notices_are_made_taken_out_and_noted_as_sent(
    officer, caplog, django_capture_on_commit_callbacks
):
    row = year_make()
    assert "まだ作っていない 1人" in text_of(officer.get(URL))

    assert tasks.onestop_notices_make.name == "onestop.notices_make"
    with django_capture_on_commit_callbacks(execute=True):
        officer.post(f"{URL}make/", {"year": "2026"})
    shown = text_of(officer.get(URL))
    assert "送る期限(2027年1月31日(日))まで、あと5日です。" in shown
    assert "271004 大阪府大阪市 1件 3,000円 送付待ち 1" in shown
    assert NO_CLAIM in shown

    officer.post(f"{URL}export/", {"year": "2026"})
    export = models.NoticeExport.objects.get()
    with caplog.at_level(logging.INFO, logger="furusato.access"):
        response = officer.get(f"{URL}files/{export.pk}.zip")
    assert "export what=onestop_notices actor=staff:user-sato rows=1" in caplog.text
    assert response["Cache-Control"] == "private, no-store"
    packed = zipfile.ZipFile(io.BytesIO(response.content))
    assert packed.namelist() == ["00-readme.txt", "00-summary.csv", "271004-2026.csv"]
    assert "山田　花子" in packed.read("271004-2026.csv").decode("utf-8-sig")

    officer.post(
        f"{URL}files/{export.pk}/sent/", {"year": "2026", "sent_on": "2027-01-26", "code": ""}
    )
    assert "送付済み 1" in text_of(officer.get(URL))
    assert models.HomeNotice.objects.get(onestop_year=row).state == "sent"


def test_an_unknown_home_is_named_on_the_page_and_a_wrong_code_is_told_there(officer):
    row = year_make(postal_code="100-9999", prefecture="東京都", city="千代田区")
    shown = text_of(officer.get(URL))
    assert "住所地がわからない 1人" in shown
    assert "山田 花子" in shown

    wrong = officer.post(f"{URL}years/{row.pk}/municipality/", {"home_code": "131017"})
    assert wrong.status_code == 422
    assert "市区町村のコードが正しくありません" in text_of(wrong)

    made = officer.post(f"{URL}years/{row.pk}/municipality/", {"home_code": "１３１０１６"})
    assert made.status_code == 303
    assert "東京都千代田区への通知(第1版)" in text_of(officer.get(made["Location"]))


def test_one_that_came_back_is_noted_and_made_for_another_municipality(officer):
    row = year_make()
    notice = onestop.notice_sent(row, now=JANUARY)
    shown = text_of(officer.get(f"{URL}{notice.pk}/"))
    assert "大阪府大阪市への通知(第1版) 送付済み" in shown
    assert NO_CLAIM in shown

    empty = officer.post(f"{URL}{notice.pk}/back/", {"returned_on": "2027-01-26"})
    assert empty.status_code == 422
    officer.post(
        f"{URL}{notice.pk}/back/",
        {
            "returned_on": "2027-01-26",
            "reason": "not_resident",
            "step": "correct",
            "note": "転出済みと電話あり",
        },
    )
    shown = text_of(officer.get(f"{URL}{notice.pk}/"))
    assert "1月1日の住所がない。次にすること: 直して作り直す「転出済みと電話あり」" in shown

    wrong = officer.post(
        f"{URL}years/{row.pk}/municipality/", {"home_code": "999999", "from": "notice"}
    )
    assert wrong.status_code == 422
    assert "大阪府大阪市への通知(第1版)" in text_of(wrong)
    officer.post(f"{URL}years/{row.pk}/municipality/", {"home_code": "131016", "from": "notice"})
    assert [one.state for one in models.HomeNotice.objects.order_by("version")] == [
        "replaced",
        "made",
    ]
    listed = text_of(officer.get(f"{URL}town/?year=2026&code=131016"))
    assert "山田 花子" in listed
    assert "3,000円 2 作成済み" in listed


def test_a_number_in_a_note_is_refused_and_kept_nowhere(officer):
    notice = onestop.notice_sent(year_make(), now=JANUARY)

    response = officer.post(
        f"{URL}{notice.pk}/back/",
        {
            "returned_on": "2027-01-26",
            "reason": "other",
            "step": "ask_donor",
            "note": "番号は 1234-5678-9018",
        },
    )

    assert response.status_code == 422
    assert "マイナンバー" in text_of(response)
    notice.refresh_from_db()
    assert (notice.state, notice.return_note) == ("sent", "")


def test_before_january_nothing_can_be_made(officer, monkeypatch):
    monkeypatch.setattr(clock, "today", lambda: date(2026, 12, 31))
    year_make()

    shown = text_of(officer.get(f"{URL}?year=2026"))
    officer.post(f"{URL}make/", {"year": "2026"})

    assert "2027年1月1日(金)から作れます" in shown
    assert "翌年1月1日から作れます" in text_of(officer.get(f"{URL}?year=2026"))
    assert models.HomeNotice.objects.count() == 0


def test_a_year_or_town_there_is_not_is_told_or_not_found(officer):
    assert officer.get(f"{URL}?year=2014").status_code == 400
    assert officer.get(f"{URL}town/?year=2026&code=271004").status_code == 404
    assert officer.post(f"{URL}export/", {"year": "x"}).status_code == 404
    assert officer.get(f"{URL}999/").status_code == 404
    assert officer.get(f"{URL}files/999.zip").status_code == 404
    assert officer.post(f"{URL}999/done/").status_code == 404
    assert officer.post(f"{URL}export/", {"year": "2026"}).status_code == 303


@pytest.mark.parametrize("permissions", [["HANDLE_PAYMENTS"], ["MANAGE_ORDERS", "MANAGE_USERS"]])
def test_only_who_answers_for_donations_and_may_see_people_enters(db, permissions):
    world.town_make()
    notice = onestop.notice_sent(year_make(), now=JANUARY)
    client = dashboard.staff_browser(permissions=permissions)

    for address in (URL, f"{URL}{notice.pk}/", f"{URL}town/?year=2026&code=271004"):
        response = client.get(address)
        assert response.status_code == 403, address
        assert "山田" not in response.content.decode()
    for address in (f"{URL}make/", f"{URL}export/", f"{URL}{notice.pk}/back/"):
        assert client.post(address, {"year": "2026"}).status_code == 403, address
    notice.refresh_from_db()
    assert notice.state == "sent"


def test_the_pages_are_fit_to_be_shown_and_ask_as_little_for_many_as_for_one(officer, query_counts):
    pages = PageClient(counts=query_counts, client=officer)
    notice = onestop.notice_sent(year_make(), now=JANUARY)
    year_make("taro", postal_code="100-9999", prefecture="東京都", city="千代田区")

    assert pages.get(URL).h1 == "住所地への通知 2026年分"
    assert pages.get(f"{URL}{notice.pk}/").h1 == "大阪府大阪市への通知(第1版)"
    assert pages.get(f"{URL}town/?year=2026&code=271004").h1 == "大阪府大阪市への通知 2026年分"
    row = models.OneStopYear.objects.get(donor__family_name="鈴木")
    pages.post_refused(f"{URL}years/{row.pk}/municipality/", {"home_code": "1"})
    pages.post_refused(f"{URL}{notice.pk}/back/", {"returned_on": "x"})

    for number in range(3):
        year_make(f"another{number}", postal_code="100-9999", prefecture="東京都", city="千代田区")
    pages.get(URL)
