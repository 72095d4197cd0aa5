"""The town, tiers, memberships and their months as the API shows them."""

from typing import Any

import graphene
from graphql import GraphQLResolveInfo

from saleor_ext.api.enums import enum_of
from saleor_ext.api.errors import InputInvalid
from saleor_ext.api.fulfilment.types import Box, Shipment
from saleor_ext.api.pictures import picture_url
from saleor_ext.api.scalars import Yen
from saleor_ext.flows.joining import join
from saleor_ext.flows.month import facts
from saleor_ext.fulfilment import models as fulfilment_models
from saleor_ext.membership import calendar, models, selectors, states

BOX_MONTHS_DEFAULT = 4
BOX_MONTHS_LIMIT = 12

TierKind = enum_of(states.TierKind)
MembershipState = enum_of(states.MembershipState)
CycleState = enum_of(states.CycleState)
CycleKind = enum_of(states.CycleKind)
LimitOrigin = enum_of(states.LimitOrigin)
WhenReached = enum_of(states.WhenReached)
LimitOutcome = enum_of(states.LimitOutcome)


class FundUse(graphene.ObjectType):
    """What the town may be asked to use donations for (使途)."""

    slug = graphene.String(required=True)
    name = graphene.String(required=True)
    summary = graphene.String(required=True)


class Municipality(graphene.ObjectType):
    """The town (自治体)."""

    code = graphene.String(required=True)
    name = graphene.String(required=True)
    kana = graphene.String(required=True)
    prefecture = graphene.String(required=True)
    county = graphene.String(required=True)
    office_address = graphene.String(required=True)
    office_postal_code = graphene.String(required=True)
    phone = graphene.String(required=True)
    email = graphene.String(required=True)
    story = graphene.String(required=True)
    uses = graphene.List(graphene.NonNull(FundUse), required=True)


class YearLimit(graphene.ObjectType):
    """What a donor wants to give at most in a calendar year (寄附の年間上限)."""

    year = graphene.Int(required=True)
    limit_yen = graphene.Field(Yen, required=True)
    origin = graphene.Field(LimitOrigin, required=True)
    when_reached = graphene.Field(
        WhenReached, required=True, description="What becomes of a month that would exceed it."
    )
    set_on = graphene.Date(required=True)


class MonthPlan(graphene.ObjectType):
    """A donation that is still to come, as the yearly limit lets it be given."""

    month = graphene.Date(required=True, description="The first day of the month.")
    charge_on = graphene.Date(required=True)
    wanted_yen = graphene.Field(Yen, required=True, description="Without the limit.")
    amount_yen = graphene.Field(Yen, required=True, description="0 when it is left out.")
    total_yen = graphene.Field(Yen, required=True, description="The year's sum after it.")
    outcome = graphene.Field(LimitOutcome, required=True)
    tier = graphene.Field(lambda: Tier, description="Null when it is left out.")
    is_fixed = graphene.Boolean(required=True, description="Locked: the limit moves it no more.")


class YearPlan(graphene.ObjectType):
    """A calendar year in Japan: what was given, and what is to come until 31 December."""

    year = graphene.Int(required=True)
    paid_yen = graphene.Field(Yen, required=True)
    scheduled_yen = graphene.Field(Yen, required=True)
    expected_yen = graphene.Field(Yen, required=True)
    limit = graphene.Field(YearLimit)
    first_over = graphene.Field(MonthPlan, description="The first month that would exceed it.")
    back_on = graphene.Date(description="The first donation that is again as wanted.")
    months = graphene.List(graphene.NonNull(MonthPlan), required=True)


class CycleDates(graphene.ObjectType):
    """The four dates of a month, all days in Japan."""

    month = graphene.Date(required=True, description="The first day of the month.")
    change_until = graphene.Date(required=True, description="The last day for changes.")
    charge_on = graphene.Date(required=True, description="The day of the donation.")
    list_on = graphene.Date(required=True, description="Producers receive the list.")
    ship_from = graphene.Date(required=True)
    ship_to = graphene.Date(required=True)


class Benefit(graphene.ObjectType):
    """What a tier brings besides its boxes."""

    name = graphene.String(required=True)
    description = graphene.String(required=True)


