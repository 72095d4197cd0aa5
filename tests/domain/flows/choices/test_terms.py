"""What donors choose about prepaid terms, and what then really happens."""

from datetime import date, timedelta

import pytest

from saleor_ext.donations import models as donation_models
from saleor_ext.flows import errors
from saleor_ext.flows.books import ledger
from saleor_ext.flows.choices import after_term, skip, swap, term
from saleor_ext.fulfilment import models as fulfilment_models
from saleor_ext.membership import errors as membership_errors
from saleor_ext.membership import models, outlook, planning, selectors
from saleor_ext.outbox import models as outbox_models
from tests.builders import months, world
from tests.builders.provider import MemoryProvider

pytestmark = pytest.mark.django_db

ACTOR = "donor:1"


@pytest.fixture
def minato() -> models.Tier:
    """A tier of 10,000 yen a month with boxes for two years, and its six-month tier."""
    return world.minato_make()


@pytest.fixture
def monthly(minato: models.Tier) -> models.Membership:
    return months.member_ahead(tier=minato)


@pytest.fixture
def prepaid(minato: models.Tier) -> models.Membership:
    return months.member_ahead(tier=models.Tier.objects.get(slug="minato-6"))


def plan_of(membership: models.Membership) -> list[tuple[int, str, int, int | None]]:
    rows = membership.cycles.order_by("n")
    return list(rows.values_list("n", "state", "amount_yen", "covered_by__n"))


def mails(name: str) -> int:
    return outbox_models.OutboxMessage.objects.filter(topic="mail.send", payload__name=name).count()


def boxes_sent(membership: models.Membership) -> int:
    return fulfilment_models.Shipment.objects.filter(cycle__membership=membership).count()


def breaches() -> set[str]:
    """What the ledger check finds; there is no shop in these tests."""
    found = ledger.ledger_check(now=world.NOW + timedelta(days=800), provider_days=0)
    return {breach.code for breach in found} - {"paid_without_order"}


def test_a_monthly_member_is_shown_the_term_and_its_dates(monthly: models.Membership) -> None:
    # when
    preview = term.term_preview(
        membership_id=monthly.pk, tier_slug="minato-6", today=date(2026, 12, 18)
    )

    # then
    assert (preview.effective_on, preview.change_until) == (date(2027, 1, 24), date(2027, 1, 17))
    assert (preview.amount_yen, preview.box_count) == (60000, 6)
    assert preview.months == tuple(date(2027, month, 1) for month in range(1, 7))
    assert preview.last_box_from == date(2027, 6, 28)
    assert preview.limit_warning is None


def test_a_monthly_member_gives_once_for_six_boxes_and_the_membership_ends(
    provider: MemoryProvider, monthly: models.Membership
) -> None:
    # given
    term.term_choose(membership_id=monthly.pk, tier_slug="minato-6", now=world.NOW, actor=ACTOR)
    months.run(provider, world.TODAY)

    # when
    months.run_through(provider, date(2026, 12, 18), date(2027, 7, 31))

    # then
    given = donation_models.Donation.objects.order_by("pk").values_list("amount_yen", flat=True)
    assert list(given) == [10000, 60000]
    assert boxes_sent(monthly) == 7
    monthly.refresh_from_db()
    assert (monthly.state, monthly.tier.slug, monthly.next_tier) == ("ended", "minato-6", None)
    assert monthly.choices.get().kind == "term"
    assert mails("choice_term") == mails("term_ending") == mails("prepaid_ended") == 1
    assert breaches() == set()


def test_a_term_chosen_is_taken_back_while_there_is_time(monthly: models.Membership) -> None:
    # given
    before = plan_of(monthly)
    term.term_choose(membership_id=monthly.pk, tier_slug="minato-6", now=world.NOW, actor=ACTOR)

    # when
    term.term_choose(membership_id=monthly.pk, tier_slug="minato", now=world.NOW, actor=ACTOR)

    # then
    assert plan_of(monthly) == before
    monthly.refresh_from_db()
    assert monthly.next_tier is None
    assert mails("choice_term") == 2


@pytest.mark.parametrize("slug", ["minato-6", "nagisa", "minato", "nothing"])
def test_a_tier_that_is_closed_or_no_term_is_refused(monthly: models.Membership, slug: str) -> None:
    # given
    models.Tier.objects.filter(slug="minato-6").update(is_open=False)
    before = plan_of(monthly)

    # then
    with pytest.raises(membership_errors.TierClosed):
        term.term_choose(membership_id=monthly.pk, tier_slug=slug, now=world.NOW, actor=ACTOR)
    assert plan_of(monthly) == before
    assert models.MembershipChoice.objects.count() == 0


