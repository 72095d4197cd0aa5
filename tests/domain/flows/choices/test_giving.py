"""A membership is given to another person: boxes and content are his, the money the giver's."""

import re
from datetime import date, timedelta

import pytest
from django.core import mail as sent_mail

from saleor_ext.donations import models as donation_models
from saleor_ext.donations import selectors as donation_selectors
from saleor_ext.flows import errors, mail
from saleor_ext.flows.choices import giving
from saleor_ext.flows.month import locking
from saleor_ext.flows.orders import shipping, shop_lines
from saleor_ext.fulfilment import models as fulfilment_models
from saleor_ext.fulfilment import selectors as fulfilment_selectors
from saleor_ext.membership import delivery, models, planning, selectors, services
from saleor_ext.outbox.models import OutboxMessage
from tests.builders import dashboard, months, world
from tests.builders.giving import DETAILS, TARO_MAIL, accept, given_to_taro, mails, offer
from tests.builders.provider import MemoryProvider

pytestmark = pytest.mark.django_db

PRICE = re.compile(r"3,?000|円|寄附")


@pytest.fixture
def member() -> models.Membership:
    """花子 since 24 November, with December to February planned."""
    member = world.member_make(tier=world.world_make())
    town = selectors.town_calendar(town=selectors.municipality_get())
    planning.cycles_plan(today=world.TODAY, town=town)
    return member


def lock_december() -> None:
    locking.cycles_lock_due(
        as_of=months.LOCK_DAY, now=months.morning(months.LOCK_DAY), actor=world.ACTOR
    )


def test_until_it_is_accepted_nothing_changes(member: models.Membership) -> None:
    # given
    preview = giving.give_preview(membership_id=member.pk, email=TARO_MAIL, now=world.NOW)

    # when
    grant = offer(member)

    # then
    assert (preview.effective_on, preview.month) == (world.TODAY, date(2026, 12, 1))
    assert preview.expires_on == date(2026, 12, 8)
    assert (grant.state, grant.recipient_email) == ("offered", TARO_MAIL)
    assert selectors.content_rank(donor_id=member.donor_id, today=world.TODAY) == 1
    assert OutboxMessage.objects.filter(topic="mail.grant").count() == 1
    assert mails("grant_sent") == 1
    assert TARO_MAIL not in str(list(OutboxMessage.objects.values_list("payload", flat=True)))


def test_box_and_content_are_the_recipients_and_the_donation_stays_the_givers(
    member: models.Membership, provider: MemoryProvider
) -> None:
    # given
    grant, taro = given_to_taro(member)

    # when
    lock_december()
    months.run(provider, months.CHARGE_DAY)

    # then
    assert (grant.state, grant.recipient_email) == ("accepted", "")
    assert selectors.content_rank(donor_id=taro.pk, today=world.TODAY) == 1
    assert selectors.content_rank(donor_id=member.donor_id, today=world.TODAY) is None
    december = months.month_of(member, 1)
    assert december.state == "charged"
    assert december.snapshot.delivery["name"] == "鈴木　太郎"
    assert december.snapshot.delivery["city"] == "港区"
    assert december.snapshot.recipient_id == taro.pk
    donation = donation_models.Donation.objects.latest("pk")
    assert (donation.donor_id, donation.donor_name) == (member.donor_id, "山田　花子")
    assert donation.donor_address.startswith("東京都千代田区")
    assert donation.receipt_number == 2
    year_yen = donation_selectors.donated_yen_in_year(donor_id=member.donor_id, year=2026)
    assert year_yen == 6000
    assert donation_selectors.donated_yen_in_year(donor_id=taro.pk, year=2026) == 0
    assert mails("grant_accepted") == 1
    assert mails("received_welcome") == 1


def test_a_month_that_is_fixed_stays_the_givers(member: models.Membership) -> None:
    # given
    lock_december()

    # when
    given_to_taro(member)

    # then
    preview = giving.take_back_preview(membership_id=member.pk, now=months.morning(months.LOCK_DAY))
    assert months.month_of(member, 1).snapshot.recipient_id is None
    assert preview.is_accepted
    assert preview.locked_months == (date(2026, 11, 1), date(2026, 12, 1))
    assert preview.month == date(2027, 1, 1)


