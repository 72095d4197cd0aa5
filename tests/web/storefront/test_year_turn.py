"""A month of the old year: the donor is asked, sees what his answer would do, and only then it is
done.
"""

from datetime import UTC, date, datetime
from urllib.parse import urlencode

import pytest
from django.core import mail

from saleor_ext.common import registry
from saleor_ext.flows import mail as mail_flow
from saleor_ext.membership import models
from tests.builders import months, world
from tests.builders.provider import MemoryProvider

ADDRESS = "/my/membership/year/"
NEW_YEAR = datetime(2027, 1, 2, 1, 0, tzinfo=UTC)


@pytest.fixture
def december(hanako, monkeypatch, clock_at):
    """December of 花子, declined for a passing reason; it is 2 January."""
    provider = MemoryProvider()
    monkeypatch.setattr(registry, "payment_provider", lambda: provider)
    cycle = months.declined_december_make(provider, said="insufficient_funds", donor=hanako)
    models.Cycle.objects.filter(pk=cycle.pk).update(next_try_on=None)
    clock_at(NEW_YEAR)
    return cycle


def test_nobody_else_comes_in(page_client):
    page_client.get_redirect(ADDRESS, to=f"/signin/?{urlencode({'next': ADDRESS})}")


def test_the_member_is_asked_and_his_answer_is_done_only_after_he_saw_what_it_means(
    signed_in, december
):
    # given
    browser = signed_in()
    mine, form = browser.get("/my/"), browser.get(ADDRESS)
    browser.get_redirect("/my/recover/", to=ADDRESS)

    # when
    shown = browser.post_shown(ADDRESS, {"answer": "carry"})
    before = models.Cycle.objects.get(pk=december.pk).agreed_year
    browser.post(
        ADDRESS,
        {"answer": "carry", "seen": shown.hidden("seen"), "confirmed": "1"},
        to="/my/membership/",
    )

    # then
    assert "2026年12月分のご寄附をどうするか、お選びください" in mine.body
    assert "2026年12月分のご寄附(3,000円)を、2026年のうちにお受けできていません。" in form.body
    for words in ("どの年のご寄附になりますか2027年", "2027年の見込み(この分を含む)39,000円"):
        assert words in shown.body
    assert before is None
    assert models.Cycle.objects.get(pk=december.pk).agreed_year == 2027
    done = browser.get("/my/membership/").body
    assert "2026年12月分を、2027年のご寄附としてお受けします。" in done


def test_left_out_nothing_is_asked_any_more(signed_in, december):
    browser = signed_in()
    shown = browser.post_shown(ADDRESS, {"answer": "leave_out"})
    seen = shown.hidden("seen")

    browser.post(
        ADDRESS, {"answer": "leave_out", "seen": seen, "confirmed": "1"}, to="/my/membership/"
    )

    assert models.Cycle.objects.get(pk=december.pk).reason == "year_turn_left_out"
    assert "お手続きの必要なご寄附はありません。" in browser.get(ADDRESS).body


def test_another_member_is_asked_nothing(signed_in, december):
    world.member_make(donor=world.donor_make(name="taro"))

    page = signed_in("taro").post_refused(ADDRESS, {"answer": "leave_out", "confirmed": "1"})

    assert "お手続きの必要なご寄附はありません。" in page.body
    assert models.Cycle.objects.get(pk=december.pk).state == "locked"


def test_the_mail_says_what_it_is_about(december, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"

    mail_flow.mail_send(
        {
            "name": "year_turn",
            "donor_id": december.membership.donor_id,
            "cycle_id": december.pk,
        },
        NEW_YEAR,
    )

    body = mail.outbox[-1].body
    for words in ("2026年のうちにお受けできていません", ADDRESS, "2026年12月24日(木)"):
        assert words in body
    assert date(2026, 12, 24) == december.charge_on
