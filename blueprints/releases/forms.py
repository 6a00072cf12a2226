"""The forms of the timetable's versions."""

from wtforms import StringField, TextAreaField
from wtforms.validators import AnyOf, InputRequired, Length

from blueprints.web import WebForm, _
from eventsys.releases.rules import PAPERS


class KeepForm(WebForm):
    """A name for the timetable as it is planned now."""

    name = StringField(_("Name of the version"), validators=[InputRequired(), Length(max=100)])
    note = TextAreaField(_("What is new in it"), validators=[Length(max=500)])


class PaperForm(WebForm):
    """Which paper to make; each kind is a button."""

    paper = StringField(_("Paper"), validators=[InputRequired(), AnyOf([*PAPERS])])
