"""Everything the API tells a person about himself, and nobody else."""

from collections.abc import Mapping

import graphene
from graphql import GraphQLResolveInfo

from saleor_ext.access.principal import Principal
from saleor_ext.api import lists
from saleor_ext.api.donations.card_change_types import CardChangePreview
from saleor_ext.api.donations.types import DONATION_PREFIX, Card, Donation
from saleor_ext.api.errors import InputInvalid
from saleor_ext.api.fulfilment.types import Producer, Shipment
from saleor_ext.api.giving.types import Grant, ReceivedMembership
from saleor_ext.api.membership.types import (
    Cycle,
    DonorDetails,
    Membership,
    YearLimit,
    YearPlan,
)
from saleor_ext.api.receipts.types import RECEIPT_PREFIX, Receipt
from saleor_ext.api.scalars import Yen
from saleor_ext.api.swaps.types import Swap
from saleor_ext.common.errors import NotFound
from saleor_ext.donations import models as donation_models
from saleor_ext.donations import selectors as donation_selectors
from saleor_ext.flows.choices import card_change as card_flow
from saleor_ext.flows.limits import forecast
from saleor_ext.flows.swaps import answering
from saleor_ext.flows.together import badges as badge_flow
from saleor_ext.flows.together import counting
from saleor_ext.fulfilment import models as fulfilment_models
from saleor_ext.fulfilment import selectors as fulfilment_selectors
from saleor_ext.membership import models, selectors
from saleor_ext.receipts import models as receipt_models
from saleor_ext.receipts import selectors as receipt_selectors

YEAR_FIRST, YEAR_LAST = 2000, 2200
PLAN_YEARS = 2  # so far ahead a plan is counted out, month by month


class Badge(graphene.ObjectType):
    """Earned after so many months with the town (ご一緒のしるし)."""

    months = graphene.Int(required=True)
    earned_on = graphene.Date(required=True)


