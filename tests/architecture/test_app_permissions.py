"""Our app asks the shop for what it uses: nothing less, or calls fail; nothing more."""

import pytest
from graphql import build_schema

from saleor_ext.flows.shop import shop_setup
from saleor_ext.saleor_connector import inbox, manifest, operations
from tests.tools import app_docs, saleor_permissions

PERMISSIONS = set(manifest.PERMISSIONS)


@pytest.fixture(scope="module")
def sdl():
    path = saleor_permissions.sdl_path()
    if path is None:
        pytest.skip("Saleor's schema is not here; name it with SALEOR_SDL")
    return path


@pytest.fixture(scope="module")
def needs(sdl):
    return saleor_permissions.needs(sdl)


def test_every_document_and_webhook_is_looked_at(needs):
    webhooks = {f"webhook {name}" for name in operations.webhook_names()}
    documents = set(operations.names()) | saleor_permissions.READ_BY_STATUS

    assert set(needs) == (documents - saleor_permissions.NOT_AS_APP) | webhooks


def test_nothing_we_send_or_hear_of_needs_a_permission_that_is_not_asked_for(needs):
    missing = {
        name: saleor_permissions.unmet(wanted, PERMISSIONS) for name, wanted in needs.items()
    }

    assert {name: codes for name, codes in missing.items() if codes} == {}


def test_setting_the_shop_up_needs_just_what_is_asked_of_staff(sdl):
    asked = shop_setup.PERMISSIONS_NEEDED
    of_documents = {
        name: saleor_permissions.document_needs(
            saleor_permissions.schema(sdl), operations.document(name)
        )
        for name in operations.setup_names()
    }

    unmet = {name: saleor_permissions.unmet(need, asked) for name, need in of_documents.items()}
    assert {name: codes for name, codes in unmet.items() if codes} == {}
    for code in asked:
        without = asked - {code}
        assert [n for n, need in of_documents.items() if saleor_permissions.unmet(need, without)]


def test_every_event_that_is_asked_for_is_acted_on():
    """What nobody acts on is somebody's data sent for nothing."""
    events = {event for webhook in manifest.WEBHOOKS for event in webhook.async_events}

    assert events
    assert {event for event in events if not inbox._handlers.get(event.lower())} == set()


@pytest.mark.parametrize("code", sorted(PERMISSIONS))
def test_a_permission_that_is_asked_for_is_one_we_cannot_do_without(needs, code):
    without = PERMISSIONS - {code}

    assert [name for name, wanted in needs.items() if saleor_permissions.unmet(wanted, without)]


def test_the_paper_says_what_the_manifest_says(sdl):
    stale = app_docs.PAPER.read_text(encoding="utf-8") != app_docs.paper(sdl)

    assert not stale, "run: python -m tests.tools.app_docs"


def test_the_reader_finds_what_descriptions_say():
    schema = build_schema('''
        enum PermissionEnum { MANAGE_ORDERS MANAGE_USERS HANDLE_CHECKOUTS MANAGE_APPS }
        type Query {
          """Requires one of the following permissions: MANAGE_ORDERS, MANAGE_USERS."""
          orders: Int
          """Requires one of the following permissions: AUTHENTICATED_APP, MANAGE_APPS."""
          open: Int
          """`skip` requires HANDLE_CHECKOUTS and AUTHENTICATED_APP permissions."""
          checkout: Int
          """Managed by those who MANAGE_ORDERS."""
          prose: Int
        }
    ''')

    def read(text: str) -> set[frozenset[str]]:
        return saleor_permissions.document_needs(schema, text)

    assert read("{ orders }") == {frozenset({"MANAGE_ORDERS", "MANAGE_USERS"})}
    assert read("{ open prose }") == set()
    assert read("{ checkout }") == {frozenset({"HANDLE_CHECKOUTS"})}
    assert saleor_permissions.unmet(read("{ orders }"), {"MANAGE_USERS"}) == []
    assert saleor_permissions.unmet(read("{ orders }"), {"HANDLE_CHECKOUTS"}) == [
        "MANAGE_ORDERS | MANAGE_USERS"
    ]
