"""What the page of a room's stations is told: columns, sessions, who sits where, and what clashes.

Of an entry it shows what the seat map shows: ticket number, name, unit and planned station. Numbers
that were drawn are never here.
"""

from collections.abc import Sequence
from typing import Any

from flask_babel import gettext
from sqlalchemy import select

from blueprints.language import named
from blueprints.plans.editor_view import TONES, busy_words, mark_of
from blueprints.web import me
from eventsys.db import session
from eventsys.events.models import Event
from eventsys.plans import move_queries as queries
from eventsys.plans.models import PlanMove
from eventsys.plans.move_actions import Made
from eventsys.plans.move_queries import SEATINGS
from eventsys.plans.problem import problem_of
from eventsys.plans.queries import settings_seen
from eventsys.plans.seat_moves import Seating
from eventsys.plans.seat_queries import RoomDay, day_of, room_day
from eventsys.registration.models import Entry
from eventsys.registration.rules import EntryState
from eventsys.timetable.board import Board
from eventsys.timetable.clash_words import told
from eventsys.timetable.clashes import clashes_on
from eventsys.timetable.models import Room, Session, Station
from eventsys.timetable.rules import DAY, ClashKind, Plan, Severity

OF_SEATS = frozenset(
    {
        ClashKind.STATION_TAKEN,
        ClashKind.STATION_FAULTY,
        ClashKind.STATION_VENDOR,
        ClashKind.STATION_ELSEWHERE,
        ClashKind.SEATED_TWICE,
        ClashKind.NEIGHBOUR_UNIT,
        ClashKind.NEIGHBOUR_CLASS,
        ClashKind.NEIGHBOUR_PAPER,
    }
)
Told = dict[str, Any]


def picture_of(event: Event, room: Room, day: int, known: str = "", since: int = 0) -> Told:
    """A room on a day, as its page draws it; without ``mark`` it is what the page knows already."""
    found, settings = room_day(event, room, day), settings_seen(event)
    facts = _facts(event, room, day, found) | {"number": settings.revision}
    mark = mark_of(facts)
    if mark == known:
        return {"mark": None}
    return facts | {
        "mark": mark,
        "clashes": _clashes(event, found),
        "history": history_of(event, room),
        "news": _news(event, since) if since else [],
    }


def _facts(event: Event, room: Room, day: int, found: RoomDay) -> Told:
    tones = {one.id: n % TONES for n, one in enumerate(event.tracks)}
    return {
        "stations": [
            {"id": one.id, "label": one.label, "state": one.state.value, "vendor": one.vendor}
            for one in found.stations
        ],
        "sessions": [
            {
                "id": one.session.id,
                "name": one.session.name,
                "track": named(one.session.track),
                "tone": tones[one.session.track_id],
                "at": one.at - day * DAY,
                "minutes": one.minutes,
            }
            for one in found.held
        ],
        "busy": [
            {"at": max(0, one.at - day * DAY), "minutes": one.minutes, "what": busy_words(one)}
            for one in queries.busy_of(event, room.id)
            if one.at < (day + 1) * DAY and one.at + one.minutes > day * DAY
        ],
        "cards": [
            [
                one.session,
                one.entry.id,
                one.entry.number,
                one.entry.label,
                one.entry.unit.name,
                one.station,
                int(one.entry.state is not EntryState.APPROVED),
            ]
            for one in found.guests
        ],
    }


def _clashes(event: Event, found: RoomDay) -> list[Told]:
    """What is wrong with the seats, and at which cards."""
    problem = problem_of(event, near=found.near)
    board = Board(problem, problem.present or Plan())
    session_of = {one.item: one.session.id for one in found.held}
    shown = {(one.session, one.entry.id) for one in found.guests if one.station is not None}
    return [
        {
            "cards": [
                f"{held}-{entry}"
                for held in map(session_of.get, one.items)
                for entry in one.entries
                if (held, entry) in shown
            ],
            "severity": one.severity,
            "words": told(board, one, gettext),
        }
        for one in clashes_on(board)
        if one.kind in OF_SEATS and one.severity is not Severity.NOTE
    ]


# ---- moves in words


def history_of(event: Event, room: Room) -> dict[str, str | None]:
    """What one's own undo and redo would do among the stations of a room."""
    user_id = me().user_id or 0
    undo = queries.last_own(event, user_id, back=True, room=room.id)
    redo = queries.last_own(event, user_id, back=False, room=room.id)
    names = _Names(
        [*(one.before for one in (undo,) if one), *(one.after for one in (redo,) if one)]
    )
    back, again = (
        gettext("Undo: no. %(number)s back to %(where)s"),
        gettext("Repeat: no. %(number)s to %(where)s"),
    )
    return {
        "undo": back % names.of(undo.before) if undo else None,
        "redo": again % names.of(redo.after) if redo else None,
    }


class _Names:
    """Whom some moves were about, and where to: numbers of entries, labels of stations."""

    def __init__(self, states: Sequence[dict[str, Any]]) -> None:
        movers = [next(iter(Seating.read(one).seats.items())) for one in states]
        numbers = select(Entry.id, Entry.number).where(Entry.id.in_([one for one, _to in movers]))
        labels = select(Station.id, Station.label).where(
            Station.id.in_([to for _one, to in movers if to is not None])
        )
        self.numbers = {row[0]: row[1] for row in session().execute(numbers)}
        self.labels = {row[0]: row[1] for row in session().execute(labels)}

    def of(self, state: dict[str, Any]) -> dict[str, str]:
        """The number, and the place in words."""
        entry, to = next(iter(Seating.read(state).seats.items()))
        where = gettext("the tray")
        if to is not None:
            where = gettext("station %(label)s", label=self.labels.get(to, "?"))
        return {"number": f"{self.numbers.get(entry, 0):03d}", "where": where}


def _news(event: Event, since: int) -> list[str]:
    """Who else changed stations since a revision."""
    who = {
        move.by
        for move in queries.moves_after(event.id, since)
        if move.kind in SEATINGS and move.by_id != me().user_id
    }
    return [gettext("%(who)s changed stations meanwhile.", who=one) for one in sorted(who)]


def done(event: Event, room: Room, day: int, move: PlanMove) -> Told:
    """The answer to a move that was made: the picture of the day, and where the mover sits."""
    state = Seating.read(move.after)
    entry = next(iter(state.seats))
    held = session().get_one(Session, state.session)
    return {
        "picture": picture_of(event, room, day),
        "day": day_of(event, held),
        "card": f"{held.id}-{entry}",
        "words": gettext("No. %(number)s: %(where)s.", **_Names([move.after]).of(move.after)),
    }


def stepped(event: Event, room: Room, day: int, made: Made) -> Told:
    """The same for a step back or forth."""
    return done(event, room, day, made.move)
