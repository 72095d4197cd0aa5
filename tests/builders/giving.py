"""花子's membership offered to 太郎, and accepted by him."""

from saleor_ext.flows.choices import giving, grant_link
from saleor_ext.membership import models
from saleor_ext.outbox.models import OutboxMessage
from tests.builders import world

TARO_MAIL = "taro@example.jp"
DETAILS = world.TARO | {"is_registered_address_same": True}


def offer(member: models.Membership, *, email: str = TARO_MAIL, now=world.NOW) -> models.Grant:
    return giving.give_choose(membership_id=member.pk, email=email, now=now, actor="donor")


def sealed_of(grant: models.Grant) -> str:
    return grant_link.link_make(grant_id=grant.pk).rstrip("/").rpartition("/")[2]


def accept(grant: models.Grant, **changes: object) -> models.Grant:
    given = {
        "sealed": sealed_of(grant),
        "user_id": "user-taro",
        "email": TARO_MAIL,
        "details": DETAILS,
        "now": world.NOW,
    }
    return giving.offer_accept(**given | changes)


def given_to_taro(member: models.Membership) -> tuple[models.Grant, models.Donor]:
    grant = accept(offer(member))
    return grant, models.Donor.objects.get(saleor_user_id="user-taro")


def mails(name: str) -> int:
    return OutboxMessage.objects.filter(payload__name=name).count()
