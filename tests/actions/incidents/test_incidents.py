"""Recording, noting, deciding: who may, in which order, and what the computation is told."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from eventsys import clock
from eventsys.audit.models import AuditEntry
from eventsys.db import session, transaction
from eventsys.errors import Forbidden
from eventsys.incidents import actions, queries, rules
from eventsys.incidents.actions import Note, Whereabouts
from eventsys.incidents.models import Incident, IncidentDecision
from eventsys.incidents.rules import DecisionFacts, Effects, IncidentFacts
from eventsys.incidents.states import Effect, IncidentKind, Receipt
from eventsys.signatures.queries import signatures_of
from tests.competition_room import acting, decided, happened, hold_session, noted, op, track_of
from tests.judging import opened

STROKES = "[[[10,10],[400,300],[800,20]]]"
FIVE_OFF = DecisionFacts(Effect.POINTS_OFF, "规程第十二条第一款", points=Decimal(5))
CANCELLED = DecisionFacts(Effect.MODULE_CANCELLED, "规程第十二条第三款", module="A")


@pytest.fixture
def held(inside, world):
    return hold_session(world)


def one(key: int) -> Incident:
    return session().get_one(Incident, key)


def warning(**more: object) -> IncidentFacts:
    given = {"violation": "discipline", "description": "大声喧哗，经劝阻无效", **more}
    return IncidentFacts(kind=IncidentKind.WARNING, starts_at=clock.now(), **given)


def test_the_effects_reach_the_entries_that_sat_at_the_stations(world, held):
    for station, facts in (("01", FIVE_OFF), ("01", CANCELLED), ("04", FIVE_OFF)):
        key = happened(world, held, station)
        noted(key)
        decided(key, facts)
    harmless = happened(world, held, "02")
    noted(harmless)
    decided(harmless, DecisionFacts(Effect.NONE, "规程第十二条第一款"))

    assert queries.effects_of(world.track_a) == {
        world.entry1_a: Effects(Decimal(5), frozenset({"A"})),
        world.entry4_a: Effects(Decimal(5)),
    }


def test_only_the_latest_decision_counts_and_the_earlier_ones_stay_on_file(world, held):
    key = happened(world, held, "01")
    noted(key)
    decided(key, FIVE_OFF)
    with transaction():
        again = replace(CANCELLED, reason="复查录像后改判")
        actions.decide(acting("chief_a"), one(key), again, 1)

    assert queries.effects_of(world.track_a) == {
        world.entry1_a: Effects(cancelled_modules=frozenset({"A"}))
    }
    assert [made.effect for made in one(key).decisions] == [
        Effect.POINTS_OFF,
        Effect.MODULE_CANCELLED,
    ]


def test_an_incident_is_undecided_until_the_chief_judge_decides(world, held):
    key = happened(world, held, "01")
    with pytest.raises(rules.IncidentsUndecided) as refusal:
        actions.check_all_decided(world.track_a)
    assert refusal.value.facts == {"count": queries.undecided(world.track_a)} == {"count": 1}

    noted(key)
    decided(key, FIVE_OFF)

    actions.check_all_decided(world.track_a)
    assert queries.undecided(world.track_a) == 0


def test_the_same_tap_sent_twice_is_one_incident(world, held):
    where = Whereabouts(op(), held, "01")
    with transaction():
        first = actions.record_incident(acting("floor_a"), track_of(world), where, warning())
        again = actions.record_incident(acting("floor_a"), track_of(world), where, warning())

    assert again.id == first.id
    assert queries.last_number(world.track_a) == 1


def test_the_clock_runs_until_it_is_stopped_and_only_then_the_contestant_signs(world, held, at):
    start = clock.now().replace(microsecond=0)
    at(start)
    key = happened(world, held, "03", IncidentKind.EQUIPMENT, own_fault=False)
    assert one(key).ends_at is None
    with pytest.raises(rules.ClockRunning), transaction():
        actions.take_note(acting("floor_a"), one(key), Note(Receipt.ON_PAPER))

    at(start + timedelta(seconds=754))
    with transaction():
        actions.stop_clock(acting("floor_a"), one(key))

    assert one(key).lasted == 754
    with pytest.raises(rules.ClockStopped), transaction():
        actions.stop_clock(acting("floor_a"), one(key))


def test_what_was_noted_is_closed_and_its_signature_bears_no_name(world, held):
    key = happened(world, held, "01")
    with transaction():
        note = Note(Receipt.SIGNED, strokes=STROKES)
        actions.take_note(acting("floor_a"), one(key), note)

    (kept,) = signatures_of(actions.NOTED, key)
    assert (kept.name, kept.is_typed) == ("01", False)
    with pytest.raises(rules.RecordClosed), transaction():
        actions.describe(acting("floor_a"), one(key), "后来补写")


@pytest.mark.parametrize("second", ["", "甲现场裁判", "  甲现场裁判  "])
def test_a_refusal_to_sign_needs_a_second_floor_judge(world, held, second):
    key = happened(world, held, "01")

    with pytest.raises(rules.WitnessMissing), transaction():
        actions.take_note(acting("floor_a"), one(key), Note(Receipt.REFUSED, second_judge=second))


def test_a_witnessed_refusal_closes_the_record(world, held):
    key = happened(world, held, "01")
    with transaction():
        note = Note(Receipt.REFUSED, second_judge="乔现场裁判")
        actions.take_note(acting("floor_a"), one(key), note)

    assert (one(key).receipt, one(key).second_judge) == (Receipt.REFUSED, "乔现场裁判")


def test_nothing_is_decided_before_the_contestant_has_taken_note(world, held):
    key = happened(world, held, "01")

    with pytest.raises(rules.NotTakenNote):
        decided(key, FIVE_OFF)


def test_who_decides_on_an_outdated_page_is_told(world, held):
    key = happened(world, held, "01")
    noted(key)
    decided(key, FIVE_OFF)

    with pytest.raises(rules.DecidedMeanwhile):
        decided(key, CANCELLED)


def test_a_ticket_stands_for_the_station_where_there_is_one_level_of_anonymity(world, held):
    where = Whereabouts(op(), ticket="track-004")
    with transaction():
        made = actions.record_incident(acting("floor_a"), track_of(world), where, warning())

    assert (made.station, made.session_id, made.entry_id) == ("04", held, world.entry4_a)


def test_the_station_may_be_typed_without_its_leading_zero(world, held):
    where = Whereabouts(op(), held, "4")
    with transaction():
        made = actions.record_incident(acting("floor_a"), track_of(world), where, warning())

    assert (made.station, made.entry_id) == ("04", world.entry4_a)


@pytest.mark.parametrize(
    ("where", "refusal"),
    [
        ({"station": "07"}, rules.NobodyThere),
        ({"station": "01", "ticket": "track-001"}, rules.StationOrTicket),
        ({}, rules.StationOrTicket),
        ({"ticket": "team_track-001"}, rules.TicketUseless),
    ],
)
def test_a_station_without_anybody_or_a_foreign_ticket_is_refused(world, held, where, refusal):
    with pytest.raises(refusal), transaction():
        actions.record_incident(
            acting("floor_a"), track_of(world), Whereabouts(op(), held, **where), warning()
        )


def test_whoever_moved_to_a_spare_station_is_found_there_and_the_effects_follow(world, held):
    moved = happened(world, held, "02", IncidentKind.SPARE_STATION, to_station="10")
    later = happened(world, held, "10")
    noted(later)
    decided(later, FIVE_OFF)

    assert one(moved).to_session_id == held
    assert queries.effects_of(world.track_a) == {world.entry2_a: Effects(Decimal(5))}


@pytest.mark.parametrize(
    ("to", "refusal"), [("03", rules.StationTaken), ("77", rules.NoSuchStation)]
)
def test_a_move_leads_to_a_station_that_is_there_and_free(world, held, to, refusal):
    with pytest.raises(refusal):
        happened(world, held, "02", IncidentKind.SPARE_STATION, to_station=to)


def test_a_later_session_is_one_of_the_same_track(world, held):
    there = hold_session(world, name="下午场", offset=4)
    key = happened(
        world, held, "02", IncidentKind.LATER_BATCH, to_session_id=there, to_station="01"
    )

    assert (one(key).to_session_id, queries.entry_at(there, "01")) == (there, world.entry2_a)
    foreign = hold_session(world, "b")
    with pytest.raises(rules.MoveUnclear):
        happened(world, held, "03", IncidentKind.LATER_BATCH, to_session_id=foreign)


def test_the_second_time_is_counted_by_contestant_not_by_station(world, held):
    first = happened(world, held, "02")
    noted(first)
    decided(first, FIVE_OFF)
    happened(world, held, "02", IncidentKind.SPARE_STATION, to_station="10")
    second = happened(world, held, "10")

    assert [queries.times_before(one(key)) for key in (first, second)] == [0, 1]


def test_the_board_shows_added_time_and_running_clocks_by_station(world, held, at):
    start = clock.now()
    at(start)
    lost = happened(world, held, "05", IncidentKind.EQUIPMENT, own_fault=False)
    noted_key = happened(world, held, "01", IncidentKind.TIME_LOST, ends_at=start, starts_at=start)
    noted(noted_key)
    decided(noted_key, DecisionFacts(Effect.ADDED_TIME, "规程第九条补时", seconds=300))

    (first, second) = queries.board(one(lost).session)

    assert (first.station, first.added_seconds, first.running_since) == ("01", 300, None)
    assert first.ends_at == one(lost).session.ends_at + timedelta(seconds=300)
    assert (second.station, second.added_seconds, second.running_since) == ("05", 0, start)


def test_after_the_opening_nothing_is_recorded_or_decided_but_by_ruling(world, held):
    key = happened(world, held, "01")
    noted(key)
    decided(key, FIVE_OFF)
    opened(world)

    with pytest.raises(rules.MapIsOpen):
        happened(world, held, "02")
    with pytest.raises(rules.MapIsOpen), transaction():
        actions.decide(acting("chief_a"), one(key), replace(CANCELLED, reason="改判改判"), 1)
    with transaction():
        by = replace(CANCELLED, reason="仲裁委员会裁决")
        made = actions.decide_by_ruling(acting("supervisor_a"), one(key), by, "track-S01-1")
    assert (made.version, made.ruling) == (2, "track-S01-1")


@pytest.mark.parametrize("name", ["judge1_a", "leader1_a", "steward_a", "chief_a", "floor_b"])
def test_only_floor_judges_of_the_track_record(world, held, name):
    with pytest.raises(Forbidden), transaction():
        actions.record_incident(
            acting(name), track_of(world), Whereabouts(op(), held, "01"), warning()
        )


@pytest.mark.parametrize("name", ["judge1_a", "floor_a", "supervisor_a", "organizer_a", "chief_b"])
def test_only_the_chief_judge_of_the_track_decides(world, held, name):
    key = happened(world, held, "01")
    noted(key)

    with pytest.raises(Forbidden), transaction():
        actions.decide(acting(name), one(key), FIVE_OFF, 0)


def test_the_record_of_deeds_tells_neither_station_nor_entry(world, held):
    key = happened(world, held, "01")
    noted(key)
    decided(key, FIVE_OFF)

    deeds = select(AuditEntry).where(AuditEntry.deed.startswith("incident."))
    found = session().scalars(deeds.order_by(AuditEntry.sequence))

    assert [sorted(one.facts) for one in found] == [
        ["kind", "number"],
        ["how", "number"],
        ["effect", "number", "reason", "version"],
    ]


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE incident_decision SET points = 0",
        "DELETE FROM incident_decision",
        "UPDATE incident SET station = '09'",
        "DELETE FROM incident",
    ],
)
def test_the_database_keeps_decisions_and_what_was_noted(world, held, statement):
    key = happened(world, held, "01")
    noted(key)
    decided(key, FIVE_OFF)

    with pytest.raises(DBAPIError):
        session().execute(text(statement))
    session().rollback()
    assert session().scalar(select(IncidentDecision.points)) == Decimal(5)
