"""Leaving out a month, and bringing it back in time."""

from datetime import date, timedelta

import pytest
from django.core import mail

from saleor_ext.common.errors import NotFound
from saleor_ext.flows import errors
from saleor_ext.flows import mail as mail_flow
from saleor_ext.flows.choices import skip
from saleor_ext.membership import models, services
from saleor_ext.outbox import models as outbox_models
from tests.builders import months, world
from tests.builders.provider import MemoryProvider

pytestmark = pytest.mark.django_db

DECEMBER, JANUARY = date(2026, 12, 1), date(2027, 1, 1)
LAST_DAY = date(2026, 12, 17)


def skipped(membership: models.Membership, month: date = DECEMBER, **more: object):
    return skip.skip_choose(
        **{
            "membership_id": membership.pk,
            "month": month,
            "now": world.NOW,
            "actor": "donor:1",
            **more,
        }
    )


def states_of(membership: models.Membership) -> dict[int, tuple[str, str]]:
    rows = membership.cycles.order_by("n").values_list("n", "state", "reason")
    return {n: (state, reason) for n, state, reason in rows}


BEFORE = {n: ("charged" if n == 0 else "planned", "") for n in range(4)}


def test_the_preview_says_what_will_happen_and_changes_nothing() -> None:
    # given
    membership = months.member_ahead()

    # when
    preview = skip.skip_preview(membership_id=membership.pk, month=DECEMBER, today=world.TODAY)

    # then
    assert (preview.kind, preview.month, preview.amount_yen) == ("skip", DECEMBER, 3000)
    assert preview.effective_on == date(2026, 12, 24)
    assert preview.change_until == LAST_DAY
    assert (preview.next_donation_on, preview.next_donation_yen) == (date(2027, 1, 24), 3000)
    assert (preview.used, preview.most) == (1, 3)
    assert states_of(membership) == BEFORE
    assert models.MembershipChoice.objects.count() == 0


def test_a_skipped_month_has_no_donation_and_no_box_and_the_others_go_on(
    provider: MemoryProvider,
) -> None:
    # given
    membership = months.member_ahead()
    preview = skip.skip_preview(membership_id=membership.pk, month=DECEMBER, today=world.TODAY)

    # when
    choice = skipped(membership, seen=preview.seen)
    reports = [months.run(provider, day) for day in (months.LOCK_DAY, months.CHARGE_DAY)]
    january = [months.run(provider, day) for day in (date(2027, 1, 18), date(2027, 1, 24))]

    # then
    assert states_of(membership)[1] == ("skipped", "donor_skip")
    assert [report.locked for report in reports] == [0, 0]
    assert [report.charged for report in january] == [0, 1]
    assert (choice.kind, choice.effective_on, choice.cycle_id) == (
        "skip",
        date(2026, 12, 24),
        membership.cycles.get(n=1).pk,
    )
    event = membership.cycles.get(n=1).events.get()
    assert (event.from_state, event.to_state, event.actor) == ("planned", "skipped", "donor:1")


def test_a_mail_says_which_month_and_until_when_it_can_be_taken_back(settings) -> None:
    # given
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    choice = skipped(months.member_ahead())

    # when
    message = outbox_models.OutboxMessage.objects.get(key=f"mail:choice:{choice.pk}")
    mail_flow.mail_send(message.payload, world.NOW)

    # then
    sent = mail.outbox[0]
    assert sent.subject == "12月分の見送りを承りました"
    for words in ("2026年12月24日(木)のお引き落としはありません", "2027年1月24日(日) 3,000円"):
        assert words in sent.body
    assert "取り消せる最後の日: 2026年12月17日(木)" in sent.body


def test_a_month_comes_back_up_to_its_last_day_for_changes(provider: MemoryProvider) -> None:
    # given
    membership = months.member_ahead()
    skipped(membership)

    # when
    on_the_last_day = months.morning(LAST_DAY)
    skip.skip_undo_choose(
        membership_id=membership.pk, month=DECEMBER, now=on_the_last_day, actor="donor:1"
    )
    months.run(provider, months.LOCK_DAY)
    report = months.run(provider, months.CHARGE_DAY)

    # then
    assert report.charged == 1
    assert states_of(membership)[1] == ("charged", "")
    kinds = membership.choices.order_by("pk").values_list("kind", flat=True)
    assert list(kinds) == ["skip", "skip_undo"]


