"""Moves of entries among the stations of a session: what is asked for, and why it fails."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from eventsys.errors import N_, Conflict, RuleBroken
from eventsys.plans.moves import AsksFirst, DoesNotFit, Question, key_of
from eventsys.timetable.rules import Clash, Severity


@dataclass(frozen=True, slots=True)
class SeatMove:
    """An entry goes to a station of its session; ``None`` is the tray.

    ``seen`` is where it sat before the eyes of whoever moves it; ``agreed`` are the warnings they
    said yes to.
    """

    op: str
    entry: int
    seen: int | None
    to: int | None
    agreed: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Seating:
    """Where some entries of a session sit, whoever was moved first; ``None`` is the tray."""

    session: int
    seats: Mapping[int, int | None]

    def plain(self) -> dict[str, Any]:
        """As JSON keeps it."""
        return {"session": self.session, "seats": [list(one) for one in self.seats.items()]}

    @staticmethod
    def read(plain: dict[str, Any]) -> "Seating":
        """What `plain` wrote."""
        return Seating(plain["session"], dict(plain["seats"]))


# ---- refusals


class StationsStay(RuleBroken):
    message = N_(
        "The stations of “%(track)s” were drawn before a witness, so they stay as they are. On the"
        " day, move an entry to a spare station at the draw, before the witness."
    )


class SeatedMeanwhile(Conflict):
    message = N_(
        "Somebody moved no. %(number)s meanwhile. It is shown where it sits now; if your move is"
        " still needed, make it again."
    )


class CannotSit(DoesNotFit):
    message = N_("No. %(number)s cannot sit there. Choose another station.")


class SeatAsksFirst(AsksFirst):
    message = N_("Look at this before no. %(number)s gets another station.")


class TakesSpare(Question):
    sort = "spare"
    message = N_("Station %(label)s is a spare one, kept free for breakdowns.")


class ChangesPlaces(Question):
    sort = "swap"
    message = N_("No. %(number)s sits there and gets station %(label)s instead.")


class MakesWay(Question):
    sort = "out"
    message = N_("No. %(number)s sits there and goes back to the tray.")


# ---- judging


def forbidding(before: Iterable[Clash], after: Iterable[Clash]) -> list[Clash]:
    """What a new seating would make impossible that is not so already."""
    had = {key_of(one) for one in before}
    return [one for one in after if one.severity is Severity.BLOCK and key_of(one) not in had]


def worrying(
    before: Iterable[Clash], after: Iterable[Clash], moved: Collection[int]
) -> list[Clash]:
    """What should be looked at about those who move: whom they would sit beside and did not."""
    had = {(key_of(one), one.has) for one in before}
    return [
        one
        for one in after
        if one.severity is Severity.WARN
        and not {*moved}.isdisjoint(one.entries)
        and (key_of(one), one.has) not in had
    ]
