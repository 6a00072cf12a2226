"""Forms of attendance."""

from wtforms import HiddenField, StringField
from wtforms.validators import InputRequired, Length

from blueprints.web import WebForm, _
from eventsys.attendance.tickets import LONGEST_SCAN


class ScanForm(WebForm):
    """What the scanner typed, or nothing: then the entry that is shown is meant."""

    code = StringField(_("Ticket, number or name"), [Length(max=LONGEST_SCAN)])
    pending = HiddenField(validators=[Length(max=LONGEST_SCAN)])


class ReasonForm(WebForm):
    """Why something is taken back or corrected."""

    reason = StringField(_("Reason"), [InputRequired(_("Fill in this field.")), Length(max=200)])
