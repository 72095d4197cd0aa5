"""The staff lists: what they show, search, filters, counts, pages."""

import re
from datetime import date, timedelta

import pytest

from saleor_ext.dashboard.lists import reading
from saleor_ext.dashboard.lists.every import LISTS
from saleor_ext.donations import models as donation_models
from saleor_ext.membership import models, services
from tests.builders import dashboard, world

TODAY = date(2026, 11, 24)


def text_of(response):
    return re.sub(r"\s+", "", re.sub(r"<[^>]*>", "", response.content.decode()))


def cells_of(response, label):
    """The texts of one column, top to bottom."""
    pattern = rf'<td data-label="{re.escape(label)}"[^>]*>(.*?)</td>'
    found = re.findall(pattern, response.content.decode(), flags=re.S)
    return [re.sub(r"<[^>]*>", "", cell).strip() for cell in found]


@pytest.fixture
def members(hanako, taro):
    """花子 active, 太郎 parked, 三郎 free, 四郎 past due."""
    saburo = services.membership_join_free(
        donor_id=world.donor_make(name="saburo", family_name="髙橋", given_name="三郎").pk,
        tier=world.free_tier_make(),
        now=world.NOW,
        actor="test",
    )
    shiro = world.member_make(
        donor=world.donor_make(name="shiro", family_name="佐々木", given_name="四郎")
    )
    services.membership_park(
        membership_id=taro.pk, now=world.NOW, actor="staff:1", reason="住所の確認"
    )
    dashboard.declined_make(shiro)
    services.membership_past_due(
        membership_id=shiro.pk, now=world.NOW, actor="test", reason="insufficient_funds"
    )
    return {"hanako": hanako, "taro": taro, "saburo": saburo, "shiro": shiro}


def members_shown(client, query):
    response = client.get(f"/staff/members/?{query}")
    assert response.status_code == 200
    return cells_of(response, "お名前")


def test_members_are_listed_newest_first_with_state_and_tier(staff_client, members):
    response = staff_client.get("/staff/members/")

    assert cells_of(response, "お名前") == [
        "佐々木　四郎",
        "髙橋　三郎",
        "鈴木　太郎",
        "山田　花子",
    ]
    assert cells_of(response, "状態") == ["お支払い待ち", "継続中", "職員確認中", "継続中"]
    assert cells_of(response, "会員番号")[0] == members["shiro"].public_id


def test_states_carry_counts(staff_client, members):
    shown = text_of(staff_client.get("/staff/members/"))

    assert "すべて4手続き中0継続中2お休み中0お支払い待ち1終了予定0終了0職員確認中1" in shown


def test_counts_follow_the_search_and_the_filters(staff_client, members):
    shown = text_of(staff_client.get("/staff/members/?q=花子&tier=nagisa"))

    assert "すべて1手続き中0継続中1" in shown
    assert "1件" in shown


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("q=花子", ["山田　花子"]),
        ("q=山田花子", ["山田　花子"]),
        ("q=山田　花子", ["山田　花子"]),
        ("q=花子 山田", ["山田　花子"]),
        ("q=スズキタロウ", ["鈴木　太郎"]),
        ("q=ｽｽﾞｷ", ["鈴木　太郎"]),
        ("q=HANAKO@EXAMPLE.JP", ["山田　花子"]),
        ("q=090-0000-2222", ["鈴木　太郎"]),
        ("q=０９０－００００－２２２２", ["鈴木　太郎"]),
        ("q=髙橋", ["髙橋　三郎"]),
        ("q=だれか", []),
        ("q=%25", []),
        ("q=_", []),
        ("state=parked", ["鈴木　太郎"]),
        ("tier=dayori", ["髙橋　三郎"]),
        ("tier=nagisa&state=active", ["山田　花子"]),
        ("tier=unknown", []),
    ],
)
def test_search_and_filters_find_the_right_members(staff_client, members, query, names):
    assert members_shown(staff_client, query) == names


def test_a_member_is_found_by_number(staff_client, members):
    found = members_shown(staff_client, f"q={members['taro'].public_id}")

    assert found == ["鈴木　太郎"]


