"""What giving a membership away, and sending one month's box elsewhere, would do, in words."""

from collections.abc import Iterable
from datetime import date

from saleor_ext.common import jptime
from saleor_ext.flows.choices.giving import GivePreview
from saleor_ext.flows.choices.month_address import MonthAddressPreview
from saleor_ext.flows.choices.swap_wish import SwapWishPreview
from saleor_ext.membership import models
from storefront.pages import choices
from storefront.pages.choices import Fact, PreviewWords

WISHES = {
    "ask": "そのつど、メールで選ぶ",
    "accept": "代わりの品を受け取る",
    "carry": "その月を見送って、持ち越す",
}
STAYS = (
    "ご寄附、寄附金受領証明書、1年の上限は、これまでどおりお客さまのものです。"
    "お受け取りの方に、金額をお見せすることはありません。"
)


def give_intro(membership: models.Membership, today: date) -> tuple[str, ...]:
    """This will say what giving a membership away is."""
    return (
        (
            "お届けと会員の読みもの、催しを、ほかの方へ贈れます。"
            "メールでご案内をお送りし、お相手がご自分のアカウントでお受け取りになります。"
        ),
        STAYS,
        "町にお住まいの方へは、法律の決まりでお礼の品をお送りできません。",
    )


def give_words(preview: GivePreview) -> PreviewWords:
    """This will say what offering the membership means."""
    return PreviewWords(
        effective_words=f"{jptime.words(preview.effective_on)}に、ご案内のメールをお送りします",
        facts=(
            Fact(label="ご案内の送り先", value=preview.to),
            Fact(label="お受け取りの期日", value=_day(preview.expires_on)),
            Fact(
                label="贈る方へのお届け",
                value=f"お受け取りになったあと、{_month(preview.month)}から"
                if preview.month
                else "お受け取りになったあと、次に予定される月から",
            ),
            *_fixed_fact(preview, "お客さまへお届けする月(すでに支度に入った分)"),
            Fact(label="取り消し", value="いつでも、取り下げと取り戻しができます"),
        ),
        notes=(
            (
                "お受け取りになるまで、なにも変わりません。お受け取りになると、お届けと、会員の"
                "読みもの、催しは、お相手のものになります。"
            ),
            STAYS,
        ),
    )


def give_done(preview: GivePreview) -> str:
    """This will confirm that the offer is on its way."""
    return f"ご案内をお送りしました。{_day(preview.expires_on)}までお受け取りいただけます。"


def take_back_words(preview: GivePreview) -> PreviewWords:
    """This will say what taking it back means."""
    if not preview.is_accepted:
        return PreviewWords(
            effective_words=f"{jptime.words(preview.effective_on)}に、ご案内を取り下げます",
            facts=(Fact(label="お送りしたリンク", value="その場で使えなくなります"),),
            notes=("まだお受け取りになっていないため、ほかに変わることはありません。",),
        )
    return PreviewWords(
        effective_words=f"{jptime.words(preview.effective_on)}に、会員を取り戻します",
        facts=(
            Fact(label="読みものと催し", value="その場でお客さまのものに戻ります"),
            Fact(
                label="お客さまへのお届け",
                value=f"{_month(preview.month)}から" if preview.month else "次に予定される月から",
            ),
            *_fixed_fact(preview, "お受け取りの方へお届けする月(すでに支度に入った分)"),
        ),
        notes=("お受け取りになった方へは、終わりになったことだけをメールでお知らせします。",),
    )


def take_back_done(preview: GivePreview) -> str:
    """This will confirm that it was taken back."""
    return "会員を取り戻しました。" if preview.is_accepted else "ご案内を取り下げました。"


def leave_words(preview: GivePreview) -> PreviewWords:
    """This will say what giving it back means, to whoever received it."""
    return PreviewWords(
        effective_words=f"{jptime.words(preview.effective_on)}に、お受け取りを終えます",
        facts=(
            Fact(label="読みものと催し", value="会員の方だけのものは、ご覧いただけなくなります"),
            *_fixed_fact(preview, "これからお届けする月(すでに支度に入った分)"),
        ),
        notes=("贈った方へは、お受け取りを終えたことをメールでお知らせします。",),
    )


