"""What choices about a membership as a whole would do, in words: pause, tier, day, end."""

from datetime import date

from saleor_ext.common import jptime, money
from saleor_ext.flows.choices import pause
from saleor_ext.flows.choices.anchor import AnchorPreview
from saleor_ext.flows.choices.cancel import CancelPreview
from saleor_ext.flows.choices.pause import PausePreview
from saleor_ext.flows.choices.tier import TierPreview
from saleor_ext.membership import models, states
from storefront.pages import choices
from storefront.pages.choices import Fact, PreviewWords


def month_words(month: date | None) -> str:
    """This will name a month with its year."""
    return f"{month.year}年{month.month}月分" if month else ""


def pause_intro(membership: models.Membership, today: date) -> tuple[str, ...]:
    """This will say what a pause is."""
    last = jptime.words(pause.last_day(today=today))
    is_of_term = membership.tier.kind == states.TierKind.PREPAID
    boxes = "お休みした月の箱は、期間のおわりに移ります。お届けする回数は変わりません。"
    return (
        (
            "お休みのあいだは、ご寄附もお届けもありません。"
            "読みものと催しは、これまでどおりお楽しみいただけます。"
        ),
        *((boxes,) if is_of_term else ()),
        (
            f"再開する日より前に{'毎月の基準の日' if is_of_term else 'ご寄附日'}が来る月を、"
            "お休みにします。"
            f"再開の日は{last}までの中からお選びください。"
        ),
        "その日が来ると自動で再開します。再開の前に、メールでお知らせします。",
    )


def pause_words(preview: PausePreview) -> PreviewWords:
    """This will say what a pause means."""
    first, last = month_words(preview.month), month_words(preview.last_month)
    notes = []
    if preview.locked_on is not None:
        notes.append(
            f"{jptime.words(preview.locked_on)}のご寄附は、変更の締切を過ぎているため、"
            "予定どおりにお受けしてお届けします。お休みは、そのあとからです。"
        )
    if preview.fixed_box_from is not None:
        notes.append(
            f"{jptime.words(preview.fixed_box_from)}から発送する箱は、変更の締切を過ぎているため、"
            "予定どおりにお届けします。お休みは、そのあとからです。"
        )
    if preview.is_of_term:
        notes.append("お受けしたご寄附はそのままです。箱の数も変わりません。")
    notes.append("お休みのあいだも、いつでも早めに再開できます。")
    what = "のお届けから" if preview.is_of_term else "のご寄附から"
    return PreviewWords(
        effective_words=choices.effective_words(preview, f"{what}お休みします"),
        facts=(
            Fact(label="お休みする月", value=first if first == last else f"{first}から{last}まで"),
            Fact(label="再開する日", value=jptime.words(preview.resume_on)),
            *_box_facts(preview),
            choices.next_fact(preview),
            *choices.change_fact(preview),
        ),
        notes=tuple(notes),
    )


def _box_facts(preview: PausePreview) -> tuple[Fact, ...]:
    """When the next and the last box of a prepaid term leave."""
    facts = []
    if preview.is_of_term and preview.next_box_from is not None:
        facts.append(
            Fact(label="次のお届け", value=f"{jptime.words(preview.next_box_from)}から発送")
        )
    if preview.last_box_from is not None:
        value = (
            f"{month_words(preview.last_box_month)}({jptime.words(preview.last_box_from)}から発送)"
        )
        facts.append(Fact(label="期間の最後の箱", value=value))
    return tuple(facts)


def pause_done(preview: PausePreview) -> str:
    """This will confirm a pause."""
    day = jptime.words(preview.resume_on)
    return f"お休みを承りました。{day}に再開します。確認のメールをお送りします。"


def resume_words(preview: PausePreview) -> PreviewWords:
    """This will say what going on means."""
    return PreviewWords(
        effective_words=choices.effective_words(preview, "(今日)から再開します"),
        facts=(
            Fact(label="再開する最初の月", value=month_words(preview.month) or "ありません"),
            *_box_facts(preview),
            choices.next_fact(preview),
        ),
        notes=("変更の締切を過ぎた月は、お休みのままになります。",),
    )


def resume_done(preview: PausePreview) -> str:
    """This will confirm that the pause is over."""
    return "お休みから再開しました。おかえりなさい。確認のメールをお送りします。"


def anchor_intro(membership: models.Membership, today: date) -> tuple[str, ...]:
    """This will say what the donation day is."""
    return (
        f"いまのご寄附日は、毎月{membership.anchor_day}日です。",
        (
            "その日のない月は、月の最後の日になります。"
            "どの月のご寄附も1回のままで、重なることも抜けることもありません。"
        ),
    )


def anchor_words(preview: AnchorPreview) -> PreviewWords:
    """This will say what another donation day means."""
    begin = (
        "のご寄附から、新しい日になります" if preview.has_donation else "から、新しい日になります"
    )
    is_given = preview.has_donation or preview.next_donation_on is not None
    notes = []
    if preview.last_on_old is not None:
        notes.append(
            f"{jptime.words(preview.last_on_old)}までは、これまでの日のままです。"
            "変更の締切を過ぎているか、新しい日では締切に間に合わないためです。"
        )
    return PreviewWords(
        effective_words=choices.effective_words(preview, begin),
        facts=(
            Fact(
                label="ご寄附日",
                value=f"毎月{preview.day_from}日から、毎月{preview.day_to}日に変わります",
            ),
            Fact(label="最初の月", value=month_words(preview.month)),
            Fact(label="その月の発送", value=f"{jptime.words(preview.ship_from)}から"),
            *((choices.next_fact(preview),) if is_given else ()),
            *choices.change_fact(preview),
        ),
        notes=tuple(notes),
    )


