"""Two and three levels: one custodian each, in turn, inside the session; moves; the opening."""

import json
from datetime import timedelta

import pytest
from sqlalchemy import delete, select, text, update
from sqlalchemy.exc import DBAPIError

from eventsys import clock
from eventsys.attendance.rules import CheckInOver
from eventsys.audit.models import AuditEntry
from eventsys.db import db, enter_group, new_id, session, transaction
from eventsys.draws import queries, rules
from eventsys.draws.actions import commit_seed, draw_codes, move_station, unseal
from eventsys.draws.models import CodeDraw, LevelDraw, Lot, StationMove
from eventsys.draws.rules import Level
from eventsys.errors import Forbidden
from eventsys.identity.models import RoleGrant
from eventsys.identity.rules import Role
from eventsys.registration.models import Entry
from eventsys.timetable.models import Placement, Session, Station
from eventsys.vault import vault
from tests import levels
from tests.levels import draw_level

CONTEST, STATION, WORK = Level
ALL = range(1, 7)


@pytest.fixture
def three(inside, world):
    """A track with three levels and everybody there."""
    enter_group(world.group_a)
    levels.use_levels(world, 3)
    levels.come(world)


def lots(level: Level) -> dict[str, str]:
    found = select(Lot).join(Lot.level_draw).where(LevelDraw.level == level)
    return {one.source: one.number for one in session().scalars(found)}


def entries(world) -> dict[int, int]:
    return {world.ids[f"entry{number}_a"]: number for number in ALL}


def hold_sessions(world, *, placed: bool) -> None:
    """Two sessions in the one room, three entries in each, on stations 1 to 3."""
    with transaction():
        for place in range(2):
            starts = clock.now() + timedelta(hours=5 * place)
            held = Session(
                id=new_id(),
                group_id=world.group_a,
                track_id=world.track_a,
                room_id=world.room_a,
                name=("上午场", "下午场")[place],
                starts_at=starts,
                ends_at=starts + timedelta(hours=4),
            )
            session().add(held)
            session().flush()
            for number in range(3) if placed else ():
                session().add(
                    Placement(
                        id=new_id(),
                        group_id=world.group_a,
                        session_id=held.id,
                        station_id=world.ids[f"station{number + 1}_a"],
                        entry_id=world.ids[f"entry{place * 3 + number + 1}_a"],
                        part="",
                    )
                )


def move(act, world, number, to, *, who="floor_a", witness="supervisor_a", reason="主轴报警"):
    with transaction():
        move_station(act(who), levels.track_of(world), number, to, levels.user(witness), reason)


# ---- levels and custodians


def test_three_levels_lead_from_the_ticket_to_the_work(three, world):
    for level in Level:
        draw_level(world, level)

    assert set(lots(CONTEST)) == {f"00{n}" for n in ALL}
    assert sorted(lots(CONTEST).values()) == ["01", "02", "03", "04", "05", "06"]
    assert set(lots(STATION)) == set(lots(CONTEST).values())
    assert set(lots(WORK)) == set(lots(STATION).values())
    assert [one.code for one in queries.blind_list(world.track_a)] == sorted(lots(WORK).values())


def test_two_levels_mark_by_station_numbers(inside, world):
    levels.draw_all(world, 2)

    assert [one.code for one in queries.blind_list(world.track_a)] == list(rules.running_numbers(6))


def test_every_level_follows_from_a_seed_committed_to_before_the_first_draw(three, act, world):
    with transaction():
        made = commit_seed(act("encryptor_a"), levels.track_of(world))
        before = {one.level: one.commitment for one in made.levels}
    for level in Level:
        draw_level(world, level)
    with transaction():
        unseal(
            act("encryptor_a"),
            session().scalars(select(CodeDraw)).one(),
            levels.user("supervisor_a"),
        )

    record = queries.public_record(levels.track_of(world))
    assert [one["commitment"] for one in record["levels"]] == [before[level] for level in Level]
    assert [rules.draws_again(one) for one in record["levels"]] == [True, True, True]
    assert len({one["seed"] for one in record["levels"]}) == 3


