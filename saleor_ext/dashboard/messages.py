"""Japanese sentences for refusals, and short words for codes, on staff and producer pages."""

from collections.abc import Sequence

from saleor_ext.access import roles
from saleor_ext.common import jptime, money
from saleor_ext.flows.limits.deciding import Outcome
from saleor_ext.flows.limits.forecast import YearPlan
from saleor_ext.membership import models as membership_models
from saleor_ext.membership import outlook
from saleor_ext.saleor_connector import manifest

NAMED_MOST = 5

TRACKING_LENGTHS = {
    "yamato": "ヤマト運輸の番号は12けたです。",
    "sagawa": "佐川急便の番号は12けたです。",
    "japanpost": "日本郵便の番号は、ゆうパックが12けた、書留などが11けたです。",
}

REFUSALS = {
    "opening_invalid": "どなたでも読めるものは、すぐにひらきます。"
    "ほかは1から240までの月数を入れてください。",
    "tracking_length": "番号のけた数がちがいます。",
    "tracking_character": (
        "数字のほかの文字が入っています。送り状の番号を、数字だけで入れてください。"
    ),
    "tracking_check_digit": (
        "番号のどこかがちがっているようです。送り状と1文字ずつ見くらべてください。"
    ),
    "tracking_used": (
        "この番号は、ほかの荷物でもう使われています。送り状を取りちがえていないか、"
        "たしかめてください。"
    ),
    "term_part_too_large": (
        "終えられる箱の数をこえています。生産者にもう連絡した箱と、最初の箱は終えられません。"
    ),
    "term_part_undecided": (
        "まとめて寄附の一部が返金されています。先に、終える箱の数を決めてください。"
    ),
    "attempt_open": "この月のお支払いが、いま進んでいます。終わってからもう一度お試しください。",
    "attempt_settled": "この決済の結果は、もうわかっています。いまの状態をごらんください。",
    "attempt_young": "始まったばかりの決済です。2分ほど待ってから、もう一度お試しください。",
    "payment_of_another": (
        "その番号は、この決済のものではありません。決済会社の画面で番号を確かめてください。"
    ),
    "provider_away": "決済会社につながりません。しばらくしてから、もう一度お試しください。",
    "invalid_transition": (
        "この操作はもうできません。ほかの人が先に進めたか、状態が変わっています。"
        "いまの状態をごらんください。"
    ),
    "percent_invalid": "割合は0から100までの数で入れてください。",
    "reason_missing": "理由を入れてください。あとから見た人にわかるように書きます。",
    "not_found": "見つかりません。",
    "catch_up_changed": (
        "ごらんのあいだに、待っている寄附が変わりました。新しい件数と金額を確かめてください。"
    ),
    "charging_stopped": "寄附の受け取りを止めています。再開してからもう一度お試しください。",
    "place_unconfirmed": "この環境は複製です。確認が済むまで、寄附の受け取りを止めています。",
    "mark_mismatch": "入れた印が、この場所の印とちがいます。",
    "receipt_withdrawn": "この受領証は、返金か訂正のために取り消されています。",
    "name_unprintable": "証明書に印刷できない文字が入っています。別の字に替えてください。",
    "certificate_file": "証明書と鍵の入ったPKCS#12のファイル(.p12、.pfx)ではないようです。",
    "certificate_passphrase": "パスフレーズがちがいます。",
    "certificate_rsa": "RSAではない鍵は使えません。",
    "certificate_short": "鍵が短すぎます。2048ビット以上の鍵の証明書を選んでください。",
    "certificate_expired": "いまは有効期間の外の証明書です。",
    "seal_refused": "PNG形式、300KBまで、縦横50から2000ピクセルの画像を選んでください。",
    "print_empty": "対象の受領証がありません。発行が済むまで、数分お待ちください。",
    "print_open": "いま、ほかのファイルを作っています。終わってからもう一度お試しください。",
    "number_format_refused": (
        "{year} と {number} を1つずつ入れ、ほかは半角の英数字とハイフンにしてください。"
        "桁数は1から12です。"
    ),
    "alternate_unfit": "その品は代わりにできません。お届けに入っていない別の品を選んでください。",
    "alternate_over_limit": "その品にすると、寄附の3割を超えます。費用が低い品を選んでください。",
    "alternate_unlisted": "その品は公表されていません(別添2)。公表の済んだ品を選んでください。",
    "alternate_open": "この品には提案があります。変えるときは、いまの提案を取り下げてください。",
    "reason_too_long": "理由は200文字までにしてください。",
    "gift_certificate_missing": "類型3の返礼品には、製造者の証明(別添1)の内容が要ります。",
    "cost_invalid": "金額か月、理由に、入れられないものがあります。",
    "rate_known": "その日からの見込みは、もう決まっています。ほかの日にしてください。",
    "setting_invalid": "入れられない値があります。書かれている範囲で入れてください。",
    "settings_contradict": (
        "カードをもう一度試す日が、寄附を待つ日数より後になっています。"
        "試す日を早めるか、待つ日数を長くしてください。"
    ),
}

