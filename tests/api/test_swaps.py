"""Gifts that cannot be sent, through the API: proposed, answered, wished about."""

import pytest

from saleor_ext.common import registry
from saleor_ext.flows.month import locking
from saleor_ext.flows.swaps import proposing
from saleor_ext.fulfilment import models
from saleor_ext.membership import models as membership_models
from saleor_ext.membership import planning, selectors
from tests.builders import api_client, months, swapping, world
from tests.builders.provider import MemoryProvider

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("now")]

ME = """{ me { swaps { id state month giftName alternate { name } allergensAdded allergensGone
    answerUntil } } }"""
ANSWER = """mutation ($id: ID!, $isAccepted: Boolean!) {
    swapAnswer(id: $id, isAccepted: $isAccepted) { errors { code } swap { state } } }"""
PROPOSE = """mutation ($gift: String!, $alternate: String!) {
    alternatePropose(tier: "nagisa", month: "2026-12-01", gift: $gift, alternate: $alternate,
        reason: "霜の害") { errors { code } alternate { id gift { name } } } }"""
WITHDRAW = """mutation ($id: ID!) {
    alternateWithdraw(id: $id, reason: "とれた") { errors { code } alternate { id } } }"""
WISH = """mutation ($wish: SwapWish!, $silence: SwapWish) {
    membershipSwapWishSet(wish: $wish, silence: $silence) {
        errors { code field } membership { state } } }"""
PREVIEW = "{ membershipSwapWishPreview(wish: ACCEPT) { kind effectiveOn wish silence seen } }"


@pytest.fixture(autouse=True)
def outside(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(proposing.jobs, "enqueue", lambda name, **_: None)
    made = MemoryProvider()
    monkeypatch.setattr(registry, "payment_provider", lambda: made)


@pytest.fixture
def asked() -> models.Swap:
    world.member_make(tier=world.world_make())
    swapping.propose(alternate=swapping.turnip_make(allergens=["小麦"]))
    town = selectors.town_calendar(town=selectors.municipality_get())
    planning.cycles_plan(today=months.LOCK_DAY, town=town)
    locking.cycles_lock_due(as_of=months.LOCK_DAY, now=swapping.ASK_NOW, actor="run")
    swapping.take_up()
    return models.Swap.objects.get()


def test_a_member_reads_what_he_is_asked_and_answers(asked: models.Swap) -> None:
    # given
    client = api_client.as_donor()

    # when
    [question] = client.ask(ME).data["me"]["swaps"]
    done = client.ask(ANSWER, id=question["id"], isAccepted=True).data["swapAnswer"]
    again = client.ask(ANSWER, id=question["id"], isAccepted=False).data["swapAnswer"]

    # then
    assert question == {
        "id": str(asked.pk),
        "state": "ASKED",
        "month": "2026-12-01",
        "giftName": "冬の大根",
        "alternate": {"name": "かぶ"},
        "allergensAdded": ["小麦"],
        "allergensGone": [],
        "answerUntil": "2026-12-23",
    }
    assert done == {"errors": [], "swap": {"state": "ACCEPTED"}}
    assert again["errors"] == [{"code": "SWAP_OVER"}]


def test_nobody_answers_for_another(asked: models.Swap) -> None:
    world.donor_make(name="taro")

    taro = api_client.as_donor("taro").ask(ANSWER, id=str(asked.pk), isAccepted=True)
    nobody = api_client.anonymous().ask(ANSWER, id=str(asked.pk), isAccepted=True)
    garbled = api_client.as_donor().ask(ANSWER, id="x", isAccepted=True)

    assert taro.data["swapAnswer"]["errors"] == [{"code": "NOT_FOUND"}]
    assert nobody.codes == ["UNAUTHENTICATED"]
    assert garbled.data["swapAnswer"]["errors"] == [{"code": "INVALID"}]
    asked.refresh_from_db()
    assert asked.state == "asked"


def test_a_producer_proposes_and_takes_back_what_is_his_own() -> None:
    # given
    world.world_make()
    turnip = swapping.turnip_make()
    fish = world.gift_make(slug="himono", producer=world.producer_make(slug="minato"))
    client = api_client.as_producer("hatake@example.jp")

    # when
    foreign = client.ask(PROPOSE, gift="daikon", alternate=fish.slug).data["alternatePropose"]
    made = client.ask(PROPOSE, gift="daikon", alternate=turnip.slug).data["alternatePropose"]
    back = client.ask(WITHDRAW, id=made["alternate"]["id"]).data["alternateWithdraw"]

    # then
    assert foreign["errors"] == [{"code": "NOT_FOUND"}]
    assert (made["errors"], made["alternate"]["gift"]) == ([], {"name": "冬の大根"})
    assert back["errors"] == []
    assert models.Alternate.objects.get().state == "withdrawn"


def test_staff_need_the_role_for_it() -> None:
    world.world_make()
    swapping.turnip_make()

    may = api_client.as_staff(["MANAGE_ORDERS"]).ask(PROPOSE, gift="daikon", alternate="kabu")
    may_not = api_client.as_staff(["MANAGE_PAGES"]).ask(PROPOSE, gift="daikon", alternate="kabu")
    donor = api_client.as_donor().ask(PROPOSE, gift="daikon", alternate="kabu")

    assert may.data["alternatePropose"]["errors"] == []
    assert may_not.codes == ["PERMISSION_DENIED"]
    assert donor.codes == ["PERMISSION_DENIED"]
    assert models.Alternate.objects.count() == 1


def test_a_wish_is_kept_as_the_preview_showed_it() -> None:
    # given
    world.member_make(tier=world.world_make())
    client = api_client.as_donor()

    # when
    preview = client.ask(PREVIEW).data["membershipSwapWishPreview"]
    kept = client.ask(WISH, wish="ACCEPT", silence="CARRY").data["membershipSwapWishSet"]
    wrong = client.ask(WISH, wish="ASK", silence="ASK").data["membershipSwapWishSet"]

    # then
    assert (preview["kind"], preview["wish"], preview["silence"]) == ("WISH", "ACCEPT", "CARRY")
    assert preview["effectiveOn"] == "2026-11-24"
    assert kept == {"errors": [], "membership": {"state": "ACTIVE"}}
    assert wrong["errors"] == [{"code": "INVALID", "field": "silence"}]
    assert membership_models.Membership.objects.get().swap_wish == "accept"
