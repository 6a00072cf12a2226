"""What the plan editor's scripts are told: cards and columns, answers to moves, all in words."""

import hashlib
import json
import zlib
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from flask_babel import format_date, gettext

from blueprints.language import named
from blueprints.web import me, words
from eventsys.errors import N_
from eventsys.events.models import Event
from eventsys.identity.policy import Actor
from eventsys.plans import move_queries as queries
from eventsys.plans.minutes import clock_time
from eventsys.plans.models import PlanItem
from eventsys.plans.move_actions import Made
from eventsys.plans.move_queries import Busy, Card, Grid
from eventsys.plans.moves import AsksFirst, DoesNotFit, Verdict, Where
from eventsys.plans.states import MoveKind
from eventsys.timetable.board import Board
from eventsys.timetable.clash_words import told
from eventsys.timetable.rules import DAY, Clash, Severity

BUCKETS = 16
TONES = 8
NEWS_TEXTS: Mapping[MoveKind, str] = {
    MoveKind.PLACED: N_("%(who)s placed %(name)s: %(where)s."),
    MoveKind.MOVED: N_("%(who)s moved %(name)s: %(where)s."),
    MoveKind.LIFTED: N_("%(who)s put %(name)s back into the tray."),
    MoveKind.SEATED: N_("%(who)s changed stations in %(name)s."),
}
PLAN_CHANGED = N_("%(who)s changed the plan.")

Row = list[Any]


# ---- the whole picture


def days_of(event: Event) -> list[str]:
    """The days of an event as people call them."""
    number = (event.ends_on - event.starts_on).days + 1
    return [day_name(event, n) for n in range(number)]


def day_name(event: Event, number: int) -> str:
    """One day of an event: its date and the day of the week."""
    return format_date(event.starts_on + timedelta(days=number), gettext("EEE, MMM d"))


