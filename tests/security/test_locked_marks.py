"""After the lock no path changes a mark: also not SQL typed into the database."""

from datetime import UTC, datetime

from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from eventsys import clock
from eventsys.db import session, transaction
from eventsys.events.models import Track
from eventsys.results.actions import draw_up, take_back
from eventsys.scoring.chief_actions import sign_off
from eventsys.scoring.exam_actions import GivenMark, hand_in_part, save_exam_marks
from eventsys.scoring.states import PartStatus
from tests import judging
from tests.world import PASSWORD

LATER = datetime(2026, 12, 24, 9, tzinfo=UTC)
REASONS = (
    "the scheme is frozen",
    "is append-only",
    "the sheet is locked",
    "the marks are signed off",
    "results are public",
    "it is public",
)
LOCKED = {"the sheet is locked", "the marks are signed off", "is append-only"}
SCHEME = (
    "UPDATE aspect SET max_points = max_points + 10000",
    "DELETE FROM aspect WHERE code = 'A1.2'",
    "UPDATE criterion SET module_code = 'B'",
)
OPERATIONS = ("DELETE FROM mark_operation", "UPDATE mark_operation SET raw = 0")
NEW_MARK = (
    "INSERT INTO mark (id, group_id, sheet_id, aspect_id, raw, version, at)"
    " SELECT 1, group_id, sheet_id, aspect_id, 0, 1, at FROM mark LIMIT 1"
)
CHANGES = (
    "UPDATE mark SET raw = 30000 WHERE raw = 30000",
    "DELETE FROM mark",
    "UPDATE mark_sheet SET void_reason = 'x'",
    "UPDATE judge_seat SET excused_reason = 'x'",
)
MARKS = (
    *CHANGES,
    NEW_MARK,
    "UPDATE mark_sheet SET state = 'open'",
    "DELETE FROM mark_sheet",
    "DELETE FROM judge_seat",
)
SIGNED = (
    "UPDATE marking SET locked_at = NULL",
    "UPDATE marking SET submitted_by = 'x'",
    "DELETE FROM marking",
)
RESULTS = ("UPDATE result_row SET place = 1", "DELETE FROM result_row")
PUBLIC = (
    "UPDATE publication SET digest = 'x'",
    "UPDATE publication SET public_at = NULL",
    "DELETE FROM publication",
)
EXAM = ("UPDATE exam_mark SET points = 1000000", "DELETE FROM exam_mark")


def outcome(statement):
    """What the database says: why it refuses, or "accepted"; nothing is kept either way."""
    try:
        session().execute(text(statement))
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


def test_marks_are_locked_by_the_database_after_the_signature(inside, world):
    codes = judging.ready_to_mark(world)
    judging.mark_everything(world, judging.same_for_all(codes))
    before = outcomes(CHANGES)
    with transaction():
        sign_off(judging.actor("chief_a"), judging.track_of(world), PASSWORD)

    assert before == dict.fromkeys(CHANGES, "accepted")
    after = outcomes([*MARKS, *SIGNED])
    assert {why for why in after.values() if why not in LOCKED} == set()


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
