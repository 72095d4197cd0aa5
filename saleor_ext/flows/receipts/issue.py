"""Issuing receipts: what the ledger says is what the receipts say, whatever happened meanwhile.

`receipts_settle` brings one donor's receipts of one year in step with the ledger. It may run at
any time and any number of times: what is right stays, what is no longer right (a refund, a
corrected name, a donation that came late) is withdrawn and issued again with the same numbers.
Nothing is handed out without it, so nobody gets a receipt for money that went back.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.db.models import F, Sum
from django.db.models.functions import Coalesce

from saleor_ext.donations import models as donation_models
from saleor_ext.membership import models as membership_models
from saleor_ext.membership import selectors as membership_selectors
from saleor_ext.outbox import services as outbox
from saleor_ext.receipts import models, numbers, selectors, services, states

DONORS_AT_ONCE = 5000
LINE_ADDED, AMOUNT_CHANGED, ADDRESSEE_CHANGED, REFUNDED = (
    "line_added",
    "amount_changed",
    "addressee_changed",
    "refunded",
)


@dataclass(frozen=True, kw_only=True)
class Given:
    """One donation as a receipt has to name it: what is left of it, and to whom it is made out."""

    donation_id: int
    number: str
    donated_on: date
    amount_yen: int
    left_yen: int
    donor_name: str
    donor_address: str


@transaction.atomic
def receipts_settle(
    *, donor_id: int, year: int, today: date, now: datetime, actor: str
) -> list[models.Receipt]:
    """This will bring a donor's receipts of a year in step with the ledger, and list those that
    hold.

    Whoever comes second waits for the donor's row and finds everything done.

    Law: receipt_items, receipt_per_year
    """
    membership_models.Donor.objects.select_for_update().get(pk=donor_id)
    town = membership_selectors.municipality_get()
    settings = selectors.settings_of(municipality_id=town.pk)
    given = given_of(donor_id=donor_id, year=year, settings=settings)
    holding = list(selectors.receipts_holding(donor_id=donor_id, year=year))
    is_year_over = year < today.year
    free = {one.donation_id: one for one in given if one.left_yen > 0}
    replaced: dict[int, int] = {}
    for receipt in holding:
        wrong = _what_is_wrong(receipt, given=given, is_year_over=is_year_over)
        lines = [line.donation_id for line in receipt.lines.all()]
        if wrong:
            services.receipt_withdraw(receipt_id=receipt.pk, reason=wrong, now=now, actor=actor)
            _tell(receipt, now=now)
            replaced |= dict.fromkeys(lines, receipt.pk)
        else:
            for donation_id in lines:
                free.pop(donation_id, None)
    for group in _groups(list(free.values()), settings=settings, is_year_over=is_year_over):
        facts = _facts(
            group,
            donor_id=donor_id,
            year=year,
            town=town,
            settings=settings,
            replaces_id=replaced.get(group[0].donation_id),
        )
        services.receipt_issue(facts=facts, today=today, now=now, actor=actor)
    return list(selectors.receipts_holding(donor_id=donor_id, year=year))


def _tell(receipt: models.Receipt, *, now: datetime) -> None:
    """Whoever has a receipt in hand is told that it no longer holds; others have nothing to keep
    apart. The mail is written when it is sent, so that it knows what replaced it.
    """
    if receipt.handed_as == states.HandedAs.NOT_YET:
        return
    outbox.message_put(
        topic="mail.send",
        key=f"mail:receipt_withdrawn:{receipt.pk}",
        payload={
            "name": "receipt_withdrawn",
            "donor_id": receipt.donor_id,
            "receipt_id": receipt.pk,
        },
        now=now,
    )


def given_of(*, donor_id: int, year: int, settings: models.ReceiptSettings) -> list[Given]:
    """This will list a donor's donations of a year as receipts have to name them, oldest first."""
    rows = (
        donation_models.Donation.objects.filter(
            donor_id=donor_id, receipt_year=year, corrects__isnull=True
        )
        .annotate(left_yen=F("amount_yen") + Coalesce(Sum("corrections__amount_yen"), 0))
        .order_by("donated_on", "receipt_number")
    )
    donations = list(rows)
    ids = [row.pk for row in donations]
    corrected = selectors.addressees_of(donation_ids=ids)
    printed = selectors.numbers_printed(donation_ids=ids)
    return [
        _given_one(
            row,
            corrected.get(row.pk),
            number=printed.get(row.pk) or _number(row, settings=settings),
        )
        for row in donations
    ]


def _number(row: donation_models.Donation, *, settings: models.ReceiptSettings) -> str:
    return numbers.number_print(
        text=settings.number_format,
        digits=settings.number_digits,
        year=row.receipt_year or 0,
        number=row.receipt_number or 0,
    )


def _given_one(
    row: donation_models.Donation,
    corrected: models.AddresseeCorrection | None,
    *,
    number: str,
) -> Given:
    addressee = corrected or row
    return Given(
        donation_id=row.pk,
        number=number,
        donated_on=row.donated_on,
        amount_yen=row.amount_yen,
        left_yen=row.left_yen,  # type: ignore[attr-defined]
        donor_name=addressee.donor_name,
        donor_address=addressee.donor_address,
    )