def facts_of(event: Event, grid: Grid, shifts: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """What the picture is drawn on: rooms, days, shifts, tracks, and what others have taken."""
    return {
        "columns": [
            {
                "id": one.id,
                "name": one.name,
                "venue": one.venue_id,
                "venue_name": one.venue,
                "holds": one.holds,
            }
            for one in grid.columns
        ],
        "days": [{"label": one} for one in days_of(event)],
        "slots": [
            {
                "at": one["day"] * DAY + one["starts"],
                "minutes": one["ends"] - one["starts"],
                "name": one["name"],
            }
            for one in shifts
        ],
        "tracks": {
            one.id: {"name": named(one), "tone": n % TONES} for n, one in enumerate(event.tracks)
        },
        "busy": [
            {"room": one.room, "at": one.at, "minutes": one.minutes, "what": busy_words(one)}
            for one in grid.busy
        ],
    }


def busy_words(busy: Busy) -> str:
    """Why a room is not free."""
    if not busy.is_closed:
        return busy.what
    return gettext("Closed: %(reason)s", reason=busy.what) if busy.what else gettext("Closed")


def mark_of(facts: Mapping[str, Any]) -> str:
    """A digest: the page says which facts it has."""
    text = json.dumps(facts, ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def row_of(card: Card) -> Row:
    """A card as the page keeps it; the order is that of ``plan_model.js``."""
    return [
        card.id,
        card.name,
        card.track_id,
        card.part,
        card.minutes,
        card.size,
        int(card.is_fixed),
        card.session_id,
        card.room,
        card.at,
        card.sitting,
        card.serving,
    ]


def changed_rows(rows: Sequence[Row], sums: str) -> tuple[list[Row], list[int]]:
    """The rows of the buckets whose sums differ from the page's, and those buckets."""
    has = [0] * BUCKETS
    for row in rows:
        text = json.dumps(row, ensure_ascii=False, separators=(",", ":"))
        has[row[0] % BUCKETS] += zlib.crc32(text.encode())
    ours = [f"{one & 0xFFFFFFFF:x}" for one in has]
    theirs = sums.split(".")
    if len(theirs) != BUCKETS:
        return list(rows), list(range(BUCKETS))
    buckets = [n for n in range(BUCKETS) if ours[n] != theirs[n]]
    return [row for row in rows if row[0] % BUCKETS in buckets], buckets


# ---- moves in words


class Rooms:
    """What places are called, in an event."""

    def __init__(self, event: Event, grid_columns: Sequence[queries.Column] | None = None) -> None:
        self.event = event
        known = queries.columns() if grid_columns is None else grid_columns
        self.names = {one.id: one.name for one in known}

    def words(self, where: Where | None) -> str:
        """A room and a time, or the tray."""
        if where is None:
            return gettext("the tray")
        return gettext(
            "%(room)s, %(day)s %(time)s",
            room=self.names.get(where.room, "?"),
            day=day_name(self.event, where.at // DAY),
            time=clock_time(where.at % DAY),
        )

    def laid(self, plain: dict[str, Any]) -> str:
        """The same, of what a move wrote down."""
        return self.words(queries.lay_at(self.event, plain))


def history_of(event: Event, actor: Actor, rooms: Rooms) -> dict[str, str | None]:
    """What one's own undo and redo would do."""
    undo = queries.last_own(event, actor.user_id or 0, back=True)
    redo = queries.last_own(event, actor.user_id or 0, back=False)
    names = queries.names_of(event.id, (undo, redo))
    back, again = (
        gettext("Undo: %(name)s back to %(where)s"),
        gettext("Repeat: %(name)s to %(where)s"),
    )
    return {
        "undo": back % {"name": names[undo.item_id], "where": rooms.laid(undo.before)}
        if undo
        else None,
        "redo": again % {"name": names[redo.item_id], "where": rooms.laid(redo.after)}
        if redo
        else None,
    }


def news_of(
    event: Event, since: int, actor: Actor, rooms: Rooms, cards: Sequence[Card]
) -> list[str]:
    """What others did since a revision."""
    names = {one.id: one.name for one in cards}
    return [
        gettext(NEWS_TEXTS.get(move.kind, PLAN_CHANGED))
        % {
            "who": move.by,
            "name": names.get(move.item_id or 0, "?"),
            "where": rooms.laid(move.after),
        }
        for move in queries.moves_after(event.id, since)
        if move.by_id != actor.user_id
    ]


def done(event: Event, made: Made, item: PlanItem) -> dict[str, Any]:
    """The answer to a move that was made; ``clashes`` are those of its item, if they are known."""
    rooms = Rooms(event)
    return {
        "card": row_of(queries.cards_of(event, item.id)[0]),
        "number": made.move.number,
        "clashes": _clashes_there(made, item),
        "history": history_of(event, me(), rooms),
        "words": gettext(
            "%(name)s: %(where)s.", name=item.name, where=rooms.words(queries.where_is(item))
        ),
    }


def _clashes_there(made: Made, item: PlanItem) -> list[dict[str, Any]] | None:
    """What is wrong with an item where it lies now; in the tray nothing is."""
    if item.session_id is None:
        return []
    if made.found is None or made.found.after is None or made.found.board is None:
        return None
    return clash_rows(made.found.after, made.found.board)


def clash_rows(found: Sequence[Clash], board: Board) -> list[dict[str, Any]]:
    """Clashes with the items they concern, of those that lie somewhere."""
    placed = board.placed.keys()
    return [
        {
            "items": sorted(placed & set(one.items)),
            "severity": one.severity,
            "words": told(board, one, gettext),
        }
        for one in found
        if one.severity is not Severity.NOTE and not placed.isdisjoint(one.items)
    ]


def refused(refusal: DoesNotFit | AsksFirst) -> dict[str, Any]:
    """The answer to a move that cannot be made, or only after a yes."""
    answer: dict[str, Any] = {"message": words(refusal), "words": reasons(refusal)}
    if isinstance(refusal, AsksFirst):
        answer["keys"] = refusal.keys
    return answer


def reasons(refusal: DoesNotFit | AsksFirst) -> list[str]:
    """Everything that speaks against a move, and what happens to people besides."""
    asked = refusal.questions if isinstance(refusal, AsksFirst) else ()
    return [*clash_lines(refusal.clashes, refusal.board), *map(words, asked)]


def verdict_words(verdict: Verdict) -> dict[str, Any]:
    """What a place would mean."""
    lines = clash_lines([*verdict.hindrances, *verdict.warnings], verdict.board)
    severity = "block" if verdict.hindrances else "warn" if verdict.warnings else "ok"
    if verdict.questions and severity == "ok":
        severity = "warn"
    return {"severity": severity, "words": [*lines, *map(words, verdict.questions)]}


def clash_lines(clashes: Sequence[Clash], board: Board | None) -> list[str]:
    """A sentence for every clash."""
    return [told(board, one, gettext) for one in clashes] if board else []
