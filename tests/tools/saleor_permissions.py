"""Which of the shop's permissions each document we send and each webhook we hear of needs.

Read out of the shop's own schema, whose descriptions name them. The schema is not part of the
project: SALEOR_SDL names the file, or it lies beside the project in shared/data.
"""

import functools
import os
import re
from pathlib import Path
from typing import Any

from graphql import (
    FieldNode,
    GraphQLSchema,
    TypeInfo,
    TypeInfoVisitor,
    Visitor,
    build_schema,
    parse,
    visit,
)

from fixtures.shop import events
from saleor_ext.saleor_connector import manifest, operations

ROOT = Path(__file__).resolve().parents[2]
SDL_BESIDE = ROOT.parent / "shared" / "data" / "saleor-3.23.graphql"
CODE = re.compile(r"\b[A-Z]{3,}(?:_[A-Z]+)+\b|\bOWNER\b")
# Whoever holds a token has these; they are not asked for in a manifest.
GIVEN = frozenset({"AUTHENTICATED_APP", "AUTHENTICATED_USER", "AUTHENTICATED_STAFF_USER"})
# Our own app and its webhooks we may always read.
OWN_TYPES = frozenset({"App", "Webhook", "EventDelivery"})
OTHERS_APPS = "Fetching different apps"
# Sent by staff when they set the shop up, and by our app when it looks whether that is right.
READ_BY_STATUS = frozenset({"setup_channel"})
# Sent with a person's token or with none, so the app's permissions do not matter.
NOT_AS_APP = frozenset({"me", "token_create", "token_refresh"})
BEYOND_THE_SCHEMA = {
    # "Requires permissions to modify the object": the objects are our orders.
    "metadata_set": frozenset({"MANAGE_ORDERS"}),
    "private_metadata_set": frozenset({"MANAGE_ORDERS"}),
}

Need = frozenset[str]
"""Any one of these permissions is enough."""


def sdl_path() -> Path | None:
    """This will find the shop's schema, None where it is not."""
    path = Path(os.environ.get("SALEOR_SDL") or SDL_BESIDE)
    return path if path.is_file() else None


@functools.cache
def schema(path: Path) -> GraphQLSchema:
    """This will read the shop's schema."""
    return build_schema(path.read_text(encoding="utf-8"), assume_valid_sdl=True)


def needs(path: Path) -> dict[str, set[Need]]:
    """This will list what each document we send as our app, and each webhook, needs."""
    found = {
        name: document_needs(schema(path), operations.document(name))
        | ({BEYOND_THE_SCHEMA[name]} if name in BEYOND_THE_SCHEMA else set())
        for name in (*operations.names(), *sorted(READ_BY_STATUS))
        if name not in NOT_AS_APP
    }
    for webhook in manifest.WEBHOOKS:
        query_needs = document_needs(schema(path), operations.webhook_query(webhook.name))
        heard = (*webhook.async_events, *webhook.sync_events)
        found[f"webhook {webhook.name}"] = query_needs | {
            frozenset({events.permission_of(event)}) for event in heard
        }
    return found


def unmet(wanted: set[Need], permissions: set[str]) -> list[str]:
    """This will list the needs that none of the permissions meets."""
    return sorted(" | ".join(sorted(need)) for need in wanted if not need & permissions)


def document_needs(of: GraphQLSchema, text: str) -> set[Need]:
    """This will list what one document needs."""
    info = TypeInfo(of)
    reader = _Reader(info, set(of.type_map["PermissionEnum"].values))  # type: ignore[attr-defined]
    visit(parse(text), TypeInfoVisitor(info, reader))
    return reader.found


class _Reader(Visitor):
    def __init__(self, info: TypeInfo, codes: set[str]) -> None:
        super().__init__()
        self.info = info
        self.codes = codes
        self.found: set[Need] = set()

    def enter_field(self, node: FieldNode, *_: Any) -> None:
        definition, parent = self.info.get_field_def(), self.info.get_parent_type()
        if definition is None or (parent is not None and parent.name in OWN_TYPES):
            return
        self._read(definition.description)
        for argument in node.arguments:
            known = definition.args.get(argument.name.value)
            self._read(known.description if known else "")

    def _read(self, description: str | None) -> None:
        for sentence in re.split(r"\.\s", " ".join((description or "").split())):
            if "permission" not in sentence or sentence.startswith(OTHERS_APPS):
                continue
            named = set(CODE.findall(sentence))
            own = frozenset(named & self.codes)
            is_given = bool(named & GIVEN) and " and " not in sentence
            if own and not is_given:
                self.found.add(own)
