"""States of an entry, roles of its members, and who may be entered."""

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from eventsys.errors import N_, Conflict, RuleBroken
from eventsys.events.rules import CompetitionRules, EventKind, EventState, Rules
from eventsys.id_numbers import IdKind, IdNumber, age_on


class EntryState(StrEnum):
    """Where an entry stands. Presence at the venue is an arrival, not a state."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    RETURNED = "returned"
    APPROVED = "approved"
    WITHDRAWN = "withdrawn"


MOVES: dict[EntryState, frozenset[EntryState]] = {
    EntryState.DRAFT: frozenset({EntryState.SUBMITTED, EntryState.WITHDRAWN}),
    EntryState.SUBMITTED: frozenset(
        {EntryState.APPROVED, EntryState.RETURNED, EntryState.WITHDRAWN}
    ),
    EntryState.RETURNED: frozenset({EntryState.SUBMITTED, EntryState.WITHDRAWN}),
    EntryState.APPROVED: frozenset({EntryState.WITHDRAWN}),
    EntryState.WITHDRAWN: frozenset(),
}
STATE_LABELS = {
    EntryState.DRAFT: N_("Draft"),
    EntryState.SUBMITTED: N_("Waiting for review"),
    EntryState.RETURNED: N_("Returned for correction"),
    EntryState.APPROVED: N_("Approved"),
    EntryState.WITHDRAWN: N_("Withdrawn"),
}
HOLDING = frozenset({EntryState.SUBMITTED, EntryState.RETURNED, EntryState.APPROVED})
"""States in which an entry holds a place of its unit and of the track."""
EDITABLE = frozenset({EntryState.DRAFT, EntryState.RETURNED})


class MemberRole(StrEnum):
    """What a person is in an entry."""

    CONTESTANT = "contestant"
    INSTRUCTOR = "instructor"
    TRAINEE = "trainee"
    CANDIDATE = "candidate"


ROLE_LABELS = {
    MemberRole.CONTESTANT: N_("Contestant"),
    MemberRole.INSTRUCTOR: N_("Instructor"),
    MemberRole.TRAINEE: N_("Trainee"),
    MemberRole.CANDIDATE: N_("Candidate"),
}
ID_KIND_LABELS = {
    IdKind.MAINLAND: N_("Resident identity card"),
    IdKind.HMT_RESIDENCE: N_("Residence permit for Hong Kong, Macao and Taiwan residents"),
    IdKind.HK_MACAU_PERMIT: N_("Mainland travel permit for Hong Kong and Macao residents"),
    IdKind.TAIWAN_PERMIT: N_("Mainland travel permit for Taiwan residents"),
    IdKind.PASSPORT: N_("Passport"),
    IdKind.FOREIGN_RESIDENT: N_("Foreign permanent resident identity card"),
}
TAKING_PART = frozenset({MemberRole.CONTESTANT, MemberRole.TRAINEE, MemberRole.CANDIDATE})
MAIN_ROLE = {
    EventKind.COMPETITION: MemberRole.CONTESTANT,
    EventKind.TRAINING: MemberRole.TRAINEE,
    EventKind.EXAM: MemberRole.CANDIDATE,
}
REVIEWABLE = frozenset({EventState.PUBLISHED, EventState.REGISTRATION_CLOSED})
DRAFT_LIFE = timedelta(hours=1)
REMIND_BEFORE = timedelta(hours=24)

_PHONE = re.compile(r"1[3-9][0-9]{9}|0[0-9]{9,11}|\+[1-9][0-9]{5,14}")
_PHONE_DROPPED = re.compile(r"[\s()\-\u2010-\u2014\u2212]+")


@dataclass(frozen=True)
class Shape:
    """How many people an entry holds, and what each is called."""

    role: MemberRole
    least: int
    most: int
    instructors: int
    needs_phone: bool

    @property
    def is_team(self) -> bool:
        """Whether several people enter together, under a name of their own."""
        return self.most > 1


def shape_of(kind: EventKind, rules: Rules) -> Shape:
    """The shape of an entry in a track; training and exams are entered one by one."""
    if isinstance(rules, CompetitionRules):
        most = rules.team_max
        return Shape(MAIN_ROLE[kind], rules.team_min, most, rules.instructors_max, False)
    return Shape(MAIN_ROLE[kind], 1, 1, 0, kind is EventKind.TRAINING)


@dataclass(frozen=True)
class Given:
    """One person as a form or a spreadsheet row names them, already normalised.

    ``member_id`` points at the member of this entry whose number is kept when ``id_number`` is
    ``None``. The ``repr`` of an ``IdNumber`` shows no digits.
    """

    role: MemberRole
    name: str
    id_number: IdNumber | None
    phone: str = ""
    member_id: int | None = None


@dataclass(frozen=True)
class EntryFacts:
    """What one entry is made of; people in the order in which they were named."""

    people: tuple[Given, ...]
    team_name: str = ""


# ---- what is refused


class Problem(RuleBroken):
    """A refusal about one entry; ``at`` is the person's place in the list, if about a person."""

    def __init__(self, at: int | None = None, **facts: object) -> None:
        super().__init__(**facts)
        self.at = at


