"""The list of memberships."""

from datetime import date

from django.db.models import Q, QuerySet
from django.urls import reverse

from saleor_ext.common import jptime
from saleor_ext.dashboard.lists import definition as parts
from saleor_ext.dashboard.lists import tones
from saleor_ext.membership import models, states


def _rows() -> QuerySet[models.Membership]:
    return models.Membership.objects.select_related("donor", "tier").alias(
        name_plain=parts.name_expression("donor__family_name", "donor__given_name"),
        kana_plain=parts.name_expression("donor__family_kana", "donor__given_kana"),
    )


def _tabs(_today: date) -> tuple[parts.Tab, ...]:
    return (
        parts.Tab(value="all", label="すべて", condition=Q()),
        *(
            parts.Tab(value=state.value, label=state.label, condition=Q(state=state.value))
            for state in states.MembershipState
        ),
    )


def _search(word: str, may_see_people: bool) -> Q:  # noqa: FBT001 (called by position)
    found = Q(public_id__istartswith=word)
    if may_see_people:
        found |= (
            Q(name_plain__icontains=word)
            | Q(kana_plain__icontains=word)
            | Q(donor__email__icontains=word)
            | Q(donor__phone__icontains=word)
        )
    return found


def member_url(membership: models.Membership) -> str:
    """This will return the page of the member behind a membership."""
    return reverse("staff:member", args=[membership.donor_id])


def _started_on(membership: models.Membership) -> date | None:
    return jptime.jst_date(membership.started_at) if membership.started_at else None


MEMBERS = parts.ListDefinition(
    slug="members",
    title="会員",
    lead="会員契約の一覧です。新しい契約から並びます。",
    rows=_rows,
    tabs=_tabs,
    filters=(parts.tier_filter("tier"),),
    search_help="お名前・ふりがな・メールアドレス・電話番号・会員番号",
    search_help_without_people="会員番号",
    search=_search,
    columns=(
        parts.Column(label="会員番号", value=lambda row: row.public_id, url=member_url),
        parts.Column(label="お名前", value=lambda row: row.donor.full_name, is_personal=True),
        parts.Column(
            label="ふりがな",
            value=lambda row: f"{row.donor.family_kana} {row.donor.given_kana}".strip(),
            is_personal=True,
            is_csv_only=True,
        ),
        parts.Column(label="メールアドレス", value=lambda row: row.donor.email, is_personal=True),
        parts.Column(label="プラン", value=lambda row: row.tier.name),
        parts.Column(
            label="状態",
            value=lambda row: row.get_state_display(),
            kind="badge",
            tone=lambda row: tones.MEMBERSHIP[row.state],
        ),
        parts.Column(label="始まり", value=_started_on, kind="day"),
        parts.Column(
            label="終わり",
            value=lambda row: jptime.jst_date(row.ended_at) if row.ended_at else None,
            kind="day",
            is_csv_only=True,
        ),
    ),
)
