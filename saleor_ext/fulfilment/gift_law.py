"""Writing what the law asks of gifts: category, evidence, and the certified share of category 3."""

from dataclasses import asdict, dataclass
from datetime import date, datetime

from django.db import transaction

from saleor_ext.common.errors import NotFound
from saleor_ext.fulfilment import errors, models, selectors


@dataclass(frozen=True, kw_only=True)
class Certificate:
    """What the maker of a gift of category 3 certifies (別添1), and since when it is public."""

    share_permille: int
    is_standard_method: bool
    other_method: str
    other_reason: str
    made_in: str
    retail_price_yen: int
    published_on: date | None


@transaction.atomic
def gift_law_set(
    *,
    gift_id: int,
    local_category: int,
    local_evidence: str,
    certificate: Certificate | None,
    now: datetime,
    actor: str,
) -> models.Gift:
    """This will write down a gift's category with its evidence; each change leaves a row.

    Without a certificate one that is there stays, so that a category chosen by mistake loses
    nothing.

    Law: local_product, value_added_published

    Raises:
        NotFound: there is no such gift.
        CertificateMissing: a gift of category 3 needs one.
    """
    gift = models.Gift.objects.select_for_update().filter(pk=gift_id).first()
    if gift is None:
        raise NotFound(what="gift")
    if local_category == selectors.VALUE_ADDED_CATEGORY and certificate is None:
        raise errors.CertificateMissing()
    gift.local_category, gift.local_evidence = local_category, local_evidence
    gift.save(update_fields=["local_category", "local_evidence"])
    if certificate is not None:
        models.ValueAdded.objects.update_or_create(gift=gift, defaults=asdict(certificate))
    models.GiftLawChange.objects.create(
        gift=gift,
        local_category=local_category,
        local_evidence=local_evidence,
        share_permille=certificate.share_permille if certificate else None,
        published_on=certificate.published_on if certificate else None,
        at=now,
        actor=actor,
    )
    return gift
