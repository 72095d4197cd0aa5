"""A card's decline codes in words.

Cards that are reported lost, stolen or suspicious get the same words as any other refusal of the
bank: the card's holder learns more from his bank than from us.
"""

from storefront.message import ASK_BANK, CHECK_INPUT, NO_MONEY, OTHER_CARD, TRY_LATER, Message

_BANK = Message("カード会社がこのカードの利用を承認しませんでした。", ASK_BANK)
_NUMBER = Message("カード番号が正しくないようです。", CHECK_INPUT)
_EXPIRY = Message("カードの有効期限が正しくないようです。", CHECK_INPUT)
_CVC = Message("カードのセキュリティコードが正しくないようです。", CHECK_INPUT)
_PIN = Message("暗証番号の確認ができませんでした。", OTHER_CARD)
_NOT_ALLOWED = Message("このカードは、このご寄附には使えないようです。", OTHER_CARD)
_BUSY = Message("カード会社と通信できませんでした。", TRY_LATER)
_AUTHENTICATION = Message(
    "カード会社による本人確認が終わりませんでした。",
    f"{NO_MONEY}もう一度お手続きいただくと、カード会社の確認画面が開きます。",
)

DECLINES: dict[str, Message] = {
    "approve_with_id": _BANK,
    "authentication_not_handled": _AUTHENTICATION,
    "authentication_required": _AUTHENTICATION,
    "authentication_failed": _AUTHENTICATION,
    "payment_intent_authentication_failure": _AUTHENTICATION,
    "call_issuer": _BANK,
    "card_declined": _BANK,
    "card_not_supported": _NOT_ALLOWED,
    "card_velocity_exceeded": Message(
        "カードの利用回数または利用限度額に達しているようです。", OTHER_CARD
    ),
    "currency_not_supported": Message("このカードでは日本円のお支払いができません。", OTHER_CARD),
    "do_not_honor": _BANK,
    "do_not_try_again": _BANK,
    "duplicate_transaction": Message(
        "少し前に、同じ金額のお手続きがありました。",
        "マイページの寄附の記録をお確かめください。記録がなければ、しばらく待ってからお試しください。",
    ),
    "expired_card": Message("カードの有効期限が切れています。", OTHER_CARD),
    "fraudulent": _BANK,
    "generic_decline": _BANK,
    "highest_risk_level": _BANK,
    "incorrect_address": Message("カード会社に登録の住所と一致しませんでした。", CHECK_INPUT),
    "incorrect_cvc": _CVC,
    "incorrect_number": _NUMBER,
    "incorrect_pin": _PIN,
    "incorrect_zip": Message("カード会社に登録の郵便番号と一致しませんでした。", CHECK_INPUT),
    "insufficient_funds": Message(
        "カードの利用可能額が足りないようです。",
        f"{NO_MONEY}ご利用枠や残高をお確かめのうえ、もう一度お試しいただくか、別のカードをご利用ください。",
    ),
    "invalid_account": _NOT_ALLOWED,
    "invalid_amount": Message("この金額はカード会社で扱えませんでした。", ASK_BANK),
    "invalid_cvc": _CVC,
    "invalid_expiry_month": _EXPIRY,
    "invalid_expiry_year": _EXPIRY,
    "invalid_number": _NUMBER,
    "invalid_pin": _PIN,
    "issuer_not_available": _BUSY,
    "lost_card": _BANK,
    "merchant_blacklist": _BANK,
    "mobile_device_authentication_required": _AUTHENTICATION,
    "new_account_information_available": Message(
        "カードの情報が新しくなっているようです。", CHECK_INPUT
    ),
    "no_action_taken": _BANK,
    "not_permitted": _NOT_ALLOWED,
    "offline_pin_required": _PIN,
    "online_or_offline_pin_required": _PIN,
    "pickup_card": _BANK,
    "pin_try_exceeded": _PIN,
    "previously_declined_do_not_retry": _BANK,
    "processing_error": _BUSY,
    "reenter_transaction": _BUSY,
    "restricted_card": _BANK,
    "revocation_of_all_authorizations": _BANK,
    "revocation_of_authorization": _BANK,
    "security_violation": _BANK,
    "service_not_allowed": _NOT_ALLOWED,
    "stolen_card": _BANK,
    "stop_payment_order": _BANK,
    "testmode_decline": Message(
        "お試し用のカードは、本番の環境では使えません。", "実際のカードをご利用ください。"
    ),
    "transaction_not_allowed": _NOT_ALLOWED,
    "try_again_later": _BUSY,
    "withdrawal_count_limit_exceeded": Message(
        "カードの利用限度額に達しているようです。", OTHER_CARD
    ),
    # Ours: a card that is not asked again, and what a donor left unfinished.
    "card_refused": Message(
        "ご登録のカードは、前にカード会社が承認しなかったため、お手続きをしませんでした。", ASK_BANK
    ),
    "abandoned": _AUTHENTICATION,
    "canceled": Message("お手続きが途中で終わりました。", f"{NO_MONEY}もう一度お試しください。"),
}
