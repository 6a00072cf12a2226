"""From a selection to its final, lots, and the honours that results bring with them."""

from decimal import Decimal

import pytest
from sqlalchemy import select, update

from eventsys import clock
from eventsys.audit.models import AuditEntry
from eventsys.db import new_id, session, transaction
from eventsys.draws.queries import draw_of, opened_entries, seed_of
from eventsys.errors import Forbidden
from eventsys.events.models import Ruleset, Track
from eventsys.events.rules import ConsequenceRule, EventState, ScaleRule, to_plain
from eventsys.incidents.states import Effect as IncidentEffect
from eventsys.registration.actions import withdraw_entry
from eventsys.registration.models import Entry, Member
from eventsys.registration.rules import EntryState, MemberRole
from eventsys.results import actions, advancing, queries
from eventsys.results.advancing_again import (
    EffectChanged,
    FinalBegun,
    NothingToMove,
    advance_again,
    effect_of,
)
from eventsys.results.ranking import standings
from eventsys.results.rules import lot_of
from eventsys.results.second_calculation import check_twice
from eventsys.results.states import Outcome
from eventsys.schemes.queries import competition_rules
from tests import judging
from tests.actions.results.test_versions import decide

TIED = ("95", "94", "94", "94", "90", "85")


@pytest.fixture
def organizer(act):
    return act("organizer_a")


def published(organizer, world):
    with transaction():
        return actions.draw_up(organizer, judging.track_of(world), clock.now())


def opened_with(world, marks, **rules):
    """The track with these marks in both modules, its map open; the codes in order."""
    judging.change_rules(world, appeal_levels=0, **rules)
    codes = judging.ready_to_mark(world)
    given = {code: [(mark, mark, "3")] * 5 for code, mark in zip(codes, marks, strict=True)}
    judging.mark_everything(world, given)
    judging.confirm_everything(world)
    judging.sign(world)
    with transaction():
        encryptor, witness = judging.actor("encryptor_a"), judging.user("supervisor_a")
        actions.open_map(encryptor, judging.track_of(world), witness)
    return codes


def final_of(world, advance_count, weight="30"):
    """A track of the same event whose entries come out of the first one."""
    with transaction():
        track = judging.track_of(world)
        plain = to_plain(competition_rules(track)) | {
            "selection_code": track.code,
            "selection_weight": weight,
            "advance_count": advance_count,
        }
        final = Track(
            id=new_id(),
            group_id=track.group_id,
            event_id=track.event_id,
            code="final",
            name="决赛",
            name_en="Final",
            division="",
            capacity=10,
            used=0,
            last_number=0,
        )
        session().add(final)
        session().flush()
        session().add(Ruleset(id=new_id(), group_id=track.group_id, track_id=final.id, data=plain))
    return final


def through(final):
    return [one.row.place for one in advancing.candidacies(final) if one.advances]


@pytest.mark.parametrize(
    ("tie", "places"), [("include_all", [1, 2, 2, 2]), ("exclude_all", [1]), ("tie_break", [1, 2])]
)
def test_ties_at_the_border_follow_the_rule_before_anything_is_done(organizer, world, tie, places):
    opened_with(world, TIED, boundary_tie=tie)
    published(organizer, world)
    final = final_of(world, 2)

    found = advancing.candidacies(final)

    assert through(final) == places
    assert [one.at_border for one in found] == [False, True, True, True, False, False]
    assert session().scalars(select(Entry).where(Entry.track_id == final.id)).all() == []


def test_whoever_withdrew_after_the_selection_does_not_come_into_the_final(organizer, world):
    codes = opened_with(world, APART)
    published(organizer, world)
    behind = opened_entries(world.track_a)
    withdraw(organizer, behind[codes[0]])
    final = final_of(world, 2)

    with transaction():
        entries = advancing.advance(organizer, final)

    assert [one.label for one in entries] == [behind[code].label for code in codes[1:3]]


def test_the_best_get_entries_in_the_final_with_their_people_and_units(organizer, world):
    codes = opened_with(world, TIED)
    published(organizer, world)
    final = final_of(world, 2)

    with transaction():
        entries = advancing.advance(organizer, final)

    behind = opened_entries(world.track_a)
    assert queries.advanced_from(final.id) == {
        new.id: behind[code].id for new, code in zip(entries, codes, strict=False)
    }
    for new, code in zip(entries, codes, strict=False):
        old = behind[code]
        assert (new.state, new.unit_id, new.label) == (EntryState.APPROVED, old.unit_id, old.label)
    session().refresh(final)
    assert (final.used, final.last_number, [one.number for one in entries]) == (4, 4, [1, 2, 3, 4])
    with pytest.raises(advancing.AdvancedAlready), transaction():
        advancing.advance(organizer, final)


