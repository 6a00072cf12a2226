"""Schemes as they are read."""

from sqlalchemy import select
from sqlalchemy.orm import contains_eager, selectinload

from eventsys.db import session
from eventsys.events.models import Track
from eventsys.events.rules import CompetitionRules
from eventsys.schemes.models import Aspect, Criterion, Scheme
from eventsys.schemes.rules import ModuleSum, module_sums


def competition_rules(track: Track) -> CompetitionRules:
    """The track's parameters; only competition tracks are judged by panels."""
    rules = track.rules
    if not isinstance(rules, CompetitionRules):
        raise TypeError(f"track {track.id} is not a competition")
    return rules


def scheme_of(track_id: int) -> Scheme | None:
    """The scheme with its criteria and aspects, if one was begun."""
    return session().scalar(
        select(Scheme)
        .where(Scheme.track_id == track_id)
        .options(selectinload(Scheme.criteria).selectinload(Criterion.aspects))
    )


def aspects_of(track: Track) -> list[Aspect]:
    """Every aspect with its criterion, in the order of modules, criteria and aspects."""
    order = [module.code for module in competition_rules(track).modules]
    found = session().scalars(
        select(Aspect)
        .join(Aspect.criterion)
        .join(Criterion.scheme)
        .where(Scheme.track_id == track.id)
        .options(contains_eager(Aspect.criterion))
        .order_by(Criterion.position, Aspect.position)
    )
    return sorted(found, key=lambda aspect: order.index(aspect.criterion.module_code))


def sums_of(track: Track) -> list[ModuleSum]:
    """What the scheme gives out in each module, beside the module's full marks."""
    points = session().execute(
        select(Criterion.module_code, Aspect.max_points)
        .join(Aspect.criterion)
        .join(Criterion.scheme)
        .where(Scheme.track_id == track.id)
    )
    rows = [(module, value) for module, value in points]
    return module_sums(competition_rules(track).modules, rows)
