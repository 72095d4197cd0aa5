"""Notices to municipalities: made, taken out, sent, come back, corrected; and what is not known."""

import io
import zipfile
from datetime import date, timedelta

import pytest
from django.core.management import CommandError, call_command

from saleor_ext.common import clock, jptime, my_number
from saleor_ext.common.errors import InvalidTransition
from saleor_ext.flows.onestop import home_notices, notice_export
from saleor_ext.onestop import errors, models, services
from tests.builders import onestop, world

pytestmark = pytest.mark.django_db

JANUARY = jptime.jst_moment(date(2027, 1, 12), hour=10)
TODAY = date(2027, 1, 12)
OSAKA = {"postal_code": "530-0001", "prefecture": "大阪府", "city": "大阪市北区"}
DAYS = [date(2026, 10, 5), date(2026, 11, 5)]


def year_make(name="hanako", *, days=None, **donor):
    row = onestop.year_make(donor=world.donor_make(name=name, **OSAKA | donor), days=days or DAYS)
    for application in onestop.applications(row):
        onestop.accepted(application)
    return row


def make(*, today=TODAY, now=JANUARY):
    return home_notices.notices_make(year=2026, today=today, now=now, actor=world.ACTOR)


def export(**changes):
    return notice_export.export_make(year=2026, now=JANUARY, actor=world.ACTOR, **changes)


def sent(held, *, home_code="", on=TODAY):
    return home_notices.sent_note(
        export_id=held.pk,
        home_code=home_code,
        sent_on=on,
        today=TODAY,
        now=JANUARY,
        actor=world.ACTOR,
    )


def came_back(notice, *, step, reason="not_resident", note="", on=TODAY):
    home_notices.notice_came_back(
        notice_id=notice.pk,
        returned_on=on,
        reason=reason,
        step=step,
        note=note,
        today=TODAY,
        now=JANUARY,
        actor=world.ACTOR,
    )


def home_set(row, code, name=""):
    return home_notices.home_set(
        onestop_year_id=row.pk,
        home_code=code,
        home_name=name,
        today=TODAY,
        now=JANUARY,
        actor=world.ACTOR,
    )


def notice_of(row):
    return models.HomeNotice.objects.exclude(state="replaced").get(onestop_year=row)


def states_of(row):
    return [one.state for one in onestop.applications(row)]


def rows_in(held):
    """The rows of every municipality's file, by its name, without the headings."""
    packed = zipfile.ZipFile(io.BytesIO(notice_export.export_file(export_id=held.pk).content))
    return {
        name: [row.split(",") for row in packed.read(name).decode("utf-8-sig").splitlines()[1:]]
        for name in packed.namelist()
        if name.endswith("-2026.csv")
    }


def test_a_notice_names_all_accepted_donations_of_the_year_to_the_home_of_1_january():
    row = year_make()

    assert make() == home_notices.Made(made=1, unknown=0)

    notice = notice_of(row)
    assert (notice.state, notice.home_code, notice.home_name) == ("made", "271004", "大阪府大阪市")
    assert (notice.total_yen, notice.version, notice.is_withdrawal) == (6000, 1, False)
    assert [line.donated_on for line in notice.lines.order_by("position")] == DAYS
    assert states_of(row) == ["notice_made", "notice_made"]
    assert make() == home_notices.Made(made=0, unknown=0)


def test_before_1_january_nobody_knows_where_he_will_live():
    row = year_make()

    with pytest.raises(errors.NoticeTooEarly) as caught:
        make(today=date(2026, 12, 31))

    assert caught.value.fields == {"from_day": date(2027, 1, 1)}
    assert states_of(row) == ["accepted", "accepted"]
    assert make(today=date(2027, 1, 1)).made == 1


def test_an_unknown_home_is_listed_and_made_once_the_office_names_it():
    row = year_make(postal_code="100-9999", prefecture="東京都", city="千代田区")

    assert make() == home_notices.Made(made=0, unknown=1)
    assert home_notices.unknown_homes(year=2026) == [row]

    for code, name in (("131017", ""), ("abc", ""), ("990001", "")):
        with pytest.raises(errors.NoticeHomeWrong):
            home_set(row, code, name)
    notice = home_set(row, "131016")

    assert (notice.home_code, notice.home_name) == ("131016", "東京都千代田区")
    assert home_notices.unknown_homes(year=2026) == []


def test_the_file_is_kept_in_mind_and_what_was_sent_is_noted_of_its_notices():
    hanako, taro = (
        year_make(),
        year_make("taro", postal_code="060-0001", prefecture="北海道", city="札幌市中央区"),
    )
    make()
    held = export()

    assert list(rows_in(held)) == ["011002-2026.csv", "271004-2026.csv"]
    assert [notice_of(row).state for row in (hanako, taro)] == ["made", "made"]

    assert sent(held, home_code="271004", on=date(2027, 1, 12)) == 1
    assert notice_of(hanako).state == "sent"
    assert notice_of(hanako).sent_on == date(2027, 1, 12)
    assert states_of(hanako) == ["noticed", "noticed"]
    assert notice_of(taro).state == "made"
    assert sent(held) == 1
    assert sent(held) == 0
    assert notice_of(taro).state == "sent"
    with pytest.raises(errors.NoticeNothingToExport):
        export()


def test_a_day_of_sending_lies_between_the_file_and_today():
    year_make()
    make()
    held = export()

    for day in (TODAY + timedelta(days=1), TODAY - timedelta(days=1)):
        with pytest.raises(errors.NoticeSentInFuture):
            sent(held, on=day)

    assert models.NoticeExportItem.objects.filter(sent_on__isnull=False).count() == 0


