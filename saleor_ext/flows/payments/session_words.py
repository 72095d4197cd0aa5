"""What our payment app says in words, in Japanese and English, for whatever storefront shows it.

The shop keeps one line per event, which staff read in its Dashboard: Japanese first.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Words:
    """One sentence or two in both languages."""

    japanese: str
    english: str

    @property
    def both(self) -> str:
        """Both on one line."""
        return f"{self.japanese} / {self.english}"


WORDS: dict[str, Words] = {
    # What the checkout is like
    "attempt_unknown": Words(
        "このお支払いは会員プランのものではありません。",
        "This payment is not for a membership tier.",
    ),
    "tier_missing": Words(
        "会員プランがカートに入っていません。", "There is no membership tier in the checkout."
    ),
    "one_tier_only": Words(
        "一度にお申し込みいただけるのは、会員プラン一つを1点だけです。",
        "Exactly one piece of one membership tier can be paid at a time.",
    ),
    "channel_not_served": Words(
        "この販売チャネルではご寄附をお受けしていません。",
        "Donations are not taken in this channel.",
    ),
    "sign_in_required": Words(
        "会員としてのお手続きのため、サインインしてください。",
        "Please sign in: a membership belongs to an account.",
    ),
    "email_missing": Words("メールアドレスをご入力ください。", "Please give an e-mail address."),
    "discount_not_allowed": Words(
        "ご寄附にクーポンやギフトカードはお使いになれません。",
        "Vouchers, gift cards and discounts cannot be used for a donation.",
    ),
    "line_not_of_tier": Words(
        "会員プランのほかの商品とは一緒にお支払いになれません。",
        "Nothing but the tier and its gifts can be in this checkout.",
    ),
    "amount_not_tier": Words(
        "お支払いの額が会員プランの額と一致しません。",
        "The amount is not the membership tier's.",
    ),
    "currency_not_jpy": Words(
        "ご寄附は日本円、1円単位でだけお受けしています。",
        "Donations are taken in whole Japanese yen only.",
    ),
    "use_unknown": Words(
        "寄附金の使い道を、町の一覧から選び直してください。",
        "The town does not offer this use of donations.",
    ),
    "limit_unagreed": Words(
        "ご自分で決めた1年の上限をこえる見込みです。ご確認のうえ、承知の印をお付けください。",
        "This would exceed the yearly limit you have set yourself. Please confirm that you know.",
    ),
    "consent_missing": Words(
        "毎月のご寄附への同意が確かめられませんでした。",
        "The donor's consent to the donation is missing.",
    ),
    "checkout_changed": Words(
        "お支払いを始めたあとに内容が変わりました。お支払いをはじめからやり直してください。",
        "The checkout was changed after its payment was begun. Please begin a new payment.",
    ),
    "delivery_missing": Words(
        "お届けの方法が選ばれていません。", "No delivery method has been chosen."
    ),
    "box_not_set": Words(
        "今月のお礼の品がカートに入っていません。お支払いの準備からやり直してください。",
        "This month's gifts are not in the checkout. Please initialize the payment gateway again.",
    ),
    "out_of_stock": Words(
        "今月の品の用意できる数を超えてしまいました。",
        "This month's gifts are out of stock.",
    ),
    # Who gives
    "details_missing": Words(
        "お名前、ご住所、電話番号、生年月日のうち、まだいただいていないものがあります。",
        "Name, address, phone number or date of birth are not complete.",
    ),
    "details_invalid": Words(
        "ご入力の内容に、確かめられないところがあります。",
        "Something that was entered cannot be right.",
    ),
    "address_not_japan": Words(
        "住民票のご住所とお届け先は、日本国内に限ります。",
        "The registered address and the delivery address have to be in Japan.",
    ),
    "recipient_differs": Words(
        "お届け先のお名前は、ご寄附者と同じにしてください。",
        "The parcel's recipient has to be the donor.",
    ),
    "already_member": Words(
        "すでに会員プランにご加入いただいています。", "You have a membership already."
    ),
    "tier_closed": Words(
        "このプランは、いま新しいお申し込みをお受けしていません。",
        "This tier takes no new members now.",
    ),
    "resident_no_gift": Words(
        "住民票がこの町にある方には、法律の決まりでお礼の品をお送りできません。"
        "お礼の品なしのご寄附はお受けできます。",
        "By law no gifts can be sent to residents of the town."
        " A donation without gifts is welcome.",
    ),
    "under_20_alcohol": Words(
        "お届けにお酒が入っているため、20歳未満の方にはお送りできません。",
        "The parcels contain alcohol and cannot be sent to anybody under 20.",
    ),
    "under_18": Words(
        "カードでのご寄附は、18歳以上の方にお願いしています。",
        "Donations by card are for people of 18 and older.",
    ),
    "designation_ended": Words(
        "いま、この町はふるさと納税の指定期間の外にあるため、ご寄附をお受けできません。",
        "The town cannot take furusato nozei donations at present.",
    ),
    "box_missing": Words(
        "今月お届けする品がまだ決まっていません。お礼の品なしのご寄附はお受けできます。",
        "This month's gifts are not decided yet. A donation without gifts is welcome.",
    ),
    "box_over_limit": Words(
        "今月のお届けの内容を、町で見直しています。お礼の品なしのご寄附はお受けできます。",
        "The town is revising this month's gifts. A donation without gifts is welcome.",
    ),
    "gift_unlisted": Words(
        "今月のお届けの内容を、町で確かめています。お礼の品なしのご寄附はお受けできます。",
        "The town is checking this month's gifts. A donation without gifts is welcome.",
    ),
    # What became of it
    "attempt_open": Words(
        "先ほどのお手続きを、カード会社に確認しています。結果が分かるまでお待ちください。",
        "An earlier payment is still being looked into. Nothing is charged twice.",
    ),
    "day_limit_reached": Words(
        "本日は、これ以上ご寄附のお手続きができません。明日あらためてお試しください。",
        "No further donation can be made today. Please try again tomorrow.",
    ),
    "disputed": Words(
        "カードの持ち主の申し立てにより、カード会社が代金を引き戻しました。",
        "The card's bank took the money back because of a dispute.",
    ),
    "dispute_won": Words(
        "申し立ての審査が終わり、代金が戻りました。",
        "The dispute was decided for the town; the money came back.",
    ),
    "abandoned": Words(
        "このお支払いは取りやめになりました。ご寄附は行われていません。",
        "This payment was closed. Nothing was charged.",
    ),
    "provider_unavailable": Words(
        "決済の仕組みにつながりませんでした。しばらく待ってから、もう一度お試しください。",
        "The payment provider cannot be reached. Please try again in a while.",
    ),
    "shop_unavailable": Words(
        "ショップにつながりませんでした。しばらく待ってから、もう一度お試しください。",
        "The shop cannot be reached. Please try again in a while.",
    ),
    "unexpected_error": Words(
        "お手続きを進められませんでした。町の窓口へご連絡ください。",
        "Something went wrong. Please ask the town's office.",
    ),
    "place_unconfirmed": Words(
        "いまは一時的にご寄附をお受けしていません。", "Donations are not taken at the moment."
    ),
    "charging_stopped": Words(
        "いまは一時的にご寄附をお受けしていません。", "Donations are not taken at the moment."
    ),
    # What staff ask for in the shop's Dashboard
    "refund_partial": Words(
        "この額の返金はできません。全額か、まとめて寄附では、まだ生産者に連絡していない最後の箱の"
        "何回分かにあたる額(寄附の額を箱の数で割った額の倍数)を指定してください。",
        "A donation can be given back in full or, if it is prepaid, by as many of its last boxes as"
        " no producer knows of yet.",
    ),
    "refund_open": Words(
        "この寄附の返金は、すでに手続き中です。結果はこの取引に表示されます。",
        "A refund of this donation is under way already.",
    ),
    "nothing_to_refund": Words(
        "返金できる寄附がありません(受領前、または返金済みです)。",
        "There is nothing to give back: not received, or given back already.",
    ),
    "refund_failed": Words(
        "カード会社が返金を受け付けませんでした。決済代行の管理画面でお確かめください。",
        "The card's bank did not take the refund. Please look at the provider's own pages.",
    ),
    "refunded": Words("この寄附は返金済みです。", "This donation was given back."),
    "received_already": Words(
        "寄附はすでに受領しています。取り消すには返金を指定してください。",
        "The donation was received already. Please refund it instead.",
    ),
    "not_received": Words(
        "この寄附はまだ受領していません。寄附は本人のカード操作で受領し、あとから確定することはありません。",
        "Nothing was received. Donations are taken when the donor confirms, never captured later.",
    ),
    "not_supported": Words("この操作には対応していません。", "This is not supported."),
}

CARD_REFUSED = Words(
    "カード会社がこのカードの利用を承認しませんでした。ご寄附は行われていません。",
    "The card was not accepted. Nothing was charged.",
)


def words_of(code: str) -> Words:
    """This will put a code into words; what is not in the table is a card's decline."""
    return WORDS.get(code, CARD_REFUSED)
