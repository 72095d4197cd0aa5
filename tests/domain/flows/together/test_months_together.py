"""Months with the town: what counts, what they open, and what they earn."""

from datetime import date
from typing import Any

import pytest
from django.core import mail as sent_mail

from saleor_ext.content import selectors as content_selectors
from saleor_ext.flows import mail
from saleor_ext.flows.choices import cancel
from saleor_ext.flows.together import badges, counting, reading
from saleor_ext.membership import models, town_settings
from saleor_ext.outbox.models import OutboxMessage
from tests.builders import api as content
from tests.builders import months, refunding, world
from tests.builders.giving import given_to_taro
from tests.builders.provider import MemoryProvider

pytestmark = pytest.mark.django_db

LOCMEM = "django.core.mail.backends.locmem.EmailBackend"
NEW_YEAR = date(2027, 1, 5)


def together(donor: models.Donor, *, day: date) -> list[tuple[date, date]]:
    counted = counting.months_counted(donor_id=donor.pk, today=day)
    assert counting.months_together(donor_id=donor.pk, today=day) == len(counted)
    return [(item.month, item.counted_on) for item in counted]


def is_open(item: content_selectors.models.Post, donor: models.Donor, *, day: date) -> bool:
    reader = reading.reader_of(donor_id=donor.pk, today=day)
    return content_selectors.is_open(item=item, reader=reader)


def letter_of(day: date) -> Any:
    """The mail about the donation of a day, as it is written then."""
    message = OutboxMessage.objects.get(payload__name="donation_received")
    mail.mail_send(message.payload, months.morning(day))
    return sent_mail.outbox[-1]


def test_a_month_counts_with_its_donation_and_on_its_day(provider: MemoryProvider) -> None:
    # given
    december = months.december_make(provider)
    donor = december.membership.donor
    before = together(donor, day=months.LOCK_DAY)

    # when
    months.run(provider, months.CHARGE_DAY)

    # then
    assert before == [(date(2026, 11, 1), world.TODAY)]
    assert together(donor, day=months.CHARGE_DAY) == [
        *before,
        (date(2026, 12, 1), months.CHARGE_DAY),
    ]


def test_what_was_given_back_counts_no_more(provider: MemoryProvider) -> None:
    # given
    attempt = refunding.paid_december_make(provider)
    donor = attempt.cycle.membership.donor

    # when
    refunding.ask(attempt)
    refunding.carry_out()

    # then
    assert together(donor, day=NEW_YEAR) == [(date(2026, 11, 1), world.TODAY)]
    assert badges.standing_of(donor_id=donor.pk, today=NEW_YEAR).months == 1


def test_months_of_a_prepaid_term_count_one_by_one(provider: MemoryProvider) -> None:
    # given
    source = world.tier_make(slug="minato", amount_yen=10000, rank=3)
    world.town_make()
    world.boxes_make(tier=source, month_from=date(2026, 11, 1))
    member = months.member_ahead(tier=world.prepaid_tier_make(box_source=source))

    # when
    months.run_days(provider, months.LOCK_DAY, months.CHARGE_DAY)

    # then
    [(first, paid_on), (second, day)] = together(member.donor, day=months.CHARGE_DAY)
    assert (first, paid_on) == (date(2026, 11, 1), world.TODAY)
    assert (second, day) == (date(2026, 12, 1), months.CHARGE_DAY)
    assert len(together(member.donor, day=date(2026, 12, 23))) == 1


def test_of_a_membership_given_away_both_count_their_part(provider: MemoryProvider) -> None:
    # given
    member = months.member_ahead()
    _, taro = given_to_taro(member)

    # when
    months.run_days(provider, months.LOCK_DAY, months.CHARGE_DAY)

    # then
    assert len(together(member.donor, day=NEW_YEAR)) == 2
    assert together(taro, day=NEW_YEAR) == [(date(2026, 12, 1), months.CHARGE_DAY)]


def test_a_piece_opens_after_its_months_and_stays_closed_without_its_tier(
    provider: MemoryProvider,
) -> None:
    # given
    post = content.post_make(min_rank=1, opens_after_months=2)
    higher = content.post_make(slug="higher", min_rank=3, opens_after_months=2)
    donor = months.december_make(provider).membership.donor
    reader = reading.reader_of(donor_id=donor.pk, today=months.LOCK_DAY)

    # when
    months.run(provider, months.CHARGE_DAY)

    # then
    assert not content_selectors.is_open(item=post, reader=reader)
    assert content_selectors.months_left(item=post, reader=reader) == 1
    assert content_selectors.body_if_open(item=post, reader=reader) is None
    assert is_open(post, donor, day=months.CHARGE_DAY)
    assert not is_open(higher, donor, day=months.CHARGE_DAY)


def test_it_closes_with_the_membership_and_whoever_comes_back_goes_on(
    provider: MemoryProvider,
) -> None:
    # given
    post = content.post_make(min_rank=1, opens_after_months=3)
    first = months.december_make(provider).membership
    months.run(provider, months.CHARGE_DAY)
    cancel.cancel_choose(
        membership_id=first.pk, now=months.morning(months.CHARGE_DAY), actor="donor:1"
    )
    months.run(provider, date(2027, 1, 24))
    later = months.morning(date(2027, 4, 5))
    gone = is_open(post, first.donor, day=date(2027, 4, 5))

    # when
    again = world.draft_make(donor=first.donor, tier=first.tier, now=later)
    months.first_pay(provider, again, now=later)

    # then
    first.refresh_from_db()
    assert (first.state, gone) == ("ended", False)
    assert is_open(post, first.donor, day=date(2027, 4, 5))
    earned = badges.standing_of(donor_id=first.donor_id, today=date(2027, 4, 5))
    assert earned.badges == (badges.Badge(months=3, earned_on=date(2027, 4, 5)),)


def test_while_a_donation_is_owed_it_stays_open_for_the_days_of_grace(
    provider: MemoryProvider,
) -> None:
    # given
    world.free_tier_make()
    post = content.post_make(min_rank=1, opens_after_months=1)
    donor = months.declined_december_make(provider).membership.donor

    # then
    assert is_open(post, donor, day=date(2027, 1, 7))
    assert not is_open(post, donor, day=date(2027, 1, 8))


def test_badges_follow_the_towns_marks_and_the_mail_says_so(
    provider: MemoryProvider, settings: Any
) -> None:
    # given
    settings.EMAIL_BACKEND = LOCMEM
    donor = months.december_make(provider).membership.donor
    town_settings.settings_change(values={"badge_months": [5, 2]}, now=world.NOW, actor="staff")

    # when
    months.run(provider, months.CHARGE_DAY)

    # then
    assert badges.standing_of(donor_id=donor.pk, today=months.CHARGE_DAY) == badges.Standing(
        months=2,
        badges=(badges.Badge(months=2, earned_on=months.CHARGE_DAY),),
        next_months=5,
    )
    letter = letter_of(months.CHARGE_DAY)
    assert "町とのお付き合いが、今回で2か月になりました。" in letter.body


def test_no_mail_speaks_of_a_badge_that_was_not_earned(
    provider: MemoryProvider, settings: Any
) -> None:
    settings.EMAIL_BACKEND = LOCMEM
    months.december_make(provider)

    months.run(provider, months.CHARGE_DAY)

    letter = letter_of(months.CHARGE_DAY)
    assert "お付き合い" not in letter.body
