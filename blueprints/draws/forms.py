"""Forms of draws."""

from wtforms import SelectField
from wtforms.validators import InputRequired

from blueprints.web import WebForm, _
from eventsys.identity.models import User


class WitnessForm(WebForm):
    """Who stands by."""

    witness = SelectField(
        _("Witness"), [InputRequired(_("Fill in this field."))], coerce=int, choices=[]
    )

    def offer(self, people: list[User]) -> None:
        """The supervisors in office."""
        self.witness.choices = [(one.id, one.name) for one in people]