def test_who_lives_in_the_town_begins_no_term_with_boxes(monthly: models.Membership) -> None:
    # given
    models.Donor.objects.update(prefecture="高知県", city="幡見郡汐見町")

    # then
    with pytest.raises(errors.RuleBroken) as refused:
        term.term_choose(membership_id=monthly.pk, tier_slug="minato-6", now=world.NOW, actor=ACTOR)
    assert refused.value.code == "resident_no_gift"


def test_somebody_in_a_term_begins_no_other(prepaid: models.Membership) -> None:
    with pytest.raises(errors.MembershipPrepaid):
        term.term_choose(membership_id=prepaid.pk, tier_slug="minato-6", now=world.NOW, actor=ACTOR)


def test_a_term_that_is_renewed_gives_again_after_its_last_box(
    provider: MemoryProvider, prepaid: models.Membership
) -> None:
    # given
    after_term.after_choose(membership_id=prepaid.pk, after="minato-6", now=world.NOW, actor=ACTOR)

    # when
    months.run_through(provider, world.TODAY, date(2027, 6, 8))

    # then
    given = donation_models.Donation.objects.order_by("pk").values_list("amount_yen", flat=True)
    assert list(given) == [60000, 60000]
    second = prepaid.cycles.get(n=6)
    assert (second.state, second.charge_on) == ("charged", date(2027, 5, 24))
    assert boxes_sent(prepaid) == 7
    assert mails("term_ending") == 1
    prepaid.refresh_from_db()
    assert (prepaid.state, prepaid.is_renewed) == ("active", True)


def test_after_a_term_a_donation_every_month_follows(
    provider: MemoryProvider, prepaid: models.Membership
) -> None:
    # given
    preview = after_term.after_preview(membership_id=prepaid.pk, after="minato", today=world.TODAY)
    after_term.after_choose(membership_id=prepaid.pk, after="minato", now=world.NOW, actor=ACTOR)

    # when
    months.run_through(provider, world.TODAY, date(2027, 6, 30))

    # then
    assert (preview.kind, preview.effective_on) == ("term", date(2027, 5, 24))
    given = donation_models.Donation.objects.order_by("pk").values_list("amount_yen", flat=True)
    assert list(given) == [60000, 10000, 10000]
    prepaid.refresh_from_db()
    assert (prepaid.tier.slug, prepaid.next_tier, prepaid.is_renewed) == ("minato", None, False)


def test_what_comes_after_is_chosen_until_the_last_day_and_not_later(
    prepaid: models.Membership,
) -> None:
    # given
    last_day = date(2027, 5, 17)
    preview = after_term.after_preview(membership_id=prepaid.pk, after="end", today=last_day)

    # then
    assert preview.change_until == last_day
    with pytest.raises(errors.MonthFixed):
        after_term.after_preview(
            membership_id=prepaid.pk, after="end", today=last_day + timedelta(days=1)
        )


def test_a_tier_closed_meanwhile_is_served_to_the_last_box_and_ends_kindly(
    provider: MemoryProvider, prepaid: models.Membership
) -> None:
    # given
    after_term.after_choose(membership_id=prepaid.pk, after="minato-6", now=world.NOW, actor=ACTOR)
    models.Tier.objects.update(is_open=False)

    # when
    with pytest.raises(membership_errors.TierClosed):
        after_term.after_preview(membership_id=prepaid.pk, after="minato-6", today=world.TODAY)
    months.run_through(provider, world.TODAY, date(2027, 6, 8))

    # then
    assert boxes_sent(prepaid) == 6
    assert donation_models.Donation.objects.count() == 1
    prepaid.refresh_from_db()
    assert prepaid.state == "ended"
    assert mails("prepaid_ended") == 1


def test_a_month_of_a_term_left_out_sends_its_box_at_the_end(
    provider: MemoryProvider, prepaid: models.Membership
) -> None:
    # given
    preview = skip.skip_preview(
        membership_id=prepaid.pk, month=date(2026, 12, 1), today=world.TODAY
    )

    # when
    skip.skip_choose(
        membership_id=prepaid.pk,
        month=date(2026, 12, 1),
        now=world.NOW,
        actor=ACTOR,
        seen=preview.seen,
    )
    months.run_through(provider, world.TODAY, date(2027, 7, 7))

    # then
    assert (preview.is_of_term, preview.last_box_month) == (True, date(2027, 5, 1))
    assert preview.next_donation_on is None
    assert [row[1] for row in plan_of(prepaid)] == ["charged", "skipped", *["locked"] * 5]
    assert boxes_sent(prepaid) == 6
    prepaid.refresh_from_db()
    assert prepaid.state == "ended"
    assert breaches() == set()