def anchor_done(preview: AnchorPreview) -> str:
    """This will confirm another donation day."""
    return f"ご寄附日を毎月{preview.day_to}日にしました。確認のメールをお送りします。"


def tier_intro(membership: models.Membership, today: date) -> tuple[str, ...]:
    """This will say what another tier means."""
    return (
        f"いまのプランは{membership.tier.name}です。",
        (
            "これから変えられる最初の月から、ご寄附の額とお届けが変わります。"
            "日割りの計算や追加のお引き落としはありません。"
        ),
    )


def tier_words(preview: TierPreview) -> PreviewWords:
    """This will say what another tier means for this member."""
    if preview.ends_on is not None:
        return _free_words(preview)
    notes = [
        "上のプランの読みものは、新しい額のご寄附をお受けした日に開きます。"
        if preview.is_up
        else "いまのプランの読みものは、その前の日までご覧いただけます。"
    ]
    if preview.locked_on is not None:
        notes.insert(
            0,
            f"{jptime.words(preview.locked_on)}のご寄附は、変更の締切を過ぎているため、"
            "いまのプランのままです。",
        )
    return PreviewWords(
        effective_words=choices.effective_words(preview, "のご寄附から変わります"),
        facts=(
            Fact(label="プラン", value=f"{preview.tier_from}から{preview.tier_to}へ"),
            Fact(
                label="毎月のご寄附",
                value=f"{money.words(preview.amount_from_yen)}から"
                f"{money.words(preview.amount_to_yen)}へ",
            ),
            Fact(label="最初の月", value=month_words(preview.month)),
            choices.next_fact(preview),
            *choices.change_fact(preview),
        ),
        notes=tuple(notes),
    )


def _free_words(preview: TierPreview) -> PreviewWords:
    ends_on = preview.ends_on or preview.effective_on
    return PreviewWords(
        effective_words=choices.effective_words(preview, "から無料の会員になります"),
        facts=(
            Fact(label="プラン", value=f"{preview.tier_from}から{preview.tier_to}へ"),
            Fact(label="いまのプランの最後の日", value=jptime.words(ends_on)),
            choices.next_fact(preview),
            *choices.change_fact(preview),
        ),
        notes=("ご寄附済みの分は、これまでどおりお届けします。ご寄附の記録も残ります。",),
    )


def tier_done(preview: TierPreview) -> str:
    """This will confirm another tier."""
    day = jptime.words(preview.effective_on)
    return f"{day}から{preview.tier_to}に変わります。確認のメールをお送りします。"


def cancel_intro(membership: models.Membership, today: date) -> tuple[str, ...]:
    """This will say what leaving means, and what else there is."""
    return (
        (
            "終了のお手続きをすると、これからのご寄附はなくなります。"
            "ご寄附済みの分はお届けし、読みものは会員の最後の日までご覧いただけます。"
        ),
        "しばらくのあいだだけなら、お休みやひと月の見送りもお選びいただけます。",
    )


def cancel_words(preview: CancelPreview) -> PreviewWords:
    """This will say what leaving means for this member."""
    if preview.is_free:
        return PreviewWords(
            effective_words="今日で会員を終わります",
            facts=(Fact(label="会員の最後の日", value=jptime.words(preview.ends_on)),),
            notes=("また会員になってくださるのを、いつでもお待ちしています。",),
        )
    notes = ["これまでのご寄附の記録は、終了したあともマイページでご覧いただけます。"]
    if preview.under_way_on is not None:
        notes.insert(
            0,
            f"{jptime.words(preview.under_way_on)}のご寄附は、いまお受けしている途中です。"
            "お受けできたときは、その分もお届けします。",
        )
    return PreviewWords(
        effective_words=f"{jptime.words(preview.ends_on)}で会員を終わります",
        facts=(
            Fact(label="会員の最後の日", value=jptime.words(preview.ends_on)),
            *_not_taken(preview),
            choices.next_fact(preview),
            *choices.change_fact(preview),
        ),
        notes=tuple(notes),
    )


def _not_taken(preview: CancelPreview) -> tuple[Fact, ...]:
    if preview.not_taken_on is None or preview.not_taken_yen is None:
        return ()
    words = f"{jptime.words(preview.not_taken_on)} {money.words(preview.not_taken_yen)}から"
    return (Fact(label="行われないご寄附", value=words),)


def cancel_done(preview: CancelPreview) -> str:
    """This will confirm the end."""
    if preview.is_free:
        return "会員を終了しました。ありがとうございました。"
    return (
        f"終了のお手続きを承りました。{jptime.words(preview.ends_on)}まで会員です。"
        "確認のメールをお送りします。"
    )


def cancel_undo_words(preview: CancelPreview) -> PreviewWords:
    """This will say what going on after all means."""
    return PreviewWords(
        effective_words=choices.effective_words(preview, "(今日)から、会員を続けます"),
        facts=(
            Fact(label="次の月", value=month_words(preview.month)),
            choices.next_fact(preview),
        ),
        notes=("締切を過ぎて取りやめになった月は、取りやめのままになります。",),
    )


def cancel_undo_done(preview: CancelPreview) -> str:
    """This will confirm that the membership goes on."""
    return "終了を取り消しました。ありがとうございます。確認のメールをお送りします。"
