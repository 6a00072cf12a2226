"""Moves of a plan by hand: where a thing lies and where it goes, what a move asks, why it fails."""

import hashlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from eventsys.errors import N_, Conflict, DomainError, RuleBroken
from eventsys.timetable.board import Board
from eventsys.timetable.lots import natural
from eventsys.timetable.rules import Clash, ClashKind, Severity

KEY_LENGTH = 16
MOST_TOLD, MORE = 12, " …"

# What follows from where and when something lies: such a clash stops every move that leaves it.
# The others stop a move only when the move itself brings them about.
OF_PLACE_AND_TIME = frozenset(
    {
        ClashKind.PLACE_TAKEN,
        ClashKind.PLACE_RESET,
        ClashKind.PLACE_CLOSED,
        ClashKind.PLACE_SMALL,
        ClashKind.PLACE_PURPOSE,
        ClashKind.PLACE_EQUIPMENT,
        ClashKind.PLACE_FORBIDDEN,
        ClashKind.OUTSIDE_DAYS,
        ClashKind.SLOT_FORBIDDEN,
        ClashKind.MOVED_FIXED,
        ClashKind.ORDER,
        ClashKind.APART,
        ClashKind.CROWD_TWICE,
        ClashKind.CROWD_REST,
        ClashKind.CROWD_TRAVEL,
        ClashKind.PERSON_TWICE,
        ClashKind.PERSON_TRAVEL,
        ClashKind.PERSON_AWAY,
    }
)


@dataclass(frozen=True, slots=True)
class Where:
    """A room and a start, in minutes since the midnight of the event's first day."""

    room: int
    at: int


@dataclass(frozen=True, slots=True)
class Move:
    """What somebody asks for: ``None`` is the tray; ``agreed`` are the warnings they said yes to.

    ``seen`` is where the thing lay before their eyes: if it lies elsewhere, somebody was faster.
    """

    op: str
    seen: Where | None
    to: Where | None
    agreed: frozenset[str] = frozenset()


# ---- refusals


class MovedMeanwhile(Conflict):
    message = N_(
        "%(who)s moved “%(name)s” meanwhile. It is shown where it lies now; if your move is still"
        " needed, make it again."
    )


class ChangedMeanwhile(Conflict):
    message = N_(
        "“%(name)s” was changed meanwhile. It is shown as it is now; if your move is still needed,"
        " make it again."
    )


class DoesNotFit(RuleBroken):
    """``clashes`` say why; their words are told at the edge."""

    message = N_("“%(name)s” cannot lie there. Choose another room or time.")

    def __init__(self, clashes: Sequence[Clash], board: Board | None, **facts: object) -> None:
        super().__init__(**facts)
        self.clashes, self.board = clashes, board


class AsksFirst(RuleBroken):
    """The move can be made once whoever makes it has said yes to ``keys``."""

    message = N_("Look at this before “%(name)s” is moved there.")

    def __init__(
        self,
        clashes: Sequence[Clash],
        questions: Sequence["Question"],
        board: Board | None,
        **facts: object,
    ) -> None:
        super().__init__(**facts)
        self.clashes, self.questions, self.board = clashes, questions, board

    @property
    def keys(self) -> list[str]:
        """What has to be agreed to."""
        return [*map(key_of, self.clashes), *(one.key for one in self.questions)]


class TooFewStations(RuleBroken):
    message = N_(
        "%(count)s entries have stations and the new room has %(free)s that fit. Without one would"
        " be no. %(who)s. Choose a larger room, or free these stations first."
    )


class StationsDrawn(RuleBroken):
    message = N_(
        "The stations of “%(track)s” were drawn before a witness. The session can change its time,"
        " but not its room."
    )


class HasHistory(RuleBroken):
    message = N_(
        "Something was recorded in “%(name)s” already, so it cannot go back to the tray. Move it to"
        " another time instead."
    )


class NothingToUndo(RuleBroken):
    message = N_("There is nothing of yours to undo: what you moved has been moved again since.")


class NothingToRedo(RuleBroken):
    message = N_("There is nothing to repeat.")


