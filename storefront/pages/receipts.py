"""A donor's receipts, and the page on which anybody can check one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.urls import reverse

from saleor_ext.flows.receipts import etax_files
from saleor_ext.flows.receipts.verify import Verified
from saleor_ext.membership import models as membership_models
from saleor_ext.membership import selectors as membership_selectors
from saleor_ext.receipts import errors, models, selectors, states
from saleor_ext.receipts.etax import letters
from storefront import messages
from storefront.pages import my, parts

WITHDRAWN_WORDS = {
    "refunded": "返金のため取り消しました",
    "amount_changed": "返金のため、新しい証明書に替わりました",
    "addressee_changed": "お名前かご住所の訂正のため、新しい証明書に替わりました",
    "line_added": "ご寄附が加わったため、新しい証明書に替わりました",
}


@dataclass(frozen=True, kw_only=True)
class ReceiptRow:
    """A receipt. It can be fetched, has to be issued again first, or holds no longer."""

    pk: int
    number: str
    title: str
    issued_on: date
    amount_yen: int
    note: str
    can_fetch: bool
    can_reissue: bool


@dataclass(frozen=True, kw_only=True)
class YearPart:
    """The receipts of a year."""

    year: int
    is_over: bool
    rows: tuple[ReceiptRow, ...]
    has_any: bool


@dataclass(frozen=True, kw_only=True)
class SpellingPart:
    """How a name is written for e-Tax, when it cannot be written as it is."""

    name: str
    etax_name: str
    form: Any


@dataclass(frozen=True, kw_only=True)
class ReceiptsPage(my.MyPageBase):
    """All receipts of a donor."""

    years: tuple[YearPart, ...]
    is_per_year: bool
    next_year: int
    spelling: SpellingPart | None


@dataclass(frozen=True, kw_only=True)
class VerifyPage(parts.Page):
    """Whether a receipt is real. `asked` says that somebody asked."""

    form: Any
    asked: bool = False
    found: Verified | None = None
    refusal: messages.Message | None = None


def receipts_page(
    *,
    donor: membership_models.Donor | None,
    receipts: Sequence[models.Receipt],
    spelling_form: object,
    today: date,
) -> ReceiptsPage:
    """This will list a donor's receipts by year, newest first."""
    town = membership_selectors.municipality_get()
    settings = selectors.settings_of(municipality_id=town.pk)
    years = sorted({receipt.year for receipt in receipts}, reverse=True)
    return ReceiptsPage(
        heading=my.RECEIPTS,
        lead="ご寄附の証明書です。確定申告で寄附金控除を受けるときに使います。",
        my_links=my.my_links(),
        my_section=my.RECEIPTS,
        years=tuple(_year_part(year, receipts, today=today) for year in years),
        is_per_year=settings.grouping == states.Grouping.YEAR,
        next_year=today.year + 1,
        spelling=_spelling_part(donor, receipts, form=spelling_form) if donor else None,
    )


def _year_part(year: int, receipts: Sequence[models.Receipt], *, today: date) -> YearPart:
    rows = tuple(_row(receipt) for receipt in receipts if receipt.year == year)
    return YearPart(
        year=year,
        is_over=year < today.year,
        rows=rows,
        has_any=any(row.can_reissue for row in rows),
    )


def _row(receipt: models.Receipt) -> ReceiptRow:
    holds = receipt.state == states.ReceiptState.ISSUED
    lines = len(receipt.lines.all())
    is_on_paper = receipt.handed_as == states.HandedAs.PAPER and not receipt.reissue_count
    return ReceiptRow(
        pk=receipt.pk,
        number=receipt.number,
        title=f"{receipt.number} ほか{lines - 1}件" if lines > 1 else receipt.number,
        issued_on=receipt.issued_on,
        amount_yen=receipt.amount_yen,
        note=_note(receipt, is_on_paper=is_on_paper),
        can_fetch=holds and not is_on_paper,
        can_reissue=holds,
    )


def _note(receipt: models.Receipt, *, is_on_paper: bool) -> str:
    if receipt.state == states.ReceiptState.WITHDRAWN:
        return WITHDRAWN_WORDS.get(receipt.withdrawn_reason, "取り消しました")
    if is_on_paper:
        return "原本は紙でお送りしています"
    if receipt.reissue_count:
        return f"再発行({receipt.reissue_count}回目)"
    return "訂正したもの" if receipt.replaces_id else ""


def _spelling_part(
    donor: membership_models.Donor, receipts: Sequence[models.Receipt], *, form: object
) -> SpellingPart | None:
    """Only for a name that e-Tax cannot write as it is, first for one nobody can write yet."""
    names = dict.fromkeys([*(receipt.donor_name for receipt in receipts), donor.full_name])
    written = {name: spelling_written(donor=donor, name=name) for name in names if name}
    differing = sorted(
        (name for name in written if written[name] != name), key=lambda name: bool(written[name])
    )
    if not differing:
        return None
    return SpellingPart(name=differing[0], etax_name=written[differing[0]], form=form)


def spelling_written(*, donor: membership_models.Donor, name: str) -> str:
    """This will return how a name is written for e-Tax, "" when the donor has to say."""
    try:
        return etax_files.etax_name(donor_id=donor.pk, name=name)
    except errors.SpellingMissing:
        return ""


def spelling_words(*, donor: membership_models.Donor) -> str:
    """This will say, after a name was stored, which letters are written otherwise elsewhere; ""
    when none are. The name itself is kept as it was typed, and is not repeated here.
    """
    written = letters.etax_written(donor.full_name)
    if spelling_written(donor=donor, name=donor.full_name) == donor.full_name:
        return ""
    if not written.is_whole:
        return (
            f"お名前の「{'」「'.join(written.unknown)}」は、e-Taxで使えない文字です。"
            "「受領証明書」のページで、電子データでの表記をお決めください。"
            "証明書には、このお名前のまま印刷します。"
        )
    pairs = "、".join(f"「{one}」は「{other}」" for one, other in written.replaced)
    return (
        f"証明書には、このお名前のまま印刷します。e-Tax用の電子データでは、{pairs}と記します"
        "(「受領証明書」のページで変えられます)。"
    )


def verify_page(
    *,
    form: object,
    asked: bool = False,
    found: Verified | None = None,
    refusal: messages.Message | None = None,
) -> VerifyPage:
    """This will describe the page on which a receipt is checked."""
    return VerifyPage(
        heading="受領証明書の確認",
        lead="証明書に印刷された番号と確認コードで、町が発行したものかどうかを確かめられます。",
        description="町が発行した寄附金受領証明書が本物かどうかを確かめるページです。",
        crumbs=(parts.Link(label="ホーム", url=reverse("storefront:home")),),
        form=form,
        asked=asked,
        found=found,
        refusal=refusal,
    )
