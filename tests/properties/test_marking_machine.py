"""T8: judges on several devices, offline, with wrong clocks, over lossy and re-ordering networks.

Every run deals fresh sheets and plays random steps against the real actions and a real database:
values entered, parcels sent, delivered twice and out of order, answers lost, pages loaded again,
sheets submitted, returned, set aside, locked, contests settled. Afterwards must hold: no operation
that was acknowledged is lost, none overwrote another that nobody had seen, none changed a closed
sheet, the chief judge sees every conflict, and the same operations in any other order make the same
sheet. ``EVENTSYS_MACHINE_RUNS`` says how many runs; the full programme is 2,000.
"""

import os
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from decimal import Decimal
from random import Random

import pytest
from sqlalchemy import select, update

from eventsys.db import db, new_id, session, transaction
from eventsys.errors import DomainError
from eventsys.panels.models import JudgeSeat
from eventsys.panels.queries import seats_of
from eventsys.scoring import actions, deliveries
from eventsys.scoring.actions import Told, save_marks, settle_contest, submit_sheet
from eventsys.scoring.chief_actions import restore_code, return_sheet, void_code
from eventsys.scoring.models import Mark, MarkOperation, MarkSheet
from eventsys.scoring.queries import contests_of, marks_of_sheets
from eventsys.scoring.registers import Register
from eventsys.scoring.states import SheetState
from tests import judging
from tests.tablets import KEPT, Place, Tablet

RUNS = int(os.environ.get("EVENTSYS_MACHINE_RUNS", "30"))
STEPS = 50
FRESH_EVERY = 100  # runs on one copy of the database
DAY = 86_400.0
VALUES = {
    "A1.1": ("0", "1", "2"),
    "A1.2": ("0", "1", "2", "3"),
    "B1.1": ("0", "4"),
    "B1.2": ("31.99", "32.01"),
    "B1.3": ("0", "1"),
}
ENTERING = (Told.APPLIED, Told.CONTESTED)


@dataclass
class Floor:
    """What all runs share: the people, the seats, the aspects."""

    world: object
    judges: dict[int, object]
    chief: object
    seats: dict[int, int]
    aspects: dict[int, tuple[str, ...]]


