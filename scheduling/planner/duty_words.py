"""Why posts stay open, in words: post by post, and what cannot hold together for people."""

from collections.abc import Callable, Mapping

from eventsys.errors import N_
from eventsys.timetable.rules import Problem
from scheduling.planner.conflict import CHEAPEST, OR_ELSE, SEPARATOR, TOGETHER
from scheduling.planner.duties import Conflict, OpenPost, Rule, Why

NAMED = 3  # sessions named; the rest is counted

OPEN_WORDS: Mapping[Why, str] = {
    Why.OFFICE: N_("do not hold the office, or are no seniors: %(count)s"),
    Why.RECUSAL: N_("stand aside: %(count)s"),
    Why.AWAY: N_("cannot come then: %(count)s"),
    Why.FIXED: N_("the post is kept for somebody else: %(count)s"),
    Why.PRESENT: N_("serve there already: %(count)s"),
    Why.UNIT: N_("a colleague of their unit is in the panel: %(count)s"),
    Why.SENIORS: N_("the panel needs a senior first: %(count)s"),
    Why.BUSY: N_("serve elsewhere then: %(count)s"),
    Why.SITTINGS: N_("have as many duties as they may: %(count)s"),
    Why.DAY: N_("have as many duties that day as they may: %(count)s"),
    Why.LOAD: N_("carry more than their share: %(count)s"),
    Why.FREE: N_("free: %(count)s; more time would have found one"),
}
RULE_WORDS: Mapping[Rule, str] = {
    Rule.OFFICE: N_("who holds the office"),
    Rule.RECUSAL: N_("who stands aside"),
    Rule.AVAILABILITY: N_("when people can come"),
    Rule.OVERLAP: N_("nobody serves in two places at once, rest and ways included"),
    Rule.UNIT: N_("how many of one unit may be in a panel"),
    Rule.SENIORS: N_("a senior in each panel"),
    Rule.SITTINGS: N_("how many duties a person may have"),
    Rule.DAY: N_("how many duties a person may have on a day"),
    Rule.IN_SITTING: N_("one duty of a person in a session"),
    Rule.LOAD: N_("an even load"),
}
WAY_WORDS: Mapping[Rule, str] = {
    Rule.OFFICE: N_("Find %(count)s more people for the office."),
    Rule.RECUSAL: N_("Find %(count)s more people who need not stand aside."),
    Rule.AVAILABILITY: N_("Win people for %(count)s duties at times when they said they cannot."),
    Rule.OVERLAP: N_("Move sessions apart: %(count)s duties need people who serve elsewhere then."),
    Rule.UNIT: N_("Allow one more of a unit in a panel, %(count)s times."),
    Rule.SENIORS: N_("Name %(count)s more seniors."),
    Rule.SITTINGS: N_("Allow %(limit)s duties for each person."),
    Rule.DAY: N_("Allow %(limit)s duties a day for each person."),
    Rule.IN_SITTING: N_("Find people for %(count)s more duties of one session."),
    Rule.LOAD: N_("Let the load differ by %(count)s more."),
}
LIMITED = frozenset({Rule.SITTINGS, Rule.DAY})  # said as the number to write instead
PROVED = N_("These cannot hold together: %(rules)s.")
IN_SESSIONS = N_("This is about %(sessions)s.")
AND_MORE = N_("%(sessions)s and %(count)s more")


def told_open(one: OpenPost, words: Callable[[str], str]) -> str:
    """Why a post stays open, in a reader's language: how many people each thing keeps from it."""
    return words(SEPARATOR).join(
        words(OPEN_WORDS[why]) % {"count": number} for why, number in one.why.items() if number
    )


def told_people(problem: Problem, conflict: Conflict, words: Callable[[str], str]) -> list[str]:
    """What cannot hold together for people, where, and the ways out, the cheapest first."""
    if not conflict.rules:
        return []
    rules = words(SEPARATOR).join(words(RULE_WORDS[rule]) for rule in conflict.rules)
    lines = [words(PROVED if conflict.proved else TOGETHER) % {"rules": rules}]
    if conflict.sittings:
        lines.append(words(IN_SESSIONS) % {"sessions": _sessions(problem, conflict, words)})
    known = [way for way in conflict.relaxations if way.limit or way.rule not in LIMITED]
    for n, way in enumerate(known):
        text = words(WAY_WORDS[way.rule]) % {"count": way.amount, "limit": way.limit}
        lines.append(words(OR_ELSE if n else CHEAPEST) % {"way": text})
    return lines


def _sessions(problem: Problem, conflict: Conflict, words: Callable[[str], str]) -> str:
    names = {item.id: item.name for item in problem.items}
    known = [names[item] for item in conflict.sittings if item in names]
    some = words(SEPARATOR).join(known[:NAMED])
    more = len(known) - NAMED
    return words(AND_MORE) % {"sessions": some, "count": more} if more > 0 else some
