"""After the handing over no path changes a mark: also not SQL typed into the database (T9)."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from eventsys import clock
from eventsys.db import session, transaction
from eventsys.events.models import Track
from eventsys.rechecks.actions import find_agreement, lock_together
from eventsys.rechecks.queries import items_of, recheck_of
from eventsys.results.actions import draw_up, take_back
from eventsys.scoring.correction_actions import approve_correction, ask_correction
from eventsys.scoring.exam_actions import GivenMark, hand_in_part, save_exam_marks
from eventsys.scoring.models import MarkSheet
from eventsys.scoring.states import PartStatus
from tests import judging
from tests.world import PASSWORD

LATER = datetime(2026, 12, 24, 9, tzinfo=UTC)
REASONS = (
    "the scheme is frozen",
    "is append-only",
    "the sheet is locked",
    "the marks are handed over",
    "the marks are locked",
    "the marks are not handed over",
    "nobody confirms their own sheet",
    "nobody decides their own request",
    "codes are still to be re-checked",
    "the re-check stays on record",
    "results are public",
    "it is public",
    "such a row is there already",
)
SCHEME = (
    "UPDATE aspect SET max_points = max_points + 10000",
    "DELETE FROM aspect WHERE code = 'A1.2'",
    "UPDATE criterion SET module_code = 'B'",
)
OPERATIONS = ("DELETE FROM mark_operation", "UPDATE mark_operation SET raw = 0")
NEW_MARK = (
    "INSERT INTO mark (id, group_id, sheet_id, aspect_id, raw, is_contested, heads, version, at)"
    " SELECT 1, group_id, sheet_id, 1, 0, is_contested, heads, 1, at FROM mark LIMIT 1"
)
NEW_SHEET = (
    "INSERT INTO mark_sheet (id, group_id, track_id, code, seat_id, state, version, confirmed_by,"
    " returned_reason, void_reason) SELECT 1, group_id, track_id, 'X-0000', seat_id, 'open', 1,"
    " '', '', '' FROM mark_sheet LIMIT 1"
)
CHANGES = (
    "UPDATE mark SET raw = 30000 WHERE raw = 30000",
    "UPDATE mark SET heads = '[]'",
    "DELETE FROM mark",
    "UPDATE mark_sheet SET void_reason = 'x'",
    "UPDATE mark_sheet SET confirmed_by = 'x'",
    "UPDATE judge_seat SET excused_reason = 'x'",
)
MARKS = (
    *CHANGES,
    NEW_MARK,
    NEW_SHEET,
    "UPDATE mark SET sheet_id = sheet_id",
    "UPDATE mark_sheet SET state = 'open'",
    "UPDATE mark_sheet SET state = 'locked'",
    "UPDATE mark_sheet SET state = 'locked', locked_at = submitted_at, code = 'X-0000'",
    "DELETE FROM mark_sheet",
    "DELETE FROM judge_seat",
)
HANDED_OVER = (
    "UPDATE marking SET submitted_at = NULL",
    "UPDATE marking SET submitted_by = 'x'",
    "UPDATE marking SET digest = 'x'",
    "UPDATE marking SET locked_by = 'x'",
    "DELETE FROM marking",
)
LOCKED = (
    "UPDATE marking SET locked_at = NULL",
    "UPDATE marking SET locked_with = 'x'",
    "DELETE FROM marking",
)
LOCK = "UPDATE marking SET locked_at = submitted_at"
RECHECK = (
    "DELETE FROM recheck",
    "UPDATE recheck SET seed = 'x'",
    "UPDATE recheck SET round = 2",
    "DELETE FROM recheck_item",
    "UPDATE recheck_item SET code = 'x'",
)
CORRECTIONS = (
    "UPDATE correction_request SET new = 0",
    "DELETE FROM correction_request",
    "UPDATE correction_decision SET approved = NOT approved",
    "DELETE FROM correction_decision",
)
DECISION = (
    "INSERT INTO correction_decision (id, group_id, request_id, track_id, approved, version, note,"
    " digest, decided_at, decided_by_id, decided_by) SELECT 1, group_id, id, track_id, by_chief, 1,"
    " '', '', requested_at, :by, 'x' FROM correction_request"
)
CONFIRM = "UPDATE mark_sheet SET confirmed_by_id = :by WHERE id = :id"
RESULTS = ("UPDATE result_row SET place = 1", "DELETE FROM result_row")
PUBLIC = (
    "UPDATE publication SET digest = 'x'",
    "UPDATE publication SET public_at = NULL",
    "DELETE FROM publication",
)
EXAM = ("UPDATE exam_mark SET points = 1000000", "DELETE FROM exam_mark")


def outcome(statement, **values):
    """What the database says: why it refuses, or "accepted"; nothing is kept either way."""
    try:
        session().execute(text(statement), values)
    except DBAPIError as refusal:
        return next((why for why in REASONS if why in str(refusal.orig)), str(refusal.orig))
    else:
        return "accepted"
    finally:
        session().rollback()


def outcomes(statements):
    return {statement: outcome(statement) for statement in statements}


def test_the_scheme_is_frozen_by_the_database_at_the_first_mark(inside, world):
    codes = judging.ready_to_mark(world)
    before = outcomes(SCHEME)
    judging.mark(world, 1, codes[0], ("90", "90", "3"))

    assert before == dict.fromkeys(SCHEME, "accepted")
    assert outcomes(SCHEME) == dict.fromkeys(SCHEME, "the scheme is frozen")


def test_operations_are_only_ever_added(inside, world):
    codes = judging.ready_to_mark(world)
    judging.mark(world, 1, codes[0], ("90", "90", "3"))

    assert outcomes(OPERATIONS) == dict.fromkeys(OPERATIONS, "is append-only")


@pytest.fixture
def codes(inside, world):
    """Handed over, the re-check begun, nothing locked."""
    return judging.re_checked(world)


def lock(world):
    """Everything agrees; supervisor and chief judge lock."""
    supervisor, track = judging.actor("supervisor_a"), judging.track_of(world)
    with transaction():
        for item in items_of(recheck_of(track.id)):
            find_agreement(supervisor, track, item.code)
    with transaction():
        lock_together(supervisor, track, judging.user("chief_a"), PASSWORD)


def correct(world, code, approve=True):
    """The clerk asks for a correction, the chief judge approves it."""
    sheet, key = judging.sheet(world, 1, code), judging.aspect_ids(world)["A1.2"]
    with transaction():
        asked = ask_correction(judging.actor("clerk_a"), sheet, key, Decimal(1), "录入时看错一格")
    if approve:
        with transaction():
            approve_correction(judging.actor("chief_a"), asked)
    return asked


def test_marks_may_change_until_they_are_handed_over(inside, world):
    codes = judging.ready_to_mark(world)
    judging.mark_everything(world, judging.same_for_all(codes))

    assert outcomes(CHANGES) == dict.fromkeys(CHANGES, "accepted")


def test_the_database_refuses_every_change_once_they_are_handed_over(codes):
    statements = [*MARKS, *HANDED_OVER]

    assert outcomes(statements) == dict.fromkeys(statements, "the marks are handed over")


def test_every_column_of_a_handed_over_sheet_is_fixed(codes):
    columns = {one.name for one in MarkSheet.__table__.columns} - {"state", "locked_at", "group_id"}
    statements = {
        name: f"{LOCKS}, {name} = {OTHER.get(name, f'COALESCE({name}, 0) + 1')}" for name in columns
    }

    assert outcomes(statements.values()) == dict.fromkeys(
        statements.values(), "the marks are handed over"
    )
    assert outcome(LOCKS) == "accepted"


LOCKS = "UPDATE mark_sheet SET state = 'locked', locked_at = submitted_at"
OTHER = {
    name: f"'{'2026-06-02' if name.endswith('_at') else 'x'}'"
    for name in (
        *("code", "confirmed_by", "returned_reason", "void_reason"),
        *("submitted_at", "confirmed_at"),
    )
}


def test_the_marks_are_not_locked_while_codes_are_unchecked(codes, world):
    assert outcome(LOCK) == "codes are still to be re-checked"
    for item in items_of(recheck_of(world.track_a)):
        with transaction():
            find_agreement(judging.actor("supervisor_a"), judging.track_of(world), item.code)

    assert outcome(LOCK) == "accepted"


def test_nothing_is_locked_that_was_not_handed_over(inside, world):
    judging.ready_to_mark(world)

    statement = "UPDATE marking SET locked_at = opened_at"
    assert outcome(statement) == "the marks are not handed over"


def test_the_database_refuses_every_change_after_the_lock(codes, world):
    lock(world)

    told = outcomes([*MARKS, *HANDED_OVER, *LOCKED])
    assert set(told.values()) <= {
        *("the marks are handed over", "the marks are locked", "the sheet is locked"),
        *("is append-only", "the marks are not handed over"),
    }
    assert {told[one] for one in LOCKED} <= {"the marks are locked", "the marks are handed over"}


def test_the_re_check_stays_on_record(codes):
    assert outcomes(RECHECK) == dict.fromkeys(RECHECK, "the re-check stays on record")


def test_a_check_is_not_taken_back(codes, world):
    item = items_of(recheck_of(world.track_a))[0]
    with transaction():
        find_agreement(judging.actor("supervisor_a"), judging.track_of(world), item.code)

    undo = "UPDATE recheck_item SET checked_at = NULL WHERE id = :id"
    assert outcome(undo, id=item.id) == "the re-check stays on record"


def test_corrections_are_only_ever_added(codes, world):
    correct(world, codes[0])

    assert outcomes(CORRECTIONS) == dict.fromkeys(CORRECTIONS, "is append-only")


def test_nobody_decides_their_own_request_by_sql_either(codes, world):
    asked = correct(world, codes[0], approve=False)

    own, other = asked.requested_by_id, judging.user("chief_a").id
    assert outcome(DECISION, by=own) == "nobody decides their own request"
    assert outcome(DECISION, by=other) == "accepted"


def test_no_correction_begins_before_the_handing_over(inside, world):
    codes = judging.ready_to_mark(world)
    judging.mark_everything(world, judging.same_for_all(codes))
    sheet = judging.sheet(world, 1, codes[0])

    ask = (
        "INSERT INTO correction_request (id, group_id, track_id, number, sheet_id, aspect_id, old,"
        " new, reason, requested_at, requested_by_id, requested_by, by_chief) SELECT 1, group_id,"
        " :track, 1, sheet_id, aspect_id, 0, 1, 'x', at, 1, 'x', is_contested FROM mark"
        " WHERE sheet_id = :sheet LIMIT 1"
    )
    told = outcome(ask, track=world.track_a, sheet=sheet.id)
    assert told == "the marks are not handed over"


def test_nobody_confirms_their_own_sheet_by_sql_either(inside, world):
    codes = judging.ready_to_mark(world)
    judging.mark_everything(world, judging.same_for_all(codes))

    sheet = judging.sheet(world, 1, codes[0]).id
    judge, clerk = judging.user("judge1_a").id, judging.user("clerk_a").id
    assert outcome(CONFIRM, by=judge, id=sheet) == "nobody confirms their own sheet"
    assert outcome(CONFIRM, by=clerk, id=sheet) == "accepted"


# ---- the wrong builds: each protection taken away, and the fault is seen


@pytest.mark.parametrize(
    ("trigger", "table", "statement"),
    [
        ("mark_handed_over_update", "mark", "UPDATE mark SET raw = 0"),
        ("mark_handed_over_delete", "mark", "DELETE FROM mark"),
        ("mark_handed_over_insert", "mark", NEW_MARK),
        ("sheet_changed_late_update", "mark_sheet", "UPDATE mark_sheet SET void_reason = 'x'"),
        ("sheet_handed_over_insert", "mark_sheet", NEW_SHEET),
        ("judge_seat_locked_update", "judge_seat", "UPDATE judge_seat SET excused_reason = 'x'"),
        ("marking_handed_over_update", "marking", "UPDATE marking SET digest = 'x'"),
        ("marking_after_recheck_update", "marking", LOCK),
        ("recheck_drawn_update", "recheck", "UPDATE recheck SET seed = 'x'"),
        ("recheck_item_kept_delete", "recheck_item", "DELETE FROM recheck_item"),
    ],
)
def test_without_its_trigger_a_change_goes_through(codes, trigger, table, statement):
    before = outcome(statement)
    judging.without_trigger(trigger, table)
    if trigger == "mark_handed_over_update":
        assert outcome(statement) == before  # the one on what the row becomes still holds
        judging.without_trigger("mark_moved_in_update", table)

    assert (before == "accepted", outcome(statement)) == (False, "accepted")


@pytest.mark.parametrize(
    ("table", "statement"),
    [
        ("correction_request", "UPDATE correction_request SET new = 0"),
        ("correction_decision", "UPDATE correction_decision SET approved = NOT approved"),
    ],
)
def test_without_its_trigger_a_correction_changes(codes, world, table, statement):
    correct(world, codes[0])
    judging.thaw(table)

    assert outcome(statement) == "accepted"


def test_without_its_trigger_one_person_decides_alone(codes, world):
    asked = correct(world, codes[0], approve=False)
    judging.without_trigger("correction_decided_by_another_insert", "correction_decision")

    assert outcome(DECISION, by=asked.requested_by_id) == "accepted"


def test_without_its_trigger_a_judge_confirms_their_own_sheet(inside, world):
    codes = judging.ready_to_mark(world)
    judging.mark_everything(world, judging.same_for_all(codes))
    judging.without_trigger("sheet_confirmed_by_another_update", "mark_sheet")

    judge, sheet = judging.user("judge1_a").id, judging.sheet(world, 1, codes[0]).id
    assert outcome(CONFIRM, by=judge, id=sheet) == "accepted"


def test_results_are_fixed_by_the_database_once_public(inside, world):
    judging.opened(world)
    organizer, track = judging.actor("organizer_a"), judging.track_of(world)
    with transaction():
        publication = draw_up(organizer, track, LATER)
    before = outcomes(RESULTS)
    with transaction():
        take_back(organizer, publication, "公布时间有误")
        draw_up(organizer, track, clock.now())

    assert before == dict.fromkeys(RESULTS, "accepted")
    assert outcomes([*RESULTS, *PUBLIC]) == {
        **dict.fromkeys(RESULTS, "results are public"),
        **dict.fromkeys(PUBLIC, "it is public"),
    }


def test_exam_marks_are_fixed_by_the_database_once_results_are_public(inside, world):
    track = session().get_one(Track, world.exam_track_a)
    assessor = judging.actor("assessor_a")
    with transaction():
        for part in ("T", "P"):
            marks = [
                GivenMark(getattr(world, f"candidate{n}_a"), PartStatus.ABSENT, None, 0)
                for n in range(1, 5)
            ]
            save_exam_marks(assessor, track, part, marks)
            hand_in_part(assessor, track, part)
    before = outcomes(EXAM)
    with transaction():
        draw_up(judging.actor("organizer_a"), track, clock.now())

    assert before == dict.fromkeys(EXAM, "accepted")
    assert outcomes(EXAM) == dict.fromkeys(EXAM, "results are public")


REPLACE = "INSERT OR REPLACE INTO {table} SELECT * FROM {table}"
UPSERT = "INSERT INTO {table} SELECT * FROM {table} ON CONFLICT ({unique}) DO UPDATE SET {change}"


def replacing(table, unique, change):
    """A row written over one that is in its way: the wording of each database."""
    wording = REPLACE if session().get_bind().dialect.name == "sqlite" else UPSERT
    return wording.format(table=table, unique=unique, change=change)


REPLACED = {
    "marking": ("track_id", "locked_at = NULL"),
    "judge_seat": ("id", "excused_reason = 'x'"),
    "correction_decision": ("request_id", "note = 'x'"),
    "audit_entry": ("id", "deed = 'x'"),
}


def test_no_protected_row_is_written_over(codes, world):
    lock(world)
    correct(world, codes[0])
    found = {table: outcome(replacing(table, *REPLACED[table])) for table in REPLACED}
    sqlite = dict.fromkeys(REPLACED, "such a row is there already")

    assert found in (
        sqlite,
        {
            "marking": "the marks are handed over",
            "judge_seat": "the marks are handed over",
            "correction_decision": "is append-only",
            "audit_entry": "is append-only",
        },
    )


def test_without_its_trigger_a_marking_is_written_over(codes):
    sqlite = session().get_bind().dialect.name == "sqlite"
    gone = ("not_replaced_insert",) if sqlite else ("locked_update", "handed_over_update")
    for name in gone:
        judging.without_trigger(f"marking_{name}", "marking")

    assert outcome(replacing("marking", "track_id", "submitted_at = NULL")) == "accepted"


SUPERSEDED = "UPDATE scheme SET state = 'superseded', superseded_at = frozen_at"


def test_what_marks_are_worth_stands_with_them(inside, world):
    codes = judging.ready_to_mark(world)
    judging.mark_everything(world, judging.same_for_all(codes))
    before = outcome(SUPERSEDED)
    judging.confirm_everything(world)
    judging.sign(world)
    after = outcome(SUPERSEDED)
    judging.without_trigger("scheme_handed_over_update", "scheme")

    assert (before, after) == ("accepted", "the marks are handed over")
    assert outcome(SUPERSEDED) == "accepted"
