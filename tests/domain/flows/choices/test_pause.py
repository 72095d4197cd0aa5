"""Resting until a day, going on earlier, and going on by oneself when the day has come."""

from datetime import date, timedelta

import pytest
from django.core import mail

from saleor_ext.flows import errors
from saleor_ext.flows import mail as mail_flow
from saleor_ext.flows.choices import pause, skip
from saleor_ext.membership import models, services
from saleor_ext.outbox import models as outbox_models
from tests.builders import months, world
from tests.builders.provider import MemoryProvider

pytestmark = pytest.mark.django_db

FEBRUARY_10 = date(2027, 2, 10)


def paused(membership: models.Membership, resume_on: date = FEBRUARY_10, **more: object):
    return pause.pause_choose(
        **{
            "membership_id": membership.pk,
            "resume_on": resume_on,
            "now": world.NOW,
            "actor": "donor:1",
            **more,
        }
    )


def resumed(membership: models.Membership, day: date):
    return pause.resume_choose(
        membership_id=membership.pk, now=months.morning(day), actor="donor:1"
    )


def states_of(membership: models.Membership) -> list[str]:
    return list(membership.cycles.order_by("n").values_list("state", flat=True))


def fresh(membership: models.Membership) -> models.Membership:
    return models.Membership.objects.get(pk=membership.pk)


def mails(name: str) -> list[outbox_models.OutboxMessage]:
    rows = outbox_models.OutboxMessage.objects.filter(topic="mail.send")
    return [row for row in rows if row.payload["name"] == name]


def test_the_preview_names_the_months_left_out_and_the_next_donation() -> None:
    # given
    membership = months.member_ahead()

    # when
    preview = pause.pause_preview(
        membership_id=membership.pk, resume_on=FEBRUARY_10, today=world.TODAY
    )

    # then
    assert preview.effective_on == date(2026, 12, 24)
    assert preview.change_until == date(2026, 12, 17)
    assert preview.months == (date(2026, 12, 1), date(2027, 1, 1))
    assert (preview.next_donation_on, preview.next_donation_yen) == (date(2027, 2, 24), 3000)
    assert (preview.locked_on, preview.last_month) == (None, date(2027, 1, 1))
    assert states_of(membership) == ["charged", "planned", "planned", "planned"]


def test_a_pause_over_the_year_end_leaves_out_its_months_and_ends_by_itself(
    provider: MemoryProvider,
) -> None:
    # given
    membership = months.member_ahead()

    # when
    choice = paused(membership)
    begun = (fresh(membership).state, states_of(membership))
    during = months.run_days(provider, date(2026, 12, 15), date(2027, 1, 31))
    before = fresh(membership).state
    months.run(provider, FEBRUARY_10)
    after = fresh(membership)
    report = months.run_days(provider, date(2027, 2, 18), date(2027, 2, 24))[-1]

    # then
    assert begun == ("paused", ["charged", "skipped", "skipped", "planned"])
    assert sum(run.locked + run.charged for run in during) == 0
    assert before == "paused"
    assert (after.state, after.resume_on) == ("active", None)
    assert report.charged == 1
    assert states_of(membership)[:4] == ["charged", "skipped", "skipped", "charged"]
    assert choice.details["resume_on"] == "2027-02-10"
    moves = membership.events.order_by("pk").values_list("from_state", "to_state", "reason")
    assert list(moves)[-2:] == [
        ("active", "paused", "donor_pause"),
        ("paused", "active", "pause_over"),
    ]
    assert len(mails("pause_over")) == 1


def test_a_pause_longer_than_what_is_planned_leaves_out_later_months_as_they_come(
    provider: MemoryProvider,
) -> None:
    # given
    membership = months.member_ahead()

    # when
    paused(membership, date(2027, 6, 1))
    reports = months.run_through(provider, world.TODAY, date(2027, 5, 31))
    june = months.run_through(provider, date(2027, 6, 1), date(2027, 6, 24))

    # then
    assert sum(report.locked for report in reports) == 0
    assert states_of(membership)[:8] == ["charged", *["skipped"] * 6, "charged"]
    assert sum(report.charged for report in june) == 1


