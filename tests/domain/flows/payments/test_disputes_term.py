"""A prepaid donation is disputed, or one donation twice: every box it stands for waits."""

import pytest

from saleor_ext.contracts.payment import DisputeStage
from saleor_ext.donations import models
from saleor_ext.flows.payments import payment_session
from saleor_ext.fulfilment import models as fulfilment_models
from saleor_ext.membership import models as membership_models
from tests.builders import refunding
from tests.builders.provider import MemoryProvider

pytestmark = pytest.mark.django_db

ON_THE_LISTS = [(0, "requested"), (1, "requested")]
HELD = [(0, "held"), (1, "held")]


@pytest.fixture
def attempt(provider: MemoryProvider) -> models.PaymentAttempt:
    """The 60,000 yen of a term of which two boxes are with their producers."""
    attempt = refunding.paid_term_make(provider)
    assert parcels() == ON_THE_LISTS
    return attempt


def parcels() -> list[tuple[int, str]]:
    rows = fulfilment_models.Shipment.objects.order_by("cycle__n")
    return list(rows.values_list("cycle__n", "state"))


def membership() -> tuple[str, str]:
    row = membership_models.Membership.objects.get()
    return row.state, row.parked_reason


def told(attempt: models.PaymentAttempt, kind: str) -> None:
    payment_session.provider_event_handle(
        provider_ref=attempt.provider_ref, kind=f"charge.dispute.{kind}", now=refunding.NOW
    )


def test_a_prepaid_donation_that_is_disputed_holds_all_its_boxes_until_it_is_won(
    provider: MemoryProvider, attempt: models.PaymentAttempt
) -> None:
    # given
    ref = provider.dispute(provider_ref=attempt.provider_ref, amount_yen=60000)

    # when
    told(attempt, "created")

    # then
    assert refunding.ledger_rows(attempt) == [60000, -60000]
    assert (parcels(), membership()) == (HELD, ("parked", "disputed"))

    # when
    provider.dispute_decide(ref, DisputeStage.WON)
    told(attempt, "closed")

    # then
    assert refunding.ledger_rows(attempt) == [60000, -60000, 60000]
    assert (parcels(), membership()) == (ON_THE_LISTS, ("active", ""))


@pytest.mark.parametrize(
    ("second", "boxes", "stands"),
    [
        (DisputeStage.WON, ON_THE_LISTS, ("active", "")),
        (DisputeStage.LOST, [(0, "cancelled"), (1, "cancelled")], ("parked", "disputed")),
    ],
)
def test_of_two_disputes_of_one_donation_the_last_one_decides(
    provider: MemoryProvider,
    attempt: models.PaymentAttempt,
    second: DisputeStage,
    boxes: list[tuple[int, str]],
    stands: tuple[str, str],
) -> None:
    # given
    refs = [
        provider.dispute(provider_ref=attempt.provider_ref, amount_yen=amount_yen)
        for amount_yen in (20000, 40000)
    ]
    told(attempt, "created")
    assert refunding.ledger_rows(attempt) == [60000, -20000, -40000]

    # when the first one is won, the other one still holds everything
    provider.dispute_decide(refs[0], DisputeStage.WON)
    told(attempt, "closed")

    # then
    assert (parcels(), membership()) == (HELD, ("parked", "disputed"))

    # when
    provider.dispute_decide(refs[1], second)
    told(attempt, "closed")

    # then
    back = [40000] if second is DisputeStage.WON else []
    assert refunding.ledger_rows(attempt) == [60000, -20000, -40000, 20000, *back]
    assert (parcels(), membership()) == (boxes, stands)
