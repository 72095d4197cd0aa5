"""The one-stop exception as the API shows it to the donor himself and to the office."""

import graphene
from graphql import GraphQLResolveInfo

from saleor_ext.api.enums import enum_of
from saleor_ext.api.scalars import Yen
from saleor_ext.onestop import facts, models, selectors, states

OnestopApplicationState = enum_of(states.ApplicationState)
OnestopReceivedAs = enum_of(states.ReceivedAs)
OnestopIdentityKind = enum_of(states.IdentityKind)
OnestopMissing = enum_of(states.Missing)
OnestopVoidReason = enum_of(states.VoidReason)
OnestopChangeState = enum_of(states.ChangeState)


class OnestopApplication(graphene.ObjectType):
    """The application for one donation (申告特例申請)."""

    id = graphene.ID(required=True)
    number = graphene.String(required=True, description="整理番号, printed on the form.")
    state = graphene.Field(OnestopApplicationState, required=True)
    donated_on = graphene.Date(required=True)
    amount_yen = graphene.Field(Yen, required=True)
    deadline = graphene.Date(required=True, description="The last day in Japan to arrive.")
    received_on = graphene.Date()
    accepted_on = graphene.Date()
    missing = graphene.List(graphene.NonNull(OnestopMissing), required=True)
    void_reason = graphene.Field(OnestopVoidReason)

    @staticmethod
    def resolve_id(row: models.OneStopApplication, _info: GraphQLResolveInfo) -> str:
        return row.public_id

    @staticmethod
    def resolve_donated_on(row: models.OneStopApplication, _info: GraphQLResolveInfo) -> object:
        return row.donation.donated_on

    @staticmethod
    def resolve_amount_yen(row: models.OneStopApplication, _info: GraphQLResolveInfo) -> int:
        return row.given_yen

    @staticmethod
    def resolve_missing(row: models.OneStopApplication, _info: GraphQLResolveInfo) -> list[str]:
        return row.missing_list

    @staticmethod
    def resolve_void_reason(
        row: models.OneStopApplication, _info: GraphQLResolveInfo
    ) -> str | None:
        return row.void_reason or None


class OnestopQuestion(graphene.ObjectType):
    """A statement that has to be true of whoever uses the exception."""

    key = graphene.String(required=True)
    text = graphene.String(required=True)


class OnestopYear(graphene.ObjectType):
    """My one-stop exception for the donations of one calendar year."""

    year = graphene.Int(required=True)
    deadline = graphene.Date(required=True, description="The last day in Japan to arrive.")
    is_wanted = graphene.Boolean(description="Null while I was never asked.")
    is_eligible = graphene.Boolean(description="By my latest answers; null without any.")
    applications = graphene.List(graphene.NonNull(OnestopApplication), required=True)
    questions = graphene.List(graphene.NonNull(OnestopQuestion), required=True)
    wording = graphene.String(required=True, description="Which wording the questions have.")

    @staticmethod
    def resolve_applications(
        row: models.OneStopYear, _info: GraphQLResolveInfo
    ) -> list[models.OneStopApplication]:
        return list(selectors.applications_of(donor_id=row.donor_id, year=row.year))

    @staticmethod
    def resolve_questions(
        _row: models.OneStopYear, _info: GraphQLResolveInfo
    ) -> list[OnestopQuestion]:
        return [OnestopQuestion(key=key, text=text) for key, text in facts.ANSWERS.items()]

    @staticmethod
    def resolve_wording(_row: models.OneStopYear, _info: GraphQLResolveInfo) -> str:
        return facts.WORDING


class OnestopChange(graphene.ObjectType):
    """A reported change of name or address (55-6), which counts once its paper came in."""

    id = graphene.ID(required=True)
    state = graphene.Field(OnestopChangeState, required=True)
    changed = graphene.List(
        graphene.NonNull(graphene.String), required=True, description="What differs, by name."
    )

    @staticmethod
    def resolve_id(row: models.OneStopChange, _info: GraphQLResolveInfo) -> str:
        return row.public_id

    @staticmethod
    def resolve_changed(row: models.OneStopChange, _info: GraphQLResolveInfo) -> list[str]:
        return sorted(row.after)
