"""What the staff pages about results of online applications show."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from saleor_ext.contracts.onestop import Fault, OnlineApplications, RowFault
from saleor_ext.dashboard import messages
from saleor_ext.flows.onestop import online_plans, online_results
from saleor_ext.flows.onestop.online_plans import Effect
from saleor_ext.onestop import importing, models, states

IMPORTS_SHOWN = 20
ROWS_SHOWN = 200
FAULTS_SHOWN = 100
FAULTS: Mapping[Fault, str] = {
    Fault.UNREADABLE: "ファイルを読めません。UTF-8かShift_JISのCSVかどうか、確かめてください。",
    Fault.EMPTY: "結果の行がありません。",
    Fault.TOO_LONG: "ファイルが大きすぎます。分けて取り込んでください。",
    Fault.COLUMN_MISSING: "見出しがありません。",
    Fault.COLUMN_TWICE: "同じ見出しが2つあります。",
    Fault.INDIVIDUAL_NUMBER: (
        "マイナンバー(個人番号)の列か、そう見える数字があります。"
        "その列を除いてから取り込んでください。内容は保存していません。"
    ),
    Fault.CELL_COUNT: "列の数が見出しとちがいます。",
    Fault.VALUE_MISSING: "空です。",
    Fault.VALUE_UNKNOWN: "決まった言葉ではありません。",
    Fault.NUMBER_WRONG: "番号の形がちがいます。半角の英数字とハイフンで書きます。",
    Fault.YEAR_WRONG: "年がちがいます。2026 のように書きます。",
    Fault.MOMENT_WRONG: "日時がちがいます。2026-12-01 10:15 のように書きます。",
    Fault.REFERENCE_TWICE: "同じ受付番号が、前の行にもあります。",
}
TONES: Mapping[Effect, str] = {
    Effect.ACCEPT: "good",
    Effect.WISH: "good",
    Effect.NOTE: "calm",
    Effect.ALREADY: "quiet",
    Effect.KNOWN: "quiet",
}


@dataclass(frozen=True, kw_only=True)
class FaultLine:
    """One thing wrong with a file, in words."""

    where: str
    text: str


@dataclass(frozen=True, kw_only=True)
class ImportLine:
    """A file that was read."""

    held: models.OnlineImport
    service: str
    actor: str
    count: int


@dataclass(frozen=True, kw_only=True)
class OnlinePage:
    """The services, and the files read so far."""

    services: Sequence[OnlineApplications]
    imports: Sequence[ImportLine]


@dataclass(frozen=True, kw_only=True)
class PlanLine:
    """One result and what it would do."""

    plan: online_plans.Plan
    tone: str
    at: datetime
    outcome: str
    identity: str


@dataclass(frozen=True, kw_only=True)
class ImportPage:
    """A file's results, what they would do, and how many of each."""

    held: models.OnlineImport
    service: str
    actor: str
    lines: Sequence[PlanLine]
    count: int
    counts: Sequence[tuple[str, str, int]]
    taken: int
    sign: str
    can_apply: bool
    is_applying: bool


def fault_lines(faults: Sequence[RowFault]) -> list[FaultLine]:
    """This will say what is wrong with a file, by line and column, the first hundred."""
    return [FaultLine(where=_where(one), text=FAULTS[one.fault]) for one in faults[:FAULTS_SHOWN]]


def _where(one: RowFault) -> str:
    row = f"{one.row}行目" if one.row else ""
    column = f"「{one.column}」" if one.column else ""
    return f"{row}{column}" or "ファイル"


def online_page() -> OnlinePage:
    """This will gather the services and the files read so far, newest first."""
    rows = models.OnlineImport.objects.order_by("-pk")[:IMPORTS_SHOWN]
    return OnlinePage(
        services=online_results.services_known(),
        imports=[
            ImportLine(
                held=row,
                service=_service(row.service),
                actor=messages.actor_words(row.actor),
                count=len(row.rows),
            )
            for row in rows
        ],
    )


def import_page(*, import_id: int, today: date) -> ImportPage:
    """This will gather a file's results with what each would do now.

    Raises:
        NotFound: there is no such file.
    """
    held = importing.import_get(import_id=import_id)
    plans = online_plans.plans_make(held, today=today)
    counted = Counter(plan.effect for plan in plans)
    return ImportPage(
        held=held,
        service=_service(held.service),
        actor=messages.actor_words(held.actor),
        lines=[_line(plan) for plan in plans[:ROWS_SHOWN]],
        count=len(plans),
        counts=[
            (effect.label, TONES.get(effect, "bad"), counted[effect])
            for effect in Effect
            if counted[effect]
        ],
        taken=sum(1 for plan in plans if plan.is_taken),
        sign=online_plans.sign_of(plans),
        can_apply=held.state == states.ImportState.PREVIEWED,
        is_applying=held.state == states.ImportState.APPLYING,
    )


def _line(plan: online_plans.Plan) -> PlanLine:
    return PlanLine(
        plan=plan,
        tone=TONES.get(plan.effect, "bad"),
        at=datetime.fromisoformat(plan.row["applied_at"]),
        outcome=states.OnlineOutcome(plan.row["outcome"]).label,
        identity=states.OnlineIdentity(plan.row["identity"]).label,
    )


def _service(code: str) -> str:
    known = {service.code: service.label for service in online_results.services_known()}
    return known.get(code, code)
