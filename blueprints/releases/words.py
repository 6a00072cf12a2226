"""Changes of a timetable as sentences."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from flask_babel import gettext as _

from eventsys.releases.queries import Names, names_of
from eventsys.releases.rules import WORDS, Change, Fixed, LineKind

MOST_SHOWN = 200


@dataclass(frozen=True)
class Told:
    """The sentences of one kind of line; ``more`` could not be shown."""

    kind: LineKind
    sentences: Sequence[str]
    more: int


def told(found: Iterable[Change]) -> list[Told]:
    """What changed by itself; what went along with its session is said by the session's line."""
    own = [one for one in found if not one.follows]
    groups = [(kind, [one for one in own if one.line.kind is kind]) for kind in LineKind]
    shown = [one for _kind, some in groups for one in some[:MOST_SHOWN]]
    names = names_of(line for one in shown for line in (one.before, one.after) if line)
    return [
        Told(kind, [sentence(one, names) for one in some[:MOST_SHOWN]], len(some[MOST_SHOWN:]))
        for kind, some in groups
        if some
    ]


def sentence(change: Change, names: Names) -> str:
    """One change in the reader's words."""
    line = change.line
    return _(WORDS[line.kind, change.kind]) % {
        "session": f"{line.track} {line.session}",
        "number": _numbered(line, names),
        "person": _person(line, names),
        "former": _person(change.before, names),
        "origin": change.before.where if change.before else "",
        "to": change.after.where if change.after else "",
    }


def _numbered(line: Fixed, names: Names) -> str:
    entry = names.entries.get(line.entry_id or 0)
    return f"{line.number} {entry.label}" if entry else line.number


def _person(line: Fixed | None, names: Names) -> str:
    return names.users.get(line.user_id or 0, "–") if line else "–"
