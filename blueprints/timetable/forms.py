"""Forms of the timetable."""

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
from eventsys.events.rules import ExamRules
from eventsys.timetable.actions import SessionFacts
from eventsys.timetable.models import Room, Session

NEEDED = InputRequired(_("Fill in this field."))


class SessionForm(WebForm):
    """When and where a session is; one day, as people plan it."""

    name = StringField(_("Session name"), [NEEDED, Length(max=40)])
    part = SelectField(_("Part of the exam"), choices=[], validate_choice=False)
    room = SelectField(_("Room"), [NEEDED], coerce=int, choices=[])
    on = DateField(_("Day"), [NEEDED])
    starts_at = TimeField(_("Starts at"), [NEEDED])
    ends_at = TimeField(_("Ends at"), [NEEDED])

    def offer(self, track: Track, rooms: list[Room]) -> None:
        """The rooms of the group, and for an exam its parts."""
        self.room.choices = [(room.id, f"{room.venue.name} · {room.name}") for room in rooms]
        rules = track.rules
        if isinstance(rules, ExamRules):
            self.part.choices = [(one.code, named(one)) for one in rules.parts]
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
    """The parts of a track with their names; what has no parts has one without a name."""
    rules = track.rules
    if isinstance(rules, ExamRules):
        return {one.code: named(one) for one in rules.parts}
    return {"": gettext("Stations")}
