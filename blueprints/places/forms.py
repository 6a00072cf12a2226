"""Forms of venues and rooms."""

from wtforms import BooleanField, StringField
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from blueprints.numbers import WholeNumberField
from blueprints.web import WebForm, _
from eventsys.timetable.rules import LONGEST_PREFIX, ROW_MOST, STATIONS_AT_ONCE

NEEDED = InputRequired(_("Fill in this field."))
SIDE_BY_SIDE = NumberRange(1, ROW_MOST, _("Between 1 and 20."))
AT_ONCE = NumberRange(0, STATIONS_AT_ONCE, _("At most 200 at once."))


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
    is_spare = BooleanField(_("Keep these free in draws (spare stations)"))


class ArrangeForm(WebForm):
    """How the stations of a room stand."""

    per_row = WholeNumberField(_("Stations side by side"), [NEEDED, SIDE_BY_SIDE])
