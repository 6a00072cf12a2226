"""Who may be entered: sizes, ages on the reference date, phone numbers."""

from datetime import date
from decimal import Decimal

import pytest

from eventsys.events.rules import (
    CompetitionRules,
    EventKind,
    EventState,
    ModuleRule,
    TrainingRules,
)
from eventsys.id_numbers import IdKind, IdNumber
from eventsys.registration.rules import (
    EntryFacts,
    EntryState,
    Given,
    MemberRole,
    NamedTwice,
    OnePersonNeeded,
    PhoneMissing,
    PhoneUnfit,
    Shape,
    TeamNameMissing,
    TeamSizeUnfit,
    TooManyInstructors,
    TooOld,
    corrects_late,
    entry_problems,
    normalise_phone,
    shape_of,
)
from tests.applicants import person, single, team

MODULE = ModuleRule("A", "工艺", "", Decimal(100), Decimal(100))


def contest(least=1, most=1, *, instructors=2, max_age=None, age_on=None):
    return CompetitionRules(max_age, age_on, 2, least, most, instructors, (MODULE,), 5)


def problems(rules, facts, kind=EventKind.COMPETITION):
    return [(type(one), one.at) for one in entry_problems(shape_of(kind, rules), rules, facts)]


def test_the_shape_follows_from_the_rules():
    assert shape_of(EventKind.COMPETITION, contest(2, 4)) == Shape(
        MemberRole.CONTESTANT, 2, 4, 2, needs_phone=False
    )
    assert shape_of(EventKind.TRAINING, TrainingRules(1, 1, ())) == Shape(
        MemberRole.TRAINEE, 1, 1, 0, needs_phone=True
    )


@pytest.mark.parametrize(
    ("given", "expected"), [(0, 1), (1, 1), (2, 0), (4, 0), (5, 1)], ids=lambda n: f"{n}"
)
def test_a_team_has_as_many_contestants_as_the_rules_say(given, expected):
    found = problems(contest(2, 4), team("先锋队", *range(1, given + 1)))

    assert found == [(TeamSizeUnfit, None)] * expected


def test_an_individual_entry_is_one_person():
    assert problems(contest(), EntryFacts((person(1), person(2)))) == [(OnePersonNeeded, None)]


def test_instructors_do_not_count_as_contestants_and_have_a_limit_of_their_own():
    rules = contest(2, 2, instructors=1)

    assert problems(rules, team("先锋队", 1, 2, instructors=[3])) == []
    assert problems(rules, team("先锋队", 1, 2, instructors=[3, 4])) == [(TooManyInstructors, None)]


def test_a_team_needs_a_name_and_an_individual_does_not():
    assert problems(contest(2, 2), team("", 1, 2)) == [(TeamNameMissing, None)]
    assert problems(contest(), single(1)) == []


def test_a_number_named_twice_is_refused_at_the_second_place():
    facts = EntryFacts((person(1), person(2), person(1, MemberRole.INSTRUCTOR)), "先锋队")

    assert problems(contest(2, 2), facts) == [(NamedTwice, 2)]


@pytest.mark.parametrize(
    ("born", "refused"),
    [(date(2000, 11, 2), False), (date(2000, 11, 1), True), (date(1999, 11, 2), True)],
)
def test_age_is_counted_in_full_years_on_the_reference_date(born, refused):
    rules = contest(max_age=25, age_on=date(2026, 11, 1))
    found = problems(rules, single(1, born=born))

    assert found == ([(TooOld, 0)] if refused else [])


def test_the_age_limit_is_for_contestants_not_for_instructors():
    rules = contest(max_age=25, age_on=date(2026, 11, 1))
    coach = person(2, MemberRole.INSTRUCTOR, born=date(1970, 1, 1))

    assert problems(rules, single(1, coach)) == []


def test_a_document_that_says_no_birth_date_is_left_to_the_reviewer():
    rules = contest(max_age=25, age_on=date(2026, 11, 1))
    passport = Given(MemberRole.CONTESTANT, "Anna Li", IdNumber(IdKind.PASSPORT, "E12345678"))

    assert problems(rules, EntryFacts((passport,))) == []


def test_a_nominee_needs_a_phone_number():
    rules = TrainingRules(5, 40, ())
    silent, reachable = person(1, MemberRole.TRAINEE), person(2, MemberRole.TRAINEE, phone="13800")

    assert problems(rules, EntryFacts((silent,)), EventKind.TRAINING) == [(PhoneMissing, 0)]
    assert problems(rules, EntryFacts((reachable,)), EventKind.TRAINING) == []


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("13812345678", "13812345678"),
        ("138 1234 5678", "13812345678"),
        ("138-1234-5678", "13812345678"),
        ("+86 138 1234 5678", "13812345678"),
        ("１３８１２３４５６７８", "13812345678"),
        ("0371-65345678", "037165345678"),
        ("+44 20 7946 0958", "+442079460958"),
    ],
)
def test_a_phone_number_has_one_spelling(typed, kept):
    assert normalise_phone(typed) == kept


@pytest.mark.parametrize("typed", ["", "1381234567", "23812345678", "phone", "138123456789", "+1"])
def test_what_is_no_phone_number_is_refused(typed):
    with pytest.raises(PhoneUnfit):
        normalise_phone(typed)


@pytest.mark.parametrize(
    ("state", "event_state", "day", "late"),
    [
        (EntryState.RETURNED, EventState.REGISTRATION_CLOSED, date(2026, 6, 4), True),
        (EntryState.RETURNED, EventState.REGISTRATION_CLOSED, date(2026, 6, 5), False),
        (EntryState.DRAFT, EventState.REGISTRATION_CLOSED, date(2026, 6, 4), False),
        (EntryState.RETURNED, EventState.CANCELLED, date(2026, 6, 4), False),
    ],
)
def test_only_returned_entries_are_corrected_after_closing_and_before_the_event(
    state, event_state, day, late
):
    assert corrects_late(state, event_state, date(2026, 6, 5), day) is late
