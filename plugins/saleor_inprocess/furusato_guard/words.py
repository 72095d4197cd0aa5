"""What the buyer is told, in Japanese and in English, and the shop's code that goes with it.

Storefronts of the shop show these sentences as they are.
"""

from dataclasses import dataclass

JAPANESE = "ja"


@dataclass(frozen=True)
class Refusal:
    """One refusal.

    `shop_code` is one of the few codes that both ways of making an order know
    (CheckoutErrorCode and OrderCreateFromCheckoutErrorCode); another one would reach the buyer as
    an internal error.
    """

    shop_code: str
    ja: str
    en: str

    def message(self, language: str) -> str:
        """This will return both sentences, the reader's own language ("ja", "ja-jp") first."""
        is_japanese = language.lower().split("-")[0] == JAPANESE
        first, second = (self.ja, self.en) if is_japanese else (self.en, self.ja)
        return f"{first} / {second}"


REFUSALS: dict[str, Refusal] = {
    "currency_not_yen": Refusal(
        "channel_inactive",
        "ふるさと納税のご寄附は、日本円でのみお受けしています。",
        "Donations to the town can only be made in Japanese yen.",
    ),
    "discount_on_donation": Refusal(
        "voucher_not_applicable",
        "ご寄附に割引やクーポンはお使いいただけません。外してから、もう一度お進みください。",
        "Vouchers and discounts cannot be used for a donation. Please remove them and try again.",
    ),
    "gift_card_on_donation": Refusal(
        "gift_card_not_applicable",
        "ご寄附にギフトカードはお使いいただけません。外してから、もう一度お進みください。",
        "Gift cards cannot be used for a donation. Please remove it and try again.",
    ),
    "one_donation_only": Refusal(
        "unavailable_variant_in_channel",
        "会員プランは、一度に一つだけお選びください。",
        "Please choose one membership tier at a time.",
    ),
    "donor_unknown": Refusal(
        "unavailable_variant_in_channel",
        "ご寄附には会員登録が必要です。サインインしてから、もう一度お進みください。",
        "A donation needs an account. Please sign in and try again.",
    ),
    "gift_without_donation": Refusal(
        "unavailable_variant_in_channel",
        "お礼の品だけをお送りすることはできません。会員プランと一緒にお選びください。",
        "A thank-you gift cannot be ordered on its own. Please choose it with a membership tier.",
    ),
    "resident_no_gift": Refusal(
        "unavailable_variant_in_channel",
        "町にお住まいの方には、法令によりお礼の品をお送りできません。"
        "お礼の品なしでのご寄附は、ありがたくお受けします。",
        "The law does not allow gifts to residents of the town. "
        "A donation without a gift is welcome.",
    ),
    "gifts_not_the_box": Refusal(
        "unavailable_variant_in_channel",
        "お選びのお礼の品は、この会員プランの今月の箱と違います。"
        "品を外すか、今月の箱のとおりにして、もう一度お進みください。",
        "These gifts are not this month's box of the tier. "
        "Please take the box as it is, or no gift.",
    ),
    "donation_not_recorded": Refusal(
        "unavailable_variant_in_channel",
        "このお支払いは、町のご寄附の記録にありません。町の窓口へお問い合わせください。",
        "This payment is not in the town's record of donations. Please contact the town office.",
    ),
    "salon_away": Refusal(
        "graphql_error",
        "お礼の品をお送りできるかを、いま確かめることができません。"
        "お支払いの状態は変わりません。しばらく待ってから、もう一度お進みください。",
        "We cannot check just now whether the gift may be sent. Your payment stays as it is. "
        "Please try again in a little while.",
    ),
}

UNKNOWN = Refusal(
    "graphql_error",
    "このご注文はお受けできません。町の窓口へお問い合わせください。",
    "This order cannot be taken. Please contact the town office.",
)


def refusal(code: str) -> Refusal:
    """This will return the words for a code; a newer salon may know codes that are new to us."""
    return REFUSALS.get(code, UNKNOWN)
