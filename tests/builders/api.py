"""A small world for tests: the town, tiers, people, producers, boxes, parcels and content.

Each function makes one thing through the services where there are any, with exact, ordinary values.
"""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

from saleor_ext.common import jptime
from saleor_ext.content import models as content_models
from saleor_ext.fulfilment import models as fulfilment_models
from saleor_ext.fulfilment import services as fulfilment_services
from saleor_ext.membership import models as membership_models
from saleor_ext.membership import services as membership_services

NOW = datetime(2026, 11, 24, 1, 0, tzinfo=UTC)
TODAY = date(2026, 11, 24)
MONTH = date(2026, 11, 1)

HANAKO = {"family_name": "山田", "given_name": "花子", "email": "hanako@example.jp"}
TARO = {"family_name": "鈴木", "given_name": "太郎", "email": "taro@example.jp"}


def town_make() -> membership_models.Municipality:
    town, _ = membership_models.Municipality.objects.get_or_create(
        code="394998",
        defaults={
            "name": "汐見町",
            "kana": "しおみちょう",
            "prefecture": "高知県",
            "county": "幡見郡",
            "office_address": "高知県幡見郡汐見町本町1-1",
            "office_postal_code": "000-0000",
            "phone": "0000-00-0000",
            "email": "salon@shiomi.example.jp",
            "head_name": "浜田 一郎",
            "designated_from": date(2025, 10, 1),
            "designated_to": date(2027, 9, 30),
        },
    )
    return town


def tier_make(
    *, slug: str = "nagisa", rank: int = 1, amount_yen: int = 3000, **columns: Any
) -> membership_models.Tier:
    kind = "free" if amount_yen == 0 else "monthly"
    values = {"name": f"{slug}会員", "summary": "ひと箱が届きます。", "kind": kind}
    values |= {"sku": f"tier-{slug}"} | columns
    tier, _ = membership_models.Tier.objects.get_or_create(
        slug=slug, defaults={"rank": rank, "amount_yen": amount_yen, "sort_order": rank} | values
    )
    return tier


def donor_make(person: dict[str, str] = HANAKO) -> membership_models.Donor:
    donor = membership_services.donor_ensure(
        saleor_user_id=f"user-{person['email'].partition('@')[0]}", email=person["email"], now=NOW
    )
    return membership_services.donor_details_set(
        donor_id=donor.pk,
        details={
            "family_name": person["family_name"],
            "given_name": person["given_name"],
            "birth_date": date(1980, 4, 2),
            "phone": "090-0000-1234",
            "postal_code": "100-0000",
            "prefecture": "東京都",
            "city": "千代田区",
            "street": "一番町0-0",
            "building": "青空荘101",
        },
    )


def membership_make(
    *, donor: membership_models.Donor, tier: membership_models.Tier
) -> membership_models.Membership:
    if tier.kind == "free":
        return membership_services.membership_join_free(
            donor_id=donor.pk, tier=tier, now=NOW, actor=f"donor:{donor.pk}"
        )
    draft = membership_services.membership_draft_begin(
        donor_id=donor.pk, tier=tier, is_box_wanted=True, now=NOW, actor=f"donor:{donor.pk}"
    )
    return membership_services.membership_activate(
        membership_id=draft.pk, now=NOW, actor=f"donor:{donor.pk}"
    )


def cycle_make(
    *, membership: membership_models.Membership, n: int = 0, state: str = "charged"
) -> membership_models.Cycle:
    charge_on = jptime.month_add(MONTH, n).replace(day=16)
    return membership_models.Cycle.objects.create(
        membership=membership,
        n=n,
        kind="donation",
        tier=membership.tier,
        amount_yen=membership.tier.amount_yen,
        month=jptime.month_start(charge_on),
        change_until=charge_on - timedelta(days=7),
        charge_on=charge_on,
        list_on=charge_on + timedelta(days=1),
        ship_from=charge_on + timedelta(days=2),
        ship_to=charge_on + timedelta(days=9),
        state=state,
    )


def producer_make(
    *, slug: str = "shiokaze-batake", name: str = "潮風ばたけ", **columns: Any
) -> fulfilment_models.Producer:
    values: dict[str, Any] = {
        "name": name,
        "kana": "しおかぜばたけ",
        "representative": "岡本 千鶴",
        "category": "vegetables",
        "phone": "0000-00-1111",
        "postal_code": "000-0001",
        "address": "高知県幡見郡汐見町東浦0",
        "temperature": "chilled",
        "carrier": "yamato",
        "login_email": f"{slug}@example.jp",
    }
    return fulfilment_models.Producer.objects.create(slug=slug, **(values | columns))


