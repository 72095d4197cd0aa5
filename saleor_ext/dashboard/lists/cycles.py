"""The list of months (cycles)."""

from datetime import date

from django.db.models import Q, QuerySet
from django.urls import reverse

from saleor_ext.dashboard import messages
from saleor_ext.dashboard.lists import definition as parts
from saleor_ext.dashboard.lists import tones
from saleor_ext.membership import models, selectors, states


def _rows() -> QuerySet[models.Cycle]:
    return models.Cycle.objects.select_related("membership__donor", "tier").alias(
        name_plain=parts.name_expression(
            "membership__donor__family_name", "membership__donor__given_name"
        )
    )


def _tabs(_today: date) -> tuple[parts.Tab, ...]:
    return (
        parts.Tab(value="all", label="すべて", condition=Q()),
        *(
            parts.Tab(value=state.value, label=state.label, condition=Q(state=state.value))
            for state in states.CycleState
        ),
    )


def _search(word: str, may_see_people: bool) -> Q:  # noqa: FBT001 (called by position)
    found = Q(membership__public_id__istartswith=word)
    prefix, _, rest = word.partition("-")
    public_id, _, number = rest.partition("-")
    if prefix == "fs" and number.isdecimal() and len(number) < 9:
        found |= Q(membership__public_id=public_id, n=int(number))
    if may_see_people:
        found |= Q(name_plain__icontains=word) | Q(membership__donor__email__icontains=word)
    return found


CYCLES = parts.ListDefinition(
    slug="cycles",
    title="毎月の回",
    lead="会員ごとの毎月の寄附とお届けの予定です。",
    rows=_rows,
    tabs=_tabs,
    filters=(parts.month_filter("month", label="月"), parts.tier_filter("tier")),
    search_help="お名前・メールアドレス・会員番号・回の番号(fs-…)",
    search_help_without_people="会員番号・回の番号(fs-…)",
    search=_search,
    columns=(
        parts.Column(
            label="回の番号",
            value=lambda row: selectors.cycle_key(cycle=row),
            url=lambda row: reverse("staff:member", args=[row.membership.donor_id]),
        ),
        parts.Column(
            label="お名前", value=lambda row: row.membership.donor.full_name, is_personal=True
        ),
        parts.Column(label="プラン", value=lambda row: row.tier.name),
        parts.Column(label="月", value=lambda row: row.month, kind="month"),
        parts.Column(label="寄附額", value=lambda row: row.amount_yen, kind="yen"),
        parts.Column(
            label="状態",
            value=lambda row: row.get_state_display(),
            kind="badge",
            tone=lambda row: tones.CYCLE[row.state],
        ),
        parts.Column(label="理由", value=lambda row: messages.reason_words(row.reason)),
        parts.Column(label="変更期限", value=lambda row: row.change_until, is_csv_only=True),
        parts.Column(label="寄附日", value=lambda row: row.charge_on, kind="day"),
        parts.Column(label="一覧送付日", value=lambda row: row.list_on, is_csv_only=True),
        parts.Column(label="発送開始日", value=lambda row: row.ship_from, is_csv_only=True),
        parts.Column(label="発送期限", value=lambda row: row.ship_to, is_csv_only=True),
        parts.Column(label="次に試す日", value=lambda row: row.next_try_on, is_csv_only=True),
    ),
)
