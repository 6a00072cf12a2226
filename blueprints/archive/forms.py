"""Forms of the archive."""

from datetime import date

from wtforms import DateField, StringField
from wtforms.validators import InputRequired, Length

from blueprints.web import WebForm, _
from eventsys.archive.rules import OriginalFacts

NEEDED = InputRequired(_("Fill in this field."))


class OriginalForm(WebForm):
    """A sealed bag of paper originals."""

    seal = StringField(_("Seal no."), [NEEDED, Length(max=40)])
    content = StringField(_("What is in it"), [NEEDED, Length(max=200)])
    place = StringField(_("Where it lies"), [NEEDED, Length(max=100)])
    custodian = StringField(_("Custodian"), [NEEDED, Length(max=50)])
    keep_until = DateField(_("Keep until"), [NEEDED])

    def given(self) -> OriginalFacts:
        """The facts as the action takes them."""
        return OriginalFacts(
            seal=self.seal.data or "",
            content=self.content.data or "",
            place=self.place.data or "",
            custodian=self.custodian.data or "",
            keep_until=self.keep_until.data or date.min,
        )
