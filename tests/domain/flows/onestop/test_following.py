"""Applications follow the money: made with it, void without it, and told to the donor."""

from collections import Counter
from datetime import date, datetime, timedelta

import pytest
from django.core import mail

from saleor_ext.common import clock, jptime
from saleor_ext.flows import mail as mail_flow
from saleor_ext.flows.books import ledger_onestop
from saleor_ext.flows.month import charge_run, locking
from saleor_ext.flows.onestop import calendar, desk, following, personal, wishing
from saleor_ext.membership import models as membership_models
from saleor_ext.membership import planning, selectors
from saleor_ext.onestop import changes, errors, facts, models, notices, services
from saleor_ext.onestop import selectors as onestop_selectors
from saleor_ext.outbox import models as outbox_models
from tests.builders import months, onestop, receipts, refunding, world
from tests.builders.provider import MemoryProvider

pytestmark = pytest.mark.django_db
JAN_10 = date(2027, 1, 10)


def mails() -> list[str]:
    rows = outbox_models.OutboxMessage.objects.filter(topic="mail.send").order_by("pk")
    return [row.payload["name"] for row in rows if row.payload["name"].startswith("onestop")]


def morning(day: date) -> datetime:
    return jptime.jst_moment(day, hour=10)


def test_a_charge_makes_applications_for_those_who_wish_and_costs_others_nothing(
    provider: MemoryProvider,
) -> None:
    # given
    tier = world.world_make()
    hanako = world.member_make(tier=tier)
    world.member_make(tier=tier, donor=world.donor_make(name="taro"))
    wishing.wish_at_joining(donor_id=hanako.donor_id, now=world.NOW, actor="donor")
    town = selectors.town_calendar(town=world.town_make())
    planning.cycles_plan(today=months.LOCK_DAY, town=town)
    locking.cycles_lock_due(as_of=months.LOCK_DAY, now=world.NOW, actor="test")
    moment = clock.going_on_from(months.morning(months.CHARGE_DAY))

    # when
    tally = charge_run.charge_due(as_of=months.CHARGE_DAY, moment=moment, actor="test")
    messages = list(outbox_models.OutboxMessage.objects.filter(topic=following.TOPIC))
    for _ in range(2):
        following.donation_follow(messages[0].payload, world.NOW)

    # then
    assert tally.charged == 2
    assert [set(message.payload) for message in messages] == [{"attempt_id"}]
    row = models.OneStopYear.objects.get()
    assert Counter(one.state for one in onestop.applications(row)) == {"wished": 2}
    assert mails() == ["onestop_wished"]


def test_a_refund_makes_its_application_void_in_the_same_breath(
    provider: MemoryProvider,
) -> None:
    # given
    attempt = refunding.paid_december_make(provider)
    donor_id = attempt.membership.donor_id
    wishing.wish_at_joining(donor_id=donor_id, now=world.NOW, actor="donor")
    following.applications_settle_due(now=world.NOW, actor="test")
    row = models.OneStopYear.objects.get()
    first, december = onestop.applications(row)
    onestop.accepted(december, now=refunding.NOW)
    refunding.ask(attempt)

    # when
    refunding.carry_out()

    # then
    first.refresh_from_db()
    december.refresh_from_db()
    assert (december.state, december.void_reason) == ("void", "donation_refunded")
    assert first.state == "wished"
    assert mails() == ["onestop_void"]
    assert list(ledger_onestop.breaches(now=refunding.NOW + timedelta(days=1))) == []


def test_who_joins_on_new_years_eve_and_pays_after_it_wished_for_the_year_of_the_donation() -> None:
    world.town_make()
    donor = world.donor_make()
    eve = jptime.jst_moment(date(2026, 12, 31), hour=23)
    wishing.wish_at_joining(donor_id=donor.pk, now=eve, actor="donor")
    [donation] = receipts.given_make(donor=donor, days=[date(2027, 1, 1)])

    following.donation_follow({"attempt_id": donation.attempt_id}, eve + timedelta(hours=11))

    row = models.OneStopYear.objects.get(year=2027)
    assert (row.is_wanted, row.origin) == (True, "joining")
    assert [one.deadline for one in onestop.applications(row)] == [date(2028, 1, 10)]


@pytest.mark.parametrize(
    ("day", "count"),
    [
        (date(2026, 12, 9), 0),
        (date(2026, 12, 10), 1),
        (date(2027, 1, 10), 1),
        (date(2027, 1, 11), 0),
    ],
)
def test_one_reminder_goes_out_between_the_towns_day_and_the_last_day(day, count) -> None:
    onestop.year_make()

    sent = [calendar.reminders_send(today=day, now=morning(day)) for _ in range(2)]

    assert sent == [count, 0]
    assert mails() == ["onestop_reminder"] * count


