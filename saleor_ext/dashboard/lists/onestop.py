"""The list of one-stop applications."""

from datetime import date

from django.db.models import Q, QuerySet
from django.urls import reverse

from saleor_ext.common import jptime
from saleor_ext.dashboard import inputs
from saleor_ext.dashboard.lists import definition as parts
from saleor_ext.dashboard.lists import tones
from saleor_ext.onestop import models, numbers, selectors, states

YEARS_BACK = 6
SOON_DAYS = 30


def _rows() -> QuerySet[models.OneStopApplication]:
    rows = selectors.applications()
    return rows.alias(name_plain=parts.name_expression("onestop_year__full_name"))


def _tabs(_today: date) -> tuple[parts.Tab, ...]:
    return (
        parts.Tab(value="all", label="すべて", condition=Q()),
        parts.Tab(
            value="desk",
            label="対応が要る",
            condition=Q(state__in=sorted(states.APPLICATION_AT_DESK)),
        ),
        *(
            parts.Tab(value=state.value, label=state.label, condition=Q(state=state.value))
            for state in states.ApplicationState
        ),
    )


def _search(word: str, may_see_people: bool) -> Q:  # noqa: FBT001 (called by position)
    found = Q(number=numbers.number_read(word) or word)
    if may_see_people:
        found |= Q(name_plain__icontains=word)
        found |= Q(onestop_year__donor__email__icontains=word)
    return Q(pk__in=_rows().filter(found).values("pk"))


def _year_choices(today: date) -> list[parts.Choice]:
    years = range(today.year, today.year - YEARS_BACK, -1)
    return [parts.Choice(value=str(year), label=f"{year}年") for year in years]


def _year_condition(value: str) -> Q:
    if not (value.isdecimal() and len(value) == 4):
        raise inputs.BadInput("年が正しくありません。")
    return Q(onestop_year__year=int(value))


def _deadline_choices(today: date) -> list[parts.Choice]:
    days = {selectors.deadline_of(year=year) for year in (today.year, today.year - 1)}
    return [
        parts.Choice(value=day.isoformat(), label=f"{jptime.words(day)}まで")
        for day in sorted(days, reverse=True)
    ]


def _deadline_condition(value: str) -> Q:
    return Q(deadline=inputs.day_read(value))


ONESTOP = parts.ListDefinition(
    slug="onestop",
    title="ワンストップ特例の申請",
    lead="寄附ごとの申請です。届いた申請書のQRを読むか、整理番号を「受付」に入れると、1件のページが開きます。",
    rows=_rows,
    tabs=_tabs,
    filters=(
        parts.Filter(
            name="year", label="寄附の年", choices=_year_choices, condition=_year_condition
        ),
        parts.Filter(
            name="deadline", label="期限", choices=_deadline_choices, condition=_deadline_condition
        ),
    ),
    search_help="整理番号・お名前・メールアドレス",
    search_help_without_people="整理番号",
    search=_search,
    columns=(
        parts.Column(
            label="整理番号",
            value=lambda row: row.number,
            url=lambda row: reverse("staff:onestop_application", args=[row.public_id]),
        ),
        parts.Column(
            label="お名前", value=lambda row: row.onestop_year.full_name, is_personal=True
        ),
        parts.Column(label="寄附の日", value=lambda row: row.donation.donated_on, kind="day"),
        parts.Column(label="寄附額", value=lambda row: row.given_yen, kind="yen"),
        parts.Column(
            label="状態",
            value=lambda row: row.get_state_display(),
            kind="badge",
            tone=lambda row: tones.ONESTOP[row.state],
        ),
        parts.Column(label="届いた日", value=lambda row: row.received_on or "", kind="day"),
        parts.Column(label="期限", value=lambda row: row.deadline, kind="day"),
        parts.Column(label="無効の理由", value=lambda row: row.get_void_reason_display()),
    ),
)
