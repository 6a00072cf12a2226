"""Forms of marking schemes."""

from decimal import Decimal

from flask_babel import gettext
from flask_wtf.file import FileField, FileRequired
from wtforms import (
    BooleanField,
    DecimalField,
    SelectField,
    StringField,
)
from wtforms.validators import InputRequired, Length, Optional

from blueprints.web import WebForm, _
from eventsys.events.models import Track
from eventsys.schemes.actions import facts_of
from eventsys.schemes.aspects import AspectKind
from eventsys.schemes.models import Aspect, Criterion
from eventsys.schemes.queries import competition_rules
from eventsys.schemes.rules import KIND_LABELS, LEVELS, AspectFacts, CriterionFacts

NEEDED = InputRequired(_("Fill in this field."))


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