def test_what_was_replaced_after_the_file_was_made_is_not_called_sent():
    row = year_make()
    make()
    held = export()
    first, _ = onestop.applications(row)
    services.application_void(
        application_id=first.pk, reason="mistake", now=JANUARY, actor=world.ACTOR
    )
    make()

    sent(held)

    assert notice_of(row).state == "made"
    assert notice_of(row).total_yen == 3000
    assert rows_in(export())["271004-2026.csv"][0][2] == "新規"


def test_a_correction_and_a_withdrawal_say_so_to_whoever_has_the_first_one():
    row = year_make()
    make()
    sent(export())
    first, second = onestop.applications(row)
    services.application_void(
        application_id=first.pk, reason="mistake", now=JANUARY, actor=world.ACTOR
    )
    make()

    held = export()
    [corrected] = rows_in(held)["271004-2026.csv"]
    assert (corrected[1:3], corrected[12:14]) == (["2", "訂正"], ["3000", "1"])

    sent(held)
    services.application_void(
        application_id=second.pk, reason="return_filed", now=JANUARY, actor=world.ACTOR
    )
    make()
    [taken_back] = rows_in(export())["271004-2026.csv"]
    assert (taken_back[1:3], taken_back[12:15]) == (["3", "取消"], ["0", "0", ""])


def test_one_that_came_back_is_sent_again_as_it_was():
    row = year_make()
    make()
    sent(export())

    came_back(notice_of(row), step="send_again", reason="not_delivered", note="宛名がはがれた")

    assert notice_of(row).state == "returned"
    assert states_of(row) == ["notice_returned", "notice_returned"]
    sent(export())
    assert notice_of(row).state == "resent"
    assert states_of(row) == ["noticed", "noticed"]


def test_one_that_came_back_for_a_wrong_home_is_made_anew_for_the_right_one():
    row = year_make()
    make()
    sent(export())
    came_back(notice_of(row), step="correct")

    home_set(row, "131016")

    held = export()
    # Osaka sent it back itself, so that there is nothing to take back there.
    assert {name: [one[2] for one in rows] for name, rows in rows_in(held).items()} == {
        "131016-2026.csv": ["新規"]
    }
    sent(held)
    assert (notice_of(row).state, notice_of(row).home_code) == ("sent", "131016")
    assert states_of(row) == ["noticed", "noticed"]


def test_a_move_told_after_sending_takes_the_notice_back_where_it_lies():
    row = year_make()
    make()
    sent(export())

    home_set(row, "131016")

    found = rows_in(export())
    assert {name: [one[2] for one in rows] for name, rows in found.items()} == {
        "131016-2026.csv": ["新規"],
        "271004-2026.csv": ["取消"],
    }


def test_giving_up_ends_it_and_asking_leaves_it_open():
    asked, given_up = year_make(), year_make("taro")
    make()
    sent(export())

    came_back(notice_of(asked), step="ask_donor", reason="person_unknown")
    came_back(notice_of(given_up), step="give_up", reason="person_unknown")

    assert (notice_of(asked).state, notice_of(given_up).state) == ("returned", "done")
    with pytest.raises(errors.NoticeNothingToExport):
        export()


def test_what_did_not_go_out_cannot_come_back():
    row = year_make()
    make()

    with pytest.raises(InvalidTransition):
        came_back(notice_of(row), step="send_again")

    assert notice_of(row).state == "made"


def test_a_return_needs_reason_step_a_day_that_can_be_and_no_number_in_its_note():
    row = year_make()
    make()
    sent(export())
    notice = notice_of(row)

    with pytest.raises(errors.NoticeReturnUnnamed):
        came_back(notice, step="", reason="not_resident")
    with pytest.raises(errors.NoticeSentInFuture):
        came_back(notice, step="send_again", on=TODAY + timedelta(days=1))
    with pytest.raises(my_number.MyNumberRefused):
        came_back(notice, step="send_again", note="123456789018")

    assert notice_of(row).state == "sent"


def test_what_the_office_put_right_holds_while_the_address_is_the_same():
    row = year_make()
    home_set(row, "131016")
    first, _ = onestop.applications(row)
    services.application_void(
        application_id=first.pk, reason="mistake", now=JANUARY, actor=world.ACTOR
    )

    make()

    assert (notice_of(row).home_code, notice_of(row).version) == ("131016", 2)


def test_the_last_day_is_the_end_of_january():
    assert home_notices.due_of(year=2026) == date(2027, 1, 31)
    assert home_notices.days_left(year=2026, today=TODAY) == 19


def test_the_command_makes_takes_out_and_says_what_it_is_not(tmp_path, capsys, monkeypatch):
    year_make()
    year_make("taro", postal_code="100-9999", prefecture="東京都", city="千代田区")
    monkeypatch.setattr(clock, "now", lambda: JANUARY)
    monkeypatch.setattr(clock, "today", lambda: TODAY)

    call_command("onestop_notices", out=str(tmp_path))

    said = capsys.readouterr().out
    assert "作った通知 1件、住所地がわからない方 1人" in said
    assert "書いた通知 1件、書けなかった通知 0件" in said
    assert "eLTAX(地方税ポータルシステム)の様式ではありません" in said
    [path] = tmp_path.iterdir()
    assert zipfile.is_zipfile(path)
    assert models.HomeNotice.objects.get().state == "made"
    monkeypatch.setattr(clock, "today", lambda: date(2026, 12, 31))
    with pytest.raises(CommandError, match="2027年1月1日から"):
        call_command("onestop_notices", year=2026, out=str(tmp_path))
