"""Django's database sessions, with the account written beside each (SESSION_ENGINE)."""

from typing import Any

from django.contrib.sessions.backends.db import SessionStore as DatabaseStore

from saleor_ext.access.models import BrowserSession

SIGNED_IN = "signed_in"


class SessionStore(DatabaseStore):
    """Keeps sessions so that all of one account can be ended at once."""

    @classmethod
    def get_model_class(cls) -> type[BrowserSession]:
        """This will say which table they are in."""
        return BrowserSession

    def create_model_instance(self, data: dict[str, Any]) -> BrowserSession:
        """This will make the row of a session."""
        row: BrowserSession = super().create_model_instance(data)  # type: ignore[assignment]
        row.account_id = str((data.get(SIGNED_IN) or {}).get("user_id", ""))
        return row
