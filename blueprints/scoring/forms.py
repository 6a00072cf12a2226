"""Forms of marking schemes, panels, sheets and exam marks."""

import json
from decimal import Decimal

from flask_babel import gettext
from flask_wtf.file import FileField, FileRequired
from wtforms import (
    BooleanField,
    DecimalField,
    HiddenField,
    IntegerField,
    PasswordField,
    SelectChoice,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, Optional

from blueprints.web import WebForm, _
from eventsys.errors import N_, RuleBroken
from eventsys.events.models import Track
from eventsys.identity.rules import Role
from eventsys.scoring.exam_actions import GivenMark
from eventsys.scoring.models import Aspect, Criterion, JudgeSeat
from eventsys.scoring.queries import competition_rules, conflicts, holders
from eventsys.scoring.rules import AspectKind
from eventsys.scoring.scheme_actions import facts_of
from eventsys.scoring.scheme_rules import KIND_LABELS, LEVELS, AspectFacts, CriterionFacts
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


class CriterionForm(WebForm):
    """A criterion inside a module."""

    module_code = SelectField(_("Module"), [NEEDED])
    code = StringField(_("Code"), [NEEDED, Length(max=10)])
    name = StringField(_("Name"), [NEEDED, Length(max=100)])
    name_en = StringField(_("Name in English"), [Optional(), Length(max=100)])

    def offer(self, track: Track) -> None:
        """Fill the list of modules."""
        modules = competition_rules(track).modules
        self.module_code.choices = [(one.code, f"{one.code} {one.name}") for one in modules]

    def show(self, criterion: Criterion) -> None:
        """Start from what is kept."""
        self.process(obj=criterion)

    def given(self) -> CriterionFacts:
        """The criterion as the action takes it."""
        return CriterionFacts(
            module_code=self.module_code.data or "",
            code=self.code.data or "",
            name=self.name.data or "",
            name_en=self.name_en.data or "",
        )


class AspectForm(WebForm):
    """An aspect; which fields count depends on its type."""

    code = StringField(_("Code"), [NEEDED, Length(max=10)])
    text = StringField(_("What is judged"), [NEEDED, Length(max=300)])
    text_en = StringField(_("In English"), [Optional(), Length(max=300)])
    kind = SelectField(_("Type"), [NEEDED])
    max_points = DecimalField(_("Maximum mark"), [NEEDED], places=None)
    low = DecimalField(_("Lower limit"), [Optional()], places=None)
    high = DecimalField(_("Upper limit"), [Optional()], places=None)
    unit = StringField(_("Unit of measurement"), [Optional(), Length(max=20)])
    step = DecimalField(_("Points lost each time"), [Optional()], places=None)
    level0 = StringField(_("Level 0"), [Optional(), Length(max=200)])
    level1 = StringField(_("Level 1"), [Optional(), Length(max=200)])
    level2 = StringField(_("Level 2"), [Optional(), Length(max=200)])
    level3 = StringField(_("Level 3"), [Optional(), Length(max=200)])

    def offer(self) -> None:
        """Fill the list of types."""
        self.kind.choices = [(kind.value, gettext(label)) for kind, label in KIND_LABELS.items()]

    def show(self, aspect: Aspect) -> None:
        """Start from what is kept."""
        facts = facts_of(aspect)
        levels = {f"level{level}": text for level, text in enumerate(facts.levels)}
        shown = {key: getattr(facts, key) for key in ("code", "text", "text_en", "unit")}
        numbers = {
            key: _plain(getattr(facts, key)) for key in ("max_points", "low", "high", "step")
        }
        self.process(data={**shown, **numbers, **levels, "kind": facts.kind.value})

    def given(self) -> AspectFacts:
        """The aspect as the action takes it; what its type does not use is left out."""
        kind = AspectKind(self.kind.data)
        measured, deducted = kind is AspectKind.MEASUREMENT, kind is AspectKind.DEDUCTION
        levels = tuple(self[f"level{level}"].data or "" for level in range(LEVELS))
        return AspectFacts(
            code=self.code.data or "",
            kind=kind,
            text=self.text.data or "",
            text_en=self.text_en.data or "",
            max_points=self.max_points.data or Decimal(0),
            low=self.low.data if measured else None,
            high=self.high.data if measured else None,
            unit=(self.unit.data or "") if measured else "",
            step=self.step.data if deducted else None,
            levels=levels if kind is AspectKind.JUDGEMENT else (),
        )


def _plain(number: Decimal | None) -> Decimal | None:
    """Without an exponent, as people write numbers."""
    return None if number is None else Decimal(f"{number:f}")


class ImportSchemeForm(WebForm):
    """A filled-in template, and consent to replace what is there."""

    file = FileField(_("File"), [FileRequired(_("Choose a file."))])
    replace = BooleanField(_("Replace the present scheme"))


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
