"""An account that is changed or removed in the shop: followed here, and nothing erased."""

from datetime import timedelta

import pytest

from saleor_ext.flows.accounts import account_events, customers
from saleor_ext.membership import models
from saleor_ext.saleor_connector import accounts, errors
from tests.builders import world

pytestmark = pytest.mark.django_db

NOW = world.NOW


class Shop:
    """The shop's accounts, by id."""

    def __init__(self) -> None:
        self.users: dict[str, accounts.ShopUser] = {}
        self.is_down = False

    def user_get(self, *, user_id: str) -> accounts.ShopUser | None:
        if self.is_down:
            raise errors.ShopUnavailable("timeout")
        return self.users.get(user_id)

    def user_put(self, donor: models.Donor, *, email: str = "", is_active: bool = True) -> None:
        self.users[donor.saleor_user_id] = accounts.ShopUser(
            id=donor.saleor_user_id,
            email=email or donor.email,
            first_name="",
            last_name="",
            is_staff=False,
            is_active=is_active,
        )


@pytest.fixture
def shop(monkeypatch: pytest.MonkeyPatch) -> Shop:
    """A shop without accounts."""
    made = Shop()
    monkeypatch.setattr(accounts, "user_get", made.user_get)
    return made


@pytest.fixture
def membership() -> models.Membership:
    """花子's membership, active."""
    return world.member_make()


def follow(membership: models.Membership) -> None:
    customers.customer_follow(user_id=membership.donor.saleor_user_id, now=NOW)
    membership.refresh_from_db()
    membership.donor.refresh_from_db()


def test_a_changed_address_is_taken_over(shop: Shop, membership: models.Membership) -> None:
    # given
    shop.user_put(membership.donor, email="hanako.yamada@example.jp")

    # when
    follow(membership)

    # then
    assert membership.donor.email == "hanako.yamada@example.jp"
    assert membership.state == "active"


def test_the_shop_is_believed_and_not_an_old_message(
    shop: Shop, membership: models.Membership
) -> None:
    # given
    shop.user_put(membership.donor, email="newest@example.jp")
    user = {"id": membership.donor.saleor_user_id, "email": "older@example.jp", "isActive": True}

    # when
    account_events.customer_changed({"user": user})

    # then
    membership.donor.refresh_from_db()
    assert membership.donor.email == "newest@example.jp"


@pytest.mark.parametrize(
    ("is_there", "reason"), [(False, "account_deleted"), (True, "account_closed")]
)
def test_whoever_cannot_sign_in_any_more_is_parked_and_nothing_is_erased(
    shop: Shop, membership: models.Membership, is_there: bool, reason: str
) -> None:
    # given
    if is_there:
        shop.user_put(membership.donor, is_active=False)
    before = models.Donor.objects.values().get(pk=membership.donor_id)

    # when
    follow(membership)
    follow(membership)

    # then
    assert (membership.state, membership.parked_from) == ("parked", "active")
    assert membership.parked_reason == reason
    moves = membership.events.filter(to_state="parked")
    assert [(move.actor, move.reason) for move in moves] == [("shop", reason)]
    assert models.Donor.objects.values().get(pk=membership.donor_id) == before


def test_a_membership_that_is_over_stays_over(shop: Shop, membership: models.Membership) -> None:
    # given
    models.Membership.objects.filter(pk=membership.pk).update(
        state="ended", ended_at=NOW - timedelta(days=1)
    )

    # when
    follow(membership)

    # then
    assert membership.state == "ended"


def test_somebody_who_never_joined_is_nobody_here(shop: Shop) -> None:
    shop.is_down = True

    customers.customer_follow(user_id="VXNlcjo5OQ==", now=NOW)


def test_while_the_shop_is_down_nothing_changes_and_it_is_tried_again(
    shop: Shop, membership: models.Membership
) -> None:
    shop.is_down = True

    with pytest.raises(errors.ShopUnavailable):
        customers.customer_follow(user_id=membership.donor.saleor_user_id, now=NOW)

    membership.refresh_from_db()
    assert membership.state == "active"


def test_every_event_about_an_account_is_heard(shop: Shop) -> None:
    from saleor_ext.saleor_connector import inbox, manifest

    mine = {"customer_changed", "account_mail_requested"}
    events = {
        event.lower()
        for webhook in manifest.WEBHOOKS
        if webhook.name in mine
        for event in webhook.async_events
    }

    assert events
    assert {event for event in events if not inbox._handlers.get(event)} == set()