def leave_done(preview: GivePreview) -> str:
    """This will confirm that it was given back."""
    return "贈りもののお受け取りを終えました。"


def address_intro(membership: models.Membership, today: date) -> tuple[str, ...]:
    """This will say what an address for one month is."""
    return (
        (
            "旅行中やご帰省のときなど、選んだ月のお届けだけを、別のところへお送りします。"
            "次の月からは、ひとりでに、いつものお届け先に戻ります。"
        ),
    )


def address_words(preview: MonthAddressPreview) -> PreviewWords:
    """This will say where the box goes, and that it is only this one."""
    address = dict(preview.address)
    place = " ".join(
        part
        for part in (
            f"〒{address['postal_code']}",
            address["prefecture"] + address["city"] + address["street"],
            address["building"],
        )
        if part
    )
    return PreviewWords(
        effective_words=f"{_month(preview.month)}のお届けだけ、送り先を変えます",
        facts=(
            Fact(label="お届け先", value=place),
            Fact(label="受け取る方", value=f"{address['family_name']}　{address['given_name']} 様"),
            Fact(label="電話番号", value=address["phone"]),
            Fact(label="発送の期間", value=_span(preview)),
            Fact(label="次の月から", value="いつものお届け先に戻ります"),
            *choices.change_fact(preview),
        ),
    )


def address_done(preview: MonthAddressPreview) -> str:
    """This will confirm it."""
    return f"{_month(preview.month)}のお届け先を変えました。確認のメールをお送りします。"


def return_words(preview: MonthAddressPreview) -> PreviewWords:
    """This will say that the box goes to the usual address again."""
    return PreviewWords(
        effective_words=f"{_month(preview.month)}のお届けを、いつものお届け先へお送りします",
        facts=(
            Fact(label="発送の期間", value=_span(preview)),
            *choices.change_fact(preview),
        ),
    )


def return_done(preview: MonthAddressPreview) -> str:
    """This will confirm it."""
    return f"{_month(preview.month)}のお届け先を、いつものところに戻しました。"


def _span(preview: MonthAddressPreview) -> str:
    return f"{jptime.words_short(preview.effective_on)}から{jptime.words_short(preview.ship_to)}"


def _month(month: date | None) -> str:
    return f"{month.year}年{month.month}月分" if month else ""


def _day(day: date | None) -> str:
    return jptime.words(day) if day else ""


def _fixed_fact(preview: GivePreview, label: str) -> Iterable[Fact]:
    if preview.locked_months:
        words = "、".join(_month(month) for month in preview.locked_months)
        yield Fact(label=label, value=words)


def wish_intro(membership: models.Membership, today: date) -> tuple[str, ...]:
    """This will say what the wish is for."""
    return (
        (
            "不作や不漁で、予定の品をご用意できないことがあります。"
            "そのとき、生産者や町が、決まりの範囲(寄附の3割まで)で代わりの品を提案します。"
        ),
        "もとの品に含まれていないアレルゲンがある品を、お伺いせずにお送りすることはありません。",
    )


def wish_words(preview: SwapWishPreview) -> PreviewWords:
    """This will say what a wish means."""
    facts = [Fact(label="品をご用意できないとき", value=WISHES[preview.wish])]
    if preview.wish != "carry":
        facts.append(Fact(label="期日までにお返事がないとき", value=WISHES[preview.silence]))
    return PreviewWords(
        effective_words=f"{jptime.words(preview.effective_on)}から、このご希望のとおりにします",
        facts=tuple(facts),
        notes=("すでにお伺いしている月があるときは、その月のお返事をお選びください。",),
    )


def wish_done(preview: SwapWishPreview) -> str:
    """This will confirm it."""
    return "代わりの品のご希望を控えました。"
