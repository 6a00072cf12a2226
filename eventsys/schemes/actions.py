"""Writing a marking scheme, until the first mark freezes it; afterwards a drafted correction."""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from operator import attrgetter
from typing import Any

from eventsys.audit.actions import record
from eventsys.db import session
from eventsys.errors import NotThere
from eventsys.events.models import Track
from eventsys.identity.policy import Actor, authorize
from eventsys.schemes.models import Aspect, Criterion, Scheme
from eventsys.schemes.policy import may_manage_scheme
from eventsys.schemes.queries import competition_rules, criteria_facts, facts_of
from eventsys.schemes.rules import (
    AspectFacts,
    CriterionFacts,
    check_aspect_facts,
    check_codes,
    check_criterion,
    check_parents,
)
from eventsys.schemes.sections import SectionFacts, check_section, check_sections, sections_in
from eventsys.schemes.specs import exact, only_used, spec_of
from eventsys.schemes.writing import (
    criterion_named,
    hold,
    lay_down,
    link,
    link_to_corrected,
    new_aspect,
    new_criterion,
    open_scheme,
    origin_of,
    write_aspect,
)

# ---- criteria


def add_criterion(actor: Actor, track: Track, facts: CriterionFacts) -> Criterion:
    """A new criterion at the end of the scheme; the first one begins the scheme."""
    authorize(actor, may_manage_scheme, track)
    scheme = open_scheme(track)
    check_criterion(facts, competition_rules(track).modules)
    check_codes([*(one.code for one in scheme.criteria), facts.code])
    check_parents([*criteria_facts(scheme.criteria), facts])

    criterion = new_criterion(scheme, facts, _next(scheme.criteria))

    record(actor, "criterion.added", scheme, code=facts.code, name=facts.name)
    return criterion


def edit_criterion(actor: Actor, criterion: Criterion, facts: CriterionFacts) -> None:
    """Rename a criterion, move it to another module or under another criterion."""
    authorize(actor, may_manage_scheme, criterion.scheme.track)
    scheme = hold(criterion.scheme)
    check_criterion(facts, competition_rules(scheme.track).modules)
    others = [one for one in scheme.criteria if one.id != criterion.id]
    check_codes([*(one.code for one in others), facts.code])
    below = [one for one in others if one.parent_id == criterion.id]
    check_parents([*_moved(others, criterion, facts), facts])

    before = {"code": criterion.code, "name": criterion.name, "module": criterion.module_code}
    criterion.module_code, criterion.code = facts.module_code, facts.code
    criterion.name, criterion.name_en = facts.name, facts.name_en
    criterion.source, criterion.parent = facts.source, criterion_named(scheme, facts.parent)
    for one in below:
        one.module_code = facts.module_code

    record(actor, "criterion.edited", scheme, before=before, code=facts.code, name=facts.name)


def remove_criterion(actor: Actor, criterion: Criterion) -> None:
    """Take a criterion out, with all its sub-criteria and aspects."""
    authorize(actor, may_manage_scheme, criterion.scheme.track)
    scheme = hold(criterion.scheme)

    gone = [one for one in scheme.criteria if criterion.id in (one.id, one.parent_id)]
    aspects = [aspect.code for one in gone for aspect in one.aspects]
    for one in gone:
        scheme.criteria.remove(one)

    record(actor, "criterion.removed", scheme, code=criterion.code, aspects=aspects)


def move_criterion(actor: Actor, criterion: Criterion, by: int) -> None:
    """Move a criterion one place up (-1) or down (1) among those beside it."""
    authorize(actor, may_manage_scheme, criterion.scheme.track)
    scheme = hold(criterion.scheme)

    beside = (criterion.module_code, criterion.parent_id)
    _swap(
        [one for one in scheme.criteria if (one.module_code, one.parent_id) == beside],
        criterion,
        by,
    )

    record(actor, "criterion.moved", scheme, code=criterion.code, by=by)


# ---- aspects


def add_aspect(actor: Actor, criterion: Criterion, facts: AspectFacts) -> Aspect:
    """A new aspect at the end of a criterion."""
    authorize(actor, may_manage_scheme, criterion.scheme.track)
    scheme = hold(criterion.scheme)
    _check_aspect(scheme, facts)
    check_codes([*_aspect_codes(scheme), facts.code])

    aspect = new_aspect(criterion, facts, _next(criterion.aspects))
    link_to_corrected(scheme)

    record(actor, "aspect.added", scheme, **_shown(facts))
    return aspect


def edit_aspect(actor: Actor, aspect: Aspect, facts: AspectFacts, *, again: bool = False) -> None:
    """Change an aspect altogether; in a correction ``again`` has the judges mark it anew."""
    authorize(actor, may_manage_scheme, aspect.criterion.scheme.track)
    scheme = hold(aspect.criterion.scheme)
    _check_aspect(scheme, facts)
    check_codes([*_aspect_codes(scheme, but=aspect.id), facts.code])

    before = _shown(facts_of(aspect))
    write_aspect(aspect, facts)
    link(aspect, origin_of(aspect), again=again)

    record(actor, "aspect.edited", scheme, before=before, again=again, **_shown(facts))


