"""Marks of a judge: kept once, never overwritten silently, submitted only when complete."""

from decimal import Decimal

import pytest
from sqlalchemy import select

from eventsys.audit.models import AuditEntry
from eventsys.db import session, transaction
from eventsys.errors import Forbidden, NotThere
from eventsys.panels.queries import seats_of
from eventsys.schemes.aspects import (
    CheckOutOfRange,
    JudgementOutOfRange,
    MeasurementOutOfRange,
    OccurrencesOutOfRange,
)
from eventsys.schemes.models import Scheme
from eventsys.scoring.actions import (
    ContestMoved,
    MarksContested,
    MarksMissing,
    OperationReused,
    OperationUnfit,
    SheetChanged,
    SheetClosed,
    Told,
    save_mark,
    save_marks,
    settle_contest,
    submit_sheet,
)
from eventsys.scoring.chief_actions import return_sheet
from eventsys.scoring.models import Mark, MarkOperation
from eventsys.scoring.panel_actions import excuse_judge
from eventsys.scoring.queries import contests_of, late_taps, marks_of, panel_marks
from eventsys.scoring.states import SheetState
from eventsys.states import WrongState
from tests import judging
from tests.queries import count_queries

OP = "0d1c0b5e-0000-4000-8000-00000000000a"
RAWS = judging.raws_for(("90", "90", "3"))


@pytest.fixture
def codes(inside, world):
    return judging.ready_to_mark(world)


@pytest.fixture
def judge(act, codes):
    return act("judge1_a")


@pytest.fixture
def ids(codes, world):
    return judging.aspect_ids(world)


@pytest.fixture
def sheet(codes, world):
    return judging.sheet(world, 1, codes[0])


def save(judge, sheet, tap):
    with transaction():
        return save_mark(judge, sheet, tap)


def standing(sheet, aspect):
    """Value, whether contested, and the keys of the heads."""
    mark = marks_of(sheet.id)[aspect]
    return mark.raw, mark.is_contested, [head["op"] for head in mark.heads]


def test_a_mark_is_kept_with_its_operation_device_and_receipt_time(judge, sheet, ids):
    tap = judging.tap(ids["A1.2"], "1")

    with transaction():
        receipt = save_mark(judge, sheet, tap, "Safari · iPad 07AF")

    assert (receipt.op, receipt.told, receipt.refusal) == (tap.op, Told.APPLIED, None)
    mark = marks_of(sheet.id)[ids["A1.2"]]
    (head,) = mark.heads
    assert (mark.raw, mark.is_contested, mark.version) == (Decimal(1), False, 1)
    assert (head["op"], head["raw"], head["device"]) == (tap.op, "1", "Safari · iPad 07AF")
    assert (head["at"], head["by"]) == (mark.at.isoformat(), judge.name)
    assert sheet.version == 2


def test_the_same_delivery_twice_changes_nothing(judge, sheet, ids):
    tap = judging.tap(ids["A1.2"], "2", op=OP)
    save(judge, sheet, tap)
    save(judge, sheet, judging.tap(ids["A1.2"], "3", OP))

    again = save(judge, sheet, tap)

    assert again.told is Told.DUPLICATE
    assert standing(sheet, ids["A1.2"])[0] == 3
    assert session().query(MarkOperation).count() == 2


@pytest.mark.parametrize("change", [{"raw": "3"}, {"seen": ("x",)}, {"aspect": "B1.3"}])
def test_a_delivery_number_stands_for_one_body(judge, sheet, ids, change):
    save(judge, sheet, judging.tap(ids["A1.2"], "1", op=OP))
    aspect = ids[change.get("aspect", "A1.2")]

    with pytest.raises(OperationReused):
        save(
            judge,
            sheet,
            judging.tap(aspect, change.get("raw", "1"), *change.get("seen", ()), op=OP),
        )

    assert session().query(MarkOperation).count() == 1


def test_a_number_of_another_sheet_is_refused(judge, sheet, ids, codes, world):
    save(judge, sheet, judging.tap(ids["A1.2"], "1", op=OP))

    with pytest.raises(OperationReused):
        save(judge, judging.sheet(world, 1, codes[1]), judging.tap(ids["A1.2"], "1", op=OP))


def test_values_that_nobody_compared_are_contested(judge, sheet, ids):
    first, second = judging.tap(ids["A1.2"], "2"), judging.tap(ids["A1.2"], "1")
    save(judge, sheet, first)

    receipt = save(judge, sheet, second)

    assert receipt.told is Told.CONTESTED
    assert standing(sheet, ids["A1.2"]) == (None, True, sorted([first.op, second.op]))
    assert ids["A1.2"] not in panel_marks(sheet.track).raws_of(sheet)


