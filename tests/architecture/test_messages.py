"""Every code that can reach a person has its sentence in plain Japanese."""

import importlib
import re

import pytest

from saleor_ext.common.errors import Refusal
from saleor_ext.flows.month import rules
from storefront import messages
from tests.architecture import source

JAPANESE = re.compile(r"[぀-ヿ一-鿿]")
# They always carry the code of the rule itself.
STAND_INS = {"rule_broken", "checkout_refused"}
# They end at machines: the GraphQL API answers with the code, hooks with an HTTP status.
FOR_MACHINES = ("saleor_ext.api.", "saleor_ext.saleor_connector.")


def refusals():
    """Every refusal the product can make towards a person, by code."""
    for path in source.python_files("saleor_ext", "storefront"):
        if "(Refusal" in path.read_text(encoding="utf-8") or path.name == "errors.py":
            importlib.import_module(source.module_name(path))
    found, kinds = {}, [Refusal]
    while kinds:
        kind = kinds.pop()
        kinds += kind.__subclasses__()
        if not kind.__module__.startswith((*FOR_MACHINES, "tests.")):
            found[kind.code] = kind
    return found


def test_there_are_refusals():
    assert {"not_found", "already_member", "event_full"} <= set(refusals())


def test_every_refusal_has_its_sentence():
    wordless = set(refusals()) - set(messages.REFUSALS) - STAND_INS

    assert sorted(wordless) == []


def test_every_broken_rule_has_its_sentence():
    codes = [code for code, _ in rules.RULES]

    assert codes
    assert [code for code in codes if code not in messages.REFUSALS] == []


@pytest.mark.parametrize("table", ["REFUSALS", "DECLINES"])
def test_every_sentence_is_japanese_and_says_what_to_do(table):
    for code, message in getattr(messages, table).items():
        assert JAPANESE.search(message.happened), code
        assert message.happened.endswith("。"), code
        assert message.next_step.endswith("。"), code
