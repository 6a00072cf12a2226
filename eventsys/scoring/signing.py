"""Signing by hand what is handed in and what is locked, or with one's own password instead."""

from collections.abc import Generator, Iterable, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from argon2.exceptions import Argon2Error

from eventsys.errors import N_, RuleBroken
from eventsys.events.models import Track
from eventsys.identity.actions import HASHER
from eventsys.identity.models import User
from eventsys.identity.policy import Actor
from eventsys.panels.models import JudgeSeat
from eventsys.panels.queries import seats_of
from eventsys.schemes.queries import aspects_of
from eventsys.schemes.tally import Raws, Tally
from eventsys.scoring.models import MarkSheet
from eventsys.scoring.queries import marks_of_sheets
from eventsys.scoring.states import SheetState
from eventsys.signatures.actions import keep_signature
from eventsys.signatures.models import Signature
from eventsys.signatures.queries import signatures_by_thing, signatures_of
from eventsys.signing import content_digest

SHEET, LOCK = "sheet", "marks.locked"
PURPOSE = "eventsys-signed-sheet-1"
Values = Mapping[str, str]
"""Marks as digests cover them, by the key under which they are kept."""


class WrongPassword(RuleBroken):
    field = "password"
    message = N_("The password is wrong. Type it again.")


class WrongOwnPassword(RuleBroken):
    message = N_("Your own password is wrong. Type it again, or sign in the frame instead.")


class SignatureNeeded(RuleBroken):
    field = "signature"
    message = N_(
        "The ruleset of this track asks for a signature by hand. Sign in the frame; if you cannot"
        " draw, use your password instead. Then send it again."
    )


@dataclass(frozen=True)
class Hand:
    """How somebody signs: strokes of the pad as JSON, or else their own password; or not at all."""

    strokes: str = ""
    password: str = ""


UNSIGNED = Hand()


def confirm_password(user: User | None, password: str) -> None:
    """Refuse unless the person who is signed in, or stands beside, types their own password."""
    if user is None:
        raise WrongPassword
    try:
        HASHER.verify(user.password_hash, password)
    except Argon2Error as wrong:
        raise WrongPassword from wrong


def written_by(signer: User | None, hand: Hand, *, needed: bool) -> str:
    """What ``keep_signature`` takes: strokes, or the name of who proved to be themselves.

    Empty where nobody signs and nobody has to.
    """
    if hand.strokes.startswith("["):
        return hand.strokes
    if hand.password:
        confirm_password(signer, hand.password)
        return signer.name if signer else ""
    if needed:
        raise SignatureNeeded
    return ""


@contextmanager
def told_at(field: str) -> Generator[None]:
    """Show what is refused inside at another field: two people sign in one form."""
    try:
        yield
    except RuleBroken as refusal:
        refusal.field = field
        raise


def plain_values(raws: Raws) -> dict[str, str]:
    """Raw values as digests cover them: 1.50 and 1.5 are the same mark."""
    return {str(key): f"{raw.normalize() + 0:f}" for key, raw in sorted(raws.items())}


def sheet_digest(sheet: MarkSheet, seat: int, tally: Tally, marks: Values) -> str:
    """SHA-256 of what a judge signs: this submission of this code at this seat, and its marks.

    A machine's marks are not the judge's and are left out. Every submission has another digest,
    so a sheet that was given back is not signed any more.
    """
    own = {str(key) for key in tally.by_id}
    return content_digest(
        {
            "purpose": PURPOSE,
            "track": sheet.track_id,
            "code": sheet.code,
            "seat": seat,
            "submitted_at": sheet.submitted_at.isoformat() if sheet.submitted_at else "",
            "marks": {key: text for key, text in marks.items() if key in own},
        }
    )


def sign_sheet(actor: Actor, sheet: MarkSheet, raws: Raws, written: str) -> Signature:
    """Keep a judge's signature under the sheet as it is handed in."""
    marks, tally = plain_values(raws), Tally(aspects_of(sheet.track))
    digest = sheet_digest(sheet, sheet.seat.seat, tally, marks)
    return keep_signature(actor, SHEET, sheet.id, sheet.group_id, actor.name, written, digest)


def signed_sheets(track: Track, sheets: Iterable[MarkSheet]) -> dict[int, Signature]:
    """The signatures that stand under sheets as they were last handed in, by sheet."""
    handed_in = [one for one in sheets if one.state is not SheetState.OPEN]
    kept = signatures_by_thing(SHEET, [one.id for one in handed_in])
    if not kept:
        return {}
    marks = marks_of_sheets(kept)
    given = {
        key: plain_values({one.aspect_id: one.raw for one in some if one.raw is not None})
        for key, some in marks.items()
    }
    numbers, tally = _numbers(seats_of(track.id)), Tally(aspects_of(track))
    found = {}
    for sheet in handed_in:
        digest = sheet_digest(sheet, numbers[sheet.seat_id], tally, given.get(sheet.id, {}))
        standing = [one for one in kept.get(sheet.id, []) if one.digest == digest]
        if standing:
            found[sheet.id] = standing[-1]
    return found


def _numbers(seats: Iterable[JudgeSeat]) -> dict[int, int]:
    return {one.id: one.seat for one in seats}


def lock_signatures(marking_id: int) -> list[Signature]:
    """The signatures under the lock of a track's marks."""
    return signatures_of(LOCK, marking_id)
