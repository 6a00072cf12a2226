"""What people are told of a spreadsheet they uploaded."""

from flask_babel import gettext

from eventsys.imports import NOTICES
from eventsys.schemes.importing import ReadScheme
from eventsys.scoring.exam_importing import ReadMarks

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def notices_of(read: ReadScheme | ReadMarks | None) -> list[str]:
    """What people should know of how their file was read."""
    return [gettext(NOTICES[one.code]) % one.facts for one in read.notices] if read else []
