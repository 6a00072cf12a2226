"""Marks of an examination machine: a whole file or nothing, on every sheet, under the same lock."""

from dataclasses import replace
from decimal import Decimal

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from eventsys.audit.models import AuditEntry
from eventsys.db import session, transaction
from eventsys.errors import Forbidden, NotThere
from eventsys.paper.keying_actions import key_sheet
from eventsys.paper.rules import Keying
from eventsys.schemes.actions import replace_scheme
from eventsys.schemes.aspects import AspectKind, MachineMarkOutOfRange
from eventsys.schemes.queries import scheme_of
from eventsys.schemes.rules import AspectFacts
from eventsys.scoring.actions import save_mark, submit_sheet
from eventsys.scoring.chief_actions import AlreadySignedOff, void_code
from eventsys.scoring.confirm_actions import OwnSheet, confirm_sheet
from eventsys.scoring.correction_actions import (
    CorrectionWaits,
    approve_correction,
    ask_correction,
)
from eventsys.scoring.correction_queries import effect_of, history_of
from eventsys.scoring.machine_actions import (
    CodesMissing,
    CodesUnknown,
    NoMachineAspects,
    SheetsConfirmed,
    import_machine_marks,
    machine_aspects,
)
from eventsys.scoring.machine_queries import machine_table
from eventsys.scoring.models import Marking, MarkOperation
from eventsys.scoring.panel_actions import open_marking
from eventsys.scoring.queries import marks_of, panel_marks
from eventsys.scoring.states import SheetState
from tests import judging

D = Decimal
SEATS = range(1, 6)
WRONG = "机考成绩单登错一行"
MACHINE = AspectFacts("B1.3", AspectKind.MACHINE, "机考成绩", D(4))
SCHEME = (
    judging.SCHEME[0],
    replace(judging.SCHEME[1], aspects=(*judging.SCHEME[1].aspects[:2], MACHINE)),
)


@pytest.fixture
def track(inside, world):
    return judging.track_of(world)


@pytest.fixture
def clerk(act):
    return act("clerk_a")


@pytest.fixture
def codes(track, world):
    """Sheets are dealt for a scheme whose last aspect a machine marks."""
    with transaction():
        replace_scheme(judging.actor("organizer_a"), track, SCHEME)
    found = judging.draw(world)
    judging.seat(world)
    with transaction():
        open_marking(judging.actor("organizer_a"), track)
    return found


def file_for(codes, value="3.125"):
    return {code: {"B1.3": D(value)} for code in codes}


def take(actor, track, marks):
    with transaction():
        return import_machine_marks(actor, track, marks)


def test_the_machine_marks_every_judges_sheet_of_a_code(clerk, track, codes, world):
    assert take(clerk, track, file_for(codes)) == 5 * len(codes)

    key = machine_aspects(track)[0].mark_key
    marks = [marks_of(judging.sheet(world, seat, codes[0]).id)[key] for seat in range(1, 6)]
    assert [(one.raw, one.is_contested) for one in marks] == [(D("3.125"), False)] * 5
    assert {one.heads[0]["device"] for one in marks} == {"machine"}
    assert [row.marks for row in machine_table(track, machine_aspects(track))] == [
        {key: D("3.125")}
    ] * len(codes)


def test_the_first_import_freezes_the_scheme(clerk, track, codes):
    take(clerk, track, file_for(codes))

    assert scheme_of(track.id).frozen_at is not None


