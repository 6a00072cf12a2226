"""Forms of the timetable."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from flask_babel import gettext
from wtforms import (
    DateField,
    HiddenField,
    SelectField,
    StringField,
    TimeField,
)
from wtforms.validators import InputRequired, Length

from blueprints.language import named
from blueprints.numbers import WholeNumberField
from blueprints.web import WebForm, _
from eventsys import clock
from eventsys.events.models import Track
from eventsys.timetable.actions import SessionFacts
from eventsys.timetable.models import Room, Session
from eventsys.timetable.parts import WHOLE, part_codes, parts_of

NEEDED = InputRequired(_("Fill in this field."))


class SessionForm(WebForm):
    """When and where a session is; one day, as people plan it."""

    name = StringField(_("Session name"), [NEEDED, Length(max=40)])
    part = SelectField(_("Part or module"), choices=[], validate_choice=False)
    room = SelectField(_("Room"), [NEEDED], coerce=int, choices=[])
    on = DateField(_("Day"), [NEEDED])
    starts_at = TimeField(_("Starts at"), [NEEDED])
    ends_at = TimeField(_("Ends at"), [NEEDED])

    def offer(self, track: Track, rooms: list[Room]) -> None:
        """The rooms of the group, and for an exam its parts."""
        self.room.choices = [(room.id, f"{room.venue.name} · {room.name}") for room in rooms]
        names = part_names(track)
        if len(names) > 1 or WHOLE not in names:
            self.part.choices = [(code, name) for code, name in names.items()]
        else:
            del self.part

    def show(self, held: Session) -> None:
        """Fill in what a session is now."""
        starts, ends = clock.in_shanghai(held.starts_at), clock.in_shanghai(held.ends_at)
        self.name.data, self.room.data, self.on.data = held.name, held.room_id, starts.date()
        self.starts_at.data, self.ends_at.data = starts.time(), ends.time()
        if "part" in self:
            self.part.data = held.part

    def given(self) -> SessionFacts:
        """The session as the action takes it."""
        return SessionFacts(
            room_id=int(self.room.data or 0),
            name=self.name.data or "",
            starts_at=_moment(self.on, self.starts_at),
            ends_at=_moment(self.on, self.ends_at),
            part=self.part.data or "" if "part" in self else "",
        )


def _moment(day: Any, time: Any) -> datetime:
    """The moment two filled fields mean."""
    return clock.from_shanghai(datetime.combine(day.data, time.data))


class PlaceForm(WebForm):
    """Which entry goes to which station."""

    entry = WholeNumberField(validators=[NEEDED])
    station = WholeNumberField(validators=[NEEDED])


class DrawForm(WebForm):
    """A button, and which part of the exam it is for."""

    part = HiddenField(validators=[Length(max=5)])


def part_names(track: Track) -> dict[str, str]:
    """Whatever a session of a track may be for, with names: parts, modules, or the whole."""
    codes, parts = part_codes(track.rules), parts_of(track.rules)
    names = {one.code: named(one) for one in parts}
    whole = gettext("The whole competition") if parts else gettext("Stations")
    return {WHOLE: whole, **names} if WHOLE in codes else names


def parts_in_use(track: Track, used: Collection[str]) -> dict[str, str]:
    """The parts that have sessions, with names; a competition without any is held as a whole."""
    names = part_names(track)
    if WHOLE not in names:
        return names
    shown = {code: name for code, name in names.items() if code in used}
    if set(shown) <= {WHOLE}:
        return {WHOLE: gettext("Stations")}
    return shown
