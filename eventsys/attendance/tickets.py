"""What the codes on tickets and on the projector say, and how they are read back."""

from datetime import date, datetime
from urllib.parse import urlsplit

from eventsys.attendance.rules import (
    CONFIRM_SECONDS,
    POSTER_TOKEN_SECONDS,
    HalfDayKey,
)
from eventsys.errors import N_
from eventsys.events.rules import EventKind
from eventsys.registration.models import Entry
from eventsys.tokens import make_token, read_token
from eventsys.vault import vault

TICKET, POSTER, CONFIRM = "ticket", "halfday", "halfday-confirm"
LONGEST_SCAN = 400  # characters; a ticket's address is far shorter

TICKET_TITLES = {
    EventKind.COMPETITION: N_("Contestant's pass"),
    EventKind.TRAINING: N_("Trainee's pass"),
    EventKind.EXAM: N_("Admission ticket"),
}

TICKET_RULES = {
    EventKind.COMPETITION: (
        N_("Come 30 minutes before the start and bring your identity card."),
        N_("Show this code at check-in; after the codes are drawn nobody is let in."),
        N_("Nothing you hand in may bear your name or your school."),
    ),
    EventKind.TRAINING: (
        N_("Sign in for every half day, with this code or with the code on the screen."),
        N_("Mornings from 07:00 to 12:30, afternoons from 12:30 to 18:30."),
    ),
    EventKind.EXAM: (
        N_("Come 30 minutes before the start and bring your identity card."),
        N_("Sit only at your seat; phones stay outside the room."),
        N_("Whoever comes more than 30 minutes late is not let in."),
    ),
}

STATION_AT_THE_DOOR = N_("Your station is drawn at the entrance on the day.")


def ticket_token(entry_id: int) -> str:
    """The token of an entry's ticket; it holds as long as the entry does."""
    return make_token(vault().token_key, TICKET, str(entry_id), expires=None)


def ticket_url(public_url: str, entry_id: int) -> str:
    """What the QR image of a ticket says."""
    return f"{public_url}/t/{ticket_token(entry_id)}"


def entry_id_of(scanned: str) -> int | None:
    """The entry behind what a scanner typed: the whole address, or only its last part."""
    if len(scanned) > LONGEST_SCAN:
        return None
    last = urlsplit(scanned.strip()).path.rsplit("/", 1)[-1]
    value = read_token(vault().token_key, TICKET, last, 0)
    return None if value is None else int(value)


def ticket_number(entry: Entry) -> str:
    """The number printed on a ticket; unique within the event."""
    return f"{entry.track.code}-{entry.number:03d}"


def poster_token(track_id: int, key: HalfDayKey, moment: datetime) -> str:
    """What the projector shows: a half day of a class, for a minute or so."""
    return _half_day_token(POSTER, track_id, key, moment, POSTER_TOKEN_SECONDS)


def confirm_token(track_id: int, key: HalfDayKey, moment: datetime) -> str:
    """What the page carries that was opened from the projector in time."""
    return _half_day_token(CONFIRM, track_id, key, moment, CONFIRM_SECONDS)


def read_poster(token: str, moment: datetime) -> tuple[int, HalfDayKey] | None:
    """The class and half day of a picture that is still good."""
    return _read_half_day(POSTER, token, moment)


def read_confirm(token: str, moment: datetime) -> tuple[int, HalfDayKey] | None:
    """The class and half day of a page that is still good."""
    return _read_half_day(CONFIRM, token, moment)


def _half_day_token(
    purpose: str, track_id: int, key: HalfDayKey, moment: datetime, seconds: int
) -> str:
    value = f"{track_id}:{key.on.isoformat()}:{key.part}"
    expires = int(moment.timestamp()) + seconds
    return make_token(vault().token_key, purpose, value, expires=expires)


def _read_half_day(purpose: str, token: str, moment: datetime) -> tuple[int, HalfDayKey] | None:
    value = read_token(vault().token_key, purpose, token, int(moment.timestamp()))
    if value is None:
        return None
    track_id, on, part = value.split(":")
    return int(track_id), HalfDayKey(date.fromisoformat(on), part)
