"""Working out sessions: what a track needs, who is dealt where, again without losing anything."""

from collections import Counter
from datetime import timedelta

import pytest
from sqlalchemy import select

from eventsys.db import session, transaction
from eventsys.errors import Forbidden
from eventsys.events.models import Event, Track
from eventsys.plans.forecasting import forecast
from eventsys.plans.models import EntryNeed, GroupDraw, PlanItem, PlanMember, PlanNeed, PlanPost
from eventsys.plans.placing import lift_item, put_item, settings_of
from eventsys.plans.problem import problem_of
from eventsys.plans.queries import items_of
from eventsys.plans.rules import NeedInUse
from eventsys.plans.setting_actions import keep_settings, lay_down_needs, split_track
from eventsys.plans.work_out import work_out
from eventsys.registration.models import Entry
from eventsys.registration.rules import EntryState
from eventsys.timetable.actions import SessionFacts, add_session, draw_stations
from eventsys.timetable.clashes import clashes
from eventsys.timetable.models import Session, Station
from tests.actions.plans.conftest import names, plan_facts, words
from tests.more_entries import add_entries
from tests.queries import count_queries


def items(event_key_id) -> list[PlanItem]:
    return items_of(event_key_id)


def members(item: PlanItem) -> set[int]:
    return set(session().scalars(select(PlanMember.entry_id).where(PlanMember.item_id == item.id)))


def test_a_competition_gets_one_session_for_the_whole_and_every_entry_is_in_it(planned, world):
    event = planned("competition_a")

    mine = [one for one in items(event.id) if one.track_id == world.track_a]

    assert [(one.name, one.part, one.size, one.session) for one in mine] == [
        ("Session 1", "", 6, None)
    ]
    approved = {world.ids[f"entry{n}_a"] for n in range(1, 7)}
    assert members(mine[0]) == approved
    assert Counter(post.office.value for post in mine[0].posts) == {"chief": 1, "judge": 5}


def test_an_exam_gets_theory_before_practice_for_the_same_people(planned, world):
    event = planned("exam_a")

    theory, practice = sorted(items(event.id), key=lambda one: one.part, reverse=True)

    assert (theory.part, practice.part) == ("T", "P")
    assert practice.after == [theory.id]
    assert members(theory) == members(practice)


def test_a_class_gets_one_item_for_each_half_day_in_its_shifts(planned, world):
    event = planned("training_a")

    found = items(event.id)

    assert len(found) == 4
    assert {one.size for one in found} == {3}
    assert all(one.shifts is not None and len(one.shifts) == 1 for one in found)
    assert [post.office.value for post in found[0].posts] == ["lecturer"]


def test_splitting_into_modules_gives_each_module_its_session_in_order(organizer, planned, world):
    event = planned("competition_a")
    with transaction():
        split_track(organizer, session().get_one(Track, world.track_a), by_module=True)
        work_out(organizer, session().get_one(Event, event.id), words, names)

    first, second = [one for one in items(event.id) if one.track_id == world.track_a]

    assert (first.part, second.part) == ("A", "B")
    assert second.after == [first.id]
    assert first.minutes + second.minutes == 240


def test_a_track_with_sessions_on_the_timetable_is_not_split(organizer, planned, world):
    event = planned("competition_a")
    item = next(one for one in items(event.id) if one.track_id == world.track_a)
    with transaction():
        put_item(item, world.room_a, problem_of(event).origin)

    with pytest.raises(NeedInUse), transaction():
        split_track(organizer, session().get_one(Track, world.track_a), by_module=True)


def test_working_out_again_changes_nothing(organizer, planned, world):
    event = planned("competition_a")
    before = {one.id: members(one) for one in items(event.id)}

    assert not any(one.changes for one in forecast(event))
    with transaction():
        work_out(organizer, session().get_one(Event, event.id), words, names)

    assert {one.id: members(one) for one in items(event.id)} == before


def test_late_entries_fill_what_has_room_and_then_new_sessions(organizer, planned, world):
    event = planned("competition_a")
    placed = next(one for one in items(event.id) if one.track_id == world.track_a)
    with transaction():
        put_item(placed, world.room_a, problem_of(event).origin)
        for need in session().scalars(select(PlanNeed)):
            need.at_once = 8
        add_entries(session().get_one(Track, world.track_a), world.unit1_a, 10)
    told = next(one for one in forecast(event) if one.track.id == world.track_a)
    assert (told.stands, told.new, told.joins) == (1, 1, 10)

    with transaction():
        work_out(organizer, session().get_one(Event, event.id), words, names)

    mine = [one for one in items(event.id) if one.track_id == world.track_a]
    assert [(one.size, one.session is not None) for one in mine] == [(8, True), (8, False)]
    everybody = [entry for one in mine for entry in members(one)]
    assert len(everybody) == len(set(everybody)) == 16


def test_who_withdrew_leaves_and_an_empty_item_in_the_tray_goes(organizer, planned, world):
    event = planned("competition_a")
    with transaction():
        for entry in session().scalars(select(Entry).where(Entry.track_id == world.track_a)):
            entry.state = EntryState.WITHDRAWN
    with transaction():
        work_out(organizer, session().get_one(Event, event.id), words, names)

    assert [one for one in items(event.id) if one.track_id == world.track_a] == []


def test_the_draw_into_sessions_goes_on_record_with_its_seed(planned, world):
    planned("competition_a")

    draw = session().scalars(select(GroupDraw)).one()

    assert (draw.track_id, draw.placed, len(draw.seed)) == (world.track_a, 6, 32)