APART = ("95", "94", "93", "92", "90", "85")


def advanced(organizer, world, marks=APART, count=2, **rules):
    """A final of so many places with its entries in it."""
    opened_with(world, marks, **rules)
    published(organizer, world)
    final = final_of(world, count)
    with transaction():
        return final, advancing.advance(organizer, final)


def withdraw(organizer, entry):
    with transaction():
        withdraw_entry(organizer, entry, "选手因伤退赛")


def again(organizer, final, seen=None):
    with transaction():
        digest = effect_of(final).digest if seen is None else seen
        return advance_again(organizer, final, digest, "选手因伤退赛，依次递补")


def in_final(final):
    """Who is in the final now, in the order in which they came in."""
    found = select(Entry).where(Entry.track_id == final.id, Entry.state == EntryState.APPROVED)
    return [one.label for one in session().scalars(found.order_by(Entry.number))]


def test_the_next_one_moves_up_for_an_advanced_entry_that_withdrew(organizer, world):
    final, entries = advanced(organizer, world)
    with pytest.raises(NothingToMove):
        again(organizer, final)
    third = advancing.candidacies(final)[2].row
    withdraw(organizer, entries[0])

    effect = effect_of(final)
    assert [one.id for one in effect.withdrew] == [entries[0].id]
    assert ([one.id for one in effect.comes_in], effect.falls_out) == ([third.id], ())
    again(organizer, final)

    assert in_final(final) == [entries[1].label, third.label]
    session().refresh(final)
    assert (final.used, final.last_number) == (2, 3)
    deed = select(AuditEntry).where(AuditEntry.deed == "entries.advanced_again")
    assert session().scalars(deed).one().facts["came_in"] == [third.label]
    with pytest.raises(NothingToMove):
        again(organizer, final)


def test_a_place_left_by_one_who_moved_up_goes_on_to_the_next(organizer, world):
    final, entries = advanced(organizer, world)
    order = [one.row.label for one in advancing.candidacies(final)]
    withdraw(organizer, entries[1])
    again(organizer, final)
    found = select(Entry).where(Entry.track_id == final.id, Entry.number == 3)
    withdraw(organizer, session().scalars(found).one())
    again(organizer, final)

    assert in_final(final) == [order[0], order[3]]


def test_a_correction_of_the_selection_puts_out_and_brings_in(organizer, world):
    final, _entries = advanced(organizer, world)
    order = [one.row.label for one in advancing.candidacies(final)]
    second = advancing.candidacies(final)[1].row.parts["code"]
    decide(world, second, IncidentEffect.POINTS_OFF, points=Decimal(5))
    with transaction():
        actions.draw_up(organizer, judging.track_of(world), clock.now(), "现场事件裁决后扣分")

    effect = effect_of(final)
    assert [one.label for one in effect.falls_out] == [order[1]]
    assert [one.label for one in effect.comes_in] == [order[2]]
    again(organizer, final)
    assert in_final(final) == [order[0], order[2]]
    session().refresh(final)
    assert final.used == 2


def test_ties_at_the_place_that_is_free_follow_the_rule_of_the_selection(organizer, world):
    final, entries = advanced(organizer, world, ("95", "94", "93", "93", "90", "85"))
    withdraw(organizer, entries[0])
    assert len(effect_of(final).comes_in) == 2
    judging.change_rules_again(world, boundary_tie="exclude_all")
    assert effect_of(final).comes_in == ()


def test_nobody_moves_up_unseen_after_the_draw_or_by_another_hand(act, organizer, world):
    final, entries = advanced(organizer, world)
    before = effect_of(final).digest
    withdraw(organizer, entries[0])
    with pytest.raises(EffectChanged):
        again(organizer, final, before)
    with pytest.raises(Forbidden):
        again(act("chief_a"), final)
    with transaction():
        final.event.state = EventState.FINISHED
    with pytest.raises(FinalBegun):
        again(organizer, final)


def test_only_organizers_advance_and_only_after_final_results(act, organizer, world, at):
    opened_with(world, TIED, notice_minutes=60)
    final = final_of(world, 2)
    for _public in (False, True):
        with pytest.raises(advancing.SelectionOpen):
            advancing.candidacies(final)
        if not _public:
            published(organizer, world)
    with pytest.raises(Forbidden), transaction():
        advancing.advance(act("chief_a"), final)
    with pytest.raises(advancing.NoSelection):
        advancing.candidacies(judging.track_of(world))


