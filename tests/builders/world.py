"""A small town and its people, made through the services that real requests use."""

import secrets
from datetime import UTC, date, datetime
from typing import Any

from saleor_ext.common import jptime
from saleor_ext.contracts.payment import CardDetails
from saleor_ext.contracts.types import Yen
from saleor_ext.donations import models as donation_models
from saleor_ext.donations import services as donation_services
from saleor_ext.flows.month import facts
from saleor_ext.fulfilment import models as fulfilment_models
from saleor_ext.fulfilment import selectors as fulfilment_selectors
from saleor_ext.membership import calendar, cycles, models, planning, selectors, services
from saleor_ext.operation import gate

NOW = datetime(2026, 11, 24, 1, 0, tzinfo=UTC)  # 10:00 in Japan
TODAY = date(2026, 11, 24)
ACTOR = "test"


def town_make(**overrides: Any) -> models.Municipality:
    """The town of 汐見町, or the one that exists already, in a database that is in use."""
    gate.status()
    existing = models.Municipality.objects.first()
    if existing is not None:
        return existing
    values: dict[str, Any] = {
        "code": "394998",
        "name": "汐見町",
        "kana": "しおみちょう",
        "prefecture": "高知県",
        "county": "幡見郡",
        "office_address": "高知県幡見郡汐見町本町1-1",
        "office_postal_code": "789-9901",
        "phone": "0000-00-0001",
        "email": "salon@shiomi.example.jp",
        "head_name": "汐見町長 浜野 みなと",
        "designated_from": date(2025, 10, 1),
        "designated_to": date(2027, 9, 30),
        "retry_days": [1, 3, 7],
    }
    return models.Municipality.objects.create(**values | overrides)


def tier_make(
    *,
    slug: str = "nagisa",
    amount_yen: int = 3000,
    kind: str = "monthly",
    rank: int = 1,
    **overrides: Any,
) -> models.Tier:
    """A tier, or the one of that slug."""
    existing = models.Tier.objects.filter(slug=slug).first()
    if existing is not None:
        return existing
    values: dict[str, Any] = {
        "slug": slug,
        "sku": f"tier-{slug}",
        "name": {"nagisa": "なぎさ会員", "minato": "みなと会員"}.get(slug, f"{slug}会員"),
        "summary": "毎月の便り",
        "kind": kind,
        "amount_yen": amount_yen,
        "rank": rank,
        "saleor_variant_id": f"variant-{slug}",
    }
    return models.Tier.objects.create(**values | overrides)


def free_tier_make() -> models.Tier:
    """The free tier."""
    return tier_make(slug="dayori", amount_yen=0, kind="free", rank=0)


def prepaid_tier_make(*, box_source: models.Tier) -> models.Tier:
    """Six boxes for one donation of 60,000 yen."""
    return tier_make(
        slug="minato-6",
        amount_yen=60000,
        kind="prepaid",
        rank=3,
        box_count=6,
        box_source=box_source,
    )


def minato_make() -> models.Tier:
    """A town whose tier of 10,000 yen a month has boxes for two years, and its six-month tier."""
    town_make()
    tier = tier_make(slug="minato", amount_yen=10000, rank=3)
    boxes_make(tier=tier, month_from=date(2026, 11, 1), months=24)
    prepaid_tier_make(box_source=tier)
    return tier


def producer_make(*, slug: str = "hatake", **overrides: Any) -> fulfilment_models.Producer:
    """A producer, or the one of that slug."""
    existing = fulfilment_models.Producer.objects.filter(slug=slug).first()
    if existing is not None:
        return existing
    values: dict[str, Any] = {
        "slug": slug,
        "name": f"{slug}農園",
        "kana": "のうえん",
        "representative": "浜田 実",
        "category": "vegetables",
        "phone": "0000-00-0002",
        "postal_code": "789-9902",
        "address": "高知県幡見郡汐見町畑1",
        "temperature": "chilled",
        "lead_days": 1,
        "carrier": "yamato",
        "login_email": f"{slug}@example.jp",
        "saleor_warehouse_id": f"warehouse-{slug}",
    }
    return fulfilment_models.Producer.objects.create(**values | overrides)


def gift_make(
    *, slug: str = "daikon", producer: fulfilment_models.Producer | None = None, **overrides: Any
) -> fulfilment_models.Gift:
    """A gift, or the one of that slug."""
    existing = fulfilment_models.Gift.objects.filter(slug=slug).first()
    if existing is not None:
        return existing
    values: dict[str, Any] = {
        "slug": slug,
        "sku": f"gift-{slug}",
        "name": {"daikon": "冬の大根"}.get(slug, slug),
        "producer": producer or producer_make(),
        "contents": "2本",
        "procurement_cost_yen": 800,
        "size": 80,
        "weight_g": 3000,
        "temperature": "chilled",
        "local_category": 1,
        "local_evidence": "町内の畑で収穫",
        "saleor_variant_id": f"variant-{slug}",
    }
    return fulfilment_models.Gift.objects.create(**values | overrides)


def box_make(
    *,
    tier: models.Tier,
    month: date,
    gifts: list[fulfilment_models.Gift] | None = None,
    title: str = "冬の畑から",
) -> fulfilment_models.BoxPlan:
    """The box a tier gets in a month, or the one planned already."""
    box, made = fulfilment_models.BoxPlan.objects.get_or_create(
        tier=tier, month=month, defaults={"title": title}
    )
    if made:
        for gift in gifts or [gift_make()]:
            fulfilment_models.BoxItem.objects.create(box_plan=box, gift=gift, quantity=1)
    return box


