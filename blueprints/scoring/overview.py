"""One code after another with its judges' sheets side by side, as several pages show them."""

from collections.abc import Collection
from dataclasses import dataclass
from fractions import Fraction

from blueprints.scoring.sheets import status_of
from eventsys.panels.models import JudgeSeat
from eventsys.schemes.tally import Raws
from eventsys.scoring.models import MarkSheet
from eventsys.scoring.queries import PanelMarks
from eventsys.scoring.states import SheetState


@dataclass(frozen=True)
class Cell:
    """One judge's sheet of one code: its state, its values, how much is missing, its total."""

    seat: JudgeSeat
    sheet: MarkSheet | None
    state: str
    raws: Raws
    missing: int
    total: Fraction


@dataclass(frozen=True)
class Line:
    """One code with the sheets by seat; ``flags`` are aspects with judges too far apart.

    On those in ``again`` the judges have to vote again before anybody can confirm.
    """

    code: str
    cells: list[Cell]
    flags: list[str]
    again: list[str]
    void_reason: str

    @property
    def to_confirm(self) -> list[Cell]:
        """The sheets that count and wait for a second person."""
        return [one for one in self.cells if one.state == "submitted" and not one.seat.excused_at]


def line_of(panel: PanelMarks, code: str, again: Collection[tuple[str, str]] = ()) -> Line:
    """One code of a panel; ``again`` are the codes and aspects that need another vote."""
    dealt = panel.sheets[code]
    counting = panel.counting(code)
    void = next((sheet.void_reason for sheet in dealt.values()), "")
    cells = [_cell(panel, seat, dealt.get(seat.id)) for seat in panel.seats]
    flags = panel.tally.too_far_apart(panel.raws_of(sheet) for sheet in counting)
    return Line(code, cells, flags, [aspect for at, aspect in again if at == code], void)


def lines_of(panel: PanelMarks, again: Collection[tuple[str, str]] = ()) -> list[Line]:
    """All codes of a panel, in their order."""
    return [line_of(panel, code, again) for code in sorted(panel.sheets)]


def owing(panel: PanelMarks) -> int:
    """Sheets that count and are not submitted yet."""
    return _in_state(panel, SheetState.OPEN)


def unconfirmed(panel: PanelMarks) -> int:
    """Sheets that count, are submitted, and wait for a second person."""
    return _in_state(panel, SheetState.SUBMITTED)


def _cell(panel: PanelMarks, seat: JudgeSeat, sheet: MarkSheet | None) -> Cell:
    raws = panel.raws_of(sheet) if sheet else {}
    state = status_of(sheet) if sheet else ""
    missing = sum(aspect.mark_key not in raws for aspect in panel.tally.aspects)
    return Cell(seat, sheet, state, raws, missing, panel.tally.total(raws))


def _in_state(panel: PanelMarks, state: SheetState) -> int:
    return sum(sheet.state is state for code in panel.sheets for sheet in panel.counting(code))