def remove_aspect(actor: Actor, aspect: Aspect) -> None:
    """Take an aspect out."""
    authorize(actor, may_manage_scheme, aspect.criterion.scheme.track)
    scheme = hold(aspect.criterion.scheme)

    aspect.criterion.aspects.remove(aspect)

    record(actor, "aspect.removed", scheme, **_shown(facts_of(aspect)))


def move_aspect(actor: Actor, aspect: Aspect, by: int) -> None:
    """Move an aspect one place up (-1) or down (1) in its criterion."""
    authorize(actor, may_manage_scheme, aspect.criterion.scheme.track)
    scheme = hold(aspect.criterion.scheme)

    _swap(aspect.criterion.aspects, aspect, by)

    record(actor, "aspect.moved", scheme, code=aspect.code, by=by)


# ---- the whole


def set_sections(
    actor: Actor, track: Track, sections: Sequence[SectionFacts], deviation: Decimal
) -> None:
    """The sections of the standard with their weights, and how far their marks may lie off."""
    authorize(actor, may_manage_scheme, track)
    scheme = open_scheme(track)
    check_sections(sections, deviation)

    before = [one["code"] for one in scheme.sections or ()]
    scheme.sections, scheme.deviation = _kept_sections(sections), deviation
    known = {one.code for one in sections}
    for aspect in (one for owner in scheme.criteria for one in owner.aspects):
        aspect.section = aspect.section if aspect.section in known else ""

    record(actor, "scheme.sections_set", scheme, before=before, sections=scheme.sections)


def replace_scheme(
    actor: Actor,
    track: Track,
    criteria: Sequence[CriterionFacts],
    sections: Sequence[SectionFacts] | None = None,
) -> Scheme:
    """The scheme as a file gave it, in place of what was there: all of it, or nothing.

    ``None`` leaves the standard sections as they are.
    """
    authorize(actor, may_manage_scheme, track)
    scheme = open_scheme(track)
    modules = competition_rules(track).modules
    standard = sections_in(scheme.sections) if sections is None else tuple(sections)
    check_sections(standard, scheme.deviation)
    for facts in criteria:
        check_criterion(facts, modules)
        for aspect in facts.aspects:
            check_aspect_facts(aspect)
            check_section(aspect, [one.code for one in standard])
    check_codes(facts.code for facts in criteria)
    check_codes(aspect.code for facts in criteria for aspect in facts.aspects)
    check_parents(criteria)

    before = len(scheme.criteria)
    scheme.criteria.clear()
    session().flush()  # the old codes must be gone before the new ones come
    scheme.sections = _kept_sections(standard)
    lay_down(scheme, criteria)
    link_to_corrected(scheme)

    count = sum(len(facts.aspects) for facts in criteria)
    record(actor, "scheme.imported", scheme, criteria_before=before, aspects=count)
    return scheme


# ---- steps of the above


def _check_aspect(scheme: Scheme, facts: AspectFacts) -> None:
    check_aspect_facts(facts)
    check_section(facts, [one.code for one in sections_in(scheme.sections)])


def _aspect_codes(scheme: Scheme, but: int | None = None) -> list[str]:
    return [one.code for owner in scheme.criteria for one in owner.aspects if one.id != but]


def _moved(
    others: Sequence[Criterion], criterion: Criterion, facts: CriterionFacts
) -> list[CriterionFacts]:
    """The other criteria as they will be once ``criterion`` is as ``facts`` say."""
    below = {one.code for one in others if one.parent_id == criterion.id}
    return [
        replace(one, parent=facts.code, module_code=facts.module_code) if one.code in below else one
        for one in criteria_facts([*others, criterion])
        if one.code != criterion.code
    ]


def _next(rows: Sequence[Criterion] | Sequence[Aspect]) -> int:
    return max((row.position for row in rows), default=0) + 1


def _swap(rows: Sequence[Any], row: Criterion | Aspect, by: int) -> None:
    """Exchange a row with its neighbour; at the end of the list nothing happens."""
    if row not in rows:
        raise NotThere
    ordered = sorted(rows, key=attrgetter("position"))
    here = ordered.index(row)
    there = here + by
    if 0 <= there < len(ordered):
        other = ordered[there]
        row.position, other.position = other.position, row.position


def _kept_sections(sections: Sequence[SectionFacts]) -> list[dict[str, str]]:
    return [
        {"code": one.code, "name": one.name, "weight": exact(one.weight) or "0"} for one in sections
    ]


def _shown(facts: AspectFacts) -> dict[str, object]:
    """An aspect as the record keeps it."""
    return {
        "code": facts.code,
        "kind": facts.kind,
        "points": facts.max_points,
        "limits": [exact(one) for one in (facts.low, facts.high, facts.step)],
        "spec": spec_of(only_used(facts)),
        "text": facts.text,
    }
