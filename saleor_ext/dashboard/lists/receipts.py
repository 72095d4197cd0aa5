"""The list of receipts."""

from datetime import date

from django.db.models import Q, QuerySet
from django.urls import reverse

from saleor_ext.dashboard import inputs
from saleor_ext.dashboard.lists import definition as parts
from saleor_ext.dashboard.lists import tones
from saleor_ext.receipts import models, states

YEARS_BACK = 6


def _rows() -> QuerySet[models.Receipt]:
    return models.Receipt.objects.alias(name_plain=parts.name_expression("donor_name"))


def _tabs(_today: date) -> tuple[parts.Tab, ...]:
    issued = states.ReceiptState.ISSUED.value
    return (
        parts.Tab(value="all", label="すべて", condition=Q()),
        parts.Tab(
            value="not_yet",
            label="まだ渡していない",
            condition=Q(state=issued, handed_as=states.HandedAs.NOT_YET.value),
        ),
        *(
            parts.Tab(value=state.value, label=state.label, condition=Q(state=state.value))
            for state in states.ReceiptState
        ),
    )


def _search(word: str, may_see_people: bool) -> Q:  # noqa: FBT001 (called by position)
    found = Q(lines__number__iexact=word)
    if may_see_people:
        found |= Q(name_plain__icontains=word) | Q(donor__email__icontains=word)
    return Q(pk__in=_rows().filter(found).values("pk"))


def _year_choices(today: date) -> list[parts.Choice]:
    years = range(today.year, today.year - YEARS_BACK, -1)
    return [parts.Choice(value=str(year), label=f"{year}年") for year in years]


def _year_condition(value: str) -> Q:
    if not (value.isdecimal() and len(value) == 4):
        raise inputs.BadInput("年が正しくありません。")
    return Q(year=int(value))


RECEIPTS = parts.ListDefinition(
    slug="receipts",
    title="受領証明書",
    lead="発行した寄附金受領証明書です。返金や訂正があったものは取り消され、新しいものに替わります。",
    rows=_rows,
    tabs=_tabs,
    filters=(
        parts.Filter(
            name="year", label="寄附の年", choices=_year_choices, condition=_year_condition
        ),
    ),
    search_help="受領証番号・お名前・メールアドレス",
    search_help_without_people="受領証番号",
    search=_search,
    sum_field="amount_yen",
    columns=(
        parts.Column(
            label="受領証番号",
            value=lambda row: row.number,
            url=lambda row: reverse("staff:receipt", args=[row.pk]),
        ),
        parts.Column(label="お名前", value=lambda row: row.donor_name, is_personal=True),
        parts.Column(label="寄附の年", value=lambda row: f"{row.year}年"),
        parts.Column(label="単位", value=lambda row: row.get_grouping_display()),
        parts.Column(label="寄附額", value=lambda row: row.amount_yen, kind="yen"),
        parts.Column(label="発行日", value=lambda row: row.issued_on, kind="day"),
        parts.Column(
            label="状態",
            value=lambda row: row.get_state_display(),
            kind="badge",
            tone=lambda row: tones.RECEIPT[row.state],
        ),
        parts.Column(label="渡し方", value=lambda row: row.get_handed_as_display()),
        parts.Column(label="再発行", value=lambda row: row.reissue_count or ""),
    ),
)
