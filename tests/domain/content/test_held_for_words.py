"""A post with a word that texts about donations may not use is not shown before staff say why."""

from datetime import datetime

import pytest

from saleor_ext.common.errors import NotFound
from saleor_ext.content import models, selectors, services
from saleor_ext.law import advertising
from tests.builders import api as make
from tests.builders import world

pytestmark = pytest.mark.django_db


def shown(*, now: datetime = world.NOW) -> list[str]:
    return [post.slug for post in selectors.posts_visible(now=now)]


def let_stand(post: models.Post, word: str) -> None:
    services.word_review_write(
        place=post.text_place,
        word=word,
        digest=advertising.text_digest(post.public_text),
        reason="店の名前の一部",
        now=world.NOW,
        actor="staff:1",
    )


def test_it_is_held_until_staff_let_every_word_stand_and_again_when_it_changes() -> None:
    # given
    make.post_make(slug="plain")
    post = make.post_make(slug="loud", body="いまだけお得。おまけもあります。")

    # then
    assert shown() == ["plain"]
    with pytest.raises(NotFound):
        selectors.post_get(slug="loud", now=world.NOW)

    # when one word, and then the other, may stand
    let_stand(post, "お得")
    assert shown() == ["plain"]
    let_stand(post, "おまけ")

    # then
    assert set(shown()) == {"plain", "loud"}

    # when its text changes
    post.refresh_from_db()
    post.body = "もっとお得。"
    post.save(update_fields=["body"])

    # then
    assert shown() == ["plain"]


def test_what_was_written_past_the_models_is_found_by_timetable() -> None:
    # given
    make.post_make(slug="plain")
    models.Post.objects.update(body="とてもお得です。")
    assert shown() == ["plain"]

    # when
    held = services.holds_refresh()

    # then
    assert (held, shown()) == (1, [])
