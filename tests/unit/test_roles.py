"""Who may do what: the table itself, and the paper that tells staff about it."""

import re

import pytest

from saleor_ext.access.principal import ANONYMOUS, Principal
from saleor_ext.access.roles import ALLOWED, PERMISSION_OF, Act, Role
from saleor_ext.dashboard import messages
from saleor_ext.saleor_connector import extensions, manifest

ROWS = {
    Act.LOOK: "一覧、会員、数字を見る",
    Act.MEMBERSHIP_PARK: "会員契約を止める",
    Act.MESSAGE_RETRY: "止まった処理を",
    Act.REHEARSE: "これから12か月の予行",
    Act.MONTHLY_RUN: "毎月の処理の",
    Act.CHARGING_SWITCH: "すべての寄附の",
    Act.MONEY_SETTLE: "決済の結果を",
    Act.WORDS_REVIEW: "言葉の確認を",
    Act.SETTINGS_CHANGE: "設定を",
    Act.RECEIPTS: "受領証を",
    Act.ONESTOP: "ワンストップ特例の申請を開く",
    Act.COSTS_CHANGE: "費用を書きとめる",
    Act.GIFT_LAW_CHANGE: "返礼品と特典の届け出を",
    Act.ALTERNATE_PROPOSE: "代わりの品を",
    Act.CONTENT_CHANGE: "記事、催し、資料のひらく時期",
}


def officer(*permissions):
    return Principal(kind="staff", user_id="user-sato", permissions=frozenset(permissions))


def test_every_officer_may_look_and_nothing_more():
    sato = officer("MANAGE_PRODUCTS")

    assert sato.roles == {Role.VIEWER}
    assert [act for act in Act if sato.may(act)] == [Act.LOOK]
    assert not sato.may_see_people


@pytest.mark.parametrize(
    ("permission", "acts"),
    [
        (
            "MANAGE_ORDERS",
            {
                Act.LOOK,
                Act.MEMBERSHIP_PARK,
                Act.MESSAGE_RETRY,
                Act.REHEARSE,
                Act.ALTERNATE_PROPOSE,
            },
        ),
        (
            "HANDLE_PAYMENTS",
            set(Act)
            - {
                Act.WORDS_REVIEW,
                Act.CONTENT_CHANGE,
                Act.SETTINGS_CHANGE,
                Act.ALTERNATE_PROPOSE,
            },
        ),
        ("MANAGE_PAGES", {Act.LOOK, Act.WORDS_REVIEW, Act.CONTENT_CHANGE}),
        ("MANAGE_STAFF", set(Act)),
        ("MANAGE_USERS", {Act.LOOK}),
    ],
)
def test_a_permission_of_the_shop_allows_just_these_acts(permission, acts):
    assert {act for act in Act if officer(permission).may(act)} == acts


def test_an_administrator_may_do_what_every_other_role_may():
    for act in Act:
        assert Role.ADMINISTRATOR in ALLOWED[act]


def test_names_are_shown_to_those_who_may_see_customers_in_the_shop():
    assert officer("MANAGE_USERS").may_see_people
    assert not officer("MANAGE_STAFF", "MANAGE_ORDERS").may_see_people


@pytest.mark.parametrize(
    "person",
    [
        ANONYMOUS,
        Principal(kind="customer", user_id="user-hanako", permissions=frozenset({"MANAGE_STAFF"})),
        Principal(kind="customer", producer_id=1, permissions=frozenset({"MANAGE_USERS"})),
    ],
)
def test_permissions_are_nothing_in_the_hands_of_others(person):
    assert person.roles == frozenset()
    assert [act for act in Act if person.may(act)] == []
    assert not person.may_see_people


def test_the_paper_for_staff_says_what_the_table_says(root):
    paper = (root / "docs" / "dashboard.md").read_text(encoding="utf-8")
    lines = [line.strip("| \n").split("|") for line in paper.splitlines() if line.startswith("|")]
    cells = {line[0].strip(): [cell.strip() for cell in line[1:]] for line in lines}
    labels = next(line for line in lines if "管理者" in [cell.strip() for cell in line])
    roles = [
        role for label in labels[-5:] for role in Role if messages.ROLES[role] == label.strip()
    ]

    assert roles == list(Role)
    codes = [re.findall("`(.*?)`", cell) for cell in cells["お店の権限"]]
    assert codes == [[PERMISSION_OF[role]] if role in PERMISSION_OF else [] for role in roles]
    assert set(ROWS) == set(Act)
    for act, words in ROWS.items():
        [marks] = [found for name, found in cells.items() if name.startswith(words)]
        marks += [""] * (len(roles) - len(marks))
        assert [bool(mark) for mark in marks] == [role in ALLOWED[act] for role in roles], act


def test_an_entry_in_the_dashboard_asks_for_no_permission_that_the_app_lacks():
    built = extensions.extensions_build()

    for extension in built:
        assert set(extension["permissions"]) <= set(manifest.PERMISSIONS)
        assert extension["url"].startswith("/")
    assert len({extension["identifier"] for extension in built}) == len(built)
