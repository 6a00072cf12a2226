"""Drawing codes and opening the map: once, by the right people, without a leak."""

import json

import pytest
from sqlalchemy import select

from eventsys.attendance.actions import check_in
from eventsys.attendance.rules import CheckInOver
from eventsys.audit.models import AuditEntry
from eventsys.db import enter_group, session, transaction
from eventsys.draws import queries, rules
from eventsys.draws.actions import commit_seed, draw_codes, unseal
from eventsys.draws.models import CodeDraw, LevelDraw, Lot
from eventsys.draws.rules import (
    AlreadyDrawn,
    AlreadyOpened,
    MapSealed,
    NobodyHere,
    NotBlind,
    NotDrawn,
    WitnessUnfit,
)
from eventsys.errors import Forbidden
from eventsys.events.models import Track
from eventsys.identity.models import User
from eventsys.identity.policy import System
from eventsys.registration.models import Entry
from eventsys.vault import vault


@pytest.fixture
def encryptor(act, world):
    enter_group(world.group_a)
    return act("encryptor_a")


@pytest.fixture
def come(act, world):
    """Check some entries in."""

    def arrive(*numbers):
        with transaction():
            for number in numbers:
                entry = session().get_one(Entry, world.ids[f"entry{number}_a"])
                check_in(act("steward_a"), entry)

    return arrive


def track(world, name="track_a") -> Track:
    return session().get_one(Track, world.ids[name])


def user(world, name="supervisor_a") -> User:
    return session().get_one(User, world.ids[name])


def drawn(world) -> CodeDraw:
    return session().scalars(select(CodeDraw)).one()


def level(world) -> LevelDraw:
    return session().scalars(select(LevelDraw)).one()


def lots() -> dict[int, str]:
    return {one.entry_id: one.number for one in session().scalars(select(Lot))}


def test_only_those_who_are_here_get_codes(encryptor, come, world):
    come(1, 3, 5)
    with transaction():
        draw_codes(encryptor, track(world), user(world))

    assert set(lots()) == {world.entry1_a, world.entry3_a, world.entry5_a}
    assert [one.code for one in queries.blind_list(world.track_a)] == sorted(lots().values())
    assert queries.code_count(world.track_a) == 3
    assert drawn(world).drawn_at is not None


def test_the_draw_follows_from_the_sealed_seed_and_the_commitment(encryptor, come, world):
    with transaction():
        before = commit_seed(encryptor, track(world)).levels[0].commitment
    come(1, 2, 3, 4)
    with transaction():
        draw_codes(encryptor, track(world), user(world))

    found = level(world)
    seed = vault().open(found.seed_sealed)
    pairs = {one.source: one.number for one in session().scalars(select(Lot))}
    assert found.commitment == before == rules.commitment(seed)
    assert pairs == rules.draw(seed, ["004", "003", "002", "001"])
    assert (found.drawn_by, found.witness) == ("甲加密裁判", "甲监督员")


def test_committing_twice_keeps_the_first_seed(encryptor, world):
    with transaction():
        first = commit_seed(encryptor, track(world)).levels[0].commitment
    with transaction():
        assert commit_seed(encryptor, track(world)).levels[0].commitment == first


def test_codes_are_drawn_once(encryptor, come, world):
    come(1, 2)
    with transaction():
        draw_codes(encryptor, track(world), user(world))
    before = queries.blind_list(world.track_a)

    with pytest.raises(AlreadyDrawn), transaction():
        draw_codes(encryptor, track(world), user(world))

    assert queries.blind_list(world.track_a) == before


def test_whoever_comes_after_the_draw_is_refused_and_told_what_to_do(encryptor, come, world):
    come(1)
    with transaction():
        draw_codes(encryptor, track(world), user(world))

    with pytest.raises(CheckInOver) as refused:
        come(2)

    assert "chief judge" in str(refused.value)


