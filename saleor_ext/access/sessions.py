"""The browser session: what it holds and how it begins and ends."""

from django.http import HttpRequest

from saleor_ext.access.models import BrowserSession
from saleor_ext.access.principal import ANONYMOUS, Principal
from saleor_ext.access.session_store import SIGNED_IN
from saleor_ext.flows.accounts import sign_in
from saleor_ext.fulfilment import selectors as fulfilment_selectors
from saleor_ext.membership import selectors as membership_selectors

_KEY = SIGNED_IN
STAFF_SESSION_S = 8 * 3600


def session_begin(request: HttpRequest, signed_in: sign_in.SignedIn) -> None:
    """This will sign a person in, under a new session id."""
    request.session.cycle_key()
    if signed_in.is_staff:
        # What an officer may do is read from the shop when he signs in, so that is not for long.
        request.session.set_expiry(STAFF_SESSION_S)
    request.session[_KEY] = {
        "user_id": signed_in.user_id,
        "email": signed_in.email,
        "display_name": signed_in.display_name,
        "is_staff": signed_in.is_staff,
        "permissions": sorted(signed_in.permissions),
        "access_token": signed_in.access_token,
        "refresh_token": signed_in.refresh_token,
    }


def session_end(request: HttpRequest) -> None:
    """This will sign out and forget everything the session held."""
    request.session.flush()


def sessions_end(*, user_id: str, but_email: str | None = None) -> int:
    """This will sign an account out in every browser, and count them.

    With `but_email` only where it is signed in under another e-mail address than this.
    """
    rows = BrowserSession.objects.filter(account_id=user_id) if user_id else []
    ended = [
        row.pk
        for row in rows
        if but_email is None or row.get_decoded().get(_KEY, {}).get("email") != but_email
    ]
    return BrowserSession.objects.filter(pk__in=ended).delete()[0]


def access_token(request: HttpRequest) -> str:
    """This will return the shop token of the signed-in person, "" when nobody is."""
    return str(request.session.get(_KEY, {}).get("access_token", ""))


def token_renew(request: HttpRequest) -> str:
    """This will fetch a new shop token (they live five minutes) and keep it in the session.

    Raises:
        SignInRefused: the shop no longer knows this person; he must sign in again.
        ShopUnavailable: the shop does not answer.
    """
    held = request.session.get(_KEY) or {}
    token = sign_in.token_renew(refresh_token=str(held.get("refresh_token", "")))
    request.session[_KEY] = {**held, "access_token": token}
    return token


def principal_of(request: HttpRequest) -> Principal:
    """This will say who is acting. Roles are looked up anew for every request."""
    held = request.session.get(_KEY)
    if not held:
        return ANONYMOUS
    return principal_make(
        user_id=held["user_id"],
        email=held["email"],
        display_name=held["display_name"],
        is_staff=held["is_staff"],
        permissions=frozenset(held["permissions"]),
    )


def principal_make(
    *,
    user_id: str,
    email: str,
    is_staff: bool,
    display_name: str = "",
    permissions: frozenset[str] = frozenset(),
) -> Principal:
    """This will put together what a shop account may do here."""
    donor = membership_selectors.donor_of_user(saleor_user_id=user_id)
    producer = fulfilment_selectors.producer_of_email(email=email)
    return Principal(
        kind="staff" if is_staff else "customer",
        user_id=user_id,
        email=email,
        display_name=display_name or (donor.full_name if donor else ""),
        donor_id=donor.pk if donor else None,
        producer_id=producer.pk if producer else None,
        permissions=permissions,
    )
