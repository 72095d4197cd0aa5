"""Receipts, how the town wants them, and the papers and files made of them."""

from django.db import models
from django.db.models import Q

from saleor_ext.common.states import state_values
from saleor_ext.receipts import states


class ReceiptSettings(models.Model):
    """How a town issues its receipts (受領証の設定). One row per town.

    `confirmed` holds, for each setting whose text no source settles, the day on which the town
    confirmed it. Law: receipt_proviso
    """

    municipality = models.OneToOneField(
        "membership.Municipality", models.PROTECT, related_name="receipt_settings"
    )
    grouping = models.CharField(
        max_length=10, choices=states.Grouping.choices, default=states.Grouping.DONATION
    )
    number_format = models.CharField(max_length=30, default="{year}-{number}")
    number_digits = models.PositiveSmallIntegerField(default=6)
    issuer_name = models.CharField(max_length=100, blank=True)
    proviso = models.CharField(max_length=100, default="ふるさと納税の寄附金として")
    is_window_envelope = models.BooleanField(default=False)
    window_left_mm = models.PositiveSmallIntegerField(default=22)
    window_top_mm = models.PositiveSmallIntegerField(default=22)
    is_designated_operator = models.BooleanField(default=False)
    operator_name = models.CharField(max_length=20, blank=True)
    operator_corporate_number = models.CharField(max_length=13, blank=True)
    town_corporate_number = models.CharField(max_length=13, blank=True)
    confirmed = models.JSONField(default=dict)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(grouping__in=state_values(states.Grouping)),
                name="receipt_settings_grouping_chk",
            ),
            models.CheckConstraint(
                condition=Q(is_designated_operator=False) | ~Q(operator_name=""),
                name="receipt_settings_operator_chk",
            ),
        ]

    def __str__(self) -> str:
        return f"receipt settings {self.municipality_id}"


class SealImage(models.Model):
    """A picture of the head's seal (公印の画像). Earlier ones stay for the receipts they are on."""

    municipality = models.ForeignKey("membership.Municipality", models.PROTECT, related_name="+")
    content = models.BinaryField()
    digest = models.CharField(max_length=64)
    is_current = models.BooleanField(default=True)
    added_at = models.DateTimeField()
    actor = models.CharField(max_length=100)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["municipality"], condition=Q(is_current=True), name="seal_one_current_uniq"
            ),
        ]

    def __str__(self) -> str:
        return f"seal {self.pk}"


class SigningCertificate(models.Model):
    """The town's certificate for the tax office's files (電子署名の証明書); its key is sealed."""

    municipality = models.ForeignKey("membership.Municipality", models.PROTECT, related_name="+")
    sealed_key = models.TextField()
    certificate_pem = models.TextField()
    subject = models.CharField(max_length=300)
    issuer = models.CharField(max_length=300)
    fingerprint = models.CharField(max_length=64)
    valid_from = models.DateTimeField()
    valid_to = models.DateTimeField()
    is_test = models.BooleanField(default=False)
    is_current = models.BooleanField(default=True)
    added_at = models.DateTimeField()
    actor = models.CharField(max_length=100)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["municipality"],
                condition=Q(is_current=True),
                name="certificate_one_current_uniq",
            ),
        ]

    def __str__(self) -> str:
        return f"certificate {self.fingerprint[:16]}"


class AddresseeCorrection(models.Model):
    """Another name or address for a donation's receipt (宛名の訂正). The ledger stays as it is."""

    donation = models.ForeignKey(
        "donations.Donation", models.PROTECT, related_name="addressee_corrections"
    )
    donor_name = models.CharField(max_length=101)
    donor_address = models.CharField(max_length=300)
    reason = models.CharField(max_length=200)
    at = models.DateTimeField()
    actor = models.CharField(max_length=100)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(reason="") & ~Q(donor_name="") & ~Q(donor_address=""),
                name="addressee_correction_chk",
            ),
        ]

    def __str__(self) -> str:
        return f"addressee of donation {self.donation_id}"