def test_devices_that_say_the_same_do_not_differ(judge, sheet, ids):
    save(judge, sheet, judging.tap(ids["B1.2"], "31.990"))

    receipt = save(judge, sheet, judging.tap(ids["B1.2"], "31.99"))

    assert receipt.told is Told.APPLIED
    assert standing(sheet, ids["B1.2"])[:2] == (Decimal("31.99"), False)


def test_clearing_on_one_device_and_marking_on_the_other_differ(judge, sheet, ids):
    first = judging.tap(ids["A1.2"], "2")
    save(judge, sheet, first)
    save(judge, sheet, judging.tap(ids["A1.2"], None, first.op))

    assert save(judge, sheet, judging.tap(ids["A1.2"], "3", first.op)).told is Told.CONTESTED


def test_who_saw_all_values_settles_them(judge, sheet, ids):
    first, second = judging.tap(ids["A1.2"], "2"), judging.tap(ids["A1.2"], "1")
    save(judge, sheet, first)
    save(judge, sheet, second)

    one = save(judge, sheet, judging.tap(ids["A1.2"], "3", first.op))
    both = judging.tap(ids["A1.2"], "3", *standing(sheet, ids["A1.2"])[2])
    all_of_them = save(judge, sheet, both)

    assert (one.told, all_of_them.told) == (Told.CONTESTED, Told.APPLIED)
    assert standing(sheet, ids["A1.2"]) == (Decimal(3), False, [both.op])


def test_what_was_seen_may_arrive_later(judge, sheet, ids):
    early = judging.tap(ids["A1.2"], "2")
    late = judging.tap(ids["A1.2"], "3", early.op)

    save(judge, sheet, late)
    save(judge, sheet, early)

    assert standing(sheet, ids["A1.2"]) == (Decimal(3), False, [late.op])


def test_operations_that_saw_each_other_are_refused(judge, sheet, ids):
    save(judge, sheet, judging.tap(ids["A1.2"], "2", "later", op="earlier"))
    save(judge, sheet, judging.tap(ids["A1.2"], "2", "earlier", op="middle"))

    for op, seen in (("itself", "itself"), ("later", "middle")):
        with pytest.raises(OperationUnfit):
            save(judge, sheet, judging.tap(ids["A1.2"], "1", seen, op=op))

    assert standing(sheet, ids["A1.2"]) == (Decimal(2), False, ["middle"])


def test_a_mark_is_changed_and_cleared_by_who_sees_it(judge, sheet, ids):
    first = judging.tap(ids["A1.2"], "2")
    second = judging.tap(ids["A1.2"], "3", first.op)
    for tap in (first, second, judging.tap(ids["A1.2"], None, second.op)):
        save(judge, sheet, tap)

    mark = marks_of(sheet.id)[ids["A1.2"]]
    assert (mark.version, mark.raw, sheet.version) == (3, None, 4)
    deeds = select(AuditEntry.facts).where(AuditEntry.deed == "mark.entered")
    assert session().scalars(deeds.order_by(AuditEntry.sequence)).all() == [
        {"aspect": "A1.2", "before": None, "after": "2"},
        {"aspect": "A1.2", "before": "2", "after": "3"},
        {"aspect": "A1.2", "before": "3", "after": None},
    ]


def test_a_days_delivery_is_answered_one_by_one(judge, ids, codes, world):
    good = judging.tap(ids["A1.2"], "2")
    absurd, other = judging.tap(ids["A1.2"], "7"), judging.tap(ids["B1.3"], "1")
    judging.mark(world, 1, codes[2], ("90", "90", "3"))
    closed = judging.tap(ids["A1.2"], "0")
    seat = judging.sheet(world, 1, codes[0]).seat
    given = {codes[0]: [good, absurd, good], codes[1]: [other], codes[2]: [closed], "?": [good]}

    with transaction():
        delivery = save_marks(judge, seat, given)

    assert [one.told.value for one in delivery.receipts] == [
        *("applied", "refused", "duplicate", "applied", "late", "refused")
    ]
    assert sorted(delivery.sheets) == sorted(codes[:3])
    kept = session().scalars(select(MarkOperation.op).where(MarkOperation.raw == Decimal(7))).all()
    assert kept == []


