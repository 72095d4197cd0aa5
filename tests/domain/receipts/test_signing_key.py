"""The town's signing key: sealed, renewed with the other seals, and never used when it is over."""

import json
from datetime import timedelta

import pytest
from django.core.management import call_command

from saleor_ext.receipts import errors, models, selectors
from tests.builders import receipts, world

pytestmark = pytest.mark.django_db


def test_the_key_lies_sealed_and_opens_with_our_keys_only(settings):
    row = receipts.certificate_make()

    assert "PRIVATE" not in json.dumps([row.sealed_key, row.certificate_pem.split("-----")[1]])
    assert selectors.signer_of(municipality_id=row.municipality_id, now=world.NOW)


def test_seals_are_renewed_together(settings):
    row = receipts.certificate_make()
    before = row.sealed_key
    settings.SEALING_KEYS = ["another-key-of-thirty-two-letters-", *settings.SEALING_KEYS]

    call_command("seals_renew")

    row.refresh_from_db()
    assert row.sealed_key != before
    settings.SEALING_KEYS = settings.SEALING_KEYS[:1]
    assert selectors.signer_of(municipality_id=row.municipality_id, now=world.NOW)


def test_a_certificate_that_is_over_signs_nothing():
    row = receipts.certificate_make()

    with pytest.raises(errors.CertificateMissing):
        selectors.signer_of(
            municipality_id=row.municipality_id, now=world.NOW + timedelta(days=366)
        )


def test_a_new_one_takes_the_place_and_the_old_key_is_gone():
    old = receipts.certificate_make()
    new = receipts.certificate_make()

    old.refresh_from_db()
    assert (old.is_current, old.sealed_key) == (False, "")
    assert selectors.certificate_current(municipality_id=new.municipality_id) == new
    assert models.SigningCertificate.objects.count() == 2