def test_nobody_here_nothing_to_draw_and_the_doors_stay_open(encryptor, come, world):
    with pytest.raises(NobodyHere), transaction():
        draw_codes(encryptor, track(world), user(world))

    come(1)
    assert session().scalars(select(CodeDraw)).all() == []


@pytest.mark.parametrize("name", ["encryptor_a", "organizer_a", "steward_a", "supervisor_b"])
def test_the_witness_is_a_supervisor_of_the_event(encryptor, come, world, name):
    come(1)

    with pytest.raises(WitnessUnfit), transaction():
        draw_codes(encryptor, track(world), user(world, name))

    assert queries.code_count(world.track_a) == 0


@pytest.mark.parametrize(
    "name", ["organizer_a", "steward_a", "supervisor_a", "chief_a", "judge1_a", "encryptor_b"]
)
def test_only_the_encryption_judge_draws(act, come, world, name):
    come(1)

    with pytest.raises(Forbidden), transaction():
        draw_codes(act(name), track(world), user(world))


def test_exams_have_no_codes(world, inside):
    with pytest.raises(NotBlind), transaction():
        commit_seed(System(), track(world, "exam_track_a"))


def test_the_blind_list_holds_nothing_but_codes_in_their_order(encryptor, come, world):
    come(1, 2, 3)
    with transaction():
        draw_codes(encryptor, track(world), user(world))

    blind = queries.blind_list(world.track_a)
    assert [one.code for one in blind] == sorted(one.code for one in blind)
    assert {field for one in blind for field in vars(one)} == {"code"}


def test_the_map_is_sealed_until_opened_before_a_witness(encryptor, come, world):
    come(1, 2, 3)
    with transaction():
        draw_codes(encryptor, track(world), user(world))
    with pytest.raises(MapSealed):
        queries.entries_by_code(world.track_a)

    with transaction():
        unseal(encryptor, drawn(world), user(world))

    opened = queries.entries_by_code(world.track_a)
    assert set(opened.values()) == {world.entry1_a, world.entry2_a, world.entry3_a}
    assert list(opened) == [one.code for one in queries.blind_list(world.track_a)]
    assert (drawn(world).opened_by, drawn(world).opening_witness) == ("甲加密裁判", "甲监督员")


def test_a_map_is_opened_once_after_the_draw_and_never_alone(encryptor, act, come, world):
    with transaction():
        commit_seed(encryptor, track(world))
    with pytest.raises(NotDrawn), transaction():
        unseal(encryptor, drawn(world), user(world))
    come(1)
    with transaction():
        draw_codes(encryptor, track(world), user(world))

    for actor, witness in (
        (encryptor, "encryptor_a"),
        (encryptor, "organizer_a"),
    ):
        with pytest.raises(WitnessUnfit), transaction():
            unseal(actor, drawn(world), user(world, witness))
    for name in ("organizer_a", "chief_a", "judge1_a", "steward_a", "supervisor_a", "encryptor_b"):
        with pytest.raises(Forbidden), transaction():
            unseal(act(name), drawn(world), user(world))
    with transaction():
        unseal(encryptor, drawn(world), user(world))
    with pytest.raises(AlreadyOpened), transaction():
        unseal(encryptor, drawn(world), user(world))


def test_the_record_before_the_opening_tells_nothing_of_the_map(encryptor, come, world):
    come(1, 2, 3)
    with transaction():
        draw_codes(encryptor, track(world), user(world))
    seed = vault().open(level(world).seed_sealed)

    lines = session().scalars(select(AuditEntry)).all()
    written = json.dumps([one.facts for one in lines])
    codes = [one.code for one in queries.blind_list(world.track_a)]
    assert [code for code in [*codes, seed] if code in written] == []
    with transaction():
        unseal(encryptor, drawn(world), user(world))
    [opened] = session().scalars(select(AuditEntry).where(AuditEntry.deed == "map.opened"))
    assert opened.facts == {"witness": "甲监督员", "levels": ["work"], "seeds": {"work": seed}}
