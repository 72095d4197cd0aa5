"""The town's settings: within bounds, written down, and never moving what is planned."""

from typing import Any

import pytest

from saleor_ext.membership import errors, models, planning, selectors, town_settings
from tests.builders import months, world

pytestmark = pytest.mark.django_db


def change(**values: Any) -> list[models.SettingChange]:
    return town_settings.settings_change(values=values, now=world.NOW, actor="staff:sato")


def test_a_change_is_written_down_with_who_when_from_and_to() -> None:
    # given
    town = world.town_make()

    # when
    change(retry_days=[2, 5], give_up_days=town.give_up_days)

    # then
    town.refresh_from_db()
    assert town.retry_days == [2, 5]
    row = models.SettingChange.objects.get()
    assert (row.name, row.before, row.after) == ("retry_days", [1, 3, 7], [2, 5])
    assert (row.at, row.actor, row.municipality) == (world.NOW, "staff:sato", town)


@pytest.mark.parametrize(
    "values",
    [
        {"change_until_days_before": 29},
        {"change_until_days_before": "7"},
        {"give_up_days": 0},
        {"give_up_days": True},
        {"retry_days": [0]},
        {"retry_days": [1, 1]},
        {"retry_days": [1, 2, 3, 4, 5, 6, 7]},
        {"retry_days": "1"},
        {"closed_dates": ["2026-02-30"]},
        {"closed_dates": ["2026-12-28", "2026-12-28"]},
        {"closed_dates": [1]},
        {"name": "別の町"},
    ],
)
def test_what_cannot_stand_in_a_setting_changes_nothing(values: dict[str, Any]) -> None:
    # given
    before = models.Municipality.objects.values().get(pk=world.town_make().pk)

    # when
    with pytest.raises(errors.SettingInvalid):
        change(ship_window_days=3, **values)

    # then
    assert models.Municipality.objects.values().get() == before
    assert models.SettingChange.objects.count() == 0


def test_a_retry_after_the_month_was_given_up_is_refused() -> None:
    world.town_make()

    with pytest.raises(errors.SettingsContradict):
        change(retry_days=[1, 8], give_up_days=7)

    assert models.SettingChange.objects.count() == 0


def test_dates_of_months_that_are_planned_do_not_move() -> None:
    # given
    member = world.member_make()
    town = selectors.town_calendar(town=world.town_make())
    planning.cycles_plan(today=world.TODAY, town=town)
    planned = list(member.cycles.order_by("n").values_list("change_until", "list_on", "ship_to"))

    # when
    change(change_until_days_before=3, list_lead_business_days=4, ship_window_days=2)
    town = selectors.town_calendar(town=selectors.municipality_get())
    planning.cycles_plan(today=months.CHARGE_DAY, town=town)

    # then
    rows = member.cycles.order_by("n")
    kept = rows.values_list("change_until", "list_on", "ship_to")[: len(planned)]
    assert list(kept) == planned
    newest = rows.last()
    assert newest is not None
    assert (newest.charge_on - newest.change_until).days == 3
    assert town_settings.last_planned_month() == newest.month