REFUSALS |= {
    "my_number_refused": (
        "マイナンバー(個人番号)と見られる12けたの数字が入っています。番号は記録しません。"
        "入れた内容は保存していません。番号を除いて、もう一度入れてください。"
    ),
    "onestop_late": (
        "期限(翌年1月10日)を過ぎて届いた申請は受け付けられません。「期限後」で無効にすると、"
        "ご本人に確定申告のご案内が届きます。"
    ),
    "onestop_year_closed": "この年のワンストップ特例は、いまは登録できません。",
    "onestop_not_eligible": "お答えの内容では、ワンストップ特例の対象になりません。",
    "onestop_answers_missing": "お答えのない質問があります。すべての質問に答えてください。",
    "onestop_already_accepted": "受付の済んだ申請があります。1件ずつ無効にしてください。",
    "onestop_nothing_accepted": "受付の済んだ申請がないため、変更届出書は要りません。",
    "onestop_change_empty": "前と変わったところがありません。",
    "onestop_missing_unnamed": "足りないものを1つ以上選んでください。",
    "onestop_received_in_future": "届いた日は、寄附の日から今日までの日を入れてください。",
    "notice_home_unknown": "1月1日の住所の市区町村のコードと名前を入れてください。",
    "notice_nothing_to_say": "受付の済んだ申請も、取り消す通知もありません。",
    "notice_return_unnamed": "返戻の理由と、次にすることを選んでください。",
    "notice_too_early": "1月1日の住所が決まる翌年1月1日から作れます。",
    "notice_home_wrong": (
        "市区町村のコードが正しくありません。検査数字までの6けたを入れてください。"
        "一覧にないコードのときは、団体名も入れてください。"
    ),
    "online_import_changed": "見ているあいだに変わったところがあります。もう一度確かめてください。",
    "notice_nothing_to_export": "送るのを待っている通知はありません。",
    "notice_sent_in_future": "日付は、その前のできごとの日から今日までの日を入れてください。",
}

PRODUCER_STATES = {
    "requested": "準備まえ",
    "preparing": "準備できました",
    "held": "保留中(送らずにお待ちください)",
    "labelled": "送り状あり",
    "shipped": "発送済み",
    "delivered": "お届け済み",
    "absent": "ご不在で持ち帰り",
    "returned": "戻ってきます",
    "cancelled": "取りやめ",
    "substituted": "差し替え",
}

DECLINES = {
    "abandoned": "手続きが途中で終わった",
    "authentication_required": "本人認証が必要",
    "authentication_failed": "本人認証ができなかった",
    "payment_intent_authentication_failure": "本人認証ができなかった",
    "call_issuer": "カード会社に確認が必要",
    "canceled": "手続きが途中で終わった",
    "card_declined": "カード会社の拒否",
    "card_not_supported": "使えない種類のカード",
    "card_refused": "二度と試さないよう求められたカード",
    "card_velocity_exceeded": "利用限度額の超過",
    "do_not_honor": "カード会社の拒否",
    "do_not_try_again": "カード会社の拒否(再試行不可)",
    "expired_card": "有効期限切れ",
    "fraudulent": "カード会社の拒否",
    "generic_decline": "カード会社の拒否",
    "incorrect_cvc": "セキュリティコード違い",
    "incorrect_number": "カード番号違い",
    "insufficient_funds": "残高・限度額の不足",
    "invalid_account": "カードが無効",
    "lost_card": "紛失の届け出あり",
    "never_reached": "決済会社に届かなかった",
    "never_asked": "決済会社にお願いする前に止めた",
    "closed_by_staff": "受け取りなしと職員が確認した",
    "pickup_card": "使用停止のカード",
    "processing_error": "処理の失敗",
    "stolen_card": "盗難の届け出あり",
    "transaction_not_allowed": "カード会社の拒否",
    "try_again_later": "しばらくして再試行",
    "withdrawal_count_limit_exceeded": "利用限度額の超過",
}

