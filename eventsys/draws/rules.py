"""How numbers are drawn, level by level, and why a draw, a move or an opening is refused.

A track has one, two or three levels of anonymity. Each level turns the numbers of the level before
(its sources) into new ones: ticket number -> contest number (参赛号) -> station number (赛位号) ->
work number (评审号). The last level makes the codes on the judges' sheets.

The algorithm, so that anybody with the published seed of a level can draw again:

1. A random number is the first eight bytes, big-endian, of SHA-256 of ``<name>:0``, ``<name>:1``
   and so on; for a number below ``n`` those are skipped that are not below the largest multiple
   of ``n``. A list is shuffled with the numbers of a name by Fisher and Yates, from the last place
   down to the second.
2. Contest and station numbers: the sources stand in groups (one for each session, else one in
   all), each group with the numbers it may get. The numbers of group ``g`` (from 1) are shuffled
   with the name ``<seed>/group:<g>``. The sources, ascending by their characters, get them in this
   order; numbers left over stay free.
3. Work numbers: the sources, ascending by their characters, are shuffled with the name
   ``<seed>/entries``. Codes are made from the numbers of the name ``<seed>/codes``: each number
   below ``letters x 10000`` is a letter and four digits; a code that came before is skipped. The
   first source of the shuffled list gets the first code, and so on.

Ticket numbers are written with three digits at least, contest numbers with two.
"""

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from typing import Any, NamedTuple, TypeVar

from eventsys.errors import N_, Conflict, RuleBroken
from eventsys.timetable.lots import below, natural, random_numbers, shuffled

T = TypeVar("T", int, str)
LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ"  # without I and O, which look like digits
DIGITS = 10_000
FORMAT = "eventsys-draw/1"
LABEL = re.compile(r"[\w-]{1,8}")  # what may stand in an address, after two digits of a session
REASON_LEAST = 4


class Level(StrEnum):
    """One layer of anonymity, named after the numbers it makes."""

    CONTEST = "contest"
    STATION = "station"
    WORK = "work"


LEVEL_LABELS: Mapping[Level, str] = {
    Level.CONTEST: N_("Contest numbers"),
    Level.STATION: N_("Station numbers"),
    Level.WORK: N_("Work numbers"),
}
SOURCE_LABELS: Mapping[Level, str] = {
    Level.CONTEST: N_("Ticket no."),
    Level.STATION: N_("Contest number"),
    Level.WORK: N_("Station number"),
}
NUMBER_LABELS: Mapping[Level, str] = {
    Level.CONTEST: N_("Contest number"),
    Level.STATION: N_("Station number"),
    Level.WORK: N_("Work number"),
}
LEVELS_OF: Mapping[int, tuple[Level, ...]] = {
    1: (Level.WORK,),
    2: (Level.CONTEST, Level.STATION),
    3: (Level.CONTEST, Level.STATION, Level.WORK),
}
"""The levels of a ruleset's ``anonymity_levels``, in the order in which they are drawn."""


class Group(NamedTuple):
    """Sources that draw among themselves, and the numbers there are for them."""

    name: str
    sources: tuple[str, ...]
    numbers: tuple[str, ...] = ()

    def plain(self) -> dict[str, Any]:
        """As JSON keeps it."""
        return {"name": self.name, "sources": list(self.sources), "numbers": list(self.numbers)}


class NobodyHere(RuleBroken):
    message = N_(
        "No entry of “%(track)s” is checked in, so there is nothing to draw. Check the entries in"
        " first."
    )


class AlreadyDrawn(Conflict):
    message = N_(
        "The codes of “%(track)s” were drawn on %(moment)s. A draw cannot be repeated; work with"
        " these codes."
    )


class OutOfTurn(RuleBroken):
    message = N_("“%(before)s” must be drawn first. Draw the levels one after the other.")


class SameCustodian(RuleBroken):
    field = "witness"
    message = N_(
        "You drew “%(other)s” and keep its list; whoever knows two levels could join them. Ask"
        " another encryption judge to draw this one: %(names)s."
    )


class NoOtherCustodian(RuleBroken):
    field = "witness"
    message = N_(
        "You drew “%(other)s” and keep its list; whoever knows two levels could join them. Ask the"
        " group's administrator to appoint another encryption judge for this level."
    )


class NotBlind(RuleBroken):
    message = N_("Codes are drawn for competitions only. Exams and classes go by name.")


class NotDrawn(RuleBroken):
    message = N_("The codes of “%(track)s” are not drawn yet. Draw them first.")


class WithoutSession(RuleBroken):
    message = N_(
        "%(count)s entries with a contest number are in no session yet, so nobody knows among"
        " which stations they draw. Ask the organizer to place them, then draw. Nothing was drawn."
    )


class TooFewStations(RuleBroken):
    message = N_(
        "%(entries)s entries draw in %(session)s and %(stations)s stations are planned there. Ask"
        " the organizer to add stations, then draw. Nothing was drawn."
    )


class StationLabelUnfit(RuleBroken):
    message = N_(
        "Station “%(label)s” cannot be part of a number. Ask the organizer to rename it with at"
        " most eight letters, digits or hyphens."
    )


class WitnessUnfit(RuleBroken):
    field = "witness"
    message = N_(
        "The witness must be another person who is a supervisor of this event. Choose one, or ask"
        " the group's administrator to appoint a supervisor."
    )


