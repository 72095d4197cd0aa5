"""The one-stop exception: wishes, applications, changes, and notices to the donors' towns."""

from django.db import models
from django.db.models import F, Q

from saleor_ext.common.moves import Move
from saleor_ext.common.states import state_values
from saleor_ext.onestop import states
from saleor_ext.onestop.exchange_models import NoticeExport as NoticeExport
from saleor_ext.onestop.exchange_models import NoticeExportItem as NoticeExportItem
from saleor_ext.onestop.exchange_models import OnlineImport as OnlineImport
from saleor_ext.onestop.exchange_models import OnlineResult as OnlineResult


class OneStopSettings(models.Model):
    """How a town handles the one-stop exception (ワンストップ特例の設定). One row per town.

    None of it is settled by a source; `confirmed` holds on which day the town confirmed what.
    Law: onestop_gender, onestop_keep
    """

    municipality = models.OneToOneField(
        "membership.Municipality", models.PROTECT, related_name="onestop_settings"
    )
    has_gender = models.BooleanField(default=False)
    # From which day of December donors are told whose form has not come in.
    remind_from_day = models.PositiveSmallIntegerField(default=10)
    # How long after the last day forms that arrived in time may still be noted.
    close_after_days = models.PositiveSmallIntegerField(default=14)
    keep_years = models.PositiveSmallIntegerField(default=7)
    confirmed = models.JSONField(default=dict)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(keep_years__gte=1, remind_from_day__gte=1, remind_from_day__lte=31),
                name="onestop_settings_chk",
            ),
        ]

    def __str__(self) -> str:
        return f"one-stop settings {self.municipality_id}"


class OneStopYear(models.Model):
    """What a donor wants for the donations of one calendar year (申告特例の希望), and who he is.

    `is_wanted` is None while he was never asked. The person's columns are copied from the donor
    until a form comes in, and follow reported changes from then on. The birthday is needed by the
    notice only. `residence_code` is the municipality of the address, "" when it is not known.
    Law: onestop_birthday
    """

    municipality = models.ForeignKey("membership.Municipality", models.PROTECT, related_name="+")
    donor = models.ForeignKey("membership.Donor", models.PROTECT, related_name="onestop_years")
    year = models.PositiveSmallIntegerField()
    deadline = models.DateField()
    is_wanted = models.BooleanField(null=True)
    wished_at = models.DateTimeField(null=True, blank=True)
    wished_by = models.CharField(max_length=100, blank=True)
    origin = models.CharField(max_length=10, choices=states.WishOrigin.choices, blank=True)
    # By the latest answers; None while there are none.
    is_eligible = models.BooleanField(null=True)
    reminded_on = models.DateField(null=True, blank=True)
    is_person_fixed = models.BooleanField(default=False)
    full_name = models.CharField(max_length=101, blank=True)
    full_kana = models.CharField(max_length=101, blank=True)
    birth_date = models.DateField(null=True, blank=True)
    phone = models.CharField(max_length=20, blank=True)
    postal_code = models.CharField(max_length=8, blank=True)
    prefecture = models.CharField(max_length=10, blank=True)
    address = models.CharField(max_length=300, blank=True)
    residence_code = models.CharField(max_length=6, blank=True)
    erased_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["municipality", "donor", "year"], name="onestop_year_uniq"
            ),
            models.CheckConstraint(
                condition=Q(is_wanted__isnull=True, wished_at__isnull=True, wished_by="", origin="")
                | (Q(is_wanted__isnull=False, wished_at__isnull=False) & ~Q(origin="")),
                name="onestop_year_wish_chk",
            ),
            models.CheckConstraint(
                condition=Q(origin__in=["", *state_values(states.WishOrigin)]),
                name="onestop_year_origin_chk",
            ),
            models.CheckConstraint(
                condition=Q(erased_at__isnull=True)
                | Q(full_name="", address="", phone="", birth_date__isnull=True),
                name="onestop_year_erased_chk",
            ),
        ]
        indexes = [models.Index(fields=["year", "is_wanted", "id"], name="onestop_year_idx")]

    def __str__(self) -> str:
        return f"one-stop year {self.pk}"


class OneStopAnswers(models.Model):
    """The answers about eligibility as a donor gave them (申告特例の要件の確認). Only added to.

    `answers` holds True or False by question; `wording` says which text he read, `rules` which
    rules of the register it was about.
    """

    onestop_year = models.ForeignKey(OneStopYear, models.PROTECT, related_name="answers")
    answers = models.JSONField()
    wording = models.CharField(max_length=20)
    rules = models.JSONField(default=list)
    at = models.DateTimeField()
    actor = models.CharField(max_length=100)

    def __str__(self) -> str:
        return f"answers {self.pk} of one-stop year {self.onestop_year_id}"


