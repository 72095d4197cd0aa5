"""What can go wrong between us and the shop. No message here carries personal data or a token."""

from typing import ClassVar

from saleor_ext.common import errors


class ShopError(Exception):
    """The shop did not do what was asked."""


class ShopUnavailable(ShopError):
    """The shop cannot be reached or is broken for the moment: ask again later.

    `has_maybe_happened` is False when the request certainly never arrived. When it is True the
    shop may have done what was asked; look before repeating anything that is not idempotent.
    """

    def __init__(
        self, reason: str, *, operation: str = "", has_maybe_happened: bool = True
    ) -> None:
        super().__init__(f"{operation}: {reason}" if operation else reason)
        self.reason = reason
        self.operation = operation
        self.has_maybe_happened = has_maybe_happened


class ShopNotInstalled(ShopUnavailable):
    """There is no token to speak with. Work for the shop waits until the app is installed again.

    However long that takes, waiting is all there is to do: no number of tries uses it up.
    """

    def __init__(self, reason: str = "the app is not installed in the shop") -> None:
        super().__init__(reason, has_maybe_happened=False)


class ShopTokenLost(ShopNotInstalled):
    """The shop no longer knows our token: the app was removed or switched off there."""

    def __init__(self) -> None:
        super().__init__("the shop no longer knows the app's token")


class ShopTokenSealed(ShopNotInstalled):
    """The token is there, but none of our SEALING_KEYS opens it."""

    def __init__(self) -> None:
        super().__init__("none of SEALING_KEYS opens the app's token")


class PlaceSealed(ShopUnavailable):
    """This is an unconfirmed copy of the salon: it does not speak with the shop as our app."""

    def __init__(self) -> None:
        super().__init__("this is an unconfirmed copy of the salon", has_maybe_happened=False)


class ShopRefused(ShopError):
    """The shop understood and said no. Repeating the same request cannot help.

    Attributes:
        code: the shop's error code in its own spelling: INSUFFICIENT_STOCK, INVALID_CREDENTIALS,
            PermissionDenied, ExpiredSignatureError and so on.
        field: the input field the shop blames, "" when it blames none.
        message: the shop's English sentence. It may quote what a person typed: show it to
            nobody and log it nowhere; it is for tests and a developer's debugger.
    """

    def __init__(
        self, *, code: str, field: str = "", message: str = "", operation: str = ""
    ) -> None:
        super().__init__(f"{operation}: {code} {field}".strip())
        self.code = code
        self.field = field
        self.message = message
        self.operation = operation


class ShopAnswerInvalid(ShopError):
    """The shop's answer is not what its own schema promises; a human must look."""

    def __init__(self, reason: str, *, operation: str = "") -> None:
        super().__init__(f"{operation}: {reason}" if operation else reason)
        self.reason = reason
        self.operation = operation


class KeysUnavailable(ShopUnavailable):
    """The shop's public keys cannot be had, so nobody can say whether a signature is genuine.

    An edge answers 503: the shop repeats a 503 but never a 401.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason, operation="jwks", has_maybe_happened=False)


class SignatureRefused(errors.Refusal):
    """A message or token claims to come from the shop, but its signature or claims do not hold."""

    code: ClassVar[str] = "signature_refused"


class InstallationRefused(errors.Refusal):
    """Somebody offers a token for a shop that we do not serve, or one that does not work.

    `fields["reason"]` is "domain", "address", "token" or "identifier".
    """

    code: ClassVar[str] = "installation_refused"


class AddressInvalid(errors.Refusal):
    """An address cannot be written the way the shop takes it; `fields["field"]` says which part."""

    code: ClassVar[str] = "address_invalid"