def test_nothing_is_charged_late_when_nothing_ran_during_the_whole_pause(
    provider: MemoryProvider,
) -> None:
    # given
    membership = months.member_ahead()
    paused(membership, date(2027, 6, 1))

    # when
    report = months.run(provider, date(2027, 6, 10))

    # then
    assert (report.locked, report.charged) == (0, 0)
    assert fresh(membership).state == "active"
    assert states_of(membership) == ["charged", *["skipped"] * 6, *["planned"] * 4]


def test_the_donor_is_told_before_his_pause_ends_once(provider: MemoryProvider, settings) -> None:
    # given
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    membership = months.member_ahead()
    paused(membership)

    # when
    months.run(provider, date(2027, 2, 2))
    too_early = mails("resume_soon")
    months.run_days(provider, date(2027, 2, 3), date(2027, 2, 5))
    [message] = mails("resume_soon")
    mail.outbox.clear()
    mail_flow.mail_send(message.payload, months.morning(date(2027, 2, 3)))

    # then
    assert too_early == []
    [sent] = mail.outbox
    assert sent.subject == "まもなく、お休みが終わります"
    for words in ("2027年2月10日(水)", "2027年2月24日(水)", "2027年2月17日(水)", "3,000円"):
        assert words in sent.body


def test_a_locked_month_is_still_given_and_the_pause_begins_after_it(
    provider: MemoryProvider,
) -> None:
    # given
    membership = months.december_make(provider).membership
    now = months.morning(months.LOCK_DAY)
    preview = pause.pause_preview(
        membership_id=membership.pk, resume_on=FEBRUARY_10, today=months.LOCK_DAY
    )

    # when
    paused(membership, now=now)
    waiting = fresh(membership).state
    report = months.run(provider, months.CHARGE_DAY)
    months.run(provider, months.CHARGE_DAY + timedelta(days=1))

    # then
    assert (preview.locked_on, preview.month) == (date(2026, 12, 24), date(2027, 1, 1))
    assert waiting == "active"
    assert report.charged == 1
    assert fresh(membership).state == "paused"
    assert states_of(membership)[:3] == ["charged", "charged", "skipped"]


def test_a_month_that_nothing_has_fixed_yet_is_given_once_its_last_day_is_over(
    provider: MemoryProvider,
) -> None:
    # given
    membership = months.member_ahead()
    early = months.morning(months.LOCK_DAY, hour=0)
    preview = pause.pause_preview(
        membership_id=membership.pk, resume_on=FEBRUARY_10, today=months.LOCK_DAY
    )

    # when
    paused(membership, now=early, seen=preview.seen)
    waiting = (fresh(membership).state, states_of(membership)[1:3])
    fixed = months.run(provider, months.LOCK_DAY)
    given = months.run(provider, months.CHARGE_DAY)
    months.run(provider, months.CHARGE_DAY + timedelta(days=1))

    # then
    assert (preview.locked_on, preview.month) == (months.CHARGE_DAY, date(2027, 1, 1))
    assert waiting == ("active", ["planned", "skipped"])
    assert (fixed.locked, given.charged) == (1, 1)
    assert fresh(membership).state == "paused"
    assert states_of(membership)[:3] == ["charged", "charged", "skipped"]


def test_a_pause_made_longer_after_a_stop_leaves_out_what_the_first_one_did(
    provider: MemoryProvider,
) -> None:
    # given
    membership = months.member_ahead()
    paused(membership, date(2027, 6, 1))

    # when
    paused(membership, date(2027, 8, 1), now=months.morning(date(2027, 3, 20)))
    report = months.run(provider, date(2027, 3, 24))

    # then
    assert (report.locked, report.charged) == (0, 0)
    assert fresh(membership).state == "paused"
    assert states_of(membership)[:5] == ["charged", *["skipped"] * 4]


def test_going_on_earlier_brings_back_what_can_still_be_changed(provider: MemoryProvider) -> None:
    # given
    membership = months.member_ahead()
    paused(membership, date(2027, 3, 1))
    months.run(provider, date(2027, 1, 10))

    # when
    day = date(2027, 1, 18)  # a day too late for January
    preview = pause.resume_preview(membership_id=membership.pk, today=day)
    resumed(membership, day)

    # then
    assert (preview.effective_on, preview.next_donation_on) == (day, date(2027, 2, 24))
    assert (fresh(membership).state, fresh(membership).resume_on) == ("active", None)
    assert states_of(membership)[:5] == ["charged", "skipped", "skipped", "planned", "planned"]