class OneStopApplication(models.Model):
    """The application (申告特例申請, 55-5) for one donation.

    `public_id` is drawn at random and stands in the form's QR; `number` (整理番号) is printed and
    typed. Of number and person checks only kind, day and officer are kept, never a number.
    `missing` holds codes of `states.Missing`, separated by commas. Law: onestop_identity
    """

    public_id = models.CharField(max_length=32, unique=True)
    onestop_year = models.ForeignKey(OneStopYear, models.PROTECT, related_name="applications")
    donation = models.ForeignKey(
        "donations.Donation", models.PROTECT, related_name="onestop_applications"
    )
    number = models.CharField(max_length=20, unique=True)
    state = models.CharField(max_length=16, choices=states.ApplicationState.choices)
    made_at = models.DateTimeField()
    deadline = models.DateField()
    received_as = models.CharField(max_length=10, choices=states.ReceivedAs.choices, blank=True)
    received_on = models.DateField(null=True, blank=True)
    missing = models.CharField(max_length=200, blank=True)
    identity_kind = models.CharField(max_length=12, choices=states.IdentityKind.choices, blank=True)
    identity_on = models.DateField(null=True, blank=True)
    identity_by = models.CharField(max_length=100, blank=True)
    accepted_on = models.DateField(null=True, blank=True)
    void_reason = models.CharField(max_length=20, choices=states.VoidReason.choices, blank=True)
    note = models.CharField(max_length=500, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=state_values(states.ApplicationState)),
                name="onestop_application_state_chk",
            ),
            models.UniqueConstraint(
                fields=["donation"], condition=~Q(state="void"), name="onestop_one_live_uniq"
            ),
            models.CheckConstraint(
                condition=Q(state="void", void_reason__in=state_values(states.VoidReason))
                | (~Q(state="void") & Q(void_reason="")),
                name="onestop_void_reason_chk",
            ),
            models.CheckConstraint(
                condition=Q(received_on__isnull=True, received_as="")
                | Q(received_on__isnull=False, received_as__in=state_values(states.ReceivedAs)),
                name="onestop_received_chk",
            ),
            models.CheckConstraint(
                condition=Q(state__in=[*sorted(states.APPLICATION_AWAITED), "void"])
                | Q(received_on__isnull=False, received_on__lte=F("deadline")),
                name="onestop_received_in_time_chk",
            ),
            models.CheckConstraint(
                condition=(Q(state="incomplete") & ~Q(missing=""))
                | (~Q(state="incomplete") & Q(missing="")),
                name="onestop_missing_chk",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=sorted(states.APPLICATION_ACCEPTED))
                | (
                    Q(accepted_on__isnull=False, identity_on__isnull=False)
                    & Q(identity_kind__in=state_values(states.IdentityKind))
                    & ~Q(identity_by="")
                ),
                name="onestop_identity_chk",
            ),
        ]
        indexes = [
            models.Index(fields=["state", "deadline", "id"], name="onestop_application_idx"),
        ]

    def __str__(self) -> str:
        return f"one-stop application {self.pk}"

    @property
    def given_yen(self) -> int:
        """What is left of its donation, for rows of `selectors.applications` only."""
        return int(self.left_yen)  # type: ignore[attr-defined]

    @property
    def missing_list(self) -> list[str]:
        """The codes of what is missing."""
        return [code for code in self.missing.split(",") if code]


class OneStopEvent(Move):
    """One move of an application: from where, to where, who, why (申告特例申請の記録)."""

    application = models.ForeignKey(OneStopApplication, models.PROTECT, related_name="events")

    class Meta:
        indexes = [models.Index(fields=["application", "id"], name="onestop_event_idx")]


class OneStopChange(models.Model):
    """A reported change of name or address (申告特例申請事項変更届出書, 55-6) for a year.

    `before` and `after` hold the year's person columns that differ, in plain values.
    """

    onestop_year = models.ForeignKey(OneStopYear, models.PROTECT, related_name="changes")
    public_id = models.CharField(max_length=32, unique=True)
    state = models.CharField(max_length=10, choices=states.ChangeState.choices)
    before = models.JSONField()
    after = models.JSONField()
    written_at = models.DateTimeField()
    received_on = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=state_values(states.ChangeState)),
                name="onestop_change_state_chk",
            ),
            models.CheckConstraint(
                condition=Q(state="received", received_on__isnull=False)
                | (~Q(state="received") & Q(received_on__isnull=True)),
                name="onestop_change_received_chk",
            ),
            models.UniqueConstraint(
                fields=["onestop_year"],
                condition=Q(state="written"),
                name="onestop_change_one_written_uniq",
            ),
        ]

    def __str__(self) -> str:
        return f"one-stop change {self.pk}"


