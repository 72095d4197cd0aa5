"""The set-up of the shop in the words of the person at the keyboard."""

from saleor_ext.saleor_connector import errors
from saleor_ext.saleor_connector.setup.parts import Difference, Gap, Value

PARTS = {
    "shop": "店全体の設定",
    "channel": "販売チャネル",
    "warehouses": "倉庫(町と生産者)",
    "shipping_zone": "配送地域",
    "shipping_method": "配送方法",
    "tax": "税",
    "categories": "カテゴリー",
    "attributes": "商品の属性",
    "product_types": "商品タイプ",
    "products": "商品(会員プランとお礼の品)",
    "variants": "商品の種類と価格",
    "stock": "在庫",
    "vouchers": "バウチャー(割引券)",
    "promotions": "プロモーション(値引き)",
    "gift_cards": "ギフトカード",
}
FIELDS = {
    "fulfillment_auto_approve": "発送をすぐに確定する",
    "fulfillment_allow_unpaid": "支払い前の発送を許す",
    "confirms_email": "メールアドレスの確認を求める",
    "lets_unconfirmed_in": "確認前のログインを許す",
    "customers_have_passwords": "お客さまのパスワードでのログイン",
    "currency": "通貨",
    "country": "国",
    "is_active": "有効",
    "confirms_orders": "注文を自動で確定する",
    "allows_unpaid_orders": "支払いのない注文を許す",
    "order_expiry_min": "未払いの注文を期限切れにする時間(分、0 はしない)",
    "marks_paid_as": "「支払い済みにする」の記録のしかた",
    "completes_checkouts": "支払い済みのチェックアウトを自動で完了する",
    "completion_delay_min": "自動で完了するまでの時間(分)",
    "takes_gift_cards": "チェックアウトでギフトカードを使う",
    "payment_flow": "支払いの進め方",
    "releases_funds": "完了できないチェックアウトの返金を求める",
    "release_after_h": "返金を求めるまでの時間(時間)",
    "name": "名前",
    "email": "メールアドレス",
    "company": "事業者名",
    "postal_code": "郵便番号",
    "prefecture": "都道府県",
    "city": "市区町村",
    "street": "町名・番地",
    "phone": "電話番号",
    "is_in_channel": "チャネルで使う",
    "has_japan": "日本を含む",
    "warehouses_missing": "足りない倉庫",
    "price_yen": "価格(円)",
    "costs_extra": "送料(円)",
    "charges_taxes": "税を加える",
    "shows_gross_prices": "税込みで表示する",
    "prices_include_tax": "価格は税込み",
    "countries": "国ごとの例外",
    "kind": "種類",
    "is_shipped": "配送する",
    "attributes_missing": "足りない属性",
    "product_type": "商品タイプ",
    "category": "カテゴリー",
    "description": "説明",
    "is_published": "公開",
    "is_for_sale": "購入できる",
    "is_visible": "一覧に出す",
    "is_counted": "在庫を数える",
    "weight_g": "重さ(g)",
    "quantity": "在庫数",
    "is_usable": "寄附のチャネルで使える",
}
BY_HAND = {
    "currency": "通貨はあとから変えられません。SALEOR_CHANNEL に別の名前を決めてください。",
    "kind": "属性の種類はあとから変えられません。Dashboard で属性のスラッグを変えてください。",
    "product_type": "商品タイプはあとから変えられません。SKU とスラッグを変えれば、作り直します。",
    "costs_extra": "これが選ばれると、合計が寄附額と合いません。このチャネルから外してください。",
    "quantity": "別の倉庫にもあり、そこから発送されます。Dashboard で在庫を移してください。",
    "is_usable": "支払いのときにお断りします。持ち主を確かめ、Dashboard で無効にしてください。",
}
PERMISSIONS = {
    "MANAGE_SETTINGS": "サイト設定の管理",
    "MANAGE_CHANNELS": "チャネルの管理",
    "MANAGE_PRODUCTS": "商品の管理",
    "MANAGE_PRODUCT_TYPES_AND_ATTRIBUTES": "商品タイプと属性の管理",
    "MANAGE_SHIPPING": "配送の管理",
    "MANAGE_TAXES": "税の管理",
    "MANAGE_DISCOUNTS": "セールとバウチャーの管理",
    "MANAGE_GIFT_CARD": "ギフトカードの管理",
}
REFUSALS = {
    "INVALID_CREDENTIALS": "メールアドレスかパスワードが違います。",
    "LOGIN_ATTEMPT_DELAYED": "店がログインを少しのあいだ止めています。しばらく待ってください。",
    "ACCOUNT_NOT_CONFIRMED": "このアカウントはメールアドレスの確認が済んでいません。",
    "INACTIVE": "このアカウントは無効になっています。",
    "DISABLED_AUTHENTICATION_METHOD": "この店では、職員はパスワードでログインできません。",
    "PermissionDenied": "この職員アカウントには許されていない操作です。",
}
TEXT_SHOWN = 30


def difference_line(gap: Difference) -> str:
    """This will write one difference as a line."""
    called = _called(gap)
    if gap.gap is Gap.ADD:
        return f"追加: {called}"
    change = f"{field_word(gap.field)} {value_word(gap.present)} → {value_word(gap.wanted)}"
    if gap.gap is Gap.CHANGE:
        return f"変更: {called}: {change}"
    return f"[!!] 手で直す: {called}: {change}\n      {BY_HAND[gap.field]}"


def _called(gap: Difference) -> str:
    if gap.part == "shop":
        return "店"
    if not gap.label or gap.label == gap.key:
        return gap.key
    # Promotions and gift cards have no key that anybody would recognise.
    return gap.label if gap.part in {"promotions", "gift_cards"} else f"{gap.label} ({gap.key})"


def field_word(field: str) -> str:
    """This will name a field."""
    kind, _, slug = field.partition(":")
    return f"属性 {slug}" if kind == "attribute" else FIELDS[field]


def value_word(value: Value) -> str:
    """This will write a value; a long text is cut."""
    if isinstance(value, bool):
        return "はい" if value else "いいえ"
    if isinstance(value, int):
        return f"{value:,}"
    text = "、".join(value) if isinstance(value, tuple) else value or ""
    if len(text) > TEXT_SHOWN:
        return f"{text[:TEXT_SHOWN]}…"
    return text or "なし"


def permission_word(code: str) -> str:
    """This will name one of the shop's permissions."""
    return f"{PERMISSIONS.get(code, code)} ({code})"


def trouble_line(error: errors.ShopError) -> str:
    """This will say why the shop did not do what was asked."""
    if isinstance(error, errors.PlaceSealed):
        return "ここは、まだ確認されていない写しです。manage.py place_confirm をご覧ください。"
    if isinstance(error, errors.ShopUnavailable):
        return f"店が応答しません ({error})。"
    if isinstance(error, errors.ShopRefused):
        said = REFUSALS.get(error.code, "店が受け付けませんでした。")
        return f"{said} ({error})"
    return f"店の答えが読めません ({error})。"
