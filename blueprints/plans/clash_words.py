"""What clashes are called: one sentence each, with the way out."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from flask_babel import gettext

from eventsys.errors import N_
from eventsys.timetable.rules import Clash, ClashKind, Problem

K = ClashKind
NAMED = 3  # so many names are told, then how many more there are
MORE = N_("%(names)s and %(count)s more")
AND = N_(", ")

CLASH_TEXTS: Mapping[ClashKind, str] = {
    K.PLACE_TAKEN: N_("%(items)s would share %(places)s at one time. Move one of them."),
    K.PLACE_RESET: N_(
        "%(places)s needs %(needs)s minutes to be made ready; between %(items)s there are %(has)s."
        " Leave more time."
    ),
    K.PLACE_CLOSED: N_("%(places)s is closed or used by others then. Choose another room or time."),
    K.PLACE_SMALL: N_(
        "%(places)s has %(has)s places that fit, %(items)s needs %(needs)s. Choose a larger room."
    ),
    K.PLACE_PURPOSE: N_("%(places)s is not the kind of room %(items)s needs. Choose another room."),
    K.PLACE_EQUIPMENT: N_(
        "%(places)s lacks %(needs)s pieces of equipment %(items)s needs. Choose another room."
    ),
    K.PLACE_FORBIDDEN: N_("%(items)s may not be held in %(places)s. Choose a room it allows."),
    K.OUTSIDE_DAYS: N_("%(items)s would lie outside the days of the event. Choose another time."),
    K.SLOT_FORBIDDEN: N_("%(items)s must lie inside one of its shifts. Choose such a time."),
    K.MOVED_FIXED: N_("%(items)s is fixed in its place. Release it first, then move it."),
    K.ORDER: N_(
        "%(items)s must follow one another with %(needs)s minutes between. Move one of them."
    ),
    K.APART: N_("%(items)s must not be at one time. Move one of them."),
    K.CROWD_TWICE: N_("%(count)s entries take part in %(items)s, which overlap. Move one of them."),
    K.CROWD_REST: N_(
        "%(count)s entries have %(has)s minutes between %(items)s and need %(needs)s. Leave more"
        " time."
    ),
    K.CROWD_TRAVEL: N_(
        "%(count)s entries need %(needs)s minutes for the way between %(items)s and have %(has)s."
        " Leave more time, or stay in one venue."
    ),
    K.PERSON_TWICE: N_("%(people)s would serve at %(items)s, which overlap. Move one of them."),
    K.PERSON_REST: N_(
        "%(people)s has %(has)s minutes between %(items)s and should have %(needs)s."
    ),
    K.PERSON_TRAVEL: N_(
        "%(people)s needs %(needs)s minutes for the way between %(items)s and has %(has)s. Leave"
        " more time, or ask somebody else."
    ),
    K.PERSON_AWAY: N_("%(people)s cannot come at the time of %(items)s. Ask somebody else."),
    K.PERSON_FIXED: N_("A duty at %(items)s is fixed for somebody other than %(people)s."),
    K.OFFICE: N_("%(people)s does not hold the office served at %(items)s. Ask somebody else."),
    K.RECUSED_UNIT: N_(
        "%(people)s belongs to a unit that takes part in %(items)s. Ask somebody else."
    ),
    K.RECUSED_ITEM: N_("%(people)s has to stand aside from %(items)s. Ask somebody else."),
    K.SENIOR: N_("A duty at %(items)s asks for a senior, and %(people)s is none."),
    K.LOAD: N_("%(people)s has %(has)s duties and should have %(needs)s at most."),
    K.DAY_LOAD: N_("%(people)s has %(has)s duties on one day and should have %(needs)s at most."),
    K.PANEL_UNIT: N_(
        "%(has)s people of one unit sit in the panel of %(items)s; %(needs)s may. Exchange one:"
        " %(people)s."
    ),
    K.PANEL_EVEN: N_("The panel of %(items)s has an even number of people: %(has)s."),
    K.PANEL_SPLIT: N_("%(items)s have one panel, but %(people)s do not serve at all of them."),
    K.STATION_TAKEN: N_("Two entries have one station during %(items)s. Move one of them."),
    K.STATION_FAULTY: N_("An entry of %(items)s sits at a faulty station. Give it another one."),
    K.STATION_VENDOR: N_("An entry of %(items)s sits at a station of another make. Exchange it."),
    K.STATION_ELSEWHERE: N_("A station of %(items)s is not in the room. Give the entry another."),
    K.SEATED_TWICE: N_("An entry has two stations in %(items)s. Free one of them."),
    K.NEIGHBOUR_UNIT: N_("%(has)s pairs of one unit sit side by side in %(items)s."),
    K.NEIGHBOUR_CLASS: N_("%(has)s pairs of one class sit side by side in %(items)s."),
    K.NEIGHBOUR_PAPER: N_("%(has)s pairs with one paper sit side by side in %(items)s."),
    K.UNPLACED: N_("%(items)s has no room and time yet."),
    K.UNFILLED: N_("%(has)s of %(needs)s people are found for %(items)s."),
    K.UNSEATED: N_("%(needs)s entries of %(items)s have no station yet."),
}


@dataclass(frozen=True)
class Names:
    """What the ids of a problem are called."""

    items: Mapping[int, str]
    places: Mapping[int, str]
    people: Mapping[int, str]

    @staticmethod
    def of(problem: Problem) -> "Names":
        """The names a problem carries."""
        return Names(
            {one.id: one.name for one in problem.items},
            {one.id: one.name for one in problem.places},
            {one.id: one.name for one in problem.people},
        )


def told(clash: Clash, names: Names) -> str:
    """A clash in the reader's language."""
    facts = {
        "items": _some(clash.items, names.items.get),
        "places": _some(clash.places, names.places.get),
        "people": _some(clash.people, names.people.get),
        "count": len(clash.entries),
        "has": clash.has,
        "needs": clash.needs,
    }
    return gettext(CLASH_TEXTS[clash.kind]) % facts


def _some(ids: Iterable[int], name: Callable[[int], str | None]) -> str:
    """A few names, and how many there are besides."""
    known = [name(one) or "?" for one in ids]
    first = gettext(AND).join(known[:NAMED])
    if len(known) <= NAMED:
        return first
    return gettext(MORE) % {"names": first, "count": len(known) - NAMED}