def test_no_two_levels_are_drawn_by_one_judge_and_the_refusal_names_the_others(three, world):
    draw_level(world, CONTEST, "encryptor_a")

    with pytest.raises(rules.SameCustodian) as refused:
        draw_level(world, STATION, "encryptor_a")

    assert refused.value.facts["names"] == "甲加密裁判2、甲加密裁判3"
    assert lots(STATION) == {}
    draw_level(world, STATION, "encryptor3_a")
    with pytest.raises(rules.SameCustodian) as again:
        draw_level(world, WORK, "encryptor3_a")
    assert again.value.facts["names"] == "甲加密裁判2"


def test_without_another_judge_the_refusal_says_who_appoints_one(three, world):
    draw_level(world, CONTEST, "encryptor_a")
    others = (world.encryptor2_a, world.encryptor3_a)
    with transaction():
        ended = update(RoleGrant).where(RoleGrant.user_id.in_(others))
        session().execute(ended.values(ended_at=clock.now()))

    with pytest.raises(rules.NoOtherCustodian) as refused:
        draw_level(world, STATION, "encryptor_a")

    assert "administrator" in str(refused.value)


def test_levels_are_drawn_in_turn_and_once(three, act, world):
    with pytest.raises(rules.OutOfTurn):
        draw_level(world, STATION)
    draw_level(world, CONTEST)
    before = lots(CONTEST)
    with pytest.raises(rules.AlreadyDrawn):
        draw_level(world, CONTEST, "encryptor2_a")
    with pytest.raises(rules.OutOfTurn):
        draw_level(world, WORK)

    assert lots(CONTEST) == before


def test_a_level_that_the_ruleset_does_not_have_is_not_drawn(inside, world):
    levels.use_levels(world, 2)
    levels.come(world)

    with pytest.raises(rules.NotBlind):
        draw_level(world, WORK)


def test_every_level_needs_a_supervisor_beside(three, world):
    draw_level(world, CONTEST)

    with pytest.raises(rules.WitnessUnfit):
        draw_level(world, STATION, witness="encryptor3_a")


def test_whoever_comes_after_the_contest_numbers_is_told_what_to_do(inside, world):
    levels.use_levels(world, 3)
    levels.come(world, 1, 2)
    draw_level(world, CONTEST)

    with pytest.raises(CheckInOver) as refused:
        levels.come(world, 3)

    assert "chief judge" in str(refused.value)


def test_the_next_level_follows_by_itself(three, act, world):
    for name in ("encryptor_a", "encryptor2_a", "encryptor3_a"):
        with transaction():
            draw_codes(act(name), levels.track_of(world), levels.user("supervisor_a"))

    assert queries.code_count(world.track_a) == 6
    with pytest.raises(rules.AlreadyDrawn), transaction():
        draw_codes(act("encryptor_a"), levels.track_of(world), levels.user("supervisor_a"))


def test_the_keeper_of_one_level_waits_for_nothing_more(three, act, world):
    def waits(name: str) -> dict[int, int]:
        return {track.id: number for track, number in queries.tracks_to_draw(act(name))}

    draw_level(world, CONTEST)

    assert waits("encryptor_a") == {world.team_track_a: 0}
    assert waits("encryptor2_a") == {world.team_track_a: 0, world.track_a: 6}


def test_contestants_know_their_contest_number_before_the_stations_are_drawn(three, world):
    draw_level(world, CONTEST)

    known = queries.contest_numbers([world.entry1_a, world.entry2_a, world.team_track_a])
    assert known == {world.entry1_a: lots(CONTEST)["001"], world.entry2_a: lots(CONTEST)["002"]}


# ---- stations of the timetable


def test_stations_are_drawn_among_those_planned_for_the_session(three, world):
    hold_sessions(world, placed=True)
    draw_level(world, CONTEST)
    draw_level(world, STATION)

    stations = lots(STATION)
    morning = {stations[lots(CONTEST)[f"00{n}"]] for n in (1, 2, 3)}
    afternoon = {stations[lots(CONTEST)[f"00{n}"]] for n in (4, 5, 6)}
    assert (morning, afternoon) == ({"0101", "0102", "0103"}, {"0201", "0202", "0203"})