def _what_is_wrong(receipt: models.Receipt, *, given: Sequence[Given], is_year_over: bool) -> str:
    """This will say why a receipt no longer holds, "" when it does."""
    by_id = {one.donation_id: one for one in given}
    lines = list(receipt.lines.all())
    for line in lines:
        one = by_id[line.donation_id]
        if one.left_yen != line.amount_yen:
            return REFUNDED if one.left_yen <= 0 else AMOUNT_CHANGED
        if one.donor_name != receipt.donor_name:
            return ADDRESSEE_CHANGED
    if by_id[lines[-1].donation_id].donor_address != receipt.donor_address:
        return ADDRESSEE_CHANGED
    if receipt.grouping == states.Grouping.YEAR and is_year_over:
        named = {line.donation_id for line in lines}
        held = _on_other_receipts(receipt, given)
        missing = [
            one
            for one in given
            if one.left_yen > 0
            and one.donor_name == receipt.donor_name
            and one.donation_id not in named | held
        ]
        if missing:
            return LINE_ADDED
    return ""


def _on_other_receipts(receipt: models.Receipt, given: Sequence[Given]) -> set[int]:
    rows = models.ReceiptLine.objects.filter(
        is_current=True, donation_id__in=[one.donation_id for one in given]
    ).exclude(receipt=receipt)
    return set(rows.values_list("donation_id", flat=True))


def _groups(
    free: Sequence[Given], *, settings: models.ReceiptSettings, is_year_over: bool
) -> Iterator[list[Given]]:
    """This will put donations together as the town issues receipts.

    A year's receipt waits for the year's end; donations under different names are never mixed.
    """
    if settings.grouping == states.Grouping.DONATION:
        yield from ([one] for one in free)
    elif is_year_over:
        by_name: dict[str, list[Given]] = defaultdict(list)
        for one in free:
            by_name[one.donor_name].append(one)
        yield from by_name.values()


def _facts(
    group: Sequence[Given],
    *,
    donor_id: int,
    year: int,
    town: membership_models.Municipality,
    settings: models.ReceiptSettings,
    replaces_id: int | None,
) -> services.ReceiptFacts:
    seal = selectors.seal_current(municipality_id=town.pk)
    return services.ReceiptFacts(
        municipality_id=town.pk,
        donor_id=donor_id,
        year=year,
        grouping=settings.grouping,
        donor_name=group[-1].donor_name,
        donor_address=group[-1].donor_address,
        lines=[
            services.LineFacts(
                donation_id=one.donation_id,
                number=one.number,
                donated_on=one.donated_on,
                amount_yen=one.left_yen,
            )
            for one in group
        ],
        town=town_facts(town=town, settings=settings),
        seal_id=seal.pk if seal else None,
        replaces_id=replaces_id,
    )


def town_facts(
    *, town: membership_models.Municipality, settings: models.ReceiptSettings
) -> dict[str, str]:
    """This will return what a receipt issued now says of the town."""
    return {
        "town_name": settings.issuer_name or f"{town.prefecture}{town.county}{town.name}",
        "town_address": town.office_address,
        "head_name": town.head_name,
        "phone": town.phone,
        "proviso": settings.proviso,
    }


def receipts_settle_due(*, today: date, now: datetime, actor: str) -> int:
    """This will settle donors and years that are out of step, 5,000 at most; returns how many
    there were.

    Found by state: donations on no receipt, and receipts whose donations changed.
    """
    due = out_of_step(today=today)
    for donor_id, year in due[:DONORS_AT_ONCE]:
        receipts_settle(donor_id=donor_id, year=year, today=today, now=now, actor=actor)
    return len(due)


def out_of_step(*, today: date, donor_id: int | None = None) -> list[tuple[int, int]]:
    """This will list donors and years whose receipts are not what the ledger says; with a donor,
    only his.
    """
    town = membership_models.Municipality.objects.order_by("pk").first()
    if town is None:
        return []
    settings = selectors.settings_of(municipality_id=town.pk)
    waiting = (
        donation_models.Donation.objects.filter(
            selectors.donations_without_receipt(), corrects__isnull=True
        )
        .annotate(left_yen=F("amount_yen") + Coalesce(Sum("corrections__amount_yen"), 0))
        .filter(left_yen__gt=0)
    )
    if settings.grouping == states.Grouping.YEAR:
        waiting = waiting.filter(receipt_year__lt=today.year)
    changed = selectors.lines_not_right()
    if donor_id is not None:
        waiting = waiting.filter(donor_id=donor_id)
        changed = changed.filter(receipt__donor_id=donor_id)
    pairs = set(waiting.values_list("donor_id", "receipt_year"))
    pairs |= set(changed.values_list("receipt__donor_id", "receipt__year"))
    return sorted((donor_id, year) for donor_id, year in pairs if year is not None)
