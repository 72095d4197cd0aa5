"""Words for refusals about memberships given away and about where a box goes."""

from storefront.message import Message

REFUSALS: dict[str, Message] = {
    "month_locked": Message(
        "この月の支度が、もう始まっています。",
        "この月は変えられません。次の月をお選びください。",
    ),
    "no_box_comes": Message(
        "お礼の品なしのご寄附のため、お届け先はありません。",
        "このままで、お手続きは要りません。",
    ),
    "address_in_town": Message(
        "町内のご住所へは、お礼の品をお送りできません。",
        "町にお住まいの方へのお礼の品は、法律の決まりでお受けできません。"
        "町の外のご住所を入力してください。",
    ),
    "grant_unavailable": Message(
        "いま、この会員を贈ることはできません。",
        "すでに贈っているか、お手続きの途中です。マイページでいまの状態をお確かめください。",
    ),
    "grant_too_many": Message(
        "短いあいだに、ご案内を続けてお送りしています。",
        "1日ほど待ってから、もう一度お試しください。",
    ),
    "grant_to_oneself": Message(
        "ご自分へ贈ることはできません。",
        "贈る方のメールアドレスをお確かめください。",
    ),
    "grant_over": Message(
        "この贈りもののご案内は、終わっています。",
        "すでにお受け取りになったか、期日を過ぎたか、取り下げられたものです。"
        "贈った方にお確かめください。",
    ),
    "grant_for_somebody_else": Message(
        "このご案内は、別のメールアドレスに届いたものです。",
        "ご案内のメールが届いたアドレスのアカウントで、サインインし直してください。"
        "ほかの方に届いたご案内は、お受け取りになれません。",
    ),
    "grant_held": Message(
        "すでに別の贈りものをお受け取り中です。",
        "いまの贈りものの受け取りを終えてから、もう一度お試しください。",
    ),
    "receiver_details_missing": Message(
        "お受け取りの方のお名前やご住所が、そろっていません。",
        "お受け取りの方に、マイページでのご登録をお願いしてください。",
    ),
    "receiver_no_gift": Message(
        "町内にお住まいの方へは、お礼の品をお送りできません。",
        "贈る方を変えるか、贈ることをお取りやめください。",
    ),
}