def test_a_month_of_a_term_that_is_only_coming_is_left_out_as_well(
    monthly: models.Membership,
) -> None:
    # given a term that begins in December
    term.term_choose(membership_id=monthly.pk, tier_slug="minato-6", now=world.NOW, actor=ACTOR)
    january = date(2027, 1, 1)

    # when
    preview = skip.skip_preview(membership_id=monthly.pk, month=january, today=world.TODAY)
    skip.skip_choose(membership_id=monthly.pk, month=january, now=world.NOW, actor=ACTOR)

    # then its box comes at the end of that term
    assert (preview.is_of_term, preview.last_box_month) == (True, date(2027, 6, 1))
    assert plan_of(monthly)[1:3] == [(1, "planned", 60000, None), (2, "skipped", 0, 1)]


def test_a_box_moved_comes_back_when_the_donor_takes_it_back(prepaid: models.Membership) -> None:
    # given
    before = outlook.term_of(prepaid, today=world.TODAY)
    december = date(2026, 12, 1)
    skip.skip_choose(membership_id=prepaid.pk, month=december, now=world.NOW, actor=ACTOR)

    # when
    preview = skip.skip_undo_preview(membership_id=prepaid.pk, month=december, today=world.TODAY)
    skip.skip_undo_choose(membership_id=prepaid.pk, month=december, now=world.NOW, actor=ACTOR)

    # then
    assert preview.last_box_month == date(2027, 4, 1)
    assert outlook.term_of(prepaid, today=world.TODAY) == before


def test_a_term_as_long_as_the_town_allows_moves_no_further(prepaid: models.Membership) -> None:
    # given
    models.Municipality.objects.update(term_extra_months=0)

    # then
    with pytest.raises(errors.TermFullLength):
        skip.skip_choose(
            membership_id=prepaid.pk, month=date(2026, 12, 1), now=world.NOW, actor=ACTOR
        )
    assert {row[1] for row in plan_of(prepaid)} == {"charged", "planned"}


def test_a_renewal_left_out_is_shown_with_the_later_day(prepaid: models.Membership) -> None:
    # given
    after_term.after_choose(membership_id=prepaid.pk, after="minato-6", now=world.NOW, actor=ACTOR)
    day = date(2027, 4, 20)
    planning.months_replan(membership_id=prepaid.pk, now=months.morning(day))

    # when
    preview = skip.skip_preview(membership_id=prepaid.pk, month=date(2027, 5, 1), today=day)

    # then
    assert (preview.is_of_term, preview.amount_yen) == (False, 60000)
    assert (preview.next_donation_on, preview.next_donation_yen) == (date(2027, 6, 24), 60000)


def other_box(*, cost_yen: int, month: date = date(2026, 12, 1)) -> fulfilment_models.BoxPlan:
    """A box of another tier in a month."""
    gift = world.gift_make(
        slug=f"buri-{cost_yen}", name="寒ぶり", procurement_cost_yen=cost_yen, allergens=["さば"]
    )
    return world.box_make(tier=world.tier_make(), month=month, gifts=[gift], title="海の箱")


def test_another_box_comes_in_a_month_of_a_term(
    provider: MemoryProvider, prepaid: models.Membership
) -> None:
    # given
    box = other_box(cost_yen=4000)  # more than its equal share of 3,000 yen
    asked = {"membership_id": prepaid.pk, "month": date(2026, 12, 1), "box_id": box.pk}
    preview = swap.swap_preview(**asked, today=world.TODAY, now=world.NOW)

    # when
    swap.swap_choose(**asked, now=world.NOW, actor=ACTOR, seen=preview.seen)
    months.run_through(provider, world.TODAY, date(2027, 6, 8))

    # then
    assert (preview.title, preview.before, preview.allergens) == ("海の箱", "冬の畑から", ("さば",))
    december = prepaid.cycles.get(n=1)
    assert december.snapshot.box_plan == box
    assert boxes_sent(prepaid) == 6
    assert breaches() == set()
    assert mails("choice_swap") == 1


