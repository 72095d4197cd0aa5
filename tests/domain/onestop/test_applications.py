"""One-stop applications: made for each donation, in time or not at all, void when money is back."""

from datetime import date

import pytest
from django.db import IntegrityError, transaction

from saleor_ext.common import jptime
from saleor_ext.common.errors import InvalidTransition
from saleor_ext.flows.onestop import following
from saleor_ext.onestop import changes, errors, models, notices, selectors, services, states
from tests.builders import onestop, receipts, world

pytestmark = pytest.mark.django_db
JAN_10 = date(2027, 1, 10)


def test_each_donation_of_a_wanted_year_has_one_application_however_often_it_is_settled():
    row = onestop.year_make(days=[date(2026, 9, 1), date(2026, 10, 1)])

    again = following.applications_settle(
        donor_id=row.donor_id, year=2026, now=world.NOW, actor="test"
    )

    assert [one.state for one in onestop.applications(row)] == ["wished", "wished"]
    assert again == following.Followed()
    assert following.out_of_step() == []


@pytest.mark.parametrize(
    ("hour", "minute", "day", "is_in_time"),
    [(23, 59, JAN_10, True), (0, 0, date(2027, 1, 11), False)],
)
def test_the_last_day_ends_at_midnight_in_japan(hour, minute, day, is_in_time):
    row = onestop.year_make()
    now = jptime.jst_moment(day, hour=hour, minute=minute)
    (application,) = onestop.applications(row)

    if is_in_time:
        onestop.received(application, now=now)
    else:
        with pytest.raises(errors.OnestopLate):
            onestop.received(application, now=now)

    application.refresh_from_db()
    assert application.state == ("received" if is_in_time else "wished")


def test_what_arrived_in_time_is_in_time_even_when_it_is_noted_later():
    (application,) = onestop.applications(onestop.year_make())
    now = jptime.jst_moment(date(2027, 1, 14), hour=9)

    onestop.received(application, now=now, on=JAN_10)

    application.refresh_from_db()
    assert (application.state, application.received_on) == ("received", JAN_10)


def test_an_application_is_void_once_its_donation_was_given_back():
    row = onestop.year_make(days=[date(2026, 9, 1), date(2026, 10, 1)])
    first, second = onestop.applications(row)
    onestop.accepted(first)
    receipts.give_back(first.donation, now=world.NOW)
    assert following.out_of_step() == [(row.donor_id, 2026)]

    following.applications_settle_due(now=world.NOW, actor="test")

    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.state, first.void_reason) == ("void", "donation_refunded")
    assert second.state == "wished"
    assert following.out_of_step() == []


def test_only_one_of_two_officers_accepts():
    (application,) = onestop.applications(onestop.year_make())
    onestop.accepted(application)

    with pytest.raises(InvalidTransition):
        services.application_incomplete(
            application_id=application.pk,
            missing=[states.Missing.PERSON_PAPER],
            now=world.NOW,
            actor="other",
        )

    assert models.OneStopEvent.objects.filter(application=application).count() == 3


@pytest.mark.parametrize(
    "values",
    [
        {"state": "accepted"},
        {"state": "void"},
        {"state": "incomplete"},
        {"state": "received"},
        {"received_on": date(2026, 11, 2)},
    ],
)
def test_the_database_refuses_what_a_state_cannot_be(values):
    (application,) = onestop.applications(onestop.year_make())

    with pytest.raises(IntegrityError), transaction.atomic():
        models.OneStopApplication.objects.filter(pk=application.pk).update(**values)


def test_a_reported_change_counts_once_its_paper_came_in():
    row = onestop.year_make()
    (application,) = onestop.applications(row)
    onestop.accepted(application)
    change = changes.change_write(
        onestop_year=row, after={"full_name": "海野　花子"}, now=world.NOW, actor="donor"
    )
    row.refresh_from_db()
    assert row.full_name == "山田　花子"

    changes.change_receive(
        change_id=change.pk,
        received_on=world.TODAY,
        today=world.TODAY,
        now=world.NOW,
        actor="staff",
    )

    row.refresh_from_db()
    application.refresh_from_db()
    assert (row.full_name, application.state) == ("海野　花子", "changed")


def test_a_notice_is_made_sent_returned_and_corrected_as_a_new_version():
    row = onestop.year_make(days=[date(2026, 9, 1), date(2026, 10, 1)])
    first, second = onestop.applications(row)
    onestop.accepted(first)
    onestop.accepted(second)
    made = {"onestop_year_id": row.pk, "home_code": "131016", "home_name": "東京都千代田区"}
    moves = {"now": world.NOW, "actor": "staff"}
    notice = notices.notice_make(**made, **moves)
    assert (notice.version, notice.total_yen, notice.lines.count()) == (1, 6000, 2)
    notices.notice_send(notice_id=notice.pk, sent_on=world.TODAY, **moves)
    notices.notice_return(
        notice_id=notice.pk,
        returned_on=world.TODAY,
        reason="not_resident",
        step="correct",
        note="",
        **moves,
    )
    receipts.give_back(first.donation, now=world.NOW)
    following.applications_settle_due(now=world.NOW, actor="test")
    years = selectors.years_to_notice(municipality_id=row.municipality_id, year=2026)
    assert list(years) == [row]

    newer = notices.notice_make(**made, **moves)

    notice.refresh_from_db()
    second.refresh_from_db()
    assert (notice.state, newer.version, newer.total_yen) == ("replaced", 2, 3000)
    assert second.state == "notice_made"


def test_a_notice_of_nothing_left_takes_back_what_was_sent():
    row = onestop.year_make()
    (application,) = onestop.applications(row)
    onestop.accepted(application)
    made = {"onestop_year_id": row.pk, "home_code": "131016", "home_name": "東京都千代田区"}
    moves = {"now": world.NOW, "actor": "staff"}
    notice = notices.notice_make(**made, **moves)
    notices.notice_send(notice_id=notice.pk, sent_on=world.TODAY, **moves)
    services.application_void(application_id=application.pk, reason="return_filed", **moves)

    newer = notices.notice_make(**made, **moves)

    assert (newer.is_withdrawal, newer.total_yen, newer.lines.count()) == (True, 0, 0)
