"""The re-check: drawn at the handing over, worked through, widened, locked by two people."""

from dataclasses import replace
from decimal import Decimal

import pytest
from sqlalchemy import func, select

from eventsys.audit.models import AuditEntry
from eventsys.db import session, transaction
from eventsys.errors import Forbidden, NotThere
from eventsys.rechecks.actions import (
    CheckedAlready,
    ChiefUnfit,
    CodesUnchecked,
    CorrectionsUndecided,
    FoundError,
    MarksLocked,
    NoRecheck,
    find_agreement,
    find_error,
    hand_over,
    lock_together,
)
from eventsys.rechecks.models import Recheck, RecheckItem
from eventsys.rechecks.queries import (
    items_of,
    progress_of,
    recheck_of,
    recheck_rule,
    tracks_to_recheck,
)
from eventsys.rechecks.rules import Finding, Why, pick
from eventsys.results.actions import NotRechecked, open_map
from eventsys.schemes.queries import competition_rules
from eventsys.scoring.chief_actions import AlreadySignedOff
from eventsys.scoring.correction_actions import approve_correction, refuse_correction
from eventsys.scoring.models import Marking, MarkSheet
from eventsys.scoring.queries import panel_marks
from eventsys.scoring.scores import entry_scores
from eventsys.scoring.signing import WrongPassword
from eventsys.scoring.states import SheetState
from tests import judging
from tests.actions.scoring.test_confirming import same_person
from tests.queries import count_queries
from tests.world import PASSWORD

WHY = "与签名不一致"


@pytest.fixture
def supervisor(act):
    return act("supervisor_a")


@pytest.fixture
def codes(inside, world):
    """Six codes; two of the best and one of the others are re-checked."""
    return judging.re_checked(world)


def progress(world):
    return progress_of(recheck_of(world.track_a), panel_marks(judging.track_of(world)))


def agree(supervisor, world):
    """Everything on the list that is not checked yet agrees."""
    for item in items_of(recheck_of(world.track_a)):
        if item.finding is None:
            with transaction():
                find_agreement(supervisor, judging.track_of(world), item.code)


def err(supervisor, world, code, raw="1", judge=1):
    with transaction():
        found = FoundError(
            judging.sheet(world, judge, code),
            judging.aspect_ids(world)["A1.2"],
            Decimal(raw),
            WHY,
        )
        return find_error(supervisor, judging.track_of(world), found)


def lock(supervisor, world, chief="chief_a", password=PASSWORD):
    with transaction():
        lock_together(supervisor, judging.track_of(world), judging.user(chief), password)


def test_the_handing_over_draws_the_list_and_locks_nothing(codes, world):
    marking, recheck = session().scalars(select(Marking)).one(), recheck_of(world.track_a)

    assert (marking.submitted_by, marking.locked_at) == ("甲裁判长", None)
    assert set(session().scalars(select(MarkSheet.state))) == {SheetState.CONFIRMED}
    whys = [item.why for item in items_of(recheck)]
    assert (recheck.codes, whys.count(Why.TOP), whys.count(Why.SAMPLE)) == (6, 2, 1)


def test_the_list_can_be_drawn_again_from_its_seed(codes, world):
    track, recheck = judging.track_of(world), recheck_of(world.track_a)
    scores = entry_scores(panel_marks(track), competition_rules(track))
    picked = pick(
        recheck.seed, {code: one.total for code, one in scores.items()}, recheck_rule(track)
    )

    assert {item.code for item in items_of(recheck)} == {*picked.top, *picked.sample}
    assert picked.top == (codes[0], codes[1])


