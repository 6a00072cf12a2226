"""Forms of venues, rooms, stations and their faults."""

from datetime import datetime
from typing import Any

from flask_babel import gettext
from wtforms import BooleanField, DateTimeLocalField, SelectField, StringField
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from blueprints.numbers import WholeNumberField
from blueprints.web import WebForm, _
from eventsys import clock
from eventsys.timetable.lots import LONGEST_PREFIX, ROW_MOST, STATIONS_AT_ONCE
from eventsys.timetable.models import Room, Venue
from eventsys.timetable.place_actions import RoomFacts
from eventsys.timetable.states import PURPOSE_LABELS, Purpose

NEEDED = InputRequired(_("Fill in this field."))
SIDE_BY_SIDE = NumberRange(1, ROW_MOST, _("Between 1 and 20."))
AT_ONCE = NumberRange(0, STATIONS_AT_ONCE, _("At most 200 at once."))
MINUTES = NumberRange(0, 600, _("Between 0 and 600 minutes."))
LOCAL = "%Y-%m-%dT%H:%M"


class VenueForm(WebForm):
    """A building or campus."""

    name = StringField(_("Venue name"), [NEEDED, Length(max=100)])
    address = StringField(_("Address"), [Length(max=200)])


class RoomForm(WebForm):
    """A room and its stations."""

    name = StringField(_("Room name"), [NEEDED, Length(max=100)])
    per_row = WholeNumberField(_("Stations side by side"), [NEEDED, SIDE_BY_SIDE], default=5)
    stations = WholeNumberField(_("Stations or seats"), [NEEDED, AT_ONCE], default=20)
    spare = WholeNumberField(_("Spare stations"), [Optional(), AT_ONCE], default=2)


class StationsForm(WebForm):
    """More stations for a room."""

    number = WholeNumberField(_("How many more"), [NEEDED, NumberRange(1, STATIONS_AT_ONCE)])
    prefix = StringField(_("Letters before the number"), [Length(max=LONGEST_PREFIX)])
    vendor = StringField(_("Make or type"), [Length(max=40)])
    is_spare = BooleanField(_("Keep these free in draws (spare stations)"))


class RoomFactsForm(WebForm):
    """What a room is for and what is in it."""

    name = StringField(_("Room name"), [NEEDED, Length(max=100)])
    purpose = SelectField(_("What the room is for"), [NEEDED], choices=[])
    seats = WholeNumberField(
        _("Seats without numbers"), [Optional(), NumberRange(0, 2000, _("At most 2000."))]
    )
    equipment = StringField(_("Equipment"), [Length(max=300)])
    reset_minutes = WholeNumberField(
        _("Minutes to reset between two sessions"), [NEEDED, MINUTES], default=0
    )
    per_row = WholeNumberField(_("Stations side by side"), [NEEDED, SIDE_BY_SIDE])

    def offer(self) -> None:
        """The purposes, in the reader's language."""
        self.purpose.choices = [(one.value, gettext(PURPOSE_LABELS[one])) for one in Purpose]

    def show(self, room: Room) -> None:
        """Fill in what the room is now."""
        self.process(obj=room)
        self.purpose.data = room.purpose.value

    def given(self) -> RoomFacts:
        """The room as the action takes it."""
        return RoomFacts(
            name=self.name.data or "",
            per_row=self.per_row.data or 1,
            purpose=Purpose(self.purpose.data),
            seats=self.seats.data,
            equipment=self.equipment.data or "",
            reset_minutes=self.reset_minutes.data or 0,
        )


class ClosureForm(WebForm):
    """When a room cannot be used."""

    starts_at = DateTimeLocalField(_("Closed from"), [NEEDED], format=LOCAL)
    ends_at = DateTimeLocalField(_("Open again from"), [NEEDED], format=LOCAL)
    reason = StringField(_("Why it is closed"), [Length(max=100)])

    def moments(self) -> tuple[datetime, datetime]:
        """Both moments, as written on a Shanghai clock."""
        return _moment(self.starts_at), _moment(self.ends_at)


def _moment(field: Any) -> datetime:
    return clock.from_shanghai(field.data)


class VendorForm(WebForm):
    """The make or type of some stations that stand in a row."""

    first = StringField(_("First station"), [NEEDED, Length(max=10)])
    last = StringField(_("Last station"), [NEEDED, Length(max=10)])
    vendor = StringField(_("Make or type"), [Length(max=40)])


class TravelForm(WebForm):
    """How long the way between two venues takes."""

    venue = SelectField(_("From"), [NEEDED], coerce=int, choices=[])
    other = SelectField(_("To"), [NEEDED], coerce=int, choices=[])
    minutes = WholeNumberField(_("Minutes"), [NEEDED, MINUTES], default=30)

    def offer(self, venues: list[Venue]) -> None:
        """The venues of the group."""
        self.venue.choices = self.other.choices = [(one.id, one.name) for one in venues]


class FaultForm(WebForm):
    """What is wrong with a station: one tap, or a few words."""

    what = StringField(_("Something else"), [Length(max=200)])


class MendForm(WebForm):
    """What was done about a fault."""

    note = StringField(_("What was done"), [Length(max=200)])
