"""The shop's rich text: paragraphs as the Dashboard's editor keeps them."""

import html
import json
import re
from collections.abc import Sequence

TAG = re.compile(r"<[^>]*>")


def text_to_shop(paragraphs: Sequence[str]) -> str | None:
    """This will write plain paragraphs as the shop's rich text; nothing at all stays nothing."""
    blocks = [
        {"type": "paragraph", "data": {"text": html.escape(text, quote=False)}}
        for text in paragraphs
        if text
    ]
    return json.dumps({"blocks": blocks}, ensure_ascii=False) if blocks else None


def text_from_shop(text: str | None) -> tuple[str, ...]:
    """This will read the paragraphs of the shop's rich text, without their markup."""
    if not text:
        return ()
    blocks = json.loads(text).get("blocks") or []
    said = (str((block.get("data") or {}).get("text") or "") for block in blocks)
    return tuple(html.unescape(TAG.sub("", one)) for one in said if one)
