"""Two people key a paper sheet without seeing each other's values, and settle what differs."""

from decimal import Decimal

import pytest

from eventsys.db import session, transaction
from eventsys.errors import Forbidden, RuleBroken
from eventsys.paper import keying_actions, queries, rules
from eventsys.paper.models import PaperKeying
from eventsys.paper.rules import Keying
from eventsys.schemes.aspects import JudgementOutOfRange
from eventsys.scoring.confirm_actions import OwnSheet, confirm_sheet
from eventsys.scoring.models import MarkOperation, MarkSheet
from eventsys.scoring.queries import panel_marks
from eventsys.scoring.states import SheetState
from tests import judging
from tests.actions.scoring.test_confirming import same_person

PAPER = {"A1.1": "3", "A1.2": "2", "B1.1": "10", "B1.2": "31.99", "B1.3": "1"}


@pytest.fixture
def sheet(inside, world):
    return judging.sheet(world, 1, judging.ready_to_mark(world)[0]).id


def values(world, **changed):
    ids = judging.aspect_ids(world)
    given = PAPER | {code.replace("_", "."): raw for code, raw in changed.items()}
    return {str(ids[code]): Decimal(raw) for code, raw in given.items()}


def do(action, name, sheet_id, *args):
    with transaction():
        return action(judging.actor(name), session().get_one(MarkSheet, sheet_id), *args)


def key(name, sheet_id, world, **changed):
    return do(keying_actions.key_sheet, name, sheet_id, values(world, **changed))


def raws(world, sheet_id):
    found = panel_marks(judging.track_of(world)).raws[sheet_id]
    codes = {key: code for code, key in judging.aspect_ids(world).items()}
    return {codes[aspect]: f"{raw:f}" for aspect, raw in found.items()}


def test_equal_keyings_hand_the_sheet_in_for_its_judge(sheet, world):
    first = key("clerk_a", sheet, world)
    untouched = session().get_one(MarkSheet, sheet).state
    second = key("clerk2_a", sheet, world)

    kept = session().get_one(MarkSheet, sheet)
    operations = session().query(MarkOperation).filter_by(sheet_id=sheet).all()
    assert (first, untouched, second) == (Keying.ONE, SheetState.OPEN, Keying.SETTLED)
    assert kept.state is SheetState.SUBMITTED
    assert raws(world, sheet) == PAPER
    assert {one.device for one in operations} == {"paper"}
    assert {kept.keyed_by_id, kept.keyed_with_id} == {
        judging.user(name).id for name in ("clerk_a", "clerk2_a")
    }


def test_different_keyings_touch_nothing_and_show_only_what_differs(sheet, world):
    key("clerk_a", sheet, world)
    stage = key("clerk2_a", sheet, world, A1_1="8")

    state = queries.keying_state(sheet)
    assert stage is Keying.DIFFERS
    assert state.apart == {str(judging.aspect_ids(world)["A1.1"])}
    assert session().query(MarkOperation).filter_by(sheet_id=sheet).count() == 0


def test_1_50_and_1_5_are_the_same_mark(sheet, world):
    key("clerk_a", sheet, world, B1_2="31.990")

    assert key("clerk2_a", sheet, world, B1_2="31.99") is Keying.SETTLED


def settle_to(sheet, world, raw):
    key("clerk_a", sheet, world)
    key("clerk2_a", sheet, world, A1_1="8")
    aspect = str(judging.aspect_ids(world)["A1.1"])
    return do(keying_actions.propose_reading, "clerk_a", sheet, {aspect: Decimal(raw)}).id


def test_one_reads_the_paper_again_and_the_other_confirms(sheet, world):
    reading = settle_to(sheet, world, "8")
    do(keying_actions.confirm_reading, "clerk2_a", sheet, reading)

    assert raws(world, sheet) == PAPER | {"A1.1": "8"}
    assert queries.keying_state(sheet).stage is Keying.SETTLED


def test_nobody_confirms_their_own_reading(sheet, world):
    reading = settle_to(sheet, world, "8")
    with pytest.raises(rules.OwnReading):
        do(keying_actions.confirm_reading, "clerk_a", sheet, reading)


def test_a_reading_turned_down_leaves_the_sheet_open_for_another(sheet, world):
    reading = settle_to(sheet, world, "8")
    do(keying_actions.turn_down_reading, "clerk2_a", sheet, reading)
    aspect = str(judging.aspect_ids(world)["A1.1"])

    second = do(keying_actions.propose_reading, "clerk2_a", sheet, {aspect: Decimal(3)}).id
    with pytest.raises(rules.ReadingStale):
        do(keying_actions.confirm_reading, "clerk_a", sheet, reading)
    do(keying_actions.confirm_reading, "clerk_a", sheet, second)

    assert raws(world, sheet) == PAPER


