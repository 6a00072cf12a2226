"""What of a track a session can be for: a part of an exam, a module of a contest, or all of it."""

from eventsys.events.rules import CompetitionRules, ExamRules, ModuleRule, PartRule, Rules

WHOLE = ""


def parts_of(rules: Rules) -> tuple[PartRule | ModuleRule, ...]:
    """The parts of an exam or the modules of a competition, in their order; a class has none."""
    if isinstance(rules, ExamRules):
        return rules.parts
    return rules.modules if isinstance(rules, CompetitionRules) else ()


def part_codes(rules: Rules) -> frozenset[str]:
    """Every part a session may be for: an exam is never held as a whole."""
    codes = frozenset(one.code for one in parts_of(rules))
    return codes if isinstance(rules, ExamRules) else codes | {WHOLE}
