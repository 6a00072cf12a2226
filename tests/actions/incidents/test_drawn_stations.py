"""Incidents where stations were drawn by lot: by station number only, moves before a supervisor."""

from decimal import Decimal

import pytest

from eventsys import clock
from eventsys.db import session, transaction
from eventsys.draws.queries import entry_at_station, free_stations, moves_of, stations_now
from eventsys.draws.rules import Level
from eventsys.incidents import actions, queries, rules
from eventsys.incidents.actions import Whereabouts
from eventsys.incidents.models import Incident
from eventsys.incidents.rules import DecisionFacts, Effects, IncidentFacts
from eventsys.incidents.states import Effect, IncidentKind
from tests.competition_room import acting, decided, happened, hold_session, noted, op, track_of
from tests.levels import come, draw_level, use_levels

FIVE_OFF = DecisionFacts(Effect.POINTS_OFF, "规程第十二条第一款", points=Decimal(5))


@pytest.fixture
def drawn(inside, world):
    """Of three levels two are drawn; the session and the station numbers in order."""
    held = hold_session(world)
    use_levels(world, 3)
    come(world)
    draw_level(world, Level.CONTEST)
    draw_level(world, Level.STATION)
    return held, sorted(stations_now(world.track_a))


def moving(to: str, **more: object) -> IncidentFacts:
    return IncidentFacts(
        IncidentKind.SPARE_STATION,
        clock.now(),
        description="主轴故障无法修复",
        to_station=to,
        **more,
    )


def test_the_effect_reaches_the_entry_behind_the_drawn_station(world, drawn):
    held, stations = drawn
    behind = entry_at_station(world.track_a, stations[2])
    key = happened(world, held, stations[2])
    noted(key)
    decided(key, FIVE_OFF)

    assert queries.effects_of(world.track_a) == {behind: Effects(Decimal(5))}


def test_tickets_are_refused_where_stations_are_drawn(world, drawn):
    where = Whereabouts(op(), drawn[0], ticket="track-001")

    with pytest.raises(rules.StationOnly), transaction():
        actions.record_incident(acting("floor_a"), track_of(world), where, moving("10"))


def test_a_spare_station_is_taken_before_a_supervisor_and_kept_by_the_draw(world, drawn):
    held, stations = drawn
    behind, free = entry_at_station(world.track_a, stations[0]), free_stations(world.track_a)[0]
    where = Whereabouts(op(), held, stations[0])
    with pytest.raises(rules.MoveUnwitnessed), transaction():
        actions.record_incident(acting("floor_a"), track_of(world), where, moving(free))
    with transaction():
        facts = moving(free, witness_id=world.supervisor_a)
        actions.record_incident(acting("floor_a"), track_of(world), where, facts)
    later = happened(world, held, free)

    assert [(one.number, one.to_number) for one in moves_of(world.track_a)] == [(stations[0], free)]
    assert session().get_one(Incident, later).entry_id == behind
