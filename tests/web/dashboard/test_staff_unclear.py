"""The page of attempts whose end nobody knows, as staff and colleagues see it."""

from datetime import timedelta

import pytest

from saleor_ext.common import registry
from saleor_ext.dashboard import messages
from saleor_ext.donations import models
from saleor_ext.donations import services as donation_services
from saleor_ext.flows.month import holding
from saleor_ext.membership import models as membership_models
from saleor_ext.membership import services as membership_services
from tests.builders import months, world
from tests.builders.provider import MemoryProvider

ADDRESS = "/staff/unclear/"


@pytest.fixture
def attempt(db, monkeypatch):
    """A December of which nobody knows whether it was paid; the provider never heard of it."""
    provider = MemoryProvider()
    cycle = months.december_make(provider)
    monkeypatch.setattr(registry, "payment_provider", lambda: provider)
    made = months.attempt_make(cycle, now=world.NOW - timedelta(hours=1))
    donation_services.attempt_unknown(
        attempt_id=made.pk, now=world.NOW, actor="test", reason="timeout"
    )
    donation_services.attempt_park(
        attempt_id=made.pk, reason="payment_unknown", now=world.NOW, actor="janitor"
    )
    return made


def test_the_list_says_what_is_known_without_names(staff_client, attempt):
    page = staff_client.get(ADDRESS).content.decode()

    assert attempt.key in page
    for words in ("3,000円", "職員の確認待ち", "まだ見ていない"):
        assert words in page
    assert "山田" not in page


def test_colleagues_see_the_attempt_but_no_buttons(viewer_client, attempt):
    page = viewer_client.get(f"{ADDRESS}{attempt.pk}/").content.decode()

    assert "わかっていること" in page
    assert "今すぐ問い合わせる" not in page


def test_asking_again_brings_the_end(staff_client, attempt):
    page = staff_client.post(f"{ADDRESS}{attempt.pk}/ask/", follow=True).content.decode()

    assert "結果がわかりました:不成立" in page
    assert "もう一度問い合わせ" in page
    assert models.PaymentAttempt.objects.get(pk=attempt.pk).decline_code == "never_reached"


@pytest.mark.parametrize(
    ("door", "sent", "words"),
    [
        ("close", {"reason": ""}, "理由を入れてください"),
        ("name", {"reason": "確認", "provider_ref": ""}, "番号を入れてください"),
        ("name", {"reason": "確認", "provider_ref": "pi_9999"}, "この決済のものではありません"),
        ("name", {"reason": "確認", "provider_ref": "<b>"}, "画面にあるとおりに"),
    ],
)
def test_what_cannot_be_meant_is_refused_with_words(staff_client, attempt, door, sent, words):
    response = staff_client.post(f"{ADDRESS}{attempt.pk}/{door}/", sent)

    assert response.status_code == 422
    assert words in response.content.decode()
    assert models.PaymentAttempt.objects.get(pk=attempt.pk).state == "unknown"


def test_an_attempt_that_does_not_exist_is_not_found(staff_client):
    assert staff_client.get(f"{ADDRESS}99/").status_code == 404
    assert staff_client.post(f"{ADDRESS}99/ask/").status_code == 404


def test_those_who_have_their_word_go_on_with_one_button(staff_client, attempt):
    # given
    membership = membership_models.Membership.objects.get(pk=attempt.membership_id)
    membership_services.membership_park(
        membership_id=membership.pk, now=world.NOW, actor="janitor", reason="payment_unknown"
    )
    assert "1件を再開する" not in staff_client.get(ADDRESS).content.decode()
    staff_client.post(f"{ADDRESS}{attempt.pk}/ask/")

    # when
    refused = staff_client.post(f"{ADDRESS}resume/", {"reason": " "})
    page = staff_client.post(f"{ADDRESS}resume/", {"reason": "確認"}, follow=True)

    # then
    assert refused.status_code == 422
    assert "1件の会員契約を再開しました。" in page.content.decode()
    membership.refresh_from_db()
    assert membership.state == "active"


def test_whoever_may_not_go_on_just_so_is_named(staff_client, attempt, monkeypatch):
    # given
    membership = membership_models.Membership.objects.get(pk=attempt.membership_id)
    membership_services.membership_park(
        membership_id=membership.pk, now=world.NOW, actor="janitor", reason="payment_unknown"
    )
    staff_client.post(f"{ADDRESS}{attempt.pk}/ask/")
    monkeypatch.setattr(holding, "month_codes", lambda cycle, **options: ["resident_no_gift"])

    # when
    page = staff_client.post(f"{ADDRESS}resume/", {"reason": "確認"}, follow=True).content.decode()

    # then
    assert f"1件は止めたままです({membership.public_id})。" in page
    assert "再開しました" not in page
    membership.refresh_from_db()
    assert membership.state == "parked"


def test_of_many_who_may_not_go_on_five_are_named():
    words = messages.left_parked_words(["a", "b", "c", "d", "e", "f", "g"])

    assert words.startswith("7件は止めたままです(a、b、c、d、eほか2件)。")