@dataclass
class Run:
    """One run: its sheets, tablets and network, and what the tablets were told."""

    floor: Floor
    random: Random
    codes: list[str]
    judges: list[int]
    sheets: dict[tuple[int, str], int]
    tablets: list[Tablet] = field(default_factory=list)
    network: list[tuple[Tablet, dict]] = field(default_factory=list)
    acknowledged: dict[str, tuple[int, object]] = field(default_factory=dict)
    closed: dict[int, dict[int, tuple]] = field(default_factory=dict)
    faults: Counter = field(default_factory=Counter)
    did: Counter = field(default_factory=Counter)
    now: float = 0.0

    # ---- what can happen

    def enter(self) -> None:
        tablet, place = self.random.choice(self.tablets), self.place()
        raw = self.random.choice(self.floor.aspects[place[1]])
        value = None if self.random.random() < 0.05 else Decimal(raw)
        tablet.enter(place, value, self.now)

    def fill(self) -> None:
        """A whole sheet on one device, as at the end of a session."""
        tablet, code = self.random.choice(self.tablets), self.random.choice(self.codes)
        for aspect, values in self.floor.aspects.items():
            if not tablet.heads.get((code, aspect)):
                tablet.enter((code, aspect), Decimal(self.random.choice(values)), self.now)

    def send(self) -> None:
        tablet = self.random.choice(self.tablets)
        if tablet.is_online and tablet.queue:
            self.network.append((tablet, tablet.send()))

    def deliver(self) -> None:
        """Any parcel on its way, perhaps for the second time; the answer may get lost."""
        if not self.network:
            return
        number = self.random.randrange(len(self.network))
        tablet, parcel = self.network[number]
        if self.random.random() < 0.6:
            del self.network[number]
        self.take(tablet, parcel, is_heard=self.random.random() < 0.7)

    def take(self, tablet: Tablet, parcel: dict, *, is_heard: bool) -> None:
        seat = session().get_one(JudgeSeat, self.floor.seats[tablet.judge])
        with transaction():
            given = save_marks(self.floor.judges[tablet.judge], seat, parcel, "tablet")
            states = dict(given.sheets)
            marks = marks_of_sheets([sheet.id for sheet in states.values()])
            self.check_closed(tablet.judge, parcel, given, marks)
            if is_heard:
                for code, sheet in states.items():
                    tablet.learn(code, marks.get(sheet.id, []))
        if is_heard:
            taps = {tap.op: (code, tap) for code, some in parcel.items() for tap in some}
            for receipt in given.receipts:
                if receipt.told in KEPT:
                    code, tap = taps[receipt.op]
                    self.acknowledged[receipt.op] = (self.sheets[tablet.judge, code], tap)
            tablet.hear(given.receipts, self.now)

    def check_closed(self, judge: int, parcel: dict, given, marks: dict) -> None:
        told = iter(given.receipts)
        for code, taps in parcel.items():
            sheet = given.sheets[code]
            is_open = sheet.state is SheetState.OPEN and not sheet.void_reason
            entered = [next(told).told in ENTERING for _tap in taps]
            if not is_open and any(entered):
                self.faults["applied after the end"] += 1
            if sheet.id in self.closed and self.closed[sheet.id] != standing(
                marks.get(sheet.id, [])
            ):
                self.faults["changed after the end"] += 1

    def load(self) -> None:
        """A page is opened again: the device shows what the server has."""
        tablet, code = self.random.choice(self.tablets), self.random.choice(self.codes)
        if tablet.is_online:
            self.show(tablet, code)

    def show(self, tablet: Tablet, code: str) -> None:
        sheet_id = self.sheets[tablet.judge, code]
        tablet.learn(code, marks_of_sheets([sheet_id]).get(sheet_id, []))

    def switch(self) -> None:
        tablet = self.random.choice(self.tablets)
        tablet.is_online = not tablet.is_online

    def settle(self) -> None:
        """The chief judge lets one of the values hold."""
        found = [one for one in self.contests() if one.sheet.state is SheetState.OPEN]
        if found:
            one = self.random.choice(found)
            chosen = self.random.choice(one.mark.heads)["op"]
            with transaction():
                sheet, aspect = one.sheet, one.mark.aspect_id
                settle_contest(self.floor.chief, sheet, aspect, chosen, one.seen)

    def submit(self) -> None:
        """On one device the judge looks, fills in, settles what differs, and hands the sheet in."""
        tablet, code = self.random.choice(self.tablets), self.random.choice(self.codes)
        sheet_id = self.sheets[tablet.judge, code]
        if not tablet.is_online:
            return
        self.show(tablet, code)
        marks = {one.aspect_id: one for one in marks_of_sheets([sheet_id]).get(sheet_id, [])}
        for aspect, values in self.floor.aspects.items():
            if aspect not in marks or marks[aspect].raw is None:
                tablet.enter((code, aspect), Decimal(self.random.choice(values)), self.now)
        self.take(tablet, tablet.send(), is_heard=True)
        sheet = session().get_one(MarkSheet, sheet_id)
        with suppress(DomainError), transaction():
            submit_sheet(self.floor.judges[tablet.judge], sheet, sheet.version)
            self.did["submitted"] += 1
        self.note_closed(sheet_id)

    def give_back(self) -> None:
        if not self.closed:
            return
        sheet_id = self.random.choice(list(self.closed))
        sheet = session().get_one(MarkSheet, sheet_id)
        with suppress(DomainError), transaction():
            return_sheet(self.floor.chief, sheet, "请再看一遍")
            self.did["returned"] += 1
        self.note_closed(sheet_id)

    def void(self) -> None:
        code = self.random.choice(self.codes)
        own = [key for (_judge, one), key in self.sheets.items() if one == code]
        if any(session().get_one(MarkSheet, key).state is SheetState.LOCKED for key in own):
            return  # a real lock takes the whole track, and nothing is set aside after it
        track = judging.track_of(self.floor.world)
        is_void = self.sheet_of(code).void_reason
        with suppress(DomainError), transaction():
            if is_void:
                restore_code(self.floor.chief, track, code)
            else:
                void_code(self.floor.chief, track, code, "未提交作品")
            self.did["set aside"] += 1
        for sheet_id in own:
            self.note_closed(sheet_id)

    def lock(self) -> None:
        """As locking the whole track does with each of its sheets."""
        found = [key for key in self.sheets.values() if key in self.closed]
        if found and self.random.random() < 0.2:
            key = self.random.choice(found)
            with transaction():
                locking = update(MarkSheet).where(
                    MarkSheet.id == key, MarkSheet.state == SheetState.SUBMITTED
                )
                session().execute(locking.values(state=SheetState.LOCKED))
            session().expire_all()
            self.did["locked"] += session().get_one(MarkSheet, key).state is SheetState.LOCKED

    # ---- what must hold

    def place(self) -> Place:
        """Where the judges look: a few aspects, so that devices of one judge meet."""
        return self.random.choice(self.codes), self.random.choice(list(self.floor.aspects)[:3])

    def sheet_of(self, code: str) -> MarkSheet:
        return session().get_one(MarkSheet, self.sheets[self.judges[0], code])

    def contests(self) -> list:
        found = contests_of(judging.track_of(self.floor.world))
        return [one for one in found if one.sheet.code in self.codes]

    def note_closed(self, sheet_id: int) -> None:
        sheet = session().get_one(MarkSheet, sheet_id)
        if sheet.state is SheetState.OPEN and not sheet.void_reason:
            self.closed.pop(sheet_id, None)
        elif sheet_id not in self.closed:
            marks = marks_of_sheets([sheet_id])
            self.closed[sheet_id] = standing(marks.get(sheet_id, []))

    def operations(self, sheet_id: int) -> list[MarkOperation]:
        found = select(MarkOperation).where(MarkOperation.sheet_id == sheet_id)
        return list(session().scalars(found))

    def check(self) -> None:
        """Everything at the end, reckoned here without the code under test."""
        contested = set()
        for sheet_id in self.sheets.values():
            kept = {one.op: one for one in self.operations(sheet_id)}
            self.check_kept(sheet_id, kept)
            self.did["late"] += sum(one.is_late for one in kept.values())
            marks = {one.aspect_id: one for one in marks_of_sheets([sheet_id]).get(sheet_id, [])}
            for aspect in self.floor.aspects:
                applied = [
                    one for one in kept.values() if one.aspect_id == aspect and not one.is_late
                ]
                values = unseen_values(applied)
                mark = marks.get(aspect)
                stands = (mark.raw, mark.is_contested) if mark else (None, False)
                due = (None, True) if len(values) > 1 else ((values or [None])[0], False)
                if stands != due:
                    self.faults["overwritten silently"] += 1
                if due[1]:
                    contested.add((sheet_id, aspect))
        self.did["contested"] += len(contested)
        sheets = {key: session().get_one(MarkSheet, key) for key, _aspect in contested}
        visible = {(one.sheet.id, one.mark.aspect_id) for one in self.contests()}
        hidden = {one for one in contested if not sheets[one[0]].void_reason} ^ visible
        if hidden:
            self.faults["hidden from the chief judge"] += len(hidden)

    def check_kept(self, sheet_id: int, kept: dict[str, MarkOperation]) -> None:
        for op, (where, tap) in self.acknowledged.items():
            if where == sheet_id:
                one = kept.get(op)
                if one is None or (one.aspect_id, one.raw) != (tap.aspect_id, tap.raw):
                    self.faults["acknowledged and lost"] += 1

    def check_order(self) -> None:
        """The applied operations of one sheet, in other orders and twice, on fresh sheets."""
        judge, code = max(self.sheets, key=lambda one: len(self.operations(self.sheets[one])))
        sheet_id = self.sheets[judge, code]
        applied = [one for one in self.operations(sheet_id) if not one.is_late]
        was = standing_by_value(marks_of_sheets([sheet_id]).get(sheet_id, []))
        for turn in ("x", "y"):
            other = deal(self.floor, [judge], [f"{code}{turn}"])[judge, f"{code}{turn}"]
            parcels = [
                actions.Tap(
                    f"{turn}{one.op}",
                    one.aspect_id,
                    one.raw,
                    frozenset(f"{turn}{op}" for op in one.seen),
                )
                for one in applied
            ]
            parcels += self.random.sample(parcels, len(parcels) // 3)
            self.random.shuffle(parcels)
            seat = session().get_one(JudgeSeat, self.floor.seats[judge])
            with transaction():
                save_marks(self.floor.judges[judge], seat, {f"{code}{turn}": parcels})
            if standing_by_value(marks_of_sheets([other]).get(other, [])) != was:
                self.faults["depends on the order"] += 1


STEP_WEIGHTS = {
    Run.enter: 14,
    Run.fill: 4,
    Run.send: 10,
    Run.deliver: 11,
    Run.load: 2,
    Run.switch: 2,
    Run.settle: 2,
    Run.submit: 3,
    Run.give_back: 1,
    Run.void: 1,
    Run.lock: 1,
}


def standing(marks: list[Mark]) -> dict[int, tuple]:
    return {mark.aspect_id: (mark.raw, mark.is_contested, mark.version) for mark in marks}


def standing_by_value(marks: list[Mark]) -> dict[int, tuple]:
    return {
        mark.aspect_id: (mark.raw, mark.is_contested, len(mark.heads))
        for mark in marks
        if mark.heads
    }


def unseen_values(applied: list[MarkOperation]) -> list[Decimal | None]:
    """The different values that no other operation has seen."""
    values: list[Decimal | None] = []
    for one in applied:
        if not any(one.op in other.seen for other in applied) and one.raw not in values:
            values.append(one.raw)
    return values


def deal(floor: Floor, judges: list[int], codes: list[str]) -> dict[tuple[int, str], int]:
    """Fresh sheets for these judges."""
    with transaction():
        track = judging.track_of(floor.world)
        dealt = {
            (judge, code): MarkSheet(
                id=new_id(),
                group_id=track.group_id,
                track_id=track.id,
                code=code,
                seat_id=floor.seats[judge],
            )
            for judge in judges
            for code in codes
        }
        session().add_all(dealt.values())
        return {key: sheet.id for key, sheet in dealt.items()}


def play(floor: Floor, seed: int) -> Run:
    """One run of STEPS steps, then everything still on its way, then the checks."""
    random = Random(seed)  # noqa: S311  a simulation that can be repeated
    judges = list(range(1, random.randint(2, 5) + 1))
    codes = [f"R{seed}-{number}" for number in range(random.randint(1, 2))]
    run = Run(floor, random, codes, judges, deal(floor, judges, codes))
    for judge in judges:
        for _device in range(random.choice((1, 2, 3))):
            run.tablets.append(Tablet(judge, random, random.uniform(-DAY, DAY)))
    CLOCKS.clear()
    steps = random.choices(list(STEP_WEIGHTS), list(STEP_WEIGHTS.values()), k=STEPS)
    for step in steps:
        run.now += random.uniform(1, 600)
        step(run)
        for tablet in run.tablets:
            CLOCKS.update(tablet.clock)
    for tablet in run.tablets:  # the network is back for everybody
        if tablet.queue:
            run.take(tablet, tablet.send(), is_heard=True)
    run.check()
    run.check_order()
    session().close()
    return run


CLOCKS: dict[str, float] = {}


@pytest.fixture
def floor(inside, world, database):
    codes = judging.ready_to_mark(world)
    judging.mark(world, 5, codes[0], ("90", "90", "3"))  # the scheme is frozen from here on
    db.session.remove()
    db.engine.dispose()
    database.keep_as_template("machine")
    return prepared(world)


def prepared(world) -> Floor:
    ids = judging.aspect_ids(world)
    found = Floor(
        world,
        {number: judging.actor(f"judge{number}_a") for number in range(1, 6)},
        judging.actor("chief_a"),
        {one.seat: one.id for one in seats_of(world.track_a)},
        {ids[code]: values for code, values in VALUES.items()},
    )
    session().close()
    return found


def play_many(floor: Floor, database, runs: int) -> tuple[Counter, Counter]:
    faults, did = Counter(), Counter()
    for seed in range(runs):
        if seed and seed % FRESH_EVERY == 0:
            db.session.remove()
            db.engine.dispose()
            database.restore("machine")
            floor = prepared(floor.world)
        run = play(floor, seed)
        faults += run.faults
        did += run.did
    return faults, did


def test_nothing_is_lost_overwritten_or_changed_after_the_end(floor, database):
    faults, did = play_many(floor, database, RUNS)

    print(dict(did))  # noqa: T201  how much the runs exercised
    assert faults == Counter()
    assert (
        min(did[deed] for deed in ("submitted", "returned", "set aside", "contested", "late")) > 0
    )


# ---- wrong builds, each of which must be found out


def last_write_wins(operations) -> Register:
    return Register(list(operations)[-1:])


def order_by_the_tablets_clock(operations) -> Register:
    return Register(sorted(operations, key=lambda one: CLOCKS.get(one.op, 0))[-1:])


@pytest.mark.parametrize("wrong", [last_write_wins, order_by_the_tablets_clock])
def test_a_build_that_merges_by_order_or_clock_is_found_out(floor, database, monkeypatch, wrong):
    monkeypatch.setattr(deliveries, "register_of", wrong)

    faults, _did = play_many(floor, database, 6)

    assert faults["overwritten silently"] > 0
    assert faults["hidden from the chief judge"] > 0


def test_a_build_that_lets_the_last_arrival_win_depends_on_the_order(floor, database, monkeypatch):
    monkeypatch.setattr(deliveries, "register_of", last_write_wins)

    faults, _did = play_many(floor, database, 20)

    assert faults["depends on the order"] > 0


def test_a_build_that_takes_marks_after_the_end_is_found_out(floor, database, monkeypatch):
    def too_kind(book, sheet, tap):
        actions._apply(book, sheet, tap)
        return actions.Receipt(tap.op, Told.APPLIED)

    monkeypatch.setattr(actions, "_keep_late", too_kind)
    monkeypatch.delitem(STEP_WEIGHTS, Run.lock)  # the database refuses what comes after the lock

    faults, _did = play_many(floor, database, 12)

    assert faults["applied after the end"] > 0
    assert faults["changed after the end"] > 0


def test_a_build_that_forgets_what_it_acknowledged_is_found_out(floor, database, monkeypatch):
    def forgetful(book, sheet, tap, *, is_late):
        kept = MarkOperation(
            sheet_id=sheet.id,
            op=tap.op,
            aspect_id=tap.aspect_id,
            raw=tap.raw,
            seen=sorted(tap.seen),
            is_late=is_late,
            device="",
            by_name="",
            at=book.moment,
        )
        book.operations[tap.op] = kept

    monkeypatch.setattr(actions, "_keep", forgetful)

    faults, _did = play_many(floor, database, 3)

    assert faults["acknowledged and lost"] > 0
