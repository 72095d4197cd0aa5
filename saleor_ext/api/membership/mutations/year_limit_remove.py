"""A donor forgets his limit for a year."""

from typing import Any

import graphene
from django.db import transaction

from saleor_ext.api.context import ApiContext
from saleor_ext.api.mutation import ApiMutation
from saleor_ext.membership import year_limits


class YearLimitRemove(ApiMutation):
    """Forget my limit for a year. Without one nothing happens."""

    class Arguments:
        year = graphene.Int(required=True)

    @classmethod
    @transaction.atomic
    def perform(cls, context: ApiContext, *, year: int) -> dict[str, Any]:  # type: ignore[override]
        """This will remove the limit of whoever asks."""
        principal = context.principal_signed_in()
        if principal.donor_id is not None:
            year_limits.year_limit_remove(donor_id=principal.donor_id, year=year)
        return {}
