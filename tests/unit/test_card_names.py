"""The name on a card against the donor's, as far as spellings can be compared."""

import pytest

from saleor_ext.common.card_names import HolderCheck, holder_check

HANAKO = {
    "family": "山田", "given": "花子", "family_kana": "ヤマダ", "given_kana": "ハナコ",
}  # fmt: skip


@pytest.mark.parametrize(
    ("holder", "expected"),
    [
        ("HANAKO YAMADA", "same"),
        ("Yamada Hanako", "same"),
        ("YAMADA  HANAKO M", "same"),  # more than the two names
        ("YAMADAHANAKO", "same"),
        ("ＹＡＭＡＤＡ　ＨＡＮＡＫＯ", "same"),
        ("山田 花子", "same"),
        ("花子山田", "same"),
        ("ヤマダ ハナコ", "same"),
        ("やまだ はなこ", "same"),
        ("TARO YAMADA", "differs"),  # another person of the family
        ("山田 太郎", "unclear"),  # as long, and half of it the same: a person looks
        ("佐藤 美咲", "differs"),
        ("ヤマダ タロウ", "unclear"),
        ("H YAMADA", "unclear"),
        ("", "unclear"),
        ("   ", "unclear"),
    ],
)
def test_a_name_is_compared_in_every_writing(holder: str, expected: str) -> None:
    assert holder_check(holder=holder, **HANAKO) == expected


@pytest.mark.parametrize(
    ("kana", "holder"),
    [
        (("オオノ", "ジュンイチ"), "JUNICHI OHNO"),
        (("オオノ", "ジュンイチ"), "JUN'ICHI ONO"),
        (("オオノ", "ジュンイチ"), "ZYUNITI OONO"),
        (("サトウ", "ショウタ"), "SHOTA SATO"),
        (("サトウ", "ショウタ"), "SYOUTA SATOU"),
        (("ハットリ", "チヅル"), "CHIZURU HATTORI"),
        (("ナンバ", "フミエ"), "FUMIE NAMBA"),
        (("ツジ", "リョウコ"), "RYOKO TSUJI"),
        (("エッチュウ", "マッチャ"), "MATCHA ETCHU"),
    ],
)
def test_kana_is_spelled_in_many_ways(kana: tuple[str, str], holder: str) -> None:
    found = holder_check(
        holder=holder, family="漢字", given="名前", family_kana=kana[0], given_kana=kana[1]
    )
    assert found == HolderCheck.SAME


def test_without_kana_latin_letters_cannot_be_compared_with_kanji() -> None:
    found = holder_check(
        holder="HANAKO YAMADA", family="山田", given="花子", family_kana="", given_kana=""
    )
    assert found == HolderCheck.UNCLEAR


def test_a_donor_with_a_latin_name_is_compared_as_he_is() -> None:
    names = {"family": "Smith", "given": "John", "family_kana": "", "given_kana": ""}
    assert holder_check(holder="JOHN SMITH", **names) == HolderCheck.SAME
    assert holder_check(holder="MARY JONES", **names) == HolderCheck.DIFFERS
