"""Sheets and the lock signed by hand: bound to what was signed, needed where rules say so."""

import io
from dataclasses import replace
from decimal import Decimal

import pytest
from pypdf import PdfReader
from sqlalchemy import select

from eventsys.audit.models import AuditEntry
from eventsys.db import session, transaction
from eventsys.events.rules import EventKind, from_plain, to_plain
from eventsys.paper.actions import ask_filled_sheets
from eventsys.paper.reports import make_sheets_pdf
from eventsys.rechecks.actions import Hands, find_agreement, lock_together
from eventsys.rechecks.queries import items_of, recheck_of
from eventsys.schemes.queries import competition_rules
from eventsys.scoring.actions import submit_sheet
from eventsys.scoring.chief_actions import marks_digest, return_sheet
from eventsys.scoring.models import Mark, Marking, MarkSheet
from eventsys.scoring.queries import panel_marks
from eventsys.scoring.signing import (
    SHEET,
    Hand,
    SignatureNeeded,
    WrongOwnPassword,
    WrongPassword,
    lock_signatures,
    signed_sheets,
)
from eventsys.scoring.states import SheetState
from eventsys.signatures.models import Signature
from eventsys.signatures.queries import signatures_of
from eventsys.signatures.rules import SignatureTooSmall
from eventsys.tasks.work import Work
from tests import judging
from tests.queries import count_queries
from tests.world import PASSWORD

GIVEN = ("90", "85", "2")
DRAWN = Hand("[[[100,200],[400,220]]]")
TYPED = Hand(password=PASSWORD)


@pytest.fixture
def code(inside, world):
    """A ruleset that asks for signatures, and a sheet that is marked and open."""
    judging.change_rules(world, drawn_signatures=True)
    found = judging.ready_to_mark(world)[0]
    judging.mark(world, 1, found, GIVEN, submit=False)
    return found


@pytest.fixture
def judge(act):
    return act("judge1_a")


def hand_in(judge, world, code, hand):
    with transaction():
        sheet = judging.sheet(world, 1, code)
        submit_sheet(judge, sheet, sheet.version, hand)
    return sheet


def standing(world, code):
    sheet = judging.sheet(world, 1, code)
    return signed_sheets(judging.track_of(world), [sheet]).get(sheet.id)


def test_a_ruleset_written_before_signatures_asks_for_none(inside, world):
    old = to_plain(competition_rules(judging.track_of(world)))
    del old["drawn_signatures"]

    assert from_plain(EventKind.COMPETITION, old).drawn_signatures is False
    asks = to_plain(replace(competition_rules(judging.track_of(world)), drawn_signatures=True))
    assert from_plain(EventKind.COMPETITION, asks).drawn_signatures is True


def test_where_nobody_asks_a_sheet_is_handed_in_unsigned_or_signed(act, inside, world):
    codes = judging.ready_to_mark(world)
    judging.mark(world, 1, codes[0], GIVEN)
    judging.mark(world, 1, codes[1], GIVEN, submit=False)
    hand_in(act("judge1_a"), world, codes[1], DRAWN)

    assert standing(world, codes[0]) is None
    assert standing(world, codes[1]).name == "甲裁判1"


@pytest.mark.parametrize("hand", [Hand(), Hand("甲裁判1"), Hand("{}")])
def test_a_needed_signature_is_drawn_or_proved_and_not_left_out(judge, world, code, hand):
    with pytest.raises(SignatureNeeded) as refused:
        hand_in(judge, world, code, hand)

    session().expire_all()
    assert refused.value.field == "signature"
    assert judging.sheet(world, 1, code).state is SheetState.OPEN
    assert session().scalars(select(Signature)).all() == []


@pytest.mark.parametrize(
    ("hand", "refusal"),
    [
        (Hand("[[[1,1]]]"), SignatureTooSmall),
        (Hand(password="guess-guess-guess"), WrongPassword),
    ],
)
def test_a_bad_signature_hands_nothing_in(judge, world, code, hand, refusal):
    with pytest.raises(refusal):
        hand_in(judge, world, code, hand)

    session().expire_all()
    assert judging.sheet(world, 1, code).state is SheetState.OPEN


@pytest.mark.parametrize(("hand", "typed"), [(DRAWN, False), (TYPED, True)])
def test_a_signature_stands_under_the_sheet_as_handed_in(judge, world, code, hand, typed):
    sheet = hand_in(judge, world, code, hand)
    session().expire_all()

    kept = standing(world, code)
    assert (kept.about, kept.thing_id, kept.name) == (SHEET, sheet.id, "甲裁判1")
    assert (kept.account_id, kept.is_typed) == (judge.user_id, typed)
    facts = session().scalars(select(AuditEntry.facts).where(AuditEntry.deed == "signature.kept"))
    assert facts.all() == [{"kind": "sheet", "sha256": kept.digest}]


