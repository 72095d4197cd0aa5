"""Words that public texts may not use, whatever their width and spelling."""

import pytest

from saleor_ext.law import advertising, data_files, errors


def names(text):
    return [found.word.word for found in advertising.words_in(text)]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("とてもお得な返礼品です。", ["お得"]),
        ("コスパ最強、おまけ付き", ["コスパ", "おまけ"]),
        ("コスパのよい箱", ["コスパ"]),
        ("圧倒的なボリュームでお届け", ["圧倒的なボリューム"]),
        ("ポイント還元と人気NO.1", ["ポイント", "ランキング"]),
        ("町の無料の会員です。", []),
        ("得意な方にうかがいました。", []),
        ("", []),
    ],
)
def test_each_word_is_found_once(text, found):
    assert names(text) == found


def test_what_stands_around_a_word_is_shown():
    [found] = advertising.words_in("あ" * 50 + "お得" + "い" * 50)

    assert found.around == "あ" * 20 + "お得" + "い" * 20


def test_a_text_keeps_its_name_while_only_spaces_change():
    assert advertising.text_digest("お得 です") == advertising.text_digest("お得  です\n")
    assert advertising.text_digest("お得です") != advertising.text_digest("お得でした")


WRONG = {
    "a rule that is not in the register": ('law = "no_points"', 'law = "no_pints"'),
    "no spelling": (
        'spellings = ["おまけ", "オマケ", "プレゼント付き", "もれなく"]',
        "spellings = []",
    ),
    "a word twice": ('word = "コスパ"', 'word = "お得"'),
    "a misspelt key": ("reason =", "raison ="),
}


@pytest.mark.parametrize("fault", WRONG)
def test_a_list_with_a_fault_is_refused_as_a_whole(fault, tmp_path):
    # given
    text = data_files.data_path(advertising.FILE).read_text(encoding="utf-8")
    assert WRONG[fault][0] in text
    path = tmp_path / "advertising.toml"
    path.write_text(text.replace(*WRONG[fault], 1), encoding="utf-8")

    # then
    with pytest.raises(errors.LawDataInvalid):
        advertising.words_read(path)
