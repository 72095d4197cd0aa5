"""Receipts as the API shows them to the donor himself, and files he may keep."""

import base64

import graphene
from graphql import GraphQLResolveInfo

from saleor_ext.api.enums import enum_of
from saleor_ext.api.scalars import Yen
from saleor_ext.receipts import models, states

RECEIPT_PREFIX = "R"

ReceiptState = enum_of(states.ReceiptState)
HandedAs = enum_of(states.HandedAs)
Grouping = enum_of(states.Grouping)


class ReceiptLine(graphene.ObjectType):
    """One donation on a receipt."""

    number = graphene.String(required=True)
    donated_on = graphene.Date(required=True)
    amount_yen = graphene.Field(Yen, required=True)


class Receipt(graphene.ObjectType):
    """A receipt (寄附金受領証明書). What it says never changes; a corrected one replaces it."""

    key = graphene.ID(required=True)
    number = graphene.String(required=True)
    year = graphene.Int(required=True)
    grouping = graphene.Field(Grouping, required=True)
    state = graphene.Field(ReceiptState, required=True)
    amount_yen = graphene.Field(Yen, required=True)
    issued_on = graphene.Date(required=True)
    handed_as = graphene.Field(
        HandedAs,
        required=True,
        description="On paper: a file is a reissue, which has to be asked for.",
    )
    reissue_count = graphene.Int(required=True)
    lines = graphene.List(graphene.NonNull(ReceiptLine), required=True)

    @staticmethod
    def resolve_key(receipt: models.Receipt, _info: GraphQLResolveInfo) -> str:
        return f"{RECEIPT_PREFIX}{receipt.pk}"

    @staticmethod
    def resolve_lines(
        receipt: models.Receipt, _info: GraphQLResolveInfo
    ) -> list[models.ReceiptLine]:
        return list(receipt.lines.all())


class VerifiedReceipt(graphene.ObjectType):
    """What whoever holds a receipt may read of it: day and amount, no name."""

    donated_on = graphene.Date(required=True)
    amount_yen = graphene.Field(Yen, required=True)


class KeptFile(graphene.ObjectType):
    """A file to keep."""

    name = graphene.String(required=True)
    content_type = graphene.String(required=True)
    content_base64 = graphene.String(required=True)


def kept_file(*, name: str, content_type: str, content: bytes) -> KeptFile:
    """This will pack a file into an answer."""
    return KeptFile(
        name=name,
        content_type=content_type,
        content_base64=base64.b64encode(content).decode(),
    )


def receipt_id(key: str) -> int:
    """This will read a receipt's key; one that is none leads to no receipt."""
    digits = key.removeprefix(RECEIPT_PREFIX)
    is_key = key.startswith(RECEIPT_PREFIX) and digits.isascii() and digits.isdigit()
    return int(digits) if is_key and len(digits) < 19 else 0
