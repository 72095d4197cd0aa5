"""The lists about money at the payment provider: days compared, what does not match, movements,
payouts, disputes. Nothing here is about a person; what names a donor is our own number.
"""

from datetime import date

from django.db.models import Q
from django.urls import reverse

from saleor_ext.balance import models, states
from saleor_ext.dashboard import messages
from saleor_ext.dashboard.lists import definition as parts
from saleor_ext.dashboard.lists import tones
from saleor_ext.donations import models as donation_models
from saleor_ext.donations import states as donation_states

_Kind = states.EntryKind


def _no_tabs(_today: date) -> tuple[parts.Tab, ...]:
    return (parts.Tab(value="all", label="すべて", condition=Q()),)


def _day_tabs(_today: date) -> tuple[parts.Tab, ...]:
    return (
        parts.Tab(value="all", label="すべて", condition=Q()),
        parts.Tab(value="gaps", label="合わない日", condition=Q(gap_count__gt=0)),
    )


def _day_search(word: str, _may_see_people: bool) -> Q:  # noqa: FBT001 (called by position)
    return Q(gaps__subject__icontains=word)


MONEY = parts.ListDefinition(
    slug="money",
    title="入金の照合",
    lead="台帳、決済会社の入出金、ショップの入金記録を、毎日、円単位で比べます。このサロンの寄附だけを"
    "比べ、同じ口座のほかの入出金は「対象外」として別に数えます。毎朝5時に前日までの7日分と、"
    "まだ比べていない日、合わなかった日を比べます(manage.py money_match)。",
    rows=lambda: models.MatchDay.objects.all(),
    tabs=_day_tabs,
    filters=(parts.month_filter("day", label="月"),),
    search_help="合わないものの番号(fs-…、txn_…、po_…)",
    search_help_without_people="合わないものの番号(fs-…、txn_…、po_…)",
    search=_day_search,
    columns=(
        parts.Column(
            label="日",
            value=lambda row: row.day,
            kind="day",
            url=lambda row: f"{reverse('staff:gaps')}?month={row.day:%Y-%m}",
        ),
        parts.Column(
            label="結果",
            value=lambda row: f"合わない {row.gap_count}件" if row.gap_count else "一致",
            kind="badge",
            tone=lambda row: "bad" if row.gap_count else "good",
        ),
        parts.Column(label="台帳", value=lambda row: row.ledger_yen, kind="yen"),
        parts.Column(label="決済会社", value=lambda row: row.provider_yen, kind="yen"),
        parts.Column(label="手数料", value=lambda row: row.fee_yen, kind="yen"),
        parts.Column(
            label="手数料を引いた額", value=lambda row: row.provider_yen - row.fee_yen, kind="yen"
        ),
        parts.Column(label="対象外の件数", value=lambda row: row.foreign_count),
        parts.Column(label="対象外の合計", value=lambda row: row.foreign_yen, kind="yen"),
        parts.Column(label="比べた日時", value=lambda row: row.matched_at, kind="moment"),
    ),
)


def _gap_tabs(_today: date) -> tuple[parts.Tab, ...]:
    return (
        parts.Tab(value="all", label="すべて", condition=Q()),
        *(
            parts.Tab(value=code.value, label=str(code.label), condition=Q(code=code.value))
            for code in states.GapCode
        ),
    )


GAPS = parts.ListDefinition(
    slug="gaps",
    title="合わないもの",
    lead="照合で合わなかったものです。直すと、つぎの照合で消えます。台帳は書き換えず、決済会社の答えに"
    "もとづく行を加えて直します。",
    rows=lambda: models.MatchGap.objects.select_related("match_day"),
    tabs=_gap_tabs,
    filters=(parts.month_filter("match_day__day", label="月"),),
    search_help="番号(fs-…、txn_…、po_…)",
    search_help_without_people="番号(fs-…、txn_…、po_…)",
    search=lambda word, _people: Q(subject__icontains=word),
    columns=(
        parts.Column(label="日", value=lambda row: row.match_day.day, kind="day"),
        parts.Column(
            label="何が",
            value=lambda row: row.get_code_display(),
            kind="badge",
            tone=lambda _: "bad",
        ),
        parts.Column(label="番号", value=lambda row: row.subject),
        parts.Column(label="台帳", value=lambda row: row.ledger_yen, kind="yen"),
        parts.Column(label="決済会社", value=lambda row: row.provider_yen, kind="yen"),
        parts.Column(label="ショップ", value=lambda row: row.shop_yen, kind="yen"),
    ),
)


def _entry_tabs(_today: date) -> tuple[parts.Tab, ...]:
    towns = [_Kind.PAYOUT, _Kind.PAYOUT_REVERSAL, _Kind.FEE]
    return (
        parts.Tab(value="own", label="このサロンの寄附", condition=~Q(key="")),
        parts.Tab(value="payouts", label="振込・手数料", condition=Q(key="", kind__in=towns)),
        parts.Tab(value="foreign", label="対象外", condition=Q(key="") & ~Q(kind__in=towns)),
        parts.Tab(value="all", label="すべて", condition=Q()),
    )


