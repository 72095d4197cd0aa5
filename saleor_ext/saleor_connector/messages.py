"""What the shop shows to the person who installs our app, when we say no to it.

The shop's dialog is read in Japanese or in English, and shows one text to everybody, so each has
both: what happened, and the next step.
"""

NOTHING_OFFERED = (
    "登録の知らせに合言葉(auth_token)がありません。ショップの「アプリ」の画面から"
    "インストールし直してください。"
    " / The request carries no auth_token. Please install the app from the shop's own page."
)
SHOP_SILENT = (
    "合言葉を確かめるためにショップに問い合わせましたが、返事がありませんでした。"
    "ショップのサーバーに、サロンのサーバーから届くかをお確かめのうえ、もう一度お試しください。"
    " / The shop did not answer when we checked its token."
    " Please see that the salon's server reaches the shop's, then try again."
)

REGISTER_REFUSALS: dict[str, str] = {
    "domain": (
        "このショップは、このサロンの設定で許可されていません。サロンの管理者に、"
        "ALLOWED_SALEOR_DOMAINS へこのショップのドメインを加えるよう依頼してください。"
        " / This shop is not allowed here. Please ask the salon's administrator to add the"
        " shop's domain to ALLOWED_SALEOR_DOMAINS."
    ),
    "address": (
        "ショップが名乗った API のアドレスを使えません。ショップの設定 PUBLIC_URL を"
        "お確かめください。"
        " / The API address that the shop gave cannot be used. Please check its PUBLIC_URL."
    ),
    "token": (
        "受け取った合言葉がショップで通りませんでした。アプリを有効にする指定で、"
        "もう一度インストールしてください。"
        " / The token did not work at the shop. Please install again, with the app activated."
    ),
    "identifier": (
        "受け取った合言葉は別のアプリのものでした。マニフェストのアドレスをお確かめください。"
        " / The token belongs to another app. Please check the manifest's address."
    ),
}
"""By the reason of an InstallationRefused."""
