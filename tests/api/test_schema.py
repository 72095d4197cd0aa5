"""The schema as a file, and a code for every refusal that can be met."""

import importlib

import pytest
from django.core.management import CommandError, call_command
from graphql import GraphQLObjectType

from saleor_ext.api import errors
from saleor_ext.api.management.commands import schema_print
from saleor_ext.api.schema import schema
from saleor_ext.common.errors import Refusal

NOT_BY_API = {"gift_certificate_missing", "box_empty", "setting_invalid", "settings_contradict"}
APPS = ("membership", "content", "fulfilment")


def test_the_snapshot_is_up_to_date():
    call_command("schema_print", "--check")


def test_an_old_snapshot_is_noticed_and_written_anew(monkeypatch, tmp_path):
    # given
    snapshot = tmp_path / "schema.graphql"
    monkeypatch.setattr(schema_print, "SNAPSHOT", snapshot)
    # when
    with pytest.raises(CommandError):
        call_command("schema_print", "--check")
    snapshot.write_text("type Query { old: String }", encoding="utf-8")
    with pytest.raises(CommandError):
        call_command("schema_print", "--check")
    call_command("schema_print")
    # then
    call_command("schema_print", "--check")
    assert "type Query" in snapshot.read_text(encoding="utf-8")


@pytest.mark.parametrize("app", APPS)
def test_every_refusal_of_an_app_has_its_code(app):
    # given
    module = importlib.import_module(f"saleor_ext.{app}.errors")
    refusals = [
        one
        for one in vars(module).values()
        if isinstance(one, type) and issubclass(one, Refusal) and one.__module__ == module.__name__
    ]
    # when
    codes = {one.code for one in refusals} - NOT_BY_API
    # then
    assert codes
    assert codes <= {code.value for code in errors.ErrorCode}


def test_a_refusal_without_a_code_of_its_own_is_told_as_refused():
    # given
    class Surprising(Refusal):
        code = "surprising"

    # when
    error = errors.error_of(Surprising(field="tracking_number"))
    # then
    assert (error.code, error.field, error.message) == (
        errors.ErrorCode.REFUSED,
        "trackingNumber",
        None,
    )


def test_every_mutation_answers_with_errors():
    # given
    mutations = schema.graphql_schema.mutation_type
    # then
    for name, field in mutations.fields.items():
        payload = field.type
        assert isinstance(payload, GraphQLObjectType), name
        assert str(payload.fields["errors"].type) == "[Error!]!", name


def test_amounts_are_never_32_bit_integers():
    # given
    objects = [
        kind
        for kind in schema.graphql_schema.type_map.values()
        if isinstance(kind, GraphQLObjectType)
    ]
    # when
    amounts = {
        f"{kind.name}.{name}": str(field.type)
        for kind in objects
        for name, field in kind.fields.items()
        if name.endswith("Yen")
    }
    # then
    assert amounts
    # Where the Ministry prints 「-」 there is no limit to tell.
    assert amounts.pop("DeductionLimit.limitYen") == "Yen"
    # After some choices there is no further donation.
    for name in ("ChoicePreview", "GivePreview", "AddressPreview", "SwapWishPreview"):
        assert amounts.pop(f"{name}.nextDonationYen") == "Yen"
    assert amounts.pop("Term.nextDonationYen") == "Yen"
    assert amounts.pop("YearTurnPreview.nextDonationYen") == "Yen"
    assert amounts.pop("YearTurnPreview.limitYen") == "Yen"
    assert set(amounts.values()) == {"Yen!"}
