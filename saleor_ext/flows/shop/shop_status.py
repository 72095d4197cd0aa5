"""What is right and what is wrong between us and the shop, found out by asking both.

What the app may not see in the shop is said to be out of its sight, and never guessed.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from urllib.parse import urlsplit

from django.conf import settings

from saleor_ext.common import clock
from saleor_ext.common.errors import NotFound
from saleor_ext.flows.shop import setup_places, shop_link, shop_setup
from saleor_ext.outbox import selectors as outbox_selectors
from saleor_ext.saleor_connector import (
    app_view,
    client,
    deliveries,
    errors,
    hooks,
    jwks,
    manifest,
    models,
    selectors,
    states,
)
from saleor_ext.saleor_connector.setup import everything, parts

VERSION_FROM, VERSION_BELOW = (3, 23), (4,)
# Tokens live five minutes; the shop's moments are compared with ours.
CLOCK_LIMIT_S = 30
NOT_SHOWN = ("PermissionDenied",)


class Level(StrEnum):
    """ok: as it should be. wrong: somebody has to do something. unseen: the app may not see it."""

    OK = "ok"
    WRONG = "wrong"
    UNSEEN = "unseen"


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One thing that was looked at. `code` names the words for it, `facts` what they mention."""

    code: str
    level: Level = Level.OK
    facts: dict[str, object] = field(default_factory=dict)


def shop_status() -> Iterator[Finding]:
    """This will look at everything between us and the shop, the token first.

    Without a token that works there is nothing more to see, so it ends there.
    """
    yield _domain()
    yield from _other_shops()
    installation = selectors.installation_known()
    if installation is None:
        yield _wrong("not_installed", manifest=f"{settings.APP_INTERNAL_URL}/saleor/manifest")
        return
    try:
        shop = client.ShopClient.of_installation(installation)
        seen = app_view.app_view(shop)
    except errors.ShopError as error:
        yield _unspoken(error)
        return
    yield from _app(seen, installation)
    yield from _webhooks(seen)
    yield from _missed(shop, installation)
    yield from _keys(installation)
    yield from _time(shop)
    yield from _switches(seen)
    yield from _setup(shop)
    yield from _waiting()


def _wrong(code: str, **facts: object) -> Finding:
    return Finding(code=code, level=Level.WRONG, facts=facts)


def _ok(code: str, **facts: object) -> Finding:
    return Finding(code=code, facts=facts)


def _domain() -> Finding:
    domain = urlsplit(settings.SALEOR_API_URL).netloc
    if domain in settings.ALLOWED_SALEOR_DOMAINS:
        return _ok("domain", shop=settings.SALEOR_API_URL)
    return _wrong("domain_not_allowed", domain=domain)


def _other_shops() -> Iterator[Finding]:
    for row in selectors.installations_other():
        yield _ok("other_shop", shop=row.saleor_api_url)


def _unspoken(error: errors.ShopError) -> Finding:
    """Why we could not even ask. The most particular kind comes first."""
    facts = {"manifest": f"{settings.APP_INTERNAL_URL}/saleor/manifest", "error": str(error)}
    for kind, code in (
        (errors.ShopTokenSealed, "token_sealed"),
        (errors.ShopNotInstalled, "token_lost"),
        (errors.PlaceSealed, "place_sealed"),
        (errors.ShopUnavailable, "shop_silent"),
    ):
        if isinstance(error, kind):
            return _wrong(code, **facts)
    return _wrong("shop_strange", **facts)


def _app(seen: app_view.AppSeen, installation: models.Installation) -> Iterator[Finding]:
    yield _ok("token", app=seen.id)
    is_noted = seen.id == installation.app_id
    is_linked = installation.state == states.InstallationState.ACTIVE
    if not (is_noted and is_linked):
        yield _wrong("link_stale", known=installation.app_id, app=seen.id)
    yield _ok("app_active") if seen.is_active else _wrong("app_inactive")
    asked = frozenset(manifest.PERMISSIONS)
    for code in sorted(asked - seen.permissions):
        yield _wrong("permission_missing", permission=code)
    for code in sorted(seen.permissions - asked):
        yield _wrong("permission_superfluous", permission=code)
    if seen.permissions == asked:
        yield _ok("permissions", count=len(asked))
    is_in_place = seen.extensions == app_view.extensions_wanted()
    yield (_ok if is_in_place else _wrong)("extensions" if is_in_place else "extensions_stale")
    places = "、".join(settings.DASHBOARD_URLS)
    yield _ok("dashboard", places=places) if places else _ok("dashboard_unset")
    parts_of_version = app_view.version_parts(seen.version)
    is_fit = VERSION_FROM <= parts_of_version < VERSION_BELOW
    yield (_ok if is_fit else _wrong)(
        "version" if is_fit else "version_unfit", version=seen.version
    )


