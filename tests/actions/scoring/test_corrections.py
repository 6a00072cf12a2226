"""Corrections: what was handed over stays; two people, one of them the chief judge, lay over it."""

from decimal import Decimal

import pytest
from sqlalchemy import select

from eventsys.audit.models import AuditEntry
from eventsys.db import session, transaction
from eventsys.errors import Forbidden, NotThere
from eventsys.scoring.chief_actions import ReturnReasonMissing, marks_digest, void_code
from eventsys.scoring.correction_actions import (
    AlreadyDecided,
    ChiefMustDecide,
    CorrectionStale,
    CorrectionWaits,
    NotHandedOver,
    NothingChanges,
    OwnCorrection,
    approve_correction,
    ask_correction,
    refuse_correction,
)
from eventsys.scoring.correction_queries import Standing, correction_of, effect_of, history_of
from eventsys.scoring.models import CorrectionDecision, Mark, Marking
from eventsys.scoring.queries import panel_marks
from tests import judging
from tests.actions.scoring.test_confirming import same_person
from tests.queries import count_queries

WHY = "录入时看错一格"


@pytest.fixture
def codes(inside, world):
    return judging.signed_off(world)


def ask(actor, world, code, raw="1", judge=1, why=WHY):
    with transaction():
        sheet = judging.sheet(world, judge, code)
        key = judging.aspect_ids(world)["A1.2"]
        return ask_correction(actor, sheet, key, Decimal(raw), why)


def approve(actor, asked, note=""):
    with transaction():
        return approve_correction(actor, asked, note)


def value(world, code, judge=1):
    """What counts for the judgement, and what the judge handed over."""
    sheet, key = judging.sheet(world, judge, code), judging.aspect_ids(world)["A1.2"]
    handed = select(Mark.raw).where(Mark.sheet_id == sheet.id, Mark.aspect_id == key)
    counts = panel_marks(judging.track_of(world)).raws_of(sheet)[key]
    return counts, session().scalar(handed)


def test_an_approved_correction_counts_and_the_mark_stays_as_it_was(act, codes, world):
    asked = ask(act("clerk_a"), world, codes[0])
    assert value(world, codes[0]) == (3, 3)

    assert approve(act("chief_a"), asked) == 1

    assert value(world, codes[0]) == (1, 3)
    assert panel_marks(judging.track_of(world)).version == 1


@pytest.mark.parametrize(
    ("asks", "decides"),
    [("clerk_a", "chief_a"), ("supervisor_a", "chief_a"), ("chief_a", "supervisor_a")],
)
def test_one_of_the_two_is_the_chief_judge(act, codes, world, asks, decides):
    assert approve(act(decides), ask(act(asks), world, codes[0])) == 1


def test_without_the_chief_judge_nothing_is_decided(act, codes, world):
    asked = ask(act("clerk_a"), world, codes[0])

    with pytest.raises(ChiefMustDecide):
        approve(act("supervisor_a"), asked)
    with pytest.raises(ChiefMustDecide), transaction():
        refuse_correction(act("supervisor_a"), asked, "不是录入错误")
    with pytest.raises(Forbidden):
        approve(act("clerk2_a"), asked)
    assert value(world, codes[0]) == (3, 3)


def test_nobody_decides_their_own_request(act, codes, world):
    asked = ask(act("chief_a"), world, codes[0])
    with pytest.raises(OwnCorrection):
        approve(act("chief_a"), asked)
    same_person("chief_a", "supervisor_a")

    with pytest.raises(OwnCorrection):
        approve(act("supervisor_a"), asked)


@pytest.mark.parametrize("name", ["judge1_a", "organizer_a", "encryptor_a", "chief_b"])
def test_nobody_else_asks(act, codes, world, name):
    with pytest.raises(Forbidden):
        ask(act(name), world, codes[0])


def test_before_the_handing_over_the_judge_changes_the_mark(act, inside, world):
    codes = judging.ready_to_mark(world)
    judging.mark_everything(world, judging.same_for_all(codes))

    with pytest.raises(NotHandedOver):
        ask(act("clerk_a"), world, codes[0])


def test_a_correction_changes_something_and_says_why(act, codes, world):
    clerk = act("clerk_a")
    with pytest.raises(NothingChanges):
        ask(clerk, world, codes[0], raw="3")
    with pytest.raises(ReturnReasonMissing):
        ask(clerk, world, codes[0], why="错")
    ask(clerk, world, codes[0])
    with pytest.raises(CorrectionWaits) as refused:
        ask(act("supervisor_a"), world, codes[0], raw="2")

    assert refused.value.facts == {"number": 1}


def test_a_code_set_aside_has_nothing_to_correct(act, inside, world):
    codes = judging.ready_to_mark(world)
    judging.mark_everything(world, judging.same_for_all(codes))
    judging.confirm_everything(world)
    with transaction():
        void_code(act("chief_a"), judging.track_of(world), codes[0], "未提交作品")
    judging.sign(world)

    with pytest.raises(NotThere):
        ask(act("clerk_a"), world, codes[0])