def test_a_delivery_takes_the_same_queries_for_one_tap_and_for_many(judge, ids, codes, world):
    seat = judging.sheet(world, 1, codes[0]).seat
    save(judge, judging.sheet(world, 1, codes[0]), judging.tap(ids["A1.2"], "2"))  # freezes
    sent = []
    for some in (codes[:1], codes):
        given = {
            code: [judging.tap(ids[aspect], raw) for aspect, raw in RAWS.items()] for code in some
        }
        with count_queries() as counted, transaction():
            save_marks(judge, seat, given)
        sent.append(sum(one.startswith("SELECT") for one in counted))

    assert sent[0] == sent[1]
    assert sent[0] <= 11


# ---- contested marks


@pytest.fixture
def contest(judge, sheet, ids):
    """Two heads for A1.2: 2 and 1."""
    taps = [judging.tap(ids["A1.2"], raw) for raw in ("2", "1")]
    for tap in taps:
        save(judge, sheet, tap)
    return taps


def test_a_contested_sheet_is_not_submitted(judge, sheet, ids, contest, world):
    for aspect, raw in RAWS.items():
        if aspect != "A1.2":
            save(judge, sheet, judging.tap(ids[aspect], raw))

    with pytest.raises(MarksContested) as refused, transaction():
        submit_sheet(judge, sheet, sheet.version)

    assert refused.value.facts == {"codes": "A1.2"}


def test_the_chief_judge_sees_both_values_and_lets_one_hold(act, sheet, ids, contest, world):
    (shown,) = contests_of(judging.track_of(world))
    among = [head["raw"] for head in shown.mark.heads]
    assert sorted(among) == ["1", "2"]

    with transaction():
        settle_contest(act("chief_a"), sheet, ids["A1.2"], contest[0].op, shown.seen)

    assert standing(sheet, ids["A1.2"])[:2] == (Decimal(2), False)
    assert contests_of(judging.track_of(world)) == []
    facts = session().scalars(select(AuditEntry.facts).where(AuditEntry.deed == "mark.settled"))
    assert facts.all() == [{"aspect": "A1.2", "among": among, "holds": "2"}]


def test_values_that_came_after_the_chief_judge_looked_are_not_set_aside(
    act, judge, sheet, ids, contest
):
    seen = frozenset(tap.op for tap in contest)
    save(judge, sheet, judging.tap(ids["A1.2"], "3"))

    with pytest.raises(ContestMoved), transaction():
        settle_contest(act("chief_a"), sheet, ids["A1.2"], contest[0].op, seen)


def test_only_the_chief_judge_of_the_track_settles(act, sheet, ids, contest):
    seen = frozenset(tap.op for tap in contest)
    for name in ("judge1_a", "judge2_a", "organizer_a", "chief_b"):
        with pytest.raises(Forbidden), transaction():
            settle_contest(act(name), sheet, ids["A1.2"], contest[0].op, seen)


def test_nothing_is_settled_for_a_judge_who_was_excused(act, sheet, ids, contest):
    seen = frozenset(tap.op for tap in contest)
    with transaction():
        sheet.seat.excused_at, sheet.seat.excused_reason = judging.NOW, "急病送医"

    with pytest.raises(SheetClosed), transaction():
        settle_contest(act("chief_a"), sheet, ids["A1.2"], contest[0].op, seen)


def test_nothing_is_settled_where_nothing_is_contested(act, judge, sheet, ids):
    tap = judging.tap(ids["A1.2"], "2")
    save(judge, sheet, tap)

    with pytest.raises(ContestMoved), transaction():
        settle_contest(act("chief_a"), sheet, ids["A1.2"], tap.op, frozenset({tap.op}))


# ---- refusals


@pytest.mark.parametrize(
    ("aspect", "raw", "refusal"),
    [
        ("A1.2", "4", JudgementOutOfRange),
        ("A1.2", "1.5", JudgementOutOfRange),
        ("B1.3", "2", CheckOutOfRange),
        ("A1.1", "-1", OccurrencesOutOfRange),
        ("B1.2", "31.98765", MeasurementOutOfRange),
        ("B1.2", "NaN", MeasurementOutOfRange),
    ],
)
def test_an_absurd_value_is_refused_and_nothing_kept(judge, sheet, ids, aspect, raw, refusal):
    with pytest.raises(refusal):
        save(judge, sheet, judging.tap(ids[aspect], raw))

    assert marks_of(sheet.id) == {}


def test_an_aspect_of_another_scheme_is_not_there(judge, sheet):
    with pytest.raises(NotThere):
        save(judge, sheet, judging.tap(1, "1"))


def test_nobody_writes_on_another_judges_sheet(act, sheet, ids):
    for name in ("judge2_a", "chief_a", "organizer_a", "admin_a", "judge1_b"):
        with pytest.raises(Forbidden):
            save(act(name), sheet, judging.tap(ids["A1.2"], "1"))


