"""Proposed entries, their people looked up, and everything that speaks against each.

The same look serves the form, the preview of a table and the deed itself, so that none of them can
promise what another refuses.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from eventsys import clock
from eventsys.events.models import Event, Track
from eventsys.events.rules import EventState, WindowClosed
from eventsys.groups.models import Unit
from eventsys.id_numbers import IdNumber, normalise_id_number
from eventsys.identity.actions import id_number_of
from eventsys.identity.models import Person
from eventsys.registration.models import Entry, Member
from eventsys.registration.queries import (
    active_members,
    named_elsewhere,
    people_with,
    was_member_on,
)
from eventsys.registration.rules import (
    TAKING_PART,
    AlreadyEntered,
    AlreadyEnteredElsewhere,
    EntryFacts,
    Given,
    InTwoEntries,
    NamedTwice,
    NumberMissing,
    OtherPerson,
    PersonMissing,
    Problem,
    RegistrationClosed,
    UnitNotMember,
    corrects_late,
    entry_problems,
    shape_of,
)
from eventsys.vault import vault

MOMENT_FORMAT = "%Y-%m-%d %H:%M"
NEVER_KEPT = (NamedTwice, NumberMissing, OtherPerson)


@dataclass(frozen=True)
class Named:
    """A person of a proposed entry, complete; ``person`` is ``None`` for somebody new."""

    given: Given
    person: Person | None


@dataclass(frozen=True)
class Proposal:
    """A proposed entry with its people and what speaks against it; ``same_as`` is in already."""

    facts: EntryFacts
    named: tuple[Named, ...]
    problems: tuple[Problem, ...]
    same_as: Entry | None = None


def check_window(event: Event, entry: Entry | None = None) -> None:
    """Refuse what comes outside the hours of registration, by the server's clock."""
    moment = clock.now()
    if event.open_at(moment):
        return
    today = clock.in_shanghai(moment).date()
    if entry is not None and corrects_late(entry.state, event.state, event.starts_on, today):
        return
    if event.state is not EventState.PUBLISHED:
        raise RegistrationClosed(event=event.name)
    opens, closes = (
        clock.in_shanghai(one).strftime(MOMENT_FORMAT)
        for one in (event.registration_opens_at, event.registration_closes_at)
    )
    raise WindowClosed(opens=opens, closes=closes)


def check_member(unit: Unit) -> None:
    """Refuse a unit that does not belong to the group today."""
    today = clock.today()
    if not was_member_on(unit.id, today):
        raise UnitNotMember(unit=unit.name, day=today.isoformat())


def facts_of(entry: Entry) -> EntryFacts:
    """A stored entry as facts that keep everybody in it."""
    people = tuple(
        Given(one.role, one.person.name, None, "", one.id)
        for one in sorted(entry.members, key=lambda one: one.position)
    )
    return EntryFacts(people, entry.team_name)


def proposals(
    track: Track, unit: Unit, many: Sequence[EntryFacts], entry: Entry | None = None
) -> list[Proposal]:
    """Each proposed entry with everything that keeps it from being submitted.

    ``entry`` is the stored entry that the only proposal would replace. The number of statements
    grows with the hundreds of people, not with the entries.
    """
    named = _looked_up(track.group_id, many, entry)
    known = [one.person.id for each in named for one in each if one.person is not None]
    taken = {
        member.person_id: member
        for member in active_members(track.event_id, known)
        if entry is None or member.entry_id != entry.id
    }
    twice = _in_two_entries(named)
    found = []
    for facts, each in zip(many, named, strict=True):
        complete = replace(facts, people=tuple(one.given for one in each))
        problems = [
            *entry_problems(shape_of(track.event.kind, track.rules), track.rules, complete),
            *_name_problems(unit, entry, each),
            *_taken_problems(unit, each, taken),
            *(
                InTwoEntries(at, name=one.given.name)
                for at, one in enumerate(each)
                if _number(one) in twice and one.given.role in TAKING_PART
            ),
        ]
        found.append(Proposal(complete, each, tuple(problems), _same_as(track, unit, each, taken)))
    return found


