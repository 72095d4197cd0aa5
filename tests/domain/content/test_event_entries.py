"""Places at events: never more than there are, and asking twice is harmless."""

import threading

import pytest
from django.db import connection

from saleor_ext.common.errors import NotFound
from saleor_ext.content import errors, models, selectors, services
from tests.builders import api as world


def enter(event, donor, rank=0):
    return services.event_enter(
        event_id=event.pk, donor_id=donor.pk, reader=selectors.Reader(rank=rank), now=world.NOW
    )


@pytest.mark.django_db
def test_entering_twice_gives_the_same_place():
    # given
    event, hanako = world.event_make(capacity=1), world.donor_make()
    # when
    first, second = enter(event, hanako), enter(event, hanako)
    # then
    assert first == second
    assert first.entered_at == world.NOW
    assert selectors.event_places_left(event=event) == 0
    assert selectors.entered_event_ids(donor_id=hanako.pk) == {event.pk}


@pytest.mark.django_db
def test_a_full_event_refuses_and_a_place_given_back_can_be_taken():
    # given
    event, hanako, taro = (
        world.event_make(capacity=1),
        world.donor_make(),
        world.donor_make(world.TARO),
    )
    enter(event, hanako)
    # when
    with pytest.raises(errors.EventFull):
        enter(event, taro)
    assert selectors.entry_of(event_id=event.pk, donor_id=taro.pk) is None
    for _ in range(2):
        services.event_leave(event_id=event.pk, donor_id=hanako.pk, now=world.NOW)
    entry = enter(event, taro)
    # then
    assert list(models.EventEntry.objects.all()) == [entry]


@pytest.mark.django_db
@pytest.mark.parametrize(("min_rank", "rank"), [(0, None), (1, 0), (3, 2)])
def test_an_event_that_is_not_open_refuses(min_rank, rank):
    # given
    event, hanako = world.event_make(min_rank=min_rank), world.donor_make()
    # when
    with pytest.raises(errors.NotEntitled):
        enter(event, hanako, rank=rank)
    # then
    assert models.EventEntry.objects.count() == 0


@pytest.mark.django_db
def test_nobody_enters_or_leaves_once_it_is_over():
    # given
    event, hanako, taro = world.event_make(), world.donor_make(), world.donor_make(world.TARO)
    enter(event, hanako)
    after = event.ends_at
    # when
    with pytest.raises(errors.EventOver):
        services.event_enter(
            event_id=event.pk, donor_id=taro.pk, reader=selectors.Reader(rank=3), now=after
        )
    with pytest.raises(errors.EventOver):
        services.event_leave(event_id=event.pk, donor_id=hanako.pk, now=after)
    # then
    assert [row.donor_id for row in models.EventEntry.objects.all()] == [hanako.pk]


@pytest.mark.django_db
def test_an_event_not_published_yet_cannot_be_entered():
    # given
    event = world.event_make(published_at=world.NOW + world.timedelta(days=1))
    # when
    with pytest.raises(NotFound):
        enter(event, world.donor_make())
    # then
    assert models.EventEntry.objects.count() == 0


@pytest.mark.django_db
def test_places_are_counted_with_the_list(django_assert_num_queries):
    # given
    hanako = world.donor_make()
    for number in range(5):
        enter(world.event_make(slug=f"e{number}", capacity=number + 1), hanako)
    # when
    with django_assert_num_queries(1):
        events = selectors.events_upcoming(now=world.NOW)
        left = [selectors.event_places_left(event=event) for event in events]
    # then
    assert sorted(left) == [0, 1, 2, 3, 4]


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_two_people_racing_for_the_last_place_leave_one_with_it():
    # given
    event = world.event_make(capacity=1)
    donors = [world.donor_make(), world.donor_make(world.TARO)]
    gate, outcomes = threading.Barrier(2, timeout=10), []

    def run(donor):
        try:
            gate.wait()
            enter(event, donor)
            outcomes.append("entered")
        except errors.EventFull as refusal:
            outcomes.append(refusal.code)
        finally:
            connection.close()

    # when
    threads = [threading.Thread(target=run, args=(donor,)) for donor in donors]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=20)
    # then
    assert sorted(outcomes) == ["entered", "event_full"]
    assert models.EventEntry.objects.count() == 1
