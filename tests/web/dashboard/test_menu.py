"""The menu of the staff pages."""

from saleor_ext.access.principal import Principal
from saleor_ext.dashboard import menu
from saleor_ext.dashboard.lists.every import LISTS

VIEWER = Principal(kind="staff", user_id="1")
OFFICER = Principal(kind="staff", user_id="2", permissions=frozenset({"HANDLE_PAYMENTS"}))


def words(links):
    return [link.label for link in links]


def current(links):
    return [link.label for link in links if link.is_current]


def test_each_page_stands_in_one_room_only():
    sections = [name for room in menu.ROOMS for entry in room.entries for name in entry.sections]

    assert len(sections) == len(set(sections))
    assert set(LISTS) <= set(sections)


def test_the_rooms_and_the_pages_of_the_room_one_is_in_are_shown():
    shown = menu.menu_of(principal=OFFICER, section="gaps")

    assert words(shown.rooms) == [
        "いまのようす", "会員", "お届け", "お金", "書類", "ワンストップ", "決まり", "運転"
    ]  # fmt: skip
    assert current(shown.rooms) == ["お金"]
    assert words(shown.pages) == [
        "寄附", "決済", "確認中の決済", "カードの名義", "入金の照合", "費用の割合"
    ]  # fmt: skip
    assert current(shown.pages) == ["入金の照合"]


def test_a_room_of_one_page_has_no_second_row():
    shown = menu.menu_of(principal=OFFICER, section="overview")

    assert current(shown.rooms) == ["いまのようす"]
    assert shown.pages == []


def test_a_page_that_somebody_may_not_open_is_not_offered():
    of_viewer = menu.menu_of(principal=VIEWER, section="messages")
    of_officer = menu.menu_of(principal=OFFICER, section="messages")

    assert words(of_viewer.pages) == ["止まった処理", "予行"]
    assert words(of_officer.pages) == ["毎月の処理", "止まった処理", "予行"]
    assert next(link.href for link in of_viewer.rooms if link.label == "運転") == "/staff/messages/"


def test_on_a_page_outside_the_menu_no_room_is_marked():
    shown = menu.menu_of(principal=OFFICER, section="")

    assert current(shown.rooms) == []
    assert shown.pages == []
