"""Words for refusals about the one-stop exception, and about numbers that must not be typed."""

from storefront.message import Message

ASK_OFFICE = "ご不明なときは、町の担当へお問い合わせください。"
FILE_RETURN = (
    "確定申告をされると控除を受けられます。受領証明書は「マイページ」の「受領証明書」にあります。"
)

REFUSALS: dict[str, Message] = {
    "my_number_refused": Message(
        "マイナンバー(個人番号)と見られる12けたの数字が入っています。",
        "マイナンバーはここには入力せず、印刷した申請書にご自分の手でお書きください。"
        "入力された内容は保存していません。",
    ),
    "onestop_late": Message("ワンストップ特例の申請の期限を過ぎています。", FILE_RETURN),
    "onestop_year_closed": Message(
        "この年のワンストップ特例は、いまは受け付けていません。", FILE_RETURN
    ),
    "onestop_not_eligible": Message(
        "お答えの内容では、ワンストップ特例をお使いいただけません。", FILE_RETURN
    ),
    "onestop_answers_missing": Message(
        "まだお答えになっていない質問があります。", "すべての質問にお答えください。"
    ),
    "onestop_already_accepted": Message(
        "この年の申請は、すでに受け付けています。",
        "取り下げるときは、町の担当へご連絡ください。確定申告をされると、申請は無効になります。",
    ),
    "onestop_nothing_accepted": Message(
        "受付の済んだ申請がないため、変更届出書は要りません。",
        "お名前とご住所を直してから、申請書をもう一度印刷してください。",
    ),
    "onestop_change_empty": Message(
        "前と変わったところがありません。", "変わったところを直して、もう一度お送りください。"
    ),
    "onestop_missing_unnamed": Message(
        "足りないものが選ばれていません。", "足りないものを1つ以上お選びください。"
    ),
    "onestop_received_in_future": Message(
        "届いた日が正しくありません。", "ご寄附の日から今日までの日を入れてください。"
    ),
    "notice_home_unknown": Message(
        "1月1日の住所の市区町村がわかりません。", "市区町村のコードと名前を入れてください。"
    ),
    "notice_nothing_to_say": Message(
        "通知することがありません。", "受付の済んだ申請があるかお確かめください。"
    ),
    "notice_return_unnamed": Message(
        "返戻の理由か対応が選ばれていません。", "理由と、次にすることをお選びください。"
    ),
    "notice_too_early": Message("まだ通知を作れません。", "翌年の1月1日からお作りください。"),
    "notice_home_wrong": Message(
        "市区町村のコードが正しくありません。", "検査数字までの6けたをお確かめください。"
    ),
    "online_import_changed": Message(
        "見ているあいだに変わったところがあります。", "もう一度お確かめください。"
    ),
    "notice_nothing_to_export": Message(
        "送るのを待っている通知はありません。", "通知を作ってから書き出してください。"
    ),
    "notice_sent_in_future": Message(
        "日付が正しくありません。", "その前のできごとの日から今日までの日を入れてください。"
    ),
}