class Me(graphene.ObjectType):
    """Whoever asks. Everything is empty for somebody who has not begun to join."""

    email = graphene.String(required=True)
    display_name = graphene.String(required=True)
    is_staff = graphene.Boolean(required=True)
    producer = graphene.Field(Producer, description="For producers: who I am.")
    donor = graphene.Field(DonorDetails)
    membership = graphene.Field(Membership, description="My membership that is not over.")
    memberships = graphene.List(
        graphene.NonNull(Membership), required=True, description="All I ever had, newest first."
    )
    months_together = graphene.Int(
        required=True,
        description="Calendar months with the town so far, in all my memberships.",
    )
    badges = graphene.List(
        graphene.NonNull(Badge), required=True, description="What these months earned me so far."
    )
    cycles = graphene.List(
        graphene.NonNull(Cycle),
        required=True,
        description="The months of my membership, newest first.",
        **lists.list_arguments(),
    )
    donations = graphene.List(
        graphene.NonNull(Donation),
        required=True,
        year=graphene.Int(description="Only of this calendar year."),
        **lists.list_arguments(),
    )
    receipts = graphene.List(
        graphene.NonNull(Receipt),
        required=True,
        year=graphene.Int(description="Only of this calendar year."),
        description="My receipts, withdrawn ones included, newest first.",
        **lists.list_arguments(),
    )
    donated_yen = graphene.Field(
        Yen,
        required=True,
        year=graphene.Int(description="The calendar year; the present one if left out."),
    )
    year_limit = graphene.Field(
        YearLimit,
        year=graphene.Int(description="The calendar year; the present one if left out."),
        description="What I want to give at most in a year, if I said so.",
    )
    year_plan = graphene.Field(
        YearPlan,
        year=graphene.Int(description="The calendar year; the present one if left out."),
        description="What I gave and will give in a year, and where my limit is reached.",
    )
    card = graphene.Field(Card)
    card_change = graphene.Field(
        CardChangePreview,
        description="What a new card would be charged for; null without a paid membership.",
    )
    swaps = graphene.List(
        graphene.NonNull(Swap), required=True, description="What I am asked about my boxes."
    )
    giving = graphene.Field(Grant, description="My membership offered or given to somebody.")
    received = graphene.Field(
        ReceivedMembership, description="A membership that somebody gives to me."
    )
    shipments = graphene.List(graphene.NonNull(Shipment), required=True, **lists.list_arguments())

    @staticmethod
    def resolve_producer(
        me: Principal, _info: GraphQLResolveInfo
    ) -> fulfilment_models.Producer | None:
        return fulfilment_selectors.producer_of_email(email=me.email) if me.is_producer else None

    @staticmethod
    def resolve_donor(me: Principal, _info: GraphQLResolveInfo) -> models.Donor | None:
        return selectors.donor_of_user(saleor_user_id=me.user_id)

    @staticmethod
    def resolve_membership(me: Principal, _info: GraphQLResolveInfo) -> models.Membership | None:
        if me.donor_id is None:
            return None
        return selectors.membership_current(donor_id=me.donor_id)

    @staticmethod
    def resolve_memberships(me: Principal, _info: GraphQLResolveInfo) -> list[models.Membership]:
        if me.donor_id is None:
            return []
        return list(selectors.memberships_of(donor_id=me.donor_id)[: lists.FIRST_LIMIT])

    @staticmethod
    def resolve_months_together(me: Principal, info: GraphQLResolveInfo) -> int:
        if me.donor_id is None:
            return 0
        return counting.months_together(donor_id=me.donor_id, today=info.context.today)

    @staticmethod
    def resolve_badges(me: Principal, info: GraphQLResolveInfo) -> list[badge_flow.Badge]:
        if me.donor_id is None:
            return []
        standing = badge_flow.standing_of(donor_id=me.donor_id, today=info.context.today)
        return list(standing.badges)

    @staticmethod
    def resolve_cycles(
        me: Principal, info: GraphQLResolveInfo, first: int, after: str | None = None
    ) -> list[models.Cycle]:
        membership = Me.resolve_membership(me, info)
        if membership is None:
            return []
        rows = selectors.cycles_of(membership_id=membership.pk).select_related("membership", "tier")
        cycles: list[models.Cycle] = lists.page(
            rows, first=first, after=after, locate=_by_cycle_key
        )
        info.context.loaders.cycles_expect(cycles)
        return cycles

    @staticmethod
    def resolve_donations(
        me: Principal,
        _info: GraphQLResolveInfo,
        first: int,
        after: str | None = None,
        year: int | None = None,
    ) -> list[donation_models.Donation]:
        if me.donor_id is None:
            return []
        rows = donation_selectors.donations_of(donor_id=me.donor_id)
        if year is not None:
            rows = rows.filter(donated_on__year=_year(year))
        return lists.page(rows, first=first, after=after, locate=lists.by_number(DONATION_PREFIX))

    @staticmethod
    def resolve_receipts(
        me: Principal,
        _info: GraphQLResolveInfo,
        first: int,
        after: str | None = None,
        year: int | None = None,
    ) -> list[receipt_models.Receipt]:
        if me.donor_id is None:
            return []
        rows = receipt_selectors.receipts_of(
            donor_id=me.donor_id, year=None if year is None else _year(year)
        )
        return lists.page(rows, first=first, after=after, locate=lists.by_number(RECEIPT_PREFIX))

    @staticmethod
    def resolve_donated_yen(
        me: Principal, info: GraphQLResolveInfo, year: int | None = None
    ) -> int:
        if me.donor_id is None:
            return 0
        return donation_selectors.donated_yen_in_year(
            donor_id=me.donor_id, year=info.context.today.year if year is None else _year(year)
        )

    @staticmethod
    def resolve_year_limit(
        me: Principal, info: GraphQLResolveInfo, year: int | None = None
    ) -> models.YearLimit | None:
        if me.donor_id is None:
            return None
        return selectors.year_limit_of(
            donor_id=me.donor_id, year=info.context.today.year if year is None else _year(year)
        )

    @staticmethod
    def resolve_year_plan(
        me: Principal, info: GraphQLResolveInfo, year: int | None = None
    ) -> forecast.YearPlan | None:
        if me.donor_id is None:
            return None
        present = info.context.today.year
        if year is not None and not present - PLAN_YEARS <= year <= present + PLAN_YEARS:
            raise InputInvalid(field="year")
        return forecast.year_plan(donor_id=me.donor_id, year=present if year is None else year)

    @staticmethod
    def resolve_card(me: Principal, _info: GraphQLResolveInfo) -> donation_models.CardOnFile | None:
        return (
            None if me.donor_id is None else donation_selectors.card_current(donor_id=me.donor_id)
        )

    @staticmethod
    def resolve_card_change(
        me: Principal, info: GraphQLResolveInfo
    ) -> card_flow.CardChangePreview | None:
        if me.donor_id is None:
            return None
        try:
            return card_flow.card_change_preview(donor_id=me.donor_id, today=info.context.today)
        except NotFound:
            return None

    @staticmethod
    def resolve_swaps(me: Principal, _info: GraphQLResolveInfo) -> list[fulfilment_models.Swap]:
        return answering.swaps_of(donor_id=me.donor_id) if me.donor_id else []

    @staticmethod
    def resolve_giving(me: Principal, _info: GraphQLResolveInfo) -> models.Grant | None:
        membership = selectors.membership_current(donor_id=me.donor_id) if me.donor_id else None
        return selectors.grant_live(membership_id=membership.pk) if membership else None

    @staticmethod
    def resolve_received(me: Principal, _info: GraphQLResolveInfo) -> models.Membership | None:
        return selectors.membership_received(donor_id=me.donor_id) if me.donor_id else None

    @staticmethod
    def resolve_shipments(
        me: Principal, _info: GraphQLResolveInfo, first: int, after: str | None = None
    ) -> list[fulfilment_models.Shipment]:
        if me.donor_id is None:
            return []
        rows = fulfilment_selectors.shipments_of_donor(donor_id=me.donor_id)
        return lists.page(rows, first=first, after=after, locate=lists.by_key)


def _year(year: int) -> int:
    if not YEAR_FIRST <= year <= YEAR_LAST:
        raise InputInvalid(field="year")
    return year


def _by_cycle_key(key: str) -> Mapping[str, object]:
    public_id, _, number = key.removeprefix("fs-").rpartition("-")
    if not number.isascii() or not number.isdigit() or len(number) > 9:
        raise ValueError
    return {"membership__public_id": public_id, "n": int(number)}