def test_a_signature_does_not_stand_under_other_marks(judge, world, code):
    sheet = hand_in(judge, world, code, DRAWN)
    with transaction():
        key = judging.aspect_ids(world)["A1.2"]
        session().query(Mark).filter_by(sheet_id=sheet.id, aspect_id=key).one().raw = Decimal(1)

    assert standing(world, code) is None
    assert len(signatures_of(SHEET, sheet.id)) == 1


def test_a_returned_sheet_is_signed_anew(act, judge, world, code):
    sheet = hand_in(judge, world, code, DRAWN)
    first = standing(world, code)
    with transaction():
        return_sheet(act("chief_a"), sheet, "请再看一遍")
    assert standing(world, code) is None

    with pytest.raises(SignatureNeeded):
        hand_in(judge, world, code, Hand())
    hand_in(judge, world, code, DRAWN)

    second = standing(world, code)
    assert first.digest != second.digest
    assert [one.id for one in signatures_of(SHEET, sheet.id)] == [first.id, second.id]


def test_signatures_are_read_in_the_same_number_of_queries(inside, world):
    codes = judging.ready_to_mark(world)
    for number in (1, 2, 3):
        judging.mark(world, number, codes[0], GIVEN, submit=False)
        who = judging.actor(f"judge{number}_a")
        with transaction():
            sheet = judging.sheet(world, number, codes[0])
            submit_sheet(who, sheet, sheet.version, DRAWN)
    counts = []
    for number in (1, 3):
        sheets = session().scalars(select(MarkSheet).where(MarkSheet.code == codes[0])).all()
        some = [one for one in sheets if one.seat.seat <= number]
        with count_queries() as asked:
            assert len(signed_sheets(judging.track_of(world), some)) == number
        counts.append(len(asked))

    assert counts[0] == counts[1]


def printed(world, settings):
    with transaction():
        task = ask_filled_sheets(judging.actor("chief_a"), judging.track_of(world), "评分单")
    out = io.BytesIO()
    make_sheets_pdf(
        Work(
            task=task,
            out=out,
            progress=lambda _done, _total: None,
            words=str,
            public_url="https://s.example.edu.cn",
            fonts_dir=settings.fonts_dir,
            keys_dir=settings.keys_dir,
        )
    )
    text = "".join(page.extract_text() for page in PdfReader(out).pages)
    return "".join(text.split())


@pytest.mark.parametrize(
    ("hand", "words"), [(DRAWN, "甲裁判1"), (TYPED, "甲裁判1,signedwiththepassword")]
)
def test_the_printed_sheet_shows_who_signed_on_the_device(
    judge, world, code, settings, hand, words
):
    sheet = hand_in(judge, world, code, hand)
    assert words in printed(world, settings)
    with transaction():
        key = judging.aspect_ids(world)["A1.2"]
        session().query(Mark).filter_by(sheet_id=sheet.id, aspect_id=key).one().raw = Decimal(1)

    assert "甲裁判1" not in printed(world, settings)


# ---- the lock


@pytest.fixture
def checked(inside, world):
    """Everything re-checked under a ruleset that asks for signatures."""
    judging.re_checked(world, drawn_signatures=True)
    who, track = judging.actor("supervisor_a"), judging.track_of(world)
    with transaction():
        for item in items_of(recheck_of(track.id)):
            find_agreement(who, track, item.code)


def lock(world, own, beside):
    with transaction():
        lock_together(
            judging.actor("supervisor_a"),
            judging.track_of(world),
            judging.user("chief_a"),
            PASSWORD,
            Hands(own, beside),
        )


@pytest.mark.parametrize(
    ("own", "beside", "refusal", "field"),
    [
        (Hand(), DRAWN, SignatureNeeded, "own_signature"),
        (DRAWN, Hand(), SignatureNeeded, "chief_signature"),
        (Hand(password="guess-guess-guess"), DRAWN, WrongOwnPassword, "own_signature"),
        (Hand("[[[1,1]]]"), DRAWN, SignatureTooSmall, "own_signature"),
        (DRAWN, Hand("[[[1,1]]]"), SignatureTooSmall, "chief_signature"),
    ],
)
def test_the_lock_waits_for_both_signatures(checked, world, own, beside, refusal, field):
    with pytest.raises(refusal) as refused:
        lock(world, own, beside)

    session().expire_all()
    assert refused.value.field == field
    assert session().scalars(select(Marking.locked_at)).all() == [None]
    assert session().scalars(select(Signature)).all() == []


def test_both_signatures_stand_under_the_locked_marks(checked, world):
    lock(world, DRAWN, TYPED)

    marking = session().scalars(select(Marking)).one()
    kept = lock_signatures(marking.id)
    digest = marks_digest(panel_marks(judging.track_of(world)))
    assert {(one.name, one.is_typed) for one in kept} == {("甲监督员", False), ("甲裁判长", True)}
    assert {(one.digest, one.account_name) for one in kept} == {(digest, "甲监督员")}
    assert marking.locked_with == "甲裁判长"
