"""Entries in the reader's words: states, deeds, and the filters of lists."""

from collections.abc import Iterable

from flask_babel import gettext

from blueprints.language import show_moment
from blueprints.listing import asked
from eventsys.audit.models import AuditEntry
from eventsys.errors import N_
from eventsys.registration.queries import Wanted
from eventsys.registration.rules import EntryState

TONES = {
    EntryState.DRAFT: "neutral",
    EntryState.SUBMITTED: "info",
    EntryState.RETURNED: "warn",
    EntryState.APPROVED: "ok",
    EntryState.WITHDRAWN: "neutral",
}
DEEDS = {
    "entry.drafted": (N_("Draft saved"), "neutral"),
    "entry.changed": (N_("Changed"), "neutral"),
    "entry.submitted": (N_("Submitted"), "info"),
    "entry.approved": (N_("Approved"), "ok"),
    "entry.returned": (N_("Returned for correction"), "warn"),
    "entry.withdrawn": (N_("Withdrawn"), "bad"),
}
LONGEST_KEY = 16


def history(entries: Iterable[AuditEntry]) -> list[tuple[str, str, str, str]]:
    """What happened to an entry, for the ``timeline`` macro."""
    found = []
    for one in entries:
        label, tone = DEEDS.get(one.deed, ("", "neutral"))
        if not label:
            continue
        reason = str(one.facts.get("reason") or "")
        name = gettext("System") if one.actor_name == "system" else one.actor_name
        note = f"{name} · {reason}" if reason else name
        found.append((show_moment(one.at), gettext(label), note, tone))
    return found


def wanted() -> Wanted:
    """The filters in the address."""
    state = asked("state")
    return Wanted(
        track_id=_key("track"),
        unit_id=_key("unit"),
        state=EntryState(state) if state in set(EntryState) else None,
        text=asked("q"),
    )


def _key(name: str) -> int | None:
    text = asked(name)
    good = text.isascii() and text.isdecimal() and len(text) <= LONGEST_KEY
    return int(text) if good else None
