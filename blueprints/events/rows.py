"""Repeated rows of a ruleset, and the numbers that rules are made of."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from flask_babel import gettext
from flask_wtf import FlaskForm
from wtforms import (
    DateField,
    DecimalField,
    Field,
    FieldList,
    IntegerField,
    SelectField,
    StringField,
)
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from blueprints.events.forms import CODE_FORM, NEEDED, near
from blueprints.web import _


def whole(
    label: Any, least: int, most: int, *, needed: bool = True, default: int | None = None
) -> IntegerField:
    """A whole number between two bounds."""
    bounds = NumberRange(least, most, _("Enter a whole number from %(min)s to %(max)s."))
    first = InputRequired(NEEDED.message) if needed else Optional()
    return IntegerField(label, [first, bounds], default=default)


class Between(NumberRange):
    """Two bounds, for numbers only: NaN and infinity are none."""

    def __call__(self, form: Any, field: Any) -> None:
        """Refuse what lies outside, or nowhere."""
        if isinstance(field.data, Decimal) and not field.data.is_finite():
            field.data = None
        super().__call__(form, field)


def exact(
    label: Any, most: int, *, needed: bool = True, default: Decimal | None = None
) -> DecimalField:
    """A decimal number from zero to a bound, exactly as typed."""
    bounds = Between(Decimal(0), Decimal(most), _("Enter a number from %(min)s to %(max)s."))
    first = InputRequired(NEEDED.message) if needed else Optional()
    return DecimalField(label, [first, bounds], places=None, default=default)


class Row(FlaskForm):
    """One of several rows; a row whose ``marks`` are all empty does not count."""

    class Meta(FlaskForm.Meta):
        """The form around it carries the token."""

        csrf = False

    marks: tuple[str, ...] = ()
    needed: tuple[str, ...] = ()

    def shown(self, key: str) -> Field:
        """A field as it is drawn: those that a filled-in row needs are not called optional."""
        field: Field = self[key]
        flags: Any = field.flags
        flags.required = key in self.needed
        return field

    def is_blank(self) -> bool:
        """Whether nothing was typed that makes it a row."""
        return not any(str(self[key].data or "").strip() for key in self.marks)

    def validate(self, extra_validators: Any = None) -> bool:
        """Blank rows are fine; others need their ``needed`` fields."""
        if self.is_blank():
            return True
        good = super().validate(extra_validators)
        for key in self.needed:
            if self[key].data in (None, "") and not self[key].errors:
                self[key].errors = [*self[key].errors, gettext("Fill in this field.")]
                good = False
        return good


class ModuleRow(Row):
    """A module of a contest."""

    marks = ("name", "weight")
    needed = ("code", "name", "weight", "full")
    code = StringField(_("Code"), [Optional(), CODE_FORM])
    name = StringField(_("Name of the module"), [Length(max=100)])
    name_en = StringField(_("Name in English"), [Length(max=100)])
    weight = exact(_("Weight in percent"), 100, needed=False)
    full = exact(_("Full marks"), 1000, needed=False)


class HalfDayRow(Row):
    """A half day of a class."""

    marks = ("on",)
    needed = ("on", "hours")
    on = DateField(_("Day"), [Optional(), near])
    part = SelectField(_("Half day"))
    hours = exact(_("Teaching hours"), 12, needed=False)
    theme = StringField(_("Theme"), [Length(max=100)])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.part.choices = [("am", gettext("Morning")), ("pm", gettext("Afternoon"))]


class PartRow(Row):
    """A part of an exam."""

    marks = ("name",)
    needed = ("code", "name", "full", "weight", "min_pass")
    code = SelectField(_("Kind of part"))
    name = StringField(_("Name of the part"), [Length(max=100)])
    name_en = StringField(_("Name in English"), [Length(max=100)])
    full = exact(_("Full marks"), 1000, needed=False)
    weight = exact(_("Weight (0 to 1)"), 1, needed=False)
    min_pass = exact(_("Pass mark"), 1000, needed=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.code.choices = [("T", gettext("Theory")), ("P", gettext("Practice"))]


def show_rows(rows: FieldList, values: Iterable[Any]) -> None:
    """Put stored values into the rows of a list."""
    while rows.entries:
        rows.pop_entry()
    for value in values:
        data = {key: plain(one) for key, one in vars(value).items()}
        rows.append_entry(data)


def plain(value: Any) -> Any:
    """A decimal without needless zeros: 40, not 4E+1 or 40.00."""
    if isinstance(value, Decimal):
        return Decimal(f"{value.normalize():f}")
    return value
