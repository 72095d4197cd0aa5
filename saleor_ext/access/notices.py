"""What has just happened, told once on the next page: kept in the session, or sent along in the
frame, where there is no session.
"""

from typing import Any

from django.contrib.messages.storage.base import BaseStorage, Message
from django.contrib.messages.storage.session import SessionStorage
from django.core import signing
from django.http import HttpRequest
from django.http.response import HttpResponseBase

NOTICE_HEADER = "Frame-Notice"
MAX_AGE_S = 60
_SALT = "saleor_ext.access.notices"


def notice_storage(request: HttpRequest) -> BaseStorage:
    """This will choose where this request's notices are kept."""
    return (
        HeaderStorage(request) if getattr(request, "is_framed", False) else SessionStorage(request)
    )


class HeaderStorage(BaseStorage):
    """Hands notices to the frame's script, signed, which sends them with its next request."""

    def _get(self, *args: Any, **kwargs: Any) -> tuple[list[Message], bool]:
        sent = self.request.headers.get(NOTICE_HEADER, "")
        try:
            kept = signing.loads(sent, salt=_SALT, max_age=MAX_AGE_S)
        except signing.BadSignature:
            kept = []
        return [Message(level, text) for level, text in kept], True

    def _store(
        self, messages: list[Message], response: HttpResponseBase, *args: Any, **kwargs: Any
    ) -> list[Message]:
        if messages:
            kept = [[message.level, str(message.message)] for message in messages]
            response.headers[NOTICE_HEADER] = signing.dumps(kept, salt=_SALT)
        return []