def test_the_same_file_again_changes_nothing_and_a_new_one_only_what_is_new(clerk, track, codes):
    take(clerk, track, file_for(codes))
    assert take(clerk, track, file_for(codes)) == 0
    assert take(clerk, track, file_for(codes) | file_for(codes[:1], "4")) == 5
    assert len(session().scalars(select(MarkOperation)).all()) == 5 * len(codes) + 5
    deeds = session().scalars(
        select(AuditEntry)
        .where(AuditEntry.deed == "marks.imported_from_machine")
        .order_by(AuditEntry.sequence)
    )
    assert [one.facts["changed"] for one in deeds] == [5 * len(codes), 0, 5]


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        (lambda marks: marks | {"ZZ-99": {"B1.3": D(1)}}, CodesUnknown),
        (lambda marks: dict(list(marks.items())[1:]), CodesMissing),
        (lambda marks: marks | {next(iter(marks)): {}}, CodesMissing),
        (lambda marks: marks | {next(iter(marks)): {"B1.3": D("4.001")}}, MachineMarkOutOfRange),
        (lambda marks: marks | {next(iter(marks)): {"B1.3": D(-1)}}, MachineMarkOutOfRange),
    ],
)
def test_a_file_that_does_not_fit_changes_nothing(clerk, track, codes, change, refusal):
    with pytest.raises(refusal), transaction():
        import_machine_marks(clerk, track, change(file_for(codes)))

    assert session().scalars(select(MarkOperation)).all() == []


def test_a_code_that_was_set_aside_may_lack_its_marks(clerk, track, codes):
    with transaction():
        void_code(judging.actor("chief_a"), track, codes[0], "选手未提交作品")

    assert take(clerk, track, file_for(codes[1:])) == 5 * (len(codes) - 1)


def test_a_judge_neither_owes_nor_changes_what_the_machine_marks(clerk, track, codes, world):
    take(clerk, track, file_for(codes))
    judge, sheet = judging.actor("judge1_a"), judging.sheet(world, 1, codes[0])
    key = machine_aspects(track)[0].mark_key
    for raw in ("4", None):
        with pytest.raises(NotThere), transaction():
            save_mark(judge, sheet, judging.tap(key, raw))
    raws = {"A1.1": "0", "A1.2": "3", "B1.1": "0", "B1.2": "32"}
    ids = judging.aspect_ids(world)
    with transaction():
        for code, raw in raws.items():
            save_mark(judge, sheet, judging.tap(ids[code], raw))
    with transaction():
        judging.submit_sheet(judge, sheet, sheet.version)

    panel = panel_marks(track)
    assert sheet.state is SheetState.SUBMITTED
    assert panel.tally.total(panel.raws_of(sheet)) == D("199.125")


def test_marks_of_a_confirmed_sheet_are_not_changed_by_a_file(clerk, track, codes, world):
    take(clerk, track, file_for(codes))
    with transaction():
        judging.sheet(world, 1, codes[0]).state = SheetState.CONFIRMED

    assert take(clerk, track, file_for(codes)) == 0
    with pytest.raises(SheetsConfirmed) as caught, transaction():
        import_machine_marks(clerk, track, file_for(codes, "4"))
    assert caught.value.facts == {"codes": codes[0]}


def test_after_the_handing_over_no_file_is_taken(clerk, track, codes):
    with transaction():
        marking = session().scalars(select(Marking).where(Marking.track_id == track.id)).one()
        marking.submitted_at = judging.NOW

    with pytest.raises(AlreadySignedOff), transaction():
        import_machine_marks(clerk, track, file_for(codes))


def test_a_machine_mark_is_locked_by_the_database_like_any_other(clerk, track, codes, world):
    take(clerk, track, file_for(codes))
    with transaction():
        judging.sheet(world, 1, codes[0]).state = SheetState.LOCKED
    key = machine_aspects(track)[0].mark_key
    change = text("UPDATE mark SET raw = 40000 WHERE aspect_id = :key").bindparams(key=key)
    with pytest.raises(DBAPIError, match="the sheet is locked"):
        session().execute(change)
    session().rollback()


def test_a_scheme_without_machine_aspects_takes_no_file(clerk, track, world):
    found = judging.ready_to_mark(world)

    with pytest.raises(NoMachineAspects), transaction():
        import_machine_marks(clerk, track, file_for(found))


@pytest.mark.parametrize("name", ["judge1_a", "chief_a", "leader1_a", "clerk_b", "organizer2_a"])
def test_only_organizer_and_score_clerk_import(act, track, codes, name):
    with pytest.raises(Forbidden), transaction():
        import_machine_marks(act(name), track, file_for(codes))