class NameSpelling(models.Model):
    """How a donor wants his name written in the tax office's files (電子データでの表記).

    It holds for the name as he spelt it in `name` and for no other. Law: receipt_letters
    """

    donor = models.ForeignKey("membership.Donor", models.PROTECT, related_name="receipt_spellings")
    name = models.CharField(max_length=101)
    etax_name = models.CharField(max_length=100)
    noted_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["donor", "name"], name="name_spelling_uniq"),
        ]

    def __str__(self) -> str:
        return f"spelling {self.pk}"


class Receipt(models.Model):
    """One receipt (寄附金受領証明書) as it was issued. What it says never changes.

    `donor_name` is the name as the donor spelt it, `paper_name` as our fonts can print it.
    `facts` holds what it says of the town. `number` is the number of its first donation. A
    corrected one replaces the withdrawn one it points at. Law: receipt_items
    """

    municipality = models.ForeignKey("membership.Municipality", models.PROTECT, related_name="+")
    donor = models.ForeignKey("membership.Donor", models.PROTECT, related_name="receipts")
    year = models.PositiveSmallIntegerField()
    grouping = models.CharField(max_length=10, choices=states.Grouping.choices)
    state = models.CharField(max_length=10, choices=states.ReceiptState.choices)
    number = models.CharField(max_length=50)
    donor_name = models.CharField(max_length=101)
    donor_address = models.CharField(max_length=300)
    paper_name = models.CharField(max_length=101)
    paper_address = models.CharField(max_length=300)
    amount_yen = models.BigIntegerField()
    issued_on = models.DateField()
    issued_at = models.DateTimeField()
    facts = models.JSONField()
    seal = models.ForeignKey(SealImage, models.PROTECT, null=True, blank=True, related_name="+")
    verify_code = models.CharField(max_length=12, unique=True)
    replaces = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="replacements"
    )
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_reason = models.CharField(max_length=50, blank=True)
    handed_as = models.CharField(
        max_length=10, choices=states.HandedAs.choices, default=states.HandedAs.NOT_YET
    )
    handed_at = models.DateTimeField(null=True, blank=True)
    reissue_count = models.PositiveSmallIntegerField(default=0)
    reissued_on = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=state_values(states.ReceiptState)), name="receipt_state_chk"
            ),
            models.CheckConstraint(
                condition=Q(grouping__in=state_values(states.Grouping)),
                name="receipt_grouping_chk",
            ),
            models.CheckConstraint(condition=Q(amount_yen__gt=0), name="receipt_amount_chk"),
            models.CheckConstraint(
                condition=(
                    Q(state="withdrawn", withdrawn_at__isnull=False) & ~Q(withdrawn_reason="")
                )
                | Q(state="issued", withdrawn_at__isnull=True, withdrawn_reason=""),
                name="receipt_withdrawn_chk",
            ),
            models.CheckConstraint(
                condition=Q(handed_as="not_yet", handed_at__isnull=True)
                | (~Q(handed_as="not_yet") & Q(handed_at__isnull=False)),
                name="receipt_handed_chk",
            ),
            models.CheckConstraint(
                condition=Q(reissue_count=0, reissued_on__isnull=True)
                | Q(reissue_count__gt=0, reissued_on__isnull=False),
                name="receipt_reissued_chk",
            ),
        ]
        indexes = [
            models.Index(fields=["donor", "year"], name="receipt_donor_idx"),
            models.Index(fields=["year", "state", "id"], name="receipt_year_idx"),
        ]

    def __str__(self) -> str:
        return f"receipt {self.pk}"


