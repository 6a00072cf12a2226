"""What the plan editor is sent: moves from its scripts, and from a form that needs none."""

import re
import uuid
from collections.abc import Sequence
from datetime import time, timedelta
from typing import Any

from flask import request
from flask_babel import gettext
from wtforms import HiddenField, SelectField, TimeField
from wtforms.validators import InputRequired, Length, Optional

from blueprints.plans.editor_view import days_of, reasons
from blueprints.web import GREATEST_KEY, WebForm, _
from eventsys.errors import N_, DomainError, RuleBroken
from eventsys.events.models import Event
from eventsys.plans import move_queries as queries
from eventsys.plans.models import PlanItem
from eventsys.plans.moves import AsksFirst, DoesNotFit, Move, NotAPlace, Where
from eventsys.plans.seat_moves import SeatMove
from eventsys.timetable.rules import DAY

OPERATION = re.compile(r"[0-9a-f-]{8,40}")
LATEST = 60 * DAY
MOST_KEYS, LONGEST_KEY = 200, 80
IN_TRAY = "0"


class MoveUnfit(RuleBroken):
    message = N_("The page sent something that cannot be read. Reload it and try again.")


def body() -> dict[str, Any]:
    """The JSON that was sent, if it is one."""
    try:
        found = request.get_json(silent=True)
    except RecursionError as nested:
        raise MoveUnfit from nested
    if not isinstance(found, dict):
        raise MoveUnfit
    return found


def operation(given: dict[str, Any]) -> str:
    """The page's own name for a move."""
    op = given.get("op")
    if not isinstance(op, str) or not OPERATION.fullmatch(op):
        raise MoveUnfit
    return op


def agreed(given: dict[str, Any]) -> frozenset[str]:
    """The warnings somebody said yes to."""
    keys = given.get("agreed", [])
    if not isinstance(keys, list) or len(keys) > MOST_KEYS:
        raise MoveUnfit
    return frozenset(str(one)[:LONGEST_KEY] for one in keys)


def where(given: object) -> Where | None:
    """A place: a room and a minute, both empty in the tray."""
    if not isinstance(given, dict):
        raise MoveUnfit
    room, at = given.get("room"), given.get("at")
    if room is None and at is None:
        return None
    if type(room) is not int or type(at) is not int:
        raise MoveUnfit
    if not 0 < room <= GREATEST_KEY or not -LATEST <= at <= LATEST:
        raise NotAPlace
    return Where(room, at)


def move() -> Move:
    """The move in the body."""
    given = body()
    return Move(operation(given), where(given.get("seen")), where(given.get("to")), agreed(given))


def seat_move() -> SeatMove:
    """The move of an entry in the body: where it sat, and which station it gets."""
    given = body()
    entry = _key(given.get("entry"))
    if entry is None:
        raise MoveUnfit
    seen, to = _key(given.get("seen")), _key(given.get("to"))
    return SeatMove(operation(given), entry, seen, to, agreed(given))


def _key(given: object) -> int | None:
    if given is None:
        return None
    if type(given) is not int or not 0 < given <= GREATEST_KEY:
        raise MoveUnfit
    return given


class NotInTray(Optional):
    """A time may be left out for the tray; elsewhere the move itself asks for it."""

    def __init__(self) -> None:
        super().__init__()
        self.field_flags = {"needed_at_times": True}


class ConsentForm(WebForm):
    """A form whose refusal may ask something; ``consent`` is the button that says yes."""

    keys = HiddenField(validators=[Length(max=MOST_KEYS * LONGEST_KEY)])

    reasons: Sequence[str] = ()
    asks = False

    def agreed(self) -> frozenset[str]:
        """What was said yes to."""
        return frozenset((self.keys.data or "").split() if "consent" in request.form else [])

    def refuse(self, refusal: DomainError) -> None:
        """Say why, and what a yes would agree to."""
        super().refuse(refusal)
        if isinstance(refusal, DoesNotFit | AsksFirst):
            self.reasons = reasons(refusal)
        if isinstance(refusal, AsksFirst):
            self.asks, self.keys.data = True, " ".join(refusal.keys)


class MoveForm(ConsentForm):
    """Where an item goes: a room, a day, a time, or the tray; all without scripts."""

    room = SelectField(_("Room"), choices=[], coerce=str)
    on = SelectField(_("Day"), choices=[], coerce=int)
    starts = TimeField(_("Starts at"), [NotInTray()])
    op = HiddenField(validators=[InputRequired(), Length(max=40)])
    seen = HiddenField(validators=[Length(max=40)])

    def offer(self, event: Event) -> None:
        """The rooms of the group and the days of the event."""
        rooms = [(str(one.id), f"{one.venue} · {one.name}") for one in queries.columns()]
        self.room.choices = [(IN_TRAY, gettext("Tray: no room and time")), *rooms]
        self.on.choices = list(enumerate(days_of(event)))

    def show(self, item: PlanItem) -> None:
        """Fill in where the item lies."""
        now = queries.where_is(item)
        self.op.data, self.keys.data = str(uuid.uuid4()), ""
        self.seen.data = f"{now.room}:{now.at}" if now else ""
        self.room.data = str(now.room) if now else IN_TRAY
        self.on.data = now.at // DAY if now else 0
        if now:
            self.starts.data = time(now.at % DAY // 60, now.at % 60)

    def given(self) -> Move:
        """The move as the action takes it."""
        if not OPERATION.fullmatch(self.op.data or ""):
            raise MoveUnfit
        return Move(self.op.data or "", self._seen(), self._to(), self.agreed())

    def _seen(self) -> Where | None:
        found = re.fullmatch(r"(\d{1,16}):(-?\d{1,8})", self.seen.data or "")
        return Where(int(found[1]), int(found[2])) if found else None

    def _to(self) -> Where | None:
        if self.room.data == IN_TRAY:
            return None
        starts = self.starts.data
        if starts is None:
            raise NotAPlace
        minutes = timedelta(hours=starts.hour, minutes=starts.minute) // timedelta(minutes=1)
        return Where(int(self.room.data or 0), int(self.on.data or 0) * DAY + minutes)
