"""Blocks of seats as a CP-SAT model, with families of rules switched on, off, or giving way.

Small questions are written person by person and panel by panel. Large ones are counted: seats by
sitting, people by what they may do (a *crowd*); what is impossible there is impossible in full.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np
from ortools.sat.python import cp_model

from scheduling.planner.duties.arrays import ANY, Array, Layout
from scheduling.planner.duties.names import Rule

PATIENCE = 4.0  # deterministic seconds of CP-SAT for one question
MOST_GIVEN = 100_000  # the most a rule can give way in one place
EXCEPTIONS = (Rule.RECUSAL, Rule.AVAILABILITY)
Sum = cp_model.LinearExpr | cp_model.IntVar | int


@dataclass(frozen=True, slots=True)
class Block:
    """Seats alike: one row of the price table, or all rows of a sitting (then counted)."""

    seats: int
    tasks: tuple[int, ...]
    sittings: tuple[int, ...]
    rows: tuple[int, ...]
    weight: int = 1


@dataclass(frozen=True, slots=True)
class Question:
    """Whether the blocks can be filled while `rules` hold and `gives` gives way."""

    layout: Layout
    blocks: tuple[Block, ...]
    counted: bool
    rules: frozenset[Rule]
    gives: Rule | None = None
    more_tasks: int = 0  # in a sitting, than the limit says

    @property
    def in_sitting(self) -> int:
        """At most so many tasks for one person in one sitting."""
        return min(ANY, self.layout.tables.in_sitting + self.more_tasks)


@dataclass(frozen=True, slots=True)
class Answer:
    """What CP-SAT says; `amount` is how far the rule that gives way has to."""

    impossible: bool
    amount: int = 0
    sittings: tuple[int, ...] = ()
    tasks: tuple[int, ...] = ()


@dataclass(slots=True)
class _Model:
    asked: Question
    crowds: list[list[int]]
    cp: cp_model.CpModel = field(default_factory=cp_model.CpModel)
    serve: list[dict[int, cp_model.IntVar]] = field(default_factory=list)  # by block and crowd
    come: dict[tuple[int, int], cp_model.IntVar] = field(default_factory=dict)
    slack: list[tuple[cp_model.IntVar, int, int]] = field(default_factory=list)  # sitting, task
    common: cp_model.IntVar | None = None

    def give(self, rule: Rule, sitting: int, task: int = -1) -> Sum:
        """How far `rule` gives way here: nothing, unless it is the one that does."""
        if rule is not self.asked.gives:
            return 0
        given = self.cp.new_int_var(0, MOST_GIVEN, "")
        self.slack.append((given, sitting, task))
        return given

    def more(self, rule: Rule) -> Sum:
        """How far a limit that is the same for everybody rises."""
        if rule is not self.asked.gives:
            return 0
        if self.common is None:
            self.common = self.cp.new_int_var(0, MOST_GIVEN, "")
            self.slack.append((self.common, -1, -1))
        return self.common

    def holds(self, rule: Rule) -> bool:
        return rule in self.asked.rules

    def of(self, crowd: int, numbers: Array) -> int:
        """A limit of people, for the whole crowd."""
        return int(numbers[self.crowds[crowd]].sum())


def ask(question: Question) -> Answer:
    """`impossible` is said only when it was proved within the patience."""
    model = _Model(question, _crowds(question))
    _write_seats(model)
    _write_panels(model)
    _write_times(model)
    _write_loads(model)
    if model.slack:
        model.cp.minimize(_total(given for given, _, _ in model.slack))
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.random_seed = 1
    solver.parameters.max_deterministic_time = PATIENCE
    status = solver.solve(model.cp)
    if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return Answer(impossible=status == cp_model.INFEASIBLE)
    used = [(solver.value(given), sitting, task) for given, sitting, task in model.slack]
    used = [one for one in used if one[0]]
    return Answer(
        impossible=False,
        amount=_amount(question, used),
        sittings=tuple(sorted({sitting for _, sitting, _ in used if sitting >= 0})),
        tasks=tuple(sorted({task for _, _, task in used if task >= 0})),
    )


def _total(terms: Iterable[Sum]) -> cp_model.LinearExpr:
    return cp_model.LinearExpr.sum(list(terms)) + cp_model.LinearExpr.constant(0)


def _amount(question: Question, used: list[tuple[int, int, int]]) -> int:
    """What an organizer can look for: missing seniors and people are heads, not posts."""
    if question.gives not in (Rule.SENIORS, Rule.OFFICE):
        return sum(given for given, _, _ in used)
    t = question.layout.tables
    here: dict[int, int] = defaultdict(int)
    for given, sitting, _ in used:
        here[sitting] += given
    heads = max((-(-missing // question.in_sitting) for missing in here.values()), default=0)
    carry = int(t.most_load.max(initial=1)) if Rule.LOAD in question.rules else ANY
    return max(heads, -(-sum(here.values()) // carry))


def _crowds(question: Question) -> list[list[int]]:
    """Each person alone; in a counted question those who may do the same together."""
    people = question.layout.problem.people
    if not question.counted:
        return [[n] for n in range(len(people))]
    found: dict[object, list[int]] = defaultdict(list)
    for n, one in enumerate(people):
        found[one.is_senior, one.offices, one.away, one.group, one.most, one.most_a_day].append(n)
    return list(found.values())


def _bars(question: Question, block: Block, row: int) -> dict[Rule, Array]:
    """For each rule the people it keeps from a row."""
    layout, people = question.layout, question.layout.problem.people
    t = layout.tables
    post = layout.problem.posts[layout.seat_posts[t.row_seats[t.row_seats_at[row]]][0]]
    tasks = t.row_tasks[t.row_tasks_at[row] : t.row_tasks_at[row + 1]]
    mine = [n for n in tasks.tolist() if n in set(block.tasks)]
    unfit = [
        (post.person not in (None, one.id))
        or (bool(post.office) and post.office not in one.offices)
        or (post.needs_senior and not one.is_senior)
        for one in people
    ]
    return {
        Rule.RECUSAL: np.any(layout.recused[mine], axis=0),
        Rule.AVAILABILITY: ~np.all(layout.free[list(block.sittings)], axis=0),
        Rule.OFFICE: np.array(unfit, dtype=bool),
    }


def _room(question: Question, block: Block) -> tuple[Array, Array]:
    """Per person: how many of the block's rows they may have, and how many more by giving way."""
    people = len(question.layout.problem.people)
    free, extra = np.zeros(people, dtype=np.int64), np.zeros(people, dtype=np.int64)
    gives = question.gives if question.gives in EXCEPTIONS else None
    for row in block.rows:
        hard, soft = np.zeros(people, dtype=bool), np.zeros(people, dtype=bool)
        for rule, barred in _bars(question, block, row).items():
            if rule is gives:
                soft |= barred
            elif rule in question.rules:
                hard |= barred
        free += ~hard & ~soft
        extra += ~hard & soft
    return free, extra