class OneStopChangeEvent(Move):
    """One move of a reported change (変更届出の記録)."""

    change = models.ForeignKey(OneStopChange, models.PROTECT, related_name="events")


class HomeNotice(models.Model):
    """The record of the notice (申告特例通知書, 55-7) for one donor and year, to the municipality
    where he lived on 1 January.

    What it says never changes: a correction is a new version, and the older one is `replaced`. One
    with `is_withdrawal` names no donation: it takes back what an earlier one said. The year's
    columns of the person are copied. Law: onestop_notice
    """

    municipality = models.ForeignKey("membership.Municipality", models.PROTECT, related_name="+")
    onestop_year = models.ForeignKey(OneStopYear, models.PROTECT, related_name="notices")
    version = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=10, choices=states.NoticeState.choices)
    is_withdrawal = models.BooleanField(default=False)
    home_code = models.CharField(max_length=6)
    home_name = models.CharField(max_length=60)
    full_name = models.CharField(max_length=101, blank=True)
    full_kana = models.CharField(max_length=101, blank=True)
    birth_date = models.DateField(null=True, blank=True)
    postal_code = models.CharField(max_length=8, blank=True)
    address = models.CharField(max_length=300, blank=True)
    total_yen = models.BigIntegerField()
    made_at = models.DateTimeField()
    sent_on = models.DateField(null=True, blank=True)
    returned_on = models.DateField(null=True, blank=True)
    return_reason = models.CharField(max_length=16, choices=states.ReturnReason.choices, blank=True)
    return_step = models.CharField(max_length=12, choices=states.ReturnStep.choices, blank=True)
    return_note = models.CharField(max_length=500, blank=True)
    erased_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=state_values(states.NoticeState)),
                name="home_notice_state_chk",
            ),
            models.UniqueConstraint(
                fields=["onestop_year", "version"], name="home_notice_version_uniq"
            ),
            models.UniqueConstraint(
                fields=["onestop_year"],
                condition=~Q(state="replaced"),
                name="home_notice_one_current_uniq",
            ),
            models.CheckConstraint(
                condition=Q(is_withdrawal=True, total_yen=0)
                | Q(is_withdrawal=False, total_yen__gt=0),
                name="home_notice_total_chk",
            ),
            models.CheckConstraint(condition=~Q(home_code=""), name="home_notice_home_chk"),
            models.CheckConstraint(
                condition=Q(state="replaced")
                | Q(state="made", sent_on__isnull=True)
                | (~Q(state="made") & Q(sent_on__isnull=False)),
                name="home_notice_sent_chk",
            ),
            models.CheckConstraint(
                condition=~Q(state="returned")
                | (
                    Q(returned_on__isnull=False)
                    & Q(return_reason__in=state_values(states.ReturnReason))
                    & Q(return_step__in=state_values(states.ReturnStep))
                ),
                name="home_notice_returned_chk",
            ),
        ]
        indexes = [
            models.Index(fields=["state", "home_code", "id"], name="home_notice_idx"),
        ]

    def __str__(self) -> str:
        return f"home notice {self.pk}"


class HomeNoticeLine(models.Model):
    """One donation on a notice (申告特例通知書の明細)."""

    notice = models.ForeignKey(HomeNotice, models.PROTECT, related_name="lines")
    application = models.ForeignKey(OneStopApplication, models.PROTECT, related_name="notice_lines")
    position = models.PositiveSmallIntegerField()
    donated_on = models.DateField()
    amount_yen = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["notice", "position"], name="home_notice_line_uniq"),
            models.UniqueConstraint(
                fields=["notice", "application"], name="home_notice_line_once_uniq"
            ),
            models.CheckConstraint(
                condition=Q(amount_yen__gt=0), name="home_notice_line_amount_chk"
            ),
        ]

    def __str__(self) -> str:
        return f"line {self.position} of home notice {self.notice_id}"


class HomeNoticeEvent(Move):
    """One move of a notice (通知の記録)."""

    notice = models.ForeignKey(HomeNotice, models.PROTECT, related_name="events")
