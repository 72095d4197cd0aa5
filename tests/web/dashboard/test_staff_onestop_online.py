"""The staff pages about results of online applications: read, look, take in, put away."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from plugins.onestop.csv_results.results import COLUMNS
from saleor_ext.flows import tasks
from saleor_ext.onestop import models
from tests.builders import dashboard, onestop, world
from tests.web.page_client import PageClient

URL = "/staff/onestop/online/"
HEADING = ",".join(COLUMNS)
LIKE_A_NUMBER = "123456789018"


def text_of(response):
    shown = re.sub(r"<(style|script).*?</\1>", "", response.content.decode(), flags=re.S)
    return " ".join(re.sub(r"<[^>]*>", " ", shown).split())


def upload(client, *rows, heading=HEADING):
    content = "\r\n".join([heading, *rows]).encode("cp932")
    file = SimpleUploadedFile("results.csv", content, content_type="text/csv")
    return client.post(f"{URL}read/", {"service": "csv", "file": file})


def row_of(number, *, reference="A-1"):
    return f"{reference},2026,{number},寄附ごと,受付,2026-11-20 10:15,署名用電子証明書"


@pytest.fixture
def officer(db):
    world.town_make()
    return dashboard.staff_browser(permissions=["HANDLE_PAYMENTS", "MANAGE_USERS"])


@pytest.fixture
def application(officer):
    [made] = onestop.applications(onestop.year_make())
    return made


def test_a_file_is_shown_and_then_taken_in(
    officer, application, django_capture_on_commit_callbacks
):
    read = upload(officer, row_of(application.number), row_of("2026-999999-9", reference="A-2"))
    assert read.status_code == 303
    shown = text_of(officer.get(read["Location"]))
    assert "受付済みにする 1行" in shown
    assert "寄附が見つからない 1行" in shown
    assert "1行を取り込む" in shown
    application.refresh_from_db()
    assert application.state == "wished"

    assert tasks.onestop_import_apply.name == "onestop.import_apply"
    [seen] = re.findall(
        r'name="seen" value="(\w+)"', officer.get(read["Location"]).content.decode()
    )
    with django_capture_on_commit_callbacks(execute=True):
        officer.post(f"{read['Location']}apply/", {"seen": seen})

    application.refresh_from_db()
    assert (application.state, application.identity_by) == ("accepted", "staff:user-sato")
    shown = text_of(officer.get(read["Location"]))
    assert "取り込み済み" in shown
    assert "行を取り込む" not in shown


def test_what_was_not_shown_is_not_done(officer, application):
    read = upload(officer, row_of(application.number))

    officer.post(f"{read['Location']}apply/", {"seen": "something else"})

    assert "変わったところがあります" in text_of(officer.get(read["Location"]))
    application.refresh_from_db()
    assert application.state == "wished"


def test_every_fault_is_told_by_line_and_nothing_is_kept(officer, application):
    response = upload(
        officer, row_of(application.number).replace("受付", "うけつけ"), "A-2,x,,寄附ごと,受付,,"
    )

    assert response.status_code == 422
    shown = text_of(response)
    assert "取り込めませんでした。何も保存していません。" in shown
    assert "2行目「結果」: 決まった言葉ではありません。" in shown
    assert "3行目「寄附年」: 年がちがいます。" in shown
    assert "3行目「整理番号」: 空です。" in shown
    assert "うけつけ" not in shown
    assert models.OnlineImport.objects.count() == 0


def test_a_column_of_individual_numbers_is_refused_and_reaches_no_log(officer, application, caplog):
    with caplog.at_level(0):
        response = upload(
            officer,
            f"{row_of(application.number)},{LIKE_A_NUMBER}",
            heading=f"{HEADING},個人番号",
        )

    assert response.status_code == 422
    assert "8列目」: マイナンバー(個人番号)の列か、そう見える数字があります。" in text_of(response)
    assert LIKE_A_NUMBER not in response.content.decode()
    assert LIKE_A_NUMBER not in caplog.text
    assert models.OnlineImport.objects.count() == 0


def test_it_may_be_put_away_without_a_trace_on_applications(officer, application):
    read = upload(officer, row_of(application.number))

    officer.post(f"{read['Location']}drop/")

    held = models.OnlineImport.objects.get()
    assert held.state == "dropped"
    application.refresh_from_db()
    assert application.state == "wished"
    again = officer.post(f"{read['Location']}apply/", {"seen": ""})
    assert again.status_code == 303
    assert models.OnlineImport.objects.get().state == "dropped"


def test_without_a_file_or_a_service_nothing_happens(officer):
    assert officer.post(f"{URL}read/", {"service": "csv"}).status_code == 422
    file = SimpleUploadedFile("results.csv", b"x")
    assert officer.post(f"{URL}read/", {"service": "iam", "file": file}).status_code == 404
    assert officer.get(f"{URL}99/").status_code == 404
    assert officer.post(f"{URL}99/apply/").status_code == 404


@pytest.mark.parametrize("permissions", [["HANDLE_PAYMENTS"], ["MANAGE_ORDERS", "MANAGE_USERS"]])
def test_only_who_answers_for_donations_and_may_see_people_enters(
    officer, application, permissions
):
    read = upload(officer, row_of(application.number))
    client = dashboard.staff_browser(permissions=permissions)

    assert client.get(URL).status_code == 403
    assert client.get(read["Location"]).status_code == 403
    assert client.post(f"{read['Location']}apply/", {"seen": "x"}).status_code == 403
    assert upload(client, row_of(application.number)).status_code == 403
    assert models.OnlineImport.objects.count() == 1


def test_the_pages_are_fit_to_be_shown_and_ask_as_little_for_many_rows(
    officer, application, query_counts
):
    pages = PageClient(counts=query_counts, client=officer)
    one = upload(officer, row_of(application.number))
    many = upload(
        officer, *(row_of(application.number, reference=f"B-{number}") for number in range(9))
    )

    assert pages.get(URL).h1 == "オンライン申請の結果"
    assert pages.get(one["Location"]).h1 == "オンライン申請の結果の確認"
    pages.get(many["Location"])
