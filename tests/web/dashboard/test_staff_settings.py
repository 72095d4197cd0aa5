"""The settings page: what may stand there, who changed what, and who may not enter."""

import pytest

from saleor_ext.membership import models
from tests.builders import dashboard

ADDRESS = "/staff/settings/"


@pytest.fixture
def form(staff_client):
    """What the form would send as it is shown."""
    shown = staff_client.get(ADDRESS).context["form"]
    return {bound.name: bound.field.prepare_value(bound.initial) for bound in shown}


def test_an_administrator_changes_settings_and_it_is_written_down(staff_client, form):
    # when
    values = {"retry_days": "2、 ５", "closed_dates": "2026-12-28\n2027-03-15"}
    page = staff_client.post(ADDRESS, form | values, follow=True).content.decode()

    # then
    town = models.Municipality.objects.get()
    assert town.retry_days == [2, 5]
    assert town.closed_dates == ["2026-12-28", "2027-03-15"]
    assert town.give_up_days == 14
    assert "設定を2件変えました。" in page
    for words in ("1日後、3日後、7日後", "2日後、5日後", "加えた日: 2026-12-28、2027-03-15"):
        assert words in page


def test_it_says_from_when_a_change_counts(staff_client, hanako):
    models.Cycle.objects.filter(membership=hanako).update(state="planned")

    page = staff_client.get(ADDRESS).content.decode()

    assert "おおむね2026年12月分から" in page
    assert "すでに予定のある月の日付は動きません" in page


@pytest.mark.parametrize(
    ("name", "typed", "words"),
    [
        ("give_up_days", "", "入力してください。"),
        ("give_up_days", "29", "1から28までの数字で入れてください。"),
        ("change_until_days_before", "-1", "0から28までの数字で入れてください。"),
        ("retry_days", "一日", "「1, 3, 7」のように、数字を並べてください。"),
        ("retry_days", "1, 1", "1から28までのちがう数字を、6つまで入れてください。"),
        ("retry_days", "20", "カードをもう一度試す日が、寄附を待つ日数より後になっています。"),
        ("closed_dates", "12月28日", "「12月28日」は日付ではありません。"),
    ],
)
def test_what_cannot_be_meant_is_said_and_nothing_is_changed(
    staff_client, form, name, typed, words
):
    response = staff_client.post(ADDRESS, form | {"ship_window_days": "3", name: typed})

    assert response.status_code == 422
    assert words in response.content.decode()
    assert models.Municipality.objects.get().ship_window_days == 7
    assert models.SettingChange.objects.count() == 0


def test_sending_it_as_it_is_changes_nothing(staff_client, form):
    page = staff_client.post(ADDRESS, form, follow=True).content.decode()

    assert "変わったところはありません。" in page
    assert models.SettingChange.objects.count() == 0


@pytest.mark.parametrize("permission", ["MANAGE_ORDERS", "HANDLE_PAYMENTS", "MANAGE_PAGES"])
def test_only_administrators_see_or_change_settings(form, permission):
    client = dashboard.staff_browser(permissions=[permission])

    assert client.get(ADDRESS).status_code == 403
    assert client.post(ADDRESS, form | {"give_up_days": "9"}).status_code == 403
    assert models.Municipality.objects.get().give_up_days == 14
