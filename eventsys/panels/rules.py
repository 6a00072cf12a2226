"""Who may judge: conditions of admission, and relations for which a judge stands aside (回避)."""

import unicodedata
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Protocol, TypeVar

from eventsys.errors import N_, RuleBroken

LEAST_REASON = 4
OLDEST_BIRTH_YEAR = 1900


class Title(StrEnum):
    """Professional titles and skill levels of judges."""

    NONE = "none"
    ASSISTANT = "assistant"
    SKILLED_WORKER = "skilled_worker"
    INTERMEDIATE = "intermediate"
    TECHNICIAN = "technician"
    ASSOCIATE_SENIOR = "associate_senior"
    SENIOR_TECHNICIAN = "senior_technician"
    SENIOR = "senior"


TITLE_LABELS = {
    Title.NONE: N_("No title"),
    Title.ASSISTANT: N_("Junior title"),
    Title.SKILLED_WORKER: N_("Advanced skilled worker"),
    Title.INTERMEDIATE: N_("Intermediate title"),
    Title.TECHNICIAN: N_("Technician"),
    Title.ASSOCIATE_SENIOR: N_("Deputy-senior title"),
    Title.SENIOR_TECHNICIAN: N_("Senior technician"),
    Title.SENIOR: N_("Senior title"),
}
RANK = {
    Title.NONE: 0,
    Title.ASSISTANT: 1,
    Title.SKILLED_WORKER: 1,
    Title.INTERMEDIATE: 2,
    Title.TECHNICIAN: 2,
    Title.ASSOCIATE_SENIOR: 3,
    Title.SENIOR_TECHNICIAN: 3,
    Title.SENIOR: 4,
}
"""A senior technician counts like a deputy-senior title (rules of the field §1.5)."""


class Requirement(StrEnum):
    """What a track may ask of its judges."""

    YEARS = "years"
    TITLE = "title"
    AGE = "age"
    JUDGINGS = "judgings"
    CONSENT = "consent"
    PER_UNIT = "per_unit"


REQUIREMENT_LABELS = {
    Requirement.YEARS: N_("Years in the profession"),
    Requirement.TITLE: N_("Title"),
    Requirement.AGE: N_("Age"),
    Requirement.JUDGINGS: N_("Earlier judgings"),
    Requirement.CONSENT: N_("Consent of the employer"),
    Requirement.PER_UNIT: N_("Judges of one employer"),
}


class Fulfilment(StrEnum):
    """Whether a judge fulfils a condition, as far as the card tells."""

    MET = "met"
    NOT_MET = "not_met"
    UNKNOWN = "unknown"


FULFILMENT_LABELS = {
    Fulfilment.MET: N_("met"),
    Fulfilment.NOT_MET: N_("not met"),
    Fulfilment.UNKNOWN: N_("not known"),
}


class Relation(StrEnum):
    """Why a judge stands aside. The first six follow from what is on file, the rest is declared."""

    EMPLOYER = "employer"
    HOST = "host"
    SPONSOR = "sponsor"
    LEADER = "leader"
    INSTRUCTOR = "instructor"
    CONTESTANT = "contestant"
    KINSHIP = "kinship"
    FORMER_COACH = "former_coach"
    OTHER = "other"


RELATION_LABELS = {
    Relation.EMPLOYER: N_("Works for a unit that takes part"),
    Relation.HOST: N_("Works for the host"),
    Relation.SPONSOR: N_("Works for a sponsor"),
    Relation.LEADER: N_("Leads the team of a unit that takes part"),
    Relation.INSTRUCTOR: N_("Instructs an entry"),
    Relation.CONTESTANT: N_("Takes part"),
    Relation.KINSHIP: N_("Related by blood or marriage"),
    Relation.FORMER_COACH: N_("Former coach or teacher"),
    Relation.OTHER: N_("Another relation"),
}
DECLARED = (Relation.KINSHIP, Relation.FORMER_COACH, Relation.OTHER)
"""What only the judge, or somebody who knows, can say."""


class Mode(StrEnum):
    """What a relation leads to."""

    EVENT = "event"
    ENTRY = "entry"
    NOTHING = "nothing"


MODE_LABELS = {
    Mode.EVENT: N_("may not judge here at all"),
    Mode.ENTRY: N_("does not count for the entries concerned"),
    Mode.NOTHING: N_("no consequence"),
}
USUAL_MODES: Mapping[Relation, Mode] = {
    Relation.EMPLOYER: Mode.EVENT,
    Relation.HOST: Mode.EVENT,
    Relation.SPONSOR: Mode.EVENT,
    Relation.LEADER: Mode.EVENT,
    Relation.INSTRUCTOR: Mode.EVENT,
    Relation.CONTESTANT: Mode.EVENT,
    Relation.KINSHIP: Mode.ENTRY,
    Relation.FORMER_COACH: Mode.ENTRY,
    Relation.OTHER: Mode.ENTRY,
}
SETTLED = (Relation.CONTESTANT,)
"""Not for a track to decide."""
WITHOUT_ENTRIES = (Relation.HOST, Relation.SPONSOR)
"""Relations to nobody's entry in particular: out of the event, or without consequence."""


class TermsUnfit(RuleBroken):
    message = N_("The conditions do not fit together: %(problem)s")


class NotAdmitted(RuleBroken):
    message = N_(
        "%(name)s is not admitted to this panel: %(lacking)s. Complete the judge's card, or admit"
        " an exception with a written reason."
    )


class ExceptionReasonMissing(RuleBroken):
    field = "reason"
    message = N_("Write in a few words why the exception is made; it is kept in the record.")


