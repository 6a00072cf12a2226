"""Scans of signed sheets: kept whole, compared with the marks that were looked at."""

import hashlib

import pytest

from eventsys.db import session, transaction
from eventsys.errors import Conflict, Forbidden
from eventsys.paper import actions, queries, rules
from eventsys.paper.models import PaperScan
from eventsys.scoring.models import Mark, MarkSheet
from eventsys.scoring.queries import panel_marks
from tests import judging

PDF = b"%PDF-1.7\n1 0 obj\n%%EOF\n"
MARKS = ("90", "85", "2")
OWNER = b"Exif\0\0Zhang Biao, 34.75N 113.62E"
JPEG = (
    b"\xff\xd8\xff\xe1"
    + (len(OWNER) + 2).to_bytes(2, "big")
    + OWNER
    + b"\xff\xdb\x00\x43"
    + b"\0" * 65
    + b"\xff\xda\x00\x08\1\1\0\0\x3f\0"
    + b"\x12\xff\x00\x34\xff\xd9"
)


@pytest.fixture
def sheet(inside, world):
    code = judging.ready_to_mark(world)[0]
    judging.mark(world, 1, code, MARKS)
    return judging.sheet(world, 1, code).id


def attach(sheet_id, data=PDF, name="clerk_a", *, folder):
    with transaction():
        own = session().get_one(MarkSheet, sheet_id)
        return actions.attach_scan(judging.actor(name), own, data, folder)


def judge(scan_id, *, agrees, reason="", name="clerk_a", seen=None):
    with transaction():
        scan = session().get_one(PaperScan, scan_id)
        digest = seen or queries.digest_of_sheet(scan.sheet)
        return actions.judge_scan(judging.actor(name), scan, digest, agrees=agrees, reason=reason)


def line(world, sheet_id):
    track = judging.track_of(world)
    lines = queries.paper_lines(track, panel_marks(track))
    return next(one for one in lines if one.sheet.id == sheet_id)


def test_a_scan_is_kept_with_its_digest_and_a_newer_one_is_a_new_version(sheet, tmp_path):
    first = attach(sheet, folder=tmp_path)
    second = attach(sheet, PDF + b"%%EOF\n", "chief_a", folder=tmp_path)

    assert [one.version for one in queries.scans_of(sheet)] == [2, 1]
    assert first.file_hash == first.received_hash == hashlib.sha256(PDF).hexdigest()
    assert (tmp_path / first.file_path).read_bytes() == PDF
    assert (second.uploaded_by, second.size) == (judging.user("chief_a").name, len(PDF) + 6)


def test_a_photo_is_kept_without_what_the_camera_wrote(sheet, tmp_path):
    scan = attach(sheet, JPEG, folder=tmp_path)

    kept = (tmp_path / scan.file_path).read_bytes()
    assert OWNER not in kept
    assert (kept[:2], kept[-10:]) == (JPEG[:2], JPEG[-10:])
    assert scan.received_hash == hashlib.sha256(JPEG).hexdigest() != scan.file_hash


def test_the_same_file_twice_is_refused(sheet, tmp_path):
    attach(sheet, folder=tmp_path)
    with pytest.raises(rules.ScanKnown):
        attach(sheet, folder=tmp_path)


def test_a_foreign_file_leaves_nothing(sheet, tmp_path):
    with pytest.raises(rules.ScanUnreadable):
        attach(sheet, b"<script>", folder=tmp_path)

    assert list(tmp_path.rglob("*")) == []


def test_paper_that_agrees_is_noted_until_the_marks_change(sheet, world, tmp_path):
    judge(attach(sheet, folder=tmp_path).id, agrees=True)
    noted = line(world, sheet).verdict

    with transaction():
        session().query(Mark).filter_by(sheet_id=sheet)[0].raw += 1

    assert noted is not None
    assert noted.agrees is True
    assert line(world, sheet).verdict is None


def test_paper_that_differs_needs_words(sheet, world, tmp_path):
    scan = attach(sheet, folder=tmp_path)
    with pytest.raises(rules.ReasonMissing):
        judge(scan.id, agrees=False, reason="错")

    judge(scan.id, agrees=False, reason="A1.1 纸上为 3 处", name="chief_a")

    found = line(world, sheet).verdict
    assert (found.agrees, found.reason) == (False, "A1.1 纸上为 3 处")


def test_a_verdict_on_marks_that_changed_meanwhile_is_refused(sheet, tmp_path):
    scan = attach(sheet, folder=tmp_path)
    with pytest.raises(Conflict):
        judge(scan.id, agrees=True, seen="0" * 64)


def test_a_verdict_on_an_older_scan_is_refused(sheet, tmp_path):
    old = attach(sheet, folder=tmp_path)
    attach(sheet, PDF + b"%%EOF\n", folder=tmp_path)
    with pytest.raises(Conflict):
        judge(old.id, agrees=True)


def test_a_sheet_still_being_marked_is_not_compared(inside, world, tmp_path):
    code = judging.ready_to_mark(world)[0]
    scan = attach(judging.sheet(world, 1, code).id, folder=tmp_path)
    with pytest.raises(rules.SheetOpen):
        judge(scan.id, agrees=True)


@pytest.mark.parametrize("name", ["judge1_a", "organizer_a", "supervisor_a", "clerk_b"])
def test_scans_are_the_business_of_clerks_and_the_chief_judge(sheet, tmp_path, name):
    with pytest.raises(Forbidden):
        attach(sheet, name=name, folder=tmp_path)
