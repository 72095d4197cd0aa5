"""Codes in words, for what only staff and programs meet."""

from storefront.message import Message

REFUSALS: dict[str, Message] = {
    "term_part_too_large": Message(
        "終えられる箱の数をこえています。",
        "生産者にもう連絡した箱と最初の箱を除いて、数を入れ直してください。",
    ),
    "term_part_undecided": Message(
        "まとめて寄附の一部が返金されています。", "先に、終える箱の数を決めてください。"
    ),
    "unauthenticated": Message(
        "サインインが必要です。", "サインインしてから、もう一度お試しください。"
    ),
    "permission_denied": Message(
        "この操作をする権限がありません。", "権限が要るときは、町の管理者へご連絡ください。"
    ),
    "required": Message("入力されていないところがあります。", "必要な項目をすべてご入力ください。"),
    "invalid": Message(
        "入力の形が正しくないところがあります。", "見直して、もう一度お送りください。"
    ),
    "invalid_cursor": Message(
        "一覧の続きを読み込めませんでした。", "一覧を最初から開き直してください。"
    ),
    "address_invalid": Message(
        "ご住所を登録の仕組みに渡せませんでした。",
        "郵便番号と都道府県の組み合わせをお確かめください。",
    ),
    "installation_refused": Message(
        "このショップからの登録は受け付けていません。",
        "設定にあるショップの住所をお確かめください。",
    ),
    "signature_refused": Message(
        "送り主を確かめられない知らせを受け取りました。",
        "内容は使わずに捨てました。設定をお確かめください。",
    ),
    "message_invalid": Message(
        "読み取れない知らせを受け取りました。",
        "内容は使わずに捨てました。送り主の設定をお確かめください。",
    ),
    "gift_certificate_missing": Message(
        "類型3の返礼品には、製造者の証明(別添1)の内容が要ります。", "割合などを入力してください。"
    ),
    "opening_invalid": Message(
        "ひらく時期を保存できませんでした。",
        "どなたでも読めるものは、すぐにひらきます。ほかは1から240までの月数を入れてください。",
    ),
    "cost_invalid": Message(
        "金額か月、理由に、入れられないものがありました。", "もう一度お確かめください。"
    ),
    "rate_known": Message(
        "その日からの見込みは、もう決まっています。", "ほかの日を選んでください。"
    ),
    "setting_invalid": Message(
        "設定に入れられない値がありました。", "書かれている範囲で入れ直してください。"
    ),
    "settings_contradict": Message(
        "カードをもう一度試す日が、寄附を待つ日数より後になっています。",
        "試す日を早めるか、待つ日数を長くしてください。",
    ),
    "catch_up_changed": Message(
        "ご覧のあいだに、待っている寄附が変わりました。", "新しい件数と金額をお確かめください。"
    ),
    "reason_missing": Message(
        "理由が入力されていません。", "あとで見る人のために、短くても理由を書いてください。"
    ),
    "attempt_settled": Message(
        "この決済の結果は、すでに分かっています。", "いまの状態をお確かめください。"
    ),
    "attempt_young": Message(
        "決済が始まったばかりです。", "2分ほどお待ちになってから、もう一度お試しください。"
    ),
    "payment_of_another": Message(
        "その番号は、この決済のものではありません。", "決済会社の画面で番号をお確かめください。"
    ),
}
