"""A donor's one-stop exception: where each year and each donation stands, and what to do next."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.urls import reverse

from saleor_ext.flows.onestop import changing, letters, wishing
from saleor_ext.membership import models as membership_models
from saleor_ext.membership import selectors as membership_selectors
from saleor_ext.onestop import models, selectors, states
from storefront import messages
from storefront.pages import my

SECTION = "ワンストップ特例"
_A = states.ApplicationState
STATE_NOTES = {
    _A.WISHED: "申請書を印刷して、お送りください。",
    _A.SENT: "申請書をお送りください。",
    _A.RECEIVED: "届きました。これから内容を確かめます。",
    _A.REVIEWING: "内容を確かめています。",
    _A.INCOMPLETE: "足りないものがあります。",
    _A.ACCEPTED: "受け付けました。お住まいの市区町村へ、町から通知します。",
    _A.CHANGED: "変更の届け出を受け付けました。変わった内容で通知します。",
    _A.NOTICE_MADE: "お住まいの市区町村への通知を用意しています。",
    _A.NOTICED: "お住まいの市区町村へ通知しました。6月からの住民税から引かれます。",
    _A.NOTICE_RETURNED: "通知が戻りました。町からご連絡することがあります。",
}
LATE_NOTE = (
    "期限までに届いたかどうかを、町で確かめています。"
    "お送りになっていないときは、受領証明書で確定申告をなさってください。"
)
TONES = {
    _A.WISHED: "citrus",
    _A.SENT: "citrus",
    _A.RECEIVED: "sea",
    _A.REVIEWING: "sea",
    _A.INCOMPLETE: "vermilion",
    _A.ACCEPTED: "pine",
    _A.CHANGED: "pine",
    _A.NOTICE_MADE: "pine",
    _A.NOTICED: "pine",
    _A.NOTICE_RETURNED: "citrus",
    _A.VOID: "plain",
}
WARNINGS = (
    (
        "確定申告をなさる方は、この特例をお使いになれません。確定申告(または住民税の申告)をされると、"
        "申請はすべて無効になり、この町へのご寄附もあわせて申告していただくことになります。"
    ),
    (
        "1年に6団体以上へ寄附なさると、申請はすべて無効になります。"
        "同じ自治体への何回かの寄附は、1団体と数えます。"
    ),
    "給与の収入が2,000万円をこえる方、医療費控除などのために申告なさる方は、お使いになれません。",
)


@dataclass(frozen=True, kw_only=True)
class DonationLine:
    """One donation of a year with its application."""

    number: str
    donated_on: date
    amount_yen: int
    state: str
    tone: str
    note: str
    missing: tuple[str, ...]
    form_url: str


@dataclass(frozen=True, kw_only=True)
class YearPart:
    """One year: what can be done in it today."""

    year: int
    deadline: date
    is_open: bool
    is_wanted: bool
    was_asked: bool
    is_not_eligible: bool
    asks_answers: bool
    lines: tuple[DonationLine, ...]
    forms_url: str
    can_go_back: bool
    suggests_change: bool
    change_url: str


@dataclass(frozen=True, kw_only=True)
class OnestopPage(my.MyPageBase):
    """All years."""

    years: tuple[YearPart, ...]
    warnings: tuple[str, ...]
    post_to: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class WishPage(my.MyPageBase):
    """The questions."""

    year: int
    deadline: date
    form: Any
    refusal: messages.Message | None
    warnings: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class BackPage(my.MyPageBase):
    """Taking a wish back: the reason, and then what follows from it."""

    year: int
    form: Any
    refusal: messages.Message | None
    reason: str
    reason_words: str
    next_step: str
    lines: tuple[DonationLine, ...]


@dataclass(frozen=True, kw_only=True)
class ChangeLine:
    """What differs."""

    label: str
    before: str
    after: str


@dataclass(frozen=True, kw_only=True)
class ChangePage(my.MyPageBase):
    """A change to report: before and after, as the donor's details have it now."""

    year: int
    deadline: date
    lines: tuple[ChangeLine, ...]
    refusal: messages.Message | None


def onestop_page(*, donor: membership_models.Donor | None, today: date) -> OnestopPage:
    """This will gather the years a donor may act in today, and those he has something in."""
    rows = {row.year: row for row in selectors.years_of(donor_id=donor.pk)} if donor else {}
    years = sorted({*wishing.years_open(today=today), *rows}, reverse=True)
    town = membership_selectors.municipality_get()
    return OnestopPage(
        heading=SECTION,
        lead="確定申告をせずに、寄附金控除を受けられる仕組みです。",
        my_links=my.my_links(),
        my_section=SECTION,
        years=tuple(_year_part(year, rows.get(year), donor=donor, today=today) for year in years),
        warnings=WARNINGS,
        post_to=(
            f"〒{town.office_postal_code} {town.office_address}",
            f"{town.prefecture}{town.county}{town.name} ワンストップ特例 担当",
        ),
    )