REASONS = {
    "catch_up_skipped": "処理が止まったため、職員が見送った",
    "catch_up_declined": "処理が止まったあと、ご本人が見送った",
    "catch_up_unanswered": "処理が止まったあと、お返事がなかった",
    "catch_up_waiting": "処理が止まったため、職員の決定を待っている",
    "account_deleted": "ショップのアカウントが削除された",
    "account_closed": "ショップのアカウントが無効にされた",
    "resident_no_gift": "町にお住まいの方",
    "under_20_alcohol": "20歳未満(お酒が入る)",
    "under_18": "18歳未満",
    "designation_ended": "指定期間の外",
    "details_missing": "お名前・住所が未登録",
    "receiver_details_missing": "贈り先のお名前・住所が未登録",
    "receiver_no_gift": "贈り先が町にお住まいの方",
    "taken_back": "贈った方が取り戻した",
    "given_back": "受け取った方が戻した",
    "membership_ended": "会員契約が終わった",
    "box_over_limit": "返礼品が3割を超える",
    "gift_unlisted": "類型3の品が公表されていない(別添2)",
    "tier_closed": "受付を終えたプラン",
    "already_member": "すでに会員",
    "tier_changed": "プランの選び直し",
    "joined_paid_tier": "寄附のあるプランへ",
    "box_missing": "お届け予定が未登録",
    "not_paid_in_time": "期限までに寄附がなかった",
    "out_of_stock": "返礼品の在庫切れ",
    "swap_refused": "寄附のあとで用意できなくなった品の、お届けのしかたを待っている",
    "year_turn_due": "次に試す日が来年になるため、ご本人に尋ねる",
    "year_turn_unanswered": "年をこえた月に、返事がなかった",
    "month_given_up": "待っていた月を不成立にした",
    "year_turn_asked": "年をこえたため、ご本人の返事を待っている",
    "year_turn_left_out": "年をこえた月を、ご本人が見送った",
    "year_limit": "ご本人の1年の上限をこえる",
    "year_limit_lowered": "ご本人の1年の上限におさまるよう、この月だけ下げた",
    "order_cancelled": "ショップで注文が取り消された",
    "prepaid_term_over": "まとめて寄附の期間が終わった",
    "term_not_begun": "まとめてのご寄附が届かなかった",
    "plan_changed": "予定の組み直し",
    "tier_followed": "寄附が届き、プランが変わった",
    "membership_cancelled": "会員をやめたため",
    "cancelled_by_donor": "ご本人の申し出",
    "donation_received": "寄附を受け取った",
    "card_missing": "カードの登録がない",
    "amount_mismatch": "金額がちがう寄附が届いた",
    "second_success": "二重に受け取った",
    "disputed": "カードの持ち主がカード会社に申し立てた(不審請求)",
    "dispute_won": "不審請求が町の側に決まった",
    "refunded": "寄附を返金した",
    "part_refunded": "まとめて寄附の一部を返金した",
    "refund_came_back": "返金したお金がカード会社から戻ってきた",
    "order_impossible": "受け取った寄附を、ショップが注文にできない",
    "money_after_close": "終わったあとに受け取った",
    "payment_unknown": "決済の結果がわからない",
    "unexpected_error": "処理中の予期しない誤り",
    "donor_skip": "ご本人の希望で見送り",
    "donor_pause": "お休みの希望で見送り",
    "skip_taken_back": "見送りの取り消し",
    "alternate_found": "代わりの品が見つかったため",
    "pause_over": "お休みの終わり",
    "donor_resumed": "ご本人の希望で再開",
    "month_fixed_before_pause": "お休みの前に確定した月がある",
    "cancel_taken_back": "終了の取り消し",
}

DISPUTES = {
    "credit_not_processed": "返金されていない",
    "duplicate": "二重の請求",
    "fraudulent": "覚えがない(不正利用)",
    "general": "そのほか",
    "product_not_received": "品が届かない",
    "product_unacceptable": "品に問題がある",
    "subscription_canceled": "やめたあとの請求",
    "unrecognized": "覚えがない",
}

