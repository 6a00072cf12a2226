"""Two devices write the same mark at once: both stand, none is lost; signing off waits."""

from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from threading import Barrier

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from eventsys.db import session, transaction
from eventsys.errors import DomainError
from eventsys.events.models import Track
from eventsys.scoring import actions
from eventsys.scoring.actions import Told, save_mark, submit_sheet
from eventsys.scoring.chief_actions import sign_off
from eventsys.scoring.exam_actions import GivenMark, MarksStale, save_exam_marks
from eventsys.scoring.exam_queries import candidates
from eventsys.scoring.models import Mark, MarkOperation, MarkSheet
from eventsys.scoring.queries import marks_of, sheet_of
from eventsys.scoring.states import PartStatus, SheetState
from tests import judging
from tests.world import PASSWORD


def at_once(app, deeds):
    """Do every deed in a thread of its own; what each gave, or the refusal."""
    start = Barrier(len(deeds))

    def run(deed):
        with app.app_context():
            start.wait()
            try:
                with transaction():
                    return deed()
            except DomainError as refusal:
                return refusal
            finally:
                session().close()

    with ThreadPoolExecutor(len(deeds)) as pool:
        return list(pool.map(run, deeds))


def saving(actor, seat_id, code, tap):
    return lambda: save_mark(actor, sheet_of(seat_id, code), tap)


def test_two_devices_on_the_same_aspect_are_contested_and_lose_nothing(app, act, world):
    codes = judging.ready_to_mark(world)
    aspect, judge = judging.aspect_ids(world)["A1.2"], act("judge1_a")
    seat_id = judging.sheet(world, 1, codes[0]).seat_id
    session().close()

    seen: tuple[str, ...] = ()
    for _turn in range(4):
        taps = [judging.tap(aspect, raw, *seen) for raw in ("1", "2")]
        answers = at_once(app, [saving(judge, seat_id, codes[0], tap) for tap in taps])
        seen = tuple(tap.op for tap in taps)

        assert sorted(one.told for one in answers) == [Told.APPLIED, Told.CONTESTED]

    kept = session().scalars(select(Mark)).one()
    assert (kept.version, kept.raw, kept.is_contested) == (8, None, True)
    assert {head["op"] for head in kept.heads} == set(seen)
    assert session().scalar(select(func.count(MarkOperation.id))) == 8


def test_many_aspects_at_once_are_all_kept(app, act, world):
    codes = judging.ready_to_mark(world)
    ids, judge = judging.aspect_ids(world), act("judge1_a")
    seat_id = judging.sheet(world, 1, codes[0]).seat_id
    session().close()
    raws = judging.raws_for(("90", "90", "3"))
    taps = [judging.tap(ids[code], raw) for code, raw in raws.items()]

    answers = at_once(app, [saving(judge, seat_id, codes[0], tap) for tap in taps])

    assert [one.told for one in answers] == [Told.APPLIED] * 5
    assert session().scalar(select(func.count(Mark.id))) == 5
    assert judging.sheet(world, 1, codes[0]).version == 6


def test_the_same_delivery_at_once_is_written_once(app, act, world):
    codes = judging.ready_to_mark(world)
    aspect, judge = judging.aspect_ids(world)["A1.2"], act("judge1_a")
    seat_id = judging.sheet(world, 1, codes[0]).seat_id
    session().close()
    tap = judging.tap(aspect, "2")

    answers = at_once(app, [saving(judge, seat_id, codes[0], tap)] * 4)

    told = sorted(one.told for one in answers)
    assert told == [Told.APPLIED, *[Told.DUPLICATE] * 3]
    assert session().scalars(select(Mark.version)).all() == [1]


def test_with_the_number_looked_up_before_the_transaction_a_tablet_gets_an_error(
    app, act, world, monkeypatch
):
    codes = judging.ready_to_mark(world)
    aspect, judge = judging.aspect_ids(world)["A1.2"], act("judge1_a")
    seat_id = judging.sheet(world, 1, codes[0]).seat_id
    session().close()
    tap = judging.tap(aspect, "2")
    looked = Barrier(2)
    careful = actions._open_book

    def careless(*args, **kwargs):
        book = careful(*args, **kwargs)
        book.operations.pop(tap.op, None)  # what was known when nobody had written yet
        return book

    def run(_number):
        with app.app_context():
            assert session().scalar(select(MarkOperation).where(MarkOperation.op == tap.op)) is None
            looked.wait()
            try:
                with transaction():
                    return save_mark(judge, sheet_of(seat_id, codes[0]), tap).told
            except IntegrityError:
                return "an error instead of an answer"
            finally:
                session().close()

    monkeypatch.setattr(actions, "_open_book", careless)
    with ThreadPoolExecutor(2) as pool:
        told = list(pool.map(run, range(2)))

    assert sorted(told) == ["an error instead of an answer", Told.APPLIED]


def test_signing_off_and_a_late_mark_never_cross(app, act, world):
    codes = judging.ready_to_mark(world)
    judging.mark_everything(world, judging.same_for_all(codes))
    judging.confirm_everything(world)
    aspect, judge, chief = judging.aspect_ids(world)["A1.2"], act("judge1_a"), act("chief_a")
    seat_id = judging.sheet(world, 1, codes[0]).seat_id
    session().close()

    def sign():
        sign_off(chief, session().get_one(Track, world.track_a), PASSWORD)
        return "signed"

    def resubmit():
        own = sheet_of(seat_id, codes[0])
        told = save_mark(judge, own, judging.tap(aspect, "0")).told
        submit_sheet(judge, own, own.version)
        return told

    answers = at_once(app, [sign, resubmit])

    assert answers[0] == "signed"
    assert isinstance(answers[1], DomainError)
    assert set(session().scalars(select(MarkSheet.state))) == {SheetState.LOCKED}
    assert marks_of(sheet_of(seat_id, codes[0]).id)[aspect].raw == 3


def test_two_assessors_on_one_candidate_make_one_conflict(app, act, world):
    assessor = act("assessor_a")
    session().close()

    def entering(points):
        mark = GivenMark(world.candidate1_a, PartStatus.VALID, Decimal(points), 1)
        return lambda: save_exam_marks(
            assessor, session().get_one(Track, world.exam_track_a), "T", [mark]
        )

    first = GivenMark(world.candidate1_a, PartStatus.VALID, Decimal(50), 0)
    with transaction():
        save_exam_marks(assessor, session().get_one(Track, world.exam_track_a), "T", [first])
    session().close()

    answers = at_once(app, [entering("60"), entering("70")])

    assert sorted(type(one).__name__ for one in answers) == ["MarksStale", "int"]
    assert [one for one in answers if isinstance(one, MarksStale)] != []
    assert candidates(world.exam_track_a, "T")[0].version == 2
