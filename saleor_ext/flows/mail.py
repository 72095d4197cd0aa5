"""Mail to donors. The outbox holds ids only; names and addresses are read when it is sent."""

import re
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string

from saleor_ext.common import jptime, registry
from saleor_ext.donations import models as donation_models
from saleor_ext.donations import selectors as donation_selectors
from saleor_ext.flows import missed_link
from saleor_ext.flows.choices import grant_link
from saleor_ext.flows.dunning import pay_link
from saleor_ext.flows.onestop import letters as onestop_letters
from saleor_ext.flows.swaps import answering, deciding, fitting
from saleor_ext.flows.together import badges
from saleor_ext.fulfilment import models as fulfilment_models
from saleor_ext.fulfilment import selectors as fulfilment_selectors
from saleor_ext.membership import models as membership_models
from saleor_ext.membership import outlook
from saleor_ext.membership import selectors as membership_selectors
from saleor_ext.membership.states import GrantState
from saleor_ext.operation import selectors as operation_selectors
from saleor_ext.receipts import selectors as receipt_selectors

SUBJECT_PREFIX = "件名:"
ISO_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


def mail_send(payload: Mapping[str, Any], now: datetime) -> None:
    """This will render and send one mail. The first line of the template is its subject."""
    donor = membership_models.Donor.objects.get(pk=payload["donor_id"])
    letter_send(name=payload["name"], context=_context(payload, donor, now), to=donor.email)


def grant_mail_send(payload: Mapping[str, Any], now: datetime) -> None:
    """This will mail the link with which a membership given away is accepted.

    An offer that is over meanwhile is mailed no more. The address is nowhere but in the offer.
    """
    grant = membership_selectors.grant_get(grant_id=payload["grant_id"])
    if grant.state != GrantState.OFFERED or now >= grant.expires_at:
        return
    context: dict[str, object] = {
        "giver_name": grant.giver.full_name,
        "tier": grant.membership.tier,
        "expires_on": jptime.jst_date(grant.expires_at),
        "town": membership_selectors.municipality_get(),
        "now": now,
        "link": grant_link.link_make(grant_id=grant.pk),
        "links": links(),
    }
    letter_send(name="grant_offered", context=context, to=grant.recipient_email)


def staff_mail_send(payload: Mapping[str, Any], now: datetime) -> None:
    """This will tell the town's office of something that only a person can mend.

    Of missed donations about which staff have decided meanwhile it is told no more.
    """
    missed = _missed(payload.get("catch_up_id"))
    if "catch_up_id" in payload and missed is None:
        return
    town = membership_selectors.municipality_get()
    context: dict[str, object] = {
        "town": town,
        "now": now,
        "links": links(),
        "cycle": _cycle(payload.get("cycle_id")),
        "shipment": _shipment(payload.get("shipment_id")),
        "missed": missed,
    }
    letter_send(name=payload["name"], context=context, to=town.email)


def letter_send(*, name: str, context: dict[str, object], to: str) -> None:
    """This will render a mail and send it to one address."""
    text = render_to_string(f"emails/{name}.txt", context)
    first, _, body = text.lstrip().partition("\n")
    EmailMessage(
        subject=first.removeprefix(SUBJECT_PREFIX).strip(), body=body.strip() + "\n", to=[to]
    ).send()


def _context(
    payload: Mapping[str, Any], donor: membership_models.Donor, now: datetime
) -> dict[str, object]:
    cycle = _cycle(payload.get("cycle_id"))
    shipment = _shipment(payload.get("shipment_id"))
    choice = _choice(payload.get("choice_id"))
    return {
        "donor_name": donor.full_name,
        "town": membership_selectors.municipality_get(),
        "now": now,
        "cycle": cycle,
        "tier": cycle.tier if cycle else None,
        "membership": cycle.membership if cycle else None,
        "term": _term(payload["name"], cycle, now),
        "attempt": _attempt(payload.get("attempt_id")),
        "donation": _donation(payload.get("attempt_id")),
        "refunded_yen": _refunded_yen(payload),
        "badge": _badge(payload["name"], cycle, now),
        "card": _card(payload.get("card_id")),
        "pay_url": _pay_url(cycle),
        "grant": _grant(payload.get("grant_id")),
        **_swap(payload.get("swap_id")),
        **onestop_letters.context_of(payload),
        **_receipt(payload.get("receipt_id")),
        "shipment": shipment,
        "items": list(shipment.items.all()) if shipment else [],
        "carrier": registry.carriers()[shipment.carrier].label if shipment else "",
        "tracking_url": _tracking_url(shipment),
        "choice": choice,
        "told": _told(choice),
        "catch_up_link": _catch_up_link(cycle),
        "links": links(),
    }


def _catch_up_link(cycle: membership_models.Cycle | None) -> str:
    """Sealed when the mail is sent, so that no link ever lies in the outbox."""
    if cycle is None:
        return ""
    token = missed_link.token(cycle_id=cycle.pk)
    return f"{settings.APP_URL}/missed/{token}/"


def _choice(choice_id: int | None) -> membership_models.MembershipChoice | None:
    choices = membership_models.MembershipChoice.objects.select_related("membership__tier")
    return choices.filter(pk=choice_id).first() if choice_id else None


def _told(choice: membership_models.MembershipChoice | None) -> dict[str, object]:
    """What the donor was shown, its days as days again."""
    if choice is None:
        return {}
    return {name: _day_or(value) for name, value in choice.details.items()}


