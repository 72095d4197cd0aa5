"""The settings page: the fields in their groups, from when a change counts, and the log."""

from dataclasses import dataclass
from datetime import datetime

from django.forms import BoundField

from saleor_ext.common import jptime
from saleor_ext.dashboard import messages
from saleor_ext.dashboard.forms import town_settings as forms
from saleor_ext.membership import models, town_settings

CHANGES_SHOWN = 50


@dataclass(frozen=True, kw_only=True)
class GroupPart:
    """Settings that belong together; `counts` says from when a change of them counts."""

    title: str
    counts: str
    fields: tuple[BoundField, ...]


@dataclass(frozen=True, kw_only=True)
class ChangeLine:
    """One change in words."""

    at: datetime
    actor: str
    label: str
    before: str
    after: str


@dataclass(frozen=True, kw_only=True)
class SettingsPage:
    """What the page is given."""

    groups: tuple[GroupPart, ...]
    changes: tuple[ChangeLine, ...]
    changes_shown: int = CHANGES_SHOWN


def settings_page(*, form: forms.SettingsForm) -> SettingsPage:
    """This will gather the form's groups and the newest changes."""
    rows = models.SettingChange.objects.order_by("-pk")[:CHANGES_SHOWN]
    return SettingsPage(
        groups=tuple(_group(group, form) for group in forms.GROUPS),
        changes=tuple(_line(row) for row in rows),
    )


def _group(group: forms.Group, form: forms.SettingsForm) -> GroupPart:
    counts = _dates_count() if group.counts == forms.FROM_NEXT_PLANNED else group.counts
    return GroupPart(
        title=group.title, counts=counts, fields=tuple(form[name] for name in group.names)
    )


def _dates_count() -> str:
    """Dates stand on the months themselves, so those that are planned keep theirs."""
    last = town_settings.last_planned_month()
    new_members = "新しく加入する方には、すぐに使われます。"
    if last is None:
        return f"これから予定を立てる月から。{new_members}"
    first = jptime.month_add(last, 1)
    return (
        f"いまの会員には、おおむね{first.year}年{first.month}月分から。"
        f"すでに予定のある月の日付は動きません。{new_members}"
    )


def _line(row: models.SettingChange) -> ChangeLine:
    before, after = _both(row)
    return ChangeLine(
        at=row.at,
        actor=messages.actor_words(row.actor),
        label=forms.label_of(row.name),
        before=before,
        after=after,
    )


def _both(row: models.SettingChange) -> tuple[str, str]:
    """Of a long list only what went and what came is of interest."""
    setting = town_settings.BY_NAME.get(row.name)
    if setting is not None and setting.kind is town_settings.SettingKind.DATES:
        gone = [day for day in row.before if day not in row.after]
        come = [day for day in row.after if day not in row.before]
        return _listed("なくした日", gone), _listed("加えた日", come)
    return forms.value_words(row.name, row.before), forms.value_words(row.name, row.after)


def _listed(label: str, days: list[str]) -> str:
    return f"{label}: {'、'.join(days)}" if days else "–"