BALANCE = parts.ListDefinition(
    slug="balance",
    title="入出金の明細",
    lead="決済会社の残高の動きを、そのまま写したものです。書き換えはできません。",
    rows=lambda: models.BalanceEntry.objects.all(),
    tabs=_entry_tabs,
    filters=(parts.month_filter("entered_on", label="月"),),
    search_help="決済の番号(fs-…)・決済会社の番号",
    search_help_without_people="決済の番号(fs-…)・決済会社の番号",
    search=lambda word, _people: Q(key__istartswith=word) | Q(entry_ref=word) | Q(source_ref=word),
    sum_field="amount_yen",
    columns=(
        parts.Column(label="日", value=lambda row: row.entered_on, kind="day"),
        parts.Column(label="種類", value=lambda row: row.get_kind_display()),
        parts.Column(label="金額", value=lambda row: row.amount_yen, kind="yen"),
        parts.Column(label="手数料", value=lambda row: row.fee_yen, kind="yen"),
        parts.Column(label="差引", value=lambda row: row.net_yen, kind="yen"),
        parts.Column(label="決済の番号", value=lambda row: row.key),
        parts.Column(label="振込可能日", value=lambda row: row.available_on, kind="day"),
        parts.Column(label="明細の番号", value=lambda row: row.entry_ref, is_csv_only=True),
        parts.Column(label="もとの番号", value=lambda row: row.source_ref, is_csv_only=True),
    ),
)


PAYOUTS = parts.ListDefinition(
    slug="payouts",
    title="振込",
    lead="決済会社から町の口座への振込です。明細の合計と合わない振込は「合わないもの」に出ます。",
    rows=lambda: models.Payout.objects.all(),
    tabs=_no_tabs,
    filters=(parts.month_filter("created_on", label="月"),),
    search_help="振込の番号(po_…)",
    search_help_without_people="振込の番号(po_…)",
    search=lambda word, _people: Q(payout_ref=word),
    sum_field="amount_yen",
    columns=(
        parts.Column(label="手続きの日", value=lambda row: row.created_on, kind="day"),
        parts.Column(label="口座に届く日", value=lambda row: row.arrives_on, kind="day"),
        parts.Column(label="金額", value=lambda row: row.amount_yen, kind="yen"),
        parts.Column(
            label="ようす",
            value=lambda row: row.get_stage_display(),
            kind="badge",
            tone=lambda row: tones.PAYOUT[row.stage],
        ),
        parts.Column(label="明細", value=lambda row: f"{len(row.entry_refs)}件"),
        parts.Column(label="振込の番号", value=lambda row: row.payout_ref),
    ),
)


def _dispute_tabs(_today: date) -> tuple[parts.Tab, ...]:
    undecided = Q(state__in=sorted(donation_states.DISPUTE_OPEN))
    return (
        parts.Tab(value="undecided", label="決まっていない", condition=undecided),
        *(
            parts.Tab(value=state.value, label=str(state.label), condition=Q(state=state.value))
            for state in donation_states.DisputeState
        ),
        parts.Tab(value="all", label="すべて", condition=Q()),
    )


DISPUTES = parts.ListDefinition(
    slug="disputes",
    title="不審請求",
    lead="カードの持ち主がカード会社に申し立てたものです。証拠を出すのは決済会社の画面です。審査のあいだ"
    "荷物と会員契約を止め、町の側に決まれば自動で再開します。",
    rows=lambda: donation_models.Dispute.objects.select_related("attempt__membership"),
    tabs=_dispute_tabs,
    filters=(parts.month_filter("opened_at", label="申し立ての月", is_moment=True),),
    search_help="決済の番号(fs-…)・不審請求の番号",
    search_help_without_people="決済の番号(fs-…)・不審請求の番号",
    search=lambda word, _people: Q(attempt__key__istartswith=word) | Q(provider_ref=word),
    sum_field="amount_yen",
    columns=(
        parts.Column(
            label="決済の番号",
            value=lambda row: row.attempt.key,
            url=lambda row: reverse("staff:member", args=[row.attempt.membership.donor_id]),
        ),
        parts.Column(label="金額", value=lambda row: row.amount_yen, kind="yen"),
        parts.Column(
            label="ようす",
            value=lambda row: row.get_state_display(),
            kind="badge",
            tone=lambda row: tones.DISPUTE[row.state],
        ),
        parts.Column(label="理由", value=lambda row: messages.dispute_words(row.reason_code)),
        parts.Column(label="申し立て", value=lambda row: row.opened_at, kind="moment"),
        parts.Column(label="答える期限", value=lambda row: row.respond_by or "", kind="moment"),
        parts.Column(label="不審請求の番号", value=lambda row: row.provider_ref),
    ),
)
