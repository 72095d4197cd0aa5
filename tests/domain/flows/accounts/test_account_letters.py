"""Mails about accounts: what their links hold, and what they do not show."""

import re
import time
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest

from saleor_ext.common import clock
from saleor_ext.flows import errors
from saleor_ext.flows.accounts import account_events, account_letters
from saleor_ext.saleor_connector import accounts
from saleor_ext.saleor_connector import errors as shop_errors
from tests.builders import world

pytestmark = pytest.mark.django_db

LINK = re.compile(r"^http\S+$", flags=re.MULTILINE)
EMAIL, TOKEN = "hanako@example.jp", "d9x-secret-token"


def payload(**changes: Any) -> dict[str, Any]:
    user = {"id": "VXNlcjox", "email": EMAIL, "firstName": "花子", "lastName": "山田"}
    given = {
        "redirectUrl": "http://salon.example.jp/account/confirm/?next=%2Fjoin%2Fnagisa%2F"
        f"&email=hanako%40example.jp&token={TOKEN}",
        "token": TOKEN,
        "issuedAt": clock.now().isoformat(),
        "channel": {"slug": "furusato"},
        "user": user,
    }
    return given | changes


@pytest.fixture(autouse=True)
def town(settings: Any) -> None:
    """汐見町, served at salon.example.jp."""
    world.town_make()
    settings.APP_URL = "http://salon.example.jp"


def link_in(mail: Any) -> str:
    return next(link for link in LINK.findall(mail.body) if "/account/" in link or "word" in link)


def sealed_in(mail: Any) -> str:
    return urlsplit(link_in(mail)).path.rstrip("/").rpartition("/")[2]


@pytest.mark.parametrize(
    ("handler", "path", "subject"),
    [
        (account_events.confirmation_requested, "/account/confirm/", "メールアドレスのご確認"),
        (account_events.password_requested, "/password/new/", "新しいパスワードのお手続き"),
    ],
)
def test_a_mail_leads_to_our_page_and_its_link_shows_nothing(
    mailoutbox: list[Any], handler: Any, path: str, subject: str
) -> None:
    # when
    handler(payload())

    # then
    (mail,) = mailoutbox
    assert mail.to == [EMAIL]
    assert mail.subject.endswith(subject)
    assert "山田　花子 様" in mail.body
    link = link_in(mail)
    assert link.startswith(f"http://salon.example.jp{path}")
    assert TOKEN not in mail.body
    assert "hanako" not in link
    held = account_letters.link_open(sealed_in(mail), path=path)
    assert (held.email, held.token, held.next_path) == (EMAIL, TOKEN, "/join/nagisa/")
    assert EMAIL not in repr(held)


def test_a_message_that_was_found_days_later_mails_no_dead_link(mailoutbox: list[Any]) -> None:
    four_days_ago = (clock.now() - timedelta(days=4)).isoformat()

    account_events.password_requested(payload(issuedAt=four_days_ago))

    assert mailoutbox == []


def test_an_account_without_a_name_or_a_wish_gets_a_whole_mail_too(mailoutbox: list[Any]) -> None:
    user = {"id": "VXNlcjox", "email": EMAIL, "firstName": "", "lastName": ""}

    account_events.confirmation_requested(payload(user=user, redirectUrl=None))

    assert "様" not in mailoutbox[0].body
    held = account_letters.link_open(sealed_in(mailoutbox[0]), path="/account/confirm/")
    assert held.next_path == ""


def test_another_storefronts_account_is_confirmed_there(mailoutbox: list[Any]) -> None:
    other = f"https://other.example.jp/welcome?email=hanako%40example.jp&token={TOKEN}"

    account_events.confirmation_requested(payload(redirectUrl=other))

    assert f"\n{other}\n" in mailoutbox[0].body


def test_a_link_opens_for_its_own_page_only_and_not_for_ever(
    mailoutbox: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    # given
    account_events.password_requested(payload())
    sealed = sealed_in(mailoutbox[0])

    # then
    with pytest.raises(errors.LinkBroken):
        account_letters.link_open(sealed, path="/account/confirm/")
    later = time.time() + account_letters.LINK_AGE_S + 1
    monkeypatch.setattr(time, "time", lambda: later)
    with pytest.raises(errors.LinkBroken):
        account_letters.link_open(sealed, path="/password/new/")


def test_nobody_learns_whether_an_address_has_an_account(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(**given: Any) -> None:
        raise shop_errors.ShopRefused(code="NOT_FOUND", field="email")

    monkeypatch.setattr(accounts, "password_reset_request", refuse)

    account_letters.password_request(email="nobody@example.jp")


@pytest.mark.parametrize(
    ("code", "field", "refusal"),
    [
        ("PASSWORD_TOO_COMMON", "password", errors.PasswordWeak),
        ("PASSWORD_TOO_SHORT", "", errors.PasswordWeak),
        ("INVALID", "token", errors.LinkBroken),
    ],
)
def test_what_the_shop_says_to_a_new_password_is_passed_on(
    mailoutbox: list[Any],
    monkeypatch: pytest.MonkeyPatch,
    code: str,
    field: str,
    refusal: type[Exception],
) -> None:
    # given
    account_events.password_requested(payload())

    def refuse(**given: Any) -> None:
        raise shop_errors.ShopRefused(code=code, field=field)

    monkeypatch.setattr(accounts, "password_set", refuse)

    # then
    with pytest.raises(refusal):
        account_letters.password_set(sealed_in(mailoutbox[0]), password="x" * 12)
