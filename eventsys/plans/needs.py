"""What the parts of a track usually need, until an organizer says otherwise."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from eventsys.duties.rules import Office
from eventsys.events.rules import CompetitionRules, ExamRules, Rules
from eventsys.timetable.states import Purpose

LONGEST, SHORTEST = 720, 10
THEORY_MINUTES, PRACTICE_MINUTES, CLASS_MINUTES = 60, 120, 180
MOST_POSTS = 30


@dataclass(frozen=True, slots=True)
class Need:
    """What one part of a track needs."""

    part: str
    minutes: int
    at_once: int
    purpose: Purpose
    step: int = 0
    equipment: str = ""
    posts: Mapping[Office, int] = field(default_factory=dict)
    seniors: int = 0


def usual_needs(rules: Rules, entries: int, largest: Mapping[Purpose, int]) -> list[Need]:
    """The parts of a track as they are usually held; ``largest``: the biggest room by purpose.

    A competition is held as a whole until somebody splits it into modules.
    """
    if isinstance(rules, ExamRules):
        return [_exam_part(one.code, n, largest) for n, one in enumerate(rules.parts)]
    if isinstance(rules, CompetitionRules):
        posts = {Office.CHIEF: 1, Office.JUDGE: rules.judges}
        at_once = largest.get(Purpose.PRACTICE) or max(1, entries)
        return [Need("", rules.minutes, at_once, Purpose.PRACTICE, posts=posts)]
    return [
        Need("", CLASS_MINUTES, max(1, rules.capacity), Purpose.CLASS, posts={Office.LECTURER: 1})
    ]


def _exam_part(code: str, number: int, largest: Mapping[Purpose, int]) -> Need:
    if number == 0:
        at_once = largest.get(Purpose.THEORY) or 30
        posts = {Office.INVIGILATOR: 2}
        return Need(code, THEORY_MINUTES, at_once, Purpose.THEORY, 0, posts=posts)
    at_once = largest.get(Purpose.PRACTICE) or 20
    posts = {Office.ASSESSOR: 3, Office.INVIGILATOR: 1}
    return Need(code, PRACTICE_MINUTES, at_once, Purpose.PRACTICE, number, posts=posts, seniors=1)


def module_needs(rules: CompetitionRules, whole: Need) -> list[Need]:
    """A competition split into its modules, one after the other; the time is shared by weight."""
    total = sum(one.weight for one in rules.modules) or len(rules.modules)
    return [
        Need(
            one.code,
            max(SHORTEST, round(int(whole.minutes * one.weight / total) / 5) * 5),
            whole.at_once,
            whole.purpose,
            step,
            whole.equipment,
            whole.posts,
            whole.seniors,
        )
        for step, one in enumerate(rules.modules)
    ]
