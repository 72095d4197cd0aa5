"""Sessions end with the account they belong to, and only they."""

import pytest
from django.test import Client

from saleor_ext.access import account_events, sessions
from saleor_ext.access.models import BrowserSession
from tests.builders import dashboard as browsers

pytestmark = pytest.mark.django_db

HANAKO = {"id": "user-hanako", "email": "hanako@example.jp", "isActive": True}


@pytest.fixture
def browser() -> Client:
    """花子 signed in twice, 太郎 once."""
    browsers.signed_in(Client(), user_id="user-tarou", email="tarou@example.jp")
    browsers.signed_in(Client(), user_id="user-hanako", email="hanako@example.jp")
    return browsers.signed_in(Client(), user_id="user-hanako", email="hanako@example.jp")


def open_sessions() -> list[str]:
    return sorted(BrowserSession.objects.values_list("account_id", flat=True))


def test_a_changed_name_ends_nothing(browser: Client) -> None:
    account_events.account_changed({"user": HANAKO})

    assert open_sessions() == ["user-hanako", "user-hanako", "user-tarou"]


@pytest.mark.parametrize("change", [{"email": "new@example.jp"}, {"isActive": False}])
def test_a_new_address_or_a_closed_account_ends_all_of_its_sessions(
    browser: Client, change: dict[str, object]
) -> None:
    account_events.account_changed({"user": HANAKO | change})

    assert open_sessions() == ["user-tarou"]
    assert browser.get("/my/").status_code == 303


def test_a_removed_account_is_signed_out(browser: Client) -> None:
    account_events.account_gone({"user": HANAKO})

    assert open_sessions() == ["user-tarou"]


def test_nobodys_sessions_are_never_ended(browser: Client) -> None:
    Client().get("/signin/")

    assert sessions.sessions_end(user_id="") == 0
    assert len(open_sessions()) == 3
