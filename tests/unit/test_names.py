"""Names keep the shape of their letters while widths are folded."""

from saleor_ext.common.names import name_fold


def test_widths_are_folded_and_spaces_put_in_order():
    assert name_fold(" ﾔﾏﾀﾞ　Ｈａｎａ  ko ") == "ヤマダ Hana ko"


def test_the_shape_of_a_letter_is_kept():
    assert name_fold("\ufa19谷 﨑 𠮷田 葛\U000e0100城") == "\ufa19谷 﨑 𠮷田 葛\U000e0100城"
    assert name_fold("\ufa19") == "\ufa19"
