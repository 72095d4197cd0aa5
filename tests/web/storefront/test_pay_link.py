"""The link in the mail about a decline: it works without signing in until the day that was told,
and says kindly afterwards that it is over.
"""

import re
from datetime import date

import pytest
from django.core import mail

from saleor_ext.common import registry
from saleor_ext.donations import models as donation_models
from saleor_ext.flows import mail as mail_flow
from saleor_ext.flows.dunning import pay_link
from saleor_ext.flows.swaps import proposing
from saleor_ext.membership import models
from tests.builders import months, swapping
from tests.builders.provider import MemoryProvider

DAY = months.CHARGE_DAY
LAST_DAY = date(2026, 12, 29)


@pytest.fixture
def provider(monkeypatch):
    made = MemoryProvider()
    monkeypatch.setattr(registry, "payment_provider", lambda: made)
    return made


@pytest.fixture
def december(hanako, provider, clock_at, town):
    """December of 花子, whose bank wants to see her; the town waits five days."""
    models.Municipality.objects.update(give_up_days=5, retry_days=[1, 3])
    cycle = months.declined_december_make(provider, said="authentication_required", donor=hanako)
    clock_at(months.morning(DAY, hour=11))
    return cycle


@pytest.fixture
def town(tier):
    return models.Municipality.objects.get()


def address(cycle):
    return f"/pay/{pay_link.link_token(cycle=cycle)}/"


def test_the_mail_carries_a_link_that_works_without_signing_in(page_client, december, settings):
    # given
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    attempt = donation_models.PaymentAttempt.objects.get(cycle=december)
    payload = {
        "name": "charge_needs_action",
        "donor_id": december.membership.donor_id,
        "cycle_id": december.pk,
        "attempt_id": attempt.pk,
    }
    mail_flow.mail_send(payload, months.morning(DAY))
    body = mail.outbox[-1].body
    [path] = re.findall(r"https?://[^/\s]+(/pay/\S+)", body)

    # when
    page = page_client.get(path)

    # then
    assert "2026年12月29日(火)まで承ります" in body
    for words in ("12月分のご寄附のお手続き", "3,000円", "2026年12月29日(火)まで"):
        assert words in page.body
    assert "山田" not in page.body
    assert "4242" not in page.body
    assert donation_models.PaymentAttempt.objects.filter(cycle=december).count() == 1


def test_by_the_link_the_month_is_paid(page_client, december, provider):
    # given
    link = address(december)
    card = page_client.get(f"{link}card/")
    attempt = donation_models.PaymentAttempt.objects.filter(cycle=december).latest("pk")

    # when
    provider.confirm(attempt.key)
    page_client.get_redirect(f"{link}return/", to=link)

    # then
    assert "カードのご入力" in card.body
    december.refresh_from_db()
    assert december.state == "charged"
    assert months.month_of(december.membership, 1).membership.state == "active"
    assert "お受けしました。ありがとうございます" in page_client.get(link).body
    page_client.get_redirect(f"{link}card/", to=link)


def test_it_works_on_the_last_day_and_says_kindly_that_it_is_over_after_it(
    page_client, december, clock_at
):
    link = address(december)
    clock_at(months.morning(LAST_DAY, hour=23))
    assert "カードの入力へ進む" in page_client.get(link).body

    clock_at(months.morning(date(2026, 12, 30), hour=0))
    page = page_client.get(link)

    assert "この月のお手続きの期限は過ぎました" in page.body
    assert "ありがとうございました" in page.body
    page_client.get_redirect(f"{link}card/", to=link)
    assert donation_models.PaymentAttempt.objects.filter(cycle=december).count() == 1


def test_signed_in_he_is_told_the_same(signed_in, december, clock_at):
    clock_at(months.morning(date(2026, 12, 30), hour=0))
    browser = signed_in()

    assert "お手続きの期限は過ぎました" in browser.get("/my/recover/").body
    browser.get_redirect("/my/recover/card/", to="/my/recover/")


def test_a_month_that_was_given_up_is_over_too(page_client, december, provider):
    months.run(provider, date(2026, 12, 30))

    assert "この月のお手続きの期限は過ぎました" in page_client.get(address(december)).body


def test_after_new_year_it_leads_to_the_question(page_client, december, clock_at):
    models.Cycle.objects.filter(pk=december.pk).update(pay_until=date(2027, 1, 7))
    clock_at(months.morning(date(2027, 1, 2)))

    page = page_client.get(address(december))

    assert "12月分の年が終わりました" in page.body
    page_client.get_redirect(f"{address(december)}card/", to=address(december))


@pytest.mark.parametrize("part", ["", "card/", "return/"])
def test_a_token_of_somebody_elses_making_opens_nothing(page_client, december, part):
    forged = pay_link.link_token(cycle=december)[:-1] + "x"

    page = page_client.get(f"/pay/{forged}/{part}", status=410)

    assert "このリンクは使えません" in page.body
    assert donation_models.PaymentAttempt.objects.filter(cycle=december).count() == 1


def test_while_a_gift_is_under_question_it_says_so_and_opens_no_card_field(
    page_client, december, monkeypatch
):
    # given
    monkeypatch.setattr(proposing.jobs, "enqueue", lambda name, **_: None)
    swapping.propose(now=months.morning(DAY, hour=11))
    swapping.take_up(now=months.morning(DAY, hour=11))

    # when
    page = page_client.get(address(december))

    # then
    assert page.h1 == "12月分の代わりの品について"
    assert "お返事は、お送りしたお尋ねのメールのリンクか" in page.body
    assert not [link for link in page.links if link.startswith("/swap/")]
    page_client.get_redirect(f"{address(december)}card/", to=address(december))
    assert donation_models.PaymentAttempt.objects.filter(cycle=december).count() == 1