def test_without_a_re_check_the_chief_judge_locks_alone(act, inside, world):
    codes = judging.ready_to_mark(world)
    judging.mark_everything(world, judging.same_for_all(codes))
    judging.confirm_everything(world)
    with transaction():
        found = hand_over(act("chief_a"), judging.track_of(world), PASSWORD)

    marking = session().scalars(select(Marking)).one()
    assert (found, recheck_of(world.track_a)) == (None, None)
    assert (marking.locked_by, marking.locked_with) == ("甲裁判长", "")
    deeds = select(AuditEntry.deed).where(AuditEntry.deed.startswith("marks."))
    assert session().scalars(deeds.order_by(AuditEntry.sequence)).all() == [
        "marks.signed_off",
        "marks.locked",
    ]


def test_the_map_stays_sealed_until_the_marks_are_locked(act, supervisor, codes, world):
    encryptor, witness = act("encryptor_a"), judging.user("supervisor_a")
    with pytest.raises(NotRechecked), transaction():
        open_map(encryptor, judging.track_of(world), witness)
    agree(supervisor, world)
    with pytest.raises(NotRechecked), transaction():
        open_map(encryptor, judging.track_of(world), witness)

    lock(supervisor, world)

    assert session().scalars(select(Marking.locked_at)).one() is not None


def test_supervisor_and_chief_judge_lock_together(supervisor, codes, world):
    agree(supervisor, world)
    lock(supervisor, world)

    marking = session().scalars(select(Marking)).one()
    assert (marking.locked_by, marking.locked_with) == ("甲监督员", "甲裁判长")
    assert set(session().scalars(select(MarkSheet.state))) == {SheetState.LOCKED}
    with pytest.raises(MarksLocked):
        lock(supervisor, world)
    with pytest.raises(MarksLocked), transaction():
        find_agreement(supervisor, judging.track_of(world), codes[0])


def test_the_lock_waits_for_every_code_of_the_list(supervisor, codes, world):
    with pytest.raises(CodesUnchecked) as refused:
        lock(supervisor, world)

    assert refused.value.facts == {"count": 3}


def test_the_lock_waits_for_every_correction(act, supervisor, codes, world):
    judging.change_rules_again(world, recheck_error_limit=Decimal(100))
    correction = err(supervisor, world, codes[0])
    agree(supervisor, world)
    with pytest.raises(CorrectionsUndecided) as refused:
        lock(supervisor, world)
    assert refused.value.facts == {"count": 1}
    with transaction():
        approve_correction(act("chief_a"), correction)

    lock(supervisor, world)

    sheet = judging.sheet(world, 1, codes[0])
    key = judging.aspect_ids(world)["A1.2"]
    assert panel_marks(judging.track_of(world)).raws_of(sheet)[key] == 1


def test_the_lock_wants_the_chief_judges_own_password(supervisor, codes, world):
    agree(supervisor, world)
    with pytest.raises(WrongPassword):
        lock(supervisor, world, password="not-the-password")
    for name in ("supervisor2_a", "supervisor_a", "judge1_a", "chief_b"):
        with pytest.raises(ChiefUnfit):
            lock(supervisor, world, chief=name)
    same_person("supervisor_a", "chief_a")
    with pytest.raises(ChiefUnfit):
        lock(replace(supervisor, person_id=judging.user("chief_a").person_id), world)

    assert session().scalars(select(Marking.locked_at)).one() is None


@pytest.mark.parametrize("name", ["chief_a", "clerk_a", "judge1_a", "organizer_a", "supervisor_b"])
def test_only_supervisors_re_check(act, codes, world, name):
    code = items_of(recheck_of(world.track_a))[0].code
    with pytest.raises(Forbidden), transaction():
        find_agreement(act(name), judging.track_of(world), code)
    with pytest.raises(Forbidden):
        err(act(name), world, code)
    with pytest.raises(Forbidden):
        lock(act(name), world)


def test_a_code_is_checked_once_and_only_if_it_is_on_the_list(act, supervisor, codes, world):
    track, listed = judging.track_of(world), {one.code for one in progress(world).items}
    with transaction():
        find_agreement(supervisor, track, codes[0])
    with pytest.raises(CheckedAlready) as refused, transaction():
        find_agreement(act("supervisor2_a"), track, codes[0])
    assert refused.value.facts == {"name": "甲监督员", "code": codes[0]}
    for code in set(codes) - listed:
        with pytest.raises(NotThere), transaction():
            find_agreement(supervisor, track, code)


