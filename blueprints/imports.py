"""What people are told of a spreadsheet they uploaded, and its rows until they are saved."""

import json
from collections.abc import Iterable, Sequence

from flask_babel import gettext
from flask_wtf.file import FileField, FileRequired
from wtforms import HiddenField
from wtforms.validators import InputRequired, Length

from blueprints.web import WebForm, _
from eventsys.imports import FORBIDDEN, NOTICES, Notice, ReadRow, RowsLost, TableTooLong
from eventsys.schemes.importing import ReadScheme
from eventsys.scoring.exam_importing import ReadMarks

MOST_ROWS = 2000
MOST_CHARACTERS = 200_000
"""What a page keeps until it is saved, written in JSON: far below what a request may carry."""
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class UploadForm(WebForm):
    """A spreadsheet."""

    file = FileField(_("File"), [FileRequired(_("Choose a file."))])


class SaveRowsForm(WebForm):
    """The rows of a file that somebody compared, and what they were compared with."""

    rows = HiddenField("", [InputRequired()])
    seen = HiddenField("", [InputRequired(), Length(max=64)])

    def given(self, keys: Iterable[str]) -> list[ReadRow]:
        """The rows as the page kept them; what the cells say is looked at once more."""
        keys = list(keys)
        try:
            rows = [
                ReadRow(int(number), dict(zip(keys, map(_cell, cells), strict=True)))
                for number, *cells in json.loads(self.rows.data or "[]")
            ]
        except (ValueError, TypeError, OverflowError, RecursionError) as broken:
            raise RowsLost from broken
        return rows


def _cell(text: object) -> str:
    """A cell as the page kept it: text that can be stored."""
    if not isinstance(text, str) or FORBIDDEN.search(text):
        raise ValueError
    return text


def check_bearable(rows: Sequence[ReadRow]) -> None:
    """Refuse more rows than a page can keep."""
    characters = sum(len(text) for row in rows for text in row.values.values())
    if len(rows) > MOST_ROWS or characters > MOST_CHARACTERS:
        raise TableTooLong(limit=MOST_ROWS, characters=MOST_CHARACTERS)


def kept_rows(rows: Sequence[ReadRow], keys: Iterable[str]) -> str:
    """Rows as a page keeps them until they are saved."""
    keys = list(keys)
    return json.dumps([[row.number, *(row.values[key] for key in keys)] for row in rows])


def notices_of(read: ReadScheme | ReadMarks | None) -> list[str]:
    """What people should know of how their file was read."""
    return told_of(read.notices) if read else []


def told_of(notices: Iterable[Notice]) -> list[str]:
    """Notices in the reader's words."""
    return [gettext(NOTICES[one.code]) % one.facts for one in notices]
