"""The letter in which a panel tells its decision."""

from collections.abc import Callable, Iterator

from eventsys import clock
from eventsys.appeals.models import Appeal, Ruling
from eventsys.appeals.states import (
    CONSEQUENCE_LABELS,
    GROUND_LABELS,
    OUTCOME_LABELS,
    Consequence,
    Outcome,
)
from eventsys.db import session
from eventsys.errors import N_
from eventsys.exports import safe_file_name
from eventsys.groups.models import Group
from eventsys.printing.documents import LONGEST_TEXT, RulingLetter, ruling_letter_pdf
from eventsys.tasks.work import Work

Words = Callable[[str], str]
FIRST_LEVEL = 1


def make_ruling_pdf(work: Work) -> str:
    """The decision letter of a ruling (``ruling_id``)."""
    ruling = session().get_one(Ruling, work.task.payload["ruling_id"])
    letter = letter_of(ruling, work.words)
    name = safe_file_name(f"{letter.title} {ruling.title}", "pdf")
    work.progress(0, 1)
    work.out.write(ruling_letter_pdf(letter, translate=work.words, fonts_dir=work.fonts_dir))
    work.progress(1, 1)
    return name


def letter_of(ruling: Ruling, words: Words) -> RulingLetter:
    """What the letter says; the digest is the ruling's own, so a changed letter shows."""
    appeal = ruling.appeal
    group = session().get_one(Group, ruling.group_id)
    first = ruling.level == FIRST_LEVEL
    panel = N_("Arbitration panel") if first else N_("Arbitration committee of the zone")
    return RulingLetter(
        title=words(N_("Decision on an appeal")),
        number=words(N_("Appeal no. %(number)s")) % {"number": ruling.title},
        facts=tuple(_facts(appeal, words)),
        parts=tuple(_parts(ruling, words)),
        members=tuple(ruling.members.split("、")),
        issuer=f"{group.name} {words(panel)}",
        ruled_on=_day(ruling, words),
        digest=ruling.digest,
    )


def _facts(appeal: Appeal, words: Words) -> Iterator[tuple[str, str]]:
    yield words(N_("Competition")), appeal.track.event.name
    yield words(N_("Track")), appeal.track.name
    yield words(N_("Unit that appeals")), appeal.entry.unit.name
    yield words(N_("Entry concerned")), appeal.entry.label
    yield words(N_("Appeal lodged by")), appeal.lodged_by
    yield words(N_("Lodged on")), f"{clock.in_shanghai(appeal.lodged_at):%Y-%m-%d %H:%M}"
    yield words(N_("Ground of the appeal")), words(GROUND_LABELS[appeal.ground])


def _parts(ruling: Ruling, words: Words) -> Iterator[tuple[str, tuple[str, ...]]]:
    appeal = ruling.appeal
    asked = appeal.text if ruling.level == FIRST_LEVEL else appeal.second_text
    yield words(N_("What was appealed")), _paragraphs(asked)
    yield words(N_("Reasons")), _paragraphs(ruling.reasons)
    yield words(N_("The panel decides")), tuple(_decision(ruling, words))
    yield words(N_("How to go on")), (words(_remark(ruling)),)


def _decision(ruling: Ruling, words: Words) -> Iterator[str]:
    votes = {"for": ruling.votes_for, "against": ruling.votes_against}
    outcome = words(OUTCOME_LABELS[ruling.outcome])
    counted = words(N_("%(for)s votes for the appeal, %(against)s against")) % votes
    yield words(N_("The appeal is decided as follows: %(outcome)s (%(votes)s).")) % {
        "outcome": outcome,
        "votes": counted,
    }
    if ruling.outcome is Outcome.UPHELD:
        yield words(CONSEQUENCE_LABELS[ruling.consequence])
    if ruling.consequence is Consequence.INCIDENT and ruling.incident_number:
        number = {"number": ruling.incident_number}
        yield words(N_("Incident %(number)s is decided anew.")) % number
    if ruling.remedy:
        yield from _paragraphs(ruling.remedy)


def _remark(ruling: Ruling) -> str:
    if not ruling.is_last:
        return N_("The team leader may ask the second level in the time that the rules give.")
    if ruling.level == FIRST_LEVEL:
        return N_("This decision holds from today.")
    return N_("This decision is final.")


def _paragraphs(text: str) -> tuple[str, ...]:
    """Lines of the text; one that is too long for the typesetter is broken up."""
    lines = [one.strip() for one in text.splitlines() if one.strip()]
    return tuple(
        line[start : start + LONGEST_TEXT]
        for line in lines
        for start in range(0, len(line), LONGEST_TEXT)
    )


def _day(ruling: Ruling, words: Words) -> str:
    day = clock.in_shanghai(ruling.ruled_at)
    parts = {"year": day.year, "month": day.month, "day": day.day}
    return words(N_("%(year)s-%(month)s-%(day)s")) % parts