def test_entries_bound_to_a_vendor_get_sessions_of_their_own(early, organizer, world):
    event = session().get_one(Event, world.exam_a)
    with transaction():
        for station in session().scalars(select(Station).where(Station.room_id == world.room_a)):
            station.vendor = "海康" if int(station.label) <= 3 else "大华"
        for n, vendor in ((1, "海康"), (2, "海康"), (3, "大华"), (4, "大华")):
            key = world.ids[f"candidate{n}_a"]
            session().add(EntryNeed(entry_id=key, vendor=vendor, group_id=world.group_a))
        keep_settings(organizer, event, plan_facts())
        lay_down_needs(organizer, event)
        work_out(organizer, event, words, names)

    practice = [one for one in items(event.id) if one.part == "P"]

    assert sorted((one.vendor, one.size) for one in practice) == [("大华", 2), ("海康", 2)]


def test_only_organizers_of_the_event_plan_it(act, world):
    event = session().get_one(Event, world.competition_a)

    for who in ("leader1_a", "organizer2_a", "judge1_a"):
        with pytest.raises(Forbidden), transaction():
            keep_settings(act(who), session().get_one(Event, event.id), plan_facts())


# ---- the problem


def test_the_problem_says_what_is_to_be_held_by_whom_and_where(planned, world):
    event = planned("competition_a")

    problem = problem_of(event)

    item = next(one for one in problem.items if one.track == world.track_a)
    assert item.crowd == {world.ids[f"entry{n}_a"] for n in range(1, 7)}
    assert item.units == {world.unit1_a, world.unit2_a}
    judges = [one for one in problem.people if "judge" in one.offices]
    assert {one.id for one in judges} == {world.ids[f"judge{n}_a"] for n in range(1, 6)}
    room = next(one for one in problem.places if one.id == world.room_a)
    assert room.stations[""] == sum(not one.is_spare for one in stations(world.room_a))
    assert len(problem.slots) == 4
    assert problem.days == 2


def stations(room_id):
    return session().scalars(select(Station).where(Station.room_id == room_id)).all()


def test_a_session_set_by_hand_is_a_fixed_item(organizer, planned, world):
    event = planned("competition_a")
    origin = problem_of(event).origin
    with transaction():
        item = next(one for one in items(event.id) if one.track_id == world.track_a)
        held = put_item(item, world.room_a, origin)
        item.session = None
    problem = problem_of(session().get_one(Event, event.id))

    by_hand = next(one for one in problem.items if one.id == held.id)

    assert by_hand.fixed is not None
    assert by_hand.fixed.place == world.room_a


def test_the_problem_takes_as_many_queries_for_forty_entries_as_for_six(planned, world):
    event = planned("competition_a")
    session().rollback()
    with count_queries() as few:
        problem_of(session().get_one(Event, event.id))
    with transaction():
        add_entries(session().get_one(Track, world.track_a), world.unit1_a, 34)
        item = items(event.id)[0]
        session().add_all(
            PlanItem(
                group_id=item.group_id,
                event_id=event.id,
                track_id=item.track_id,
                name=f"x{n}",
                minutes=60,
                posts=[
                    PlanPost(group_id=item.group_id, office=post.office, seat=post.seat)
                    for post in item.posts
                ],
            )
            for n in range(30)
        )
    session().rollback()

    with count_queries() as many:
        problem_of(session().get_one(Event, event.id))

    assert len(many) == len(few)


def test_an_item_put_down_lifted_and_put_down_again(organizer, planned, world):
    event = planned("competition_a")
    item = next(one for one in items(event.id) if one.track_id == world.track_a)
    origin = problem_of(event).origin

    with transaction():
        put_item(session().get_one(PlanItem, item.id), world.room_a, origin)
    placed = problem_of(session().get_one(Event, event.id))
    kinds = {one.kind.value for one in clashes(placed, placed.present) if item.id in one.items}
    assert "unplaced" not in kinds
    with transaction():
        lift_item(session().get_one(PlanItem, item.id))

    assert session().scalars(select(Session)).all() == []
    assert settings_of(event).revision == 2


def test_sessions_set_by_hand_become_items_with_their_people(early, organizer, world):
    event = session().get_one(Event, world.competition_a)
    with transaction():
        keep_settings(organizer, event, plan_facts())
        track = session().get_one(Track, world.track_a)
        starts = early + timedelta(hours=9)
        facts = SessionFacts(world.room_a, "上午场", starts, starts + timedelta(hours=4))
        held = add_session(organizer, track, facts)
        draw_stations(organizer, track)
        lay_down_needs(organizer, event)
        key = held.id
    assert next(one for one in forecast(event) if one.track.id == world.track_a).adopted == 1

    with transaction():
        work_out(organizer, session().get_one(Event, event.id), words, names)

    only = next(one for one in items(event.id) if one.track_id == world.track_a)
    assert (only.name, only.session_id, only.size, only.minutes) == ("上午场", key, 6, 240)
    assert members(only) == {world.ids[f"entry{n}_a"] for n in range(1, 7)}
    assert len(only.posts) == 6
    assert not any(one.changes for one in forecast(session().get_one(Event, event.id)))


def test_shifts_that_are_over_are_no_place_for_the_planner(planned, early, at):
    event = planned("competition_a")
    at(early + timedelta(hours=9, minutes=2))

    first = problem_of(event).slots[0]

    assert (first.starts, first.ends) == (9 * 60 + 5, 12 * 60)
