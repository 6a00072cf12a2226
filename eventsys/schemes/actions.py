"""Writing a marking scheme, until the first mark freezes it."""

from collections.abc import Sequence
from decimal import Decimal
from operator import attrgetter
from typing import Any

from sqlalchemy import select

from eventsys import clock
from eventsys.audit.actions import record
from eventsys.db import new_id, session
from eventsys.errors import N_, Conflict, NotThere
from eventsys.events.models import Track
from eventsys.identity.policy import Actor, authorize
from eventsys.schemes.models import Aspect, Criterion, Scheme
from eventsys.schemes.policy import may_manage_scheme
from eventsys.schemes.queries import competition_rules, scheme_of
from eventsys.schemes.rules import (
    AspectFacts,
    CriterionFacts,
    check_aspect_facts,
    check_codes,
    check_criterion,
)


class SchemeFrozen(Conflict):
    message = N_(
        "The first mark was given on %(moment)s; since then the marking scheme cannot be changed."
    )


def add_criterion(actor: Actor, track: Track, facts: CriterionFacts) -> Criterion:
    """A new criterion at the end of the scheme; the first one begins the scheme."""
    authorize(actor, may_manage_scheme, track)
    scheme = _open_scheme(track)
    check_criterion(facts, competition_rules(track).modules)
    check_codes([*(one.code for one in scheme.criteria), facts.code])

    criterion = Criterion(
        id=new_id(),
        group_id=track.group_id,
        module_code=facts.module_code,
        code=facts.code,
        name=facts.name,
        name_en=facts.name_en,
        position=_next(scheme.criteria),
        aspects=[],
    )
    scheme.criteria.append(criterion)

    record(actor, "criterion.added", scheme, code=facts.code, name=facts.name)
    return criterion


def edit_criterion(actor: Actor, criterion: Criterion, facts: CriterionFacts) -> None:
    """Rename a criterion or move it to another module."""
    track = criterion.scheme.track
    authorize(actor, may_manage_scheme, track)
    scheme = _open_scheme(track)
    check_criterion(facts, competition_rules(track).modules)
    others = [one.code for one in scheme.criteria if one.id != criterion.id]
    check_codes([*others, facts.code])

    before = {"code": criterion.code, "name": criterion.name, "module": criterion.module_code}
    criterion.module_code, criterion.code = facts.module_code, facts.code
    criterion.name, criterion.name_en = facts.name, facts.name_en

    record(actor, "criterion.edited", scheme, before=before, code=facts.code, name=facts.name)


def remove_criterion(actor: Actor, criterion: Criterion) -> None:
    """Take a criterion out, with all its aspects."""
    authorize(actor, may_manage_scheme, criterion.scheme.track)
    scheme = _open_scheme(criterion.scheme.track)

    aspects = [aspect.code for aspect in criterion.aspects]
    scheme.criteria.remove(criterion)

    record(actor, "criterion.removed", scheme, code=criterion.code, aspects=aspects)


def move_criterion(actor: Actor, criterion: Criterion, by: int) -> None:
    """Move a criterion one place up (-1) or down (1) among those of its module."""
    authorize(actor, may_manage_scheme, criterion.scheme.track)
    scheme = _open_scheme(criterion.scheme.track)

    _swap(
        [one for one in scheme.criteria if one.module_code == criterion.module_code], criterion, by
    )

    record(actor, "criterion.moved", scheme, code=criterion.code, by=by)


def add_aspect(actor: Actor, criterion: Criterion, facts: AspectFacts) -> Aspect:
    """A new aspect at the end of a criterion."""
    authorize(actor, may_manage_scheme, criterion.scheme.track)
    scheme = _open_scheme(criterion.scheme.track)
    check_aspect_facts(facts)
    check_codes([*_aspect_codes(scheme), facts.code])

    aspect = _new_aspect(criterion, facts, _next(criterion.aspects))

    record(actor, "aspect.added", scheme, **_shown(facts))
    return aspect


def edit_aspect(actor: Actor, aspect: Aspect, facts: AspectFacts) -> None:
    """Change an aspect altogether."""
    authorize(actor, may_manage_scheme, aspect.criterion.scheme.track)
    scheme = _open_scheme(aspect.criterion.scheme.track)
    check_aspect_facts(facts)
    check_codes([*_aspect_codes(scheme, but=aspect.id), facts.code])

    before = _shown(facts_of(aspect))
    _write(aspect, facts)

    record(actor, "aspect.edited", scheme, before=before, **_shown(facts))


