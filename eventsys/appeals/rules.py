"""Appeals (rules of the field §1.10): the clock, who sits on a panel, when each step is refused.

The window: an appeal is in time up to and within the very second in which the window ends; from
the next full second on it is late. People see whole seconds, so the zero they see still counts.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from eventsys.appeals.states import ClockStart, Consequence, DepositDeed, Ground, Outcome
from eventsys.errors import N_, Conflict, RuleBroken

TEXT_LEAST, REASONS_LEAST, REASON_LEAST = 20, 20, 5
LARGEST_FILE = 5_000_000  # bytes
SIGNS = {b"%PDF-": "application/pdf", b"\xff\xd8\xff": "image/jpeg", b"\x89PNG\r\n": "image/png"}


# ---- the clock


@dataclass(frozen=True)
class Started:
    """Something ended, or was published, at a moment."""

    start: ClockStart
    module: str
    at: datetime


@dataclass(frozen=True)
class Window:
    """The time for appeals: ``ends_at`` is unknown as long as nothing has started the clock."""

    start: ClockStart
    ends_at: datetime | None

    def is_over(self, moment: datetime) -> bool:
        """Whether an appeal at this moment comes too late; the last second is still in time."""
        return self.ends_at is not None and whole_second(moment) > whole_second(self.ends_at)


def whole_second(moment: datetime) -> datetime:
    """The second in which a moment lies."""
    return moment.replace(microsecond=0)


def window(start: ClockStart, minutes: int, started: Iterable[Started], module: str = "") -> Window:
    """The window for an appeal about ``module`` (``""``: the whole competition).

    Where modules have clocks of their own, the whole competition ends with its last module. What
    nobody recorded is taken to have ended when the results were published.
    """
    found = {(one.start, one.module): one.at for one in started}
    published = found.get((ClockStart.RESULT_PUBLISHED, ""))
    at: datetime | None
    if start is ClockStart.MODULE_END:
        ended = [at for (one, _module), at in found.items() if one is ClockStart.MODULE_END]
        at = found.get((start, module)) if module else max(ended, default=None)
    else:
        at = found.get((start, ""))
    at = at or published
    return Window(start, at + timedelta(minutes=minutes) if at else None)


def last_window(
    start: ClockStart, minutes: int, started: Collection[Started], modules: Iterable[str]
) -> Window:
    """When the last appeal about a track can come in; unknown while a clock has not started."""
    if start is not ClockStart.MODULE_END:
        return window(start, minutes, started)
    ends = [window(start, minutes, started, module).ends_at for module in modules]
    known = [one for one in ends if one is not None]
    return Window(start, max(known) if known and len(known) == len(ends) else None)


def extended(found: Window, until: datetime | None) -> Window:
    """The window of an entry that a later version of the results gave time until a moment."""
    if until is None or found.ends_at is None or until <= found.ends_at:
        return found
    return Window(ClockStart.RESULT_PUBLISHED, until)


# ---- values


@dataclass(frozen=True)
class Paper:
    """A file handed in with an appeal."""

    name: str
    content: bytes


@dataclass(frozen=True)
class AppealFacts:
    """What a leader appeals about; ``insists`` sends what cannot be appealed all the same."""

    ground: Ground
    text: str
    module: str = ""
    insists: bool = False
    paper: Paper | None = None


@dataclass(frozen=True)
class RulingFacts:
    """How a panel ruled, by how many votes, why, and what follows."""

    outcome: Outcome
    votes_for: int
    votes_against: int
    reasons: str
    consequence: Consequence = Consequence.NOTHING
    remedy: str = ""


# ---- refusals


class NoAppeals(RuleBroken):
    message = N_("The rules of this track know no appeals. Ask the organizer.")


class AppealTooLate(Conflict):
    message = N_(
        "Appeals were possible until %(moment)s. This one came too late and is not accepted."
    )


class AppealsClosed(Conflict):
    message = N_("The results are final since %(moment)s. Nothing can be appealed any more.")


class NotAppealable(RuleBroken):
    field = "ground"
    message = N_(
        "%(why)s Choose another ground, or tick “Send it all the same”: it is then recorded as not"
        " admitted."
    )


class TextTooShort(RuleBroken):
    field = "text"
    message = N_("Write what happened and what you ask for, at least twenty characters.")


class SameAppealOpen(Conflict):
    message = N_(
        "An appeal of this entry on the same ground is open: %(title)s. Wait for its decision, or"
        " withdraw it first."
    )


class PaperUnfit(RuleBroken):
    field = "paper"
    message = N_("Hand in a PDF, JPEG or PNG file of at most 5 MB.")


class UnknownModule(RuleBroken):
    field = "module"
    message = N_("Choose a module of this track.")


class EndUnfit(RuleBroken):
    field = "at"
    message = N_(
        "An end lies neither in the future nor before the first day of the event. Correct it."
    )


class EndReasonMissing(RuleBroken):
    field = "reason"
    message = N_("This end is recorded already. Say why it is corrected, at least five characters.")


class PanelUnfit(RuleBroken):
    field = "members"
    message = N_("A panel has an odd number of members, at least %(least)s. You chose %(chosen)s.")


class MustStandAside(RuleBroken):
    field = "members"
    message = N_("These must stand aside in this appeal: %(names)s. Choose others.")


class SatBefore(RuleBroken):
    field = "members"
    message = N_(
        "Who ruled at the first level does not rule at the second: %(names)s. Choose others."
    )


class NotFree(RuleBroken):
    field = "members"
    message = N_("Only supervisors of this track in office can sit on its panels. Choose others.")


class PanelIncomplete(Conflict):
    message = N_(
        "The panel is not complete: it needs an odd number of members, at least %(least)s. Ask the"
        " organizer to fill it."
    )


class VotesUnfit(RuleBroken):
    field = "votes_for"
    message = N_(
        "The votes do not fit: the panel has %(members)s members, all vote, and the majority"
        " decides."
    )


class ReasonsTooShort(RuleBroken):
    field = "reasons"
    message = N_("Give the reasons, at least twenty characters; the leader reads them.")


class ConsequenceUnfit(RuleBroken):
    field = "consequence"
    message = N_("Only an appeal that is upheld has a consequence. Choose “the marks stand”.")


class RemedyMissing(RuleBroken):
    field = "remedy"
    message = N_("Say exactly what is to be corrected or marked again.")


class IncidentMissing(RuleBroken):
    field = "incident_id"
    message = N_("Choose the incident of this entry that is decided anew.")


class DepositUnpaid(Conflict):
    message = N_(
        "The deposit of %(amount)s is not recorded as paid. The organizer records it first."
    )


class DepositStillDue(Conflict):
    message = N_(
        "The deposit can be paid until %(moment)s. Only after that is the appeal not admitted for"
        " it."
    )


class DepositUnfit(Conflict):
    message = N_("This does not fit what happened to the deposit so far. Reload the page.")


class NoDeposit(RuleBroken):
    message = N_("This appeal needs no deposit.")


class ReasonTooShort(RuleBroken):
    field = "reason"
    message = N_("Write a reason of at least five characters.")


class SecondTooLate(Conflict):
    message = N_("The second level could be asked until %(moment)s. The first ruling stands.")


# ---- checks


def why_not(ground: Ground, reasons: Mapping[Ground, str]) -> str:
    """Why a ground cannot be appealed; nothing when it can."""
    return reasons.get(ground, "")


def check_text(text: str) -> str:
    """The text trimmed; refused when it says nothing."""
    given = text.strip()
    if len(given) < TEXT_LEAST:
        raise TextTooShort
    return given


def check_paper(paper: Paper) -> str:
    """The media type a file shows by its first bytes; anything else is refused."""
    if not 0 < len(paper.content) <= LARGEST_FILE:
        raise PaperUnfit
    found = [kind for sign, kind in SIGNS.items() if paper.content.startswith(sign)]
    if not found:
        raise PaperUnfit
    return found[0]


def check_size(members: int, least: int) -> None:
    """Refuse a panel that is too small or could be evenly split."""
    if members < least or members % 2 == 0:
        raise PanelUnfit(least=least, chosen=members)


def supervisors_needed(levels: int, least: int) -> int:
    """How many supervisors the panels of all levels take: nobody rules at two of them."""
    return levels * least


def is_complete(members: int, least: int) -> bool:
    """Whether a panel can rule."""
    return members >= least and members % 2 == 1


def check_ruling(facts: RulingFacts, members: int) -> None:
    """Refuse a ruling whose votes, reasons or consequence do not fit its outcome."""
    majority = facts.votes_for > facts.votes_against
    complete = facts.votes_for + facts.votes_against == members
    if min(facts.votes_for, facts.votes_against) < 0 or not complete:
        raise VotesUnfit(members=members)
    if majority != (facts.outcome is Outcome.UPHELD):
        raise VotesUnfit(members=members)
    if len(facts.reasons.strip()) < REASONS_LEAST:
        raise ReasonsTooShort
    if facts.outcome is Outcome.DISMISSED and facts.consequence is not Consequence.NOTHING:
        raise ConsequenceUnfit
    needs_remedy = facts.consequence in {Consequence.CORRECTION, Consequence.REMARKING}
    if needs_remedy and len(facts.remedy.strip()) < REASON_LEAST:
        raise RemedyMissing


def check_deposit(before: Collection[DepositDeed], deed: DepositDeed) -> None:
    """Refuse a second payment, and a settlement before the payment or after another."""
    comes_first = deed in {DepositDeed.PAID, DepositDeed.UNPAID}
    settled = len(before) > 1 or DepositDeed.UNPAID in before
    if comes_first == bool(before) or settled:
        raise DepositUnfit


def check_reason(reason: str) -> str:
    """The reason trimmed; refused when it says nothing."""
    given = reason.strip()
    if len(given) < REASON_LEAST:
        raise ReasonTooShort
    return given
