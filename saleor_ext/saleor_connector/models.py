"""What we keep of the shop: how to speak with it, what it told us, and our orders' mirror."""

from django.db import models
from django.db.models import Q

from saleor_ext.common import sealing
from saleor_ext.common.states import state_values
from saleor_ext.saleor_connector.states import DeliveryState, InstallationState

SEAL_PURPOSE = "saleor app token"


class Installation(models.Model):
    """One shop that installed this app. `saleor_api_url` is its public identity and issuer.

    The token is kept sealed: a copy of the database alone does not open the shop.
    """

    saleor_api_url = models.URLField(max_length=255, unique=True)
    domain = models.CharField(max_length=255)
    app_id = models.CharField(max_length=64)
    identifier = models.CharField(max_length=128)
    sealed_token = models.TextField()
    state = models.CharField(max_length=8, choices=InstallationState.choices, default="active")
    installed_at = models.DateTimeField()
    lost_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(sealed_token="") & ~Q(app_id=""), name="installation_token_chk"
            ),
            models.CheckConstraint(
                condition=Q(state__in=state_values(InstallationState)),
                name="installation_state_chk",
            ),
            models.CheckConstraint(
                condition=Q(state="lost", lost_at__isnull=False)
                | (~Q(state="lost") & Q(lost_at__isnull=True)),
                name="installation_lost_at_chk",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.saleor_api_url} ({self.app_id})"

    def __repr__(self) -> str:
        return f"<Installation {self}>"

    @property
    def auth_token(self) -> str:
        """The token itself.

        Raises:
            SealBroken: it was sealed with a key that we no longer have.
        """
        return sealing.unseal(self.sealed_token, purpose=SEAL_PURPOSE)

    @auth_token.setter
    def auth_token(self, token: str) -> None:
        self.sealed_token = sealing.seal(token, purpose=SEAL_PURPOSE) if token else ""


class WebhookDelivery(models.Model):
    """One message from the shop, kept as it arrived until it has been handled.

    `digest` names event and body, so a repeated message is stored once. The body is emptied once
    it has been handled: it may hold a person's name and address, the digest does not.
    """

    digest = models.CharField(max_length=64, unique=True)
    event = models.CharField(max_length=64)
    body = models.TextField(blank=True)
    state = models.CharField(max_length=8, choices=DeliveryState.choices, default="received")
    received_at = models.DateTimeField()
    handled_at = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    last_error = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=state_values(DeliveryState)), name="delivery_state_chk"
            ),
            models.CheckConstraint(
                condition=Q(state="handled", handled_at__isnull=False, body="")
                | (~Q(state="handled") & Q(handled_at__isnull=True)),
                name="delivery_handled_chk",
            ),
        ]
        indexes = [
            models.Index(fields=["state", "received_at"], name="delivery_due_idx"),
        ]

    def __str__(self) -> str:
        return f"{self.event} {self.digest[:12]}"


class ShopOrder(models.Model):
    """The last we heard of one of our orders in the shop. The shop is the truth, not this row.

    `external_reference` is our own cycle key; `updated_at` is the shop's moment, not ours;
    `charged_yen` is None for an order that was last seen before amounts were kept.
    """

    external_reference = models.CharField(max_length=120, unique=True)
    order_id = models.CharField(max_length=128, unique=True)
    number = models.CharField(max_length=64)
    status = models.CharField(max_length=32)
    transaction_id = models.CharField(max_length=128, blank=True)
    is_paid = models.BooleanField(default=False)
    charged_yen = models.BigIntegerField(null=True, blank=True)
    updated_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(charged_yen__isnull=True) | Q(charged_yen__gte=0),
                name="shop_order_charged_chk",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.external_reference} {self.number}"


class ShopMark(models.Model):
    """Up to which of the shop's moments something was looked through (照合のしおり)."""

    name = models.CharField(max_length=40, unique=True)
    moment = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.name} {self.moment:%Y-%m-%d %H:%M:%S}"