def boxes_make(*, tier: models.Tier, month_from: date, months: int = 12) -> None:
    """The same box for a row of months."""
    gifts = [gift_make()]
    for number in range(months):
        box_make(tier=tier, month=jptime.month_add(month_from, number), gifts=gifts)


HANAKO: dict[str, Any] = {
    "family_name": "山田",
    "given_name": "花子",
    "family_kana": "ヤマダ",
    "given_kana": "ハナコ",
    "birth_date": date(1985, 4, 2),
    "phone": "090-0000-1111",
    "postal_code": "100-9999",
    "prefecture": "東京都",
    "city": "千代田区",
    "street": "架空町1-2-3",
    "building": "見本ビル101",
}
TARO: dict[str, Any] = HANAKO | {
    "family_name": "鈴木",
    "given_name": "太郎",
    "family_kana": "スズキ",
    "given_kana": "タロウ",
    "phone": "090-0000-2222",
    "city": "港区",
    "street": "架空坂4-5",
    "building": "",
}


def donor_make(*, name: str = "hanako", now: datetime = NOW, **overrides: Any) -> models.Donor:
    """山田 花子, 鈴木 太郎 or somebody else with 花子's details under another name."""
    donor = services.donor_ensure(
        saleor_user_id=f"user-{name}", email=f"{name}@example.jp", now=now
    )
    details = {"hanako": HANAKO, "taro": TARO}.get(name, HANAKO | {"given_name": name})
    return services.donor_details_set(donor_id=donor.pk, details=details | overrides)


def world_make(*, month_from: date = date(2026, 11, 1)) -> models.Tier:
    """Town, one paid tier of 3,000 yen, a producer, a gift and a year of boxes."""
    town_make()
    tier = tier_make()
    boxes_make(tier=tier, month_from=month_from)
    return tier


def draft_make(
    *,
    donor: models.Donor | None = None,
    tier: models.Tier | None = None,
    is_box_wanted: bool = True,
    use_slug: str = "",
    now: datetime = NOW,
) -> models.Membership:
    """Somebody who has chosen a tier and is about to pay."""
    tier = tier or world_make()
    membership = services.membership_draft_begin(
        donor_id=(donor or donor_make(now=now)).pk,
        tier=tier,
        is_box_wanted=is_box_wanted,
        use_slug=use_slug,
        now=now,
        actor=ACTOR,
    )
    town = selectors.town_calendar(town=town_make())
    dates = calendar.first_cycle_dates(joined_on=jptime.jst_date(now), town=town)
    planning.cycle_first_create(membership=membership, dates=dates)
    return membership


def member_make(
    *,
    donor: models.Donor | None = None,
    tier: models.Tier | None = None,
    is_box_wanted: bool = True,
    use_slug: str = "",
    now: datetime = NOW,
) -> models.Membership:
    """A member whose first donation was received at `now`, with a card on file."""
    membership = draft_make(
        donor=donor, tier=tier, is_box_wanted=is_box_wanted, use_slug=use_slug, now=now
    )
    cycle = membership.cycles.select_related("membership__donor", "tier").get(n=0)
    first_lock(cycle=cycle, now=now)
    donation_make(cycle=cycle, now=now)
    donation_services.card_keep(
        donor_id=membership.donor_id, customer_ref=f"cus_{membership.donor_id}", card=CARD, now=now
    )
    return services.membership_activate(membership_id=membership.pk, now=now, actor=ACTOR)


CARD = CardDetails(method_ref="pm_visa", brand="visa", last4="4242", exp_month=12, exp_year=2030)


def first_lock(*, cycle: models.Cycle, now: datetime = NOW) -> None:
    """Locks the first month as joining does."""
    box = None
    if cycle.membership.is_box_wanted:
        box = fulfilment_selectors.box_for(tier=cycle.tier, month=cycle.month)
    snapshot = facts.snapshot_make(
        cycle=cycle, donor=cycle.membership.donor, box=box, town=town_make(), locked_at=now
    )
    cycles.cycles_lock(snapshots=[snapshot], now=now, actor=ACTOR)


def donation_make(*, cycle: models.Cycle, now: datetime = NOW) -> donation_models.Donation:
    """Money received for a locked month."""
    attempt = donation_services.attempt_begin(
        cycle_id=cycle.pk,
        cycle_key=selectors.cycle_key(cycle=cycle),
        membership_id=cycle.membership_id,
        amount_yen=Yen(cycle.amount_yen),
        is_off_session=False,
        most_a_day=99,
        now=now,
        actor=ACTOR,
    )
    snapshot = models.CycleSnapshot.objects.get(cycle=cycle)
    donation = donation_services.attempt_succeed(
        attempt_id=attempt.pk,
        provider_ref=f"pi_{secrets.token_hex(4)}",
        charge_ref=f"ch_{secrets.token_hex(4)}",
        donated_on=jptime.jst_date(now),
        facts=donation_services.DonationFacts(
            municipality_id=town_make().pk,
            donor_id=cycle.membership.donor_id,
            tier_name=cycle.tier.name,
            donor_name=snapshot.donor_name,
            donor_address=snapshot.donor_address,
            donor_prefecture=snapshot.donor_prefecture,
            use_name=snapshot.use_name,
        ),
        now=now,
        actor=ACTOR,
    )
    cycles.cycle_charged(cycle_id=cycle.pk, now=now, actor=ACTOR)
    return donation


def donated_count() -> int:
    """How many ledger rows there are."""
    return donation_models.Donation.objects.count()