def remove_aspect(actor: Actor, aspect: Aspect) -> None:
    """Take an aspect out."""
    authorize(actor, may_manage_scheme, aspect.criterion.scheme.track)
    scheme = _open_scheme(aspect.criterion.scheme.track)

    aspect.criterion.aspects.remove(aspect)

    record(actor, "aspect.removed", scheme, **_shown(facts_of(aspect)))


def move_aspect(actor: Actor, aspect: Aspect, by: int) -> None:
    """Move an aspect one place up (-1) or down (1) in its criterion."""
    authorize(actor, may_manage_scheme, aspect.criterion.scheme.track)
    scheme = _open_scheme(aspect.criterion.scheme.track)

    _swap(aspect.criterion.aspects, aspect, by)

    record(actor, "aspect.moved", scheme, code=aspect.code, by=by)


def replace_scheme(actor: Actor, track: Track, criteria: Sequence[CriterionFacts]) -> Scheme:
    """The scheme as a file gave it, in place of what was there: all of it, or nothing."""
    authorize(actor, may_manage_scheme, track)
    scheme = _open_scheme(track)
    modules = competition_rules(track).modules
    for facts in criteria:
        check_criterion(facts, modules)
        for aspect in facts.aspects:
            check_aspect_facts(aspect)
    check_codes(facts.code for facts in criteria)
    check_codes(aspect.code for facts in criteria for aspect in facts.aspects)

    before = len(scheme.criteria)
    scheme.criteria.clear()
    session().flush()  # the old codes must be gone before the new ones come
    for position, facts in enumerate(criteria, start=1):
        criterion = Criterion(
            id=new_id(),
            group_id=track.group_id,
            module_code=facts.module_code,
            code=facts.code,
            name=facts.name,
            name_en=facts.name_en,
            position=position,
            aspects=[],
        )
        scheme.criteria.append(criterion)
        for place, aspect in enumerate(facts.aspects, start=1):
            _new_aspect(criterion, aspect, place)

    count = sum(len(facts.aspects) for facts in criteria)
    record(actor, "scheme.imported", scheme, criteria_before=before, aspects=count)
    return scheme


def facts_of(aspect: Aspect) -> AspectFacts:
    """An aspect as it was entered."""
    return AspectFacts(
        code=aspect.code,
        kind=aspect.kind,
        text=aspect.text,
        text_en=aspect.text_en,
        max_points=aspect.max_points,
        low=aspect.limits.low,
        high=aspect.limits.high,
        unit=aspect.spec.get("unit", ""),
        step=aspect.limits.step,
        levels=tuple(aspect.spec.get("levels", ())),
    )


def _open_scheme(track: Track) -> Scheme:
    """The scheme, held against the first mark; begun if there is none, refused if frozen."""
    held = select(Scheme.id).where(Scheme.track_id == track.id).with_for_update()
    session().scalar(held)
    scheme = scheme_of(track.id)
    if scheme is None:
        scheme = Scheme(id=new_id(), group_id=track.group_id, track_id=track.id, criteria=[])
        session().add(scheme)
        session().flush()
    if scheme.frozen_at is not None:
        raise SchemeFrozen(moment=f"{clock.in_shanghai(scheme.frozen_at):%Y-%m-%d %H:%M}")
    return scheme


def _aspect_codes(scheme: Scheme, but: int | None = None) -> list[str]:
    return [one.code for owner in scheme.criteria for one in owner.aspects if one.id != but]


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


def _new_aspect(criterion: Criterion, facts: AspectFacts, position: int) -> Aspect:
    aspect = Aspect(id=new_id(), group_id=criterion.group_id, position=position)
    _write(aspect, facts)
    criterion.aspects.append(aspect)
    return aspect


def _write(aspect: Aspect, facts: AspectFacts) -> None:
    aspect.code, aspect.kind, aspect.max_points = facts.code, facts.kind, facts.max_points
    aspect.text, aspect.text_en = facts.text, facts.text_en
    spec = {
        "lo": _plain(facts.low),
        "hi": _plain(facts.high),
        "unit": facts.unit,
        "step": _plain(facts.step),
        "levels": list(facts.levels),
    }
    aspect.spec = {key: value for key, value in spec.items() if value}


def _plain(value: Decimal | None) -> str | None:
    return None if value is None else f"{value:f}"


def _shown(facts: AspectFacts) -> dict[str, object]:
    """An aspect as the record keeps it."""
    return {
        "code": facts.code,
        "kind": facts.kind,
        "points": facts.max_points,
        "limits": [_plain(facts.low), _plain(facts.high), _plain(facts.step)],
        "text": facts.text,
    }