def test_there_is_nothing_to_re_check_before_the_handing_over(supervisor, inside, world):
    codes = judging.ready_to_mark(world)

    with pytest.raises(NoRecheck), transaction():
        find_agreement(supervisor, judging.track_of(world), codes[0])


def test_too_many_errors_re_open_everything_and_earlier_checks_no_longer_count(
    supervisor, codes, world
):
    with transaction():
        find_agreement(supervisor, judging.track_of(world), codes[1])
    err(supervisor, world, codes[0])

    recheck, now = recheck_of(world.track_a), progress(world)
    assert (recheck.round, recheck.full_errors, recheck.full_base) == (2, 1, 3)
    assert [(one.code, one.why, one.finding) for one in now.items] == [
        (code, Why.ALL, None) for code in codes
    ]
    kept = select(func.count(RecheckItem.id)).where(RecheckItem.round == 1)
    assert session().scalar(kept) == 3
    told = select(AuditEntry.facts).where(AuditEntry.deed == "recheck.widened")
    assert session().scalars(told).one() == {"errors": 1, "base": 3, "codes": 6}


def test_errors_within_the_limit_re_open_nothing(supervisor, codes, world):
    judging.change_rules_again(world, recheck_denominator="items")
    err(supervisor, world, codes[0])

    now = progress(world)
    assert (now.recheck.round, now.errors, now.base) == (1, 1, 3 * 5 * 5)
    assert [one.finding for one in now.items if one.code == codes[0]] == [Finding.ERROR]


def test_counted_by_marks_four_errors_of_seventy_five_are_too_many(supervisor, codes, world):
    judging.change_rules_again(world, recheck_denominator="items")
    for judge in range(1, 5):
        err(supervisor, world, codes[0], judge=judge)

    recheck = recheck_of(world.track_a)
    assert (recheck.round, recheck.full_errors, recheck.full_base) == (2, 4, 75)


def test_an_error_the_chief_judge_refuses_does_not_count(act, supervisor, codes, world):
    judging.change_rules_again(world, recheck_error_limit=Decimal(50))
    correction = err(supervisor, world, codes[0])
    assert progress(world).errors == 1
    with transaction():
        refuse_correction(act("chief_a"), correction, "不是录入错误")

    assert progress(world).errors == 0


def test_a_code_found_right_may_still_turn_out_wrong(supervisor, codes, world):
    judging.change_rules_again(world, recheck_error_limit=Decimal(50))
    agree(supervisor, world)
    err(supervisor, world, codes[0])

    assert [one.finding for one in progress(world).items if one.code == codes[0]] == [Finding.ERROR]


def test_marks_are_handed_over_once(act, codes, world):
    with pytest.raises(AlreadySignedOff), transaction():
        hand_over(act("chief_a"), judging.track_of(world), PASSWORD)

    assert session().scalar(select(func.count(Recheck.id))) == 1


def test_supervisors_are_told_what_waits(act, supervisor, codes, world):
    def told():
        return [(track.id, number, left) for track, number, left in tracks_to_recheck(supervisor)]

    assert told() == [(world.track_a, 3, 3)]
    assert tracks_to_recheck(act("supervisor_b")) == []
    agree(supervisor, world)
    assert told() == [(world.track_a, 3, 0)]
    lock(supervisor, world)
    assert told() == []


def test_the_progress_takes_the_same_queries_for_any_list(supervisor, codes, world):
    counts = []
    for _round in (1, 2):
        track = judging.track_of(world)
        panel, recheck = panel_marks(track), recheck_of(track.id)
        with count_queries() as sent:
            progress_of(recheck, panel)
        counts.append(sum(one.startswith("SELECT") for one in sent))
        if _round == 1:
            err(supervisor, world, codes[0])

    assert counts[0] == counts[1]
