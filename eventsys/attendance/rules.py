"""Half days, their windows, and the hours that follow from them; why a check-in is refused."""

from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime, time
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from typing import NamedTuple

from eventsys import clock
from eventsys.errors import N_, Conflict, RuleBroken
from eventsys.events.rules import HalfDay, TrainingRules
from eventsys.registration.rules import STATE_LABELS, EntryState

# When a trainee may sign in for a half day, on a Shanghai clock: from the first moment on, and
# before the second. Doors open an hour before lessons; whoever comes after 12:30 has missed the
# morning. The two windows touch, so that there is never a doubt which half day a scan is for.
WINDOWS: Mapping[str, tuple[time, time]] = {
    "am": (time(7, 0), time(12, 30)),
    "pm": (time(12, 30), time(18, 30)),
}
PART_LABELS: Mapping[str, str] = {"am": N_("morning"), "pm": N_("afternoon")}

POSTER_SECONDS = 30
"""How often the picture on the projector changes."""
POSTER_TOKEN_SECONDS = 75
"""How long one picture opens: enough for a slow phone, too short to send a photo home."""
CONFIRM_SECONDS = 300
"""How long a trainee who opened the picture in time may take to press the button."""

PERCENT = Decimal(100)
CENT = Decimal("0.01")


class SignInMethod(StrEnum):
    """How a sign-in came about."""

    SCANNED = "scanned"
    SELF = "self"
    BY_HAND = "by_hand"


METHOD_LABELS: Mapping[SignInMethod, str] = {
    SignInMethod.SCANNED: N_("ticket scanned"),
    SignInMethod.SELF: N_("signed in by phone"),
    SignInMethod.BY_HAND: N_("entered by hand"),
}


class HalfDayKey(NamedTuple):
    """Which half day: a date and ``am`` or ``pm``."""

    on: date
    part: str


class EntryNotApproved(RuleBroken):
    message = N_(
        "This entry is not approved (%(state)s), so nobody can be checked in with it. Ask the"
        " organizer."
    )


class UnknownTicket(RuleBroken):
    field = "code"
    message = N_(
        "This is not a valid ticket. Scan the code on the ticket again, or look the person up by"
        " name or number."
    )


class OtherDesk(RuleBroken):
    field = "code"
    message = N_("This ticket belongs to “%(track)s”. Check in there.")


class CheckInOver(Conflict):
    message = N_(
        "Check-in for “%(track)s” ended on %(moment)s, when the codes were drawn. A late entry gets"
        " no code and cannot compete; let the chief judge record the absence."
    )


class WrongKind(RuleBroken):
    message = N_("Trainees sign in for each half day. Open the class instead.")


class NoHalfDays(RuleBroken):
    message = N_("Only training classes have half days. Check in the entry instead.")


class NotYetOpen(RuleBroken):
    message = N_(
        "Sign-in for the %(part)s of %(day)s opens at %(opens)s. Come back then; nothing was"
        " recorded."
    )


class WindowOver(RuleBroken):
    message = N_(
        "Sign-in for the %(part)s of %(day)s ended at %(closes)s. Ask the organizer to enter it by"
        " hand, with the reason."
    )


class NoLessonsNow(RuleBroken):
    message = N_("There are no lessons at this time. The next half day is %(day)s, %(part)s.")


class ClassOver(RuleBroken):
    message = N_("All half days of this class are over. Ask the organizer to correct a half day.")


class UnknownHalfDay(RuleBroken):
    message = N_("The class has no lessons in that half day. Choose one of its half days.")


class PosterExpired(RuleBroken):
    message = N_("This code has expired; it changes every 30 seconds. Scan the screen once more.")


class ReasonMissing(RuleBroken):
    field = "reason"
    message = N_("Write the reason in at least four characters; it goes on record.")


def check_approved(state: EntryState) -> None:
    """Refuse an entry that is not, or no longer, approved."""
    if state is not EntryState.APPROVED:
        raise EntryNotApproved(state=STATE_LABELS[state])


def check_reason(reason: str) -> str:
    """The trimmed reason, if it says anything."""
    trimmed = reason.strip()
    if len(trimmed) < 4:  # noqa: PLR2004  the refusal states the number
        raise ReasonMissing
    return trimmed