class ReceiptLine(models.Model):
    """One donation on a receipt (証明書の明細). Each donation is on at most one that holds."""

    receipt = models.ForeignKey(Receipt, models.PROTECT, related_name="lines")
    donation = models.ForeignKey("donations.Donation", models.PROTECT, related_name="receipt_lines")
    position = models.PositiveSmallIntegerField()
    number = models.CharField(max_length=50)
    donated_on = models.DateField()
    amount_yen = models.BigIntegerField()
    is_current = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["receipt", "position"], name="receipt_line_uniq"),
            models.UniqueConstraint(
                fields=["donation"], condition=Q(is_current=True), name="receipt_line_current_uniq"
            ),
            models.CheckConstraint(condition=Q(amount_yen__gt=0), name="receipt_line_amount_chk"),
        ]
        indexes = [models.Index(fields=["number"], name="receipt_line_number_idx")]

    def __str__(self) -> str:
        return f"line {self.position} of receipt {self.receipt_id}"


class ReceiptEvent(models.Model):
    """One thing that happened to a receipt: who, when, why (証明書の記録)."""

    receipt = models.ForeignKey(Receipt, models.PROTECT, related_name="events")
    kind = models.CharField(max_length=10, choices=states.ReceiptEventKind.choices)
    at = models.DateTimeField()
    actor = models.CharField(max_length=100)
    reason = models.CharField(max_length=200, blank=True)

    class Meta:
        indexes = [models.Index(fields=["receipt", "id"], name="receipt_event_idx")]

    def __str__(self) -> str:
        return f"{self.receipt_id}: {self.kind}"


class PrintJob(models.Model):
    """Many receipts made into one file (まとめて作る仕事), a worker's piece of work."""

    municipality = models.ForeignKey("membership.Municipality", models.PROTECT, related_name="+")
    year = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=10, choices=states.PrintKind.choices)
    state = models.CharField(max_length=10, choices=states.PrintState.choices)
    is_window_envelope = models.BooleanField(default=False)
    total = models.PositiveIntegerField()
    done = models.PositiveIntegerField(default=0)
    left_out = models.PositiveIntegerField(default=0)
    failure = models.CharField(max_length=100, blank=True)
    requested_at = models.DateTimeField()
    actor = models.CharField(max_length=100)
    worked_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=state_values(states.PrintState)), name="print_state_chk"
            ),
            models.CheckConstraint(
                condition=Q(state__in=["finished", "cleared"], finished_at__isnull=False)
                | (~Q(state__in=["finished", "cleared"]) & Q(finished_at__isnull=True)),
                name="print_finished_at_chk",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=state_values(states.PrintKind)), name="print_kind_chk"
            ),
            models.UniqueConstraint(
                fields=["municipality", "kind"],
                condition=Q(state__in=sorted(states.PRINT_OPEN)),
                name="print_one_open_uniq",
            ),
        ]

    def __str__(self) -> str:
        return f"print job {self.pk}"


class PrintItem(models.Model):
    """One receipt of a print job, in the order of its pages (印刷する1枚)."""

    job = models.ForeignKey(PrintJob, models.CASCADE, related_name="items")
    receipt = models.ForeignKey(Receipt, models.PROTECT, related_name="+")
    position = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["job", "position"], name="print_item_uniq"),
        ]

    def __str__(self) -> str:
        return f"item {self.position} of print job {self.job_id}"


class PrintPart(models.Model):
    """A stored part of a print job: pages already set, or a piece of the finished file."""

    job = models.ForeignKey(PrintJob, models.CASCADE, related_name="parts")
    kind = models.CharField(max_length=10, choices=states.PartKind.choices)
    number = models.PositiveIntegerField()
    content = models.BinaryField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["job", "kind", "number"], name="print_part_uniq"),
        ]

    def __str__(self) -> str:
        return f"part {self.number} of print job {self.job_id}"


class VerifyWindow(models.Model):
    """How often one place asked whether receipts are real, within some minutes (確認の回数).

    The place is kept as a digest that cannot be read back, and for a day at most.
    """

    place = models.CharField(max_length=64)
    begun_at = models.DateTimeField()
    count = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["place", "begun_at"], name="verify_window_uniq"),
        ]

    def __str__(self) -> str:
        return f"verify window {self.pk}"
