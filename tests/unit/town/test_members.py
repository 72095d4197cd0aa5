"""The 120 invented members."""

import re
from collections import Counter
from datetime import date

from fixtures.town import members, reader
from fixtures.town.records import Member

TOWN = reader.town_load()
MEMBERS = members.members_make(town=TOWN)
BY_EMAIL = {member.email: member for member in MEMBERS}
AUTUMN = date(2026, 11, 24)


def age_years(member: Member) -> int:
    born = member.birth_date
    return AUTUMN.year - born.year - ((AUTUMN.month, AUTUMN.day) < (born.month, born.day))


def test_there_are_120_of_them_spread_over_the_tiers() -> None:
    assert Counter(member.tier_slug for member in MEMBERS) == {
        "dayori": 20,
        "nagisa": 45,
        "shiokaze": 30,
        "minato": 15,
        "minato-6": 10,
    }


def test_they_are_the_same_every_time() -> None:
    # given
    members.members_make.cache_clear()

    # when
    again = members.members_make(town=TOWN)

    # then
    assert again == MEMBERS


def test_hanako_and_taro_come_first() -> None:
    hanako, taro = MEMBERS[:2]
    assert (hanako.family_name, hanako.given_name, hanako.email) == (
        "山田",
        "花子",
        "hanako@example.jp",
    )
    assert (hanako.tier_slug, hanako.joined_months_ago) == ("nagisa", 7)
    assert (taro.family_name, taro.given_name, taro.email) == ("鈴木", "太郎", "taro@example.jp")
    assert (taro.tier_slug, taro.joined_months_ago, taro.anchor_day) == ("minato", 3, 31)


def test_nobody_shares_a_mail_address_a_telephone_or_a_name() -> None:
    others = [producer.email for producer in TOWN.producers]
    others += [officer.email for officer in TOWN.staff]
    assert len(BY_EMAIL) == 120
    assert not set(others) & set(BY_EMAIL)
    assert len(set(others)) == len(TOWN.producers) + 1
    assert len({member.phone for member in MEMBERS}) == 120
    assert len({(member.family_name, member.given_name) for member in MEMBERS}) == 120


def test_their_contacts_reach_nobody() -> None:
    for member in MEMBERS:
        assert re.fullmatch(r"[a-z.]+@example\.(jp|com)", member.email), member.email
        assert re.fullmatch(r"090-0000-\d{4}", member.phone), member.phone
        assert re.fullmatch(r"\d{3}-\d{4}", member.postal_code), member.postal_code
        assert re.fullmatch(r"[ぁ-ー]+", member.family_kana + member.given_kana), member.email


def test_they_are_adults_and_three_of_them_too_young_for_alcohol() -> None:
    ages = [age_years(member) for member in MEMBERS]
    assert min(ages) >= 18
    assert max(ages) <= 80
    young = [member for member in MEMBERS if age_years(member) < 20]
    assert len(young) == 3
    assert all(member.tier_slug not in {"minato", "minato-6"} for member in young)


def test_they_joined_over_a_year_more_and_more() -> None:
    months = Counter(member.joined_months_ago for member in MEMBERS)
    assert set(months) <= set(range(13))
    newer = sum(count for ago, count in months.items() if ago <= 5)
    assert newer > 60
    assert {29, 30, 31} <= {member.anchor_day for member in MEMBERS}


def test_two_residents_give_without_a_gift_and_four_are_registered_elsewhere() -> None:
    residents = [
        member
        for member in MEMBERS
        if TOWN.name in member.city or (member.residence and TOWN.name in member.residence.city)
    ]
    assert len(residents) == 2
    assert {member.email for member in residents} == {
        member.email for member in MEMBERS if member.is_pure_donation
    }
    elsewhere = [member for member in MEMBERS if member.residence and member not in residents]
    assert len(elsewhere) == 4


def test_cards_answer_once_for_each_cycle() -> None:
    for member in MEMBERS:
        billing = TOWN.tier(member.tier_slug).billing
        cycles = member.ended_after_months or member.joined_months_ago + 1
        expected = {"free": 0, "prepaid": 1, "monthly": cycles}[billing]
        assert len(member.card_outcomes) == expected, member.email
        assert member.card_outcomes[:1] in ((), ("ok",)), member.email


def test_a_few_cards_make_trouble_each_in_its_way() -> None:
    troubled = [set(member.card_outcomes) - {"ok"} for member in MEMBERS]
    assert Counter(kind for kinds in troubled for kind in kinds) == {
        "insufficient_funds": 4,
        "expired_card": 2,
        "authentication_required": 1,
    }
    for member in MEMBERS:
        outcomes = list(member.card_outcomes)
        if "expired_card" in outcomes:  # it stays expired
            first = outcomes.index("expired_card")
            assert set(outcomes[first:]) == {"expired_card"}
        assert outcomes.count("insufficient_funds") <= 1


def test_those_who_ended_did_so_after_they_joined() -> None:
    ended = [member for member in MEMBERS if member.ended_after_months is not None]
    assert len(ended) == 8
    for member in ended:
        assert member.ended_after_months is not None
        assert 0 < member.ended_after_months <= member.joined_months_ago, member.email
    prepaid = [member for member in ended if member.tier_slug == "minato-6"]
    assert [member.ended_after_months for member in prepaid] == [6, 6, 6]


def test_the_joining_day_is_the_anchor_or_the_months_last_and_never_after_today() -> None:
    taro = BY_EMAIL["taro@example.jp"]
    assert members.member_joined_on(member=taro, today=AUTUMN) == date(2026, 8, 31)
    assert members.member_joined_on(member=taro, today=date(2027, 5, 2)) == date(2027, 2, 28)
    assert members.member_joined_on(member=taro, today=date(2027, 2, 2)) == date(2026, 11, 30)
    for member in MEMBERS:
        joined_on = members.member_joined_on(member=member, today=AUTUMN)
        assert date(2025, 11, 1) <= joined_on <= AUTUMN, member.email