def test_entries_without_a_session_stop_the_draw_of_stations(three, world):
    hold_sessions(world, placed=True)
    with transaction():
        session().execute(delete(Placement).where(Placement.entry_id == world.entry6_a))
    draw_level(world, CONTEST)

    with pytest.raises(rules.WithoutSession) as refused:
        draw_level(world, STATION)

    assert refused.value.facts == {"count": 1}
    assert lots(STATION) == {}


def test_with_one_session_and_nobody_placed_the_regular_stations_are_drawn(three, world):
    hold_sessions(world, placed=False)
    with transaction():
        session().execute(delete(Session).where(Session.name == "下午场"))
    draw_level(world, CONTEST)
    draw_level(world, STATION)

    regular = select(Station.label).where(
        Station.room_id == world.room_a, Station.is_spare.is_(False)
    )
    assert set(lots(STATION).values()) < set(session().scalars(regular))


# ---- moves


def test_a_faulty_station_is_left_for_a_spare_one_before_a_witness(three, act, world):
    hold_sessions(world, placed=True)
    draw_level(world, CONTEST)
    draw_level(world, STATION)
    before = queries.entry_at_station(world.track_a, "0102")
    move(act, world, "0102", "0110")

    kept = session().scalars(select(StationMove)).one()
    assert (kept.number, kept.to_number, kept.witness) == ("0102", "0110", "甲监督员")
    assert queries.entry_at_station(world.track_a, "0110") == before
    assert queries.entry_at_station(world.track_a, "0102") == before
    draw_level(world, WORK)
    assert set(lots(WORK)) == {"0101", "0103", "0110", "0201", "0202", "0203"}
    assert queries.entry_behind(world.track_a, lots(WORK)["0110"]) == before


def test_a_station_once_used_is_not_given_to_another(three, act, world):
    hold_sessions(world, placed=True)
    draw_level(world, CONTEST)
    draw_level(world, STATION)
    move(act, world, "0102", "0110")

    for number, to in (("0101", "0102"), ("0101", "0110"), ("0101", "0103"), ("0101", "99")):
        with pytest.raises(rules.StationNotFree) as refused:
            move(act, world, number, to)
        assert "0104" in str(refused.value)
    with pytest.raises(rules.StationUnknown):
        move(act, world, "0102", "0109")


def test_a_move_needs_a_witness_a_reason_and_an_office_on_the_floor(three, act, world):
    hold_sessions(world, placed=True)
    draw_level(world, CONTEST)
    with pytest.raises(rules.NotDrawn):
        move(act, world, "0101", "0110")
    draw_level(world, STATION)

    with pytest.raises(rules.WitnessUnfit):
        move(act, world, "0101", "0110", witness="floor_a")
    with pytest.raises(rules.ReasonMissing):
        move(act, world, "0101", "0110", reason=" 坏 ")
    for name in ("organizer_a", "judge1_a", "steward_a", "clerk_a", "encryptor_b"):
        with pytest.raises(Forbidden):
            move(act, world, "0101", "0110", who=name)
    draw_level(world, WORK)
    with pytest.raises(rules.MoveTooLate):
        move(act, world, "0101", "0110")


def test_where_no_stations_are_drawn_the_timetable_says_who_sits_where(inside, act, world):
    enter_group(world.group_a)
    hold_sessions(world, placed=True)

    assert queries.entry_at_station(world.track_a, "0202") == world.entry5_a
    assert queries.entry_at_station(world.track_a, "02") is None
    with pytest.raises(rules.NoStationsToMove):
        move(act, world, "0202", "0209")


# ---- opening


def open_it(act, world, who="encryptor_a", witness="supervisor_a") -> None:
    with transaction():
        draw = session().scalars(select(CodeDraw)).one()
        unseal(act(who), draw, levels.user(witness))


