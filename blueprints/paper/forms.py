"""Forms of paper sheets."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from flask_babel import gettext
from flask_wtf.file import FileField, FileRequired
from wtforms import HiddenField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length

from blueprints.language import language
from blueprints.web import WebForm, _, key_in
from eventsys.errors import N_
from eventsys.paper.queries import mark_key
from eventsys.paper.rules import ReadingStale, ValueUnreadable
from eventsys.schemes.aspects import MAX_JUDGEMENT, AspectKind
from eventsys.schemes.models import Aspect
from eventsys.schemes.notation import NotANumber, number_in

NEEDED = InputRequired(_("Fill in this field."))
LONGEST_VALUE = 16
FULL_WIDTH = str.maketrans("０１２３４５６７８９．－", "0123456789.-")
EXPECTED = {
    AspectKind.JUDGEMENT: f"0–{MAX_JUDGEMENT}",
    AspectKind.CHECK: N_("1 met, 0 not met"),
    AspectKind.DEDUCTION: N_("How many times"),
    AspectKind.VIOLATION: N_("How many times"),
}


class ScanForm(WebForm):
    """The scan of a signed sheet."""

    file = FileField(_("Scan of the signed sheet"), [FileRequired(_("Choose a file."))])


class SeenForm(WebForm):
    """The digest of the marks that stood on the page."""

    seen = HiddenField("", [InputRequired(), Length(max=64)])


class DiffersForm(SeenForm):
    """What differs between paper and marks."""

    reason = TextAreaField(_("What differs"), [NEEDED, Length(max=200)])


class LookUpForm(WebForm):
    """What is printed at the foot of a page."""

    class Meta(WebForm.Meta):
        """A question changes nothing, so it carries no token."""

        csrf = False

    digest = StringField(_("Content check"), [NEEDED, Length(max=80)])


class ReasonForm(WebForm):
    """Why a keying is thrown away."""

    reason = TextAreaField(_("Reason"), [NEEDED, Length(max=200)])


class ReadingForm(WebForm):
    """Which reading is answered."""

    reading = HiddenField("", [InputRequired()])

    def given(self) -> int:
        """The key of the reading the person looked at."""
        try:
            return key_in(self.reading.data or "")
        except ValueError as broken:
            raise ReadingStale from broken


@dataclass(frozen=True)
class Line:
    """One aspect with what was typed for it."""

    key: str
    section: str
    code: str
    text: str
    expected: str
    typed: str


class KeyingForm(WebForm):
    """Its fields stand in the table: one for each aspect, named after its key."""

    def lines(self, aspects: Sequence[Aspect], typed: Mapping[str, str]) -> list[Line]:
        """The aspects in order with what was typed."""
        return [
            Line(
                key=mark_key(one),
                section=one.criterion.code,
                code=one.code,
                text=text_of(one),
                expected=_expected(one),
                typed=typed.get(f"raw-{mark_key(one)}", "").strip()[:LONGEST_VALUE],
            )
            for one in aspects
        ]

    def given(self, lines: Sequence[Line]) -> dict[str, Decimal] | None:
        """The values that were typed; ``None`` if one of them is no number."""
        values = {}
        for line in lines:
            try:
                if line.typed:
                    values[line.key] = _number(line.code, line.typed)
            except ValueUnreadable as refusal:
                self.refuse(refusal)
                return None
        return values


def _expected(aspect: Aspect) -> str:
    """What is typed for an aspect: its unit, or what its kind takes."""
    known = EXPECTED.get(aspect.kind)
    return gettext(known) if known else str(aspect.spec.get("unit", ""))


def _number(code: str, text: str) -> Decimal:
    try:
        number = number_in(text.translate(FULL_WIDTH))
    except NotANumber as broken:
        raise ValueUnreadable(code=code, text=text) from broken
    if number is None:
        raise ValueUnreadable(code=code, text=text)
    return number


def text_of(aspect: Aspect) -> str:
    """What is judged, in the reader's language."""
    return aspect.text_en if aspect.text_en and language() == "en" else aspect.text
