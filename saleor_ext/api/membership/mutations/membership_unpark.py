"""Staff let a parked membership go on."""

from typing import Any

import graphene

from saleor_ext.access.roles import Act
from saleor_ext.api.context import ApiContext
from saleor_ext.api.membership import types
from saleor_ext.api.mutation import ApiMutation
from saleor_ext.flows.month import holding
from saleor_ext.membership import selectors

FixedMonth = graphene.Enum.from_enum(holding.FixedMonth)


class MembershipUnpark(ApiMutation):
    """For staff: a parked membership goes on from where it was."""

    class Arguments:
        id = graphene.ID(required=True)
        reason = graphene.String(required=True)
        fixed_month = graphene.Argument(
            FixedMonth,
            default_value=holding.FixedMonth.AS_IS,
            description="What becomes of a fixed month that breaks a rule by now.",
        )

    membership = graphene.Field(types.Membership)

    @classmethod
    def perform(  # type: ignore[override]
        cls,
        context: ApiContext,
        *,
        id: str,
        reason: str,
        fixed_month: str = holding.FixedMonth.AS_IS,
    ) -> dict[str, Any]:
        """This will unpark the membership."""
        staff = context.staff(Act.MEMBERSHIP_PARK)
        membership = holding.membership_resume(
            membership_id=selectors.membership_by_public_id(public_id=id).pk,
            now=context.now,
            actor=staff.actor,
            reason=reason,
            fixed_month=fixed_month,
        )
        return {"membership": membership}
