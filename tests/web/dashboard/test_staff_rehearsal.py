"""The time machine on the staff pages: started, followed, read and kept."""

from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command

from saleor_ext.common import clock
from saleor_ext.flows.rehearsal import rehearsing
from saleor_ext.fulfilment import models as fulfilment_models
from saleor_ext.operation import models as operation_models
from saleor_ext.operation import rehearsals
from tests.builders import months, world

PAGE = "/staff/rehearsal/"
pytestmark = pytest.mark.django_db


@pytest.fixture
def member():
    return months.member_ahead()


def test_a_rehearsal_is_handed_to_the_worker_and_its_report_shown(staff_client, member, settings):
    # given
    before = staff_client.get(PAGE).content.decode()
    settings.CELERY_TASK_ALWAYS_EAGER = True

    # when
    started = rehearsing.rehearsal_start(today=world.TODAY, now=world.NOW, actor="staff:sato")
    waiting = staff_client.get(PAGE).content.decode()
    rehearsing.rehearsal_run(rehearsal_id=started.pk)
    page = staff_client.get(PAGE).content.decode()
    kept = staff_client.get(f"/staff/rehearsal/{started.pk}.csv")

    # then
    assert "予行を始める" in before
    assert "順番待ち" in waiting
    assert "<progress" in waiting
    for words in ("完了", "月ごとの寄附とお届け", "30,000円", "指定期間の外", "hatake農園", "<svg"):
        assert words in page
    text = b"".join(kept.streaming_content).decode("utf-8-sig")
    assert "寄附,件数,2026-12,1" in text
    assert "生産者ごとのお届け,hatake農園,2026-12,1" in text


def test_what_runs_short_is_on_the_page_and_in_the_file_without_what_is_ordered(
    staff_client, member
):
    # given
    months.order_known(months.month_of(member, 0))
    fulfilment_models.Gift.objects.update(stock_free=1, stock_seen_at=world.NOW)

    # when
    started = rehearsing.rehearsal_start(today=world.TODAY, now=world.NOW, actor="staff:sato")
    rehearsing.rehearsal_run(rehearsal_id=started.pk)
    page = staff_client.get(PAGE).content.decode()
    kept = staff_client.get(f"/staff/rehearsal/{started.pk}.csv")

    # then
    assert "2027年1月に足りなくなります。12か月でこれから注文する分が 10、お店の在庫が 1" in page
    text = b"".join(kept.streaming_content).decode("utf-8-sig")
    assert "足りなくなる品,冬の大根(在庫 1),2027-01,10" in text


def test_one_that_fell_silent_can_be_started_again_from_the_page(staff_client, member):
    # given
    now = clock.now()
    started = rehearsing.rehearsal_start(today=world.TODAY, now=now, actor="staff:sato")
    waiting = staff_client.get(PAGE).content.decode()

    # when its worker was ended from outside
    operation_models.Rehearsal.objects.update(state="running", seen_at=now - rehearsals.SILENT)
    page = staff_client.get(PAGE).content.decode()
    answer = staff_client.post("/staff/rehearsal/start/", {"declined": "0", "recovered": "0"})

    # then
    assert "もう一度予行する" not in waiting
    assert "もう一度予行する" in page
    assert "止まったものと思われます" in page
    assert "<progress" not in page
    assert answer.status_code == 303
    started.refresh_from_db()
    assert started.state == "failed"
    assert operation_models.Rehearsal.objects.latest("pk").state == "wanted"


def test_one_member_is_rehearsed_at_once(staff_client, member):
    # when
    page = staff_client.get(f"/staff/memberships/{member.public_id}/rehearsal/").content.decode()
    kept = staff_client.get(f"/staff/memberships/{member.public_id}/rehearsal.csv")

    # then
    for words in ("これから12か月の予行", "2026年12月24日(木)", "冬の畑から(hatake農園)"):
        assert words in page
    assert "2026-12-24,2026-12,寄附,なぎさ会員,3000" in b"".join(kept.streaming_content).decode(
        "utf-8-sig"
    )
    assert staff_client.get("/staff/memberships/nobody/rehearsal/").status_code == 404


def test_there_is_one_rehearsal_at_a_time_and_one_that_fell_silent_is_given_up(member):
    # given
    def begin(now):
        return rehearsals.rehearsal_begin(
            as_of=world.TODAY, months=12, total=1, now=now, actor="staff:sato"
        )

    first = begin(world.NOW)

    # when
    again = begin(world.NOW + timedelta(minutes=5))
    later = begin(world.NOW + timedelta(minutes=20))

    # then
    assert again == first
    assert later != first
    assert operation_models.Rehearsal.objects.get(pk=first.pk).state == "failed"


def test_a_second_worker_does_nothing_and_an_error_is_noted(member, monkeypatch):
    # given
    started = rehearsing.rehearsal_start(today=world.TODAY, now=world.NOW, actor="staff:sato")

    def broken(**_kwargs):
        raise RuntimeError("broken")

    monkeypatch.setattr(rehearsing, "rehearse_all", broken)

    # when
    with pytest.raises(RuntimeError):
        rehearsing.rehearsal_run(rehearsal_id=started.pk)
    rehearsing.rehearsal_run(rehearsal_id=started.pk)

    # then
    started.refresh_from_db()
    assert (started.state, started.report) == ("failed", {})


def test_the_command_prints_the_same(member, capsys):
    # when
    call_command("rehearse", "--csv", "--months", "2")
    everybody = capsys.readouterr().out
    call_command("rehearse", "--member", member.public_id)
    one = capsys.readouterr().out

    # then
    assert "2026-12-01,1,3000,0,1" in everybody
    assert "2026-12-24  2026-12  donation  なぎさ会員  3000" in one
    with pytest.raises(CommandError):
        call_command("rehearse", "--member", "nobody")
    with pytest.raises(CommandError):
        call_command("rehearse", "--months", "0")
