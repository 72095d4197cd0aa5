"""A donor keeps what he wants to give at most in a year."""

from typing import Any

import graphene
from django.db import transaction

from saleor_ext.api.context import ApiContext
from saleor_ext.api.membership import types
from saleor_ext.api.mutation import ApiMutation
from saleor_ext.api.scalars import Yen
from saleor_ext.membership import services, states, year_limits


class YearLimitSet(ApiMutation):
    """Keep my limit for this year or the next. It counts for months that are not locked yet."""

    class Arguments:
        year = graphene.Int(required=True)
        limit_yen = graphene.Argument(Yen, required=True)
        origin = graphene.Argument(types.LimitOrigin, required=True)
        when_reached = graphene.Argument(
            types.WhenReached, default_value=states.WhenReached.STOP.value
        )

    year_limit = graphene.Field(types.YearLimit)

    @classmethod
    @transaction.atomic
    def perform(  # type: ignore[override]
        cls, context: ApiContext, *, year: int, limit_yen: int, origin: Any, when_reached: Any
    ) -> dict[str, Any]:
        """This will keep the limit of whoever asks."""
        principal = context.principal_signed_in()
        donor = services.donor_ensure(
            saleor_user_id=principal.user_id, email=principal.email, now=context.now
        )
        limit = year_limits.year_limit_set(
            donor_id=donor.pk,
            year=year,
            limit_yen=limit_yen,
            origin=getattr(origin, "value", origin),
            when_reached=getattr(when_reached, "value", when_reached),
            now=context.now,
        )
        return {"year_limit": limit}
