"""Forms of marking schemes, panels, sheets and exam marks."""

import json
from decimal import Decimal

from flask_babel import gettext
from flask_wtf.file import FileField, FileRequired
from wtforms import (
    HiddenField,
    IntegerField,
    PasswordField,
    SelectChoice,
    SelectField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length

from blueprints.web import WebForm, _
from eventsys.errors import N_, RuleBroken
from eventsys.events.models import Track
from eventsys.identity.rules import Role
from eventsys.panels.models import JudgeSeat
from eventsys.panels.queries import conflicts, holders
from eventsys.schemes.queries import competition_rules
from eventsys.scoring.exam_actions import GivenMark
from eventsys.scoring.states import PartStatus

NEEDED = InputRequired(_("Fill in this field."))
NOBODY = 0


class MarksUnreadable(RuleBroken):
    message = N_("The marks did not arrive as they were sent. Upload the file once more.")


class SubmitForm(WebForm):
    """The version of the sheet the judge was looking at."""

    version = IntegerField("", [InputRequired()])


class ReasonForm(WebForm):
    """Why something is undone or set aside."""

    reason = TextAreaField(_("Reason"), [NEEDED, Length(max=200)])


class SignOffForm(WebForm):
    """One's own password, typed once more."""

    password = PasswordField(_("Your password"), [NEEDED, Length(max=200)])


class ImportMarksForm(WebForm):
    """A file of exam marks."""

    file = FileField(_("File"), [FileRequired(_("Choose a file."))])


class SaveMarksForm(WebForm):
    """The marks of a file that was looked at, as the page keeps them until they are saved."""

    rows = HiddenField("", [InputRequired()])

    def given(self) -> list[GivenMark]:
        """The marks as the action takes them; it checks each of them once more."""
        try:
            return [
                GivenMark(
                    int(key),
                    PartStatus(status),
                    None if points is None else Decimal(points),
                    int(seen),
                )
                for key, status, points, seen in json.loads(self.rows.data or "[]")
            ]
        except (ValueError, TypeError, ArithmeticError, RecursionError) as broken:
            raise MarksUnreadable from broken


class PanelForm(WebForm):
    """One choice for each seat; subclassed for the number of seats."""

    seats: int

    def given(self) -> dict[int, int]:
        """The accounts by seat; empty seats left out."""
        chosen = {number: self[f"seat{number}"].data for number in range(1, self.seats + 1)}
        return {number: user_id for number, user_id in chosen.items() if user_id != NOBODY}


def panel_form(track: Track, seated: list[JudgeSeat]) -> PanelForm:
    """A form with as many seats as the ruleset wants judges, showing who sits there now."""
    needed = competition_rules(track).judges
    judges = holders(track, Role.JUDGE)
    aside = conflicts(track.id, [one.id for one in judges])
    choices = [SelectChoice(str(NOBODY), "—")]
    for one in judges:
        unit = aside.get(one.id)
        note = gettext("%(name)s (must stand aside: %(unit)s)", name=one.name, unit=unit)
        choices.append(SelectChoice(str(one.id), note if unit else one.name))
    now = {seat.seat: seat.user_id for seat in seated}
    fields = {
        f"seat{number}": SelectField(
            gettext("Seat %(n)s", n=number),
            coerce=int,
            choices=choices,
            default=now.get(number, NOBODY),
        )
        for number in range(1, needed + 1)
    }
    return type("SeatsForm", (PanelForm,), {"seats": needed, **fields})()