def test_parcels_and_their_mails_are_the_recipients(
    member: models.Membership, provider: MemoryProvider
) -> None:
    # given
    _, taro = given_to_taro(member)
    lock_december()
    months.run(provider, months.CHARGE_DAY)
    months.run(provider, months.CHARGE_DAY + timedelta(days=4))
    parcel = fulfilment_models.Shipment.objects.get(cycle__n=1)

    # when
    shipping.shipment_ship(
        producer_id=parcel.producer_id,
        key=parcel.key,
        tracking_text=dashboard.tracking_number(7),
        today=date(2026, 12, 29),
        now=world.NOW,
        actor="producer",
    )

    # then
    assert parcel.recipient_name == "鈴木　太郎"
    own = fulfilment_selectors.shipments_of_donor(donor_id=taro.pk)
    givers = fulfilment_selectors.shipments_of_donor(donor_id=member.donor_id)
    assert [row.key for row in own] == [parcel.key]
    assert parcel.key not in [row.key for row in givers]
    told = OutboxMessage.objects.get(payload__name="box_shipped")
    assert told.payload["donor_id"] == taro.pk


def test_the_shop_is_not_told_where_the_recipient_lives(member: models.Membership) -> None:
    # given
    given_to_taro(member)

    # when
    lock_december()

    # then
    december = months.month_of(member, 1)
    assert shop_lines.delivery_address(december) is None
    assert shop_lines.order_metadata(december)["furusato.delivery"] == "given"
    assert "港区" not in str(shop_lines.order_metadata(december))


def test_no_mail_to_the_recipient_speaks_of_money(member: models.Membership, settings) -> None:
    # given
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    grant = offer(member)
    mail.grant_mail_send({"grant_id": grant.pk}, world.NOW)
    accept(grant)
    taro = models.Donor.objects.get(saleor_user_id="user-taro")
    cycle = member.cycles.get(n=1)

    # when
    for name in ("received_welcome", "received_over", "received_left"):
        mail.mail_send({"name": name, "donor_id": taro.pk, "grant_id": grant.pk}, world.NOW)
    for name in ("month_left_out", "month_address_set", "month_address_removed"):
        mail.mail_send({"name": name, "donor_id": taro.pk, "cycle_id": cycle.pk}, world.NOW)

    # then
    assert len(sent_mail.outbox) == 7
    for message in sent_mail.outbox:
        assert message.to == [TARO_MAIL]
        assert not PRICE.search(message.subject + message.body), message.subject
        assert "None" not in message.body
    assert "/received/" in sent_mail.outbox[0].body
    assert TARO_MAIL not in sent_mail.outbox[0].body


def test_a_month_left_out_is_told_to_both_but_only_one_hears_of_money(
    member: models.Membership,
) -> None:
    # given
    _, taro = given_to_taro(member)
    services.donor_details_set(donor_id=member.donor_id, details={"phone": ""})

    # when
    lock_december()

    # then
    assert months.month_of(member, 1).reason == "details_missing"
    to_giver = OutboxMessage.objects.get(payload__name="cycle_skipped")
    to_taro = OutboxMessage.objects.get(payload__name="month_left_out")
    assert (to_giver.payload["donor_id"], to_taro.payload["donor_id"]) == (member.donor_id, taro.pk)


@pytest.mark.parametrize("moved", ["registered", "delivery"])
def test_no_box_goes_to_a_recipient_who_moved_into_the_town(
    member: models.Membership, moved: str
) -> None:
    # given
    _, taro = given_to_taro(member)
    there = {"prefecture": "高知県", "city": "幡見郡汐見町", "street": "本町2"}
    if moved == "registered":
        there = {f"registered_{name}": value for name, value in there.items()}
        there["is_registered_address_same"] = False
    else:
        there |= {"registered_prefecture": "東京都", "registered_city": "港区"}
        there |= {"registered_street": "架空坂4-5", "is_registered_address_same": False}
    services.donor_details_set(donor_id=taro.pk, details=there)

    # when
    lock_december()

    # then
    december = months.month_of(member, 1)
    assert (december.state, december.reason) == ("skipped", "receiver_no_gift")


