"""Signatures as they are read."""

from collections import defaultdict
from collections.abc import Iterable

from sqlalchemy import select

from eventsys.db import session
from eventsys.signatures.models import Signature


def signatures_of(about: str, thing_id: int) -> list[Signature]:
    """The signatures under one thing, oldest first."""
    return signatures_by_thing(about, [thing_id]).get(thing_id, [])


def signatures_by_thing(about: str, thing_ids: Iterable[int]) -> dict[int, list[Signature]]:
    """The signatures under many things, oldest first, in one query."""
    found: defaultdict[int, list[Signature]] = defaultdict(list)
    wanted = select(Signature).where(
        Signature.about == about, Signature.thing_id.in_(list(thing_ids))
    )
    for one in session().scalars(wanted.order_by(Signature.at, Signature.id)):
        found[one.thing_id].append(one)
    return dict(found)
