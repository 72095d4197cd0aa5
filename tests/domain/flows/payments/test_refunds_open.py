"""Refunds whose end nobody knows yet are looked for again and again, each on its own."""

from datetime import datetime, timedelta

import pytest

from saleor_ext.contracts import errors as provider_errors
from saleor_ext.contracts.types import Yen
from saleor_ext.donations import models as donation_models
from saleor_ext.flows.payments import refunds
from tests.builders import months, world
from tests.builders.provider import MemoryProvider

pytestmark = pytest.mark.django_db

ASKED = months.morning(months.CHARGE_DAY, hour=15)
LATER = ASKED + timedelta(minutes=5)


@pytest.fixture
def asked_for(provider: MemoryProvider) -> list[donation_models.PaymentAttempt]:
    """This will ask for the refunds of five members' donations; nobody has carried them out yet."""
    tier = world.world_make()
    for name in ("hanako", "taro", "jiro", "saburo", "shiro"):
        world.member_make(tier=tier, donor=world.donor_make(name=name))
    months.run(provider, months.LOCK_DAY)
    months.run(provider, months.CHARGE_DAY)
    attempts = list(donation_models.PaymentAttempt.objects.filter(cycle__n=1).order_by("pk"))
    for attempt in attempts:
        refunds.refund_begin(
            attempt_id=attempt.pk,
            amount_yen=Yen(3000),
            request_digest=f"digest-{attempt.pk}",
            reason="誤ってお申し込み",
            now=ASKED,
            actor="staff:1",
        )
    return attempts


class Looks:
    """What was looked at, and what happens then."""

    def __init__(self) -> None:
        self.seen: list[int] = []
        self.troubles: dict[int, Exception] = {}

    def __call__(
        self, *, attempt: donation_models.PaymentAttempt, now: datetime, actor: str
    ) -> None:
        self.seen.append(attempt.pk)
        if attempt.pk in self.troubles:
            raise self.troubles[attempt.pk]


@pytest.fixture
def looks(monkeypatch: pytest.MonkeyPatch) -> Looks:
    made = Looks()
    monkeypatch.setattr(refunds, "refunds_look", made)
    return made


def test_one_refunds_trouble_does_not_stop_the_others(
    asked_for: list[donation_models.PaymentAttempt], looks: Looks
) -> None:
    # given
    looks.troubles = {
        asked_for[0].pk: ZeroDivisionError(),
        asked_for[1].pk: provider_errors.ProviderPermanent("resource_missing"),
        asked_for[2].pk: provider_errors.ProviderUnknown("timeout"),
    }

    # when
    still_open = refunds.refunds_settle_open(now=LATER)

    # then
    assert still_open == 5
    assert sorted(looks.seen) == [attempt.pk for attempt in asked_for]


def test_a_provider_that_answers_nobody_is_asked_three_times(
    asked_for: list[donation_models.PaymentAttempt], looks: Looks
) -> None:
    # given
    looks.troubles = dict.fromkeys(
        (attempt.pk for attempt in asked_for), provider_errors.ProviderUnknown("timeout")
    )

    # when
    still_open = refunds.refunds_settle_open(now=LATER)

    # then
    assert (still_open, len(looks.seen)) == (5, 3)
