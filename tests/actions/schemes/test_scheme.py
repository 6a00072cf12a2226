"""Writing a marking scheme: what is refused, what is recorded, when it freezes."""

from dataclasses import replace
from decimal import Decimal

import pytest
from sqlalchemy import select

from eventsys.audit.models import AuditEntry
from eventsys.db import session, transaction
from eventsys.errors import Forbidden
from eventsys.schemes import actions
from eventsys.schemes.actions import facts_of
from eventsys.schemes.aspects import AspectKind
from eventsys.schemes.parameters import AspectUnusable
from eventsys.schemes.queries import aspects_of, scheme_of, sums_of
from eventsys.schemes.rules import (
    AspectFacts,
    CodeTaken,
    CodeUnfit,
    CriterionFacts,
    LevelsMissing,
    LimitsUnfit,
    PointsUnfit,
    UnknownModule,
)
from eventsys.schemes.writing import SchemeFrozen
from tests import judging

CRITERION = CriterionFacts("A", "A1", "工艺")
CHECK = AspectFacts("A1.1", AspectKind.CHECK, "倒角", Decimal(40))
JUDGED = AspectFacts("A1.2", AspectKind.JUDGEMENT, "程序", Decimal("0.25"), levels=judging.LEVELS)


@pytest.fixture
def organizer(act):
    return act("organizer_a")


@pytest.fixture
def criterion(organizer, world):
    with transaction():
        return actions.add_criterion(organizer, judging.track_of(world), CRITERION)


def test_the_first_criterion_begins_the_scheme(organizer, criterion, world):
    scheme = scheme_of(world.track_a)

    assert [one.code for one in scheme.criteria] == ["A1"]
    assert session().scalars(
        select(AuditEntry.deed).where(AuditEntry.deed.startswith("criterion"))
    ).all() == ["criterion.added"]


def test_sums_show_the_difference_to_full_marks(organizer, criterion, world):
    with transaction():
        actions.add_aspect(organizer, criterion, CHECK)

    sums = sums_of(judging.track_of(world))

    assert [(one.code, one.points, one.full, one.difference) for one in sums] == [
        ("A", Decimal(40), Decimal(100), Decimal(60)),
        ("B", Decimal(0), Decimal(100), Decimal(100)),
    ]


@pytest.mark.parametrize(
    ("facts", "refusal"),
    [
        (replace(CHECK, code="A 1"), CodeUnfit),
        (replace(CHECK, code=""), CodeUnfit),
        (replace(CHECK, code="12345678901"), CodeUnfit),
        (replace(CHECK, max_points=Decimal("0.125")), PointsUnfit),
        (replace(CHECK, max_points=Decimal(1001)), PointsUnfit),
        (replace(CHECK, max_points=Decimal("NaN")), PointsUnfit),
        (replace(CHECK, max_points=Decimal(0)), AspectUnusable),
        (replace(JUDGED, levels=("a", "b", "c")), LevelsMissing),
        (replace(JUDGED, levels=("a", "b", "c", "")), LevelsMissing),
        (replace(CHECK, kind=AspectKind.MEASUREMENT), AspectUnusable),
        (
            replace(CHECK, kind=AspectKind.MEASUREMENT, low=Decimal("0.0001")),
            LimitsUnfit,
        ),
        (
            replace(CHECK, kind=AspectKind.MEASUREMENT, low=Decimal(2), high=Decimal(1)),
            AspectUnusable,
        ),
        (replace(CHECK, kind=AspectKind.DEDUCTION), AspectUnusable),
        (replace(CHECK, kind=AspectKind.DEDUCTION, step=Decimal("0.001")), PointsUnfit),
    ],
)
def test_an_aspect_nobody_could_mark_is_refused(organizer, criterion, world, facts, refusal):
    with pytest.raises(refusal), transaction():
        actions.add_aspect(organizer, criterion, facts)

    assert aspects_of(judging.track_of(world)) == []


def test_an_aspect_is_kept_as_entered(organizer, criterion, world):
    with transaction():
        actions.add_aspect(organizer, criterion, JUDGED)

    assert [facts_of(one) for one in aspects_of(judging.track_of(world))] == [JUDGED]


