"""Numbers catch slips of the pen; documents say what was earned, in both languages."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eventsys.certificates import rules
from eventsys.certificates.rules import Earned
from eventsys.events.rules import EventKind
from eventsys.results.states import EARNS_CERTIFICATE, Outcome

PREFIXES = st.sampled_from(sorted(rules.PREFIXES.values()))
YEARS, SERIALS = st.integers(2000, 2099), st.integers(1, 999_999)
EARNED = Earned(
    kind=EventKind.COMPETITION,
    holder="欧阳淏然",
    unit="黄河职业学院",
    team="",
    event="2026年技能大赛",
    event_en="Skills Contest 2026",
    track="机器视觉",
    track_en="Machine Vision",
    outcome=Outcome.FIRST,
    starts_on=date(2026, 7, 6),
    ends_on=date(2026, 7, 10),
    issuer="中原职业教育集团",
    issuer_en="Central Plains Group",
    issued_on=date(2026, 11, 20),
    number="J-2026-000128-7",
)


def of(kind, outcome, **other):
    values = {**EARNED.__dict__, "kind": kind, "outcome": outcome, **other}
    return rules.document_of(Earned(**values))


def test_a_number_reads_prefix_year_serial_and_check_digit():
    assert rules.certificate_number("J", 2026, 128) == "J-2026-000128-4"
    assert rules.certificate_number("J", 2026, 1_000_000).count("-") == 3


@pytest.mark.parametrize("known", ["86095742719", "65929970489", "26954371827"])
def test_the_check_digit_is_that_of_the_standard(known):
    """German tax numbers are MOD 11,10 too; these are the published examples."""
    assert rules.check_digit("", int(known[:4]), int(known[4:10])) == int(known[10])


@given(PREFIXES, YEARS, SERIALS)
def test_a_number_is_read_back_as_it_was_written(prefix, year, serial):
    number = rules.certificate_number(prefix, year, serial)

    assert rules.read_number(number) == number
    assert rules.read_number(f" {number.lower().replace('-', '—')} ") == number


@given(PREFIXES, YEARS, SERIALS, st.data())
def test_one_wrong_digit_anywhere_is_always_noticed(prefix, year, serial, data):
    number = rules.certificate_number(prefix, year, serial)
    places = [place for place, character in enumerate(number) if character.isdigit()]
    place = data.draw(st.sampled_from(places))
    other = data.draw(st.sampled_from([d for d in "0123456789" if d != number[place]]))

    assert rules.read_number(number[:place] + other + number[place + 1 :]) is None


def test_nearly_all_neighbours_changed_over_are_noticed():
    passed = tried = 0
    for serial in range(1, 3000, 7):
        number = rules.certificate_number("J", 2026, serial)
        for place in range(7, 12):
            a, b = number[place : place + 2]
            if a != b:
                tried += 1
                swapped = number[:place] + b + a + number[place + 2 :]
                passed += rules.read_number(swapped) is not None

    assert passed <= tried * 0.03


@pytest.mark.parametrize("text", ["", "J", "J-26-1-1", "x" * 500, "J-2026-000128-0\x00", "٣"])
def test_what_is_no_number_of_ours_is_none(text):
    assert rules.read_number(text) is None


@pytest.mark.parametrize(
    ("typed", "same"),
    [
        ("欧阳淏然", True),
        (" 欧阳 淏然 ", True),
        ("欧阳昊然", False),
        ("欧阳", False),
        ("", False),
    ],
)
def test_a_holder_is_recognised_by_the_whole_name(typed, same):
    assert rules.same_name(typed, "欧阳淏然") is same


def test_names_with_dots_and_latin_names_are_recognised_in_any_width():
    assert rules.same_name("买买提江.吐尔逊", "买买提江·吐尔逊")
    assert rules.same_name("ｊｏｈｎ SMITH", "John Smith")


def test_a_prize_says_who_where_and_what():
    document = rules.document_of(EARNED)

    assert (document["title"], document["award"]) == ("获奖证书", "一等奖")
    assert document["lines"] == ["（黄河职业学院）", "在“2026年技能大赛”机器视觉赛项中荣获"]
    assert document["lines_en"][0] == "First Prize: Machine Vision, Skills Contest 2026"
    assert (document["issued_on"], document["number"]) == ("2026年11月20日", "J-2026-000128-7")


def test_a_member_of_a_team_is_named_with_the_team():
    (_unit, line) = of(EventKind.COMPETITION, Outcome.THIRD, team="飞跃队")["lines"]

    assert line == "作为“飞跃队”参赛队成员，在“2026年技能大赛”机器视觉赛项中荣获"


def test_a_track_called_so_is_not_called_so_twice():
    (_unit, line) = of(EventKind.COMPETITION, Outcome.FIRST, track="机器视觉赛项")["lines"]

    assert line == "在“2026年技能大赛”机器视觉赛项中荣获"


def test_completion_and_passing_have_no_prize_in_large_letters():
    completed = of(EventKind.TRAINING, Outcome.COMPLETED)
    passed = of(EventKind.EXAM, Outcome.PASSED)

    assert [(one["title"], one["award"]) for one in (completed, passed)] == [
        ("结业证书", ""),
        ("考核合格证明", ""),
    ]
    assert "于2026年7月6日至2026年7月10日参加" in completed["lines"][1]
    assert [one["facts"]["award"] for one in (completed, passed)] == ["准予结业", "考核合格"]


def test_every_outcome_that_earns_a_certificate_has_words():
    assert rules.AWARDS.keys() == EARNS_CERTIFICATE
    assert rules.TITLES.keys() == rules.PREFIXES.keys() == set(EventKind)