def test_a_final_without_enough_places_says_so(organizer, world):
    opened_with(world, TIED)
    published(organizer, world)
    final = final_of(world, 2)
    with transaction():
        session().execute(update(Track).where(Track.id == final.id).values(capacity=3))

    with pytest.raises(advancing.FinalTooSmall) as refused, transaction():
        advancing.advance(organizer, final)

    assert refused.value.facts == {"n": 4, "left": 3}


def test_the_total_of_a_final_weighs_the_selection_as_published(organizer, world):
    opened_with(world, TIED)
    published(organizer, world)
    final = final_of(world, 2)
    with transaction():
        entries = advancing.advance(organizer, final)

    totals = queries.selection_totals(final.id)

    assert [totals[one.id] for one in entries] == [
        Decimal("95.00"),
        Decimal("94.00"),
        Decimal("94.00"),
        Decimal("94.00"),
    ]


# ---- lots


def test_a_lot_comes_from_the_seed_that_was_committed_to_before_and_is_recorded(organizer, world):
    codes = opened_with(world, TIED, last_tie="lot")

    ranking = standings(judging.track_of(world))
    check_twice(ranking, competition_rules(judging.track_of(world)))
    published(organizer, world)

    seed = seed_of(draw_of(world.track_a))
    drawn = sorted(codes[1:4], key=lambda code: lot_of(seed, code))
    assert [row.code for row in ranking.rows[1:4]] == drawn
    rows = queries.public_results(world.competition_a, clock.now())[world.track_a]
    assert [(row.place, row.is_shared) for row in rows[:4]] == [(n, False) for n in range(1, 5)]
    assert [row.parts.get("by_lot") for row in rows[:5]] == [None, True, True, True, None]


def test_before_the_opening_a_tie_stays_shared(world, inside):
    judging.change_rules(world, last_tie="lot")
    codes = judging.ready_to_mark(world)
    judging.mark_everything(world, {code: [("90", "90", "3")] * 5 for code in codes})

    assert {row.place for row in standings(judging.track_of(world)).rows} == {1}


# ---- honours


def instructor(world, entry, person):
    with transaction():
        session().add(
            Member(
                id=new_id(),
                group_id=world.group_a,
                entry_id=world.ids[entry],
                event_id=world.competition_a,
                person_id=world.ids[person],
                role=MemberRole.INSTRUCTOR,
                takes_part=False,
                is_active=True,
            )
        )


def test_honours_are_frozen_with_the_results(organizer, world):
    instructor(world, "entry1_a", "person_trainee1_a")
    rules = {
        "prize_ratios": (Decimal("0.2"), Decimal("0.3"), Decimal("0.5")),
        "instructor_honours": 3,
        "organisation_honours": 1,
        "team_best": 2,
        "scale": ScaleRule(),
        "consequences": (ConsequenceRule(1, 1, "省技术能手", "Provincial expert"),),
    }
    opened_with(world, ("95", "94", "93", "92", "91", "90"), **rules)
    publication = published(organizer, world)

    rows = queries.public_results(world.competition_a, clock.now())[world.track_a]
    mine = next(row for row in rows if row.entry_id == world.entry1_a)
    honours = publication.honours
    assert [(one["entry"], one["outcome"]) for one in honours["instructors"]] == [
        (mine.label, mine.outcome.value)
    ]
    assert [one["place"] for one in honours["organisations"]] == [1] * len(honours["organisations"])
    assert sorted(one["place"] for one in honours["teams"]) in ([1, 1], [1, 2])
    assert all(len(one["members"]) == 2 for one in honours["teams"])
    assert honours["scale"]["is_there"] is True
    assert rows[0].parts["consequences"] == [{"text": "省技术能手", "text_en": "Provincial expert"}]
    assert rows[1].parts.get("consequences") is None
    assert (rows[0].parts["medal"], rows[0].parts["scale"] > 700) == ("gold", True)
    assert publication.digest == actions.digest_of(publication, publication.rows)


def test_an_entry_that_never_came_is_absent_and_not_last(organizer, world):
    codes = judging.opened(world)
    with transaction():
        session().get_one(Entry, world.draft_entry_a).state = EntryState.APPROVED
    published(organizer, world)

    rows = queries.public_results(world.competition_a, clock.now())[world.track_a]
    assert len(rows) == len(codes) + 1
    assert (rows[-1].place, rows[-1].total, rows[-1].outcome) == (None, None, Outcome.NOT_THERE)