class NotAPlace(RuleBroken):
    field = "room"
    message = N_("Choose a room and a time in the days of the event.")


class Question(DomainError):
    """Something a move does besides; it happens after a yes."""

    sort: ClassVar[str]

    @property
    def key(self) -> str:
        """What a yes to this refers to: other numbers ask again."""
        return ":".join([self.sort, *map(str, self.facts.values())]).replace(" ", "")


class PeopleMoveAlong(Question):
    sort = "along"
    message = N_("%(count)s entries have stations there; they get stations in the new room.")


class PeopleLoseStations(Question):
    sort = "seats"
    message = N_("%(count)s entries have stations there and lose them.")


class PeopleStayWithout(Question):
    sort = "without"
    message = N_(
        "%(count)s entries do not get their stations back, because these are taken, faulty or gone,"
        " or the entry sits elsewhere by now: no. %(who)s."
    )


class PeopleLoseDuties(Question):
    sort = "duties"
    message = N_("%(count)s people serve there and lose this duty.")


# ---- judging


@dataclass(frozen=True)
class Verdict:
    """What a place would mean: what forbids it, what to think about, how it would lie.

    ``after`` is everything that would be wrong with the thing there; ``None`` if nobody looked.
    """

    hindrances: Sequence[Clash] = ()
    warnings: Sequence[Clash] = ()
    questions: Sequence[Question] = ()
    board: Board | None = None
    after: Sequence[Clash] | None = None


def key_of(clash: Clash) -> str:
    """A short name for a clash: the same things in the same trouble have the same name."""
    ids = (clash.items, clash.places, clash.people, clash.entries, clash.stations, clash.posts)
    text = f"{clash.kind}/{'/'.join(','.join(map(str, one)) for one in ids)}"
    return hashlib.sha256(text.encode()).hexdigest()[:KEY_LENGTH]


def hindrances(before: Iterable[Clash], after: Iterable[Clash]) -> list[Clash]:
    """The clashes that stop a move."""
    had = {key_of(one) for one in before}
    return [
        one
        for one in after
        if one.severity is Severity.BLOCK
        and (one.kind in OF_PLACE_AND_TIME or key_of(one) not in had)
    ]


def new_warnings(before: Iterable[Clash], after: Iterable[Clash]) -> list[Clash]:
    """The warnings a move brings about; that nobody serves yet is no news in the tray."""
    had = {key_of(one) for one in before}
    return [
        one
        for one in after
        if one.severity is Severity.WARN
        and one.kind is not ClashKind.UNFILLED
        and key_of(one) not in had
    ]


# ---- people who go with their session


@dataclass(frozen=True, slots=True)
class Spot:
    """A station that is free, or at which the entry with this ticket number sits."""

    id: int
    label: str
    vendor: str = ""
    number: int = 0


def told_numbers(numbers: Iterable[int]) -> str:
    """Ticket numbers as people read them; of many the first ones."""
    known = sorted(numbers)
    return " · ".join(f"{one:03d}" for one in known[:MOST_TOLD]) + MORE * (len(known) > MOST_TOLD)


def seats_elsewhere(
    sitting: Mapping[int, Spot], free: Collection[Spot]
) -> tuple[tuple[int, int], ...]:
    """A station in another room for everyone: the same label where there is one, else the next.

    Who sat at a vendor's station gets one of the same vendor.
    """
    left = sorted(free, key=lambda one: natural(one.label))
    order = sorted(sitting.items(), key=lambda one: natural(one[1].label))
    given: dict[int, int] = {}
    for same_label in (True, False):
        for entry, old in order:
            if entry in given:
                continue
            fits = (one for one in left if one.vendor == old.vendor or not old.vendor)
            found = next((one for one in fits if not same_label or one.label == old.label), None)
            if found is not None:
                given[entry] = found.id
                left.remove(found)
    if len(given) < len(sitting):
        without = told_numbers(spot.number for entry, spot in order if entry not in given)
        raise TooFewStations(count=len(sitting), free=len(given), who=without)
    return tuple((entry, given[entry]) for entry, _old in order)