LOOKS = {
    "": "問い合わせに答えたが、まだ決まっていない",
    "connection_lost": "つながったが、答えが届かなかった",
    "connection_refused": "つながらなかった",
    "idempotency_key_in_use": "同じ決済を処理している最中だった",
    "idempotency_key_reused": "同じ番号で、ちがう内容がすでに送られている",
    "provider_error": "決済会社の側の誤り(5xx)",
    "rate_limit": "問い合わせが多すぎると断られた",
    "place_unconfirmed": "複製された環境なので問い合わせていない",
    "authentication_failed": "接続の鍵が無効だと断られた",
    "permission_denied": "接続の鍵の権限が足りないと断られた",
    "unexpected_error": "処理中の予期しない誤り",
}

STOPS = {
    "charging_stopped": "寄附の受け取りを止めている",
    "place_unconfirmed": "複製された環境で、確認がまだ済んでいない",
    "provider_away": "決済会社から返事がない。次の処理が続きから進める",
    "provider_locked_out": "決済会社の鍵が無効か、権限が足りない。直すと続きから進む",
    "plan_exceeded": "始めたときの見込みを超えるため、残りを次の処理に回した",
}

WITHDRAWN = {
    "refunded": "返金したため",
    "amount_changed": "一部を返金したため",
    "addressee_changed": "宛名を訂正したため",
    "line_added": "寄附が加わったため",
}

# What a rehearsal tells of the coming months.
TURNS = {
    "donation": "寄附",
    "owed": "お支払い待ちの寄附",
    "declined": "カードが一度で通らない(仮定)",
    "swapped": "代わりの品",
    "box": "お届け",
    "left_out": "見送り",
    "held": "職員の決定を待つ月",
    "lowered": "上限により、その月だけ下のプラン",
    "card_expired": "カードの期限切れ",
    "term_begin": "まとめて寄附の始まり",
    "tier_change": "プランの変更",
    "resume": "お休みからの再開",
    "parked": "職員の確認待ち",
    "ended": "会員の終わり",
}

TOPICS = {
    "order.create": "お店に注文をつくる",
    "order.complete": "お店の注文を確定する",
    "order.first": "お店の最初の注文を確定する",
    "order.pay": "お店の注文に入金を記録する",
    "order.cancel": "お店の注文を取り消す",
    "order.swap": "お店の注文を、差し替えた品に合わせる",
    "order.unbox": "お店の注文から、品を外す",
    "order.fulfill": "お店の注文を発送済みにする",
    "dispute.report": "お店に不審請求を伝える",
    "card.detach": "取り替えたカードを決済会社から消す",
    "payment.look": "決済会社からの知らせを確かめる",
    "mail.send": "メールを送る",
    "mail.grant": "贈りもののご案内を送る",
    "mail.staff": "町の窓口へメールを送る",
}

ROLES = {
    roles.Role.VIEWER: "閲覧",
    roles.Role.FULFILMENT: "お届け",
    roles.Role.DONATIONS: "寄附",
    roles.Role.CONTENT: "記事",
    roles.Role.ADMINISTRATOR: "管理者",
}
# As the shop's own Dashboard names them, and in Japanese.
PERMISSIONS = {
    "MANAGE_ORDERS": "Manage orders(注文の管理)",
    "HANDLE_PAYMENTS": "Handle payments(支払いの処理)",
    "MANAGE_PAGES": "Manage pages(ページの管理)",
    "MANAGE_STAFF": "Manage staff(スタッフの管理)",
    "MANAGE_USERS": "Manage customers(顧客の管理)",
}


def role_labels(act: roles.Act) -> list[str]:
    """This will name the roles that allow an act, each with the permission that gives it."""
    return [
        f"{ROLES[role]} … 権限「{PERMISSIONS[permission]}」"
        for role, permission in roles.PERMISSION_OF.items()
        if role in roles.ALLOWED[act]
    ]


def people_label() -> str:
    """This will name the permission that lets staff see people's data."""
    return f"お名前や住所を見る … 権限「{PERMISSIONS[roles.PEOPLE_PERMISSION]}」"


def turn_words(code: str) -> str:
    """This will name something a rehearsal tells."""
    return TURNS[code]


def topic_words(topic: str) -> str:
    """This will name the work behind the scenes; an unknown topic is shown as it is."""
    return TOPICS.get(topic, topic)


def event_words(event: str) -> str:
    """This will name a message of the shop as it is called in the shop; others as they are."""
    for webhook in manifest.WEBHOOKS:
        if event.upper() in (*webhook.async_events, *webhook.sync_events):
            return webhook.label
    return event


