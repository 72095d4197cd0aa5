"""Browser sessions, found by the account they belong to."""

from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models


class BrowserSession(AbstractBaseSession):
    """One browser's session. `account_id` is the shop's id of who is signed in, "" for nobody."""

    account_id = models.CharField(max_length=100, blank=True, db_index=True)

    class Meta(AbstractBaseSession.Meta):
        abstract = False

    def __str__(self) -> str:
        return f"session of {self.account_id or 'nobody'}"

    @classmethod
    def get_session_store_class(cls) -> type:
        """This will say where sessions are kept."""
        from saleor_ext.access.session_store import SessionStore

        return SessionStore
