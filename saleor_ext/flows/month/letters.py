"""The mails about one month, asked for through the outbox."""

from datetime import datetime

from saleor_ext.donations import models as donation_models
from saleor_ext.membership import models as membership_models
from saleor_ext.outbox import models as outbox_models


def mail_message(
    name: str,
    *,
    cycle: membership_models.Cycle,
    now: datetime,
    attempt: donation_models.PaymentAttempt | None = None,
    card: donation_models.CardOnFile | None = None,
    told: str = "",
) -> outbox_models.OutboxMessage:
    """This will make the message for a mail, once per attempt (or per month without one), and once
    for each thing `told`. `card` is the one that is named in it.
    """
    subject = str(attempt.pk) if attempt else f"c{cycle.pk}"
    subject += f":{told}" if told else ""
    named = {"card_id": card.pk} if card else {}
    return outbox_models.OutboxMessage(
        topic="mail.send",
        key=f"mail:{name}:{subject}",
        payload={
            "name": name,
            "donor_id": cycle.membership.donor_id,
            "cycle_id": cycle.pk,
            "attempt_id": attempt.pk if attempt else None,
            **named,
        },
        next_try_at=now,
        created_at=now,
    )
