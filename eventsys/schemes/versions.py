"""Two versions of a scheme side by side: what changed, and what becomes of the marks."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from eventsys.errors import N_
from eventsys.schemes.aspects import Edge
from eventsys.schemes.models import Aspect, Criterion, Scheme
from eventsys.schemes.notation import bands_text, formula_text, plain
from eventsys.schemes.queries import facts_of
from eventsys.schemes.rules import KIND_LABELS, AspectFacts


class Fate(StrEnum):
    """What becomes of the marks of an aspect."""

    KEPT = "kept"
    AGAIN = "again"
    GONE = "gone"


FATE_LABELS = {
    Fate.KEPT: N_("Marks kept"),
    Fate.AGAIN: N_("To be marked again"),
    Fate.GONE: N_("Marks no longer count"),
}


@dataclass(frozen=True)
class Edit:
    """One thing that is different: what (a message id), before and after, as people read it.

    ``is_term`` says that before and after are message ids themselves.
    """

    what: str
    before: str
    after: str
    is_term: bool = False


@dataclass(frozen=True)
class Difference:
    """One aspect in both versions; without ``edits`` it is new, gone, or to be marked again."""

    code: str
    text: str
    edits: tuple[Edit, ...]
    fate: Fate
    is_new: bool = False


FIELDS: Sequence[tuple[str, str]] = (
    (N_("Code"), "code"),
    (N_("What is judged"), "text"),
    (N_("In English"), "text_en"),
    (N_("Maximum mark"), "max_points"),
    (N_("Lower limit"), "low"),
    (N_("Upper limit"), "high"),
    (N_("Unit of measurement"), "unit"),
    (N_("Points lost each time"), "step"),
    (N_("Nominal value"), "nominal"),
    (N_("Inner tolerance"), "inner"),
    (N_("Wider tolerance"), "outer"),
    (N_("Part marks"), "part"),
    (N_("Section"), "section"),
    (N_("Further description"), "note"),
    (N_("Requirement"), "requirement"),
    (N_("Day of marking"), "day"),
)


LEVEL_NAMES = (N_("Level 0"), N_("Level 1"), N_("Level 2"), N_("Level 3"))


def differences(old: Scheme, new: Scheme) -> list[Difference]:
    """Aspect by aspect what ``new`` changes, in its order; then what it takes out."""
    before = {one.id: one for owner in old.criteria for one in owner.aspects}
    found, copied = [], set()
    for owner in new.criteria:
        for aspect in owner.aspects:
            origin = before.get(aspect.origin_id or 0)
            copied.add(aspect.origin_id)
            difference = _difference(origin, aspect)
            if difference is not None:
                found.append(difference)
    gone = [one for one in before.values() if one.id not in copied]
    return [*found, *(Difference(one.code, one.text, (), Fate.GONE) for one in gone)]


def _difference(origin: Aspect | None, aspect: Aspect) -> Difference | None:
    fate = Fate.AGAIN if aspect.kept_key is None else Fate.KEPT
    if origin is None:
        return Difference(aspect.code, aspect.text, (), Fate.AGAIN, is_new=True)
    edits = (*_edits(facts_of(origin), facts_of(aspect)), *_moved(origin, aspect))
    if fate is Fate.KEPT and not edits:
        return None
    return Difference(aspect.code, aspect.text, edits, fate)


def _moved(origin: Aspect, aspect: Aspect) -> list[Edit]:
    """An aspect under another criterion, or with its criterion in another module."""
    before, after = (_place(one.criterion) for one in (origin, aspect))
    return [] if before == after else [Edit(N_("Criterion"), before, after)]


def _place(criterion: Criterion) -> str:
    return f"{criterion.module_code} {criterion.code} {criterion.name}"


def _edits(old: AspectFacts, new: AspectFacts) -> list[Edit]:
    edits = []
    if old.kind is not new.kind:
        edits.append(Edit(N_("Type"), KIND_LABELS[old.kind], KIND_LABELS[new.kind], is_term=True))
    pairs = [(what, _shown(getattr(old, key)), _shown(getattr(new, key))) for what, key in FIELDS]
    pairs.append((N_("Bands"), _bands(old), _bands(new)))
    pairs.append((N_("Formula"), _formula(old), _formula(new)))
    pairs += [
        (what, _level(old, number), _level(new, number)) for number, what in enumerate(LEVEL_NAMES)
    ]
    return edits + [Edit(*pair) for pair in pairs if pair[1] != pair[2]]


def _level(facts: AspectFacts, number: int) -> str:
    return facts.levels[number] if facts.levels else ""


def _shown(value: Any) -> str:
    return value if isinstance(value, str) else plain(value)


def _bands(facts: AspectFacts) -> str:
    if not facts.bands:
        return ""
    sign = "≤" if facts.edge is Edge.LOWER else "<"
    return f"{bands_text(facts.bands)} ({sign})"


def _formula(facts: AspectFacts) -> str:
    if facts.base is None or facts.factor is None:
        return ""
    return formula_text(facts.base, facts.factor, facts.floor)
