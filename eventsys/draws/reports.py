"""The minute of one level as a PDF, with its signatures."""

from eventsys import clock
from eventsys.db import session
from eventsys.draws.models import LevelDraw, Lot
from eventsys.draws.policy import may_see_lots
from eventsys.draws.queries import lots_of
from eventsys.draws.rules import LEVEL_LABELS, NUMBER_LABELS, source_label
from eventsys.draws.signing import MINUTE, minute_digest
from eventsys.errors import N_, NotThere
from eventsys.exports import safe_file_name
from eventsys.identity.models import User
from eventsys.identity.queries import actor_of
from eventsys.printing.documents import MinuteLine, MinuteSheet, minute_pdf
from eventsys.signatures.models import Signature
from eventsys.signatures.queries import signatures_of
from eventsys.tasks.work import Work


def make_minute_pdf(work: Work) -> str:
    """The minute of the level ``level_id``, for whoever drew it."""
    level = session().get_one(LevelDraw, work.task.payload["level_id"])
    owner = actor_of(session().get_one(User, work.task.owner_id), source="worker")
    if not may_see_lots(owner, level):
        raise NotThere
    sheet = minute_sheet(work, level)
    name = safe_file_name(f"{work.task.title}-{sheet.title}", "pdf")
    work.progress(0, 1)
    work.out.write(minute_pdf(sheet, translate=work.words, fonts_dir=work.fonts_dir))
    work.progress(1, 1)
    return name


def minute_sheet(work: Work, level: LevelDraw) -> MinuteSheet:
    """What the paper says."""
    words, track = work.words, level.track
    kind = words(LEVEL_LABELS[level.level])
    signed = {one.name: one for one in signatures_of(MINUTE, level.id)}
    drawn = level.drawn_at
    return MinuteSheet(
        title=words(N_("Minute of the draw: %(level)s")) % {"level": kind},
        subtitle=f"{track.event.name} · {track.name}",
        drawn_at=f"{clock.in_shanghai(drawn):%Y-%m-%d %H:%M}" if drawn else "",
        source=words(source_label(level.level, level.position)),
        number=words(NUMBER_LABELS[level.level]),
        rows=tuple(_line(level, lot) for lot in lots_of(level)),
        custodian=level.drawn_by,
        custodian_ink=_ink(signed.get(level.drawn_by)),
        witness=level.witness,
        witness_ink=_ink(signed.get(level.witness)),
        commitment=level.commitment,
        digest=minute_digest(level),
    )


def _ink(signature: Signature | None) -> str:
    return signature.picture if signature and not signature.is_typed else ""


def _line(level: LevelDraw, lot: Lot) -> MinuteLine:
    source = f"{level.track.code}-{lot.source}" if lot.entry else lot.source
    return MinuteLine(
        source=source,
        number=lot.number,
        name=lot.entry.label if lot.entry else "",
        unit=lot.entry.unit.name if lot.entry else "",
    )