@pytest.mark.parametrize(("cost_yen", "is_offered"), [(14000, True), (14001, False)])
def test_a_box_is_offered_only_within_what_the_term_may_give(
    prepaid: models.Membership, cost_yen: int, is_offered: bool
) -> None:
    # given
    box = other_box(cost_yen=cost_yen)  # 18,000 yen in all; the other five boxes are 800 each

    # when
    december = swap.months_to_swap(membership_id=prepaid.pk, today=world.TODAY)[0]
    offered = swap.boxes_offered(cycle=december, now=world.NOW)

    # then
    assert offered == ([box] if is_offered else [])


@pytest.mark.parametrize("trouble", ["dearer", "sold_out"])
def test_the_terms_own_box_comes_where_the_chosen_one_cannot(
    provider: MemoryProvider, prepaid: models.Membership, trouble: str
) -> None:
    # given
    box = other_box(cost_yen=2000)
    swap.swap_choose(
        membership_id=prepaid.pk,
        month=date(2026, 12, 1),
        box_id=box.pk,
        now=world.NOW,
        actor=ACTOR,
    )
    gift = fulfilment_models.Gift.objects.filter(pk=box.items.get().gift_id)
    if trouble == "dearer":
        gift.update(procurement_cost_yen=18001)
    else:
        gift.update(stock_free=0, stock_seen_at=months.morning(months.LOCK_DAY))

    # when
    months.run(provider, months.LOCK_DAY)

    # then
    december = months.month_of(prepaid, 1)
    assert (december.state, december.snapshot.box_plan.tier.slug) == ("locked", "minato")
    assert december.snapshot.procurement_cost_yen == 800
    assert mails("box_fell_back") == 1


@pytest.mark.parametrize(("wish", "state"), [("carry", "skipped"), ("accept", "locked")])
def test_where_neither_box_can_be_sent_the_standing_wish_decides(
    provider: MemoryProvider, prepaid: models.Membership, wish: str, state: str
) -> None:
    # given
    box = other_box(cost_yen=2000)
    models.Cycle.objects.filter(membership=prepaid, n=1).update(wished_box=box)
    models.Membership.objects.update(swap_wish=wish)
    fulfilment_models.Gift.objects.update(
        stock_free=0, stock_seen_at=months.morning(months.LOCK_DAY)
    )

    # when
    months.run(provider, months.LOCK_DAY)

    # then
    assert months.month_of(prepaid, 1).state == state
    assert mails("cycle_skipped") == (state == "skipped")


def test_the_terms_own_box_takes_a_swap_back(prepaid: models.Membership) -> None:
    # given
    box = other_box(cost_yen=2000)
    asked = {"membership_id": prepaid.pk, "month": date(2026, 12, 1), "now": world.NOW}
    swap.swap_choose(**asked, box_id=box.pk, actor=ACTOR)
    own = fulfilment_models.BoxPlan.objects.get(tier__slug="minato", month=date(2026, 12, 1))

    # when
    swap.swap_choose(**asked, box_id=own.pk, actor=ACTOR)

    # then
    assert prepaid.cycles.get(n=1).wished_box is None


@pytest.mark.parametrize("box_id", [0, 999999])
def test_a_box_that_is_not_offered_is_refused(prepaid: models.Membership, box_id: int) -> None:
    with pytest.raises(errors.BoxNotOffered):
        swap.swap_choose(
            membership_id=prepaid.pk,
            month=date(2026, 12, 1),
            box_id=box_id,
            now=world.NOW,
            actor=ACTOR,
        )
    assert prepaid.cycles.filter(wished_box__isnull=False).count() == 0


def test_a_locked_month_keeps_its_box(provider: MemoryProvider, prepaid: models.Membership) -> None:
    # given
    box = other_box(cost_yen=900)
    months.run(provider, months.LOCK_DAY)

    # then
    with pytest.raises(errors.MonthFixed):
        swap.swap_choose(
            membership_id=prepaid.pk,
            month=date(2026, 12, 1),
            box_id=box.pk,
            now=months.morning(months.LOCK_DAY),
            actor=ACTOR,
        )


def test_an_outlook_reads_and_changes_nothing(prepaid: models.Membership) -> None:
    # given
    before = [list(model.objects.order_by("pk").values()) for model in (models.Cycle,)]
    town = selectors.town_calendar(town=selectors.municipality_get())

    # when
    ahead = outlook.ahead(prepaid, today=world.TODAY, town=town)

    # then
    assert [month.n for month in ahead] == [0, 1, 2, 3, 4, 5]
    assert before == [list(model.objects.order_by("pk").values()) for model in (models.Cycle,)]
