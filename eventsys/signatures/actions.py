"""Keeping a signature, as part of the deed that it signs."""

from eventsys import clock
from eventsys.audit.actions import record
from eventsys.db import new_id, session
from eventsys.identity.policy import Actor, authorize
from eventsys.signatures.models import Signature
from eventsys.signatures.policy import may_sign
from eventsys.signatures.rules import SHA256, read_signature


def keep_signature(
    actor: Actor, about: str, thing_id: int, group_id: int, name: str, strokes: str, digest: str
) -> Signature:
    """Keep the signature of ``name`` under a thing whose content has the SHA-256 ``digest``.

    ``strokes`` is what the pad sent: strokes as JSON, or the name typed in full.
    """
    authorize(actor, may_sign, group_id)
    written = read_signature(strokes, name)
    if not SHA256.fullmatch(digest):
        raise ValueError("a signature needs the SHA-256 of what was signed")

    made = Signature(
        id=new_id(),
        group_id=group_id,
        about=about,
        thing_id=thing_id,
        name=name,
        account_id=actor.user_id,
        account_name=actor.name,
        strokes=[[list(point) for point in stroke] for stroke in written.strokes],
        digest=digest,
        at=clock.now(),
    )
    session().add(made)
    session().flush()

    record(actor, "signature.kept", made, kind=about, sha256=digest)
    return made
