"""The name on a card is compared when it is entered; nothing is held up, and no name is kept."""

from dataclasses import replace

import pytest

from saleor_ext.common.errors import InvalidTransition
from saleor_ext.donations import card_changes, models, selectors, states
from saleor_ext.flows.month import settle
from saleor_ext.membership import models as membership_models
from tests.builders import months, world
from tests.builders.provider import MemoryProvider

pytestmark = pytest.mark.django_db


def card_of(membership: membership_models.Membership) -> models.CardOnFile:
    found = selectors.card_current(donor_id=membership.donor_id)
    assert found is not None
    return found


def paid_with(provider: MemoryProvider, holder: str) -> models.CardOnFile:
    """December was declined, and its donor makes up for it with another card."""
    december = months.declined_december_make(provider)
    attempt = months.attempt_make(december, is_off_session=False, now=world.NOW)
    said = months.answer(attempt, months.Outcome.SUCCEEDED, charged_at=world.NOW)
    assert said.card is not None
    named = replace(said.card, method_ref="pm_new", holder_name=holder)
    settle.apply(
        attempt_id=attempt.pk, state=replace(said, card=named), now=world.NOW, actor="donor"
    )
    december.refresh_from_db()
    assert december.state == "charged"
    return card_of(december.membership)


@pytest.mark.parametrize(
    ("holder", "state"),
    [("HANAKO YAMADA", "same"), ("TARO YAMADA", "differs"), ("", "unclear")],
)
def test_the_name_decides_nothing_but_who_is_asked(
    provider: MemoryProvider, holder: str, state: str
) -> None:
    # when
    card = paid_with(provider, holder)

    # then
    assert (card.method_ref, card.holder_state) == ("pm_new", state)
    assert list(selectors.cards_unsettled()) == ([] if state == "same" else [card])
    kept = [str(value) for value in models.CardOnFile.objects.values().get(pk=card.pk).values()]
    assert holder == "" or holder not in kept


def test_the_donor_settles_what_could_not_be_compared_and_staff_what_differs(
    provider: MemoryProvider,
) -> None:
    # given
    card = paid_with(provider, "TARO YAMADA")

    def settle_as(to: str, actor: str) -> models.CardOnFile:
        return card_changes.holder_settle(
            donor_id=card.donor_id, to=to, reason="旧姓のカード", now=world.NOW, actor=actor
        )

    # then another name is not the donor's to settle
    with pytest.raises(InvalidTransition):
        settle_as(states.HolderState.CONFIRMED, "donor:1")
    cleared = settle_as(states.HolderState.CLEARED, "staff:1")
    assert (cleared.holder_state, cleared.holder_said_by) == ("cleared", "staff:1")
    assert not selectors.cards_unsettled().exists()
