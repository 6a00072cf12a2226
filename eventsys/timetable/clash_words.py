"""What a clash says to people, and what to do about it."""

from collections.abc import Callable
from datetime import timedelta

from eventsys import clock
from eventsys.errors import N_
from eventsys.timetable.board import Board
from eventsys.timetable.rules import Clash, ClashKind

MESSAGES: dict[ClashKind, str] = {
    ClashKind.PLACE_TAKEN: N_(
        "“%(item)s” and “%(other)s” are both in %(place)s at %(time)s. Move one of them to another"
        " place or time."
    ),
    ClashKind.PLACE_RESET: N_(
        "%(place)s needs %(needs)s minutes to be made ready between “%(item)s” and “%(other)s”, and"
        " has %(has)s. Start the later one later, or move one of them."
    ),
    ClashKind.PLACE_CLOSED: N_(
        "%(place)s is closed at the time of “%(item)s” (%(time)s). Choose another place or time."
    ),
    ClashKind.PLACE_SMALL: N_(
        "“%(item)s” needs %(needs)s places and %(place)s has %(has)s that work. Choose a larger"
        " room, or divide the session."
    ),
    ClashKind.PLACE_PURPOSE: N_(
        "%(place)s is not the kind of room “%(item)s” needs. Choose a room of the right kind."
    ),
    ClashKind.PLACE_EQUIPMENT: N_(
        "%(place)s lacks equipment that “%(item)s” needs. Choose a room that has it, or have it"
        " brought and note it with the room."
    ),
    ClashKind.PLACE_FORBIDDEN: N_(
        "“%(item)s” may not be held in this room. Choose one of the rooms allowed for it."
    ),
    ClashKind.OUTSIDE_DAYS: N_(
        "“%(item)s” lies outside the days of the event. Move it into them, or change the event's"
        " dates first."
    ),
    ClashKind.SLOT_FORBIDDEN: N_(
        "“%(item)s” at %(time)s lies in none of the shifts allowed for it. Move it into one of"
        " them."
    ),
    ClashKind.MOVED_FIXED: N_(
        "“%(item)s” is fixed at another place or time. Move it back, or release it first."
    ),
    ClashKind.ORDER: N_(
        "“%(other)s” must wait until “%(item)s” has ended, and %(needs)s minutes more. Move it"
        " later, or move “%(item)s” earlier."
    ),
    ClashKind.APART: N_(
        "“%(item)s” and “%(other)s” must not be at the same time. Move one of them."
    ),
    ClashKind.CROWD_TWICE: N_(
        "%(entries)s of the people in “%(item)s” are in “%(other)s” at the same time. Move one of"
        " the two."
    ),
    ClashKind.CROWD_REST: N_(
        "%(entries)s people have %(has)s minutes of rest between “%(item)s” and “%(other)s” and"
        " need %(needs)s. Move one of the two."
    ),
    ClashKind.CROWD_TRAVEL: N_(
        "%(entries)s people have %(has)s minutes for the way from “%(item)s” to “%(other)s” and"
        " need %(needs)s. Move one of the two nearer or further apart in time."
    ),
    ClashKind.PERSON_TWICE: N_(
        "%(person)s is in “%(item)s” and in “%(other)s” at the same time. Give one of the two to"
        " somebody else, or move it."
    ),
    ClashKind.PERSON_REST: N_(
        "%(person)s has %(has)s minutes of rest between “%(item)s” and “%(other)s” and needs"
        " %(needs)s. Give one of the two to somebody else, or move it."
    ),
    ClashKind.PERSON_TRAVEL: N_(
        "%(person)s has %(has)s minutes for the way from “%(item)s” to “%(other)s” and needs"
        " %(needs)s. Give one of the two to somebody else, or move it."
    ),
    ClashKind.PERSON_AWAY: N_(
        "%(person)s cannot come at the time of “%(item)s” (%(time)s). Choose somebody else, or"
        " move it."
    ),
    ClashKind.PERSON_FIXED: N_(
        "This duty at “%(item)s” is fixed for somebody else than %(person)s. Change it back, or"
        " release it first."
    ),
    ClashKind.OFFICE: N_(
        "%(person)s does not hold the office this duty at “%(item)s” asks for. Choose somebody who"
        " does."
    ),
    ClashKind.RECUSED_UNIT: N_(
        "%(person)s must stand aside at “%(item)s”: a unit of theirs takes part. Choose somebody"
        " else."
    ),
    ClashKind.RECUSED_ITEM: N_(
        "%(person)s must stand aside at “%(item)s”: they know somebody who takes part. Choose"
        " somebody else."
    ),
    ClashKind.SENIOR: N_(
        "This duty at “%(item)s” needs a senior, and %(person)s is none. Choose a senior."
    ),
    ClashKind.LOAD: N_(
        "%(person)s has %(has)s duties and may have %(needs)s. Give some of them to others."
    ),
    ClashKind.DAY_LOAD: N_(
        "%(person)s has %(has)s duties on %(day)s and should have at most %(needs)s. Give some of"
        " them to others."
    ),
    ClashKind.PANEL_UNIT: N_(
        "%(has)s people of one unit sit in the panel of “%(item)s”; at most %(needs)s may."
        " Exchange one of them: %(people)s."
    ),
    ClashKind.PANEL_EVEN: N_(
        "The panel of “%(item)s” has %(has)s members, an even number. Add one or take one out."
    ),
    ClashKind.PANEL_SPLIT: N_(
        "The panel should stay together, but changes between “%(item)s” and “%(other)s”:"
        " %(people)s. Give both the same people."
    ),
    ClashKind.STATION_TAKEN: N_(
        "Station %(station)s is given to two people in “%(item)s” (%(time)s). Seat one of them"
        " elsewhere."
    ),
    ClashKind.STATION_FAULTY: N_(
        "Station %(station)s in “%(item)s” is faulty. Seat the person at another one, or note that"
        " it is mended."
    ),
    ClashKind.STATION_VENDOR: N_(
        "Station %(station)s in “%(item)s” is not of the maker the person chose. Seat them at one"
        " that is."
    ),
    ClashKind.STATION_ELSEWHERE: N_(
        "A seat of “%(item)s” is not in %(place)s, where it is held. Draw or choose the seats"
        " again."
    ),
    ClashKind.SEATED_TWICE: N_("Somebody has %(has)s seats in “%(item)s”. Take away all but one."),
    ClashKind.NEIGHBOUR_UNIT: N_(
        "%(has)s pairs of one unit sit side by side in “%(item)s”. Seat them further apart if the"
        " room allows."
    ),
    ClashKind.NEIGHBOUR_CLASS: N_(
        "%(has)s pairs of one class sit side by side in “%(item)s”. Seat them further apart if the"
        " room allows."
    ),
    ClashKind.NEIGHBOUR_PAPER: N_(
        "%(has)s pairs with the same paper sit side by side in “%(item)s”. Exchange papers or"
        " seats."
    ),
    ClashKind.UNPLACED: N_("“%(item)s” has no place and time yet. Place it, or let it be planned."),
    ClashKind.UNFILLED: N_(
        "%(missing)s of %(needs)s duties of one kind at “%(item)s” have nobody. Choose people, or"
        " let it be planned."
    ),
    ClashKind.UNSEATED: N_(
        "%(entries)s people in “%(item)s” have no seat yet. Draw or plan the seats."
    ),
}
TOGETHER = N_(
    "%(count)s sessions that share %(place)s at %(time)s need %(needs)s places, and %(has)s of them"
    " work. Move one of the sessions."
)
IN_TURN = N_(
    "“%(other)s” must wait until “%(item)s” has ended. Move it later, or move “%(item)s” earlier."
)
IN_BOTH = N_(
    "Station %(station)s is given to two people, in “%(item)s” and in “%(other)s”, which overlap."
    " Seat one of them elsewhere."
)
OF_SEVERAL = {ClashKind.PLACE_SMALL: TOGETHER, ClashKind.STATION_TAKEN: IN_BOTH}


