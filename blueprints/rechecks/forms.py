"""Forms of the re-check."""

from flask_babel import gettext
from wtforms import PasswordField, SelectChoice, SelectField
from wtforms.validators import InputRequired, Length

from blueprints.web import WebForm, _
from eventsys.db import session
from eventsys.events.models import Track
from eventsys.identity.models import User
from eventsys.identity.rules import Role
from eventsys.panels.queries import holders

NEEDED = InputRequired(_("Fill in this field."))


class LockForm(WebForm):
    """The chief judge beside the supervisor, with their password."""

    chief = SelectField(_("Chief judge"), [NEEDED], coerce=int)
    password = PasswordField(_("Password of the chief judge"), [NEEDED, Length(max=200)])

    def offer(self, track: Track) -> None:
        """The chief judges of the track."""
        chiefs = [SelectChoice(str(one.id), one.name) for one in holders(track, Role.CHIEF_JUDGE)]
        self.chief.choices = [SelectChoice("0", gettext("Choose")), *chiefs]

    def given(self) -> User | None:
        """The account that was chosen."""
        return session().get(User, self.chief.data) if self.chief.data else None