def test_without_the_permission_nobody_is_named_nor_found_by_name(viewer_client, members):
    response = viewer_client.get("/staff/members/")
    by_name = viewer_client.get("/staff/members/?q=花子")
    by_mail = viewer_client.get("/staff/members/?q=hanako@example.jp")
    by_number = viewer_client.get(f"/staff/members/?q={members['hanako'].public_id}")

    assert "個人情報は表示していません" in text_of(response)
    assert cells_of(response, "お名前") == []
    assert len(cells_of(response, "会員番号")) == 4
    assert cells_of(by_name, "会員番号") == []
    assert cells_of(by_mail, "会員番号") == []
    assert cells_of(by_number, "会員番号") == [members["hanako"].public_id]


@pytest.mark.parametrize("slug", ["cycles", "donations", "shipments", "charges"])
@pytest.mark.parametrize("word", ["山田", "hanako@example.jp"])
def test_no_list_answers_a_guess_about_a_person(viewer_client, staff_client, members, slug, word):
    dashboard.parcels_of_member(members["hanako"])
    query = f"/staff/{slug}/?state=all&q={word}"

    guess, allowed = viewer_client.get(query), staff_client.get(query)

    assert "条件に合うものはありません" in text_of(guess)
    assert "山田　花子" in allowed.content.decode()


def test_cycles_can_be_narrowed_by_month_state_and_key(staff_client, members):
    key = f"fs-{members['hanako'].public_id}-0"

    november = staff_client.get("/staff/cycles/?month=2026-11&state=charged")
    october = staff_client.get("/staff/cycles/?month=2026-10")
    by_key = staff_client.get(f"/staff/cycles/?q={key}")

    assert len(cells_of(november, "回の番号")) == 3
    assert cells_of(october, "回の番号") == []
    assert cells_of(by_key, "回の番号") == [key]
    assert cells_of(by_key, "寄附額") == ["3,000円"]


def test_donations_are_found_by_receipt_number_and_added_up(staff_client, members):
    donation = donation_models.Donation.objects.get(donor=members["taro"].donor)

    everything = staff_client.get("/staff/donations/")
    full = staff_client.get(f"/staff/donations/?q={donation.receipt_label}")
    short = staff_client.get(f"/staff/donations/?q={donation.receipt_number}")
    other_year = staff_client.get("/staff/donations/?year=2025")

    assert "3件合計9,000円" in text_of(everything)
    assert cells_of(full, "受領証番号") == ["2026-000002"]
    assert cells_of(short, "受領証番号") == ["2026-000002"]
    assert "合計0円" in text_of(other_year)


def test_shipments_are_found_by_key_tracking_number_name_and_producer(
    staff_client, producer, neighbour, members
):
    first = dashboard.parcel_of(producer=producer, membership=members["hanako"], ship_from=TODAY)
    other = dashboard.parcel_of(producer=neighbour, membership=members["taro"], ship_from=TODAY)
    dashboard.parcel_sent(other, serial=5)
    number = dashboard.tracking_number(5)

    def keys(query):
        return cells_of(staff_client.get(f"/staff/shipments/?{query}"), "荷物番号")

    assert keys("") == [other.key, first.key]
    assert keys(f"q={first.key.lower()}") == [first.key]
    assert keys(f"q={number[:4]}-{number[4:8]}-{number[8:]}") == [other.key]
    assert keys("q=鈴木太郎") == [other.key]
    assert keys("producer=hatake") == [first.key]
    assert keys("state=shipped") == [other.key]
    assert keys("month=2026-10") == []


def test_late_shipments_have_a_tab_of_their_own(staff_client, producer, members):
    late = dashboard.parcel_of(
        producer=producer, membership=members["hanako"], ship_from=TODAY - timedelta(days=8)
    )
    dashboard.parcel_of(
        producer=producer, membership=members["taro"], ship_from=TODAY - timedelta(days=7)
    )

    response = staff_client.get("/staff/shipments/?state=late")

    assert cells_of(response, "荷物番号") == [late.key]


