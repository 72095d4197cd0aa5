"""Code that cites the law cites a rule of the register."""

import re

from saleor_ext.law import register
from tests.architecture import source

CITED = re.compile(r"\bLaw: (.+)")
ID = re.compile(r"[a-z][a-z0-9_]*")


def citations():
    """Place -> the ids that are cited there."""
    return {
        source.where(path, number): match[1].rstrip('." ').split(", ")
        for path in source.python_files(*source.PRODUCT)
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
        if (match := CITED.search(line))
    }


def test_the_rules_are_cited():
    cited = {name for names in citations().values() for name in names}

    assert cited >= {"gift_cost_30", "no_gift_to_residents", "deduction_cap_2027"}


def test_every_id_that_is_cited_is_in_the_register():
    known = {rule.id for rule in register.rules_all()}

    unknown = {
        place: [name for name in names if name not in known] for place, names in citations().items()
    }

    assert {place: names for place, names in unknown.items() if names} == {}


def test_ids_are_plain_words():
    assert [rule.id for rule in register.rules_all() if not ID.fullmatch(rule.id)] == []
