"""Numbers as people write them: digits, a sign, a point. What Python also reads is refused."""

import re
from typing import Any

from flask_babel import gettext
from wtforms import DecimalField, IntegerField

WHOLE = re.compile(r"[+-]?[0-9]{1,16}")
EXACT = re.compile(r"[+-]?[0-9]{1,15}([.][0-9]{1,9})?")


class WholeNumberField(IntegerField):
    """A whole number in digits; ``1_0`` and ``1e3`` are none."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Read the digits, or refuse with what is wanted."""
        if valuelist and valuelist[0].strip() and not WHOLE.fullmatch(valuelist[0].strip()):
            self.data = None
            raise ValueError(gettext("Enter a whole number in digits, such as 12."))
        super().process_formdata(valuelist)


class ExactNumberField(DecimalField):
    """A decimal number in digits, kept exactly as typed; ``NaN`` and ``1e3`` are none."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Read the digits, or refuse with what is wanted."""
        if valuelist and valuelist[0].strip() and not EXACT.fullmatch(valuelist[0].strip()):
            self.data = None
            raise ValueError(gettext("Enter a number in digits, such as 12.5."))
        super().process_formdata(valuelist)
