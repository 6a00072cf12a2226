"""Forms of results."""

from datetime import datetime
from enum import StrEnum

from flask_babel import gettext
from wtforms import (
    DateTimeLocalField,
    HiddenField,
    PasswordField,
    RadioField,
    SelectField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, Optional

from blueprints.events.forms import near
from blueprints.web import WebForm, _
from eventsys import clock
from eventsys.draws.queries import supervisors
from eventsys.errors import N_, RuleBroken
from eventsys.events.models import Track
from eventsys.identity.models import User

NEEDED = InputRequired(_("Fill in this field."))
FORMATS = ["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M"]


class MomentMissing(RuleBroken):
    field = "moment"
    message = N_("Enter the moment, or choose another way to publish.")


class When(StrEnum):
    """When results become public."""

    NOW = "now"
    STATED = "stated"
    MOMENT = "moment"


class DrawUpForm(WebForm):
    """At once, at the event's stated moment, or at another one."""

    when = RadioField(_("When everybody sees the results"), [NEEDED])
    moment = DateTimeLocalField(_("At this moment"), [Optional(), near], format=FORMATS)
    reason = TextAreaField(_("What was corrected, and why"), [Optional(), Length(max=200)])

    def offer(self, stated: datetime | None) -> None:
        """Offer the stated moment only if the event has one."""
        choices = [(When.NOW.value, gettext("At once"))]
        if stated is not None:
            shown = f"{clock.in_shanghai(stated):%Y-%m-%d %H:%M}"
            told = gettext("At the stated moment, %(moment)s", moment=shown)
            choices.append((When.STATED.value, told))
        choices.append((When.MOMENT.value, gettext("At another moment")))
        self.when.choices = choices

    def given(self, stated: datetime | None) -> datetime | None:
        """The moment; ``None`` when another one was wanted and not entered."""
        if self.when.data == When.MOMENT:
            if self.moment.data is None:
                self.refuse(MomentMissing())
                return None
            return clock.from_shanghai(self.moment.data)
        return stated if self.when.data == When.STATED and stated else clock.now()


class ReasonForm(WebForm):
    """Why something is undone."""

    reason = TextAreaField(_("Reason"), [NEEDED, Length(max=200)])


class OpenMapForm(WebForm):
    """The supervisor who stands beside, and their own password."""

    witness = SelectField(_("Supervisor"), [NEEDED], coerce=int)
    password = PasswordField(_("The supervisor's password"), [NEEDED, Length(max=200)])

    def offer(self, track: Track) -> None:
        """The supervisors of the track or its event."""
        self.found = {one.id: one for one in supervisors(track)}
        self.witness.choices = [(key, one.name) for key, one in self.found.items()]

    def given(self) -> User | None:
        """The chosen supervisor."""
        return self.found.get(self.witness.data)


class FewJudgesForm(OpenMapForm):
    """For which code the mean of those who remain counts, why, and the supervisor beside."""

    code = RadioField(_("Work code"), [NEEDED])
    reason = TextAreaField(_("Reason"), [NEEDED, Length(max=200)])


class MoveUpForm(WebForm):
    """Why somebody moves up or falls out, and the effect that was shown."""

    seen = HiddenField("", [Optional(), Length(max=64)])
    reason = TextAreaField(_("Reason"), [NEEDED, Length(max=200)])
