"""Addresses in one line become what the shop wants."""

import pytest

from saleor_ext.flows.shop import setup_places


@pytest.mark.parametrize(
    ("address", "parts"),
    [
        ("高知県幡見郡汐見町浦分1番地1", ("高知県", "幡見郡汐見町", "浦分1番地1")),
        ("北海道札幌市中央区北1条", ("北海道", "札幌市", "中央区北1条")),
        ("北海道余市郡余市町見本1", ("北海道", "余市郡余市町", "見本1")),
        ("東京都千代田区架空町1", ("東京都", "千代田区", "架空町1")),
        ("東京都町田市見本町1", ("東京都", "町田市", "見本町1")),
        ("東京都大島町見本1", ("東京都", "大島町", "見本1")),
        ("三重県四日市市見本1", ("三重県", "四日市市", "見本1")),
        ("千葉県市川市市川1", ("千葉県", "市川市", "市川1")),
        ("新潟県十日町市見本1", ("新潟県", "十日町市", "見本1")),
        ("奈良県大和郡山市見本町1", ("奈良県", "大和郡山市", "見本町1")),
        ("群馬県佐波郡玉村町見本1", ("群馬県", "佐波郡玉村町", "見本1")),
        ("京都府京都市見本1", ("京都府", "京都市", "見本1")),
        ("神奈川県横浜市見本1", ("神奈川県", "横浜市", "見本1")),
    ],
)
def test_an_address_has_three_parts(address: str, parts: tuple[str, str, str]) -> None:
    assert tuple(setup_places.place_read(address, name="見本").values()) == parts


@pytest.mark.parametrize("address", ["", "町のはずれ", "高知県", "幡見郡汐見町1", "高知県汐見"])
def test_what_is_no_whole_address_is_refused(address: str) -> None:
    with pytest.raises(setup_places.AddressUnreadable) as refused:
        setup_places.place_read(address, name="見本農園")

    assert refused.value.name == "見本農園"