class TeamSizeUnfit(Problem):
    message = N_(
        "An entry here has %(least)s to %(most)s contestants, and this one has %(given)s. Add or"
        " remove contestants."
    )


class OnePersonNeeded(Problem):
    message = N_("An entry here is exactly one person. Fill in one name and number.")


class TeamNameMissing(Problem):
    field = "team_name"
    message = N_("A team needs a name. Enter the one that shall stand on lists and certificates.")


class TooManyInstructors(Problem):
    message = N_("At most %(most)s instructors are allowed, and %(given)s are named. Remove some.")


class TooOld(Problem):
    field = "id_number"
    message = N_(
        "%(name)s is %(age)s years old on %(day)s; the limit is %(most)s. Check the number, or"
        " enter somebody else."
    )


class NamedTwice(Problem):
    field = "id_number"
    message = N_("%(name)s is named twice in this entry. Remove one of the two.")


class PhoneMissing(Problem):
    field = "phone"
    message = N_("Enter a phone number, so that the organizer can reach %(name)s.")


class PhoneUnfit(Problem):
    field = "phone"
    message = N_(
        "This is not a phone number. Enter 11 digits of a mobile phone, or the area code and the"
        " number."
    )


class PersonMissing(Problem):
    message = N_("Enter at least one person with name and number; the rest can wait in the draft.")


class NumberMissing(Problem):
    field = "id_number"
    message = N_("Enter the number of the identity document.")


class OtherPerson(Problem):
    field = "name"
    message = N_(
        "This identity number is registered under another name. Check number and name, or ask the"
        " organizer to compare the documents."
    )


class AlreadyEntered(Problem):
    field = "id_number"
    message = N_(
        "%(name)s already takes part in “%(track)s” with entry %(number)s of your unit. A person"
        " takes part in an event once: withdraw that entry, or enter somebody else."
    )


class AlreadyEnteredElsewhere(Problem):
    field = "id_number"
    message = N_(
        "%(name)s is already entered in this event by another unit. Ask the organizer which of the"
        " two entries counts."
    )


class InTwoEntries(Problem):
    field = "id_number"
    message = N_("%(name)s stands in two entries of this table. Remove one of the two.")


class EntryUnfit(RuleBroken):
    """Everything that is wrong with one entry, so that it can be corrected in one go."""

    message = N_("The entry does not meet the rules yet. What to correct is said below.")

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__()
        self.problems = tuple(problems)


class UnitNotMember(RuleBroken):
    message = N_(
        "%(unit)s was not a member of the group on %(day)s. Ask the group's administrator to"
        " correct the membership."
    )


class RegistrationClosed(RuleBroken):
    message = N_(
        "Registration for “%(event)s” is closed. Ask the organizer whether it can be opened again."
    )


class OnlyBySelection(RuleBroken):
    message = N_(
        "The entries of “%(track)s” come out of the selection “%(selection)s”: its best %(n)s"
        " advance. Enter the selection. Whoever has to come in otherwise asks the organizer, who"
        " can admit a unit with a reason."
    )


class QuotaFull(RuleBroken):
    message = N_(
        "“%(track)s” takes %(quota)s entries from each unit. %(unit)s has %(used)s already, so"
        " %(asked)s more do not fit. Withdraw an entry, or enter fewer."
    )


