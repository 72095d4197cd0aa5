"""Errors a provider plugin may raise; the caller decides by type whether to try again."""


class ProviderError(Exception):
    """A provider did not do what was asked.

    `code` is the provider's own short code, safe to log: it never holds personal data.
    """

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(f"{code}: {detail}" if detail else code)
        self.code = code
        self.detail = detail


class ProviderRetryable(ProviderError):
    """The request certainly had no effect (refused connection, rate limit): ask again later."""


class ProviderLockedOut(ProviderRetryable):
    """The provider does not let us in (key revoked, right missing): nothing had any effect.

    Every request will be answered so until somebody mends it; it says nothing about a donor.
    """


class ProviderUnknown(ProviderError):
    """Nobody can say whether the request had an effect (time-out, 5xx, connection cut).

    The caller must ask the provider what happened, with the same key, and never start anew.
    """


class ProviderPermanent(ProviderError):
    """The request was understood and refused for good: repeating it cannot help."""


UNANSWERED = (ProviderRetryable, ProviderUnknown)
"""With these nothing was said about what was asked; with any other error the provider is there."""


class SignatureInvalid(ProviderError):
    """A message claims to come from the provider but its signature does not prove it."""