def test_a_decision_is_made_once(act, codes, world):
    chief, asked = act("chief_a"), ask(act("clerk_a"), world, codes[0])
    approve(chief, asked)

    with pytest.raises(AlreadyDecided):
        approve(chief, asked)
    with pytest.raises(AlreadyDecided), transaction():
        refuse_correction(chief, asked, "不是录入错误")
    assert session().scalars(select(CorrectionDecision.version)).all() == [1]


def test_a_refused_correction_changes_nothing_and_says_why(act, codes, world):
    chief, asked = act("chief_a"), ask(act("clerk_a"), world, codes[0])
    with pytest.raises(ReturnReasonMissing), transaction():
        refuse_correction(chief, asked, "")
    with transaction():
        refuse_correction(chief, asked, "不是录入错误")

    assert value(world, codes[0]) == (3, 3)
    assert ask(act("clerk_a"), world, codes[0]).number == 2


def test_corrections_of_one_mark_follow_each_other_in_versions(act, codes, world):
    approve(act("chief_a"), ask(act("clerk_a"), world, codes[0], raw="1"))
    second = ask(act("clerk_a"), world, codes[0], raw="2")

    assert (second.old, approve(act("chief_a"), second)) == (1, 2)
    assert value(world, codes[0]) == (2, 3)


def test_a_correction_that_starts_from_another_value_is_stale(act, codes, world):
    asked = ask(act("clerk_a"), world, codes[0])
    judging.thaw("correction_request")
    with transaction():
        asked.old = Decimal(2)

    with pytest.raises(CorrectionStale):
        approve(act("chief_a"), asked)


def test_the_fingerprint_covers_what_was_handed_over_and_every_version(act, codes, world):
    track = judging.track_of(world)
    handed = session().scalars(select(Marking.digest)).one()
    assert handed == marks_digest(panel_marks(track))

    approve(act("chief_a"), ask(act("clerk_a"), world, codes[0]))

    corrected = session().scalars(select(CorrectionDecision.digest)).one()
    assert corrected == marks_digest(panel_marks(track))
    assert corrected != handed
    deed = select(AuditEntry.facts).where(AuditEntry.deed == "correction.approved")
    assert session().scalars(deed).one()["sha256"] == corrected


def test_the_effect_is_known_before_the_decision(act, codes, world):
    asked = ask(act("clerk_a"), world, codes[0], raw="0")
    effect = effect_of(asked)

    assert (effect.before.place, effect.after.place) == (1, 1)
    assert effect.before.total == Decimal("92.00")
    sheets = [ask(act("clerk_a"), world, codes[0], raw="0", judge=judge) for judge in (2, 3, 4)]
    for one in (asked, *sheets[:2]):
        approve(act("chief_a"), one)
    effect = effect_of(sheets[2])
    assert (effect.before.total, effect.before.place) == (Decimal("84.00"), 6)
    assert (effect.after.total, effect.after.place) == (Decimal("80.00"), 6)


def test_the_history_has_every_value_with_who_and_why(act, inside, world):
    codes = judging.ready_to_mark(world)
    judging.mark(world, 1, codes[0], ("90", "90", "3"))
    lines = history_of(judging.track_of(world), codes[0])

    assert [line.kind for line in lines] == ["given"] * 5
    assert {(line.seat, line.who) for line in lines} == {(1, "甲裁判1")}
    assert history_of(judging.track_of(world), "?-0000") == []


def test_the_history_tells_who_asked_and_who_decided(act, codes, world):
    approve(act("chief_a"), ask(act("clerk_a"), world, codes[0]), "与纸质一致")
    lines = history_of(judging.track_of(world), codes[0])

    assert [(line.kind, line.old, line.new, line.who, line.why) for line in lines] == [
        ("asked", 3, 1, "甲统分员", WHY),
        ("approved", 3, 1, "甲裁判长", "与纸质一致"),
    ]


def test_the_marks_take_the_same_queries_for_any_number_of_corrections(act, codes, world):
    counts = []
    for number in (0, 1, 5):
        for judge in range(1, number + 1):
            if correction_of(world.track_a, judge) is None:
                approve(act("chief_a"), ask(act("clerk_a"), world, codes[1], judge=judge))
        track = judging.track_of(world)
        with count_queries() as sent:
            panel_marks(track)
        counts.append(sum(one.startswith("SELECT") for one in sent))

    assert len(set(counts)) == 1


@pytest.mark.parametrize("strategy", ["judgement_0_3", "consensus"])
def test_where_judges_must_agree_a_first_correction_is_shown_without_a_total(
    act, inside, world, strategy
):
    judging.change_rules(world, strategy=strategy, strategy_level="aspect")
    codes = judging.signed_off(world)
    key = judging.aspect_ids(world)["B1.3"]
    with transaction():
        sheet = judging.sheet(world, 1, codes[0])
        asked = ask_correction(act("clerk_a"), sheet, key, Decimal(0), WHY)
    effect = effect_of(asked)

    assert (effect.before.place, effect.after) == (1, Standing(None, None))
