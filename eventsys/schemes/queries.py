"""Schemes as they are read."""

from collections.abc import Collection, Iterable, Sequence
from decimal import Decimal
from operator import attrgetter
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import contains_eager, joinedload, selectinload

from eventsys.db import session
from eventsys.events.models import Track
from eventsys.events.rules import CompetitionRules
from eventsys.identity.actor import Actor
from eventsys.identity.rules import Permission, ScopeKind
from eventsys.schemes.models import Aspect, Criterion, Scheme
from eventsys.schemes.rules import (
    AspectFacts,
    CriterionFacts,
    ModuleSum,
    Source,
    Worth,
    module_sums,
)
from eventsys.schemes.sections import SectionSum, section_sums, sections_in
from eventsys.schemes.specs import parameters_in
from eventsys.schemes.states import SchemeState
from eventsys.signing import content_digest

Node = tuple[Criterion, list[Criterion]]
"""A criterion and its sub-criteria, both in order."""


def competition_rules(track: Track) -> CompetitionRules:
    """The track's parameters; only competition tracks are judged by panels."""
    rules = track.rules
    if not isinstance(rules, CompetitionRules):
        raise TypeError(f"track {track.id} is not a competition")
    return rules


def scheme_of(track_id: int, state: SchemeState = SchemeState.IN_FORCE) -> Scheme | None:
    """The scheme in force (or drafted) with criteria and aspects, if one was begun."""
    return session().scalar(
        select(Scheme)
        .where(Scheme.track_id == track_id, Scheme.state == state)
        .options(selectinload(Scheme.criteria).selectinload(Criterion.aspects))
    )


def draft_of(track_id: int) -> Scheme | None:
    """The correction that waits for approval."""
    return scheme_of(track_id, SchemeState.DRAFT)


def versions_of(track_id: int) -> list[Scheme]:
    """Every version of a track's scheme, the newest first."""
    found = select(Scheme).where(Scheme.track_id == track_id).order_by(Scheme.version.desc())
    return list(session().scalars(found))


def replaced_by(scheme: Scheme) -> Scheme | None:
    """The version that this one corrects, with criteria and aspects; none for the first."""
    return session().scalar(
        select(Scheme)
        .where(Scheme.track_id == scheme.track_id, Scheme.version < scheme.version)
        .order_by(Scheme.version.desc())
        .limit(1)
        .options(selectinload(Scheme.criteria).selectinload(Criterion.aspects))
    )


def drafts_to_approve(actor: Actor) -> list[Scheme]:
    """Corrections drafted by others for the tracks an actor is chief judge of."""
    keys = actor.scope_ids(Permission.SIGN_OFF, ScopeKind.TRACK)
    found = (
        select(Scheme)
        .where(Scheme.track_id.in_(keys), Scheme.state == SchemeState.DRAFT)
        .options(joinedload(Scheme.track))
        .order_by(Scheme.id)
    )
    return list(session().scalars(found))


def tree_of(scheme: Scheme) -> list[Node]:
    """The criteria with their sub-criteria, in order."""
    below: dict[int | None, list[Criterion]] = {}
    for one in sorted(scheme.criteria, key=attrgetter("position")):
        below.setdefault(one.parent_id, []).append(one)
    return [(one, below.get(one.id, [])) for one in below.get(None, [])]


def aspects_in(scheme: Scheme | None, modules: Sequence[str]) -> list[Aspect]:
    """Every aspect of a version: by module, criterion (its own aspects first), sub-criterion."""
    if scheme is None:
        return []
    rows = [one for root, below in tree_of(scheme) for one in (root, *below)]
    ordered = [
        aspect
        for criterion in rows
        for aspect in sorted(criterion.aspects, key=attrgetter("position"))
    ]
    return sorted(ordered, key=lambda aspect: modules.index(aspect.criterion.module_code))


def aspects_of(track: Track) -> list[Aspect]:
    """Every aspect in force with its criterion, in order; three queries."""
    modules = [module.code for module in competition_rules(track).modules]
    return aspects_in(scheme_of(track.id), modules)