def _webhooks(seen: app_view.AppSeen) -> Iterator[Finding]:
    by_name = {webhook.name: webhook for webhook in seen.webhooks}
    wanted = {webhook.name: webhook for webhook in manifest.WEBHOOKS}
    right = 0
    for name, webhook in wanted.items():
        here = by_name.get(name)
        if here is None:
            yield _wrong("webhook_missing", webhook=webhook.label, name=name)
            continue
        faults = app_view.webhook_faults(here, webhook, server_url=settings.APP_INTERNAL_URL)
        for fault in faults:
            yield _wrong(
                f"webhook_{fault}", webhook=webhook.label, name=name, target=here.target_url
            )
        right += not faults
    if right == len(wanted):
        yield _ok("webhooks", count=right)
    for here in seen.webhooks:
        if here.name not in wanted:
            yield _wrong("webhook_superfluous", webhook=here.label or here.name or here.id)
    yield from _letters(by_name)


def _letters(by_name: dict[str, app_view.WebhookSeen]) -> Iterator[Finding]:
    """Whether the shop leaves mails about accounts to us. Its own plugin for them is not seen."""
    here = by_name.get("account_mail_requested")
    if here is not None and here.is_active:
        yield _ok("letters")
    else:
        yield _wrong("letters_missing")
    yield Finding(code="letters_twice", level=Level.UNSEEN)


def _missed(shop: client.ShopClient, installation: models.Installation) -> Iterator[Finding]:
    """What the shop gave up telling us, unless we have taken it up since."""
    try:
        given_up = deliveries.deliveries_failed(shop=shop).deliveries
    except errors.ShopError as error:
        yield _unspoken(error)
        return
    missed = questions = 0
    for delivery in given_up:
        try:
            message = hooks.message_of(delivery.text.encode(), installation=installation)
        except hooks.MessageInvalid:
            questions += 1  # of a refund that was asked for twice, the shop loses the body
            continue
        questions += message.is_session
        missed += not (message.is_session or selectors.delivery_is_known(digest=message.digest))
    yield _wrong("messages_missed", count=missed) if missed else _ok("messages")
    if questions:
        yield _ok("questions_missed", count=questions)


def _keys(installation: models.Installation) -> Iterator[Finding]:
    try:
        count = jwks.key_set(installation).count()
    except errors.KeysUnavailable as error:
        yield _wrong("keys_unavailable", url=jwks.key_set(installation).url, error=error.reason)
        return
    yield _ok("keys", count=count) if count else _wrong("keys_none")


def _time(shop: client.ShopClient) -> Iterator[Finding]:
    before = clock.real_now()
    try:
        told = shop.time_told()
    except errors.ShopError as error:
        yield _wrong("shop_silent", error=str(error))
        return
    if told is None:
        yield Finding(code="time_untold", level=Level.UNSEEN)
        return
    middle = before + (clock.real_now() - before) / 2
    apart_s = round((told - middle).total_seconds())
    is_near = abs(apart_s) <= CLOCK_LIMIT_S
    yield (_ok if is_near else _wrong)("time" if is_near else "time_apart", seconds=apart_s)


def _switches(seen: app_view.AppSeen) -> Iterator[Finding]:
    yield _wrong("ships_unpaid") if seen.ships_unpaid else _ok("ships_paid")
    yield _ok("ships_at_once") if seen.ships_at_once else _wrong("ships_on_approval")


def _setup(shop: client.ShopClient) -> Iterator[Finding]:
    """The set-up as far as the app may read it, by the same rules as `saleor_setup`."""
    try:
        aim = shop_setup.shop_wanted(initial_stock={})
    except NotFound:
        yield _wrong("town_missing")
        return
    except setup_places.AddressUnreadable as error:
        yield _wrong("address_unreadable", name=error.name)
        return
    reader = app_view.AppShop(shop)
    for part in everything.parts_of(aim):
        try:
            gaps = parts.differences(part, part.read(reader))
        except errors.ShopRefused as error:
            if error.code not in NOT_SHOWN:
                yield _wrong("setup_unreadable", part=part.name, error=str(error))
            else:
                yield Finding(code="setup_unseen", level=Level.UNSEEN, facts={"part": part.name})
            continue
        except errors.ShopError as error:
            yield _wrong("setup_unreadable", part=part.name, error=str(error))
            continue
        yield (
            _wrong("setup_gaps", part=part.name, gaps=gaps)
            if gaps
            else _ok("setup", part=part.name)
        )


def _waiting() -> Iterator[Finding]:
    given_up = selectors.deliveries_failed().count()
    yield _wrong("inbox_failed", count=given_up) if given_up else _ok("inbox")
    failed = outbox_selectors.messages_failed().count()
    waiting = outbox_selectors.messages_put_off(because_of=shop_link.WAITING)
    if failed:
        yield _wrong("outbox_failed", count=failed)
    if waiting:
        yield _wrong("outbox_waiting", count=waiting)
    if not (failed or waiting):
        yield _ok("outbox")
