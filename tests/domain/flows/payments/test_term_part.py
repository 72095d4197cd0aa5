"""Part of a prepaid donation is given back: the last boxes of its term fall away."""

from datetime import date

import pytest

from saleor_ext.contracts.types import Yen
from saleor_ext.flows.books import ledger_terms
from saleor_ext.flows.choices import after_term
from saleor_ext.flows.month import holding
from saleor_ext.flows.payments import refunds, term_part
from saleor_ext.membership import models as membership_models
from saleor_ext.membership import services
from saleor_ext.membership.errors import TermPartTooLarge, TermPartUndecided
from saleor_ext.outbox import models as outbox_models
from tests.builders import months, refunding
from tests.builders.provider import MemoryProvider
from tests.builders.refunding import NOW, ask, carry_out, ledger_rows, refusal

pytestmark = pytest.mark.django_db

LATER = months.morning(date(2027, 5, 24), hour=15)


@pytest.fixture
def term(provider: MemoryProvider) -> membership_models.Membership:
    return refunding.paid_term_make(provider).cycle.membership


def plan(membership: membership_models.Membership) -> list[tuple[int, str, bool]]:
    rows = membership.cycles.exclude(state="void").order_by("n")
    return list(rows.values_list("n", "state", "is_listed"))


@pytest.mark.parametrize(
    ("boxes", "left"),
    [(3, [0, 1, 2]), (4, [0, 1])],
)
def test_part_of_a_term_is_given_back_as_whole_boxes_from_its_end(
    provider: MemoryProvider, term: membership_models.Membership, boxes: int, left: list[int]
) -> None:
    # given
    first, third = months.month_of(term, 0), months.month_of(term, 2)
    assert plan(term)[:3] == [(0, "charged", True), (1, "locked", True), (2, "locked", False)]

    # when
    ask(first.attempts.get(), amount_yen=Yen(10000 * boxes))
    carry_out()

    # then the last boxes fall away, and the membership goes on
    assert [n for n, _, _ in plan(term)] == left
    paying = months.month_of(term, 0)
    assert (paying.boxes, paying.kept_yen) == (6 - boxes, 60000 - 10000 * boxes)
    assert paying.membership.state == "active"
    taken_back = outbox_models.OutboxMessage.objects.filter(topic="order.cancel")
    cancelled = [f"order.cancel:{third.pk}"] if boxes == 4 else []
    assert list(taken_back.values_list("key", flat=True)) == cancelled
    assert ledger_rows(first.attempts.get()) == [60000, -10000 * boxes]
    assert {code for code, _ in ledger_terms.breaches()} == set()


def test_a_box_that_is_late_to_be_fixed_falls_away_as_well(
    provider: MemoryProvider, term: membership_models.Membership
) -> None:
    # given staff had stopped the membership when its February was to be fixed
    services.membership_park(membership_id=term.pk, now=NOW, actor="staff:1", reason="確認")
    now = months.morning(date(2027, 2, 20))
    months.run(provider, date(2027, 2, 20))
    attempt = months.month_of(term, 0).attempts.get()
    assert months.month_of(term, 3).state == "planned"

    # when four of six boxes are given back, and it goes on
    provider.give_back(provider_ref=attempt.provider_ref, amount_yen=40000)
    refunds.refunds_look(attempt=attempt, now=now, actor="provider")
    holding.membership_resume(membership_id=term.pk, now=now, actor="staff:1", reason="確認")
    months.run(provider, date(2027, 2, 21))

    # then
    assert [n for n, _, _ in plan(term)] == [0, 1]
    assert {code for code, _ in ledger_terms.breaches()} == set()


@pytest.mark.parametrize("amount_yen", [9999, 10001, 50000])
def test_what_is_no_whole_boxes_any_more_is_refused_beforehand(
    provider: MemoryProvider, term: membership_models.Membership, amount_yen: int
) -> None:
    # given four boxes could still fall away
    attempt = months.month_of(term, 0).attempts.get()

    # when
    answer = ask(attempt, amount_yen=Yen(amount_yen))

    # then
    assert answer == refusal("refund_partial", amount=amount_yen)


def test_an_odd_part_given_back_at_the_provider_waits_for_staff(
    provider: MemoryProvider, term: membership_models.Membership
) -> None:
    # given
    before = plan(term)
    attempt = months.month_of(term, 0).attempts.get()
    provider.give_back(provider_ref=attempt.provider_ref, amount_yen=15000)

    # when
    refunds.refunds_look(attempt=attempt, now=NOW, actor="provider")

    # then
    parked = months.month_of(term, 0).membership
    assert (parked.state, parked.parked_reason, plan(term)) == ("parked", "refunded", before)
    with pytest.raises(TermPartUndecided):
        holding.membership_resume(membership_id=term.pk, now=NOW, actor="staff:1", reason="確認")

    # when staff say that the last two boxes fall away
    term_part.part_decide(membership_id=term.pk, boxes=2, now=NOW, actor="staff:1", reason="確認")

    # then
    paying = months.month_of(term, 0)
    assert (paying.boxes, paying.kept_yen, paying.membership.state) == (4, 45000, "active")
    assert [n for n, _, _ in plan(term)] == [0, 1, 2, 3]


def test_of_two_terms_with_odd_parts_staff_decide_one_after_the_other(
    provider: MemoryProvider, term: membership_models.Membership
) -> None:
    # given the term was renewed, and an odd part of each donation went back
    after_term.after_choose(membership_id=term.pk, after="minato-6", now=NOW, actor="donor:1")
    for day in (date(2027, 4, 20), date(2027, 5, 18), date(2027, 5, 24)):
        months.run(provider, day)
    for number in (0, 6):
        attempt = months.month_of(term, number).attempts.get()
        provider.give_back(provider_ref=attempt.provider_ref, amount_yen=100)
        refunds.refunds_look(attempt=attempt, now=LATER, actor="provider")

    # when staff decide about the first one
    decided = term_part.part_decide(
        membership_id=term.pk, boxes=0, now=LATER, actor="staff:1", reason="確認"
    )

    # then the membership waits for their word on the second one
    assert decided.state == "parked"
    assert months.month_of(term, 0).kept_yen == 59900
    with pytest.raises(TermPartUndecided):
        holding.membership_resume(membership_id=term.pk, now=LATER, actor="staff:1", reason="確認")

    # and what is sent twice decides about no other term
    with pytest.raises(TermPartTooLarge):
        term_part.part_decide(
            membership_id=term.pk, boxes=0, now=LATER, actor="staff:1", reason="確認", paying_n=0
        )

    # when
    decided = term_part.part_decide(
        membership_id=term.pk, boxes=1, now=LATER, actor="staff:1", reason="確認", paying_n=6
    )

    # then
    assert decided.state == "active"
    assert (months.month_of(term, 6).kept_yen, months.month_of(term, 6).boxes) == (59900, 5)
