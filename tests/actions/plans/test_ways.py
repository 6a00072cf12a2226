"""How entries come into sessions: chosen, refused where numbers are drawn, kept on record."""

from collections import defaultdict

import pytest
from sqlalchemy import select

from eventsys.audit.models import AuditEntry
from eventsys.db import session, transaction
from eventsys.errors import Forbidden
from eventsys.events.models import Event, Track
from eventsys.plans.dealing_queries import elsewhere_of
from eventsys.plans.forecasting import choice_of
from eventsys.plans.minutes import MINUTE, minute_of, origin_of
from eventsys.plans.models import GroupDraw, PlanItem, PlanMember, PlanNeed
from eventsys.plans.placing import put_item
from eventsys.plans.problem import problem_of
from eventsys.plans.queries import sessions_dealt
from eventsys.plans.rules import NothingToPlan
from eventsys.plans.setting_actions import keep_settings, lay_down_needs, split_track
from eventsys.plans.way_actions import DrawAskedFor, choose_way
from eventsys.plans.ways import Way
from eventsys.plans.work_out import work_out
from eventsys.registration.models import Entry, Member
from eventsys.timetable.actions import draw_stations
from eventsys.timetable.models import Placement
from eventsys.timetable.rules import Span
from tests.actions.plans.conftest import names, plan_facts, words
from tests.levels import use_levels
from tests.more_entries import add_entries
from tests.queries import count_queries

HOUR = 60


def schools(track_id, part=""):
    """The schools in each session of a part, session by session."""
    rows = session().execute(
        select(PlanItem.key, Entry.unit_id)
        .join(PlanMember, PlanMember.item_id == PlanItem.id)
        .join(Entry, Entry.id == PlanMember.entry_id)
        .where(PlanItem.track_id == track_id, PlanItem.part == part)
    )
    found = defaultdict(list)
    for key, unit_id in rows:
        found[key].append(unit_id)
    return [sorted(found[key]) for key in sorted(found)]


@pytest.fixture
def three_at_once(organizer, planned, world):
    """Six entries of two schools dealt by lot, with room for three in a session."""
    event = planned("competition_a")
    with transaction():
        for need in session().scalars(select(PlanNeed)):
            need.at_once = 3
    return event


def again(organizer, event):
    with transaction():
        work_out(organizer, session().get_one(Event, event.id), words, names)


def choose(actor, track_id, way):
    with transaction():
        return choose_way(actor, session().get_one(Track, track_id), way)


@pytest.mark.parametrize(
    ("way", "sizes"), [(Way.TOGETHER, [{3}, {3}]), (Way.SPREAD, [{1, 2}, {1, 2}])]
)
def test_another_way_deals_anew_what_lies_in_the_tray(organizer, three_at_once, world, way, sizes):
    assert choose(organizer, world.track_a, way)

    again(organizer, three_at_once)

    made = schools(world.track_a)
    assert [{some.count(unit) for unit in set(some)} for some in made] == sizes
    draws = session().scalars(select(GroupDraw).where(GroupDraw.track_id == world.track_a)).all()
    assert {(one.way, len(one.seed), one.placed) for one in draws} == {
        (Way.LOT, 32, 6),
        (way, 0, 6),
    }


def test_the_choice_and_the_way_it_was_done_go_on_record(organizer, three_at_once, world):
    choose(organizer, world.track_a, Way.TOGETHER)
    again(organizer, three_at_once)

    deeds = ("plan.way_chosen", "entries.assigned")
    found = session().scalars(select(AuditEntry).where(AuditEntry.deed.in_(deeds)))
    facts = {one.deed: one.facts for one in found}
    assert facts["plan.way_chosen"]["way"] == "together"
    assert (facts["entries.assigned"]["way"], facts["entries.assigned"]["number"]) == (
        "together",
        6,
    )


def test_who_has_a_session_with_room_and_time_keeps_it(organizer, three_at_once, world):
    event = three_at_once
    item = session().scalars(select(PlanItem).where(PlanItem.track_id == world.track_a)).one()
    with transaction():
        put_item(item, world.room_a, problem_of(event).origin + 9 * HOUR * MINUTE)
    before = schools(world.track_a)

    assert not choose(organizer, world.track_a, Way.SPREAD)
    again(organizer, event)

    assert schools(world.track_a) == before


def test_the_same_way_again_changes_nothing(organizer, three_at_once, world):
    before = session().scalars(select(PlanItem.id)).all()

    assert not choose(organizer, world.track_a, Way.LOT)

    assert session().scalars(select(PlanItem.id)).all() == before


def test_drawn_numbers_want_drawn_sessions(organizer, three_at_once, world):
    use_levels(world, 3)

    with pytest.raises(DrawAskedFor):
        choose(organizer, world.track_a, Way.TOGETHER)
    assert list(choice_of(session().get_one(Track, world.track_a)).effects) == [Way.LOT]


def test_nothing_is_dealt_otherwise_although_it_was_chosen_before(organizer, three_at_once, world):
    choose(organizer, world.track_a, Way.TOGETHER)
    use_levels(world, 3)

    with pytest.raises(DrawAskedFor):
        again(organizer, three_at_once)


