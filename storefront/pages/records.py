"""A donor's donations and parcels, as rows of his own pages."""

from collections import Counter
from dataclasses import dataclass
from datetime import date

from saleor_ext.common import jptime, registry
from saleor_ext.donations import models as donation_models
from saleor_ext.donations import selectors as donation_selectors
from saleor_ext.fulfilment import models as fulfilment_models
from saleor_ext.fulfilment import selectors as fulfilment_selectors
from saleor_ext.fulfilment import states as fulfilment_states
from saleor_ext.membership import models

SHIPMENT_WORDS = {
    fulfilment_states.ShipmentState.REQUESTED: "準備を待っています",
    fulfilment_states.ShipmentState.PREPARING: "準備ができました",
    fulfilment_states.ShipmentState.HELD: "町で確認しています",
    fulfilment_states.ShipmentState.LABELLED: "まもなく発送します",
    fulfilment_states.ShipmentState.SHIPPED: "発送しました",
    fulfilment_states.ShipmentState.DELIVERED: "お届けしました",
    fulfilment_states.ShipmentState.ABSENT: "ご不在でした。配送会社へ再配達をご依頼ください",
    fulfilment_states.ShipmentState.RETURNED: "生産者へ戻りました。町からご連絡します",
    fulfilment_states.ShipmentState.CANCELLED: "取りやめになりました",
    fulfilment_states.ShipmentState.SUBSTITUTED: "別のお届けに替わりました",
}


@dataclass(frozen=True, kw_only=True)
class DonationRow:
    """A row of the ledger. `note` says what the amount alone does not: given back, or a refund."""

    donated_on: date
    amount_yen: int
    tier_name: str
    receipt: str
    note: str


@dataclass(frozen=True, kw_only=True)
class ShipmentRow:
    """A parcel."""

    state: str
    is_sent: bool
    producer_name: str
    contents: tuple[str, ...]
    temperature: str
    carrier: str
    tracking_number: str
    tracking_url: str
    when: str


def donation_rows(donor: models.Donor | None) -> tuple[DonationRow, ...]:
    """This will list a donor's donations, newest first, with what was given back of them."""
    if donor is None:
        return ()
    rows = list(donation_selectors.donations_of(donor_id=donor.pk))
    given_back: Counter[int] = Counter()
    for row in rows:
        if row.corrects_id is not None and row.dispute_id is None:
            given_back[row.corrects_id] -= row.amount_yen
    return tuple(_donation_row(row, given_back_yen=given_back[row.pk]) for row in rows)


def _donation_row(donation: donation_models.Donation, *, given_back_yen: int) -> DonationRow:
    return DonationRow(
        donated_on=donation.donated_on,
        amount_yen=donation.amount_yen,
        tier_name=donation.tier_name,
        receipt=donation.receipt_label,
        note=_donation_note(donation, given_back_yen=given_back_yen),
    )


def _donation_note(donation: donation_models.Donation, *, given_back_yen: int) -> str:
    if donation.dispute_id is not None:
        return "カード会社の審査中" if donation.amount_yen < 0 else "カード会社の審査が終わりました"
    if donation.corrects_id is not None:
        return "返金"
    if given_back_yen == donation.amount_yen:
        return "返金済み"
    return "一部返金済み" if given_back_yen else ""


def shipment_rows(donor: models.Donor | None) -> tuple[ShipmentRow, ...]:
    """This will list a donor's parcels, newest first."""
    if donor is None:
        return ()
    rows = fulfilment_selectors.shipments_of_donor(donor_id=donor.pk)
    return tuple(_shipment_row(row) for row in rows)


def _shipment_row(shipment: fulfilment_models.Shipment) -> ShipmentRow:
    is_sent = shipment.state in fulfilment_states.SHIPMENT_SENT
    carrier = registry.carriers().get(shipment.carrier)
    number = shipment.tracking_number if is_sent else ""
    return ShipmentRow(
        state=SHIPMENT_WORDS[fulfilment_states.ShipmentState(shipment.state)],
        is_sent=is_sent,
        producer_name=shipment.producer.name,
        contents=tuple(_item_words(item) for item in shipment.items.all()),
        temperature=f"{shipment.get_temperature_display()}便",
        carrier=carrier.label if carrier else "",
        tracking_number=number,
        tracking_url=carrier.tracking_url(number) if carrier and number else "",
        when=_shipment_when(shipment),
    )


def _item_words(item: fulfilment_models.ShipmentItem) -> str:
    return item.name if item.quantity == 1 else f"{item.name} ×{item.quantity}"


def _shipment_when(shipment: fulfilment_models.Shipment) -> str:
    if shipment.shipped_on:
        return f"{jptime.words(shipment.shipped_on)}に発送"
    first, last = jptime.words_short(shipment.ship_from), jptime.words_short(shipment.ship_to)
    return f"{first}から{last}のあいだに発送の予定"