class TrackFull(RuleBroken):
    message = N_(
        "“%(track)s” has %(capacity)s places and %(used)s are taken, so %(asked)s more do not fit."
        " Ask the organizer for more places."
    )


class NothingChosen(RuleBroken):
    message = N_("No entry is selected. Tick the entries first, then press the button.")


class WithdrawLate(RuleBroken):
    message = N_(
        "Registration has closed, so only the organizer can withdraw this entry. Ask them, and say"
        " why."
    )


class EntryChanged(Conflict):
    message = N_(
        "Somebody saved this entry after you opened it. What you typed is kept below; compare it"
        " with the entry as it is now, then save again to replace it."
    )


class TakenMeanwhile(Conflict):
    message = N_(
        "One of these people was entered in this event by somebody else a moment ago. Nothing was"
        " saved; check the names and submit again."
    )


def normalise_phone(text: str) -> str:
    """A phone number in its one spelling: digits, with a leading + for other countries."""
    compact = _PHONE_DROPPED.sub("", unicodedata.normalize("NFKC", text))
    compact = compact.removeprefix("+86").removeprefix("0086")
    if not _PHONE.fullmatch(compact):
        raise PhoneUnfit
    return compact


def entry_problems(shape: Shape, rules: Rules, facts: EntryFacts) -> list[Problem]:
    """Everything that keeps an entry from being submitted (rules of the field §1.2, 1.3)."""
    checks: tuple[Callable[[Shape, Rules, EntryFacts], Iterable[Problem]], ...] = (
        _size_problems,
        _twice_problems,
        _age_problems,
        _phone_problems,
    )
    return [problem for check in checks for problem in check(shape, rules, facts)]


def _size_problems(shape: Shape, _rules: Rules, facts: EntryFacts) -> Iterable[Problem]:
    taking_part = sum(one.role is shape.role for one in facts.people)
    instructors = sum(one.role is MemberRole.INSTRUCTOR for one in facts.people)
    if not shape.least <= taking_part <= shape.most:
        if shape.most == 1:
            yield OnePersonNeeded()
        else:
            yield TeamSizeUnfit(least=shape.least, most=shape.most, given=taking_part)
    if instructors > shape.instructors:
        yield TooManyInstructors(most=shape.instructors, given=instructors)
    if shape.is_team and not facts.team_name:
        yield TeamNameMissing()


def _twice_problems(_shape: Shape, _rules: Rules, facts: EntryFacts) -> Iterable[Problem]:
    numbers = [one.id_number.value if one.id_number else None for one in facts.people]
    counted = Counter(numbers)
    for at, (person, number) in enumerate(zip(facts.people, numbers, strict=True)):
        if number is not None and counted[number] > 1 and number in numbers[:at]:
            yield NamedTwice(at, name=person.name)


def _age_problems(_shape: Shape, rules: Rules, facts: EntryFacts) -> Iterable[Problem]:
    """Full years on the reference date. Documents that say no birth date are for the reviewer."""
    if not isinstance(rules, CompetitionRules) or rules.max_age is None or rules.age_on is None:
        return
    for at, person in enumerate(facts.people):
        birth = person.id_number.birth if person.id_number else None
        if person.role not in TAKING_PART or birth is None:
            continue
        age = age_on(birth, rules.age_on)
        if age > rules.max_age:
            day = rules.age_on.isoformat()
            yield TooOld(at, name=person.name, age=age, day=day, most=rules.max_age)


def _phone_problems(shape: Shape, _rules: Rules, facts: EntryFacts) -> Iterable[Problem]:
    for at, person in enumerate(facts.people):
        if shape.needs_phone and person.role in TAKING_PART and not person.phone:
            yield PhoneMissing(at, name=person.name)


def corrects_late(state: EntryState, event_state: EventState, starts_on: date, day: date) -> bool:
    """Whether a returned entry may be handed in again although registration has closed.

    It holds its place already; a return after the closing hour would else be a refusal.
    """
    returned = state is EntryState.RETURNED and event_state is EventState.REGISTRATION_CLOSED
    return returned and day < starts_on