def test_nobody_is_reminded_of_what_is_done() -> None:
    onestop.accepted(onestop.applications(onestop.year_make())[0])

    assert calendar.reminders_send(today=date(2026, 12, 20), now=morning(date(2026, 12, 20))) == 0


def test_what_never_came_in_is_void_two_weeks_after_the_last_day_and_for_good() -> None:
    row = onestop.year_make()
    for day, closed in ((date(2027, 1, 24), 0), (date(2027, 1, 25), 1), (date(2027, 1, 26), 0)):
        assert calendar.awaited_close(today=day, now=morning(day), actor="onestop") == closed

    following.applications_settle(donor_id=row.donor_id, year=2026, now=world.NOW, actor="test")

    [application] = onestop.applications(row)
    assert (application.state, application.void_reason) == ("void", "not_received")
    assert following.out_of_step() == []


def test_a_wish_taken_back_and_stated_again_makes_a_new_application() -> None:
    row = onestop.year_make()
    moves = {"donor_id": row.donor_id, "year": 2026, "now": world.NOW, "actor": "donor"}
    wishing.wish_withdraw(reason="wish_withdrawn", **moves)

    wishing.wish_choose(answers=dict.fromkeys(facts.ANSWERS, True), origin="page", **moves)

    old, new = onestop.applications(row)
    assert (old.state, new.state) == ("void", "wished")
    assert old.number != new.number


def test_a_donor_cannot_take_back_what_was_told_to_his_municipality() -> None:
    row = onestop.year_make()
    onestop.accepted(onestop.applications(row)[0])
    notices.notice_make(
        onestop_year_id=row.pk, home_code="131016", home_name="千代田区", now=world.NOW, actor="s"
    )

    with pytest.raises(errors.OnestopAlreadyAccepted):
        wishing.wish_withdraw(
            donor_id=row.donor_id, year=2026, reason="return_filed", now=world.NOW, actor="donor"
        )

    assert onestop.applications(row)[0].state == "notice_made"


def test_of_a_donation_given_back_in_part_forms_and_notices_say_what_is_left() -> None:
    row = onestop.year_make()
    [application] = onestop.applications(row)
    onestop.accepted(application)
    moves = {"now": world.NOW, "actor": "staff"}
    made = {"onestop_year_id": row.pk, "home_code": "131016", "home_name": "千代田区"}
    notices.notice_make(**made, **moves)
    receipts.give_back_part(application.donation, amount_yen=1000, now=world.NOW)
    years = onestop_selectors.years_to_notice(municipality_id=row.municipality_id, year=2026)
    assert list(years) == [row]

    newer = notices.notice_make(**made, **moves)

    assert (newer.version, newer.total_yen) == (2, 2000)
    assert onestop.applications(row)[0].given_yen == 2000


def test_the_office_registers_a_donor_who_never_wished_by_his_receipt() -> None:
    donor = world.donor_make()
    [donation] = receipts.given_make(donor=donor, days=[date(2026, 11, 1)])

    application = wishing.wish_at_office(
        typed=f"2026-{donation.receipt_number:06d}", now=world.NOW, actor="staff:1"
    )

    assert application.donation_id == donation.pk
    assert (application.state, application.onestop_year.origin) == ("wished", "staff")


MAILS = {
    "onestop_wished": ["2027年1月10日(日)", "ご自分の手で", "/my/onestop/", "6団体以上"],
    "onestop_received": ["2026-000003"],
    "onestop_incomplete": ["本人確認書類の写しがない", "2027年1月10日(日)"],
    "onestop_accepted": ["2026-000001", "2026-000004", "変更の届け出"],
    "onestop_reminder": ["2026-000004", "2026-000002", "2027年1月10日(日)"],
    "onestop_void": ["寄附が取り消されたため", "/my/receipts/"],
    "onestop_changed": ["変更の届け出を受け付けました"],
}


def test_every_mail_says_what_its_donor_needs(settings) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    row = onestop.year_make(days=[date(2026, month, 1) for month in (7, 8, 9, 10, 11)])
    first, second, third, _, fifth = onestop.applications(row)
    onestop.accepted(first)
    onestop.received(second)
    services.application_incomplete(
        application_id=second.pk, missing=["person_paper"], now=world.NOW, actor="staff"
    )
    onestop.received(third)
    services.application_void(
        application_id=fifth.pk, reason="donation_refunded", now=world.NOW, actor="staff"
    )

    for name, wanted in MAILS.items():
        payload = {"name": name, "donor_id": row.donor_id, "onestop_year_id": row.pk}
        mail_flow.mail_send(payload, world.NOW)
        message = mail.outbox[-1]
        text = message.subject + message.body
        assert [words for words in wanted if words not in text] == [], name
        assert "None" not in text
        assert "{" not in text
        assert "\n\n\n" not in message.body, name


