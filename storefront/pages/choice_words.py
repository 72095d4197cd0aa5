"""What choices would do, in words."""

from collections.abc import Iterator
from datetime import date

from saleor_ext.common import jptime, money
from saleor_ext.flows.choices import year_turn
from saleor_ext.flows.choices.skip import SkipPreview, skips_used
from saleor_ext.flows.choices.year_turn import YearTurnPreview
from saleor_ext.membership import models, selectors
from storefront.pages import choices
from storefront.pages.choices import Fact, PreviewWords


def _month(preview: SkipPreview) -> str:
    return f"{preview.month.year}年{preview.month.month}月分" if preview.month else ""


def skip_intro(membership: models.Membership, today: date) -> tuple[str, ...]:
    """This will say what leaving out a month is, and how often it can still be done."""
    most = selectors.municipality_get().skips_per_year
    used = skips_used(donor_id=membership.donor_id, year=today.year)
    return (
        "見送った月は、ご寄附もお届けもありません。ほかの月はこれまでどおりです。",
        f"見送りは、1年(1月から12月まで)に{most}回までです。",
        f"{today.year}年は、あと{max(most - used, 0)}回お選びいただけます。",
    )


def skip_words(preview: SkipPreview) -> PreviewWords:
    """This will say what leaving out a month means."""
    if preview.is_of_term:
        return _term_skip_words(preview)
    return PreviewWords(
        effective_words=choices.effective_words(preview, "のご寄附を見送ります"),
        facts=(
            Fact(label="見送る月", value=_month(preview)),
            Fact(label="行われないご寄附", value=money.words(preview.amount_yen)),
            choices.next_fact(preview),
            *choices.change_fact(preview),
            Fact(
                label=f"{preview.effective_on.year}年の見送り",
                value=f"{preview.used}回目({preview.most}回まで)",
            ),
        ),
        notes=(
            "この月のお届けもありません。読みものと催しは、これまでどおりお楽しみいただけます。",
        ),
    )


def _term_skip_words(preview: SkipPreview) -> PreviewWords:
    """The box is paid for: it moves to the end of the term."""
    return PreviewWords(
        effective_words=choices.effective_words(preview, "からのお届けを見送ります"),
        facts=(
            Fact(label="見送る月", value=_month(preview)),
            _last_box(preview),
            choices.next_fact(preview),
            *choices.change_fact(preview),
            Fact(
                label=f"{preview.effective_on.year}年の見送り",
                value=f"{preview.used}回目({preview.most}回まで)",
            ),
        ),
        notes=(
            "この月の箱は、まとめて寄附の期間のおわりに移ります。お届けする回数は変わりません。",
        ),
    )


def _last_box(preview: SkipPreview) -> Fact:
    if preview.last_box_month is None or preview.last_box_from is None:
        return Fact(label="期間の最後の箱", value="まだ決まっていません")
    month = f"{preview.last_box_month.year}年{preview.last_box_month.month}月分"
    day = jptime.words(preview.last_box_from)
    return Fact(label="期間の最後の箱", value=f"{month}({day}から発送)")


def skip_done(preview: SkipPreview) -> str:
    """This will confirm a month that was left out."""
    return f"{_month(preview)}を見送りました。確認のメールをお送りします。"


def skip_undo_words(preview: SkipPreview) -> PreviewWords:
    """This will say what bringing back a month means."""
    if preview.is_of_term:
        return PreviewWords(
            effective_words=choices.effective_words(preview, "から、予定どおりお届けします"),
            facts=(
                Fact(label="もどす月", value=_month(preview)),
                _last_box(preview),
                choices.next_fact(preview),
                *choices.change_fact(preview),
            ),
            notes=("期間のおわりに移した箱が、この月にもどります。",),
        )
    return PreviewWords(
        effective_words=choices.effective_words(preview, "に、予定どおりご寄附をお受けします"),
        facts=(
            Fact(label="もどす月", value=_month(preview)),
            Fact(label="ご寄附の額", value=money.words(preview.amount_yen)),
            choices.next_fact(preview),
            *choices.change_fact(preview),
        ),
        notes=("この月のお届けも、予定にもどります。",),
    )


def skip_undo_done(preview: SkipPreview) -> str:
    """This will confirm a month that came back."""
    return f"{_month(preview)}の見送りを取り消しました。確認のメールをお送りします。"


def year_turn_intro(membership: models.Membership, today: date) -> tuple[str, ...]:
    """This will say why the donor is asked."""
    cycle = year_turn.asked_month(membership_id=membership.pk, today=today)
    if cycle is None:
        return ()
    year = cycle.charge_on.year
    return (
        (
            f"{year}年{cycle.month.month}月分のご寄附({money.words(cycle.amount_yen)})を、"
            f"{year}年のうちにお受けできていません。"
        ),
        (
            f"これからお受けすると{year}年ではなく、お受けした年のご寄附になり、"
            "控除の対象になる年が変わります。お選びいただくまで、カードでのお手続きはしません。"
        ),
    )


def year_turn_words(preview: YearTurnPreview) -> PreviewWords:
    """This will say what an answer means."""
    if preview.answer == year_turn.Answer.LEAVE_OUT:
        return PreviewWords(
            effective_words=choices.effective_words(preview, "に見送りが決まります"),
            facts=(
                Fact(label="見送る月", value=_month(preview)),
                Fact(label="行われないご寄附", value=money.words(preview.amount_yen)),
                choices.next_fact(preview),
            ),
            notes=("この月のお届けもありません。あとから取り消すことはできません。",),
        )
    return PreviewWords(
        effective_words=choices.effective_words(preview, "から、お受けします"),
        facts=(
            Fact(label="どの月の分ですか", value=_month(preview)),
            Fact(label="ご寄附の額", value=money.words(preview.amount_yen)),
            Fact(label="どの年のご寄附になりますか", value=f"{preview.year}年"),
            Fact(
                label=f"{preview.year}年の見込み(この分を含む)",
                value=money.words(preview.year_yen),
            ),
            choices.next_fact(preview),
        ),
        notes=tuple(_carry_notes(preview)),
    )


def _carry_notes(preview: YearTurnPreview) -> Iterator[str]:
    if preview.limit_yen is not None and preview.year_yen > preview.limit_yen:
        yield (
            f"{preview.year}年の上限{money.words(preview.limit_yen)}をこえる見込みです。"
            "この分は、お選びのとおりお受けします。"
        )
    if preview.needs_card:
        yield "カード会社がこのカードを承認しなかったため、カードを入力し直していただきます。"
    yield "お届けは、ご寄附をお受けしてから支度を始めます。"


def year_turn_done(preview: YearTurnPreview) -> str:
    """This will confirm an answer."""
    if preview.answer == year_turn.Answer.LEAVE_OUT:
        return f"{_month(preview)}を見送りました。確認のメールをお送りします。"
    return f"{_month(preview)}を、{preview.year}年のご寄附としてお受けします。"
