"""What makers of other storefronts read about refusals is what our payment app answers."""

import re
from pathlib import Path

from saleor_ext.flows.month import rules
from saleor_ext.flows.payments import session_words

ROOT = Path(__file__).resolve().parents[2]
PAPER = (ROOT / "docs" / "selling-a-tier.md").read_text(encoding="utf-8")
RAISED = re.compile(r'CheckoutRefused\(\s*"(\w+)"|^        \("(\w+)", ', re.MULTILINE)
JAPANESE = re.compile(r"[぀-ヿ一-鿿]")
TABLE = PAPER.split("| Code | What is wrong |")[1].split("\n\n")[0]
# Nothing that a storefront can cause: another app's payment, or the shop's own oddities.
UNTOLD = {"attempt_unknown"}
# A membership is given away only once it has begun.
NOT_AT_JOINING = {"details_missing", "receiver_details_missing", "receiver_no_gift"}


def codes_of_the_paper() -> set[str]:
    rows = [line.split("|")[1] for line in TABLE.splitlines() if line.startswith("| `")]
    return {code for row in rows for code in re.findall(r"`(\w+)`", row)}


def codes_of_the_code() -> set[str]:
    files = [
        ROOT / "saleor_ext" / "flows" / "joining" / name
        for name in ("shop_join.py", "shop_details.py")
    ]
    found = [match for path in files for match in RAISED.findall(path.read_text(encoding="utf-8"))]
    return {first or second for first, second in found}


def test_every_refusal_of_a_checkout_is_in_the_paper():
    codes = codes_of_the_code() | {code for code, _ in rules.RULES} - NOT_AT_JOINING

    assert {"tier_missing", "delivery_missing", "recipient_differs"} <= codes
    assert sorted(codes - codes_of_the_paper() - UNTOLD) == []


def test_every_code_of_the_paper_has_words_of_its_own():
    assert sorted(codes_of_the_paper() - set(session_words.WORDS)) == []


def test_words_are_whole_sentences_in_both_languages():
    for code, words in session_words.WORDS.items():
        assert JAPANESE.search(words.japanese), code
        assert words.japanese.endswith("。"), code
        assert words.english.endswith("."), code
        assert words.english.isascii(), code
        assert len(words.both) <= 512, code
