"""Forms of attendance."""

from wtforms import HiddenField, StringField
from wtforms.validators import InputRequired, Length

from blueprints.web import WebForm, _
from eventsys.attendance.tickets import LONGEST_SCAN


class ScanForm(WebForm):
    """What the scanner typed or the steward chose; with neither, the entry shown is meant."""

    code = StringField(_("Ticket, number or name"), [Length(max=LONGEST_SCAN)])
    pick = HiddenField(validators=[Length(max=LONGEST_SCAN)])
    pending = HiddenField(validators=[Length(max=LONGEST_SCAN)])
    look = HiddenField()

    @property
    def wanted(self) -> str:
        """What is to be looked up."""
        shown = self.pending.data if self.look.data else ""
        return self.code.data or self.pick.data or shown or ""


class ReasonForm(WebForm):
    """Why something is taken back or corrected."""

    reason = StringField(_("Reason"), [InputRequired(_("Fill in this field.")), Length(max=200)])