class Tier(graphene.ObjectType):
    """A membership tier (会員プラン)."""

    slug = graphene.String(required=True)
    name = graphene.String(required=True)
    summary = graphene.String(required=True)
    description = graphene.String(required=True)
    kind = graphene.Field(TierKind, required=True)
    amount_yen = graphene.Field(Yen, required=True, description="One donation.")
    box_count = graphene.Int(required=True, description="Boxes that one donation brings.")
    rank = graphene.Int(required=True, description="Opens content up to this rank.")
    benefits = graphene.List(graphene.NonNull(Benefit), required=True)
    picture_url = graphene.String()
    boxes = graphene.List(
        graphene.NonNull(Box),
        required=True,
        months=graphene.Int(default_value=BOX_MONTHS_DEFAULT, description="From now, 1 to 12."),
    )
    dates = graphene.List(
        graphene.NonNull(CycleDates),
        required=True,
        description="The first months of somebody who joins today; empty for a free tier.",
    )

    @staticmethod
    def resolve_benefits(tier: models.Tier, _info: GraphQLResolveInfo) -> list[dict[str, str]]:
        return [_benefit(item) for item in tier.benefits]

    @staticmethod
    def resolve_picture_url(tier: models.Tier, _info: GraphQLResolveInfo) -> str | None:
        return picture_url(tier.picture)

    @staticmethod
    def resolve_boxes(
        tier: models.Tier, info: GraphQLResolveInfo, months: int
    ) -> list[fulfilment_models.BoxPlan]:
        if not 1 <= months <= BOX_MONTHS_LIMIT:
            raise InputInvalid(field="months")
        today = info.context.today
        boxes = info.context.loaders.boxes_of(tier, month_from=today, months=months)
        return [box for box in boxes if facts.box_may_be_offered(box, day=today)]

    @staticmethod
    def resolve_dates(tier: models.Tier, info: GraphQLResolveInfo) -> list[calendar.CycleDates]:
        if tier.kind == states.TierKind.FREE:
            return []
        return join.join_preview(tier=tier, today=info.context.today)


def _benefit(item: Any) -> dict[str, str]:
    if isinstance(item, dict):
        return {"name": str(item["name"]), "description": str(item.get("description", ""))}
    return {"name": str(item), "description": ""}


class Membership(graphene.ObjectType):
    """A donor's membership (会員契約) in a tier."""

    id = graphene.ID(required=True)
    tier = graphene.Field(Tier, required=True)
    state = graphene.Field(MembershipState, required=True)
    anchor_day = graphene.Int(required=True, description="The day of the month of the donation.")
    is_box_wanted = graphene.Boolean(required=True)
    is_pure_if_resident = graphene.Boolean(
        required=True, description="Should he move into the town, he goes on without boxes."
    )
    use_slug = graphene.String(
        required=True, description="What the donations are to be used for; empty: the town decides."
    )
    started_at = graphene.DateTime()
    ended_at = graphene.DateTime()

    @staticmethod
    def resolve_id(membership: models.Membership, _info: GraphQLResolveInfo) -> str:
        return membership.public_id


class Cycle(graphene.ObjectType):
    """One month (回) of a membership."""

    key = graphene.ID(required=True)
    month = graphene.Date(required=True, description="The first day of the month.")
    kind = graphene.Field(CycleKind, required=True)
    state = graphene.Field(CycleState, required=True)
    reason = graphene.String(description="Why it was skipped or failed, as a code.")
    tier = graphene.Field(Tier, required=True)
    amount_yen = graphene.Field(Yen, required=True)
    change_until = graphene.Date(required=True)
    charge_on = graphene.Date(required=True)
    list_on = graphene.Date(required=True)
    ship_from = graphene.Date(required=True)
    ship_to = graphene.Date(required=True)
    box = graphene.Field(Box)
    shipments = graphene.List(graphene.NonNull(Shipment), required=True)

    @staticmethod
    def resolve_key(cycle: models.Cycle, _info: GraphQLResolveInfo) -> str:
        return selectors.cycle_key(cycle=cycle)

    @staticmethod
    def resolve_reason(cycle: models.Cycle, _info: GraphQLResolveInfo) -> str | None:
        return cycle.reason or None

    @staticmethod
    def resolve_box(
        cycle: models.Cycle, info: GraphQLResolveInfo
    ) -> fulfilment_models.BoxPlan | None:
        locked = getattr(cycle, "snapshot", None)
        is_sent = cycle.membership.is_box_wanted if locked is None else locked.box_plan_id
        if not is_sent:
            return None
        return info.context.loaders.box_of(cycle)  # type: ignore[no-any-return]

    @staticmethod
    def resolve_shipments(
        cycle: models.Cycle, info: GraphQLResolveInfo
    ) -> list[fulfilment_models.Shipment]:
        locked = getattr(cycle, "snapshot", None)
        if locked is not None and locked.recipient_id is not None:
            return []  # where a box is that was given to another person is not for the giver
        return info.context.loaders.shipments.get(cycle.pk) or []


class DonorDetails(graphene.ObjectType):
    """My name, address and birthday, and the address on my residence certificate (住民票)."""

    family_name = graphene.String(required=True)
    given_name = graphene.String(required=True)
    family_kana = graphene.String(required=True)
    given_kana = graphene.String(required=True)
    birth_date = graphene.Date()
    phone = graphene.String(required=True)
    postal_code = graphene.String(required=True)
    prefecture = graphene.String(required=True)
    city = graphene.String(required=True)
    street = graphene.String(required=True)
    building = graphene.String(required=True)
    is_registered_address_same = graphene.Boolean(required=True)
    registered_postal_code = graphene.String(required=True)
    registered_prefecture = graphene.String(required=True)
    registered_city = graphene.String(required=True)
    registered_street = graphene.String(required=True)
    registered_building = graphene.String(required=True)
    is_complete = graphene.Boolean(
        required=True, description="Whether it suffices for a receipt and a parcel."
    )

    @staticmethod
    def resolve_is_complete(donor: models.Donor, _info: GraphQLResolveInfo) -> bool:
        return selectors.details_are_complete(donor=donor)