def test_the_opening_joins_all_levels_in_reverse_as_one_deed(three, act, world):
    for level in Level:
        draw_level(world, level)
    with pytest.raises(rules.MapSealed):
        queries.entries_by_code(world.track_a)

    open_it(act, world)

    opened = queries.entries_by_code(world.track_a)
    by_hand = {
        lots(WORK)[lots(STATION)[lots(CONTEST)[f"00{number}"]]]: key
        for key, number in entries(world).items()
    }
    assert opened == by_hand
    [line] = session().scalars(select(AuditEntry).where(AuditEntry.deed == "map.opened"))
    assert line.facts["levels"] == ["work", "station", "contest"]
    assert set(line.facts["seeds"]) == {"work", "station", "contest"}
    assert (line.actor_name, line.facts["witness"]) == ("甲加密裁判", "甲监督员")


def test_nothing_is_opened_before_the_last_level_is_drawn(three, act, world):
    draw_level(world, CONTEST)
    draw_level(world, STATION)

    with pytest.raises(rules.NotDrawn):
        open_it(act, world)


def test_a_map_that_does_not_join_up_stays_closed(three, act, world):
    for level in Level:
        draw_level(world, level)
    with db.engine.begin() as connection:  # what no action can do
        for name in ("lot_no_delete", "lot_append_only"):
            drop = f"DROP TRIGGER IF EXISTS {name}"
            on = " ON lot" if db.engine.dialect.name == "postgresql" else ""
            connection.execute(text(drop + on))
        connection.execute(text("DELETE FROM lot WHERE source = '03'"))

    with pytest.raises(rules.MapBroken):
        open_it(act, world)


def test_before_the_opening_no_row_of_the_codes_names_an_entry(three, world):
    for level in Level:
        draw_level(world, level)

    kept = session().execute(text("SELECT entry_id FROM blind_code")).scalars().all()
    assert kept == [None] * 6
    named = select(Lot.level_draw_id).where(Lot.entry_id.is_not(None)).distinct()
    assert len(session().scalars(named).all()) == 1


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE lot SET number = 'x' WHERE source = '001'",
        "DELETE FROM lot",
        "UPDATE station_move SET to_number = '01'",
        "DELETE FROM station_move",
        "UPDATE level_draw SET drawn_by_id = 1",
        "UPDATE level_draw SET commitment = 'x'",
        "UPDATE code_draw SET opened_by = 'x'",
        "UPDATE blind_code SET entry_id = NULL",
    ],
)
def test_the_database_refuses_to_change_what_was_drawn_or_opened(three, act, world, statement):
    hold_sessions(world, placed=True)
    draw_level(world, CONTEST)
    draw_level(world, STATION)
    move(act, world, "0102", "0110")
    draw_level(world, WORK)
    open_it(act, world)

    with pytest.raises(DBAPIError), transaction():
        session().execute(text(statement))


def test_the_record_before_the_opening_tells_no_lot_and_no_seed(three, world):
    for level in Level:
        draw_level(world, level)

    written = json.dumps([one.facts for one in session().scalars(select(AuditEntry))])
    seeds = [vault().open(one.seed_sealed) for one in session().scalars(select(LevelDraw))]
    assert [one for one in [*seeds, *lots(WORK).values()] if one in written] == []
    public = json.dumps(queries.public_record(levels.track_of(world)))
    assert [one for one in [*seeds, *lots(WORK).values()] if one in public] == []


def test_the_public_record_names_no_entry_no_person_and_no_unit(three, act, world):
    for level in Level:
        draw_level(world, level)
    open_it(act, world)

    public = json.dumps(queries.public_record(levels.track_of(world)), ensure_ascii=False)
    found = session().scalars(select(Entry).where(Entry.track_id == world.track_a)).all()
    names = {str(one.id) for one in found} | {one.label for one in found}
    names |= {one.unit.name for one in found}
    assert [one for one in names if one in public] == []


def test_only_encryption_judges_of_the_track_count_as_custodians(inside, world):
    assert [
        one.name for one in queries.officers(levels.track_of(world), Role.ENCRYPTION_JUDGE)
    ] == [
        "甲加密裁判",
        "甲加密裁判2",
        "甲加密裁判3",
    ]
