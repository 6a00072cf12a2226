"""Forms of draws."""

from wtforms import HiddenField, SelectField
from wtforms.validators import InputRequired

from blueprints.signatures import SignatureField
from blueprints.web import WebForm, _
from eventsys.draws.rules import Level
from eventsys.identity.models import User

NEEDED = InputRequired(_("Fill in this field."))


class WitnessForm(WebForm):
    """Who stands by, and which level this page offered: sent twice, the second is refused."""

    level = HiddenField()
    witness = SelectField(_("Witness"), [NEEDED], coerce=int, choices=[])

    def offer(self, people: list[User], level: Level | None) -> None:
        """The supervisors in office."""
        self.witness.choices = [(one.id, one.name) for one in people]
        if level is not None:
            self.level.data = level.value

    def given(self) -> Level | None:
        """The level that was meant."""
        return next((one for one in Level if one.value == self.level.data), None)


class SignForm(WebForm):
    """A signature under a minute."""

    signature = SignatureField(_("Signature"))
