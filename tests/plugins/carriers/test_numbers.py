"""Tracking numbers of every carrier: what a person may type, and what is refused and why."""

import random

import pytest

from plugins.carriers.japanpost.carrier import JapanPost
from plugins.carriers.sagawa.carrier import Sagawa
from plugins.carriers.yamato.carrier import Yamato
from saleor_ext.contracts.carrier import Carrier

EVERY_CARRIER = [Yamato(), Sagawa(), JapanPost()]
# 40123456789 = 7 x 5731922398 + 3
GOOD_NUMBER = "401234567893"


def number_make(body: int, *, digits: int) -> str:
    return f"{body:0{digits - 1}d}{body % 7}"


def refusal_of(carrier: Carrier, text: str) -> str:
    with pytest.raises(ValueError, match=r"^(length|character|check_digit)$") as caught:
        carrier.tracking_number_clean(text)
    return str(caught.value.args[0])


@pytest.fixture(params=EVERY_CARRIER, ids=lambda carrier: carrier.code)
def carrier(request: pytest.FixtureRequest) -> Carrier:
    return request.param


@pytest.mark.parametrize(
    "typed",
    [
        "401234567893",
        "4012-3456-7893",
        "4012 3456 7893",
        "  401234567893\n",
        "４０１２３４５６７８９３",
        "４０１２－３４５６－７８９３",
        "4012ー3456ー7893",
        "4012‐3456–7893",
        "4012−3456—7893",
        "４０１２　３４５６　７８９３",
        "A401234567893A",
        "d401234567893d",
        "\u200b401234567893\ufeff",
    ],
)
def test_a_good_number_is_taken_however_it_is_typed(carrier: Carrier, typed: str) -> None:
    assert carrier.tracking_number_clean(typed) == GOOD_NUMBER


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ("", "length"),
        ("　 - ", "length"),
        ("40123456789", "length"),
        ("4012345678930", "length"),
        ("401234567890", "check_digit"),
        ("401234567899", "check_digit"),
        ("000000000000", "check_digit"),
        ("4.01235E+11", "character"),
        ("40123456789③番", "character"),
        ("4012345678九3", "character"),
        ("401234567.893", "character"),
        ("401234567893;DROP", "character"),
    ],
)
def test_a_bad_number_says_what_is_wrong_with_it(typed: str, why: str) -> None:
    assert refusal_of(Yamato(), typed) == why
    assert refusal_of(Sagawa(), typed) == why


def test_every_single_wrong_digit_that_seven_can_see_is_caught(carrier: Carrier) -> None:
    # given: 7DR cannot see a digit replaced by one that is 7 away (0-7, 1-8, 2-9)
    for place in range(12):
        for digit in "0123456789":
            wrong = GOOD_NUMBER[:place] + digit + GOOD_NUMBER[place + 1 :]
            difference = abs(int(digit) - int(GOOD_NUMBER[place]))
            # when / then
            if wrong == GOOD_NUMBER or (place < 11 and difference == 7):
                assert carrier.tracking_number_clean(wrong) == wrong
            else:
                assert refusal_of(carrier, wrong) == "check_digit"


def test_a_thousand_made_numbers_are_all_good(carrier: Carrier) -> None:
    chance = random.Random(7)
    for _ in range(1000):
        number = number_make(chance.randrange(1, 10**11), digits=12)
        assert carrier.tracking_number_clean(number) == number


def test_japan_post_takes_eleven_digits_of_registered_mail() -> None:
    assert JapanPost().tracking_number_clean("131-12-38385-2") == "13112383852"


def test_japan_post_refuses_a_wrong_eleventh_digit_and_ten_digits() -> None:
    assert refusal_of(JapanPost(), "131-12-38385-3") == "check_digit"
    assert refusal_of(JapanPost(), "1311238385") == "length"


@pytest.mark.parametrize(
    "typed", ["RR473124829FI", "rr 47312482 9 fi", "ＲＲ４７３１２４８２９ＦＩ"]
)
def test_japan_post_takes_an_international_number(typed: str) -> None:
    assert JapanPost().tracking_number_clean(typed) == "RR473124829FI"


@pytest.mark.parametrize(
    "number",
    [
        "EJ000000014JP",
        "EJ100000017JP",
        "EJ000000059JP",
        "EJ000000080JP",  # 11 - 1 = 10 is written 0
        "EJ000000005JP",  # 11 - 0 = 11 is written 5
    ],
)
def test_the_international_check_digit_follows_its_two_special_cases(number: str) -> None:
    assert JapanPost().tracking_number_clean(number) == number


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ("EJ123456780JP", "check_digit"),
        ("EJ12345678JP", "length"),
        ("EJ1234567855JP", "length"),
        ("E1234567855JP", "character"),
        ("EJ12345678OJP", "character"),
        ("EJ12345678九JP", "character"),
    ],
)
def test_a_bad_international_number_says_what_is_wrong(typed: str, why: str) -> None:
    assert refusal_of(JapanPost(), typed) == why


def test_other_carriers_take_no_international_number() -> None:
    assert refusal_of(Yamato(), "RR473124829FI") == "character"
    assert refusal_of(Sagawa(), "RR473124829FI") == "character"


@pytest.mark.parametrize(
    ("carrier", "host"),
    [
        (Yamato(), "https://member.kms.kuronekoyamato.co.jp/"),
        (Sagawa(), "https://k2k.sagawa-exp.co.jp/"),
        (JapanPost(), "https://trackings.post.japanpost.jp/"),
    ],
    ids=lambda value: getattr(value, "code", ""),
)
def test_the_link_leads_to_the_carriers_own_page(carrier: Carrier, host: str) -> None:
    link = carrier.tracking_url(GOOD_NUMBER)
    assert link.startswith(host)
    assert GOOD_NUMBER in link


def test_codes_and_labels_are_distinct() -> None:
    assert [carrier.code for carrier in EVERY_CARRIER] == ["yamato", "sagawa", "japanpost"]
    assert [carrier.label for carrier in EVERY_CARRIER] == ["ヤマト運輸", "佐川急便", "日本郵便"]
