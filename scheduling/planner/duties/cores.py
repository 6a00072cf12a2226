"""Rules that cannot hold together: a deletion filter over families of rules, asked of CP-SAT.

First the panel of an open post by itself, then its sitting (with those at the same time), then the
whole. Where the whole is too large to write pair by pair, only people and sittings are counted:
what is impossible there is impossible in full. When nothing is proved, the rules that the best
plan broke are named as suspects.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import takewhile

import numpy as np

from scheduling.planner.duties.arrays import ANY, Array, Layout
from scheduling.planner.duties.conflict import Conflict, Relaxation
from scheduling.planner.duties.models import Answer, Block, Question, ask
from scheduling.planner.duties.names import Rule

ASKED = (
    Rule.OVERLAP,
    Rule.AVAILABILITY,
    Rule.OFFICE,
    Rule.RECUSAL,
    Rule.UNIT,
    Rule.LOAD,
    Rule.DAY,
    Rule.IN_SITTING,
    Rule.SITTINGS,
    Rule.SENIORS,
)  # in the order in which the filter tries to do without them
PRICE: Mapping[Rule, int] = {
    Rule.LOAD: 1,
    Rule.SITTINGS: 2,
    Rule.DAY: 2,
    Rule.IN_SITTING: 2,
    Rule.UNIT: 3,
    Rule.SENIORS: 4,
    Rule.OFFICE: 5,
    Rule.AVAILABILITY: 6,
    Rule.OVERLAP: 8,
    Rule.RECUSAL: 50,
}  # of one step: how hard it is for an organizer to give way
PARTS_TRIED = 4
MORE_TASKS = 12  # in a sitting, tried one by one
LARGEST = 60_000  # pairs written one by one


@dataclass(frozen=True, slots=True)
class _Part:
    """What is asked about: blocks of seats, and whether loads count (only in the whole)."""

    blocks: tuple[Block, ...]
    tasks: tuple[int, ...]
    sittings: tuple[int, ...]
    whole: bool = False
    counted: bool = False

    def asked(self, layout: Layout, rules: Iterable[Rule], gives: Rule | None = None) -> Question:
        """The question whether this part is possible."""
        return Question(layout, self.blocks, self.counted, frozenset(rules), gives)


def quarrel(
    layout: Layout,
    open_tasks: Sequence[int],
    broken: Mapping[Rule, int],
    go_on: Callable[[], bool],
) -> Conflict:
    """The smallest part that is proved impossible, with its rules and the ways out."""
    for part in takewhile(lambda _part: go_on(), _parts(layout, open_tasks)):
        if ask(part.asked(layout, _rules(part))).impossible:
            return _named(layout, part, go_on)
    suspects = tuple(rule for rule in broken if rule in ASKED)
    ways = (Relaxation(rule, broken[rule]) for rule in suspects)
    return Conflict(suspects, _cheapest_first(ways), proved=False)


def _rules(part: _Part) -> tuple[Rule, ...]:
    return tuple(rule for rule in ASKED if part.whole or rule is not Rule.LOAD)


def _parts(layout: Layout, tasks: Sequence[int]) -> Iterable[_Part]:
    """Parts around open posts, the smallest first; the whole at last."""
    t = layout.tables
    for task in tasks[:PARTS_TRIED]:
        yield _exact(layout, (task,))
    sittings = list(dict.fromkeys(int(t.task_sitting[task]) for task in tasks))
    for sitting in sittings[:PARTS_TRIED]:
        yield _small_or_counted(layout, (sitting,))
    for sitting in sittings[:1]:
        near = t.clash[t.clash_at[sitting] : t.clash_at[sitting + 1]].tolist()
        if near:
            yield _small_or_counted(layout, (sitting, *near))
    yield _small_or_counted(layout, tuple(range(len(t.sitting_day))))


def _tasks_of(layout: Layout, row: int) -> Array:
    t = layout.tables
    return t.row_tasks[t.row_tasks_at[row] : t.row_tasks_at[row + 1]]


def _rows_in(layout: Layout, tasks: Iterable[int]) -> list[int]:
    wanted = set(tasks)
    return [
        row
        for row in range(layout.tables.price.shape[0])
        if wanted.intersection(_tasks_of(layout, row).tolist())
    ]


def _exact(layout: Layout, tasks: tuple[int, ...]) -> _Part:
    t = layout.tables
    wanted = set(tasks)
    blocks = []
    for row in _rows_in(layout, tasks):
        mine = tuple(n for n in _tasks_of(layout, row).tolist() if n in wanted)
        seats = int(t.row_seats_at[row + 1] - t.row_seats_at[row])
        places = tuple(sorted({int(t.task_sitting[n]) for n in mine}))
        blocks.append(Block(seats, mine, places, (row,), weight=int(t.row_weight[row])))
    sittings = tuple(sorted({int(t.task_sitting[n]) for n in tasks}))
    return _Part(tuple(blocks), tasks, sittings, whole=len(wanted) == len(t.task_sitting))


def _small_or_counted(layout: Layout, sittings: tuple[int, ...]) -> _Part:
    """All tasks of some sittings, pair by pair if they are few enough, else only counted."""
    t = layout.tables
    tasks = tuple(np.flatnonzero(np.isin(t.task_sitting, sittings)).tolist())
    if len(tasks) * t.price.shape[1] <= LARGEST:
        return _exact(layout, tasks)
    rows = _rows_in(layout, tasks)
    whole = len(tasks) == len(t.task_sitting)
    blocks = []
    for sitting in sittings:
        mine = tuple(n for n in tasks if t.task_sitting[n] == sitting)
        wanted = set(mine)
        here = tuple(row for row in rows if wanted.intersection(_tasks_of(layout, row).tolist()))
        seats = sum(int(t.row_seats_at[row + 1] - t.row_seats_at[row]) for row in here)
        blocks.append(Block(seats, mine, (sitting,), here))
    equal = bool((t.row_weight == 1).all())
    return _Part(tuple(blocks), tasks, sittings, whole=whole and equal, counted=True)


def _named(layout: Layout, part: _Part, go_on: Callable[[], bool]) -> Conflict:
    """The core by deletion, and what would end the quarrel."""
    core = list(_rules(part))
    for rule in takewhile(lambda _rule: go_on(), _rules(part)):
        fewer = [one for one in core if one is not rule]
        if ask(part.asked(layout, fewer)).impossible:
            core = fewer
    ways = []
    for rule in takewhile(lambda _rule: go_on(), core):
        answer = _give_way(layout, part, rule)
        if answer.amount:
            ways.append(_way_out(layout, rule, answer))
    problem = layout.problem
    everything = len(part.sittings) == len(problem.sittings) > 1
    return Conflict(
        tuple(core),
        _cheapest_first(ways),
        sittings=() if everything else tuple(problem.sittings[n].id for n in part.sittings),
        tasks=tuple(problem.tasks[n].id for n in part.tasks) if len(part.tasks) == 1 else (),
    )


def _give_way(layout: Layout, part: _Part, rule: Rule) -> Answer:
    """How far a rule must give way for the others to hold.

    Tasks in a sitting multiply with sittings, which CP-SAT cannot count in crowds: tried upwards.
    """
    question = part.asked(layout, _rules(part), rule)
    if rule is not Rule.IN_SITTING:
        return ask(question)
    for more in range(1, MORE_TASKS + 1):
        if not ask(replace(question, gives=None, more_tasks=more)).impossible:
            return Answer(impossible=False, amount=more)
    return Answer(impossible=True)


def _way_out(layout: Layout, rule: Rule, answer: Answer) -> Relaxation:
    problem = layout.problem
    limits: Mapping[Rule, int | None] = {
        Rule.SITTINGS: _largest(person.most for person in problem.people),
        Rule.DAY: _largest(person.most_a_day for person in problem.people),
        Rule.IN_SITTING: problem.limits.in_sitting,
    }
    now = limits.get(rule)
    return Relaxation(
        rule,
        answer.amount,
        limit=None if now is None else now + answer.amount,
        sittings=tuple(problem.sittings[n].id for n in answer.sittings),
        tasks=tuple(problem.tasks[n].id for n in answer.tasks),
    )


def _largest(limits: Iterable[int | None]) -> int | None:
    known = [limit for limit in limits if limit is not None and limit < ANY]
    return max(known, default=None)


def _cheapest_first(ways: Iterable[Relaxation]) -> tuple[Relaxation, ...]:
    return tuple(sorted(ways, key=lambda way: way.amount * PRICE.get(way.rule, 1)))