def _day_or(value: object) -> object:
    if isinstance(value, list):
        return [_day_or(item) for item in value]
    if isinstance(value, str) and ISO_DAY.fullmatch(value):
        return date.fromisoformat(value)
    return value


def _term(
    name: str, cycle: membership_models.Cycle | None, now: datetime
) -> outlook.TermOutlook | None:
    """How a prepaid term stands when the mail is written, for the mail about its end."""
    if name != "term_ending" or cycle is None:
        return None
    membership = membership_models.Membership.objects.select_related("tier", "next_tier").get(
        pk=cycle.membership_id
    )
    return outlook.term_of(membership, today=jptime.jst_date(now))


def _badge(name: str, cycle: membership_models.Cycle | None, now: datetime) -> int | None:
    """The months with the town, when this month's donation earned a badge."""
    if name != "donation_received" or cycle is None:
        return None
    return badges.badge_of_month(cycle=cycle, today=jptime.jst_date(now))


def _cycle(cycle_id: int | None) -> membership_models.Cycle | None:
    return membership_selectors.cycle_get(cycle_id=cycle_id) if cycle_id else None


def _attempt(attempt_id: int | None) -> donation_models.PaymentAttempt | None:
    if attempt_id is None:
        return None
    return donation_models.PaymentAttempt.objects.filter(pk=attempt_id).first()


def _donation(attempt_id: int | None) -> donation_models.Donation | None:
    return donation_models.Donation.objects.filter(
        attempt_id=attempt_id, corrects__isnull=True
    ).first()


def _refunded_yen(payload: Mapping[str, Any]) -> int:
    """What went back by now, for the mail about it."""
    if payload["name"] != "donation_refunded" or payload.get("attempt_id") is None:
        return 0
    return donation_selectors.refunded_yen(attempt_id=payload["attempt_id"])


def _pay_url(cycle: membership_models.Cycle | None) -> str:
    """The link by which this month can be made up for; made when the mail is sent, kept nowhere."""
    return f"{settings.APP_URL}/pay/{pay_link.link_token(cycle=cycle)}/" if cycle else ""


def _card(card_id: int | None) -> donation_models.CardOnFile | None:
    return donation_models.CardOnFile.objects.filter(pk=card_id).first() if card_id else None


def _grant(grant_id: int | None) -> membership_models.Grant | None:
    return membership_selectors.grant_get(grant_id=grant_id) if grant_id else None


def _swap(swap_id: int | None) -> dict[str, object]:
    """What cannot be sent and what would come instead, with the way to say so."""
    if swap_id is None:
        return {}
    swap = fulfilment_selectors.swap_get(swap_id=swap_id)
    gift, alternate = swap.alternate.gift, swap.alternate.alternate
    return {
        "swap": swap,
        "gift": gift,
        "alternate": alternate,
        "allergens": fitting.allergens_compare(gift=gift, alternate=alternate),
        "swap_link": answering.link_make(swap_id=swap.pk),
        "is_prepaid": swap.cycle.covered_by_id is not None,
        "is_back": deciding.is_back(cycle_id=swap.cycle_id),
        "is_given": swap.cycle.snapshot.recipient_id is not None,
        "is_silence_yes": deciding.is_silence_yes(swap),
    }


def _receipt(receipt_id: int | None) -> dict[str, object]:
    """A receipt that no longer holds, and what replaced it by now."""
    if receipt_id is None:
        return {}
    receipt = receipt_selectors.receipt_get(receipt_id=receipt_id)
    return {"receipt": receipt, "replacement": receipt.replacements.order_by("pk").first()}


def _shipment(shipment_id: int | None) -> fulfilment_models.Shipment | None:
    if not shipment_id:
        return None
    return fulfilment_models.Shipment.objects.select_related("producer").get(pk=shipment_id)


def _tracking_url(shipment: fulfilment_models.Shipment | None) -> str:
    if shipment is None:
        return ""
    return registry.carriers()[shipment.carrier].tracking_url(shipment.tracking_number)


def _missed(catch_up_id: int | None) -> operation_selectors.CatchUpSums | None:
    waiting = operation_selectors.catch_up_sums()
    return waiting if waiting and waiting.catch_up_id == catch_up_id else None


def links() -> dict[str, str]:
    """This will list the addresses that mails point to."""
    return {
        "home": f"{settings.APP_URL}/",
        "my": f"{settings.APP_URL}/my/",
        "membership": f"{settings.APP_URL}/my/membership/",
        "limit": f"{settings.APP_URL}/my/limit/",
        "year_turn": f"{settings.APP_URL}/my/membership/year/",
        "recover": f"{settings.APP_URL}/my/recover/",
        "card": f"{settings.APP_URL}/my/card/",
        "onestop": f"{settings.APP_URL}/my/onestop/",
        "receipts": f"{settings.APP_URL}/my/receipts/",
        "give": f"{settings.APP_URL}/my/give/",
        "received": f"{settings.APP_URL}/my/received/",
        "month_address": f"{settings.APP_URL}/my/month-address/",
        "shipments": f"{settings.APP_URL}/my/shipments/",
        "help": f"{settings.APP_URL}/help/",
        "staff": f"{settings.APP_URL}/staff/",
        "staff_run": f"{settings.APP_URL}/staff/run/",
        "manifest": f"{settings.APP_INTERNAL_URL}/saleor/manifest",
    }
