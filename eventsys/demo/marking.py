"""The marking of the machining contest: its scheme, and what invented judges give."""

from decimal import Decimal
from random import Random

from eventsys.db import session
from eventsys.demo.accounts import PASSWORD
from eventsys.demo.founding import account, acting
from eventsys.events.models import Track
from eventsys.panels.actions import seat_judges
from eventsys.panels.queries import seat_of
from eventsys.rechecks.actions import find_agreement, hand_over, lock_together
from eventsys.rechecks.queries import items_of
from eventsys.schemes.actions import replace_scheme
from eventsys.schemes.aspects import AspectKind
from eventsys.schemes.models import Aspect
from eventsys.schemes.queries import aspects_of
from eventsys.schemes.rules import AspectFacts, CriterionFacts
from eventsys.scoring.actions import Tap, save_mark, submit_sheet
from eventsys.scoring.confirm_actions import confirm_code
from eventsys.scoring.models import MarkSheet
from eventsys.scoring.panel_actions import open_marking
from eventsys.scoring.queries import panel_marks, sheets_of

J, B, M, D = AspectKind.JUDGEMENT, AspectKind.CHECK, AspectKind.MEASUREMENT, AspectKind.DEDUCTION
LEVELS = ("未达到行业要求", "达到要求", "达到要求，局部更优", "优秀，可作示范")
JUDGES = ("caipan1", "caipan2", "caipan3", "caipan4", "caipan5")


def judged(code: str, text: str, text_en: str, points: str) -> AspectFacts:
    """A 0-3 judgement."""
    return AspectFacts(code, J, text, Decimal(points), text_en, levels=LEVELS)


def checked(code: str, text: str, text_en: str, points: str) -> AspectFacts:
    """Met or not met."""
    return AspectFacts(code, B, text, Decimal(points), text_en)


def measured(code: str, text: str, text_en: str, points: str, *limits: str) -> AspectFacts:
    """A value against its tolerance in millimetres."""
    low, high = limits
    return AspectFacts(
        code, M, text, Decimal(points), text_en, Decimal(low), Decimal(high), unit="mm"
    )


def deducted(code: str, text: str, text_en: str, points: str, step: str) -> AspectFacts:
    """Points lost for each occurrence."""
    return AspectFacts(code, D, text, Decimal(points), text_en, step=Decimal(step))


SCHEME = (
    CriterionFacts(
        "A",
        "A1",
        "工艺文件",
        "Process documents",
        (
            judged("A1-1", "工艺文件完整，工序与参数合理", "Sound process plan", "9"),
            judged("A1-2", "五轴刀路策略合理，仿真无过切、无干涉", "Sound tool paths", "12"),
            checked("A1-3", "坐标系、安全高度、换刀点标注清楚", "Clearances marked", "9"),
        ),
    ),
    CriterionFacts(
        "A",
        "A2",
        "职业素养",
        "Professional conduct",
        (deducted("A2-1", "安全文明操作（每次违规扣 2 分）", "Safety (2 points each)", "10", "2"),),
    ),
    CriterionFacts(
        "B",
        "B1",
        "尺寸精度",
        "Dimensional accuracy",
        (
            measured("B1-1", "叶轮安装轴外径 Ø32 h6", "Shaft diameter", "12", "31.984", "32.000"),
            measured("B1-2", "定位键槽宽度 12 H7", "Keyway width", "12", "12.000", "12.018"),
            measured("B1-3", "叶片型面轮廓度 ≤ 0.050", "Blade profile", "12", "0", "0.050"),
        ),
    ),
    CriterionFacts(
        "B",
        "B2",
        "外观与表面",
        "Finish",
        (
            judged("B2-1", "表面质量与接刀痕", "Surface and blending", "12"),
            checked("B2-2", "去毛刺、无磕碰划伤", "Deburred, no scratches", "12"),
        ),
    ),
)


def prepare(track: Track) -> None:
    """The scheme, five judges in their seats, and the sheets dealt."""
    organizer = acting("zuzhi")
    replace_scheme(organizer, track, SCHEME)
    session().flush()
    session().expire_all()
    seats = {seat: account(name).id for seat, name in enumerate(JUDGES, start=1)}
    seat_judges(organizer, track, seats)
    open_marking(organizer, track)
    session().flush()


def mark(track: Track, random: Random, *, finished: int, judges: tuple[str, ...] = JUDGES) -> None:
    """Judges mark the first ``finished`` codes completely, in the order of the codes."""
    aspects = aspects_of(track)
    skill: dict[str, float] = {}
    for name in judges:
        judge = acting(name)
        seat = seat_of(track.id, judge.user_id or 0)
        for sheet in sheets_of(seat.id)[:finished] if seat else ():
            _fill(name, sheet, aspects, skill.setdefault(sheet.code, random.random()), random)


def settle(track: Track) -> None:
    """The clerk confirms, the chief judge hands over, a supervisor re-checks, both lock."""
    clerk, chief, supervisor = acting("tongfen"), acting("caipanzhang"), acting("jiandu")
    panel = panel_marks(track)
    seats = {seat.id: seat.seat for seat in panel.seats}
    for code in sorted(panel.sheets):
        seen = {seats[sheet.seat_id]: sheet.version for sheet in panel.counting(code)}
        confirm_code(clerk, track, code, seen)
    recheck = hand_over(chief, track, PASSWORD)
    if recheck is not None:
        for item in items_of(recheck):
            find_agreement(supervisor, track, item.code)
        lock_together(supervisor, track, account("caipanzhang"), PASSWORD)


def _fill(name: str, sheet: MarkSheet, aspects: list[Aspect], skill: float, random: Random) -> None:
    judge = acting(name)
    for aspect in aspects:
        raw = _value(aspect, skill, random)
        save_mark(judge, sheet, Tap(f"{random.getrandbits(64):016x}", aspect.id, raw))
    session().flush()
    submit_sheet(judge, sheet, sheet.version)


def _value(aspect: Aspect, skill: float, random: Random) -> Decimal:
    """What a judge writes: the same code gets similar values from all."""
    good = random.random() < 0.35 + skill * 0.6
    if aspect.kind is J:
        return Decimal(min(3, int(1 + skill * 2 + (0.5 if good else 0))))
    if aspect.kind is B:
        return Decimal(1 if good else 0)
    if aspect.kind is D:
        return Decimal(0 if good else 1)
    high = Decimal(aspect.spec["hi"])
    return high - Decimal("0.004") if good else high + Decimal("0.011")