def gift_make(
    *, producer: fulfilment_models.Producer, slug: str = "fuyu-yasai", **columns: Any
) -> fulfilment_models.Gift:
    values: dict[str, Any] = {
        "sku": f"GIFT-{slug}",
        "name": f"品 {slug}",
        "contents": "季節の野菜6品",
        "procurement_cost_yen": 880,
        "size": 80,
        "weight_g": 3600,
        "temperature": "chilled",
        "local_category": 1,
        "local_evidence": "町内の畑で育てています。",
    }
    return fulfilment_models.Gift.objects.create(slug=slug, producer=producer, **(values | columns))


def box_make(
    *,
    tier: membership_models.Tier,
    gifts: Sequence[fulfilment_models.Gift],
    month: date = MONTH,
    quantity: int = 1,
) -> fulfilment_models.BoxPlan:
    box = fulfilment_models.BoxPlan.objects.create(tier=tier, month=month, title="冬の箱")
    for gift in gifts:
        fulfilment_models.BoxItem.objects.create(box_plan=box, gift=gift, quantity=quantity)
    return box


def delivery_make(person: dict[str, str] = HANAKO) -> dict[str, str]:
    return {
        "name": f"{person['family_name']}　{person['given_name']}",
        "postal_code": "100-0000",
        "prefecture": "東京都",
        "city": "千代田区",
        "street": "一番町0-0",
        "building": "青空荘101",
        "phone": "090-0000-1234",
    }


def shipments_make(
    *,
    cycle: membership_models.Cycle,
    box: fulfilment_models.BoxPlan,
    person: dict[str, str] = HANAKO,
) -> list[fulfilment_models.Shipment]:
    wanted = fulfilment_services.ParcelsWanted(
        cycle_id=cycle.pk,
        box_plan_id=box.pk,
        delivery=delivery_make(person),
        list_on=cycle.list_on,
        ship_from=cycle.ship_from,
        ship_to=cycle.ship_to,
    )
    return fulfilment_services.shipments_request(wanted=[wanted], now=NOW, actor="system")


BODY = "\n\n".join(
    [
        "# 畑の朝",
        "霜の降りた朝の畑は、**静か**です。千鶴さんは日が昇るのを待ちます。",
        "二つ目の段落です。大根は葉つきのまま箱に入れます。土の香りも一緒にお届けしたいからです。",
        "三つ目の段落です。" + "ここからは会員の方だけがお読みになれる話です。" * 10,
        "最後の秘密の段落です。",
    ]
)


def post_make(*, slug: str = "hatake", min_rank: int = -1, **columns: Any) -> content_models.Post:
    values: dict[str, Any] = {
        "title": f"畑だより {slug}",
        "lead": "冬の畑からのお便りです。",
        "published_at": NOW - timedelta(days=3),
        "author": "汐見町役場",
        "body": BODY,
    }
    return content_models.Post.objects.create(slug=slug, min_rank=min_rank, **(values | columns))


def event_make(
    *, slug: str = "ohanashi", min_rank: int = 0, capacity: int = 10, **columns: Any
) -> content_models.Event:
    values: dict[str, Any] = {
        "title": f"お話会 {slug}",
        "lead": "つくる人と話します。",
        "published_at": NOW - timedelta(days=3),
        "starts_at": NOW + timedelta(days=10),
        "ends_at": NOW + timedelta(days=10, hours=2),
        "place": "オンライン",
        "is_online": True,
        "body": BODY,
        "how_to_join": "https://meet.example.jp/secret-room",
    }
    return content_models.Event.objects.create(
        slug=slug, min_rank=min_rank, capacity=capacity, **(values | columns)
    )


def document_make(
    *, slug: str = "yosan", min_rank: int = 0, **columns: Any
) -> content_models.Document:
    values: dict[str, Any] = {
        "title": f"資料 {slug}",
        "lead": "寄附の使いみちです。",
        "published_at": NOW - timedelta(days=3),
        "body": BODY,
    }
    return content_models.Document.objects.create(
        slug=slug, min_rank=min_rank, **(values | columns)
    )
