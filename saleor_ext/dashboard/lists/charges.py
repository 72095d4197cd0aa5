"""The list of attempts to receive a donation; what needs somebody comes first."""

from datetime import date

from django.db.models import Q, QuerySet
from django.urls import reverse

from saleor_ext.dashboard import messages
from saleor_ext.dashboard.lists import definition as parts
from saleor_ext.dashboard.lists import tones
from saleor_ext.donations import models, states
from saleor_ext.membership.states import CycleState

_State = states.AttemptState


def _rows() -> QuerySet[models.PaymentAttempt]:
    return models.PaymentAttempt.objects.select_related("cycle__membership__donor").alias(
        name_plain=parts.name_expression(
            "cycle__membership__donor__family_name", "cycle__membership__donor__given_name"
        )
    )


def attention_condition() -> Q:
    """This will tell the attempts whose month still lacks its donation after a failure."""
    waiting = Q(state__in=[_State.UNKNOWN, _State.ACTION_REQUIRED])
    unpaid = Q(state=_State.DECLINED, cycle__state__in=[CycleState.LOCKED, CycleState.FAILED])
    return waiting | unpaid


def _tabs(_today: date) -> tuple[parts.Tab, ...]:
    return (
        parts.Tab(value="attention", label="対応が必要", condition=attention_condition()),
        *(
            parts.Tab(value=state.value, label=str(state.label), condition=Q(state=state.value))
            for state in (
                _State.DECLINED,
                _State.UNKNOWN,
                _State.ACTION_REQUIRED,
                _State.INTENT,
                _State.SUCCEEDED,
                _State.REFUNDED,
            )
        ),
        parts.Tab(value="all", label="すべて", condition=Q()),
    )


def _search(word: str, may_see_people: bool) -> Q:  # noqa: FBT001 (called by position)
    found = Q(key__istartswith=word) | Q(provider_ref=word) | Q(charge_ref=word)
    found |= Q(cycle__membership__public_id__istartswith=word)
    if may_see_people:
        found |= Q(name_plain__icontains=word) | Q(cycle__membership__donor__email__icontains=word)
    return found


CHARGES = parts.ListDefinition(
    slug="charges",
    title="決済",
    lead="寄附を受け取ろうとした記録です。まだ寄附になっていないものから見られます。",
    rows=_rows,
    tabs=_tabs,
    filters=(
        parts.month_filter("begun_at", label="決済の月", is_moment=True),
        parts.tier_filter("cycle__tier"),
    ),
    search_help="お名前・メールアドレス・会員番号・決済の番号(fs-…)",
    search_help_without_people="会員番号・決済の番号(fs-…)",
    search=_search,
    columns=(
        parts.Column(
            label="決済の番号",
            value=lambda row: row.key,
            url=lambda row: reverse("staff:member", args=[row.cycle.membership.donor_id]),
        ),
        parts.Column(
            label="お名前",
            value=lambda row: row.cycle.membership.donor.full_name,
            is_personal=True,
        ),
        parts.Column(label="金額", value=lambda row: row.amount_yen, kind="yen"),
        parts.Column(
            label="状態",
            value=lambda row: row.get_state_display(),
            kind="badge",
            tone=lambda row: tones.ATTEMPT[row.state],
        ),
        parts.Column(label="理由", value=lambda row: messages.decline_words(row.decline_code)),
        parts.Column(label="理由の記号", value=lambda row: row.decline_code, is_csv_only=True),
        parts.Column(
            label="再試行",
            value=lambda row: "" if row.is_retryable else "同じカードでは不可",
        ),
        parts.Column(label="始めた日時", value=lambda row: row.begun_at, kind="moment"),
        parts.Column(
            label="決まった日時", value=lambda row: row.settled_at, kind="moment", is_csv_only=True
        ),
        parts.Column(label="決済会社の番号", value=lambda row: row.provider_ref, is_csv_only=True),
    ),
)
