"""Forms of marking schemes, panels, sheets and exam marks."""

import json
import re
from collections.abc import Callable, Sequence
from decimal import Decimal

from flask_babel import gettext
from flask_wtf.file import FileField, FileRequired
from wtforms import (
    HiddenField,
    IntegerField,
    PasswordField,
    SelectField,
    TextAreaField,
    ValidationError,
)
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from blueprints.numbers import ExactNumberField
from blueprints.signatures import OptionalSignatureField
from blueprints.web import GREATEST_KEY, WebForm, _
from eventsys.db import EXACT_PLACES
from eventsys.errors import N_, RuleBroken
from eventsys.panels.models import JudgeSeat
from eventsys.schemes.aspects import AspectKind
from eventsys.schemes.models import Aspect
from eventsys.scoring.exam_actions import GivenMark
from eventsys.scoring.signing import Hand
from eventsys.scoring.states import PartStatus

NEEDED = InputRequired(_("Fill in this field."))
NOBODY = 0
Words = Callable[[Aspect], str]


class MarksUnreadable(RuleBroken):
    message = N_("The marks did not arrive as they were sent. Upload the file once more.")


class SubmitForm(WebForm):
    """The version of the sheet the judge was looking at."""

    version = IntegerField("", [InputRequired()])


class HandInForm(SubmitForm):
    """The version that is handed in, signed in the frame or with one's own password."""

    signature = OptionalSignatureField(_("Your signature"))
    password = PasswordField(_("Your password"), [Length(max=200)])

    @property
    def hand(self) -> Hand:
        """How the judge signs."""
        return Hand(self.signature.data or "", self.password.data or "")


class ContestForm(WebForm):
    """Which of the contested values holds, and which of them the chief judge looked at."""

    seat_id = IntegerField("", [InputRequired(), NumberRange(1, GREATEST_KEY)])
    code = HiddenField("", [InputRequired(), Length(max=10)])
    aspect = IntegerField("", [InputRequired(), NumberRange(1, GREATEST_KEY)])
    op = HiddenField("", [InputRequired(), Length(max=40)])
    seen = HiddenField("", [InputRequired(), Length(max=5000)])


class ReasonForm(WebForm):
    """Why something is undone or set aside."""

    reason = TextAreaField(_("Reason"), [NEEDED, Length(max=200)])


class ConfirmCodeForm(WebForm):
    """The versions of the sheets of a code that the person looked at, by seat: ``1:6 2:7``."""

    seen = HiddenField("", [InputRequired(), Length(max=500)])

    def given(self) -> dict[int, int]:
        """The versions by seat; what cannot be read was not looked at."""
        pairs = re.findall(r"([0-9]{1,3}):([0-9]{1,9})", self.seen.data or "")
        return {int(seat): int(version) for seat, version in pairs}


class CorrectionForm(WebForm):
    """Another value for one mark of a code: which judge, which aspect, what, and why."""

    seat = SelectField(_("Judge"), [NEEDED], coerce=int)
    aspect = SelectField(_("Aspect"), [NEEDED], coerce=int)
    value = ExactNumberField(_("Correct value"), [NEEDED], places=None)
    reason = TextAreaField(_("Reason"), [NEEDED, Length(max=200)])

    @property
    def judge(self) -> int:
        """The number of the seat that was chosen."""
        return int(self.seat.data or 0)

    def given(self) -> tuple[int, Decimal, str]:
        """The aspect's key, the value it should have, and why."""
        value = self.value.data
        return int(self.aspect.data or 0), Decimal(value or 0), self.reason.data or ""

    def validate_value(self, field: ExactNumberField) -> None:
        """Values are kept with four decimal places at most."""
        if field.data is not None and round(field.data, EXACT_PLACES) != field.data:
            raise ValidationError(gettext("Enter at most four decimal places."))

    def offer(self, seats: Sequence[JudgeSeat], aspects: Sequence[Aspect], words: Words) -> None:
        """The sheets and aspects to choose from."""
        self.seat.choices = [(one.seat, gettext("Judge %(n)s", n=one.seat)) for one in seats]
        self.aspect.choices = [(one.mark_key, _said(one, words)) for one in aspects]


def _said(one: Aspect, words: Words) -> str:
    """An aspect to choose; a machine's mark is the same on all sheets of the code."""
    text = f"{one.code} {words(one)}"
    if one.kind is AspectKind.MACHINE:
        return gettext("%(aspect)s (machine: for all judges at once)", aspect=text)
    return text


class DecisionForm(WebForm):
    """What somebody says to a correction; needed when it is refused."""

    note = TextAreaField(_("Remark"), [Optional(), Length(max=200)])


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