def aspects_marked(track: Track, keys: Collection[int]) -> list[Aspect]:
    """The aspects in force that are marked under these keys, with their criteria: one query."""
    return list(
        session().scalars(
            select(Aspect)
            .join(Aspect.criterion)
            .join(Criterion.scheme)
            .where(
                Scheme.track_id == track.id,
                Scheme.state == SchemeState.IN_FORCE,
                func.coalesce(Aspect.kept_key, Aspect.id).in_(keys),
            )
            .options(contains_eager(Aspect.criterion).contains_eager(Criterion.scheme))
        )
    )


def worths_of(scheme: Scheme | None) -> list[Worth]:
    """What each aspect of a version adds to the sums."""
    if scheme is None:
        return []
    return [
        Worth(owner.module_code, one.kind, one.max_points, one.section, owner.source, one.code)
        for owner in scheme.criteria
        for one in owner.aspects
    ]


def sums_of(track: Track, scheme: Scheme | None = None) -> list[ModuleSum]:
    """What a version (the one in force) gives out in each module, beside its full marks."""
    found = scheme or scheme_of(track.id)
    return module_sums(competition_rules(track).modules, worths_of(found))


def section_sums_of(track: Track, scheme: Scheme) -> list[SectionSum]:
    """The standard sections of a version with the marks they get."""
    modules = competition_rules(track).modules
    return section_sums(sections_in(scheme.sections), modules, worths_of(scheme))


def facts_of(aspect: Aspect) -> AspectFacts:
    """An aspect as it was entered."""
    return AspectFacts(
        code=aspect.code,
        kind=aspect.kind,
        text=aspect.text,
        text_en=aspect.text_en or "",
        max_points=aspect.max_points,
        section=aspect.section or "",
        **parameters_in(aspect.spec),
    )


def criteria_facts(criteria: Iterable[Criterion]) -> list[CriterionFacts]:
    """Criteria with their aspects as they were entered, each before its sub-criteria."""
    given = list(criteria)
    codes = {one.id: one.code for one in given}
    places = {one.id: one.position for one in given}
    rows = sorted(
        given,
        key=lambda one: (
            places.get(one.parent_id or one.id, 0),
            one.parent_id is not None,
            one.position,
        ),
    )
    return [
        CriterionFacts(
            module_code=one.module_code,
            code=one.code,
            name=one.name,
            name_en=one.name_en or "",
            aspects=tuple(facts_of(aspect) for aspect in one.aspects),
            parent=codes[one.parent_id] if one.parent_id else "",
            source=one.source or Source.RESULT,
        )
        for one in rows
    ]


def digest_of(scheme: Scheme) -> str:
    """SHA-256 over everything a version says, read afresh: what an approval is bound to."""
    rows = session().scalars(
        select(Criterion)
        .where(Criterion.scheme_id == scheme.id)
        .options(selectinload(Criterion.aspects))
        .order_by(Criterion.position, Criterion.code)
        .execution_options(populate_existing=True)
    )
    session().refresh(scheme, ["reason", "sections", "deviation"])
    head = [scheme.reason, list(scheme.sections or ()), _exact(scheme.deviation)]
    return content_digest([*head, [_said(one) for one in rows]])


def _said(criterion: Criterion) -> list[Any]:
    parent = str(criterion.parent_id or "")
    names = [criterion.module_code, criterion.code, criterion.name, criterion.name_en]
    place = [criterion.source.value, parent, criterion.position]
    return [*names, *place, [_aspect_said(one) for one in criterion.aspects]]


def _aspect_said(aspect: Aspect) -> list[Any]:
    words = [aspect.code, aspect.kind.value, aspect.text, aspect.text_en, aspect.section]
    return [*words, _exact(aspect.max_points), aspect.spec, aspect.position, str(aspect.mark_key)]


def _exact(number: Decimal) -> str:
    return f"{number.normalize():f}"