def test_the_day_after_it_is_too_late() -> None:
    # given
    membership = months.member_ahead()
    skipped(membership)
    too_late = months.morning(LAST_DAY + timedelta(days=1))

    # when, then
    with pytest.raises(errors.MonthFixed):
        skip.skip_undo_choose(
            membership_id=membership.pk, month=DECEMBER, now=too_late, actor="donor:1"
        )
    assert states_of(membership)[1] == ("skipped", "donor_skip")


def test_a_month_can_be_skipped_again_after_it_came_back() -> None:
    # given
    membership = months.member_ahead()
    skipped(membership)
    skip.skip_undo_choose(
        membership_id=membership.pk, month=DECEMBER, now=world.NOW, actor="donor:1"
    )

    # when
    skipped(membership)

    # then
    assert states_of(membership)[1] == ("skipped", "donor_skip")
    moves = membership.cycles.get(n=1).events.order_by("pk").values_list("to_state", flat=True)
    assert list(moves) == ["skipped", "planned", "skipped"]


def test_a_locked_month_stays_and_the_next_one_can_be_skipped(provider: MemoryProvider) -> None:
    # given
    membership = months.december_make(provider).membership
    now = months.morning(months.LOCK_DAY)

    # when
    with pytest.raises(errors.MonthFixed):
        skipped(membership, DECEMBER, now=now)
    skipped(membership, JANUARY, now=now)
    report = months.run(provider, months.CHARGE_DAY)

    # then
    assert report.charged == 1
    assert states_of(membership)[2] == ("skipped", "donor_skip")


def test_the_town_limits_the_months_of_a_calendar_year() -> None:
    # given
    membership = months.member_ahead(day=date(2026, 12, 10))
    models.Municipality.objects.update(skips_per_year=1)
    skipped(membership, DECEMBER)
    skipped(membership, JANUARY)  # of another year

    # when, then
    with pytest.raises(errors.SkipLimitReached):
        skipped(membership, date(2027, 2, 1))
    assert states_of(membership)[3] == ("planned", "")


def test_what_changed_since_it_was_shown_is_not_done() -> None:
    # given
    membership = months.member_ahead()
    shown = skip.skip_preview(membership_id=membership.pk, month=DECEMBER, today=world.TODAY)
    skipped(membership, JANUARY)

    # when, then
    with pytest.raises(errors.ChoiceChanged):
        skipped(membership, DECEMBER, seen=shown.seen)
    assert states_of(membership)[1] == ("planned", "")


@pytest.mark.parametrize(
    ("state", "refusal"),
    [
        ("parked", errors.MembershipParked),
        ("cancelling", errors.MembershipLeaving),
        ("ended", NotFound),
    ],
)
def test_nothing_is_chosen_in_a_state_in_which_nothing_can_be(
    state: str, refusal: type[Exception]
) -> None:
    # given
    membership = months.member_ahead()
    changes = {"parked_from": "active", "parked_reason": "x"} if state == "parked" else {}
    services.membership_move(
        membership_id=membership.pk, to=state, now=world.NOW, actor="staff:1", **changes
    )

    # when, then
    with pytest.raises(refusal):
        skipped(membership)
    assert states_of(membership) == BEFORE
    assert models.MembershipChoice.objects.count() == 0


def test_whoever_owes_a_month_may_leave_out_a_later_one(provider: MemoryProvider) -> None:
    # given
    membership = months.declined_december_make(provider).membership

    # when
    skipped(membership, JANUARY, now=months.morning(months.CHARGE_DAY))

    # then
    assert states_of(membership)[1] == ("locked", "")
    assert states_of(membership)[2] == ("skipped", "donor_skip")
    assert models.Membership.objects.get(pk=membership.pk).state == "past_due"


def test_a_free_member_has_nothing_to_leave_out() -> None:
    # given
    free = services.membership_join_free(
        donor_id=world.donor_make(name="taro").pk,
        tier=world.free_tier_make(),
        now=world.NOW,
        actor="donor:2",
    )

    # when, then
    with pytest.raises(errors.MembershipFree):
        skipped(free)