class MapSealed(RuleBroken):
    message = N_(
        "Who stands behind the codes of “%(track)s” is sealed. It is opened, before a witness,"
        " after all marks are locked."
    )


class AlreadyOpened(Conflict):
    message = N_("The codes of “%(track)s” were opened on %(moment)s. There is nothing more to do.")


class MapBroken(Conflict):
    message = N_(
        "The numbers of “%(track)s” do not join up from level to level, so the map stays closed."
        " Compare the minutes in the envelopes and tell your administrator."
    )


class StationUnknown(RuleBroken):
    field = "station"
    message = N_("Nobody sits at station %(number)s. Look at the number on the station again.")


class StationNotFree(RuleBroken):
    field = "to_station"
    message = N_(
        "Station %(number)s is not free: it was given to an entry before, or does not exist. Choose"
        " a spare station: %(free)s."
    )


class NoStationsToMove(RuleBroken):
    message = N_(
        "Stations of “%(track)s” were not drawn here, so there is none to change. The organizer"
        " moves the entry on the seat map."
    )


class MoveTooLate(Conflict):
    message = N_(
        "The work numbers are drawn, so a change of station would have no effect. Write it down as"
        " an incident."
    )


class ReasonMissing(RuleBroken):
    field = "reason"
    message = N_("Write the reason in at least four characters; it goes on record.")


def commitment(seed: str) -> str:
    """What is written down before the draw: it fixes the seed without telling it (SHA-256)."""
    return hashlib.sha256(seed.encode()).hexdigest()


def ticket_numbers(numbers: Iterable[int]) -> dict[int, str]:
    """The numbers of entries as they stand on tickets."""
    return {number: f"{number:03d}" for number in numbers}


def running_numbers(count: int) -> tuple[str, ...]:
    """``01``, ``02`` and so on: contest numbers, and stations where no room was planned."""
    return tuple(f"{n:0{max(2, len(str(count)))}d}" for n in range(1, count + 1))


def station_number(prefix: str, label: str) -> str:
    """A station as its number says it: two digits of the session if there are several."""
    if not LABEL.fullmatch(label):
        raise StationLabelUnfit(label=label)
    return f"{prefix}{label}"


def in_order(numbers: Iterable[str]) -> list[str]:
    """Numbers as people read them: 2 before 10."""
    return sorted(numbers, key=natural)


def draw_level(level: Level, seed: str, groups: Sequence[Group]) -> dict[str, str]:
    """The new number of every source."""
    if level is Level.WORK:
        return draw(seed, [source for group in groups for source in group.sources])
    return draw_groups(seed, groups)


def draw_groups(seed: str, groups: Sequence[Group]) -> dict[str, str]:
    """A number of its group for every source; a group needs as many numbers as sources."""
    drawn: dict[str, str] = {}
    for place, group in enumerate(groups, start=1):
        if len(group.numbers) < len(group.sources):
            raise TooFewStations(
                session=group.name, entries=len(group.sources), stations=len(group.numbers)
            )
        order = shuffled(f"{seed}/group:{place}", group.numbers)
        drawn |= dict(zip(sorted(group.sources), order, strict=False))
    return drawn


def draw(seed: str, sources: Iterable[T]) -> dict[T, str]:
    """A code such as K-1183 for every source; the order in which they are given plays no part."""
    order = shuffled(f"{seed}/entries", sorted(set(sources)))
    return dict(zip(order, _codes(f"{seed}/codes", len(order)), strict=True))


def _codes(seed: str, number: int) -> list[str]:
    numbers = random_numbers(seed)
    codes: dict[str, None] = {}
    while len(codes) < number:
        letter, digits = divmod(below(numbers, len(LETTERS) * DIGITS), DIGITS)
        codes[f"{LETTERS[letter]}-{digits:04d}"] = None
    return list(codes)


def moved(numbers: Iterable[str], moves: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Where whoever drew each station sits after the moves, in their order."""
    now = {number: number for number in numbers}
    for before, after in moves:
        drawn = next((key for key, place in now.items() if place == before), None)
        if drawn is not None:
            now[drawn] = after
    return now


def source_label(level: Level, position: int) -> str:
    """What the numbers of a level are drawn for: at the first one, whichever it is, tickets."""
    return SOURCE_LABELS[Level.CONTEST if position == 1 else level]


def draws_again(record: Mapping[str, Any]) -> bool:
    """Whether a level of the published record follows from its seed, and the seed was the one.

    ``record`` has ``level``, ``seed``, ``commitment``, ``groups`` and ``lots`` (pairs of source and
    number), as the page of the draw lets anybody download them.
    """
    groups = [
        Group(one["name"], tuple(one["sources"]), tuple(one["numbers"])) for one in record["groups"]
    ]
    again = draw_level(Level(record["level"]), record["seed"], groups)
    lots = {source: number for source, number in record["lots"]}  # noqa: C416  lists of two
    return commitment(record["seed"]) == record["commitment"] and again == lots


def check_reason(reason: str) -> str:
    """The trimmed reason, if it says anything."""
    trimmed = reason.strip()
    if len(trimmed) < REASON_LEAST:
        raise ReasonMissing
    return trimmed