def test_while_a_reading_waits_no_other_is_proposed(sheet, world):
    settle_to(sheet, world, "8")
    aspect = str(judging.aspect_ids(world)["A1.1"])
    with pytest.raises(rules.ReadingWaits):
        do(keying_actions.propose_reading, "clerk2_a", sheet, {aspect: Decimal(3)})


def test_nobody_keys_both(sheet, world):
    key("clerk_a", sheet, world)
    with pytest.raises(rules.KeyedAlready):
        key("clerk_a", sheet, world)


def test_who_keyed_does_not_confirm_and_the_chief_judge_does(sheet, world):
    key("clerk_a", sheet, world)
    key("clerk2_a", sheet, world)
    version = session().get_one(MarkSheet, sheet).version

    for name in ("clerk_a", "clerk2_a"):
        with pytest.raises(OwnSheet):
            do(confirm_sheet, name, sheet, version)
    do(confirm_sheet, "chief_a", sheet, version)

    assert session().get_one(MarkSheet, sheet).state is SheetState.CONFIRMED


def test_a_sheet_marked_on_a_tablet_is_not_keyed(sheet, world):
    judging.mark(
        world, 1, session().get_one(MarkSheet, sheet).code, ("90", "90", "3"), submit=False
    )
    with pytest.raises(rules.MarkedOnTablet):
        key("clerk_a", sheet, world)


def test_every_aspect_is_keyed_and_possible(sheet, world):
    some = dict(list(values(world).items())[:2])
    with pytest.raises(rules.ValuesMissing):
        do(keying_actions.key_sheet, "clerk_a", sheet, some)
    with pytest.raises(JudgementOutOfRange):
        key("clerk_a", sheet, world, A1_2="4")

    assert session().query(PaperKeying).count() == 0


def test_the_chief_judge_has_a_sheet_keyed_anew(sheet, world):
    settle_to(sheet, world, "8")
    do(keying_actions.discard_keying, "chief_a", sheet, "录错了别人的表")
    stages = [key("clerk2_a", sheet, world), key("clerk_a", sheet, world)]

    assert stages == [Keying.ONE, Keying.SETTLED]
    assert session().query(PaperKeying).count() == 4


def test_a_returned_sheet_is_keyed_anew_after_the_chief_judge_says_so(sheet, world):
    key("clerk_a", sheet, world)
    key("clerk2_a", sheet, world)
    with transaction():
        session().get_one(MarkSheet, sheet).state = SheetState.OPEN
    with pytest.raises(rules.KeyedBefore):
        key("clerk_a", sheet, world, A1_1="4")
    do(keying_actions.discard_keying, "chief_a", sheet, "裁判更正了纸质表")
    key("clerk_a", sheet, world, A1_1="4")
    key("clerk2_a", sheet, world, A1_1="4")

    assert raws(world, sheet) == PAPER | {"A1.1": "4"}


@pytest.mark.parametrize("name", ["chief_a", "judge1_a", "organizer_a", "clerk_b"])
def test_score_clerks_key_and_nobody_else(sheet, world, name):
    with pytest.raises(Forbidden):
        key(name, sheet, world)


def test_a_stranger_to_a_keying_settles_nothing(sheet, world):
    settle_to(sheet, world, "8")
    with transaction():
        for one in session().query(PaperKeying):
            one.user_id += 1
    aspect = str(judging.aspect_ids(world)["A1.1"])
    with pytest.raises(RuleBroken):
        do(keying_actions.propose_reading, "clerk_a", sheet, {aspect: Decimal(3)})


def test_two_accounts_of_one_person_are_not_two_people(sheet, world):
    same_person("clerk_a", "clerk2_a")
    key("clerk_a", sheet, world)
    with pytest.raises(rules.KeyedAlready):
        key("clerk2_a", sheet, world)

    assert session().get_one(MarkSheet, sheet).state is SheetState.OPEN


def test_nothing_is_keyed_for_a_judge_who_was_excused(sheet, world):
    with transaction():
        seat = session().get_one(MarkSheet, sheet).seat
        seat.excused_at, seat.excused_reason = judging.NOW, "急病送医"

    with pytest.raises(rules.SheetNotOpen):
        key("clerk_a", sheet, world)
