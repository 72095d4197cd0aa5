"""Words in public texts: found everywhere, let stand with a reason, asked again on a change."""

import json
from io import StringIO

import pytest
from django.core.management import call_command

from saleor_ext.content import models as content_models
from saleor_ext.flows import public_texts
from saleor_ext.fulfilment import models as fulfilment_models
from tests.builders import api as make
from tests.builders import dashboard, world


@pytest.fixture
def finding(producer):
    """お得 in the description of the only gift."""
    fulfilment_models.Gift.objects.update(description="とてもお得な大根です。")
    [found] = public_texts.findings()
    return found


def review(client, finding, **changes):
    values = {"place": finding.place, "word": finding.found.word.word, "digest": finding.digest}
    return client.post(
        "/staff/words/review/", values | {"reason": "料理名の一部のため"} | changes, follow=True
    ).content.decode()


def test_staff_let_a_word_stand_with_a_reason_and_are_asked_again_when_the_text_changes(
    staff_client, finding
):
    # given
    page = staff_client.get("/staff/words/").content.decode()
    assert "とてもお得な大根です。" in page

    # when
    review(staff_client, finding)

    # then
    row = content_models.WordReview.objects.get()
    assert (row.place, row.word, row.reason) == ("gift:daikon", "お得", "料理名の一部のため")
    assert row.actor.startswith("staff:")
    assert "確認が必要な言葉はありません" in staff_client.get("/staff/words/").content.decode()

    # when the text changes
    fulfilment_models.Gift.objects.update(description="いまだけお得な大根です。")
    assert [found.review for found in public_texts.findings()] == [None]


def test_without_a_reason_or_for_another_text_nothing_is_noted(staff_client, finding):
    assert "理由を入れてください" in review(staff_client, finding, reason="")
    assert "この操作はもうできません" in review(staff_client, finding, digest="0" * 64)
    assert content_models.WordReview.objects.count() == 0


@pytest.mark.parametrize(
    ("permissions", "may"), [(["MANAGE_PAGES"], True), (["HANDLE_PAYMENTS"], False)]
)
def test_those_who_write_may_let_words_stand(finding, permissions, may):
    review(dashboard.staff_browser(permissions=permissions), finding)

    assert content_models.WordReview.objects.exists() is may


def test_the_command_lists_what_nobody_has_looked_at(finding, staff_client):
    # given
    out = StringIO()
    with pytest.raises(SystemExit):
        call_command("advertising_check", "--json", stdout=out)
    found = json.loads(out.getvalue())
    assert found["open"] == 1
    assert found["findings"][0]["place"] == "gift:daikon"
    assert found["findings"][0]["law"] == "advertising_words"

    # when
    review(staff_client, finding)

    # then
    out = StringIO()
    call_command("advertising_check", stdout=out)
    assert "確認済み" in out.getvalue()


@pytest.mark.django_db
def test_every_kind_of_text_is_searched():
    world.world_make()
    world.free_tier_make()
    make.post_make(body="コスパのよい話")
    make.event_make(lead="おまけの催し")
    make.document_make(title="ランキング")

    places = {found.place for found in public_texts.findings()}
    kinds = {text.place.partition(":")[0] for text in public_texts.texts()}

    assert places == {"post:hatake", "event:ohanashi", "document:yosan"}
    assert kinds == {
        "town", "tier", "gift", "box", "producer", "post", "event", "document", "mail"
    }  # fmt: skip