def _write_seats(model: _Model) -> None:
    """Every seat is filled by people who may; the rule that gives way counts each exception."""
    cp, asked = model.cp, model.asked
    for block in asked.blocks:
        free, extra = _room(asked, block)
        mine: dict[int, cp_model.IntVar] = {}
        for crowd in range(len(model.crowds)):
            may, could = model.of(crowd, free), model.of(crowd, extra)
            if may + could == 0:
                continue
            mine[crowd] = cp.new_int_var(0, min(may + could, block.seats), "")
            if could and asked.gives in EXCEPTIONS:
                given = model.give(asked.gives, block.sittings[0], block.tasks[0])
                cp.add(mine[crowd] - given <= may)
        model.serve.append(mine)
        missing = model.give(Rule.OFFICE, block.sittings[0], block.tasks[0])
        cp.add(_total([*mine.values(), missing]) == block.seats)


def _write_panels(model: _Model) -> None:
    """Nobody twice in a task; units and seniors."""
    if model.asked.counted:
        for n in range(len(model.asked.blocks)):
            _write_counted_seniors(model, n)
        return
    blocks_of: dict[int, list[int]] = defaultdict(list)
    for n, block in enumerate(model.asked.blocks):
        for task in block.tasks:
            blocks_of[task].append(n)
    for task, blocks in blocks_of.items():
        by_person: dict[int, list[cp_model.IntVar]] = defaultdict(list)
        for n in blocks:
            for person, serves in model.serve[n].items():
                by_person[person].append(serves)
        _write_units(model, task, by_person)
        _write_seniors(model, task, by_person)


def _write_units(model: _Model, task: int, by_person: dict[int, list[cp_model.IntVar]]) -> None:
    t = model.asked.layout.tables
    by_unit: dict[int, list[cp_model.IntVar]] = defaultdict(list)
    for person, serves in by_person.items():
        model.cp.add(_total(serves) <= 1)
        for unit in t.units[t.units_at[person] : t.units_at[person + 1]].tolist():
            by_unit[unit] += serves
    if not model.holds(Rule.UNIT) or t.per_unit >= ANY:
        return
    for several in by_unit.values():
        if len(several) > t.per_unit:
            given = model.give(Rule.UNIT, int(t.task_sitting[task]), task)
            model.cp.add(_total(several) - given <= t.per_unit)


