"""A member chooses what the town uses his donations for."""

import pytest

from saleor_ext.membership import models
from tests.builders import world


@pytest.fixture
def member(hanako):
    """花子, a member of a town with two uses."""
    town = world.town_make()
    town.uses = [
        {"slug": "umi-yama", "name": "海と山のために", "summary": "藻場の再生に使います。"},
        {"slug": "kodomo", "name": "こどものために", "summary": "図書に使います。"},
    ]
    town.save(update_fields=["uses"])
    return world.member_make(donor=hanako)


def test_a_member_sees_the_uses_and_chooses_one(signed_in, member):
    # given
    browser = signed_in()
    page = browser.get("/my/use/")
    assert "藻場の再生に使います。" in page.body
    assert "とくに指定しない(町が決めます)" in page.body

    # when
    browser.post("/my/use/", {"use": "umi-yama"}, to="/my/")

    # then
    member.refresh_from_db()
    assert member.use_slug == "umi-yama"
    assert "使い道: 海と山のために" in browser.get("/my/").body


def test_a_use_that_is_not_on_the_list_is_refused_in_words(signed_in, member):
    page = signed_in().post_refused("/my/use/", {"use": "castle"})

    assert "いま選べるものの中から選んでください。" in page.body
    assert models.Membership.objects.get().use_slug == ""


def test_without_a_paid_membership_there_is_nothing_to_choose(signed_in, hanako):
    signed_in().get("/my/use/", status=404)


def test_a_stranger_is_asked_to_sign_in(client, member):
    assert client.get("/my/use/").status_code == 303