class NothingToExcept(RuleBroken):
    message = N_("%(name)s meets every condition. There is nothing to make an exception for.")


class DeclarationEmpty(RuleBroken):
    field = "person_name"
    message = N_("Name a unit, a person, or both: whom the relation is to.")


class RelationUnfit(RuleBroken):
    field = "relation"
    message = N_("Choose one of the relations that are declared.")


@dataclass(frozen=True)
class Card:
    """What is known of a judge; ``None`` is not known. ``consent`` is the employer's."""

    employer: str = ""
    employer_id: int | None = None
    title: Title | None = None
    since_year: int | None = None
    birth_year: int | None = None
    judgings: int | None = None
    consent: bool | None = None

    @property
    def employer_key(self) -> str:
        """Equal for judges of the same employer; empty when it is not known."""
        return f"#{self.employer_id}" if self.employer_id else plain(self.employer)


@dataclass(frozen=True)
class Terms:
    """What a track asks of its judges; ``None`` and ``False`` ask nothing."""

    min_years: int | None = None
    min_title: Title | None = None
    max_age: int | None = None
    min_judgings: int | None = None
    needs_consent: bool = False
    most_per_unit: int | None = None


@dataclass(frozen=True)
class Check:
    """One condition: what is asked, and whether the judge meets it."""

    requirement: Requirement
    asked: object
    state: Fulfilment


def check_list(card: Card, terms: Terms, on: date, of_unit: int = 1) -> list[Check]:
    """Every condition of a track against a judge's card, on a day.

    ``of_unit`` counts the judges on the panel of the same employer, this one included. A birth
    year alone leaves the age open by one year: then it is not known.
    """
    asked = (
        (Requirement.YEARS, terms.min_years, _least(_years(card, on), terms.min_years)),
        (Requirement.TITLE, terms.min_title, _least(_rank(card.title), _rank(terms.min_title))),
        (Requirement.AGE, terms.max_age, _age(card.birth_year, terms.max_age, on)),
        (Requirement.JUDGINGS, terms.min_judgings, _least(card.judgings, terms.min_judgings)),
        (Requirement.CONSENT, terms.needs_consent or None, _least(card.consent, True)),
        (
            Requirement.PER_UNIT,
            terms.most_per_unit,
            _most(of_unit if card.employer_key else None, terms.most_per_unit),
        ),
    )
    return [Check(one, wanted, state) for one, wanted, state in asked if wanted is not None]


def _years(card: Card, on: date) -> int | None:
    return None if card.since_year is None else on.year - card.since_year


def _rank(title: Title | None) -> int | None:
    return None if title is None else RANK[title]


def _least(given: int | None, least: int | None) -> Fulfilment:
    if given is None or least is None:
        return Fulfilment.UNKNOWN
    return Fulfilment.MET if given >= least else Fulfilment.NOT_MET


def _most(given: int | None, most: int | None) -> Fulfilment:
    if given is None or most is None:
        return Fulfilment.UNKNOWN
    return Fulfilment.MET if given <= most else Fulfilment.NOT_MET


def _age(birth_year: int | None, limit: int | None, on: date) -> Fulfilment:
    if birth_year is None or limit is None:
        return Fulfilment.UNKNOWN
    oldest = on.year - birth_year  # had this year's birthday
    if oldest <= limit:
        return Fulfilment.MET
    return Fulfilment.NOT_MET if oldest - 1 > limit else Fulfilment.UNKNOWN


def lacking(checks: Iterable[Check], excepted: Collection[str] = ()) -> list[Requirement]:
    """The conditions that are not shown to be met and for which no exception was made."""
    return [
        one.requirement
        for one in checks
        if one.state is not Fulfilment.MET and one.requirement.value not in excepted
    ]


def violated(checks: Iterable[Check], excepted: Collection[str] = ()) -> list[Requirement]:
    """The conditions that are shown not to be met and for which no exception was made."""
    failed = [one for one in checks if one.state is Fulfilment.NOT_MET]
    return lacking(failed, excepted)


def plain(name: str) -> str:
    """A name for comparing: no blanks, one width, one case."""
    return "".join(unicodedata.normalize("NFKC", name).split()).casefold()


def check_terms(terms: Terms) -> None:
    """Refuse conditions nobody could meet or that mean nothing."""
    numbers = (terms.min_years, terms.max_age, terms.min_judgings)
    if any(one is not None and one < 0 for one in numbers):
        raise TermsUnfit(problem=N_("a number is below zero"))
    if terms.most_per_unit is not None and terms.most_per_unit < 1:
        raise TermsUnfit(problem=N_("at least one judge of each employer must be allowed"))


class Seated(Protocol):
    """A seat, as the choice of those who count sees it."""

    @property
    def id(self) -> int: ...
    @property
    def seat(self) -> int: ...
    @property
    def is_reserve(self) -> bool: ...
    @property
    def excused_at(self) -> object: ...


S = TypeVar("S", bound=Seated)


def on_the_bench(seats: Sequence[S], aside: Collection[int]) -> list[S]:
    """Whose sheets count for an entry from which the seats ``aside`` stand aside, by seat.

    A reserve judge comes in for each regular judge who is excused or stands aside, in the order
    of the seats, unless excused or standing aside as well.
    """
    here = [one for one in seats if one.excused_at is None and one.id not in aside]
    regular = [one for one in here if not one.is_reserve]
    vacant = sum(not one.is_reserve for one in seats) - len(regular)
    reserves = sorted((one for one in here if one.is_reserve), key=_number)[:vacant]
    return sorted([*regular, *reserves], key=_number)


def _number(seat: Seated) -> int:
    return seat.seat