def test_charges_show_first_what_still_lacks_its_donation(staff_client, members):
    again = dashboard.declined_make(members["hanako"], n=7, code="expired_card")
    models.Cycle.objects.filter(pk=again.cycle_id).update(state="charged")

    first = staff_client.get("/staff/charges/")
    declined = staff_client.get("/staff/charges/?state=declined")
    everything = staff_client.get("/staff/charges/?state=all")

    assert cells_of(first, "お名前") == ["佐々木　四郎"]
    assert cells_of(first, "理由") == ["残高・限度額の不足"]
    assert cells_of(declined, "理由") == ["有効期限切れ", "残高・限度額の不足"]
    assert len(cells_of(everything, "決済の番号")) == 5


@pytest.mark.parametrize(
    "query",
    ["state=gone", "before=abc", "after=-1", "before=" + "9" * 30],
)
@pytest.mark.parametrize("slug", sorted(LISTS))
def test_a_wrong_address_is_answered_in_words(staff_client, slug, query):
    response = staff_client.get(f"/staff/{slug}/?{query}")

    assert response.status_code == 400
    assert f'href="/staff/{slug}/"' in response.content.decode()


@pytest.mark.parametrize(
    ("slug", "query"),
    [
        ("cycles", "month=2026-1"),
        ("donations", "year=26"),
        ("donations", "month=x"),
        ("shipments", "month=2026-00"),
        ("charges", "month=now"),
    ],
)
def test_a_month_that_is_none_is_answered_in_words(staff_client, slug, query):
    assert staff_client.get(f"/staff/{slug}/?{query}").status_code == 400
    assert staff_client.get(f"/staff/{slug}.csv?{query}").status_code == 400


def test_pages_turn_both_ways_by_key_without_losing_a_row(staff_client, members, monkeypatch):
    monkeypatch.setattr(reading, "PAGE_SIZE", 2)
    ids = [members[name].public_id for name in ("shiro", "saburo", "taro", "hanako")]

    first = staff_client.get("/staff/members/")
    older = re.search(r'href="(\?[^"]*before=[^"]*)" rel="next"', first.content.decode())
    second = staff_client.get("/staff/members/" + older[1].replace("&amp;", "&"))
    newer = re.search(r'href="(\?[^"]*after=[^"]*)" rel="prev"', second.content.decode())
    back = staff_client.get("/staff/members/" + newer[1].replace("&amp;", "&"))

    assert cells_of(first, "会員番号") == ids[:2]
    assert cells_of(second, "会員番号") == ids[2:]
    assert cells_of(back, "会員番号") == ids[:2]
    assert 'rel="prev"' not in first.content.decode()
    assert 'rel="next"' not in second.content.decode()
    assert 'rel="prev"' not in back.content.decode()


def test_turning_the_page_keeps_search_and_filters(staff_client, members, monkeypatch):
    monkeypatch.setattr(reading, "PAGE_SIZE", 1)

    html = staff_client.get("/staff/members/?tier=nagisa&q=example.jp").content.decode()

    older = re.search(r'href="\?([^"]*before=[^"]*)"', html)[1]
    assert "tier=nagisa" in older
    assert "q=example.jp" in older


@pytest.mark.parametrize("slug", sorted(LISTS))
def test_the_number_of_queries_does_not_grow_with_the_rows(
    staff_client, producer, members, queries, slug
):
    dashboard.parcel_of(producer=producer, membership=members["hanako"], n=40, ship_from=TODAY)
    with queries() as few:
        staff_client.get(f"/staff/{slug}/?state=all")
    for number in range(12):
        donor = world.donor_make(name=f"more{number}")
        member = world.member_make(donor=donor)
        dashboard.declined_make(member, n=1)
        dashboard.parcel_of(producer=producer, membership=member, n=2, ship_from=TODAY)
    with queries() as many:
        staff_client.get(f"/staff/{slug}/?state=all")

    assert len(many) == len(few)
    assert len(few) <= 10