def test_everything_of_a_person_is_exported_and_erased_and_the_rest_stays() -> None:
    row = onestop.year_make()
    [application] = onestop.applications(row)
    onestop.accepted(application)
    desk.note_set(application_id=application.pk, note="電話で確認")
    changes.change_write(
        onestop_year=row, after={"full_name": "海野　花子"}, now=world.NOW, actor="donor"
    )
    notices.notice_make(
        onestop_year_id=row.pk, home_code="131016", home_name="千代田区", now=world.NOW, actor="s"
    )
    [shown] = personal.donor_export(donor_id=row.donor_id)
    assert shown["full_name"] == "山田　花子"
    assert shown["applications"][0]["note"] == "電話で確認"
    assert shown["notices"][0]["address"] == row.address

    assert personal.donor_erase(donor_id=row.donor_id, now=world.NOW) == 1
    assert personal.donor_erase(donor_id=row.donor_id, now=world.NOW) == 0

    [left] = personal.donor_export(donor_id=row.donor_id)
    assert "花子" not in str(left)
    assert "架空町" not in str(left)
    assert "1985" not in str(left)
    assert left["notices"][0]["total_yen"] == 3000
    following.applications_settle(donor_id=row.donor_id, year=2026, now=world.NOW, actor="test")
    assert "花子" not in str(personal.donor_export(donor_id=row.donor_id))


def test_years_are_erased_in_time_once_the_town_confirmed_how_long_they_are_kept() -> None:
    row = onestop.year_make()
    late, early = date(2035, 1, 1), date(2034, 12, 31)
    assert personal.years_erase_due(today=late, now=world.NOW) == 0
    services.settings_set(
        municipality_id=row.municipality_id, values={"confirmed": {"keep_years": "2026-11-24"}}
    )

    assert personal.years_erase_due(today=early, now=world.NOW) == 0
    assert personal.years_erase_due(today=late, now=world.NOW) == 1


def test_the_books_notice_an_application_for_money_that_is_gone() -> None:
    row = onestop.year_make()
    [application] = onestop.applications(row)
    receipts.give_back(application.donation, now=world.NOW)

    early = list(ledger_onestop.breaches(now=world.NOW))
    late = list(ledger_onestop.breaches(now=world.NOW + timedelta(hours=2)))

    assert early == []
    assert late == [("onestop_for_money_gone", f"one-stop application {application.pk}")]


def test_the_books_notice_an_application_in_another_donors_year() -> None:
    row = onestop.year_make()
    taro = world.donor_make(name="taro")
    models.OneStopYear.objects.filter(pk=row.pk).update(donor=taro)

    found = [code for code, _ in ledger_onestop.breaches(now=world.NOW)]

    assert found == ["onestop_of_another"]
    assert membership_models.Donor.objects.count() == 2


def test_who_finds_that_he_may_not_has_nothing_left_that_he_did_not_send() -> None:
    row = onestop.year_make(days=[date(2026, 9, 1), date(2026, 10, 1)])
    first, _ = onestop.applications(row)
    onestop.received(first)
    answers = dict.fromkeys(facts.ANSWERS, True) | {"is_few_towns": False}

    with pytest.raises(errors.OnestopNotEligible):
        wishing.wish_choose(
            donor_id=row.donor_id,
            year=2026,
            answers=answers,
            origin="page",
            now=world.NOW,
            actor="donor",
        )

    row.refresh_from_db()
    assert row.is_wanted is False
    assert [one.state for one in onestop.applications(row)] == ["received", "void"]
    assert mails() == ["onestop_void"]
    assert following.out_of_step() == []


def test_papers_say_what_the_details_say_until_a_form_came_in() -> None:
    row = onestop.year_make()
    membership_models.Donor.objects.update(family_name="海野")
    following.person_refresh(donor_id=row.donor_id, year=2026)
    row.refresh_from_db()
    assert row.full_name == "海野　花子"
    onestop.received(onestop.applications(row)[0])
    membership_models.Donor.objects.update(family_name="山田")

    following.person_refresh(donor_id=row.donor_id, year=2026)

    row.refresh_from_db()
    assert row.full_name == "海野　花子"
