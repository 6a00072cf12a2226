"""Forms of the re-check."""

from flask_babel import gettext
from wtforms import BooleanField, PasswordField, SelectChoice, SelectField
from wtforms.validators import InputRequired, Length

from blueprints.signatures import OptionalSignatureField
from blueprints.web import WebForm, _
from eventsys.db import session
from eventsys.events.models import Track
from eventsys.identity.models import User
from eventsys.identity.rules import Role
from eventsys.panels.queries import holders
from eventsys.rechecks.actions import Hands
from eventsys.scoring.signing import Hand

NEEDED = InputRequired(_("Fill in this field."))


class LockForm(WebForm):
    """The chief judge beside the supervisor, with their password; both may sign by hand."""

    own_signature = OptionalSignatureField(_("Your signature"))
    own_password = PasswordField(_("Your own password"), [Length(max=200)])
    chief = SelectField(_("Chief judge"), [NEEDED], coerce=int)
    password = PasswordField(_("Password of the chief judge"), [NEEDED, Length(max=200)])
    chief_signature = OptionalSignatureField(_("Signature of the chief judge"))
    chief_by_password = BooleanField(_("The chief judge's password stands for the signature"))

    def offer(self, track: Track) -> None:
        """The chief judges of the track."""
        chiefs = [SelectChoice(str(one.id), one.name) for one in holders(track, Role.CHIEF_JUDGE)]
        self.chief.choices = [SelectChoice("0", gettext("Choose")), *chiefs]

    @property
    def hands(self) -> Hands:
        """How the two sign."""
        word = (self.password.data or "") if self.chief_by_password.data else ""
        return Hands(
            Hand(self.own_signature.data or "", self.own_password.data or ""),
            Hand(self.chief_signature.data or "", word),
        )

    def given(self) -> User | None:
        """The account that was chosen."""
        return session().get(User, self.chief.data) if self.chief.data else None