def refusal_words(*, code: str, carrier: str = "") -> str:
    """This will say in Japanese what went wrong and what to do next.

    Raises:
        KeyError: a code without words, which a test forbids.
    """
    sentence = REFUSALS[code]
    if code == "tracking_length":
        sentence += TRACKING_LENGTHS.get(carrier, "")
    return sentence


def broken_words(codes: Sequence[str]) -> str:
    """This will say which rules keep a stopped membership from going on."""
    reasons = "、".join(reason_words(code) for code in codes)
    return (
        f"確定した月が、いまの決まりに合わないため再開できません({reasons})。"
        "その月の扱いを選んでください。返礼品を外しても合わない月は、見送るほかありません。"
    )


def decline_words(code: str) -> str:
    """This will name a decline code for staff; a code we do not know is shown as it is."""
    return DECLINES.get(code, code)


def reason_words(code: str) -> str:
    """This will name a reason code for staff; words typed by people are shown as they are."""
    if code.startswith("provider: "):
        return f"決済会社が問い合わせを断った({code.removeprefix('provider: ')})"
    return REASONS.get(code, DECLINES.get(code, code))


LIMIT_OUTCOMES = {
    Outcome.LEFT_OUT: "この月は見送る予定です。",
    Outcome.LOWERED: "この月だけ、おさまるプランの額に下げる予定です。",
    Outcome.OVER: "この月は予定どおり受け取ります。",
}


def limit_words(plan: YearPlan) -> str:
    """This will say how a donor's year stands against the limit he set."""
    if plan.limit is None:
        return ""
    words = (
        f"{plan.year}年の上限 {money.words(plan.limit.limit_yen)}"
        f"({plan.limit.get_when_reached_display()})。"
        f"12月31日までの見込み {money.words(plan.expected_yen)}。"
    )
    if plan.first_over is None:
        return words
    first = plan.first_over
    return (
        f"{words}{first.month.month}月分({jptime.words_short(first.charge_on)})でこえます。"
        f"{LIMIT_OUTCOMES[first.outcome]}"
    )


def dispute_words(code: str) -> str:
    """This will name the bank's reason for a dispute; an unknown one is shown as it is."""
    return DISPUTES.get(code, code)


def look_words(code: str) -> str:
    """This will say what came of the last look at the provider; others are shown as they are."""
    return LOOKS.get(code, code)


def stop_words(code: str) -> str:
    """This will say why a run took no donations, or not all; an unknown code is shown as it is."""
    return STOPS.get(code, code)


def left_parked_words(public_ids: Sequence[str]) -> str:
    """This will say whose membership did not go on with the others, naming five at most."""
    named = "、".join(public_ids[:NAMED_MOST])
    others = f"ほか{len(public_ids) - NAMED_MOST}件" if len(public_ids) > NAMED_MOST else ""
    return (
        f"{len(public_ids)}件は止めたままです({named}{others})。確定した月が決まりに合わなくなった"
        "などの理由です。会員のページで、一件ずつお確かめください。"
    )


def term_words(
    membership: membership_models.Membership, term: outlook.TermOutlook
) -> tuple[str, ...]:
    """This will say how a prepaid term stands and what comes after it, for staff."""
    paying, last = term.paying, term.last.dates
    day = jptime.words(paying.charge_on)
    stands = (
        f"{day}の寄附 {money.words(paying.amount_yen)}で{paying.boxes}回。"
        f"まだ確定していない箱 {term.left}回、最後の発送は{jptime.words(last.ship_from)}から"
    )
    until = jptime.words(term.after_dates.change_until)
    if term.after is None:
        return stands, f"期間のあと: 終了(ご本人が{until}まで選べる)"
    tier = membership.next_tier or membership.tier
    after = f"{jptime.words(term.after.dates.charge_on)}に{tier.name}"
    amount = money.words(term.after.amount_yen)
    return stands, f"期間のあと: {after} {amount}(ご本人が{until}まで選べる)"


def actor_words(actor: str) -> str:
    """This will say who made a move: by role, staff also by their account's id."""
    role, _, account = actor.partition(":")
    labels = {
        "donor": "ご本人",
        "producer": "生産者",
        "shop": "ショップ",
        "staff": f"職員({account})",
    }
    return labels.get(role, "自動処理")