def _year_part(
    year: int,
    row: models.OneStopYear | None,
    *,
    donor: membership_models.Donor | None,
    today: date,
) -> YearPart:
    found = (
        list(selectors.applications_of(donor_id=row.donor_id, year=year)) if row is not None else []
    )
    is_open = wishing.year_is_open(year=year, today=today)
    is_wanted = bool(row and row.is_wanted)
    awaited = [
        one
        for one in found
        if one.state in states.APPLICATION_AWAITED and not _is_late(one, today=today)
    ]
    accepted = [one for one in found if one.state in states.APPLICATION_ACCEPTED]
    differs = bool(
        row and donor and accepted and changing.differences(onestop_year=row, donor=donor)
    )
    return YearPart(
        year=year,
        deadline=selectors.deadline_of(year=year),
        is_open=is_open,
        is_wanted=is_wanted,
        was_asked=row is not None and row.is_wanted is not None,
        is_not_eligible=bool(row and row.is_eligible is False),
        asks_answers=is_wanted and row is not None and row.is_eligible is None,
        lines=tuple(donation_line(one, today=today) for one in found),
        forms_url=reverse("storefront:my_onestop_forms", args=[year]) if awaited else "",
        can_go_back=is_wanted and not any(one.state in wishing.NOTICED for one in found),
        suggests_change=is_open and differs,
        change_url=_change_url(row),
    )


def _change_url(row: models.OneStopYear | None) -> str:
    written = selectors.change_written(onestop_year_id=row.pk) if row is not None else None
    if written is None:
        return ""
    return reverse("storefront:my_onestop_change_form", args=[written.public_id])


def donation_line(one: models.OneStopApplication, *, today: date) -> DonationLine:
    """This will put one application into words."""
    labels = dict(states.Missing.choices)
    is_late = _is_late(one, today=today)
    is_to_send = one.state in states.APPLICATION_AWAITED and not is_late
    is_to_send = is_to_send or one.state == _A.INCOMPLETE
    url = reverse("storefront:my_onestop_form", args=[one.public_id]) if is_to_send else ""
    return DonationLine(
        number=one.number,
        donated_on=one.donation.donated_on,
        amount_yen=one.given_yen,
        state=one.get_state_display(),
        tone=TONES[_A(one.state)],
        note=LATE_NOTE if is_late else _note(one),
        missing=tuple(str(labels[code]) for code in one.missing_list),
        form_url=url,
    )


def _is_late(one: models.OneStopApplication, *, today: date) -> bool:
    """What came in by the last day may be noted for some days more, so it is not void yet."""
    return one.state in states.APPLICATION_AWAITED and one.deadline < today


def _note(one: models.OneStopApplication) -> str:
    if one.state == _A.VOID:
        return f"{one.get_void_reason_display()}。{letters.VOID_STEPS[one.void_reason]}"
    return STATE_NOTES[_A(one.state)]


def wish_page(*, year: int, form: object, refusal: messages.Message | None) -> WishPage:
    """This will describe the questions."""
    return WishPage(
        heading=f"{year}年分のワンストップ特例を申し込む",
        lead="お使いになれるかどうかを、はじめにお確かめください。お答えは、日付とともに控えます。",
        my_links=my.my_links(),
        my_section=SECTION,
        year=year,
        deadline=selectors.deadline_of(year=year),
        form=form,
        refusal=refusal,
        warnings=WARNINGS,
    )


def back_page(
    *,
    year: int,
    form: object,
    reason: str,
    reason_words: str,
    applications: Sequence[models.OneStopApplication],
    today: date,
    refusal: messages.Message | None = None,
) -> BackPage:
    """This will describe taking a wish back, with what follows once the reason is known."""
    return BackPage(
        heading=f"{year}年分のワンストップ特例を取り下げる",
        my_links=my.my_links(),
        my_section=SECTION,
        year=year,
        form=form,
        refusal=refusal,
        reason=reason,
        reason_words=reason_words,
        next_step=letters.VOID_STEPS[reason] if reason else "",
        lines=tuple(
            donation_line(one, today=today) for one in applications if one.state != _A.VOID
        ),
    )


def change_page(
    *,
    year: int,
    differing: Sequence[changing.Difference],
    refusal: messages.Message | None,
) -> ChangePage:
    """This will describe what has changed since the application was accepted."""
    return ChangePage(
        heading=f"{year}年分の変更を届け出る",
        lead="申請を受け付けたあとで、お名前やご住所が変わった方のお手続きです。",
        my_links=my.my_links(),
        my_section=SECTION,
        year=year,
        deadline=selectors.deadline_of(year=year),
        lines=tuple(
            ChangeLine(label=one.label, before=one.before, after=one.after) for one in differing
        ),
        refusal=refusal,
    )
