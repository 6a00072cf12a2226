"""Why a session or a placement is refused."""

from datetime import date, datetime

from eventsys import clock
from eventsys.errors import N_, Conflict, RuleBroken


class NameTaken(RuleBroken):
    field = "name"
    message = N_("“%(name)s” exists already. Choose another name.")


class SessionUpsideDown(RuleBroken):
    field = "ends_at"
    message = N_("The session must end after it starts. Correct one of the two moments.")


class SessionOutside(RuleBroken):
    field = "starts_at"
    message = N_(
        "The event lasts from %(first)s to %(last)s. Choose a time in these days, or change the"
        " event's dates first."
    )


class RoomTaken(RuleBroken):
    field = "room"
    message = N_(
        "The room is taken: %(other)s (%(track)s) is there from %(starts)s to %(ends)s. Choose"
        " another room or another time."
    )


class PartUnknown(RuleBroken):
    field = "part"
    message = N_("Choose which part or module the session is for.")


class SessionInUse(RuleBroken):
    message = N_(
        "%(count)s entries sit in this session. Move them to another session, then remove it."
    )


class RoomFixed(RuleBroken):
    field = "room"
    message = N_("Entries already have stations in this room. Clear the stations first.")


class StationInUse(RuleBroken):
    message = N_("Somebody was placed at station %(label)s. Move the entry first.")


class TooManyStations(RuleBroken):
    field = "number"
    message = N_("Add between 1 and %(most)s stations at once.")


class StationTaken(Conflict):
    message = N_(
        "Station %(label)s is taken by no. %(number)s. Choose a free station, or move that entry"
        " first."
    )


class StationElsewhere(RuleBroken):
    message = N_("Station %(label)s is not in the room of this session. Choose one that is.")


class StationFaulty(RuleBroken):
    message = N_(
        "Station %(label)s is out of order. Choose another one, or say first that it was mended."
    )


class StationUnknown(RuleBroken):
    field = "first"
    message = N_("The room has no station %(label)s. Write the labels as they stand on the map.")


class AlreadyFaulty(Conflict):
    message = N_("Station %(label)s is on record as faulty already. Look at its fault log.")


class NotFaulty(Conflict):
    message = N_("Station %(label)s is not on record as faulty. There is nothing to mend.")


class FaultUnsaid(RuleBroken):
    field = "what"
    message = N_("Say what is wrong with the station.")


class ClosureUpsideDown(RuleBroken):
    field = "ends_at"
    message = N_("The room must open again after it closes. Correct one of the two moments.")


class SameVenue(RuleBroken):
    field = "other"
    message = N_("Choose two different venues.")


class NotPlaceable(RuleBroken):
    message = N_("Only approved entries of “%(track)s” can have a station in this session.")


class TwoPlacesAtOnce(RuleBroken):
    message = N_(
        "No. %(number)s already sits in %(other)s at that time. Choose a session at another time."
    )


class NotEnoughStations(RuleBroken):
    message = N_(
        "%(entries)s entries need a station and %(stations)s are free. Add a session or stations,"
        " then draw again. Nothing was drawn."
    )


class NobodyToPlace(RuleBroken):
    message = N_("Every approved entry has a station. There is nothing to draw.")


class CannotKeepApart(RuleBroken):
    message = N_(
        "Some candidates have another session at the time of every free station. Add a session at"
        " another time, then draw again. Nothing was drawn."
    )


class AlreadyStarted(RuleBroken):
    message = N_(
        "A session of this draw has started, so its stations stay as they are. Move single entries"
        " by hand."
    )


def check_times(starts_at: datetime, ends_at: datetime, first: date, last: date) -> None:
    """Refuse a session that ends before it starts, or lies outside the event's days."""
    if ends_at <= starts_at:
        raise SessionUpsideDown
    starts, ends = clock.in_shanghai(starts_at).date(), clock.in_shanghai(ends_at).date()
    if starts < first or ends > last:
        raise SessionOutside(first=first.isoformat(), last=last.isoformat())


def overlap(starts: datetime, ends: datetime, other_starts: datetime, other_ends: datetime) -> bool:
    """Whether two stretches of time share a moment; one may begin when the other ends."""
    return starts < other_ends and other_starts < ends