def test_an_excused_judge_marks_no_more(act, judge, sheet, ids, world):
    with transaction():
        excuse_judge(act("organizer_a"), seats_of(world.track_a)[0], "突发疾病离场")

    with pytest.raises(Forbidden):
        save(judge, sheet, judging.tap(ids["A1.2"], "1"))


def test_the_first_mark_freezes_the_scheme_once(judge, sheet, ids, world):
    save(judge, sheet, judging.tap(ids["A1.2"], "2"))
    frozen = session().scalars(select(Scheme)).one().frozen_at
    save(judge, sheet, judging.tap(ids["B1.3"], "1"))

    assert frozen is not None
    assert session().scalars(select(Scheme)).one().frozen_at == frozen


def test_a_sheet_is_submitted_when_every_aspect_is_marked(judge, sheet, ids, world):
    with pytest.raises(MarksMissing) as refused, transaction():
        submit_sheet(judge, sheet, sheet.version)
    assert refused.value.facts == {"codes": "A1.1, A1.2, B1.1, B1.2, B1.3"}

    judging.mark(world, 1, sheet.code, ("90", "90", "3"))

    assert (sheet.state, sheet.submitted_at is not None) == (SheetState.SUBMITTED, True)


def test_a_sheet_is_submitted_only_as_the_judge_saw_it(judge, sheet, ids, world):
    judging.mark(world, 1, sheet.code, ("90", "90", "3"), submit=False)
    seen = sheet.version
    save(judge, sheet, judging.tap(ids["A1.2"], "2"))

    with pytest.raises(SheetChanged), transaction():
        submit_sheet(judge, sheet, seen)


def test_a_submitted_sheet_is_closed(act, judge, sheet, ids, contest, world):
    for aspect, raw in RAWS.items():
        seen = [tap.op for tap in contest] if aspect == "A1.2" else []
        save(judge, sheet, judging.tap(ids[aspect], raw, *seen))
    with transaction():
        submit_sheet(judge, sheet, sheet.version)

    with pytest.raises(WrongState), transaction():
        submit_sheet(judge, sheet, sheet.version)
    with pytest.raises(SheetClosed), transaction():
        settle_contest(act("chief_a"), sheet, ids["A1.2"], contest[0].op, frozenset())


def test_a_tap_that_came_before_the_end_is_known_after_it(judge, sheet, ids, world):
    tap = judging.tap(ids["A1.2"], "3", op=OP)
    save(judge, sheet, tap)
    for aspect, raw in RAWS.items():
        if aspect != "A1.2":
            save(judge, sheet, judging.tap(ids[aspect], raw))
    with transaction():
        submit_sheet(judge, sheet, sheet.version)

    assert save(judge, sheet, tap).told is Told.DUPLICATE


def test_a_tap_that_came_too_late_is_kept_as_evidence_once(judge, sheet, ids, world):
    judging.mark(world, 1, sheet.code, ("90", "90", "3"))
    before = {key: (mark.raw, mark.version) for key, mark in marks_of(sheet.id).items()}
    late = judging.tap(ids["A1.2"], "0", op=OP)

    told = [save(judge, sheet, late).told for _delivery in range(2)]

    assert told == [Told.LATE] * 2
    found = [(tap.raw, own.code, aspect.code) for tap, own, aspect in late_taps(world.track_a)]
    assert found == [(Decimal(0), sheet.code, "A1.2")]
    assert {key: (mark.raw, mark.version) for key, mark in marks_of(sheet.id).items()} == before


def test_what_came_too_late_is_not_applied_when_the_sheet_is_returned(
    act, judge, sheet, ids, world
):
    judging.mark(world, 1, sheet.code, ("90", "90", "3"))
    late = judging.tap(ids["A1.2"], "0", op=OP)
    save(judge, sheet, late)
    with transaction():
        return_sheet(act("chief_a"), sheet, "请说明 A1.2 的理由")

    again = save(judge, sheet, late)
    after = save(judge, sheet, judging.tap(ids["A1.2"], "1", *standing(sheet, ids["A1.2"])[2]))

    assert (again.told, after.told) == (Told.LATE, Told.APPLIED)
    assert standing(sheet, ids["A1.2"])[:2] == (Decimal(1), False)


def test_every_tap_left_its_operation(judge, sheet, ids):
    first = judging.tap(ids["A1.2"], "2")
    save(judge, sheet, first)
    save(judge, sheet, judging.tap(ids["A1.2"], "3", first.op))

    assert sorted(session().scalars(select(MarkOperation.raw)).all()) == [2, 3]
    assert session().scalars(select(Mark.raw)).all() == [3]
