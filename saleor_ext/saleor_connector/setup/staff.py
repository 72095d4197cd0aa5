"""Speaking with the shop as a member of staff: only people may change how the shop is set up."""

from collections.abc import Iterator, Mapping
from typing import Any

from saleor_ext.saleor_connector import accounts, client, errors

TOKEN_OVER = frozenset({"ExpiredSignatureError"})
PAGE = 100  # the shop refuses more per page


class StaffShop:
    """A shop as seen by a signed-in member of staff.

    An access token lasts five minutes and a person may think about the list of changes for
    longer, so it is renewed when the shop says that its time is over.
    """

    def __init__(self, speaker: client.ShopClient, tokens: accounts.Tokens) -> None:
        self._speaker = speaker
        self._access = tokens.access
        self._refresh = tokens.refresh

    @property
    def saleor_api_url(self) -> str:
        """The shop's address."""
        return self._speaker.saleor_api_url

    def execute(self, operation: str, variables: Mapping[str, Any]) -> dict[str, Any]:
        """This will run a query and return its data.

        Raises:
            ShopError: as `ShopClient.execute` does.
        """
        try:
            return self._speaker.execute(operation, variables, token=self._access)
        except errors.ShopRefused as error:
            self._renew(error)
        return self._speaker.execute(operation, variables, token=self._access)

    def mutate(self, operation: str, field: str, variables: Mapping[str, Any]) -> dict[str, Any]:
        """This will run a mutation and return what is under its root field.

        Raises:
            ShopError: as `ShopClient.mutate` does.
        """
        try:
            return self._speaker.mutate(operation, field, variables, token=self._access)
        except errors.ShopRefused as error:
            self._renew(error)
        return self._speaker.mutate(operation, field, variables, token=self._access)

    def nodes(
        self, operation: str, field: str, variables: Mapping[str, Any] | None = None
    ) -> Iterator[dict[str, Any]]:
        """This will run a query of a list to its last page and yield its nodes.

        Raises:
            ShopError: as `ShopClient.execute` does.
        """
        after = None
        while True:
            answer = self.execute(operation, {**(variables or {}), "after": after})[field]
            yield from (edge["node"] for edge in answer["edges"])
            after = answer["pageInfo"]["endCursor"]
            if not answer["pageInfo"]["hasNextPage"]:
                return

    def permissions_missing(self, needed: frozenset[str]) -> list[str]:
        """This will list the permissions that the signed-in person lacks."""
        person = accounts.me(token=self._access, shop=self._speaker)
        return sorted(needed - (person.permissions if person else frozenset()))

    def is_kept_from(self, channel_slug: str) -> bool:
        """This will say whether the person may only work in channels other than this one."""
        person = self.execute("setup_channels_of_me", {})["me"]
        if not person["restrictedAccessToChannels"]:
            return False
        return channel_slug not in {item["slug"] for item in person["accessibleChannels"] or []}

    def _renew(self, error: errors.ShopRefused) -> None:
        """The shop looks at the token before anything else, so nothing has been done yet."""
        if error.code not in TOKEN_OVER:
            raise error
        self._access = accounts.token_refresh(refresh=self._refresh, shop=self._speaker).access


def staff_sign_in(*, email: str, password: str, shop: client.ShopClient | None = None) -> StaffShop:
    """This will sign a member of staff in.

    Raises:
        StaffNeeded: the account is a customer's.
        ShopError: as `accounts.token_create` does.
    """
    speaker = shop or client.public_client()
    tokens = accounts.token_create(email=email, password=password, shop=speaker)
    if not tokens.is_staff:
        raise StaffNeeded
    return StaffShop(speaker, tokens)


class StaffNeeded(errors.ShopError):
    """The account that signed in does not belong to the shop's staff."""

    def __init__(self) -> None:
        super().__init__("not an account of staff")
