"""What callers say about the one-stop exception, and who may say it."""

from typing import Any

import graphene

from saleor_ext.access.principal import Principal
from saleor_ext.access.roles import Act
from saleor_ext.api.context import ApiContext
from saleor_ext.api.errors import PermissionDenied
from saleor_ext.common.errors import NotFound
from saleor_ext.flows.onestop import desk
from saleor_ext.onestop import facts


class OnestopAnswersInput(graphene.InputObjectType):
    """My answers, by the keys of the questions. All are needed."""

    is_return_free = graphene.Boolean(required=True)
    is_resident_tax_free = graphene.Boolean(required=True)
    is_few_towns = graphene.Boolean(required=True)
    is_income_low = graphene.Boolean(required=True)
    is_deduction_free = graphene.Boolean(required=True)


def answers(given: dict[str, Any]) -> dict[str, bool]:
    """This will read the answers as the flow takes them."""
    return {name: bool(given[name]) for name in facts.ANSWERS}


def officer(context: ApiContext) -> Principal:
    """This will return the officer who asks: he must be allowed to see people, too.

    Raises:
        Unauthenticated, PermissionDenied: he is none.
    """
    staff = context.staff(Act.ONESTOP)
    if not staff.may_see_people:
        raise PermissionDenied()
    return staff


def application_ids(numbers: list[str]) -> list[int]:
    """This will return the applications behind some numbers.

    Raises:
        NotFound: there is none with one of them.
    """
    found = [desk.application_find(typed=number) for number in numbers]
    if not found or None in found:
        raise NotFound(what="one-stop application")
    return [application.pk for application in found if application is not None]