def key_of(half_day: HalfDay) -> HalfDayKey:
    """A half day's name."""
    return HalfDayKey(half_day.on, half_day.part)


def window(key: HalfDayKey) -> tuple[datetime, datetime]:
    """From when (included) and until when (excluded) one may sign in, as moments."""
    opens, closes = WINDOWS[key.part]
    return (
        clock.from_shanghai(datetime.combine(key.on, opens)),
        clock.from_shanghai(datetime.combine(key.on, closes)),
    )


def half_day_at(half_days: Iterable[HalfDay], moment: datetime) -> HalfDay | None:
    """The half day whose window is open at a moment."""
    for half_day in half_days:
        opens, closes = window(key_of(half_day))
        if opens <= moment < closes:
            return half_day
    return None


def half_day_named(half_days: Iterable[HalfDay], key: HalfDayKey) -> HalfDay:
    """The half day with this name."""
    found = next((one for one in half_days if key_of(one) == key), None)
    if found is None:
        raise UnknownHalfDay
    return found


def current_half_day(half_days: Collection[HalfDay], moment: datetime) -> HalfDay:
    """The half day one can sign in for now; otherwise the refusal says when there is one."""
    found = half_day_at(half_days, moment)
    if found is not None:
        return found
    coming = sorted(key for key in map(key_of, half_days) if window(key)[0] > moment)
    if not coming:
        raise ClassOver
    raise NoLessonsNow(day=coming[0].on.isoformat(), part=PART_LABELS[coming[0].part])


def check_window(key: HalfDayKey, moment: datetime) -> None:
    """Refuse a sign-in outside the half day's window, saying when it was or will be."""
    opens, closes = window(key)
    part, day = PART_LABELS[key.part], key.on.isoformat()
    if moment < opens:
        raise NotYetOpen(part=part, day=day, opens=f"{clock.in_shanghai(opens):%H:%M}")
    if moment >= closes:
        raise WindowOver(part=part, day=day, closes=f"{clock.in_shanghai(closes):%H:%M}")


class HalfDayState(StrEnum):
    """How a half day stands for a trainee."""

    SIGNED = "signed"
    OPEN = "open"
    MISSED = "missed"
    TO_COME = "to_come"


def state_of(key: HalfDayKey, signed: Collection[HalfDayKey], moment: datetime) -> HalfDayState:
    """Signed, or else what its window says at a moment."""
    if key in signed:
        return HalfDayState.SIGNED
    opens, closes = window(key)
    if moment < opens:
        return HalfDayState.TO_COME
    return HalfDayState.OPEN if moment < closes else HalfDayState.MISSED


def hours(half_days: Iterable[HalfDay], signed: Collection[HalfDayKey]) -> Decimal:
    """The teaching hours (学时) of the half days signed for; others in ``signed`` count nothing."""
    return sum((one.hours for one in half_days if key_of(one) in signed), Decimal(0))


def hours_by_year(
    half_days: Iterable[HalfDay], signed: Collection[HalfDayKey]
) -> dict[int, Decimal]:
    """The same hours by the calendar year of each half day: a class may run over New Year."""
    years: dict[int, Decimal] = {}
    for one in half_days:
        got = one.hours if key_of(one) in signed else Decimal(0)
        years[one.on.year] = years.get(one.on.year, Decimal(0)) + got
    return dict(sorted(years.items()))


def percent(half_days: Collection[HalfDay], signed: Collection[HalfDayKey]) -> Decimal:
    """Attendance in percent of the class's hours, half up to two places, for showing only."""
    total = sum((one.hours for one in half_days), Decimal(0))
    if not total:
        return Decimal(0)
    return (hours(half_days, signed) * PERCENT / total).quantize(CENT, ROUND_HALF_UP)


def completes(rules: TrainingRules, signed: Collection[HalfDayKey]) -> bool:
    """Whether the attendance reaches the class's threshold, compared exactly, not as shown."""
    total = sum((one.hours for one in rules.half_days), Decimal(0))
    return (
        total > 0 and hours(rules.half_days, signed) * PERCENT >= rules.attendance_percent * total
    )
