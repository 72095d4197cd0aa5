"""What choices would do, in words."""

from datetime import date

from saleor_ext.common import money
from saleor_ext.flows.choices.skip import SkipPreview, skips_used
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


def skip_done(preview: SkipPreview) -> str:
    """This will confirm a month that was left out."""
    return f"{_month(preview)}を見送りました。確認のメールをお送りします。"


def skip_undo_words(preview: SkipPreview) -> PreviewWords:
    """This will say what bringing back a month means."""
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
