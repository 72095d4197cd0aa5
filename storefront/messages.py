"""Codes in words: what happened, and what to do next.

The domain and the API speak in codes; here each becomes two plain Japanese sentences. A refusal
without a sentence fails a test. What a card's decline means is said in `declines`.
"""

from storefront import giving_messages
from storefront.declines import DECLINES as DECLINES
from storefront.message import ASK_BANK, ASK_TOWN, NO_MONEY
from storefront.message import Message as Message
from storefront.onestop_messages import REFUSALS as ONESTOP_REFUSALS
from storefront.skip_reasons import SKIP_REASONS as SKIP_REASONS
from storefront.staff_messages import REFUSALS as STAFF_REFUSALS

UNKNOWN_REFUSAL = Message("お手続きを進められませんでした。", f"内容は変わっていません。{ASK_TOWN}")

REFUSALS: dict[str, Message] = {
    **giving_messages.REFUSALS,
    "refused": UNKNOWN_REFUSAL,
    "invalid_transition": Message(
        "この画面を開いたあとに、状態が変わったようです。",
        "ページを読み込み直して、いまの状態をお確かめください。",
    ),
    "not_found": Message(
        "お探しのものが見つかりませんでした。", "一覧からもう一度お選びください。"
    ),
    # Signing in
    "sign_in_delayed": Message(
        "安全のため、サインインを少しのあいだお休みしています。",
        "1分ほど待ってから、もう一度お試しください。",
    ),
    "sign_in_failed": Message(
        "メールアドレスかパスワードが違うようです。",
        "大文字と小文字、全角と半角をお確かめのうえ、もう一度ご入力ください。",
    ),
    "account_unconfirmed": Message(
        "メールアドレスの確認がまだ済んでいません。",
        "お送りした確認メールのリンクを開いてください。見当たらないときは、"
        "「パスワードを忘れた方」から新しいパスワードを決めると、確認も済みます。",
    ),
    "confirmation_sent": Message(
        "確認のメールをお送りしました。", "メールのリンクを開いて、登録を終えてください。"
    ),
    "link_broken": Message(
        "このリンクは使えなくなっています。",
        "すでにお使いになったか、期限(3日)を過ぎたものと思われます。まずサインインをお試しのうえ、"
        "できないときは「パスワードを忘れた方」から新しいメールをお取り寄せください。",
    ),
    "password_weak": Message(
        "このパスワードは短すぎるか、推測されやすいようです。",
        "8文字以上で、名前や誕生日とは関係のないものにしてください。",
    ),
    "account_exists": Message(
        "このメールアドレスでは新しく登録できませんでした。",
        "以前に登録された方は、サインインからお進みください。",
    ),
    "account_refused": Message(
        "このメールアドレスでは登録できませんでした。",
        "入力の間違いがないか、もう一度お確かめください。",
    ),
    "shop_unavailable": Message(
        "いま、登録の仕組みにつながりにくくなっています。",
        "入力いただいた内容は残っています。1分ほど待ってから、もう一度ボタンを押してください。",
    ),
    "shop_refused": Message(
        "登録の仕組みが、このお手続きを受け付けませんでした。",
        f"{NO_MONEY}ご登録内容を見直して、もう一度お試しください。{ASK_TOWN}",
    ),
    # The place itself
    "charging_stopped": Message(
        "ただいま、ご寄附の受付をお休みしています。",
        f"{NO_MONEY}少し時間をおいて、もう一度お試しください。",
    ),
    "place_unconfirmed": Message(
        "ただいま、こちらではご寄附をお受けしていません。",
        f"{NO_MONEY}いつもの会員ページからお試しください。{ASK_TOWN}",
    ),
    "mark_mismatch": Message(
        "入力された印が、この場所の印と違います。",
        "表示されている印を見ながら、もう一度入力してください。",
    ),
    # The deduction limit
    "limit_year_unknown": Message(
        "この年の寄附の上限は計算できません。", "2020年からあとの年を選んでください。"
    ),
    "limit_salary_unknown": Message(
        "給与収入が300万円より少ない場合は、前提が確かめられないため計算できません。",
        "源泉徴収票か住民税決定通知書の数字からの計算をお使いください。",
    ),
    "limit_figure_invalid": Message(
        "数字に、ありえない大きさのものがあります。", "円単位の数字をもう一度お確かめください。"
    ),
    "limit_family_unknown": Message(
        "家族構成が選ばれていません。", "一覧から、いちばん近いものを選んでください。"
    ),
    "year_limit_invalid": Message(
        "この上限は控えられませんでした。", "今年か来年の、1円以上の額にしてください。"
    ),
    # Joining
    "already_member": Message(
        "すでに会員プランにご加入いただいています。",
        "マイページで、いまのプランをご覧いただけます。",
    ),
    "tier_closed": Message(
        "このプランは、いま新しいお申し込みをお受けしていません。",
        "ほかの会員プランをご覧ください。",
    ),
    "use_unknown": Message(
        "その使い道は、いま選べません。", "一覧の中から、もう一度お選びください。"
    ),
    "details_missing": Message(
        "お名前やご住所に、まだ入力されていないところがあります。",
        "「お名前とご住所」の画面で、※必須の欄をご入力ください。",
    ),
    "not_free": Message(
        "このプランは、ご寄附をいただいてから始まります。", "お申し込みの画面からお進みください。"
    ),
    "resident_no_gift": Message(
        "住民票がこの町にある方には、法律の決まりでお礼の品をお送りできません。",
        "お礼の品なしのご寄附として、同じプランにご加入いただけます。読みものや催しは同じです。",
    ),
    "under_20_alcohol": Message(
        "今月のお届けにはお酒が入っているため、20歳未満の方にはお送りできません。",
        "お礼の品なしのご寄附として加入いただくか、ほかの会員プランをお選びください。",
    ),
    "under_18": Message(
        "カードでのご寄附は、18歳以上の方にお願いしています。",
        "無料の会員には、どなたでもなれます。",
    ),
    "designation_ended": Message(
        "いま、この町はふるさと納税の指定期間の外にあるため、ご寄附をお受けできません。",
        "指定を受けしだい受付を再開します。読みものはこれまでどおりご覧いただけます。",
    ),
    "box_missing": Message(
        "今月お届けする品がまだ決まっていません。",
        "町で準備をしています。お礼の品なしのご寄附は、いまもお受けできます。",
    ),
    "box_over_limit": Message(
        "今月のお届けの内容を、町で見直しています。",
        "お礼の品なしのご寄附は、いまもお受けできます。",
    ),
    "gift_unlisted": Message(
        "今月のお届けの内容を、町で確かめています。",
        "お礼の品なしのご寄附は、いまもお受けできます。",
    ),
    "out_of_stock": Message(
        "今月の品の用意できる数を超えてしまいました。",
        "来月からのご加入をお待ちするか、お礼の品なしのご寄附をお選びください。ご寄附は行われていません。",
    ),
    "amount_not_tier": Message(
        "会員プランの額と、お手続きの額が一致しませんでした。",
        "お手続きを止めました。ご寄附は行われていません。町の窓口へご連絡ください。",
    ),
    "box_empty": Message(
        "お届けする品がまだ決まっていません。", "町で準備ができるまで、しばらくお待ちください。"
    ),
    # Money
    "attempt_open": Message(
        "先ほどのお手続きを、カード会社に確認しています。",
        "結果が分かるまでお待ちください。二重にご寄附いただくことはありません。",
    ),
    "catch_up_over": Message(
        "このお尋ねは、もう終わっています。", "いまのようすは、マイページでご覧になれます。"
    ),
    "day_limit_reached": Message(
        "本日は、これ以上ご寄附のお手続きができません。",
        "二重のご寄附を防ぐためです。明日あらためてお試しください。",
    ),
    "card_missing": Message(
        "ご登録のカードが見つかりませんでした。", "マイページからカードをご登録ください。"
    ),
    "nothing_to_refund": Message(
        "返金できるご寄附がありませんでした。", "寄附の記録で、いまの状態をお確かめください。"
    ),
    "refund_open": Message(
        "このご寄附の返金は、すでに手続き中です。", "結果が分かるまでお待ちください。"
    ),
    "refund_partial": Message(
        "この額だけを返金することはできません。",
        "全額か、まとめて寄附では、終える箱の数にあたる額の返金としてお手続きください。",
    ),
    "amount_mismatch": Message(
        "ご寄附の金額が会員プランと一致しませんでした。",
        f"お手続きを止めました。{ASK_TOWN}",
    ),
    "provider_unavailable": Message(
        "いま、カード会社につながりにくくなっています。",
        "1分ほど待ってから、もう一度お試しください。二重にご寄附いただくことはありません。",
    ),
    "nothing_owed": Message("お手続きの必要なご寄附はありません。", "マイページにお戻りください。"),
    # A donor's choices
    "choice_changed": Message(
        "画面をご覧のあいだに、内容が変わりました。",
        "まだ何も変えていません。いまの内容をお確かめのうえ、もう一度お進みください。",
    ),
    "choice_not_now": Message(
        "いまの状態では、このお手続きはできません。",
        "「会員のお手続き」で、いまの状態と、できることをお確かめください。",
    ),
    "membership_parked": Message(
        "いま、町の職員が内容を確認しています。",
        "終わりましたらご連絡しますので、お手続きはそのあとにお願いします。"
        "お急ぎのときは、町の窓口(ページの下にあります)へご連絡ください。",
    ),
    "membership_leaving": Message(
        "会員の終了のお手続きが済んでいます。",
        "お続けになるときは、先に「会員のお手続き」から終了を取り消してください。",
    ),
    "membership_free": Message(
        "無料の会員の方には、ご寄附もお届けもありません。",
        "このお手続きは要りません。会員プランのページから、寄附をする会員になれます。",
    ),
    "box_not_offered": Message(
        "その月に、入れ替えられるほかの箱はありません。",
        "ご寄附1件についてお贈りできる品の額が決まっているため、収まる箱だけをお選びいただけます。",
    ),
    "term_fixed": Message(
        "まとめてのご寄附の月が、もう確定しています。",
        "ご寄附をお受けしたあと、期間のあとをどうなさるかを「会員のお手続き」でお選びいただけます。",
    ),
    "term_full_length": Message(
        "まとめて寄附の期間は、これ以上のばせません。",
        "この月の箱は、予定どおりにお届けします。お届け先は「ご登録内容」で変えられます。",
    ),
    "choice_same": Message(
        "そのご希望は、すでに承っています。", "いまのようすは「会員のお手続き」でご覧いただけます。"
    ),
    "membership_prepaid": Message(
        "まとめてのご寄附の期間中は、このお手続きはできません。",
        "期間中にできることは「会員のお手続き」でご覧いただけます。",
    ),
    "month_fixed": Message(
        "この月は、もう変更の締切を過ぎているか、予定にありません。",
        "ほかの月をお選びください。確定した月は、予定どおりにお届けします。",
    ),
    "skip_limit_reached": Message(
        "この年に見送れる回数を、使い切られました。",
        "しばらくお休みになりたいときは、「お休みする」をご利用いただけます。",
    ),
    # Receipts
    "name_unprintable": Message(
        "証明書に印刷できない文字が入っています。",
        "その文字を、住民票や免許証でお使いの別の字かひらがなに替えて、もう一度ご入力ください。",
    ),
    "receipt_not_ready": Message(
        "この年の受領証明書は、まだありません。",
        "ご寄附をお受けしてから(1年分をまとめる町では、年が明けてから)お取りいただけます。",
    ),
    "receipt_withdrawn": Message(
        "この受領証明書は、返金か訂正のために取り消されました。",
        "一覧から、いまの証明書をお取りください。",
    ),
    "receipt_on_paper": Message(
        "この受領証明書の原本は、紙でお送りしています。",
        "ファイルが要るときは「再発行する」を押してください。番号は同じで、再発行と記されます。",
    ),
    "certificate_missing": Message(
        "町の電子署名の用意ができていません。",
        "e-Tax用のデータは、もう少しお待ちください。証明書のPDFはお取りいただけます。",
    ),
    "certificate_file": Message(
        "このファイルは証明書と鍵の入ったPKCS#12ではないようです。",
        "拡張子が .p12 か .pfx のファイルをお選びください。",
    ),
    "certificate_passphrase": Message(
        "パスフレーズが違うようです。", "大文字と小文字をお確かめのうえ、もう一度ご入力ください。"
    ),
    "certificate_rsa": Message(
        "この鍵の種類(RSA以外)は使えません。", "RSAの鍵の証明書をお選びください。"
    ),
    "certificate_short": Message(
        "この鍵は短すぎます。", "2048ビット以上の鍵の証明書をお選びください。"
    ),
    "certificate_expired": Message(
        "この証明書は、いまは有効期間の外です。", "有効な証明書をお選びください。"
    ),
    "seal_refused": Message(
        "この画像は公印の画像として使えません。",
        "PNG形式で、300KBまで、縦横が50から2000ピクセルの画像をお選びください。",
    ),
    "spelling_missing": Message(
        "お名前に、e-Taxで使えない文字があります。",
        "「受領証明書」のページで、電子データでの表記をお決めください。",
    ),
    "spelling_refused": Message(
        "この表記には、e-Taxで使えない文字が入っています。",
        "その文字を別の字かひらがなに替えて、もう一度ご入力ください。",
    ),
    "verify_delayed": Message(
        "短いあいだに、たくさんの確認がありました。",
        "10分ほど待ってから、もう一度お試しください。",
    ),
    "print_empty": Message("印刷する受領証明書がありません。", "年をお確かめください。"),
    "print_open": Message("いま、ほかのファイルを作っています。", "終わるまでお待ちください。"),
    "not_designated": Message(
        "この証明書は、指定を受けた事業者だけが出せます。", "町の受領証明書をお使いください。"
    ),
    "number_format_refused": Message(
        "この形では、受領証の番号が重なるか、使えない文字が入ります。",
        "{year} と {number} を1つずつ入れ、そのほかは半角の英数字とハイフンにしてください。",
    ),
    "pay_day_over": Message(
        "この月のお手続きの期限は過ぎました。",
        "ご寄附もお引き落としもありません。これからのご寄附はマイページでご覧いただけます。",
    ),
    "pay_link_broken": Message(
        "このリンクは使えません。", "サインインして、マイページからお手続きください。"
    ),
    "year_limit": Message(
        "この月のご寄附を加えると、ご自分で決めた1年の上限をこえます。",
        "マイページの「1年の上限」で上限を改めると、お手続きいただけます。改めなければ、"
        "この月のご寄附とお届けは見送りになります。ご寄附はまだ行われていません。",
    ),
    "limit_unagreed": Message(
        "ご自分で決めた1年の上限をこえる見込みです。",
        "内容をお読みになり、このまま進むときは印を付けてください。",
    ),
    "year_is_over": Message(
        "この月の年が終わったため、いまお受けすると、別の年のご寄附になります。",
        "どうされるかを、先にお選びください。ご寄附はまだ行われていません。",
    ),
    "pause_date_invalid": Message(
        "その日までのお休みは選べません。",
        "明日からあとで、町の決めた長さまでの日をお選びください。",
    ),
    "pause_too_short": Message(
        "その日までに、お休みにできる月がありません。",
        "次のご寄附日より後の日をお選びください。",
    ),
    "not_paused": Message(
        "いま、お休みはしていません。", "「会員のお手続き」で、いまの状態をお確かめください。"
    ),
    "anchor_invalid": Message("その日は選べません。", "1日から31日までの中からお選びください。"),
    "anchor_same": Message(
        "いまのご寄附日と同じです。", "変えるときは、ほかの日をお選びください。"
    ),
    "tier_same": Message(
        "いまのプランか、これから変わるプランと同じです。", "ほかのプランをお選びください。"
    ),
    "tier_prepaid": Message(
        "まとめてのご寄附への切り替えは、ここではできません。",
        "「会員のお手続き」の「毎月とまとめて」からお進みください。",
    ),
    "not_leaving": Message(
        "終了のお手続きはされていません。", "このまま、会員としてお続けいただけます。"
    ),
    # Content
    "not_entitled": Message(
        "この催しは、対象の会員の方にご案内しています。", "会員プランのページをご覧ください。"
    ),
    "event_full": Message(
        "この催しは定員に達しました。", "空きが出ると、このページからまたお申し込みいただけます。"
    ),
    "event_over": Message("この催しは終わりました。", "これからの催しは、一覧でご覧いただけます。"),
    # Producers
    "tracking_used": Message(
        "この送り状番号は、ほかのお届けで使われています。",
        "手元の送り状の番号をもう一度お確かめください。",
    ),
    "tracking_length": Message(
        "送り状番号の桁数が違います。", "送り状を見ながら、もう一度入力してください。"
    ),
    "tracking_character": Message(
        "送り状番号に数字ではない文字が入っています。", "数字だけを入力してください。"
    ),
    "tracking_check_digit": Message(
        "送り状番号のどこかの数字が違うようです。", "1桁ずつ、送り状と見比べてください。"
    ),
    **STAFF_REFUSALS,
    **ONESTOP_REFUSALS,
}

UNKNOWN_DECLINE = Message("カードでのお手続きができませんでした。", ASK_BANK)


def refusal_message(code: str) -> Message:
    """This will put a refusal's code into words."""
    return REFUSALS.get(code, UNKNOWN_REFUSAL)


def decline_message(code: str) -> Message:
    """This will put a card's decline code into words; unknown codes get an honest general one."""
    return DECLINES.get(code, UNKNOWN_DECLINE)


def skip_reason(code: str) -> str:
    """This will say why a month went by without a donation."""
    return SKIP_REASONS.get(code, "この月は見送りになりました")