def test_an_aspect_is_edited_moved_and_removed(organizer, criterion, world):
    with transaction():
        first = actions.add_aspect(organizer, criterion, CHECK)
        second = actions.add_aspect(organizer, criterion, JUDGED)
    with transaction():
        actions.edit_aspect(organizer, first, replace(CHECK, max_points=Decimal(41)))
        actions.move_aspect(organizer, second, -1)
        actions.move_aspect(organizer, second, -1)

    assert [one.code for one in aspects_of(judging.track_of(world))] == ["A1.2", "A1.1"]

    with transaction():
        actions.remove_aspect(organizer, second)

    kept = aspects_of(judging.track_of(world))
    assert [(one.code, one.max_points) for one in kept] == [("A1.1", Decimal(41))]


def test_a_criterion_is_edited_moved_and_removed_with_its_aspects(organizer, criterion, world):
    track = judging.track_of(world)
    with transaction():
        actions.add_aspect(organizer, criterion, CHECK)
        second = actions.add_criterion(organizer, track, replace(CRITERION, code="A2"))
    with transaction():
        actions.edit_criterion(
            organizer, criterion, replace(CRITERION, name="加工", name_en="Machining")
        )
        actions.move_criterion(organizer, second, -1)
    session().expire_all()

    assert [(one.code, one.name_en) for one in scheme_of(track.id).criteria] == [
        ("A2", ""),
        ("A1", "Machining"),
    ]

    with transaction():
        actions.remove_criterion(organizer, criterion)

    assert aspects_of(track) == []


def test_codes_are_given_once(organizer, criterion, world):
    with transaction():
        actions.add_aspect(organizer, criterion, CHECK)
        other = actions.add_criterion(
            organizer, judging.track_of(world), replace(CRITERION, code="B1", module_code="B")
        )

    with pytest.raises(CodeTaken), transaction():
        actions.add_aspect(organizer, other, CHECK)
    with pytest.raises(CodeTaken), transaction():
        actions.add_criterion(organizer, judging.track_of(world), CRITERION)


def test_a_module_the_track_does_not_have_is_refused(organizer, world):
    with pytest.raises(UnknownModule), transaction():
        actions.add_criterion(
            organizer, judging.track_of(world), replace(CRITERION, module_code="C")
        )


@pytest.mark.parametrize(
    "name", ["organizer2_a", "judge1_a", "chief_a", "leader1_a", "organizer_b"]
)
def test_only_the_organizer_writes_the_scheme(act, world, name):
    with pytest.raises(Forbidden), transaction():
        actions.add_criterion(act(name), judging.track_of(world), CRITERION)


def test_an_imported_scheme_replaces_everything_or_nothing(organizer, criterion, world):
    track = judging.track_of(world)
    broken = replace(judging.SCHEME[1], code="A1")

    with pytest.raises(CodeTaken), transaction():
        actions.replace_scheme(organizer, track, [judging.SCHEME[0], broken])

    assert [one.code for one in scheme_of(track.id).criteria] == ["A1"]

    with transaction():
        actions.replace_scheme(organizer, track, judging.SCHEME)

    assert [one.code for one in aspects_of(track)] == ["A1.1", "A1.2", "B1.1", "B1.2", "B1.3"]


def test_the_first_mark_freezes_the_scheme(organizer, world):
    codes = judging.ready_to_mark(world)
    track = judging.track_of(world)
    aspect = aspects_of(track)[0]
    with transaction():
        actions.edit_aspect(organizer, aspect, replace(facts_of(aspect), text="改一改"))
    judging.mark(world, 1, codes[0], ("90", "90", "3"), submit=False)

    for change in (
        lambda: actions.add_criterion(organizer, track, replace(CRITERION, code="A9")),
        lambda: actions.edit_aspect(organizer, aspect, facts_of(aspect)),
        lambda: actions.remove_aspect(organizer, aspect),
        lambda: actions.move_aspect(organizer, aspect, 1),
        lambda: actions.replace_scheme(organizer, track, judging.SCHEME),
    ):
        with pytest.raises(SchemeFrozen), transaction():
            change()
