"""A donor's one-stop pages: wish, forms, change and taking back."""

from datetime import date

import pytest

from saleor_ext.common import jptime
from saleor_ext.flows.onestop import wishing
from saleor_ext.membership import models as membership_models
from saleor_ext.onestop import facts, models, services
from saleor_ext.outbox import models as outbox_models
from tests.builders import onestop, receipts, world

YES = dict.fromkeys(facts.ANSWERS, "yes")


@pytest.fixture
def given(hanako):
    receipts.given_make(donor=hanako, days=[date(2026, 10, 24), date(2026, 11, 1)])
    return hanako


def mails():
    rows = outbox_models.OutboxMessage.objects.filter(topic="mail.send").order_by("pk")
    return [row.payload["name"] for row in rows if row.payload["name"].startswith("onestop")]


def test_a_donor_wishes_prints_and_sees_each_donation(signed_in, given):
    browser = signed_in()
    first = browser.get("/my/onestop/")
    assert "まだお申し込みになっていません" in first.body
    assert "2027年1月10日(日)" in browser.get("/my/onestop/2026/wish/").body

    browser.post("/my/onestop/2026/wish/", YES, to="/my/onestop/")

    page = browser.get("/my/onestop/")
    assert page.body.count("この1枚を印刷する") == 2
    assert "2026年分の申請書を印刷する" in page.body
    assert mails() == ["onestop_wished"]
    answers = models.OneStopAnswers.objects.get()
    assert (answers.answers, answers.wording) == (dict.fromkeys(facts.ANSWERS, True), facts.WORDING)


def test_after_the_last_day_nobody_is_asked_to_send_a_form(signed_in, given, clock_at):
    browser = signed_in()
    browser.post("/my/onestop/2026/wish/", YES, to="/my/onestop/")
    clock_at(jptime.jst_moment(date(2027, 1, 11)))

    page = browser.get("/my/onestop/")

    assert "この1枚を印刷する" not in page.body
    assert "2026年分の申請書を印刷する" not in page.body
    assert page.body.count("受領証明書で確定申告をなさってください") == 2


@pytest.mark.parametrize(
    ("day", "count"),
    [
        (date(2026, 11, 30), 0),
        (date(2026, 12, 1), 1),
        (date(2027, 1, 10), 1),
        (date(2027, 1, 11), 0),
    ],
)
def test_the_first_page_reminds_of_forms_that_have_not_come(signed_in, given, clock_at, day, count):
    # given
    onestop.wish_make(donor_id=given.pk)
    clock_at(jptime.jst_moment(day))

    # when
    page = signed_in().get("/my/")

    # then
    words = "ワンストップ特例の申請書が、まだ届いていません(2026年分 2件)"
    assert page.body.count(words) == count
    assert page.body.count("2027年1月10日(日)までに町へ届いたものが有効です。") == count


def test_the_first_page_says_at_once_that_something_is_missing(signed_in, given):
    # given
    first, second = onestop.applications(onestop.wish_make(donor_id=given.pk))
    onestop.accepted(first)
    onestop.received(second)
    services.application_incomplete(
        application_id=second.pk, missing=["person_paper"], now=world.NOW, actor=world.ACTOR
    )

    # when
    page = signed_in().get("/my/")

    # then
    assert "ワンストップ特例の申請に、足りないものがあります(2026年分 1件)" in page.body
    assert "まだ届いていません" not in page.body
    assert "申請のようすを見る" in page.body


@pytest.mark.parametrize("question", facts.ANSWERS)
def test_any_no_stops_kindly_and_the_answer_is_kept(signed_in, given, question):
    page = signed_in().post_refused("/my/onestop/2026/wish/", YES | {question: "no"})

    assert "お使いいただけません" in page.body
    assert "確定申告" in page.body
    assert models.OneStopApplication.objects.count() == 0
    assert models.OneStopAnswers.objects.get().answers[question] is False
    assert models.OneStopYear.objects.get().is_wanted is None


def test_an_unanswered_question_is_named_and_nothing_is_kept(signed_in, given):
    page = signed_in().post_refused("/my/onestop/2026/wish/", {"is_few_towns": "yes"})

    assert page.body.count("「はい」か「いいえ」を選んでください。") >= 4
    assert models.OneStopYear.objects.count() == 0


@pytest.mark.parametrize(
    ("day", "hour", "years"),
    [
        (date(2027, 1, 10), 23, (2027, 2026)),
        (date(2027, 1, 11), 0, (2027,)),
        (date(2026, 12, 31), 23, (2026,)),
    ],
)
def test_a_year_is_open_until_the_tenth_of_january_in_japan(day, hour, years):
    today = jptime.jst_date(jptime.jst_moment(day, hour=hour))

    assert wishing.years_open(today=today) == years


def test_the_wish_is_taken_back_after_its_consequences_were_shown(signed_in, hanako):
    row = onestop.year_make(donor=hanako)
    onestop.accepted(onestop.applications(row)[0])
    browser = signed_in()
    asked = browser.get("/my/onestop/2026/back/")
    assert "確定申告" in asked.body
    shown = browser.http.post("/my/onestop/2026/back/", {"reason": "too_many_towns"})
    assert "すべて無効になります" in shown.content.decode()
    assert onestop.applications(row)[0].state == "accepted"

    browser.post(
        "/my/onestop/2026/back/",
        {"reason": "too_many_towns", "confirmed": "1"},
        to="/my/onestop/",
    )

    [application] = onestop.applications(row)
    assert (application.state, application.void_reason) == ("void", "too_many_towns")
    assert mails() == ["onestop_void"]
    assert "6団体以上" in browser.get("/my/onestop/").body


def test_a_changed_name_after_acceptance_suggests_the_report(signed_in, hanako):
    row = onestop.year_make(donor=hanako)
    onestop.accepted(onestop.applications(row)[0])
    membership_models.Donor.objects.filter(pk=hanako.pk).update(family_name="海野")
    browser = signed_in()
    assert "申請のときと変わっています" in browser.get("/my/onestop/").body
    shown = browser.get("/my/onestop/2026/change/")
    assert "山田 花子" in shown.body
    assert "海野 花子" in shown.body

    browser.post("/my/onestop/2026/change/", to="/my/onestop/")

    change = models.OneStopChange.objects.get()
    assert (change.state, change.after) == ("written", {"full_name": "海野　花子"})
    assert "変更届出書を印刷する" in browser.get("/my/onestop/").body
    assert onestop.applications(row)[0].state == "accepted"


def test_nobody_reaches_anothers_forms(signed_in, page_client, hanako):
    row = onestop.year_make(donor=hanako)
    [application] = onestop.applications(row)
    world.donor_make(name="taro")
    address = f"/my/onestop/{application.public_id}/form.pdf"

    other = signed_in("taro")
    page_client.get_redirect(address, to=f"/signin/?next={address.replace('/', '%2F')}")

    for path in (address, "/my/onestop/2026/forms.pdf", "/my/onestop/2026/back/"):
        assert other.http.get(path).status_code == 404, path
    application.refresh_from_db()
    assert application.state == "wished"


def test_the_forms_are_a_pdf_and_are_noted_as_sent(signed_in, hanako):
    row = onestop.year_make(donor=hanako)

    response = signed_in().http.get("/my/onestop/2026/forms.pdf")

    assert response["Content-Type"] == "application/pdf"
    assert response.content.startswith(b"%PDF")
    assert [one.state for one in onestop.applications(row)] == ["sent"]
