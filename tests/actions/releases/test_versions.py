"""Versions are kept, compared, and published to exactly those they move."""

import pytest
from sqlalchemy import select

from eventsys.db import session, transaction
from eventsys.errors import Forbidden
from eventsys.events.models import Event, Track
from eventsys.events.rules import EventState
from eventsys.identity.models import User
from eventsys.notifications.models import Message
from eventsys.notifications.rules import MessageKind
from eventsys.releases.actions import keep_version, publish_version
from eventsys.releases.planned import _placed, lines_now
from eventsys.releases.queries import lines_of, published
from eventsys.releases.rules import (
    AlreadyPublished,
    ChangeKind,
    EventHidden,
    LaterIsPublic,
    LineKind,
    NothingNew,
    NothingToKeep,
    changes,
)
from eventsys.releases.stops import my_stops
from eventsys.timetable.actions import remove_placement
from eventsys.timetable.models import Placement, Room
from tests.queries import count_queries

TIMETABLE = (MessageKind.TIMETABLE_PUBLISHED, MessageKind.TIMETABLE_CHANGED)


def keep(organizer, event, name="初稿"):
    with transaction():
        return keep_version(organizer, event, name)


def publish(organizer, version):
    with transaction():
        return publish_version(organizer, version)


def written_to(kind=None):
    found = (
        select(User.username)
        .join(Message, Message.user_id == User.id)
        .where(Message.kind.in_(TIMETABLE if kind is None else (kind,)))
    )
    return sorted(session().scalars(found))


def test_nothing_placed_is_nothing_to_keep(organizer, event):
    with pytest.raises(NothingToKeep):
        keep(organizer, event)


def test_a_version_holds_sessions_seats_and_duties_as_they_were(organizer, event, held, move):
    version = keep(organizer, event)
    before = lines_of(version)

    move(held, 14)

    assert sorted(one.kind.value for one in before) == ["duty", *["seat"] * 6, "session"]
    assert lines_of(version) == before
    assert sorted(lines_now(event), key=lambda one: one.key) != sorted(
        before, key=lambda one: one.key
    )


def test_the_same_plan_is_not_kept_twice(organizer, event, held):
    keep(organizer, event)
    with pytest.raises(NothingNew):
        keep(organizer, event, "同样的")


def test_a_session_that_moves_takes_its_people_along_without_a_word_for_each(
    organizer, event, held, move
):
    first = keep(organizer, event)
    move(held, 14)

    found = changes(lines_of(first), lines_now(event))

    assert [(one.kind, one.line.kind) for one in found if not one.follows] == [
        (ChangeKind.MOVED, LineKind.SESSION)
    ]
    assert sum(one.follows for one in found) == 7


def test_publishing_writes_to_those_in_it_and_later_only_to_those_it_moves(
    organizer, event, held, world
):
    publish(organizer, keep(organizer, event))
    first = written_to()

    placed = session().scalar(select(Placement).where(Placement.entry_id == world.entry4_a))
    with transaction():
        remove_placement(organizer, placed)
    publish(organizer, keep(organizer, event, "二稿"))

    assert first == ["floor_a", "leader1_a", "leader2_a", "participant_a"]
    assert written_to(MessageKind.TIMETABLE_CHANGED) == ["leader2_a"]


def test_a_version_is_published_once_and_no_older_one_after_it(organizer, event, held, move):
    old = keep(organizer, event)
    move(held, 14)
    new = keep(organizer, event, "二稿")
    publish(organizer, new)

    with pytest.raises(AlreadyPublished):
        publish(organizer, new)
    with pytest.raises(LaterIsPublic):
        publish(organizer, old)
    assert published(event.id).id == new.id


def test_my_day_follows_what_is_public_and_not_what_is_being_planned(
    act, organizer, event, held, move
):
    publish(organizer, keep(organizer, event))
    public = [one.starts_at for one in my_stops(act("participant_a"))]
    move(held, 14)

    assert [one.starts_at for one in my_stops(act("participant_a"))] == public
    assert [one.office for one in my_stops(act("floor_a"))] == ["floor"]

    publish(organizer, keep(organizer, event, "二稿"))
    assert [one.starts_at for one in my_stops(act("participant_a"))] != public


def test_others_may_not_keep_or_publish(act, organizer, event, held):
    version = keep(organizer, event)
    for name in ("leader1_a", "participant_a", "organizer2_a", "organizer_b", "chief_a"):
        with pytest.raises(Forbidden), transaction():
            keep_version(act(name), event, "x")
        with pytest.raises(Forbidden), transaction():
            publish_version(act(name), version)


def test_the_lines_take_the_same_queries_for_any_number_of_entries(organizer, event, held):
    event_id = event.id
    session().expunge_all()
    with count_queries() as some:
        lines_now(session().get_one(Event, event_id))
    with transaction():
        for one in session().scalars(select(Placement).limit(4)).all():
            session().delete(one)
    session().expunge_all()
    with count_queries() as fewer:
        lines_now(session().get_one(Event, event_id))

    selects = [sum(one.startswith("SELECT") for one in sent) for sent in (some, fewer)]
    assert selects[0] == selects[1]


def test_a_version_keeps_the_longest_code_and_name_of_a_track(organizer, event, held, world):
    with transaction():
        track = session().get_one(Track, world.track_a)
        track.code, track.name, track.name_en = "C" * 30, "赛" * 100, "n" * 100

    lines = lines_of(keep(organizer, event))

    assert {one.track for one in lines} == {f"{'C' * 30} {'赛' * 100}"}


def test_a_version_may_correct_a_name_alone_and_moves_nobody(organizer, event, held, world):
    publish(organizer, keep(organizer, event))
    with transaction():
        session().get_one(Room, world.room_a).name = "甲二号车间"

    corrected = keep(organizer, event, "更正")
    publish(organizer, corrected)

    assert {one.room for one in lines_of(corrected)} == {"甲二号车间"}
    assert written_to(MessageKind.TIMETABLE_CHANGED) == []


@pytest.mark.parametrize("state", [EventState.DRAFT, EventState.CANCELLED])
def test_nobody_is_written_to_about_an_event_that_is_not_shown(organizer, event, held, state):
    version = keep(organizer, event)
    with transaction():
        event.state = state

    with pytest.raises(EventHidden):
        publish(organizer, version)

    assert written_to() == []


def test_a_seat_in_a_session_added_meanwhile_waits_for_the_next_version(event, held):
    assert list(_placed(event.id, {}, set())) == []
