"""The marking of a track: its panel, and what invented judges give."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from random import Random

from eventsys.db import session
from eventsys.demo.accounts import PASSWORD
from eventsys.demo.founding import account, acting
from eventsys.events.models import Track
from eventsys.identity.actor import Actor
from eventsys.panels.actions import seat_judges
from eventsys.panels.queries import seat_of
from eventsys.paper.keying_actions import key_sheet
from eventsys.paper.queries import keyed_aspects, mark_key
from eventsys.rechecks.actions import find_agreement, hand_over, lock_together
from eventsys.rechecks.queries import items_of
from eventsys.schemes.actions import replace_scheme
from eventsys.schemes.aspects import AspectKind
from eventsys.schemes.models import Aspect
from eventsys.schemes.queries import aspects_of
from eventsys.schemes.rules import CriterionFacts
from eventsys.scoring.actions import Tap, save_marks, submit_sheet
from eventsys.scoring.confirm_actions import confirm_code
from eventsys.scoring.models import MarkSheet
from eventsys.scoring.panel_actions import open_marking
from eventsys.scoring.queries import panel_marks, sheets_of

JUDGES = ("caipan1", "caipan2", "caipan3", "caipan4", "caipan5")
MOBILE_JUDGES = ("caipan6", "caipan7", "caipan8")
TABLET = "平板 1"


def prepare(track: Track, scheme: Sequence[CriterionFacts], judges: Sequence[str] = JUDGES) -> None:
    """The scheme, the judges in their seats, and the sheets dealt."""
    organizer = acting("zuzhi")
    replace_scheme(organizer, track, scheme)
    session().flush()
    session().expire_all()
    seats = {seat: account(name).id for seat, name in enumerate(judges, start=1)}
    seat_judges(organizer, track, seats)
    open_marking(organizer, track)
    session().flush()


def mark(
    track: Track,
    random: Random,
    finished: Mapping[str, int],
    best: float = 1,
) -> None:
    """Each judge marks so many codes completely, in the order of the codes, and hands them in.

    ``best`` is how good the best works are; up to 0.7 nobody reaches the highest level.
    """
    aspects = aspects_of(track)
    skill: dict[str, float] = {}
    for name, number in finished.items():
        judge, sheets = acting(name), _sheets(track, name)[:number]
        given = {}
        for sheet in sheets:
            good = skill.setdefault(sheet.code, random.random() * best)
            given[sheet.code] = [_tap(one, _value(one, good, random), random) for one in aspects]
        if sheets:
            save_marks(judge, sheets[0].seat, given, TABLET)
            session().flush()
        for sheet in sheets:
            submit_sheet(judge, sheet, sheet.version)


def begin(track: Track, random: Random, name: str, done: int) -> None:
    """A judge is in the middle of the next sheet: some aspects have values, the rest have none."""
    sheet = _next(track, name)
    taps = [_tap(one, _value(one, 0.6, random), random) for one in aspects_of(track)[:done]]
    save_marks(acting(name), sheet.seat, {sheet.code: taps}, TABLET)


def contest_values(track: Track, random: Random, name: str) -> None:
    """Two tablets of one judge give different values, neither having seen the other's."""
    sheet = _next(track, name)
    first = aspects_of(track)[0]
    for device, raw in ((TABLET, 2), ("平板 2", 3)):
        tap = _tap(first, Decimal(raw), random)
        save_marks(acting(name), sheet.seat, {sheet.code: [tap]}, device)


def confirm(track: Track, clerk: Actor, most: int | None = None) -> None:
    """The clerk confirms the first ``most`` codes, or all of them."""
    panel = panel_marks(track)
    seats = {seat.id: seat.seat for seat in panel.seats}
    for code in sorted(panel.sheets)[:most]:
        seen = {seats[sheet.seat_id]: sheet.version for sheet in panel.counting(code)}
        confirm_code(clerk, track, code, seen)


def settle(track: Track) -> None:
    """The clerk confirms, the chief judge hands over, a supervisor re-checks, both lock."""
    chief, supervisor = acting("caipanzhang"), acting("jiandu")
    confirm(track, acting("tongfen"))
    recheck = hand_over(chief, track, PASSWORD)
    if recheck is not None:
        for item in items_of(recheck):
            find_agreement(supervisor, track, item.code)
        lock_together(supervisor, track, account("caipanzhang"), PASSWORD)


def key_paper(track: Track, random: Random, name: str) -> None:
    """A judge wrote on paper: one sheet is keyed once, of another the two keyings differ."""
    waiting = [sheet for sheet in _sheets(track, name) if sheet.submitted_at is None]
    aspects = keyed_aspects(track)
    read = [{mark_key(one): _value(one, 0.5, random) for one in aspects} for _ in range(2)]
    slip = {mark_key(aspects[0]): Decimal(0)}
    key_sheet(acting("tongfen2"), waiting[0], read[0])
    key_sheet(acting("tongfen2"), waiting[1], read[1])
    key_sheet(acting("tongfen"), waiting[1], read[1] | slip)


def _sheets(track: Track, name: str) -> list[MarkSheet]:
    """The sheets of a judge in the order of their codes."""
    seat = seat_of(track.id, account(name).id)
    return list(sheets_of(seat.id)) if seat else []


def _next(track: Track, name: str) -> MarkSheet:
    """The first sheet a judge has not handed in."""
    return next(sheet for sheet in _sheets(track, name) if sheet.submitted_at is None)


def _tap(aspect: Aspect, raw: Decimal, random: Random) -> Tap:
    return Tap(f"{random.getrandbits(64):016x}", aspect.id, raw)


def _value(aspect: Aspect, skill: float, random: Random) -> Decimal:
    """What a judge writes: the same code gets similar values from all."""
    good = random.random() < 0.35 + skill * 0.6
    if aspect.kind is AspectKind.JUDGEMENT:
        return Decimal(min(3, int(1 + skill * 2 + (0.5 if good else 0))))
    if aspect.kind is AspectKind.CHECK:
        return Decimal(1 if good else 0)
    if aspect.kind in {AspectKind.DEDUCTION, AspectKind.FORMULA}:
        return Decimal(0 if good else 1)
    if aspect.kind is AspectKind.BANDS:
        return Decimal("1.2" if good else "2.4")
    high = Decimal(aspect.spec["hi"])
    return high - Decimal("0.004") if good else high + Decimal("0.011")
