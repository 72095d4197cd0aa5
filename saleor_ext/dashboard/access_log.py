"""A record of who looked at whose personal data. Ids only: no name, no address, no search words."""

import logging
from collections.abc import Iterable

from saleor_ext.access.principal import Principal

logger = logging.getLogger("furusato.access")


def look_note(*, principal: Principal, what: str, object_ids: Iterable[int | str]) -> None:
    """This will write one line: what was shown to whom, and about which objects."""
    ids = ",".join(str(object_id) for object_id in object_ids)
    logger.info("look what=%s actor=%s objects=%s", what, principal.actor, ids)


def export_note(*, principal: Principal, what: str, row_count: int) -> None:
    """This will write one line: which list was taken away as a file, and how long it was."""
    logger.info("export what=%s actor=%s rows=%d", what, principal.actor, row_count)
