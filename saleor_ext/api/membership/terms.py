"""Prepaid terms as the API shows them: how one stands, and what could be chosen about it."""

from datetime import date
from typing import Any

import graphene
from graphql import GraphQLResolveInfo

from saleor_ext.api.membership.choices import ChoicePreview, asked, own_membership
from saleor_ext.api.scalars import Yen
from saleor_ext.flows.choices import after_term, ground, swap, term
from saleor_ext.fulfilment import models as fulfilment_models
from saleor_ext.membership import outlook


class Term(graphene.ObjectType):
    """A prepaid term (まとめて寄附の期間): one donation and its boxes. Days are days in Japan."""

    given_on = graphene.Date(required=True, description="The day of its donation.")
    amount_yen = graphene.Field(Yen, required=True)
    box_count = graphene.Int(required=True)
    boxes_left = graphene.Int(required=True, description="Boxes that are not fixed yet.")
    months = graphene.List(
        graphene.NonNull(graphene.Date), required=True, description="Of its boxes, first days."
    )
    last_box_from = graphene.Date(required=True, description="From when the last box leaves.")
    next_donation_on = graphene.Date(description="Null when the membership ends with the term.")
    next_donation_yen = graphene.Field(Yen)
    choose_until = graphene.Date(
        required=True, description="The last day to choose what comes after it."
    )

    @staticmethod
    def resolve_given_on(root: outlook.TermOutlook, _info: GraphQLResolveInfo) -> date:
        return root.paying.charge_on

    @staticmethod
    def resolve_amount_yen(root: outlook.TermOutlook, _info: GraphQLResolveInfo) -> int:
        return root.paying.amount_yen

    @staticmethod
    def resolve_box_count(root: outlook.TermOutlook, _info: GraphQLResolveInfo) -> int:
        return root.paying.box_count

    @staticmethod
    def resolve_boxes_left(root: outlook.TermOutlook, _info: GraphQLResolveInfo) -> int:
        return root.left

    @staticmethod
    def resolve_months(root: outlook.TermOutlook, _info: GraphQLResolveInfo) -> list[date]:
        return [box.dates.month for box in root.boxes]

    @staticmethod
    def resolve_last_box_from(root: outlook.TermOutlook, _info: GraphQLResolveInfo) -> date:
        return root.last.dates.ship_from

    @staticmethod
    def resolve_next_donation_on(
        root: outlook.TermOutlook, _info: GraphQLResolveInfo
    ) -> date | None:
        return root.after.dates.charge_on if root.after else None

    @staticmethod
    def resolve_next_donation_yen(
        root: outlook.TermOutlook, _info: GraphQLResolveInfo
    ) -> int | None:
        return root.after.amount_yen if root.after else None

    @staticmethod
    def resolve_choose_until(root: outlook.TermOutlook, _info: GraphQLResolveInfo) -> date:
        return root.after_dates.change_until


class BoxOffered(graphene.ObjectType):
    """A box that could come in a month in place of the one that does."""

    id = graphene.ID(required=True)
    title = graphene.String(required=True)


class TermQueries(graphene.ObjectType):
    """My prepaid term, and what choices about it would do. Asking changes nothing."""

    membership_term = graphene.Field(Term, description="Null without a prepaid term.")
    membership_term_preview = graphene.Field(
        ChoicePreview,
        required=True,
        tier_slug=graphene.String(required=True, description="See `membershipTermBegin`."),
    )
    membership_after_term_preview = graphene.Field(
        ChoicePreview,
        required=True,
        after=graphene.String(required=True, description="See `membershipAfterTermSet`."),
    )
    membership_boxes_offered = graphene.List(
        graphene.NonNull(BoxOffered),
        required=True,
        month=graphene.Date(required=True, description="Its first day."),
    )
    membership_box_swap_preview = graphene.Field(
        ChoicePreview,
        required=True,
        month=graphene.Date(required=True, description="Its first day."),
        box_id=graphene.ID(required=True),
    )

    @staticmethod
    def resolve_membership_term(
        _root: None, info: GraphQLResolveInfo
    ) -> outlook.TermOutlook | None:
        return outlook.term_of(own_membership(info.context), today=info.context.today)

    @staticmethod
    def resolve_membership_term_preview(
        _root: None, info: GraphQLResolveInfo, **arguments: Any
    ) -> ground.Preview:
        return term.term_preview(**asked(info), **arguments)

    @staticmethod
    def resolve_membership_after_term_preview(
        _root: None, info: GraphQLResolveInfo, **arguments: Any
    ) -> ground.Preview:
        return after_term.after_preview(**asked(info), **arguments)

    @staticmethod
    def resolve_membership_boxes_offered(
        _root: None, info: GraphQLResolveInfo, *, month: date
    ) -> list[fulfilment_models.BoxPlan]:
        membership = own_membership(info.context)
        months = swap.months_to_swap(membership_id=membership.pk, today=info.context.today)
        return [
            box
            for cycle in months
            if cycle.month == month
            for box in swap.boxes_offered(cycle=cycle, now=info.context.now)
        ]

    @staticmethod
    def resolve_membership_box_swap_preview(
        _root: None, info: GraphQLResolveInfo, *, month: date, box_id: str
    ) -> ground.Preview:
        return swap.swap_preview(
            **asked(info), month=month, box_id=swap.box_id_of(box_id), now=info.context.now
        )
