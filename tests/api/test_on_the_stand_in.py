"""Our app in a running shop (the stand-in): installed, spoken to, removed and installed again."""

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from django.conf import settings as project
from django.test import Client

from fixtures.shop.testing import ShopClient, threaded_shop
from saleor_ext.common import clock
from saleor_ext.config.celery import app as celery_app
from saleor_ext.flows import outbox_run
from saleor_ext.flows.accounts import customers
from saleor_ext.flows.orders import order_queue
from saleor_ext.fulfilment import models as fulfilment_models
from saleor_ext.membership import models, selectors
from saleor_ext.outbox import models as outbox_models
from saleor_ext.saleor_connector import models as shop_models
from tests.builders import world

pytestmark = pytest.mark.django_db(transaction=True)

EMAIL, PASSWORD, NEW_PASSWORD = "jiro@example.jp", "umi-to-yama-77", "kaze-no-machi-88"
OUR_LINK = re.compile(r"^http://\S+/(?:account/confirm|password/new)/\S+$", flags=re.MULTILINE)


@pytest.fixture
def shop(live_server, settings) -> Iterator[ShopClient]:
    """A shop that wants addresses confirmed, with our app served and installed."""
    celery_app.autodiscover_tasks(force=True)
    with threaded_shop(retry_scale=0.01) as running:
        settings.SALEOR_API_URL = running.api_url
        settings.SALEOR_INTERNAL_URLS = {}
        settings.OUTBOX_CONCURRENCY = 1
        settings.ALLOWED_SALEOR_DOMAINS = [urlsplit(running.origin).netloc]
        settings.APP_URL = settings.APP_INTERNAL_URL = live_server.url
        world.world_make()
        staff = running.sign_in("sato@example.jp", "himitsu-sato")
        running.run(
            "mutation { shopSettingsUpdate(input: { enableAccountConfirmationByEmail: true })"
            " { errors { code } } }",
            token=staff,
        )
        install(running)
        yield running
        running.settled()  # or its last messages would meet a served app that is closing


def install(shop: ShopClient) -> None:
    manifest_url = f"{project.APP_INTERNAL_URL}/saleor/manifest"
    assert shop.control("install", {"manifestUrl": manifest_url})["installed"]


def app_remove(shop: ShopClient) -> None:
    staff = shop.sign_in("sato@example.jp", "himitsu-sato")
    [edge] = shop.run("{ apps(first: 9) { edges { node { id } } } }", token=staff)["apps"]["edges"]
    shop.run(
        "mutation($id: ID!) { appDelete(id: $id) { errors { code } } }",
        {"id": edge["node"]["id"]},
        token=staff,
    )


def member_make(shop: ShopClient) -> models.Membership:
    """花子 as the shop knows her, in a tier and with a gift that it sells."""
    token = shop.sign_in("hanako@example.jp", "himitsu-hanako")
    user_id = shop.run("{ me { id } }", token=token)["me"]["id"]
    donor = world.donor_make()
    models.Donor.objects.filter(pk=donor.pk).update(saleor_user_id=user_id)
    models.Tier.objects.update(sku="TIER-5000", saleor_variant_id="")
    fulfilment_models.Gift.objects.update(sku="MIKAN", saleor_variant_id="")
    donor.refresh_from_db()
    return world.member_make(donor=donor, tier=models.Tier.objects.get())


def link_in(mail) -> str:
    return urlsplit(OUR_LINK.search(mail.body)[0]).path


def test_an_account_is_opened_confirmed_and_given_a_new_password(shop, mailoutbox):
    # given
    here, elsewhere = Client(), Client()
    tier = models.Tier.objects.get()

    # when she registers
    sent = here.post(f"/join/{tier.slug}/account/", {"email": EMAIL, "password": PASSWORD})
    shop.settled()

    # then she cannot sign in before she has opened the mail
    assert sent["Location"] == "/account/sent/"
    assert here.post("/signin/", {"email": EMAIL, "password": PASSWORD}).status_code == 422
    confirm = link_in(mailoutbox[0])
    assert here.post(confirm)["Location"] == f"/signin/?next=%2Fjoin%2F{tier.slug}%2F"
    for browser in (here, elsewhere):
        assert browser.post("/signin/", {"email": EMAIL, "password": PASSWORD}).status_code == 303

    # when she forgets her password
    assert here.post("/password/", {"email": EMAIL})["Location"] == "/password/sent/"
    shop.settled()
    new = here.post(link_in(mailoutbox[1]), {"password": NEW_PASSWORD})

    # then only the browser in which she chose a new one is signed in
    assert new["Location"] == "/my/"
    assert here.get("/my/").status_code == 200
    assert elsewhere.get("/my/").status_code == 303
    assert elsewhere.post("/signin/", {"email": EMAIL, "password": PASSWORD}).status_code == 422
    assert [mail.to for mail in mailoutbox] == [[EMAIL], [EMAIL]]


def test_an_account_that_staff_change_and_remove_is_followed(shop):
    # given
    staff = shop.sign_in("sato@example.jp", "himitsu-sato")
    membership = member_make(shop)
    user_id = membership.donor.saleor_user_id

    # when
    shop.run(
        "mutation($id: ID!) { customerUpdate(id: $id, input: { email: "
        '"hanako.yamada@example.jp" }) { errors { code } } }',
        {"id": user_id},
        token=staff,
    )
    shop.settled()

    # then
    membership.donor.refresh_from_db()
    assert membership.donor.email == "hanako.yamada@example.jp"

    # when
    shop.run(
        "mutation($id: ID!) { customerDelete(id: $id) { errors { code } } }",
        {"id": user_id},
        token=staff,
    )
    shop.settled()

    # then
    membership.refresh_from_db()
    assert (membership.state, membership.parked_reason) == ("parked", customers.DELETED)
    assert models.Donor.objects.get().full_name == "山田　花子"


def test_removed_and_installed_again_nothing_is_lost(shop, mailoutbox):
    # given
    before = shop_models.Installation.objects.get()
    cycle = member_make(shop).cycles.get(n=0)
    app_remove(shop)

    # when there is work for the shop
    order_queue.order_put("order.create", cycle_id=cycle.pk, now=clock.now())
    outbox_run.outbox_drain(now=clock.now())

    # then it waits, and the town is told
    message = outbox_models.OutboxMessage.objects.get(topic="order.create")
    lost = shop_models.Installation.objects.get()
    assert (message.state, lost.state) == ("pending", "lost")
    assert [mail.subject for mail in mailoutbox] == ["【要対応】ショップとの接続が切れています"]

    # when the app is installed again
    install(shop)

    # then everything is there, and the work goes on at once
    again = shop_models.Installation.objects.get()
    message.refresh_from_db()
    assert (again.pk, again.state) == (before.pk, "active")
    assert again.app_id != before.app_id
    assert again.auth_token != before.auth_token
    assert message.state == "done"
    mirrored = shop_models.ShopOrder.objects.get()
    assert mirrored.external_reference == selectors.cycle_key(cycle=cycle)