def told(board: Board, clash: Clash, words: Callable[[str], str]) -> str:
    """A clash in a reader's language, with names instead of ids."""
    message = MESSAGES[clash.kind]
    if clash.kind is ClashKind.ORDER and not clash.needs:
        message = IN_TURN
    if len(clash.items) > 1:
        message = OF_SEVERAL.get(clash.kind, message)
    return words(message) % facts(board, clash)


def facts(board: Board, clash: Clash) -> dict[str, object]:
    """What fills the places of a clash's message; of two items the earlier one comes first."""
    items = sorted(clash.items, key=lambda item: (board.span.get(item, (0, 0)), item))
    if clash.kind is ClashKind.ORDER and items[0] not in board.items[items[-1]].after:
        items.reverse()
    places = [board.placed[item].place for item in items if item in board.placed]
    moment = board.span[items[-1]][0] if items and items[-1] in board.span else 0
    at = clock.in_shanghai(board.problem.origin + timedelta(minutes=moment))
    people = [board.people[one].name for one in clash.people if one in board.people]
    stations = [board.spots[one].label for one in clash.stations if one in board.spots]
    return {
        "item": board.items[items[0]].name if items else "",
        "other": board.items[items[-1]].name if items else "",
        "place": next(
            (board.places[p].name for p in (*clash.places, *places) if p in board.places), ""
        ),
        "person": people[0] if people else "",
        "people": " · ".join(people),
        "station": stations[0] if stations else "",
        "entries": len(clash.entries),
        "count": len(items),
        "missing": len(clash.posts),
        "has": clash.has,
        "needs": clash.needs,
        "time": at.strftime("%m-%d %H:%M"),
        "day": at.strftime("%m-%d"),
    }
