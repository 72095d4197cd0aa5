"""The list of the ledger's rows."""

from datetime import date

from django.db.models import Q, QuerySet
from django.urls import reverse

from saleor_ext.dashboard import inputs
from saleor_ext.dashboard.lists import definition as parts
from saleor_ext.donations import models

YEARS_BACK = 6


def _rows() -> QuerySet[models.Donation]:
    return models.Donation.objects.select_related("attempt").alias(
        name_plain=parts.name_expression("donor_name")
    )


def _tabs(_today: date) -> tuple[parts.Tab, ...]:
    return (
        parts.Tab(value="all", label="すべて", condition=Q()),
        parts.Tab(value="receipts", label="寄附", condition=Q(corrects__isnull=True)),
        parts.Tab(
            value="corrections",
            label="返金",
            condition=Q(corrects__isnull=False, dispute__isnull=True),
        ),
        parts.Tab(value="disputes", label="不審請求", condition=Q(dispute__isnull=False)),
    )


def _search(word: str, may_see_people: bool) -> Q:  # noqa: FBT001 (called by position)
    found = Q(attempt__key=word)
    year, _, number = word.partition("-")
    if year.isdecimal() and number.isdecimal() and len(year) == 4 and len(number) < 9:
        found |= Q(receipt_year=int(year), receipt_number=int(number))
    elif word.isdecimal() and len(word) < 9:
        found |= Q(receipt_number=int(word))
    if may_see_people:
        found |= Q(name_plain__icontains=word) | Q(donor__email__icontains=word)
    return found


def _year_choices(today: date) -> list[parts.Choice]:
    years = range(today.year, today.year - YEARS_BACK, -1)
    return [parts.Choice(value=str(year), label=f"{year}年") for year in years]


def _year_condition(value: str) -> Q:
    if not (value.isdecimal() and len(value) == 4 and 2000 <= int(value) <= 2999):
        raise inputs.BadInput("年が正しくありません。")
    year = int(value)
    return Q(donated_on__gte=date(year, 1, 1), donated_on__lte=date(year, 12, 31))


DONATIONS = parts.ListDefinition(
    slug="donations",
    title="寄附",
    lead="受け取った寄附の台帳です。書き換えはできません。返金は新しい行(マイナスの額)で残ります。",
    rows=_rows,
    tabs=_tabs,
    filters=(
        parts.Filter(
            name="year", label="寄附の年", choices=_year_choices, condition=_year_condition
        ),
        parts.month_filter("donated_on", label="寄附の月"),
        parts.tier_filter("attempt__cycle__tier"),
    ),
    search_help="受領証番号(2026-000123)・お名前・メールアドレス",
    search_help_without_people="受領証番号(2026-000123)",
    search=_search,
    sum_field="amount_yen",
    columns=(
        parts.Column(
            label="受領証番号",
            value=lambda row: row.receipt_label or "返金",
            url=lambda row: reverse("staff:member", args=[row.donor_id]),
        ),
        parts.Column(label="寄附日", value=lambda row: row.donated_on, kind="day"),
        parts.Column(label="お名前", value=lambda row: row.donor_name, is_personal=True),
        parts.Column(
            label="ご住所", value=lambda row: row.donor_address, is_personal=True, is_csv_only=True
        ),
        parts.Column(label="寄附額", value=lambda row: row.amount_yen, kind="yen"),
        parts.Column(label="プラン", value=lambda row: row.tier_name),
        parts.Column(label="決済の番号", value=lambda row: row.attempt.key, is_csv_only=True),
        parts.Column(label="記録した日時", value=lambda row: row.recorded_at, kind="moment"),
    ),
)
