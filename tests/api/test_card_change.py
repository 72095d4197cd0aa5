"""Changing the card through the API: the same steps and refusals as on the pages."""

import pytest

from saleor_ext.common import registry
from saleor_ext.donations import models
from tests.builders import api_client, world
from tests.builders.provider import MemoryProvider

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("now")]

BEGIN = """mutation { cardChangeBegin {
    errors { code } step { state clientSecret publishableKey declineCode } } }"""
FINISH = """mutation { cardChangeFinish {
    errors { code } step { state } card { brand last4 } } }"""
PREVIEW = (
    "{ me { cardChange { retried { key amountYen } retriedYen nextChargeOn nextAmountYen } } }"
)


@pytest.fixture
def provider(monkeypatch: pytest.MonkeyPatch) -> MemoryProvider:
    made = MemoryProvider()
    monkeypatch.setattr(registry, "payment_provider", lambda: made)
    return made


def test_a_member_changes_his_card(provider: MemoryProvider) -> None:
    # given
    world.member_make(tier=world.world_make())
    client = api_client.as_donor()

    # when
    preview = client.ask(PREVIEW).data["me"]["cardChange"]
    begun = client.ask(BEGIN).data["cardChangeBegin"]
    provider.card_enter(models.CardChange.objects.get().key)
    done = client.ask(FINISH).data["cardChangeFinish"]

    # then
    assert preview == {
        "retried": [], "retriedYen": 0, "nextChargeOn": None, "nextAmountYen": 0
    }  # fmt: skip
    assert begun == {
        "errors": [],
        "step": {
            "state": "confirm",
            "clientSecret": "seti_1_secret",
            "publishableKey": "pk_test",
            "declineCode": "",
        },
    }
    assert done == {
        "errors": [],
        "step": {"state": "done"},
        "card": {"brand": "mastercard", "last4": "5454"},
    }


@pytest.mark.parametrize("document", [BEGIN, FINISH])
def test_nobody_signed_in_changes_a_card(provider: MemoryProvider, document: str) -> None:
    answer = api_client.anonymous().ask(document)

    assert answer.codes == ["UNAUTHENTICATED"]
    assert provider.calls == []


@pytest.mark.parametrize("document", [BEGIN, FINISH])
def test_who_pays_nothing_has_no_card_to_change(provider: MemoryProvider, document: str) -> None:
    world.town_make()
    world.donor_make()
    client = api_client.as_donor()

    [payload] = client.ask(document).data.values()

    assert [error["code"] for error in payload["errors"]] == ["NOT_FOUND"]
    assert client.ask(PREVIEW).data["me"]["cardChange"] is None
    assert provider.calls == []
