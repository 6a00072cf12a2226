"""Steps of writing a version of a scheme: held, laid down, linked to what it corrects, frozen."""

from collections.abc import Sequence

from sqlalchemy import select, update

from eventsys import clock
from eventsys.db import changed, new_id, session
from eventsys.errors import N_, Conflict
from eventsys.events.models import Track
from eventsys.schemes.models import Aspect, Criterion, Scheme
from eventsys.schemes.queries import (
    draft_of,
    facts_of,
    replaced_by,
    scheme_of,
    section_sums_of,
    sums_of,
    worths_of,
)
from eventsys.schemes.rules import AspectFacts, CriterionFacts, check_sums
from eventsys.schemes.sections import check_section_sums
from eventsys.schemes.specs import only_used, spec_of, stays_valid
from eventsys.schemes.states import SchemeState


class SchemeFrozen(Conflict):
    message = N_(
        "The first mark was given on %(moment)s; since then the marking scheme cannot be changed."
        " Draft a correction, which the chief judge approves."
    )


def freeze_scheme(track: Track) -> None:
    """The first mark freezes the scheme, which must then be complete. A step of marking."""
    frozen = (
        update(Scheme)
        .where(
            Scheme.track_id == track.id,
            Scheme.state == SchemeState.IN_FORCE,
            Scheme.frozen_at.is_(None),
        )
        .values(frozen_at=clock.now())
        .execution_options(synchronize_session=False)
    )
    if changed(frozen):
        check_complete(track)


def check_complete(track: Track, scheme: Scheme | None = None) -> None:
    """Refuse a version (the one in force) whose modules or sections lack their marks."""
    found = scheme or scheme_of(track.id)
    check_sums(sums_of(track, found))
    if found is not None:
        sums = section_sums_of(track, found)
        check_section_sums(sums, worths_of(found), found.deviation)


def open_scheme(track: Track) -> Scheme:
    """The version that may be written: a drafted correction, or the scheme before its first mark.

    Held against the first mark; begun if there is none, refused if frozen.
    """
    held = select(Scheme.id).where(Scheme.track_id == track.id).with_for_update()
    session().scalars(held).all()
    scheme = draft_of(track.id) or scheme_of(track.id)
    if scheme is None:
        scheme = Scheme(id=new_id(), group_id=track.group_id, track_id=track.id, criteria=[])
        session().add(scheme)
        session().flush()
    return _unfrozen(scheme)


def lay_down(scheme: Scheme, criteria: Sequence[CriterionFacts]) -> None:
    """Criteria and aspects of a version, parents first."""
    ordered = sorted(enumerate(criteria, start=1), key=lambda one: bool(one[1].parent))
    for position, facts in ordered:
        criterion = new_criterion(scheme, facts, position)
        for place, aspect in enumerate(facts.aspects, start=1):
            new_aspect(criterion, aspect, place)


def link_to_corrected(scheme: Scheme) -> None:
    """In a correction: aspects without an origin get the one of the same code, each once."""
    if scheme.state is not SchemeState.DRAFT:
        return
    corrected = replaced_by(scheme)
    before = [one for owner in corrected.criteria for one in owner.aspects] if corrected else []
    aspects = [one for owner in scheme.criteria for one in owner.aspects]
    taken = {one.origin_id for one in aspects}
    by_code = {one.code: one for one in before if one.id not in taken}
    for aspect in aspects:
        if aspect.origin_id is None and aspect.code in by_code:
            link(aspect, by_code[aspect.code])


def link(aspect: Aspect, origin: Aspect | None, *, again: bool = False) -> None:
    """Keep the marks of ``origin`` where they can still be read and need not be given again."""
    aspect.origin_id = origin.id if origin else None
    keeps = origin is not None and stays_valid(facts_of(origin), facts_of(aspect)) and not again
    aspect.kept_key = origin.mark_key if origin and keeps else None


def origin_of(aspect: Aspect) -> Aspect | None:
    """The aspect of an earlier version that this one was copied from."""
    return session().get(Aspect, aspect.origin_id) if aspect.origin_id else None


def hold(scheme: Scheme) -> Scheme:
    """A version held against the first mark; refused if frozen."""
    session().refresh(scheme, ["frozen_at", "state"], with_for_update=True)
    return _unfrozen(scheme)


def _unfrozen(scheme: Scheme) -> Scheme:
    if scheme.frozen_at is not None:
        raise SchemeFrozen(moment=f"{clock.in_shanghai(scheme.frozen_at):%Y-%m-%d %H:%M}")
    return scheme


def criterion_named(scheme: Scheme, code: str) -> Criterion | None:
    """The criterion of a version with that code; none for no code."""
    return next((one for one in scheme.criteria if one.code == code), None) if code else None


def new_criterion(scheme: Scheme, facts: CriterionFacts, position: int) -> Criterion:
    """One more criterion of a version, without its aspects; its parent must be there."""
    parent = criterion_named(scheme, facts.parent)
    criterion = Criterion(
        id=new_id(),
        group_id=scheme.group_id,
        parent=parent,
        parent_id=parent.id if parent else None,
        module_code=facts.module_code,
        code=facts.code,
        name=facts.name,
        name_en=facts.name_en,
        source=facts.source,
        position=position,
        aspects=[],
    )
    scheme.criteria.append(criterion)
    return criterion


def new_aspect(criterion: Criterion, facts: AspectFacts, position: int) -> Aspect:
    """One more aspect of a criterion."""
    aspect = Aspect(id=new_id(), group_id=criterion.group_id, position=position)
    write_aspect(aspect, facts)
    criterion.aspects.append(aspect)
    return aspect


def write_aspect(aspect: Aspect, facts: AspectFacts) -> None:
    """An aspect as it was entered, without what its kind does not use."""
    aspect.code, aspect.kind, aspect.max_points = facts.code, facts.kind, facts.max_points
    aspect.text, aspect.text_en = facts.text, facts.text_en
    aspect.section, aspect.spec = facts.section, spec_of(only_used(facts))
