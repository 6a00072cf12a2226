"""A panel of judges with its marks, without a database: sheets by code and seat."""

from decimal import Decimal

from eventsys.events.rules import CompetitionRules, ModuleRule
from eventsys.panels.models import JudgeSeat
from eventsys.schemes.aspects import AspectKind
from eventsys.schemes.models import Aspect, Criterion
from eventsys.schemes.tally import Tally
from eventsys.scoring.models import MarkSheet
from eventsys.scoring.queries import PanelMarks
from eventsys.scoring.states import SheetState

ONE = ModuleRule("A", "模块", "Module", Decimal(100), Decimal(100))
RULES = CompetitionRules(
    max_age=None,
    age_on=None,
    per_unit_quota=1,
    team_min=1,
    team_max=1,
    instructors_max=0,
    modules=(ONE,),
    judges=5,
)
CHECKED = AspectKind.MACHINE


def aspect(key: int, full: str, kind: AspectKind = CHECKED, module: str = "A", **spec) -> Aspect:
    """An aspect of a module; by default its value is its points."""
    made = Aspect(
        id=key, code=f"{module}{key}", kind=kind, max_points=Decimal(full), spec=spec, position=key
    )
    made.criterion = Criterion(module_code=module)
    return made


def panel(aspects, marks, *, reserves=(), excused=(), open_=()) -> PanelMarks:
    """Marks by code and seat: ``{"A-1": {1: [values of the aspects], ...}, ...}``."""
    numbers = sorted({seat for own in marks.values() for seat in own})
    seats = [
        JudgeSeat(
            id=number,
            seat=number,
            is_reserve=number in reserves,
            excused_at="gone" if number in excused else None,
        )
        for number in numbers
    ]
    sheets, raws = {}, {}
    for row, (code, own) in enumerate(marks.items()):
        sheets[code] = {}
        for seat, values in own.items():
            key = 100 * row + seat
            state = SheetState.OPEN if (code, seat) in open_ else SheetState.SUBMITTED
            sheets[code][seat] = MarkSheet(
                id=key, code=code, seat_id=seat, state=state, void_reason=""
            )
            pairs = zip(aspects, values, strict=True)
            raws[key] = {one.mark_key: Decimal(raw) for one, raw in pairs if raw is not None}
    return PanelMarks(Tally(aspects), seats, sheets, raws)
