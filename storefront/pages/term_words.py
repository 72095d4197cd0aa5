"""What choices about prepaid terms would do, in words, and how a term stands."""

from datetime import date

from django.urls import reverse

from saleor_ext.common import jptime, money
from saleor_ext.flows.choices import after_term, term, term_view
from saleor_ext.flows.choices.after_term import END, AfterPreview
from saleor_ext.flows.choices.swap import SwapPreview
from saleor_ext.flows.choices.term import TermPreview
from saleor_ext.membership import models, outlook, states
from storefront.pages import choices
from storefront.pages.choices import ChoiceRow, Fact, PreviewWords


def term_intro(membership: models.Membership, today: date) -> tuple[str, ...]:
    """This will say what a prepaid term is."""
    return (
        "一度のご寄附で、何か月かの箱をまとめてお届けします。",
        "寄附金受領証明書は、その一度のご寄附について発行されます。",
        "変えられるいちばん近い月から始まり、期間のあとは、お選びにならないかぎり自然に終わります。",
    )


def term_words(preview: TermPreview) -> PreviewWords:
    """This will say what beginning a term means, or not to begin it after all."""
    if preview.box_count == 1:
        return PreviewWords(
            effective_words=choices.effective_words(preview, "のご寄附から、毎月のままにします"),
            facts=(
                Fact(label="プラン", value=preview.tier_name),
                choices.next_fact(preview),
                *choices.change_fact(preview),
            ),
        )
    last = _between(preview.last_box_from, preview.last_box_to)
    return PreviewWords(
        effective_words=choices.effective_words(preview, "に、まとめてご寄附をお受けします"),
        facts=(
            Fact(label="プラン", value=preview.tier_name),
            Fact(label="一度のご寄附", value=money.words(preview.amount_yen)),
            Fact(label="お届けする回数", value=f"{preview.box_count}回({_span(preview.months)})"),
            Fact(label="最後の箱の発送", value=last),
            *choices.change_fact(preview),
        ),
        notes=(
            "期間のあいだ、ほかのご寄附はありません。月を見送ると、その月の箱は期間のおわりに移ります。",
        ),
    )


def term_done(preview: TermPreview) -> str:
    """This will confirm it."""
    if preview.box_count == 1:
        return "毎月のご寄附のまま続けます。確認のメールをお送りします。"
    day = jptime.words(preview.effective_on)
    return f"{day}からまとめて寄附に変わります。確認のメールをお送りします。"


def after_intro(membership: models.Membership, today: date) -> tuple[str, ...]:
    """This will say until when it can be chosen."""
    found = outlook.term_of(membership, today=today)
    if found is None:
        return ()
    last = found.boxes[-1].dates
    until = jptime.words(found.after_dates.change_until)
    return (
        f"まとめて寄附の最後の箱は、{_between(last.ship_from, last.ship_to)}に発送します。",
        f"期間のあとのことは、{until}まで何度でも選び直せます。",
        "お選びにならなければ、期間のおわりで自然に終わります。",
    )


def after_words(preview: AfterPreview) -> PreviewWords:
    """This will say what comes after the term."""
    last = _between(preview.last_box_from, preview.last_box_to)
    facts = (Fact(label="いまの期間の最後の箱", value=f"{last}に発送"),)
    if preview.after == END:
        return PreviewWords(
            effective_words=f"{last}に発送する箱で終わります",
            facts=(
                *facts,
                Fact(label="次のご寄附", value="ありません"),
                *choices.change_fact(preview),
            ),
            notes=("ご寄附いただいた分は、最後の箱までお届けします。",),
        )
    return PreviewWords(
        effective_words=choices.effective_words(preview, "に、次のご寄附をお受けします"),
        facts=(
            *facts,
            Fact(label="次のプラン", value=preview.tier_name),
            Fact(label="ご寄附の額", value=_giving(preview)),
            *choices.change_fact(preview),
        ),
        notes=("ご寄附日の前に、あらためてメールでお知らせします。",),
    )


def _giving(preview: AfterPreview) -> str:
    amount = money.words(preview.amount_yen)
    if preview.box_count > 1:
        return f"一度に{amount}({preview.box_count}回のお届け)"
    return f"毎月{amount}"


def after_done(preview: AfterPreview) -> str:
    """This will confirm it."""
    if preview.after == END:
        return "期間のおわりで終了します。確認のメールをお送りします。"
    return f"期間のあとは{preview.tier_name}を続けます。確認のメールをお送りします。"