def test_only_organizers_choose(act, three_at_once, world):
    for who in ("leader1_a", "organizer2_a", "judge1_a"):
        with pytest.raises(Forbidden):
            choose(act(who), world.track_a, Way.SPREAD)


def test_a_track_without_needs_has_nothing_to_choose_for(early, organizer, world):
    with pytest.raises(NothingToPlan):
        choose(organizer, world.track_a, Way.SPREAD)


def test_splitting_into_modules_keeps_the_way_and_the_groups(organizer, three_at_once, world):
    choose(organizer, world.track_a, Way.TOGETHER)
    with transaction():
        split_track(organizer, session().get_one(Track, world.track_a), by_module=True)
    again(organizer, three_at_once)

    assert schools(world.track_a, "A") == schools(world.track_a, "B")
    assert [len(set(some)) for some in schools(world.track_a, "A")] == [1, 1]


def test_the_effect_of_each_way_is_told_before(organizer, three_at_once, world):
    choice = choice_of(session().get_one(Track, world.track_a))

    assert (choice.way, choice.is_placed) == (Way.LOT, False)
    assert (choice.now.sessions, choice.now.units) == (1, 2)
    found = {way: (one.sessions, one.divided) for way, one in choice.effects.items()}
    assert (found[Way.TOGETHER], found[Way.SPREAD]) == ((2, 0), (2, 2))


def test_a_late_candidate_joins_no_practice_before_the_theory_has_ended(early, organizer, world):
    event = session().get_one(Event, world.exam_a)
    with transaction():
        keep_settings(organizer, event, plan_facts())
        lay_down_needs(organizer, event)
        session().flush()
        for need in session().scalars(select(PlanNeed).where(PlanNeed.event_id == event.id)):
            need.at_once = 20 if need.part == "T" else 3
        choose_way(organizer, session().get_one(Track, world.exam_track_a), Way.TOGETHER)
        work_out(organizer, event, words, names)
    theory, early_practice, late_practice = parts(event.id)
    with transaction():
        origin = problem_of(event).origin
        for item, start in ((theory, 9), (early_practice, 8), (late_practice, 14)):
            put_item(
                session().get_one(PlanItem, item), world.room_a, origin + start * HOUR * MINUTE
            )
        late = add_entries(session().get_one(Track, world.exam_track_a), world.unit1_a, 1)
        keys = {one.id for one in late}
    again(organizer, event)

    joined = select(PlanMember.item_id).where(PlanMember.entry_id.in_(keys))
    assert set(session().scalars(joined)) == {theory, late_practice}


def parts(event_id):
    """The theory, then the practice sessions by number."""
    found = session().scalars(select(PlanItem).where(PlanItem.event_id == event_id)).all()
    ordered = sorted(found, key=lambda one: (one.part != "T", one.key))
    return [one.id for one in ordered]


def test_choosing_asks_as_many_questions_for_forty_entries_as_for_six(three_at_once, world):
    session().rollback()
    with count_queries() as few:
        choice_of(session().get_one(Track, world.track_a))
    with transaction():
        add_entries(session().get_one(Track, world.track_a), world.unit1_a, 34)
    session().rollback()

    with count_queries() as many:
        choice_of(session().get_one(Track, world.track_a))

    assert len(many) == len(few)


def test_where_the_same_person_is_busy_in_another_event_is_known(planned, world):
    contest = planned("competition_a")
    exam = session().get_one(Event, world.exam_a)
    item = session().scalars(select(PlanItem).where(PlanItem.track_id == world.track_a)).one()
    with transaction():
        both = select(Member).where(Member.entry_id == world.ids["entry1_a"])
        mine = select(Member).where(Member.entry_id == world.ids["candidate1_a"])
        person = session().scalars(both.order_by(Member.position)).first().person_id
        session().scalars(mine).one().person_id = person
        held = put_item(item, world.room_a, problem_of(contest).origin + 9 * HOUR * MINUTE)
        key, starts = held.id, held.starts_at

    found = elsewhere_of(exam)

    at = minute_of(origin_of(exam.starts_on), starts)
    assert found == {world.ids["candidate1_a"]: {key: Span(at, at + 240)}}


def test_stations_are_drawn_in_the_session_an_entry_was_dealt_to(organizer, three_at_once, world):
    choose(organizer, world.track_a, Way.TOGETHER)
    again(organizer, three_at_once)
    first, second = session().scalars(select(PlanItem).where(PlanItem.track_id == world.track_a))
    origin = problem_of(three_at_once).origin
    with transaction():
        put_item(first, world.room_a, origin + 9 * HOUR * MINUTE)
    draw(organizer, world.track_a)
    assert len(session().scalars(select(Placement)).all()) == 3
    with transaction():
        put_item(session().get_one(PlanItem, second.id), world.room_a, origin + 14 * HOUR * MINUTE)
    draw(organizer, world.track_a)

    placed = {one.entry_id: one.session_id for one in session().scalars(select(Placement))}
    assert placed == sessions_dealt(world.track_a, "")


def draw(actor, track_id):
    with transaction():
        dealt = sessions_dealt(track_id, "")
        draw_stations(actor, session().get_one(Track, track_id), "", dealt)