PAPER = {"A1.1": "3", "A1.2": "2", "B1.1": "10", "B1.2": "31.99"}


def everything_marked(world, codes):
    """All judges have marked by hand what is theirs, and submitted."""
    ids = judging.aspect_ids(world)
    with transaction():
        for judge in range(1, 6):
            who = judging.actor(f"judge{judge}_a")
            for code in codes:
                sheet = judging.sheet(world, judge, code)
                for aspect, raw in PAPER.items():
                    save_mark(who, sheet, judging.tap(ids[aspect], raw))
                submit_sheet(who, sheet, sheet.version)


def test_a_sheet_with_machine_marks_is_still_keyed_from_paper(clerk, track, codes, world):
    take(clerk, track, file_for(codes))
    ids, sheet = judging.aspect_ids(world), judging.sheet(world, 1, codes[0])
    values = {str(ids[aspect]): D(raw) for aspect, raw in PAPER.items()}
    with transaction():
        stages = [key_sheet(judging.actor(one), sheet, values) for one in ("clerk_a", "clerk2_a")]

    assert stages == [Keying.ONE, Keying.SETTLED]
    assert sheet.state is SheetState.SUBMITTED


def test_who_imported_the_machine_marks_confirms_no_sheet_with_them(act, track, codes, world):
    take(act("clerk_a"), track, file_for(codes))
    everything_marked(world, codes)
    sheet = judging.sheet(world, 1, codes[0])
    with pytest.raises(OwnSheet), transaction():
        confirm_sheet(act("clerk_a"), sheet, sheet.version)
    with transaction():
        confirm_sheet(act("clerk2_a"), sheet, sheet.version)

    assert sheet.state is SheetState.CONFIRMED


def test_after_the_handing_over_a_machine_mark_is_corrected_once_for_the_code(
    act, clerk, track, codes, world
):
    take(clerk, track, file_for(codes))
    everything_marked(world, codes)
    judging.confirm_everything(world)
    judging.sign(world)
    sheet, key = judging.sheet(world, 1, codes[0]), machine_aspects(track)[0].mark_key
    with pytest.raises(MachineMarkOutOfRange), transaction():
        ask_correction(clerk, sheet, key, D(5), WRONG)
    with transaction():
        asked = ask_correction(clerk, sheet, key, D("2.5"), WRONG)
        approve_correction(act("chief_a"), asked)

    raws = {
        code: {panel_marks(track).raws_of(judging.sheet(world, seat, code))[key] for seat in SEATS}
        for code in codes[:2]
    }
    assert raws == {codes[0]: {D("2.5")}, codes[1]: {D("3.125")}}
    assert panel_marks(track).version == 1


def test_one_correction_of_a_machine_mark_waits_for_the_whole_code(act, clerk, track, codes, world):
    take(clerk, track, file_for(codes))
    everything_marked(world, codes)
    judging.confirm_everything(world)
    judging.sign(world)
    key = machine_aspects(track)[0].mark_key
    judged = judging.aspect_ids(world)["A1.2"]
    with transaction():
        asked = ask_correction(clerk, judging.sheet(world, 1, codes[0]), key, D("2.5"), WRONG)
    with pytest.raises(CorrectionWaits), transaction():
        ask_correction(clerk, judging.sheet(world, 2, codes[0]), key, D("1.5"), WRONG)
    with transaction():
        other = ask_correction(clerk, judging.sheet(world, 2, codes[1]), key, D("1.5"), WRONG)
        own = ask_correction(clerk, judging.sheet(world, 2, codes[0]), judged, D(1), WRONG)

    before, after = effect_of(asked).before.total, effect_of(asked).after.total
    assert [one.whole_code for one in (asked, other, own)] == [True, True, False]
    # 0.625 of 100 less in module B, which weighs 60
    assert before - after in {D("0.37"), D("0.38")}
    lines = [one for one in history_of(track, codes[0]) if one.kind == "asked"]
    assert [one.seat for one in lines] == [None, 2]