def test_a_month_that_was_skipped_by_hand_stays_so_after_the_pause() -> None:
    # given
    membership = months.member_ahead()
    skip.skip_choose(
        membership_id=membership.pk, month=date(2027, 1, 1), now=world.NOW, actor="donor:1"
    )
    paused(membership)

    # when
    resumed(membership, world.TODAY + timedelta(days=1))

    # then
    assert states_of(membership)[:4] == ["charged", "planned", "skipped", "planned"]


def test_another_end_leaves_out_more_or_fewer_months() -> None:
    # given
    membership = months.member_ahead()
    paused(membership)

    # when
    paused(membership, date(2027, 2, 25))
    longer = states_of(membership)
    paused(membership, date(2026, 12, 25))
    shorter = states_of(membership)

    # then
    assert longer == ["charged", "skipped", "skipped", "skipped"]
    assert shorter == ["charged", "skipped", "planned", "planned"]
    assert fresh(membership).resume_on == date(2026, 12, 25)


def test_a_month_after_the_pause_is_fixed_in_time_and_given_after_it(
    provider: MemoryProvider,
) -> None:
    # given
    membership = months.member_ahead()
    paused(membership, date(2027, 1, 20))

    # when
    months.run(provider, date(2027, 1, 18))
    fixed = (fresh(membership).state, states_of(membership)[2])
    paused(membership, date(2027, 3, 1), now=months.morning(date(2027, 1, 19)))
    longer = fresh(membership).state
    report = months.run(provider, date(2027, 1, 24))
    months.run(provider, date(2027, 1, 25))

    # then
    assert fixed == ("paused", "locked")
    assert longer == "active"  # until the fixed month is given
    assert report.charged == 1
    assert fresh(membership).state == "paused"


def test_whoever_owes_a_month_rests_once_it_is_given(provider: MemoryProvider) -> None:
    # given
    membership = months.declined_december_make(provider, said="insufficient_funds").membership

    # when
    paused(membership, now=months.morning(months.CHARGE_DAY))
    owing = (fresh(membership).state, states_of(membership)[1:3])
    months.run(provider, months.CHARGE_DAY + timedelta(days=1))  # tried again, received
    months.run(provider, months.CHARGE_DAY + timedelta(days=2))

    # then
    assert owing == ("past_due", ["locked", "skipped"])
    assert fresh(membership).state == "paused"


def test_a_parked_pause_waits_for_staff(provider: MemoryProvider) -> None:
    # given
    membership = months.member_ahead()
    paused(membership)
    services.membership_park(
        membership_id=membership.pk, now=world.NOW, actor="staff:1", reason="確認"
    )

    # when
    months.run(provider, FEBRUARY_10)
    parked = fresh(membership).state
    services.membership_unpark(
        membership_id=membership.pk,
        now=months.morning(FEBRUARY_10),
        actor="staff:1",
        reason="済み",
    )
    months.run(provider, FEBRUARY_10, hour=11)

    # then
    assert parked == "parked"
    assert fresh(membership).state == "active"


@pytest.mark.parametrize(
    ("resume_on", "refusal"),
    [
        (world.TODAY, errors.PauseDateInvalid),
        (date(2027, 11, 25), errors.PauseDateInvalid),
        (date(2026, 12, 24), errors.PauseTooShort),
    ],
)
def test_a_pause_ends_on_a_day_that_leaves_something_out(
    resume_on: date, refusal: type[Exception]
) -> None:
    # given
    membership = months.member_ahead()

    # when, then
    with pytest.raises(refusal):
        paused(membership, resume_on)
    assert fresh(membership).state == "active"
    assert models.MembershipChoice.objects.count() == 0


def test_whoever_does_not_rest_cannot_go_on() -> None:
    membership = months.member_ahead()

    with pytest.raises(errors.NotPaused):
        resumed(membership, world.TODAY)
