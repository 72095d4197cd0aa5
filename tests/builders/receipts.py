"""Receipts for tests: a donor's donations of a year, a certificate, a seal."""

import functools
import io
from datetime import UTC, date, datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID
from PIL import Image

from saleor_ext.common import jptime
from saleor_ext.donations import models as donation_models
from saleor_ext.donations import refunds
from saleor_ext.flows.receipts import issue
from saleor_ext.membership import models as membership_models
from saleor_ext.receipts import models, services
from saleor_ext.receipts import selectors as receipt_selectors
from saleor_ext.receipts.etax import signature
from tests.builders import world

BORN = datetime(2020, 1, 1, tzinfo=UTC)


def given_make(
    *, donor: membership_models.Donor | None = None, days: list[date], amount_yen: int = 3000
) -> list[donation_models.Donation]:
    """Donations of one donor on some days, each of a membership that is over again."""
    donor = donor or world.donor_make()
    world.town_make()
    tier = world.tier_make(slug=f"tier-{amount_yen}", amount_yen=amount_yen)
    return [_given_one(donor, tier, day) for day in days]


def _given_one(
    donor: membership_models.Donor, tier: membership_models.Tier, day: date
) -> donation_models.Donation:
    now = jptime.jst_moment(day, hour=10)
    membership = world.draft_make(donor=donor, tier=tier, is_box_wanted=False, now=now)
    cycle = membership.cycles.select_related("membership__donor", "tier").get(n=0)
    world.first_lock(cycle=cycle, now=now)
    donation = world.donation_make(cycle=cycle, now=now)
    membership_models.Membership.objects.filter(pk=membership.pk).update(
        state="ended", ended_at=now
    )
    return donation


def give_back(donation: donation_models.Donation, *, now: datetime) -> None:
    """All of a donation's money goes back."""
    give_back_part(donation, amount_yen=donation.amount_yen, now=now)


def give_back_part(donation: donation_models.Donation, *, amount_yen: int, now: datetime) -> None:
    """Some of a donation's money goes back."""
    refund = refunds.refund_found(
        attempt_id=donation.attempt_id,
        amount_yen=amount_yen,
        provider_ref=f"re_{donation.pk}",
        now=now,
        actor=world.ACTOR,
    )
    refunds.refund_succeed(
        refund_id=refund.pk,
        provider_ref=f"re_{donation.pk}",
        refunded_on=jptime.jst_date(now),
        now=now,
        actor=world.ACTOR,
    )


def settle(
    donor: membership_models.Donor, *, year: int = 2026, now: datetime = world.NOW
) -> list[models.Receipt]:
    """A donor's receipts of a year as the ledger has them at a moment."""
    return issue.receipts_settle(
        donor_id=donor.pk, year=year, today=jptime.jst_date(now), now=now, actor=world.ACTOR
    )


def settings_make(**values: object) -> models.ReceiptSettings:
    """How the town issues receipts."""
    return services.settings_set(municipality_id=world.town_make().pk, values=values)


@functools.cache
def _key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(65537, 2048)


def signer_make(*, now: datetime = world.NOW) -> signature.Signer:
    """A key of the test run's own with a certificate for a year."""
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "汐見町長(試験)")])
    builder = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(_key().public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=365))
    )
    return signature.Signer(key=_key(), certificate=builder.sign(_key(), hashes.SHA256()))


def certificate_make(*, now: datetime = world.NOW) -> models.SigningCertificate:
    """The town's certificate."""
    return services.certificate_keep(
        municipality_id=world.town_make().pk,
        signer=signer_make(now=now),
        is_test=True,
        now=now,
        actor=world.ACTOR,
    )


def seal_png(side: int = 120) -> bytes:
    """A red square."""
    held = io.BytesIO()
    Image.new("RGBA", (side, side), (190, 30, 45, 255)).save(held, "PNG")
    return held.getvalue()


def receipt_get(receipt: models.Receipt) -> models.Receipt:
    """A receipt, read again."""
    return receipt_selectors.receipt_get(receipt_id=receipt.pk)
