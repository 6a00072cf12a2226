"""The minute of a level: its digest, and the two signatures under it."""

from collections.abc import Mapping

from eventsys.draws import queries
from eventsys.draws.models import LevelDraw
from eventsys.draws.policy import may_see_lots
from eventsys.errors import N_, Conflict
from eventsys.events.rules import digest_of
from eventsys.identity.policy import Actor, authorize
from eventsys.signatures.actions import keep_signature
from eventsys.signatures.models import Signature
from eventsys.signatures.queries import signatures_of

MINUTE = "draw.minute"
CUSTODIAN, WITNESS = "custodian", "witness"
PARTS: Mapping[str, str] = {CUSTODIAN: N_("Encryption judge"), WITNESS: N_("Witness")}


class AlreadySigned(Conflict):
    message = N_("%(name)s has signed this minute already. Nothing more is to be done.")


def minute_digest(level: LevelDraw) -> str:
    """SHA-256 over what the minute says: the commitment, and every source with its number."""
    lots = [[one.source, one.number] for one in queries.lots_of(level)]
    return digest_of({"commitment": level.commitment, "lots": lots})


def sign_minute(actor: Actor, level: LevelDraw, part: str, strokes: str) -> Signature:
    """Keep the signature of the custodian or of the witness, made on the custodian's device."""
    authorize(actor, may_see_lots, level)
    name = level.drawn_by if part == CUSTODIAN else level.witness
    if any(one.name == name for one in signatures_of(MINUTE, level.id)):
        raise AlreadySigned(name=name)

    return keep_signature(
        actor, MINUTE, level.id, level.group_id, name, strokes, minute_digest(level)
    )
