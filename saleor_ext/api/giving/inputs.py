"""What is sent about memberships given away, and whose they are."""

import graphene
from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from saleor_ext.api.context import ApiContext
from saleor_ext.api.errors import InputInvalid
from saleor_ext.api.membership.choices import own_membership
from saleor_ext.common.errors import NotFound
from saleor_ext.membership import models, selectors

RECEIVED_HELP = "About the membership that was given to me, instead of my own."


class MonthAddressInput(graphene.InputObjectType):
    """Where one month's box goes."""

    family_name = graphene.String(required=True)
    given_name = graphene.String(required=True)
    phone = graphene.String(required=True)
    postal_code = graphene.String(required=True)
    prefecture = graphene.String(required=True)
    city = graphene.String(required=True)
    street = graphene.String(required=True)
    building = graphene.String(default_value="")


def email(text: str) -> str:
    """This will check an e-mail address.

    Raises:
        InputInvalid: it is none.
    """
    trimmed = text.strip()
    try:
        validate_email(trimmed)
    except ValidationError:
        raise InputInvalid(field="email") from None
    return trimmed


def delivered_membership(context: ApiContext, *, received: bool) -> models.Membership:
    """This will return the membership whose boxes come to whoever asks.

    Raises:
        Unauthenticated: nobody is signed in.
        NotFound: there is none, or its boxes go to somebody else.
    """
    if not received:
        membership = own_membership(context)
        if membership.recipient_id is not None:
            raise NotFound(what="membership")
        return membership
    found = selectors.membership_received(donor_id=context.donor_id())
    if found is None:
        raise NotFound(what="membership")
    return found