def swap_intro(membership: models.Membership, today: date) -> tuple[str, ...]:
    """This will say what is offered."""
    return (
        "その月に町が用意するほかの箱から、お選びいただけます。",
        "ご寄附1件についてお贈りできる品の額は法律で決まっています。",
        "期間のほかの箱とあわせて、その中に収まる箱だけをお見せしています。",
    )


def swap_words(preview: SwapPreview) -> PreviewWords:
    """This will say which box comes instead of which."""
    ship = _between(preview.ship_from, preview.ship_to)
    allergens = "、".join(preview.allergens) or "特定原材料の表示はありません"
    return PreviewWords(
        effective_words=f"{ship}に発送する箱から",
        facts=(
            Fact(label="届く箱", value=preview.title),
            Fact(label="中身", value="、".join(preview.contents)),
            Fact(label="アレルギーの表示", value=allergens),
            Fact(label="いまの予定", value=preview.before or "まだ決まっていません"),
            *choices.change_fact(preview),
        ),
        notes=("ご寄附の額と、ほかの月の箱は変わりません。",),
    )


def swap_done(preview: SwapPreview) -> str:
    """This will confirm it."""
    month = f"{preview.month.month}月分" if preview.month else ""
    return f"{month}の箱を「{preview.title}」に変えました。確認のメールをお送りします。"


def term_rows(membership: models.Membership, *, today: date) -> tuple[ChoiceRow, ...]:
    """This will list how a prepaid term stands, and what can be chosen about it."""
    if membership.tier.kind == states.TierKind.PREPAID:
        return _prepaid_rows(membership, today=today)
    if membership.tier.kind != states.TierKind.MONTHLY or membership.state not in term.MAY_BEGIN:
        return ()
    if membership.next_tier_id is None and not term.tiers_offered(membership=membership):
        return ()
    return (
        ChoiceRow(
            title="まとめて寄附",
            now=_switch_now(membership),
            url=reverse("storefront:my_term"),
            label="まとめて寄附に切り替える",
        ),
    )


def _switch_now(membership: models.Membership) -> str:
    tier = membership.next_tier
    if tier is not None and tier.kind == states.TierKind.PREPAID:
        return f"次に変えられる月から、{tier.name}に切り替わります"
    return "いまは毎月のご寄附です"


def _prepaid_rows(membership: models.Membership, *, today: date) -> tuple[ChoiceRow, ...]:
    found = outlook.term_of(membership, today=today)
    if found is None:
        return ()
    return (
        ChoiceRow(title="まとめて寄附の期間", now=stand_words(found), url="", label=""),
        ChoiceRow(
            title="期間のあと",
            now=after_now_words(membership, found),
            url=reverse("storefront:my_after_term") if _may_choose(membership) else "",
            label="期間のあとを選ぶ",
        ),
        ChoiceRow(
            title="箱の入れ替え",
            now="まだ変えられる月の箱を、ほかの箱にできます",
            url=reverse("storefront:my_swap") if _may_choose(membership) else "",
            label="ほかの箱にする",
        ),
    )


def _may_choose(membership: models.Membership) -> bool:
    return membership.state in term_view.GOING_ON


def stand_words(found: outlook.TermOutlook) -> str:
    """This will say how many boxes of a term are still to come, and when the last one leaves."""
    total = found.paying.boxes
    last = found.boxes[-1].dates
    return (
        f"{jptime.words(found.paying.charge_on)}のご寄附 {money.words(found.paying.amount_yen)}で"
        f"{total}回のお届け。あと{found.left}回、最後の発送は"
        f"{_between(last.ship_from, last.ship_to)}です"
    )


def after_now_words(membership: models.Membership, found: outlook.TermOutlook) -> str:
    """This will say what comes after a term as things stand."""
    until = jptime.words(found.after_dates.change_until)
    tier = membership.next_tier or membership.tier
    if after_term.after_now(membership) == END:
        return f"期間のおわりで終了します({until}まで選べます)"
    day = jptime.words(found.after_dates.charge_on)
    return f"{day}に{tier.name} {money.words(tier.amount_yen)}のご寄附({until}まで選べます)"


def _span(months: tuple[date, ...]) -> str:
    first, last = months[0], months[-1]
    return f"{first.year}年{first.month}月分から{last.year}年{last.month}月分まで"


def _between(first: date | None, last: date | None) -> str:
    if first is None or last is None:
        return "まだ決まっていません"
    return f"{jptime.words(first)}から{jptime.words_short(last)}"
