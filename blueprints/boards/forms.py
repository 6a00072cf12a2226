"""Forms of boards and ceremonies."""

from datetime import datetime

from wtforms import BooleanField, DateTimeLocalField, HiddenField
from wtforms.validators import AnyOf, InputRequired, Optional

from blueprints.events.forms import near, reading
from blueprints.numbers import WholeNumberField
from blueprints.web import WebForm, _
from eventsys import clock
from eventsys.boards.models import Board

STEPS = {"next": 1, "back": -1}


class BoardForm(WebForm):
    """Whether visitors see the board, and from when it stands still."""

    is_shown = BooleanField(_("Visitors can see the board"))
    freezes_at = DateTimeLocalField(_("The board stands still from"), [Optional(), near])

    def show(self, board: Board | None) -> None:
        """Start from what is kept."""
        if board is not None:
            self.is_shown.data, self.freezes_at.data = board.is_shown, reading(board.freezes_at)

    def given(self) -> datetime | None:
        """The moment of freezing in UTC."""
        return clock.from_shanghai(self.freezes_at.data) if self.freezes_at.data else None


class StepForm(WebForm):
    """One step of a ceremony, from the number of groups the screen showed."""

    seen = WholeNumberField("", [InputRequired()])
    step = HiddenField("", [AnyOf(list(STEPS))])
