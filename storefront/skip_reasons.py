"""Why a month went by without a donation, as its donor reads it."""

SKIP_REASONS: dict[str, str] = {
    "receiver_no_gift": "お受け取りの方のお住まいが町内のため、お届けを見送りました",
    "receiver_details_missing": "お受け取りの方のご住所などが確認できなかったため、見送りました",
    "catch_up_skipped": "サロンの処理が止まってお受けできなかったため、町で見送りました",
    "catch_up_declined": "ご本人のお返事で見送りました",
    "catch_up_unanswered": "期限までにお返事がなかったため、見送りました",
    "resident_no_gift": (
        "住民票が町内に移られたため、お届けを見送りました"
        "(お礼の品なしのご寄附としてお続けになるときは、マイページでお選びください)"
    ),
    "under_20_alcohol": "お酒が入る月のため、お届けを見送りました",
    "designation_ended": "町の指定期間の外にあたるため、見送りました",
    "details_missing": "ご住所などが確認できなかったため、見送りました",
    "under_18": "年齢の確認ができなかったため、見送りました",
    "order_cancelled": "町の窓口で、この月のお届けのご注文を取り消したため、見送りました",
    "out_of_stock": "その月の品の用意できる数を超えたため、見送りました",
    "year_turn_left_out": "年をこえた月の見送りをお選びいただいたため、見送りました",
    "year_limit": (
        "お決めいただいた1年の上限をこえるため、見送りました"
        "(上限はマイページの「1年の上限」で変えられます。これから決まる月から反映します)"
    ),
    "past_due": "前の月のご寄附がまだ確認できていないため、見送りました",
    "donor_skip": "ご本人のご希望で見送りました",
    "donor_pause": "お休みのご希望で見送りました",
    "term_not_begun": "まとめてのご寄附が確認できなかったため、見送りました",
}
