"""The field of a form that is signed by hand; shown by ``templates/_ui/signature.html``."""

import json
from typing import Any

from flask_babel import gettext
from wtforms import StringField, ValidationError

from eventsys.signatures.rules import LONGEST_TEXT, MOST_POINTS, MOST_STROKES, NotSigned


class SignatureField(StringField):
    """Strokes drawn on a pad as JSON, or the full name typed; ``data`` goes to keep_signature."""

    most_points, most_strokes = MOST_POINTS, MOST_STROKES

    def process_formdata(self, valuelist: list[Any]) -> None:
        """The pad and the text field share one name; what was drawn goes before what was typed."""
        given = [one.strip() for one in valuelist if isinstance(one, str) and one.strip()]
        drawn = [one for one in given if one.startswith("[") and one != "[]"]
        self.data = next(iter(drawn or [one for one in given if one != "[]"]), "")

    def pre_validate(self, form: object) -> None:
        """A form is not sent unsigned."""
        if not self.data:
            raise ValidationError(gettext(NotSigned.message))

    @property
    def drawn(self) -> str:
        """What was drawn, to be shown again when the form is refused."""
        text = self.data or ""
        return text if text.startswith("[") and len(text) <= LONGEST_TEXT and _is_json(text) else ""

    @property
    def typed(self) -> str:
        """What was typed, to be shown again when the form is refused."""
        text = self.data or ""
        return "" if text.startswith("[") else text


class OptionalSignatureField(SignatureField):
    """Strokes or nothing: the action knows whether a signature is needed, and what else will do."""

    def pre_validate(self, form: object) -> None:
        """Empty is in shape."""


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True
