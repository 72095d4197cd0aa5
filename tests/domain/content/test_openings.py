"""After how many months with the town a piece opens: set by staff, kept within bounds."""

import pytest
from django.db import IntegrityError, transaction

from saleor_ext.common.errors import NotFound
from saleor_ext.content import errors, selectors, services
from tests.builders import api as world

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("kind", "make"),
    [
        ("post", world.post_make),
        ("event", world.event_make),
        ("document", world.document_make),
    ],
)
def test_every_kind_of_piece_can_wait(kind, make):
    # given
    item = make(slug="shimo", min_rank=1)
    early, due = selectors.Reader(rank=1, months=2), selectors.Reader(rank=3, months=3)

    # when
    item = services.opening_set(kind=kind, slug="shimo", months=3)

    # then
    assert not selectors.is_open(item=item, reader=early)
    assert selectors.is_open(item=item, reader=due)
    at_once = services.opening_set(kind=kind, slug="shimo", months=None)
    assert selectors.is_open(item=at_once, reader=early)


@pytest.mark.parametrize(("min_rank", "months"), [(-1, 3), (1, 0), (1, 241)])
def test_what_makes_no_sense_is_refused(min_rank, months):
    # given
    post = world.post_make(min_rank=min_rank)

    # when
    with pytest.raises(errors.OpeningInvalid):
        services.opening_set(kind="post", slug=post.slug, months=months)

    # then
    post.refresh_from_db()
    assert post.opens_after_months is None
    with pytest.raises(IntegrityError), transaction.atomic():
        type(post).objects.filter(pk=post.pk).update(opens_after_months=months)


def test_a_piece_that_is_not_there_cannot_wait():
    with pytest.raises(NotFound):
        services.opening_set(kind="post", slug="nothing", months=3)


def test_an_event_is_entered_after_its_months_only():
    # given
    event, hanako = world.event_make(min_rank=1, opens_after_months=2), world.donor_make()

    # when
    with pytest.raises(errors.NotEntitled):
        services.event_enter(
            event_id=event.pk,
            donor_id=hanako.pk,
            reader=selectors.Reader(rank=1, months=1),
            now=world.NOW,
        )

    # then
    reader = selectors.Reader(rank=1, months=2)
    services.event_enter(event_id=event.pk, donor_id=hanako.pk, reader=reader, now=world.NOW)
    assert selectors.entered_event_ids(donor_id=hanako.pk) == {event.pk}