def draft_problems(proposal: Proposal) -> list[Problem]:
    """What even a draft cannot be saved with; everything else may wait until it is submitted."""
    if not proposal.named:
        return [PersonMissing()]
    return [problem for problem in proposal.problems if isinstance(problem, NEVER_KEPT)]


def number_of(person: Person) -> IdNumber:
    """A registered person's number with what it says about them."""
    return normalise_id_number(id_number_of(person), clock.today(), person.id_kind)


def phone_of(person: Person) -> str:
    """A registered person's phone number, for rules and files."""
    return vault().open(person.phone_sealed) if person.phone_sealed else ""


def _number(named: Named) -> str:
    return named.given.id_number.value if named.given.id_number else ""


def _looked_up(
    group_id: int, many: Sequence[EntryFacts], entry: Entry | None
) -> list[tuple[Named, ...]]:
    members = {one.id: one for one in entry.members} if entry else {}
    numbers = [one.id_number.value for facts in many for one in facts.people if one.id_number]
    indexes = {value: vault().index(value) for value in numbers}
    known = people_with(group_id, indexes.values())
    return [
        tuple(
            Named(one, known.get(indexes[one.id_number.value]))
            if one.id_number
            else _kept(one, members)
            for one in facts.people
        )
        for facts in many
    ]


def _kept(given: Given, members: dict[int, Member]) -> Named:
    """A person whose number was typed earlier and is not typed again."""
    member = members.get(given.member_id or 0)
    if member is None:
        return Named(given, None)
    person = member.person
    phone = given.phone or phone_of(person)
    return Named(replace(given, id_number=number_of(person), phone=phone), person)


def may_rename(unit: Unit, entry: Entry | None, person: Person) -> bool:
    """A slip of the pen is the unit's to correct while nobody else relies on the name."""
    return person.unit_id == unit.id and not named_elsewhere(person.id, entry.id if entry else None)


def _name_problems(unit: Unit, entry: Entry | None, named: Sequence[Named]) -> list[Problem]:
    found: list[Problem] = []
    for at, one in enumerate(named):
        if one.given.id_number is None:
            found.append(NumberMissing(at))
        elif one.person is None or one.person.name == one.given.name:
            continue
        elif not may_rename(unit, entry, one.person):
            found.append(OtherPerson(at))
    return found


def _taken_problems(unit: Unit, named: Sequence[Named], taken: dict[int, Member]) -> list[Problem]:
    found: list[Problem] = []
    for at, one in enumerate(named):
        member = taken.get(one.person.id) if one.person else None
        if member is None or one.given.role not in TAKING_PART:
            continue
        name, other = one.given.name, member.entry
        if other.unit_id == unit.id:
            found.append(AlreadyEntered(at, name=name, track=other.track.name, number=other.number))
        else:
            found.append(AlreadyEnteredElsewhere(at, name=name))
    return found


def _in_two_entries(named: Sequence[Sequence[Named]]) -> set[str]:
    seen: set[str] = set()
    twice: set[str] = set()
    for each in named:
        here = {_number(one) for one in each if one.given.role in TAKING_PART} - {""}
        twice |= seen & here
        seen |= here
    return twice


def _same_as(
    track: Track, unit: Unit, named: Sequence[Named], taken: dict[int, Member]
) -> Entry | None:
    """The entry of this unit in this track in which exactly these people take part already."""
    taking_part = [one for one in named if one.given.role in TAKING_PART]
    found = {
        taken[one.person.id].entry if one.person and one.person.id in taken else None
        for one in taking_part
    }
    same = found.pop() if len(found) == 1 else None
    if same is None or same.track_id != track.id or same.unit_id != unit.id:
        return None
    active = sum(member.takes_part for member in same.members)
    return same if active == len(taking_part) else None
