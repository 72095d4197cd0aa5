"""The settings of the town that staff may change, each change written down: who, when, from, to.

A new setting is a field of `Municipality` and one line in SETTINGS; page, bounds and log follow.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from enum import StrEnum

from django.db import transaction
from django.db.models import Max

from saleor_ext.common.errors import NotFound
from saleor_ext.membership import errors, models, states

DAYS_MOST = 60
LIST_LENGTH_MOST = 400


class SettingKind(StrEnum):
    """What a setting holds."""

    NUMBER = "number"
    DAYS = "days"  # numbers of days or months, in rising or falling order
    DATES = "dates"  # Japanese days, kept as ISO texts
    TIME = "time"  # a time of day in Japan
    CHOICE = "choice"


@dataclass(frozen=True, kw_only=True)
class Setting:
    """One setting: the field that keeps it, and what may stand there, both bounds included."""

    name: str
    kind: SettingKind
    least: int = 0
    most: int = DAYS_MOST
    most_days: int = 6
    earliest: time = time(0, 0)
    latest: time = time(23, 59)
    choices: tuple[tuple[str, str], ...] = ()


SETTINGS: tuple[Setting, ...] = (
    Setting(name="change_until_days_before", kind=SettingKind.NUMBER, most=28),
    Setting(name="list_lead_business_days", kind=SettingKind.NUMBER, most=15),
    Setting(name="ship_window_days", kind=SettingKind.NUMBER, most=31),
    Setting(name="closed_dates", kind=SettingKind.DATES),
    Setting(name="retry_days", kind=SettingKind.DAYS, least=1, most=28),
    Setting(name="retry_time", kind=SettingKind.TIME, earliest=time(7, 0), latest=time(21, 0)),
    Setting(name="give_up_days", kind=SettingKind.NUMBER, least=1, most=28),
    Setting(name="content_grace_days", kind=SettingKind.NUMBER),
    Setting(
        name="past_due_outcome",
        kind=SettingKind.CHOICE,
        choices=tuple(states.PastDueOutcome.choices),
    ),
    Setting(name="advance_notice_days", kind=SettingKind.NUMBER, most=28),
    Setting(name="card_notice_days", kind=SettingKind.DAYS, least=1, most=120),
    Setting(name="skips_per_year", kind=SettingKind.NUMBER, most=12),
    Setting(name="pause_months_most", kind=SettingKind.NUMBER, least=1, most=24),
    Setting(name="resume_notice_days", kind=SettingKind.NUMBER, most=28),
    Setting(name="badge_months", kind=SettingKind.DAYS, least=1, most=600, most_days=10),
    Setting(name="catch_up_count_max", kind=SettingKind.NUMBER, most=100_000),
    Setting(name="catch_up_max_yen", kind=SettingKind.NUMBER, most=1_000_000_000),
    Setting(name="attempt_park_days", kind=SettingKind.NUMBER, least=1, most=28),
    Setting(name="charges_per_day_max", kind=SettingKind.NUMBER, least=1, most=10),
    Setting(name="cost_warn_permille", kind=SettingKind.NUMBER, least=1, most=999),
    Setting(name="term_extra_months", kind=SettingKind.NUMBER, most=24),
    Setting(name="term_notice_days", kind=SettingKind.NUMBER, least=14, most=56),
)
BY_NAME: Mapping[str, Setting] = {setting.name: setting for setting in SETTINGS}


def setting_is_valid(*, setting: Setting, value: object) -> bool:
    """This will say whether a value may stand in a setting."""
    match setting.kind:
        case SettingKind.NUMBER:
            return _is_number(value, setting)
        case SettingKind.DAYS:
            return _are_days(value, setting)
        case SettingKind.DATES:
            return _are_dates(value)
        case SettingKind.TIME:
            return isinstance(value, time) and setting.earliest <= value <= setting.latest
        case SettingKind.CHOICE:
            return value in dict(setting.choices)


def _is_number(value: object, setting: Setting) -> bool:
    return type(value) is int and setting.least <= value <= setting.most


def _are_days(value: object, setting: Setting) -> bool:
    if not isinstance(value, list) or len(value) > setting.most_days:
        return False
    return len(set(value)) == len(value) and all(_is_number(day, setting) for day in value)


def _are_dates(value: object) -> bool:
    if not isinstance(value, list) or len(value) > LIST_LENGTH_MOST:
        return False
    try:
        return len({date.fromisoformat(text) for text in value}) == len(value)
    except (TypeError, ValueError):
        return False


@transaction.atomic
def settings_change(
    *, values: Mapping[str, object], now: datetime, actor: str
) -> list[models.SettingChange]:
    """This will change settings of the town; what is already so is not written down again.

    Dates of months that are planned already do not move.

    Raises:
        SettingInvalid: a setting that does not exist, or a value out of its bounds.
        SettingsContradict: a retry would come after the month has been given up.
        NotFound: no town has been set up yet.
    """
    town = models.Municipality.objects.select_for_update().order_by("pk").first()
    if town is None:
        raise NotFound(what="municipality")
    changes = []
    for name, value in values.items():
        if name not in BY_NAME or not setting_is_valid(setting=BY_NAME[name], value=value):
            raise errors.SettingInvalid(name=name)
        before = getattr(town, name)
        if before != value:
            setattr(town, name, value)
            changes.append(_change(town, name=name, before=before, now=now, actor=actor))
    if any(day > town.give_up_days for day in town.retry_days):
        raise errors.SettingsContradict()
    town.save(update_fields=[change.name for change in changes])
    return models.SettingChange.objects.bulk_create(changes)


def _change(
    town: models.Municipality, *, name: str, before: object, now: datetime, actor: str
) -> models.SettingChange:
    return models.SettingChange(
        municipality=town,
        name=name,
        before=_plain(before),
        after=_plain(getattr(town, name)),
        at=now,
        actor=actor,
    )


def _plain(value: object) -> object:
    return value.isoformat("minutes") if isinstance(value, time) else value


def last_planned_month() -> date | None:
    """This will return the last month that is planned with its dates for some membership."""
    found = models.Cycle.objects.filter(state=states.CycleState.PLANNED).aggregate(Max("month"))
    return found["month__max"]  # type: ignore[no-any-return]


@transaction.atomic
def tier_benefit_cost_set(*, tier_id: int, cost_yen: int) -> int:
    """This will change what a tier's benefits cost the town a box, from the next lock on.

    Law: benefit_is_gift

    Returns:
        what they cost until now.

    Raises:
        SettingInvalid: less than nothing.
        NotFound: there is no such tier.
    """
    if cost_yen < 0:
        raise errors.SettingInvalid(name="benefit_cost_yen")
    tier = models.Tier.objects.select_for_update().filter(pk=tier_id).first()
    if tier is None:
        raise NotFound(what="tier")
    before = tier.benefit_cost_yen
    tier.benefit_cost_yen = cost_yen
    tier.save(update_fields=["benefit_cost_yen"])
    return before
