"""Calendars read what is public, in Shanghai time, and nothing once their address is ended."""

import pytest
from icalendar import Calendar
from sqlalchemy.exc import IntegrityError

from eventsys.db import new_id, session, transaction
from eventsys.releases.actions import end_feed, give_feed, keep_version, publish_version
from eventsys.releases.calendars import calendar_of
from eventsys.releases.models import Feed
from eventsys.releases.queries import feed_with, sessions_public
from eventsys.releases.stops import my_lines


def as_read(lines):
    return Calendar.from_ical(calendar_of(lines, "我的", "example.cn", str)).walk("VEVENT")


def published(organizer, event):
    with transaction():
        version = keep_version(organizer, event, "初稿")
    with transaction():
        publish_version(organizer, version)
    return version


def test_a_calendar_shows_one_entry_for_each_line_and_keeps_its_identity(
    act, organizer, event, held, move
):
    published(organizer, event)
    first = as_read(my_lines(act("participant_a")))
    move(held, 14)
    published(organizer, event)
    second = as_read(my_lines(act("participant_a")))

    assert [str(one["uid"]) for one in first] == [str(one["uid"]) for one in second]
    assert [one.start.hour for one in first] == [9]
    assert [one.start.hour for one in second] == [14]
    assert str(second[0].start.tzinfo) == "Asia/Shanghai"
    assert (first[0]["sequence"], second[0]["sequence"]) == (1, 2)


def test_nothing_is_in_a_calendar_before_it_is_public(act, organizer, event, held):
    with transaction():
        keep_version(organizer, event, "初稿")
    assert my_lines(act("participant_a")) == []
    assert sessions_public(event.id) == []


def test_an_ended_address_shows_nothing_and_another_is_new(act, inside):
    actor = act("participant_a")
    with transaction():
        token = give_feed(actor).token
    with transaction():
        assert give_feed(actor).token == token
    with transaction():
        end_feed(actor)

    assert feed_with(token) is None
    with transaction():
        assert give_feed(actor).token != token


def test_nobody_has_two_addresses_of_which_only_one_would_end(act, inside):
    actor = act("participant_a")
    with transaction():
        first = give_feed(actor)

    with transaction():
        assert give_feed(actor).token == first.token
    with pytest.raises(IntegrityError), transaction():
        session().add(
            Feed(id=new_id(), user_id=actor.user_id, token="b" * 43, made_at=first.made_at)
        )