def _write_seniors(model: _Model, task: int, by_person: dict[int, list[cp_model.IntVar]]) -> None:
    t = model.asked.layout.tables
    if not model.holds(Rule.SENIORS):
        return
    serves = [one for person, several in by_person.items() if t.senior[person] for one in several]
    given = model.give(Rule.SENIORS, int(t.task_sitting[task]), task)
    model.cp.add(_total([*serves, given]) >= int(t.task_least[task]))
    if t.task_most[task] < ANY:
        model.cp.add(_total(serves) - given <= int(t.task_most[task]))


def _write_counted_seniors(model: _Model, block: int) -> None:
    t = model.asked.layout.tables
    if not model.holds(Rule.SENIORS):
        return
    here = model.asked.blocks[block]
    crowds = model.serve[block].items()
    serves = [one for crowd, one in crowds if t.senior[model.crowds[crowd][0]]]
    given = model.give(Rule.SENIORS, here.sittings[0])
    model.cp.add(_total([*serves, given]) >= int(t.task_least[list(here.tasks)].sum()))


def _write_times(model: _Model) -> None:
    """Who comes to which sitting; how often, how much there, and nowhere else meanwhile."""
    t, cp, asked = model.asked.layout.tables, model.cp, model.asked
    work: dict[tuple[int, int], list[Sum]] = defaultdict(list)
    for block, mine in zip(asked.blocks, model.serve, strict=True):
        for crowd, serves in mine.items():
            for sitting in block.sittings:
                times = sum(int(t.task_sitting[n] == sitting) for n in block.tasks)
                work[crowd, sitting].append(serves if asked.counted else times * serves)
    limited = model.holds(Rule.IN_SITTING) and asked.in_sitting < ANY
    most = asked.in_sitting if limited else MOST_GIVEN
    for (crowd, sitting), several in work.items():
        comes = cp.new_int_var(0, len(model.crowds[crowd]), "")
        model.come[crowd, sitting] = comes
        cp.add(_total(several) - most * comes <= 0)
    _write_overlaps(model)
    _write_most(model)


def _write_overlaps(model: _Model) -> None:
    t = model.asked.layout.tables
    if not model.holds(Rule.OVERLAP):
        return
    for (crowd, sitting), comes in model.come.items():
        for other in t.clash[t.clash_at[sitting] : t.clash_at[sitting + 1]].tolist():
            if other > sitting and (crowd, other) in model.come:
                both = _total([comes, model.come[crowd, other]])
                size = len(model.crowds[crowd])
                model.cp.add(both - model.give(Rule.OVERLAP, sitting) <= size)


def _write_most(model: _Model) -> None:
    t = model.asked.layout.tables
    all_of: dict[int, list[cp_model.IntVar]] = defaultdict(list)
    day_of: dict[tuple[int, int], list[cp_model.IntVar]] = defaultdict(list)
    for (crowd, sitting), comes in model.come.items():
        all_of[crowd].append(comes)
        day_of[crowd, int(t.sitting_day[sitting])].append(comes)
    if model.holds(Rule.SITTINGS):
        for crowd, several in all_of.items():
            given = len(model.crowds[crowd]) * model.more(Rule.SITTINGS)
            model.cp.add(_total(several) - given <= model.of(crowd, t.most))
    if model.holds(Rule.DAY):
        for (crowd, _), several in day_of.items():
            given = len(model.crowds[crowd]) * model.more(Rule.DAY)
            model.cp.add(_total(several) - given <= model.of(crowd, t.most_a_day))


def _write_loads(model: _Model) -> None:
    t = model.asked.layout.tables
    if not model.holds(Rule.LOAD):
        return
    loads: dict[int, list[Sum]] = defaultdict(list)
    for block, mine in zip(model.asked.blocks, model.serve, strict=True):
        for crowd, serves in mine.items():
            loads[crowd].append(block.weight * serves)
    for crowd, several in loads.items():
        given = len(model.crowds[crowd]) * model.more(Rule.LOAD)
        least, most = model.of(crowd, t.least_load), model.of(crowd, t.most_load)
        model.cp.add(_total([*several, given]) >= least)
        model.cp.add(_total(several) - given <= most)
