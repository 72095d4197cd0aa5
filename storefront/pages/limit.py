"""The deduction limit, and the donor's own yearly limit."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core import signing
from django.urls import reverse

from saleor_ext.access.principal import Principal
from saleor_ext.law import messages as law_messages
from saleor_ext.law.deduction_limit import LimitResult
from saleor_ext.law.limit_tables import Figure, LimitTables
from saleor_ext.membership import models, selectors, states
from storefront import messages
from storefront.forms import limit as forms
from storefront.pages import my, parts, year_plan

KEPT = "storefront.limit"


@dataclass(frozen=True, kw_only=True)
class LimitWay:
    """One way of computing: its form, and whether it is unfolded."""

    title: str
    note: str
    form: forms.LimitForm
    is_open: bool


@dataclass(frozen=True, kw_only=True)
class LimitAnswer:
    """A computed limit in words. `kept` is what is sent to keep it, "" when it cannot be."""

    year: int
    limit_yen: int | None
    notes: tuple[str, ...]
    kept: str
    keep_form: forms.KeepLimitForm


@dataclass(frozen=True, kw_only=True)
class Ground:
    """A figure behind the computation, with where it comes from."""

    text: str
    source: str
    to_confirm: str


@dataclass(frozen=True, kw_only=True)
class LimitPage(parts.Page):
    """The calculator."""

    ways: tuple[LimitWay, ...]
    bound: forms.LimitForm | None
    answer: LimitAnswer | None
    refusal: messages.Message | None
    not_known: tuple[str, ...]
    guide_only: str
    grounds: tuple[Ground, ...]
    sign_in_url: str


@dataclass(frozen=True, kw_only=True)
class OwnLimit:
    """A yearly limit that is kept."""

    year: int
    limit_yen: int
    origin: str
    set_on: date
    when_reached: str
    plan: year_plan.YearPlanView
    left_yen: int


@dataclass(frozen=True, kw_only=True)
class MyLimitPage(my.MyPageBase):
    """The donor's own yearly limits."""

    form: forms.OwnLimitForm
    year: int
    limits: tuple[OwnLimit, ...]


WAYS = {
    forms.SALARY: ("年収とご家族から", "総務省の目安の表と同じ計算です。お勤めの方に。"),
    forms.SLIP: ("源泉徴収票から", "社会保険料などが分かるぶん、くわしくなります。"),
    forms.NOTICE: (
        "住民税決定通知書から",
        "6月に届く通知の数字です。去年の収入によるため、収入が変わった年はずれます。",
    ),
}


def limit_forms(
    *, data: Mapping[str, Any] | None, kind: str, today: date
) -> dict[str, forms.LimitForm]:
    """This will return a form for each way of computing; the one that was sent is bound."""
    years = (today.year, today.year + 1)
    return {
        name: form(data if name == kind else None, years=years)
        for name, form in forms.FORMS.items()
    }


def limit_page(
    *,
    choices: Mapping[str, forms.LimitForm],
    kind: str,
    result: LimitResult | None,
    refusal: messages.Message | None,
    principal: Principal,
    tables: LimitTables,
) -> LimitPage:
    """This will describe the calculator, with its answer once there is one."""
    bound = choices[kind] if choices[kind].is_bound else None
    return LimitPage(
        heading="控除の上限を計算する",
        lead="1年の寄附のうち、自己負担2,000円のほかが税から引かれる額の目安です。",
        ways=tuple(_way(choices[name], is_open=name == kind) for name in WAYS),
        bound=bound,
        answer=_answer(result, is_signed_in=principal.is_donor) if result else None,
        refusal=refusal,
        not_known=law_messages.NOT_KNOWN,
        guide_only=law_messages.GUIDE_ONLY,
        grounds=_grounds(tables, year=result.year if result else tables.known_through - 1),
        sign_in_url="" if principal.is_signed_in else _sign_in_url(),
    )


def _sign_in_url() -> str:
    return f"{reverse('storefront:signin')}?next={reverse('storefront:my_limit')}"


def _way(form: forms.LimitForm, *, is_open: bool) -> LimitWay:
    title, note = WAYS[form.kind]
    return LimitWay(title=title, note=note, form=form, is_open=is_open)


def _answer(result: LimitResult, *, is_signed_in: bool) -> LimitAnswer:
    notes = [law_messages.NOTES[note] for note in result.notes]
    if result.limit_yen is None:
        notes.append(law_messages.NOTES["nothing"])
    can_keep = is_signed_in and result.limit_yen is not None
    values = {"year": result.year, "limit_yen": result.limit_yen}
    return LimitAnswer(
        year=result.year,
        limit_yen=result.limit_yen,
        notes=tuple(notes),
        kept=signing.dumps(values, salt=KEPT) if can_keep else "",
        keep_form=forms.KeepLimitForm(),
    )


def _grounds(tables: LimitTables, *, year: int) -> tuple[Ground, ...]:
    return tuple(_ground(figure) for figure in tables.figures if figure.holds_in(year))


def _ground(figure: Figure) -> Ground:
    return Ground(
        text=figure.text,
        source=figure.source,
        to_confirm="" if figure.certainty.is_settled else law_messages.TO_CONFIRM,
    )


def my_limit_page(
    *, donor: models.Donor | None, form: forms.OwnLimitForm, today: date
) -> MyLimitPage:
    """This will describe the donor's own limits of this year and the next."""
    years = (today.year, today.year + 1)
    found = [own_limit(donor=donor, year=year) for year in years] if donor else []
    return MyLimitPage(
        heading="1年の上限",
        lead="1月から12月までに、この町へ寄附する額の上限を決めておけます。",
        my_links=my.my_links(),
        my_section=my.LIMIT,
        form=form,
        year=today.year,
        limits=tuple(limit for limit in found if limit is not None),
    )


def own_limit(*, donor: models.Donor, year: int) -> OwnLimit | None:
    """This will return a donor's limit for a year beside what he has given; None without one."""
    limit = selectors.year_limit_of(donor_id=donor.pk, year=year)
    if limit is None:
        return None
    plan = year_plan.year_plan_view(donor_id=donor.pk, year=year)
    return OwnLimit(
        year=year,
        limit_yen=limit.limit_yen,
        origin=limit.get_origin_display(),
        set_on=limit.set_on,
        when_reached=year_plan.WHEN_REACHED[states.WhenReached(limit.when_reached)],
        plan=plan,
        left_yen=max(limit.limit_yen - plan.paid_yen, 0),
    )
