"""What happens on the floor: numbers drawn by three custodians, incidents and their decisions."""

import json
from math import cos, sin

from eventsys import clock
from eventsys.db import session
from eventsys.demo.contest import Contest
from eventsys.demo.founding import account, acting
from eventsys.draws.actions import commit_seed, draw_numbers
from eventsys.draws.queries import free_stations, stations_now
from eventsys.draws.rules import Level, in_order
from eventsys.draws.signing import CUSTODIAN, WITNESS, sign_minute
from eventsys.events.models import Track
from eventsys.incidents.actions import (
    Note,
    Whereabouts,
    decide,
    record_incident,
    stop_clock,
    take_note,
)
from eventsys.incidents.models import Incident
from eventsys.incidents.queries import sessions_in
from eventsys.incidents.rules import DecisionFacts, IncidentFacts
from eventsys.incidents.states import Effect, IncidentKind, Receipt

RULE = "竞赛规程第八条第（三）款"
FAILURE_SECONDS = 12 * 60


def strokes(turn: int) -> str:
    """A signature drawn with the finger, a little different each time."""
    loops = [
        [
            round(150 + 9 * n + 46 * cos(n * 0.42 + turn)),
            round(215 + 4 * turn + (85 - n) * sin(n * 0.42 + turn)),
        ]
        for n in range(68)
    ]
    line = [[170 + 12 * n, round(335 - 0.6 * n - 7 * sin(n * 0.1))] for n in range(48)]
    return json.dumps([loops, line])


def draw_level(track: Track, level: Level, keeper: str, witness: str) -> None:
    """One level by its own keeper before a supervisor; both sign the minute on the spot."""
    drawn = draw_numbers(acting(keeper), track, level, account(witness))
    for turn, part in enumerate((CUSTODIAN, WITNESS)):
        sign_minute(acting(keeper), drawn, part, strokes(turn))


def commit(track: Track) -> None:
    """The seeds of all levels are fixed, and their commitments published, before any draw."""
    commit_seed(acting("jiami"), track)


class Floor:
    """The hours of a contest at the stations, as the floor judge and the chief judge live them."""

    def __init__(self, contest: Contest, track: Track, day: int) -> None:
        self.contest, self.track, self.day = contest, track, day
        self.stations = in_order(stations_now(track.id).values())
        self.held = sessions_in(track.id)[0]

    def failure(self) -> None:
        """A machine stands still for twelve minutes; the time is given back."""
        with clock.playing(self.contest.moment(self.day, 10, 5)):
            facts = IncidentFacts(
                IncidentKind.EQUIPMENT,
                clock.now(),
                description="主轴报警停机，技术支持复位后恢复，非选手操作所致",
                own_fault=False,
            )
            found = self._record(self.stations[2], facts)
        with clock.playing(self.contest.moment(self.day, 10, 17)):
            stop_clock(acting("xianchang"), found)
            self._sign(found)
        with clock.playing(self.contest.moment(self.day, 10, 25)):
            self._decide(found, DecisionFacts(Effect.ADDED_TIME, RULE, seconds=FAILURE_SECONDS))

    def warning(self) -> None:
        """Somebody talks to a neighbour and is warned; nothing else follows."""
        with clock.playing(self.contest.moment(self.day, 10, 40)):
            facts = IncidentFacts(
                IncidentKind.WARNING,
                clock.now(),
                description="与相邻工位选手交谈，经提醒后停止",
                violation="discipline",
            )
            found = self._record(self.stations[5], facts)
            self._sign(found)
        with clock.playing(self.contest.moment(self.day, 10, 50)):
            self._decide(found, DecisionFacts(Effect.NONE, RULE))

    def spare_station(self) -> None:
        """A machine cannot be mended: the contestant goes on at a spare station."""
        with clock.playing(self.contest.moment(self.day, 11, 20)):
            free = [one for one in free_stations(self.track.id) if one.startswith("备")]
            facts = IncidentFacts(
                IncidentKind.SPARE_STATION,
                clock.now(),
                description="刀库卡刀无法现场修复，启用备用工位",
                to_station=free[0],
                witness_id=account("jiandu").id,
            )
            found = self._record(self.stations[8], facts)
            self._sign(found)
        with clock.playing(self.contest.moment(self.day, 11, 45)):
            self._decide(found, DecisionFacts(Effect.ADDED_TIME, RULE, seconds=FAILURE_SECONDS))

    def undecided(self) -> None:
        """A late report waits for the chief judge."""
        with clock.playing(self.contest.moment(self.day, 12, 30)):
            facts = IncidentFacts(
                IncidentKind.VIOLATION,
                clock.now(),
                description="装夹时未戴防护眼镜，经提醒后佩戴",
                violation="safety",
            )
            self._sign(self._record(self.stations[6], facts))

    def _record(self, station: str, facts: IncidentFacts) -> Incident:
        where = Whereabouts(f"demo-{station}-{facts.kind}", self.held.id, station)
        return record_incident(acting("xianchang"), self.track, where, facts)

    def _sign(self, found: Incident) -> None:
        take_note(acting("xianchang"), found, Note(Receipt.SIGNED, strokes(found.number)))

    def _decide(self, found: Incident, facts: DecisionFacts) -> None:
        session().refresh(found)
        decide(acting("caipanzhang"), found, facts, seen_version=0)
