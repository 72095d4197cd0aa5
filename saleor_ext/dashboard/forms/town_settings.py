"""The form of the town's settings: made from the one table of settings, with words for each."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from saleor_ext.common import number_guard
from saleor_ext.dashboard import inputs
from saleor_ext.membership import models, town_settings
from saleor_ext.membership.town_settings import Setting, SettingKind


@dataclass(frozen=True, kw_only=True)
class Words:
    """What a setting is called and what it does."""

    label: str
    help_text: str
    unit: str = "日"


@dataclass(frozen=True, kw_only=True)
class Group:
    """Settings that belong together, and from when a change of them counts."""

    title: str
    counts: str
    names: tuple[str, ...]


WORDS: Mapping[str, Words] = {
    "change_until_days_before": Words(
        label="変更の締切",
        help_text="寄附日の何日前まで、会員がその月を変えられるか。",
        unit="日前",
    ),
    "list_lead_business_days": Words(
        label="生産者への連絡",
        help_text="寄附日から何営業日後に、生産者へ一覧を届けるか。",
        unit="営業日後",
    ),
    "ship_window_days": Words(
        label="発送の期間",
        help_text="連絡の次の営業日から何日のうちに発送するか。",
        unit="日間",
    ),
    "closed_dates": Words(
        label="役場の休み",
        help_text="土日、祝日、年末年始のほかに休む日。1行に1日ずつ、2026-12-28 のように。",
        unit="",
    ),
    "retry_days": Words(
        label="カードをもう一度試す日",
        help_text="断られた寄附日から何日後か。「1, 3, 7」のように。"
        "カード会社が二度と試さないよう求めたときは試しません。",
        unit="日後",
    ),
    "retry_time": Words(
        label="もう一度試す時刻",
        help_text="日本時間。7時から21時まで。この時刻になると、その日の分を試します。",
        unit="",
    ),
    "content_grace_days": Words(
        label="読みものを開けておく日数",
        help_text="寄附を待つあいだ、会員の読みものと催しを何日そのままにするか。"
        "過ぎると、寄附を受け取るまで無料の会員と同じになります。",
        unit="日間",
    ),
    "past_due_outcome": Words(
        label="期限までに寄附がなかったとき",
        help_text="その月は不成立になり、お届けはありません。会員をどうするかを選びます。",
        unit="",
    ),
    "advance_notice_days": Words(
        label="寄附の前のお知らせ",
        help_text="寄附日の何日前に、額、日、カードの下4桁をメールで知らせるか。"
        "0にすると送りません。",
        unit="日前",
    ),
    "card_notice_days": Words(
        label="カードの期限のお知らせ",
        help_text="カードの有効期限が切れる何日前に知らせるか。「60, 30, 7」のように。",
        unit="日前",
    ),
    "give_up_days": Words(
        label="寄附を待つ日数",
        help_text="寄附日から何日のあいだ、会員がその月の寄附をやり直せるか。"
        "過ぎると、その月は不成立になります。",
        unit="日間",
    ),
    "skips_per_year": Words(
        label="1年に見送れる回数",
        help_text="会員が自分で見送れる月の数。1月から12月までで数えます。0にすると見送れません。",
        unit="回",
    ),
    "pause_months_most": Words(
        label="お休みの長さ",
        help_text="会員が一度に休める月数。過ぎる日までのお休みは選べません。",
        unit="か月まで",
    ),
    "resume_notice_days": Words(
        label="再開の前のお知らせ",
        help_text="お休みが終わるか、次の月の変更の締切が来る何日前に、会員へメールで知らせるか。",
        unit="日前",
    ),
    "badge_months": Words(
        label="ご一緒のしるし",
        help_text="ご寄附の月が何か月になったら、会員のページにしるしを出すか。"
        "「3, 6, 12」のように。空にすると出しません。",
        unit="か月",
    ),
    "catch_up_count_max": Words(
        label="止まったあとに自動で受け取る件数",
        help_text="処理が止まって受け取れなかった寄附がこの件数をこえると、職員が決めるまで待ちます。",
        unit="件まで",
    ),
    "catch_up_max_yen": Words(
        label="止まったあとに自動で受け取る金額",
        help_text="合計がこの金額をこえるときも、職員が決めるまで待ちます。",
        unit="円まで",
    ),
    "attempt_park_days": Words(
        label="結果のわからない決済を職員に回すまで",
        help_text="決済会社に問い合わせても結果がわからないとき、何日たったら職員の確認待ちにするか。",
    ),
    "charges_per_day_max": Words(
        label="1日に寄附をお願いする回数の上限",
        help_text="一人の会員に、1日に何回まで決済をお願いするか。どの手続きからでも合わせて数えます。",
        unit="回",
    ),
    "cost_warn_permille": Words(
        label="費用の割合の注意",
        help_text="費用が寄附のどれだけになったら注意を出すか(千分率)。440 は 44% です。",
        unit="/1000",
    ),
    "term_extra_months": Words(
        label="まとめて寄附をのばせる月数",
        help_text="見送った月の箱は期間のおわりに移ります。"
        "箱の数より何か月まで期間をのばせるか。過ぎると、残りの箱は送りません。",
        unit="か月",
    ),
    "term_notice_days": Words(
        label="期間の終わりのお知らせ",
        help_text="期間のあとのことを選べる最後の日の何日前に、会員へメールでたずねるか。",
        unit="日前",
    ),
}

FROM_NEXT_PLANNED = "dates"  # said with the month, which only the database knows

GROUPS: tuple[Group, ...] = (
    Group(
        title="毎月の日取り",
        counts=FROM_NEXT_PLANNED,
        names=(
            "change_until_days_before",
            "list_lead_business_days",
            "ship_window_days",
            "closed_dates",
        ),
    ),
    Group(
        title="カードが断られたとき",
        counts="次にカードが断られた月から。もう待っている月の日付は動きません。",
        names=(
            "retry_days",
            "retry_time",
            "give_up_days",
            "content_grace_days",
            "past_due_outcome",
        ),
    ),
    Group(
        title="会員へのお知らせ",
        counts="次の処理から。もう送ったお知らせは、もう一度送りません。",
        names=("advance_notice_days", "card_notice_days"),
    ),
    Group(
        title="会員のお手続き",
        counts="保存したときから。すでに選ばれた見送りやお休みは変わりません。",
        names=("skips_per_year", "pause_months_most", "resume_notice_days"),
    ),
    Group(
        title="ご一緒した月",
        counts="すぐに。これまでの月から数え直します。",
        names=("badge_months",),
    ),
    Group(
        title="安全のための上限",
        counts="次の処理から。",
        names=(
            "catch_up_count_max",
            "catch_up_max_yen",
            "charges_per_day_max",
            "attempt_park_days",
        ),
    ),
    Group(
        title="募集の費用",
        counts="すぐに。",
        names=("cost_warn_permille",),
    ),
    Group(
        title="まとめて寄附",
        counts="すぐに。届いたご寄附の期間にも、これからの期間にも。",
        names=("term_extra_months", "term_notice_days"),
    ),
)


class DaysField(forms.CharField):
    """Numbers of days, separated by commas or spaces; full width is welcome."""

    def to_python(self, value: Any) -> Any:
        """This will read the numbers as a list."""
        text = inputs.plain_text(str(value or ""))
        parts = [part for part in re.split(r"[\s,、・]+", text) if part]
        if not all(re.fullmatch(r"[0-9]{1,3}", part) for part in parts):
            raise ValidationError("「1, 3, 7」のように、数字を並べてください。", code="unreadable")
        return [int(part) for part in parts]

    def prepare_value(self, value: Any) -> Any:
        """This will write the list as people type it."""
        return ", ".join(str(day) for day in value) if isinstance(value, list) else value


class DatesField(forms.CharField):
    """Days, one a line, kept as ISO texts in rising order."""

    widget = forms.Textarea

    def to_python(self, value: Any) -> Any:
        """This will read the days as a list."""
        days = set()
        for line in str(value or "").split():
            try:
                days.add(date.fromisoformat(inputs.plain_text(line)))
            except ValueError:
                words = f"「{line[:20]}」は日付ではありません。2026-12-28 のように書いてください。"
                raise ValidationError(words, code="unreadable") from None
        return [day.isoformat() for day in sorted(days)]

    def prepare_value(self, value: Any) -> Any:
        """This will write one day a line."""
        return "\n".join(value) if isinstance(value, list) else value


def _number_field(setting: Setting) -> forms.Field:
    bounds = f"{setting.least}から{setting.most}までの数字で入れてください。"
    return forms.IntegerField(
        min_value=setting.least,
        max_value=setting.most,
        error_messages={"invalid": bounds, "min_value": bounds, "max_value": bounds},
        widget=forms.NumberInput(attrs={"class": "field__input field__input--short"}),
    )


def _time_field() -> forms.Field:
    return forms.TimeField(
        widget=forms.TimeInput(
            attrs={"type": "time", "class": "field__input field__input--short"}, format="%H:%M"
        ),
        error_messages={"invalid": "10:00 のように入れてください。"},
    )


def _field(setting: Setting) -> forms.Field:
    words = WORDS[setting.name]
    makers: Mapping[SettingKind, Callable[[], forms.Field]] = {
        SettingKind.NUMBER: lambda: _number_field(setting),
        SettingKind.TIME: _time_field,
        SettingKind.DAYS: lambda: DaysField(
            required=False, max_length=60, widget=forms.TextInput(attrs={"class": "field__input"})
        ),
        SettingKind.DATES: lambda: DatesField(
            required=False,
            max_length=8000,
            widget=forms.Textarea(attrs={"class": "field__input", "rows": 6}),
        ),
        SettingKind.CHOICE: lambda: forms.ChoiceField(
            choices=setting.choices, widget=forms.RadioSelect
        ),
    }
    field = makers[setting.kind]()
    field.label, field.help_text = words.label, words.help_text
    field.error_messages["required"] = "入力してください。"
    return field


class SettingsForm(number_guard.GuardedForm):
    """All settings of the town on one page."""

    def __init__(self, *args: Any, town: models.Municipality, **kwargs: Any) -> None:
        names = [setting.name for setting in town_settings.SETTINGS]
        kwargs["initial"] = {name: getattr(town, name) for name in names}
        super().__init__(*args, **kwargs)
        for setting in town_settings.SETTINGS:
            self.fields[setting.name] = _field(setting)

    def clean(self) -> dict[str, Any]:
        """This will hold each value against its bounds, the same that the service keeps."""
        data = super().clean() or {}
        for name, value in list(data.items()):
            setting = town_settings.BY_NAME[name]
            if not town_settings.setting_is_valid(setting=setting, value=value):
                self.add_error(name, bounds_words(setting))
        return data


def bounds_words(setting: Setting) -> str:
    """This will say what may stand in a setting."""
    if setting.kind is SettingKind.DAYS:
        return (
            f"{setting.least}から{setting.most}までのちがう数字を、"
            f"{setting.most_days}つまで入れてください。"
        )
    if setting.kind is SettingKind.TIME:
        return f"{setting.earliest:%H:%M}から{setting.latest:%H:%M}までの時刻を入れてください。"
    return "入れられない値です。書き方と数を確かめてください。"


def value_words(name: str, value: object) -> str:
    """This will write a value as it stands in the log."""
    setting, words = town_settings.BY_NAME.get(name), WORDS.get(name)
    if setting is None or words is None:
        return str(value)
    if setting.kind is SettingKind.CHOICE:
        return dict(setting.choices).get(str(value), str(value))
    if isinstance(value, list):
        return "、".join(f"{item}{words.unit}" for item in value) or "なし"
    return f"{value}{words.unit}" if setting.kind is SettingKind.NUMBER else str(value)


def label_of(name: str) -> str:
    """This will name a setting; one that is gone keeps its field's name."""
    return WORDS[name].label if name in WORDS else name
