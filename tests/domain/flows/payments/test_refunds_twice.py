"""A refund asked for here and one made by hand at the provider may both be real money."""

from typing import Any

import pytest

from saleor_ext.contracts import errors as provider_errors
from saleor_ext.contracts.payment import GivenBack
from saleor_ext.contracts.types import Yen
from saleor_ext.donations import models
from saleor_ext.flows.payments import refunds
from saleor_ext.membership import models as membership_models
from tests.builders import refunding
from tests.builders.provider import MemoryProvider
from tests.builders.refunding import NOW, ask, carry_out, ledger_rows

pytestmark = pytest.mark.django_db

BOX_YEN = 10000


@pytest.fixture
def attempt(provider: MemoryProvider) -> models.PaymentAttempt:
    """A term of 60,000 yen, of which staff have just asked to give one box's worth back."""
    attempt = refunding.paid_term_make(provider)
    ask(attempt, amount_yen=Yen(BOX_YEN))
    return attempt


def by_hand(provider: MemoryProvider, attempt: models.PaymentAttempt) -> None:
    provider.give_back(provider_ref=attempt.provider_ref, amount_yen=BOX_YEN)


def look(attempt: models.PaymentAttempt) -> None:
    refunds.refunds_look(attempt=attempt, now=NOW, actor="provider")


def rows() -> list[tuple[str, str, str]]:
    found = models.Refund.objects.order_by("number")
    return list(found.values_list("origin", "state", "provider_ref"))


def test_both_seen_in_one_look_are_two_rows(
    provider: MemoryProvider, attempt: models.PaymentAttempt
) -> None:
    # given the one made by hand is the older one, and the answer about ours was lost
    by_hand(provider, attempt)
    provider.next_refunds = ["lost_answer"]
    with pytest.raises(provider_errors.ProviderUnknown):
        carry_out()

    # when
    look(attempt)
    carry_out()
    look(attempt)

    # then
    assert ledger_rows(attempt) == [60000, -BOX_YEN, -BOX_YEN]
    assert rows() == [("shop", "succeeded", "re_2"), ("provider", "succeeded", "re_1")]
    paying = membership_models.Cycle.objects.get(pk=attempt.cycle_id)
    assert (paying.boxes, paying.kept_yen) == (4, 40000)


def test_the_one_made_by_hand_seen_first_is_joined_by_ours_when_it_is_seen(
    provider: MemoryProvider, attempt: models.PaymentAttempt
) -> None:
    # given a look that sees only the one made by hand: it stands for ours
    by_hand(provider, attempt)
    look(attempt)
    assert ledger_rows(attempt) == [60000, -BOX_YEN]

    # when ours turns out to have been made as well
    key = models.Refund.objects.get().key
    provider.give_back(provider_ref=attempt.provider_ref, amount_yen=BOX_YEN, key=key)
    look(attempt)
    look(attempt)

    # then
    assert ledger_rows(attempt) == [60000, -BOX_YEN, -BOX_YEN]
    assert rows() == [("shop", "succeeded", "re_1"), ("provider", "succeeded", "re_2")]


def test_a_look_while_our_answer_is_on_its_way_does_not_swallow_ours(
    provider: MemoryProvider,
    attempt: models.PaymentAttempt,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # given
    real_create = provider.refund_create

    def answered_late(**asked: Any) -> GivenBack:
        by_hand(provider, attempt)
        look(attempt)
        return real_create(**asked)

    monkeypatch.setattr(provider, "refund_create", answered_late)

    # when
    carry_out()
    look(attempt)

    # then
    assert ledger_rows(attempt) == [60000, -BOX_YEN, -BOX_YEN]
    assert rows() == [("shop", "succeeded", "re_1"), ("provider", "succeeded", "re_2")]


def test_ours_refused_after_one_made_by_hand_stood_for_it_changes_nothing(
    provider: MemoryProvider, attempt: models.PaymentAttempt
) -> None:
    # given
    by_hand(provider, attempt)
    look(attempt)

    # when the bank sends ours back
    key = models.Refund.objects.get().key
    provider.give_back(
        provider_ref=attempt.provider_ref, amount_yen=BOX_YEN, key=key, is_failed=True
    )
    look(attempt)

    # then
    assert ledger_rows(attempt) == [60000, -BOX_YEN]
    assert rows() == [("shop", "succeeded", "re_1")]
    assert membership_models.Membership.objects.get().state == "active"
