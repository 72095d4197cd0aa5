"""Parcels, people and browsers for the tests of the producer and staff pages."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from django.conf import settings
from django.http import HttpRequest
from django.test import Client

from saleor_ext.access import sessions
from saleor_ext.common import jptime
from saleor_ext.donations import models as donation_models
from saleor_ext.donations import services as donation_services
from saleor_ext.flows.accounts import sign_in
from saleor_ext.flows.month import listing
from saleor_ext.fulfilment import models as fulfilment_models
from saleor_ext.fulfilment import services as fulfilment_services
from saleor_ext.membership import models, selectors
from tests.builders import world

ALL_PERMISSIONS = frozenset(
    {"MANAGE_USERS", "MANAGE_ORDERS", "HANDLE_PAYMENTS", "MANAGE_PAGES", "MANAGE_STAFF"}
)
LIST_ON = date(2026, 11, 20)


def tracking_number(serial: int) -> str:
    """A twelve-digit number whose last digit is right."""
    body = 40_000_000_000 + serial
    return f"{body}{body % 7}"


def signed_in(
    client: Client,
    *,
    user_id: str,
    email: str,
    is_staff: bool = False,
    permissions: Iterable[str] = (),
) -> Client:
    """A browser in which somebody has signed in, through the code that real sign-ins use."""
    request = HttpRequest()
    request.session = client.session  # type: ignore[assignment]
    person = sign_in.SignedIn(
        user_id=user_id,
        email=email,
        display_name="",
        is_staff=is_staff,
        permissions=frozenset(permissions),
        access_token="token",
        refresh_token="refresh",
    )
    sessions.session_begin(request, person)
    request.session.save()
    client.cookies[settings.SESSION_COOKIE_NAME] = request.session.session_key or ""
    return client


def producer_browser(producer: fulfilment_models.Producer, client: Client | None = None) -> Client:
    """The browser of a producer."""
    return signed_in(
        client or Client(), user_id=f"user-{producer.slug}", email=producer.login_email
    )


def staff_browser(
    *, permissions: Iterable[str] = ALL_PERMISSIONS, client: Client | None = None
) -> Client:
    """佐藤's browser: staff with the given permissions."""
    return signed_in(
        client or Client(),
        user_id="user-sato",
        email="sato@example.jp",
        is_staff=True,
        permissions=permissions,
    )


def donor_browser(donor: models.Donor, client: Client | None = None) -> Client:
    """The browser of a member."""
    return signed_in(client or Client(), user_id=donor.saleor_user_id, email=donor.email)


def parcels_of_member(
    membership: models.Membership, *, list_on: date = LIST_ON
) -> list[fulfilment_models.Shipment]:
    """The parcels of a member's first month, requested as the monthly run does it."""
    cycle = membership.cycles.get(n=0)
    models.Cycle.objects.filter(pk=cycle.pk).update(
        list_on=list_on, ship_from=list_on, ship_to=list_on, change_until=list_on, charge_on=list_on
    )
    models.Cycle.objects.filter(pk=cycle.pk).update(ship_to=list_on + timedelta(days=7))
    now = jptime.jst_moment(list_on, 9)
    listing.cycles_list_due(as_of=list_on, now=now, actor=world.ACTOR)
    return list(fulfilment_models.Shipment.objects.filter(cycle=cycle).order_by("pk"))


def parcel_of(
    *,
    producer: fulfilment_models.Producer,
    membership: models.Membership,
    n: int = 1,
    ship_from: date = LIST_ON,
    ship_days: int = 7,
    temperature: str = "chilled",
    **columns: object,
) -> fulfilment_models.Shipment:
    """One parcel of a producer on a month of its own, with ship dates and cold as wanted."""
    cycle = models.Cycle.objects.create(
        membership=membership,
        n=n,
        kind="donation",
        tier=membership.tier,
        amount_yen=membership.tier.amount_yen,
        month=jptime.month_start(ship_from),
        change_until=ship_from,
        charge_on=ship_from,
        list_on=ship_from,
        ship_from=ship_from,
        ship_to=ship_from + timedelta(days=ship_days),
        state="charged",
    )
    gift = world.gift_make(slug=f"gift-{producer.slug}", producer=producer, name="冬の大根")
    box, _ = fulfilment_models.BoxPlan.objects.get_or_create(
        tier=world.tier_make(slug=f"box-{producer.slug}"),
        month=date(2026, 1, 1),
        defaults={"title": "箱"},
    )
    fulfilment_models.BoxItem.objects.get_or_create(box_plan=box, gift=gift)
    wanted = fulfilment_services.ParcelsWanted(
        cycle_id=cycle.pk,
        box_plan_id=box.pk,
        delivery=selectors.delivery_address(donor=membership.donor),
        list_on=ship_from,
        ship_from=ship_from,
        ship_to=ship_from + timedelta(days=ship_days),
    )
    [shipment] = fulfilment_services.shipments_request(
        wanted=[wanted], now=world.NOW, actor=world.ACTOR
    )
    values = {
        "temperature": temperature,
        "ship_from": ship_from,
        "ship_to": ship_from + timedelta(days=ship_days),
    }
    fulfilment_models.Shipment.objects.filter(pk=shipment.pk).update(**values | columns)
    shipment.refresh_from_db()
    return shipment


def parcel_sent(
    shipment: fulfilment_models.Shipment, *, serial: int = 1, now: datetime = world.NOW
) -> fulfilment_models.Shipment:
    """A parcel that left."""
    return fulfilment_services.shipment_shipped(
        producer_id=shipment.producer_id,
        key=shipment.key,
        carrier=shipment.carrier,
        tracking_number=tracking_number(serial),
        shipped_on=jptime.jst_date(now),
        now=now,
        actor=world.ACTOR,
    )


def declined_make(
    membership: models.Membership, *, n: int = 1, code: str = "insufficient_funds"
) -> donation_models.PaymentAttempt:
    """A month whose donation was declined and has not come since."""
    cycle = models.Cycle.objects.create(
        membership=membership,
        n=n,
        kind="donation",
        tier=membership.tier,
        amount_yen=membership.tier.amount_yen,
        month=date(2026, 11, 1),
        change_until=world.TODAY,
        charge_on=world.TODAY,
        list_on=world.TODAY,
        ship_from=world.TODAY,
        ship_to=world.TODAY,
        state="locked",
    )
    attempt = donation_services.attempt_begin(
        cycle_id=cycle.pk,
        cycle_key=selectors.cycle_key(cycle=cycle),
        membership_id=cycle.membership_id,
        amount_yen=cycle.amount_yen,
        is_off_session=True,
        most_a_day=99,
        now=world.NOW,
        actor=world.ACTOR,
    )
    donation_services.attempt_decline(
        attempt_id=attempt.pk,
        provider_ref=f"pi_{attempt.pk}",
        decline_code=code,
        is_retryable=True,
        now=world.NOW,
        actor=world.ACTOR,
    )
    attempt.refresh_from_db()
    return attempt