def test_a_resident_of_the_town_cannot_accept_a_box(member: models.Membership) -> None:
    # given
    grant = offer(member)
    in_town = DETAILS | {"prefecture": "高知県", "city": "幡見郡汐見町", "street": "本町2"}

    # when
    with pytest.raises(errors.AddressInTown):
        accept(grant, details=in_town)

    # then
    grant.refresh_from_db()
    assert grant.state == "offered"
    assert not models.Donor.objects.filter(saleor_user_id="user-taro").exists()


def test_alcohol_goes_to_no_recipient_under_20(member: models.Membership) -> None:
    # given
    grant = offer(member)
    accept(grant, details=DETAILS | {"birth_date": date(2010, 1, 1)})
    fulfilment_models.Gift.objects.update(is_alcohol=True)

    # when
    lock_december()

    # then
    assert months.month_of(member, 1).reason == "under_20_alcohol"


def test_an_address_for_one_month_does_not_outlast_whose_box_it_is(
    member: models.Membership,
) -> None:
    # given
    elsewhere = {name: world.HANAKO[name] for name in delivery.MONTH_ADDRESS_FIELDS}
    cycle = member.cycles.get(n=1)
    delivery.month_address_set(
        cycle_id=cycle.pk, address=elsewhere, today=world.TODAY, now=world.NOW
    )

    # when
    _, taro = given_to_taro(member)
    delivery.month_address_set(
        cycle_id=cycle.pk, address=elsewhere | {"city": "別の市"}, today=world.TODAY, now=world.NOW
    )
    giving.received_leave(donor_id=taro.pk, now=world.NOW, actor="recipient")
    lock_december()

    # then
    assert months.month_of(member, 1).snapshot.delivery["city"] == "千代田区"


@pytest.mark.parametrize("by", ["giver", "recipient"])
def test_taken_or_given_back_the_next_box_is_the_givers_again(
    member: models.Membership, by: str
) -> None:
    # given
    _, taro = given_to_taro(member)
    lock_december()
    now = months.morning(months.LOCK_DAY)

    # when
    if by == "giver":
        giving.take_back_choose(membership_id=member.pk, now=now, actor="donor")
    else:
        giving.received_leave(donor_id=taro.pk, now=now, actor="recipient")
    locking.cycles_lock_due(
        as_of=date(2027, 1, 18), now=months.morning(date(2027, 1, 18)), actor="test"
    )

    # then
    assert months.month_of(member, 1).snapshot.delivery["name"] == "鈴木　太郎"
    assert months.month_of(member, 2).snapshot.delivery["name"] == "山田　花子"
    assert selectors.content_rank(donor_id=member.donor_id, today=world.TODAY) == 1
    assert selectors.content_rank(donor_id=taro.pk, today=world.TODAY) is None
    assert models.Grant.objects.get().state == "ended"
    told = {"giver": ("grant_taken_back", "received_over"),
            "recipient": ("grant_given_back", "received_left")}[by]  # fmt: skip
    assert [mails(name) for name in told] == [1, 1]


def test_with_the_membership_the_grant_ends(
    member: models.Membership, provider: MemoryProvider
) -> None:
    # given
    _, taro = given_to_taro(member)
    services.membership_end(
        membership_id=member.pk, now=world.NOW, actor="test", reason="cancelled_by_donor"
    )

    # when
    closed = giving.grants_close_due(now=world.NOW)

    # then
    assert closed == 1
    assert models.Grant.objects.get().state == "ended"
    assert models.Membership.objects.get().recipient_id is None
    assert selectors.content_rank(donor_id=taro.pk, today=world.TODAY) is None
    assert mails("received_over") == 1


def test_an_own_membership_and_a_received_one_open_what_the_higher_one_opens(
    member: models.Membership,
) -> None:
    # given
    high = world.tier_make(slug="minato", amount_yen=10000, rank=3)
    world.boxes_make(tier=high, month_from=date(2026, 11, 1))
    world.member_make(donor=world.donor_make(name="taro"), tier=high)

    # when
    _, taro = given_to_taro(member)

    # then
    assert selectors.content_rank(donor_id=taro.pk, today=world.TODAY) == 3
    assert selectors.membership_received(donor_id=taro.pk) == member
