"""What `saleor_app_status` says, in the words of the person at the keyboard."""

from dataclasses import dataclass

from saleor_ext.flows.shop import setup_words
from saleor_ext.flows.shop.shop_status import Finding, Level
from saleor_ext.saleor_connector.setup.parts import Difference

GAPS_SHOWN = 3
MARKS = {Level.OK: "[ok]", Level.WRONG: "[!!]", Level.UNSEEN: "[--]"}
INSTALL = "ショップの「アプリ」の画面で、マニフェスト {manifest} からインストールしてください。"
AGAIN = (
    "ショップの「アプリ」の画面でアプリを削除し、インストールし直してください(記録は失われません)。"
)
SETUP = "manage.py saleor_setup --dry-run で違いを確かめ、manage.py saleor_setup で整えてください。"


@dataclass(frozen=True)
class Words:
    """What was found, and what to do next ("" when nothing)."""

    found: str
    next_step: str = ""


WORDS: dict[str, Words] = {
    "domain": Words("ショップ: {shop}"),
    "domain_not_allowed": Words(
        "ショップのドメイン {domain} が ALLOWED_SALEOR_DOMAINS にありません。",
        "設定 ALLOWED_SALEOR_DOMAINS に {domain} を加え、再起動してください。",
    ),
    "other_shop": Words(
        "ほかのショップにもインストールされています: {shop}(販売には使っていません)"
    ),
    "not_installed": Words("アプリがショップにインストールされていません。", INSTALL),
    "token_sealed": Words(
        "ショップの合言葉を、SEALING_KEYS のどの鍵でも開けません。",
        "前の鍵を SEALING_KEYS の後ろに加えるか、アプリをインストールし直してください: {manifest}",
    ),
    "token_lost": Words(
        "ショップがアプリの合言葉を受け付けません。アプリが削除されたか、無効にされています。",
        "ショップの「アプリ」の画面で有効にしてください。一覧になければ、マニフェスト "
        "{manifest} からインストールし直してください。待っている処理はそのあと進みます。",
    ),
    "place_sealed": Words(
        "このデータベースは別の場所から復元されたもので、まだ確認されていません。",
        "manage.py place_status をご覧のうえ、ここが本物なら manage.py place_confirm を"
        "実行してください。",
    ),
    "shop_silent": Words(
        "ショップが応答しません({error})。",
        "ショップが動いているか、SALEOR_API_URL と SALEOR_INTERNAL_URLS が正しいかを"
        "お確かめください。",
    ),
    "shop_strange": Words(
        "ショップの答えが読めません({error})。",
        "SALEOR_API_URL が Saleor 3.23 以上の /graphql/ を指しているかをお確かめください。",
    ),
    "token": Words("合言葉: ショップはこのアプリ({app})を認めています。"),
    "link_stale": Words(
        "こちらの記録(アプリ {known})が、いまのショップ(アプリ {app})と合っていません。",
        "5分ほどで自動で合います。合わないときは、インストールし直してください。",
    ),
    "app_active": Words("アプリは有効です。"),
    "app_inactive": Words(
        "アプリが無効にされています。", "ショップの「アプリ」の画面で有効にしてください。"
    ),
    "permissions": Words("権限: 必要な {count} 件がそろい、余計なものはありません。"),
    "permission_missing": Words(
        "権限が足りません: {permission}",
        "ショップの「アプリ」の画面で、このアプリの権限に加えてください"
        "(理由は docs/saleor-app.md)。",
    ),
    "permission_superfluous": Words(
        "使わない権限が与えられています: {permission}",
        "ショップの「アプリ」の画面で、このアプリの権限から外してください。",
    ),
    "extensions": Words("ショップの管理画面の中のサロンのページ: すべて出ています。"),
    "extensions_stale": Words(
        "ショップの管理画面の中のサロンのページが、このアプリの版と合っていません。", AGAIN
    ),
    "dashboard": Words("サロンのページを中に出せる管理画面: {places}"),
    "dashboard_unset": Words(
        "設定 DASHBOARD_URL が空なので、サロンのページは、どの管理画面の中にも出せません。",
        "使うときは、管理画面の住所を DASHBOARD_URL に書いてください(docs/dashboard.md)。",
    ),
    "version": Words("ショップの版: Saleor {version}"),
    "version_unfit": Words(
        "Saleor {version} では動作を確かめていません(3.23 以上 4 未満が必要です)。",
        "ショップを 3.23 以上 4 未満の版にしてください。",
    ),
    "webhooks": Words("通知(webhook): {count} 件すべて、有効で、宛先も中身も合っています。"),
    "webhook_missing": Words("通知「{webhook}」({name})がショップにありません。", AGAIN),
    "webhook_inactive": Words("通知「{webhook}」({name})が無効にされています。", AGAIN),
    "webhook_address": Words(
        "通知「{webhook}」({name})の宛先が違います: {target}",
        "設定 APP_URL と APP_INTERNAL_URL が正しければ、" + AGAIN,
    ),
    "webhook_query": Words("通知「{webhook}」({name})の中身の指定が古くなっています。", AGAIN),
    "webhook_events": Words("通知「{webhook}」({name})の対象が違います。", AGAIN),
    "webhook_superfluous": Words(
        "このアプリの知らない通知「{webhook}」がショップに登録されています。", AGAIN
    ),
    "messages": Words("届かなかった通知: まだ取り込んでいないものはありません。"),
    "messages_missed": Words(
        "ショップが送るのをあきらめた通知が {count} 件あり、まだ取り込んでいません。",
        "定期の照合(shop.reconcile)が取り込みます。減らないときは、worker と beat が"
        "動いているか、ショップからサロンに届くかをお確かめください。",
    ),
    "questions_missed": Words(
        "決済の問い合わせ {count} 件が、この2週間のあいだに届きませんでした"
        "(寄附の記録は、決済会社との照合で合わせています)。"
    ),
    "letters": Words("確認メールとパスワードのメールは、サロンからお送りします。"),
    "letters_missing": Words(
        "確認メールとパスワードのメールを送る通知がないか、無効です。"
        "新しい会員はメールアドレスを確認できません。",
        AGAIN,
    ),
    "letters_twice": Words(
        "アプリからは見えません: ショップ自身のメール送信プラグイン(User emails)。"
        "有効だと、同じメールが2通届きます。ショップの「プラグイン」の画面でご確認ください。"
    ),
    "keys": Words("署名の鍵: {count} 件を受け取れました。"),
    "keys_none": Words(
        "ショップが署名の鍵を公開していません。", "ショップの RSA_PRIVATE_KEY をお確かめください。"
    ),
    "keys_unavailable": Words(
        "ショップの署名の鍵({url})を受け取れません({error})。",
        "サロンのサーバーから上のアドレスに届くかをお確かめください。",
    ),
    "time": Words("時計: ショップとの差は約 {seconds} 秒です。"),
    "time_apart": Words(
        "時計がショップと {seconds} 秒ずれています。サインインや署名の確認に失敗します。",
        "両方のサーバーの時刻合わせ(NTP)をお確かめください。",
    ),
    "time_untold": Words("アプリからは見えません: ショップの時計(応答に時刻がありません)。"),
    "ships_paid": Words("支払い前の発送: 止められています。"),
    "ships_unpaid": Words("支払い前の注文も発送できる設定になっています。", SETUP),
    "ships_at_once": Words("発送の登録: 承認を待たずに確定します。"),
    "ships_on_approval": Words(
        "発送の登録が承認待ちになる設定です。送り状番号がお客さまに届きません。", SETUP
    ),
    "town_missing": Words(
        "自治体の設定がまだないため、ショップの中身を照らし合わせられません。",
        "先に自治体の設定を読み込んでください。",
    ),
    "address_unreadable": Words(
        "{name} の住所が読み取れないため、ショップの中身を照らし合わせられません。",
        "住所を都道府県と市区町村から書いてください。",
    ),
    "setup": Words("{part}: 合っています。"),
    "setup_gaps": Words("{part}: {gaps}", SETUP),
    "setup_unseen": Words(
        "アプリからは見えません: {part}(manage.py saleor_setup --dry-run なら職員の権限で見えます)"
    ),
    "setup_unreadable": Words("{part}: ショップから読み取れません({error})。", SETUP),
    "inbox": Words("ショップからの通知: 処理できなかったものはありません。"),
    "inbox_failed": Words(
        "ショップからの通知 {count} 件を処理できませんでした。",
        "職員画面の「止まった処理」と、サーバーの記録をご覧ください。",
    ),
    "outbox": Words("ショップへの処理: 止まっているものはありません。"),
    "outbox_failed": Words(
        "止まった処理が {count} 件あります。",
        "職員画面の「止まった処理」で、理由を確かめてやり直してください。",
    ),
    "outbox_waiting": Words(
        "ショップとの接続や権限を待っている処理が {count} 件あります。",
        "上の [!!] が直ると、自動で進みます。",
    ),
}


def words_of(finding: Finding) -> Words:
    """This will put a finding into words."""
    facts = {name: _fact(name, value) for name, value in finding.facts.items()}
    words = WORDS[finding.code]
    return Words(words.found.format(**facts), words.next_step.format(**facts))


def lines_of(finding: Finding) -> list[str]:
    """This will write a finding as one line, and its next step as another."""
    words = words_of(finding)
    lines = [f"{MARKS[finding.level]} {words.found}"]
    return [*lines, f"     → {words.next_step}"] if words.next_step else lines


def _fact(name: str, value: object) -> str:
    if isinstance(value, list):
        return _gaps(value)
    return setup_words.PARTS.get(str(value), str(value)) if name == "part" else str(value)


def _gaps(gaps: list[Difference]) -> str:
    """The first differences; `saleor_setup` shows them all."""
    shown = [setup_words.difference_line(gap).partition("\n")[0] for gap in gaps[:GAPS_SHOWN]]
    more = f"、ほか {len(gaps) - GAPS_SHOWN} 件" if len(gaps) > GAPS_SHOWN else ""
    return "、".join(shown) + more
