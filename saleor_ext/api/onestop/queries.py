"""A donor's one-stop year, and for staff the application behind a number."""

import graphene
from graphql import GraphQLResolveInfo

from saleor_ext.access.roles import Act
from saleor_ext.api.errors import PermissionDenied
from saleor_ext.api.onestop import types
from saleor_ext.flows.onestop import desk
from saleor_ext.membership import selectors as membership_selectors
from saleor_ext.onestop import models, selectors


class OnestopQueries(graphene.ObjectType):
    """The one-stop exception."""

    onestop_year = graphene.Field(
        types.OnestopYear,
        required=True,
        year=graphene.Int(required=True),
        description="Mine; as it would be where nothing was said yet.",
    )
    onestop_application = graphene.Field(
        types.OnestopApplication,
        number=graphene.String(required=True),
        description="For staff: by the number on its form.",
    )

    @staticmethod
    def resolve_onestop_year(
        _root: None, info: GraphQLResolveInfo, year: int
    ) -> models.OneStopYear:
        donor_id = info.context.donor_id()
        found = selectors.year_of(donor_id=donor_id, year=year)
        return found or models.OneStopYear(
            donor_id=donor_id,
            municipality_id=membership_selectors.municipality_get().pk,
            year=year,
            deadline=selectors.deadline_of(year=year),
        )

    @staticmethod
    def resolve_onestop_application(
        _root: None, info: GraphQLResolveInfo, number: str
    ) -> models.OneStopApplication | None:
        staff = info.context.staff(Act.ONESTOP)
        if not staff.may_see_people:
            raise PermissionDenied()
        return desk.application_find(typed=number)
