"""Sub-criteria, kinds as they are kept, and the sections of a standard."""

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from random import Random

import pytest

from eventsys.db import session, transaction
from eventsys.schemes import actions
from eventsys.schemes.aspects import AspectKind
from eventsys.schemes.queries import (
    aspects_of,
    criteria_facts,
    facts_of,
    scheme_of,
    section_sums_of,
    sums_of,
    tree_of,
    worths_of,
)
from eventsys.schemes.rules import (
    AspectFacts,
    CriterionFacts,
    ParentUnfit,
    Source,
    source_sums,
)
from eventsys.schemes.sections import (
    DeviationUnfit,
    SectionFacts,
    SectionsIncomplete,
    SectionsOff,
    SectionsUnfit,
    SectionUnknown,
)
from eventsys.schemes.writing import check_complete
from tests import judging, schemes

D, K = Decimal, AspectKind
SECTIONS = (SectionFacts("1", "组织", D(40)), SectionFacts("2", "实施", D(60)))


@pytest.fixture
def organizer(act):
    return act("organizer_a")


@pytest.fixture
def track(inside, world):
    return judging.track_of(world)


def add(organizer, track, *args, **more):
    with transaction():
        return actions.add_criterion(organizer, track, CriterionFacts(*args, **more))


def check(code, points, section=""):
    return AspectFacts(code, K.CHECK, "检查", D(points), section=section)


def test_a_sub_criterion_stands_under_its_criterion_in_order(organizer, track):
    root = add(organizer, track, "A", "A", "加工")
    other = add(organizer, track, "A", "A-9", "安全")
    sub = add(organizer, track, "A", "A1", "精度", parent="A")
    with transaction():
        for owner, code in ((other, "Z.1"), (sub, "A1.1"), (root, "A.0")):
            actions.add_aspect(organizer, owner, check(code, 1))
    session().expire_all()

    assert [one.code for one in aspects_of(track)] == ["A.0", "A1.1", "Z.1"]
    nodes = tree_of(scheme_of(track.id))
    assert [(one.code, [sub.code for sub in below]) for one, below in nodes] == [
        ("A", ["A1"]),
        ("A-9", []),
    ]


def test_a_sub_criterion_of_nothing_of_itself_or_elsewhere_is_refused(organizer, track):
    root = add(organizer, track, "A", "A", "加工")
    add(organizer, track, "A", "A1", "精度", parent="A")
    for facts in (
        CriterionFacts("A", "A2", "x", parent="?"),
        CriterionFacts("A", "A2", "x", parent="A1"),
        CriterionFacts("B", "A2", "x", parent="A"),
    ):
        with pytest.raises(ParentUnfit), transaction():
            actions.add_criterion(organizer, track, facts)
    with pytest.raises(ParentUnfit), transaction():
        actions.edit_criterion(organizer, root, CriterionFacts("A", "A", "x", parent="A1"))


def test_a_criterion_takes_its_sub_criteria_along(organizer, track):
    root = add(organizer, track, "A", "A", "加工")
    sub = add(organizer, track, "A", "A1", "精度", parent="A")
    with transaction():
        actions.edit_criterion(organizer, root, CriterionFacts("B", "B", "加工"))
    assert (sub.module_code, sub.parent.code) == ("B", "B")
    with transaction():
        actions.remove_criterion(organizer, root)
    session().expire_all()

    assert scheme_of(track.id).criteria == []


def test_sub_criteria_move_among_themselves(organizer, track):
    add(organizer, track, "A", "A", "加工")
    add(organizer, track, "A", "A1", "一", parent="A")
    second = add(organizer, track, "A", "A2", "二", parent="A")
    with transaction():
        actions.move_criterion(organizer, second, -1)
        actions.move_criterion(organizer, second, -1)

    [(_root, below)] = tree_of(scheme_of(track.id))
    assert [one.code for one in below] == ["A2", "A1"]


@pytest.mark.parametrize("seed", range(5))
def test_a_whole_scheme_of_every_kind_is_kept_as_given(organizer, track, seed):
    given = schemes.scheme(Random(seed))  # noqa: S311  test data, nothing secret
    with transaction():
        actions.replace_scheme(organizer, track, given)
    session().expire_all()

    assert criteria_facts(scheme_of(track.id).criteria) == given


def test_violations_are_no_part_of_the_full_marks(organizer, track):
    criterion = add(organizer, track, "A", "A1", "过程", source=Source.PROCESS)
    with transaction():
        actions.add_aspect(organizer, criterion, check("A1.1", 60))
        violation = AspectFacts("A1.2", K.VIOLATION, "违规", D(20), step=D(5))
        actions.add_aspect(organizer, criterion, violation)
        actions.add_aspect(organizer, criterion, AspectFacts("A1.3", K.MACHINE, "机考", D(40)))

    assert [one.difference for one in sums_of(track)] == [0, 100]
    sources = source_sums(worths_of(scheme_of(track.id)))
    assert sources == {Source.PROCESS: D(60), Source.MACHINE: D(40)}


def sectioned(organizer, track, first):
    """Both modules complete; ``first`` points of module A in section 1, the rest in section 2."""
    with transaction():
        actions.set_sections(organizer, track, SECTIONS, D(5))
    one = add(organizer, track, "A", "A1", "一")
    two = add(organizer, track, "B", "B1", "二")
    with transaction():
        actions.add_aspect(organizer, one, check("A1.1", first, "1"))
        actions.add_aspect(organizer, one, check("A1.2", 100 - D(first), "2"))
        actions.add_aspect(organizer, two, check("B1.1", 100, "2"))
    session().expire_all()


def test_sections_are_weighed_as_the_modules_are(organizer, track):
    sectioned(organizer, track, "88.75")
    weights = {one.code: one.weight for one in track.rules.modules}
    scheme = scheme_of(track.id)

    first, second = section_sums_of(track, scheme)

    assert first.marks == Fraction("88.75") * Fraction(weights["A"]) / 100
    assert first.marks + second.marks == 100
    assert first.deviation == first.marks - 40


def test_a_section_may_lie_off_its_weight_as_far_as_allowed(organizer, track):
    sectioned(organizer, track, "88")
    with transaction():
        off = abs(section_sums_of(track, scheme_of(track.id))[0].deviation)
        allowed = D(off.numerator) / D(off.denominator)
        actions.set_sections(organizer, track, SECTIONS, allowed)
    check_complete(track)
    with transaction():
        actions.set_sections(organizer, track, SECTIONS, allowed - D("0.01"))

    with pytest.raises(SectionsOff):
        check_complete(track)


def test_every_aspect_that_counts_needs_a_section(organizer, track):
    sectioned(organizer, track, "88")
    aspect = aspects_of(track)[0]
    with transaction():
        actions.edit_aspect(organizer, aspect, replace(facts_of(aspect), section=""))
        owner = aspect.criterion
        actions.add_aspect(
            organizer, owner, AspectFacts("A1.9", K.VIOLATION, "违规", D(9), step=D(1))
        )

    with pytest.raises(SectionsIncomplete) as caught:
        check_complete(track)
    assert caught.value.facts == {"codes": "A1.1"}


def test_an_unknown_section_is_refused_and_a_dropped_one_forgotten(organizer, track):
    sectioned(organizer, track, "88")
    aspect = aspects_of(track)[0]
    with pytest.raises(SectionUnknown), transaction():
        actions.edit_aspect(organizer, aspect, replace(facts_of(aspect), section="9"))
    with transaction():
        actions.set_sections(organizer, track, (), D(5))

    assert {one.section for one in aspects_of(track)} == {""}
    check_complete(track)


@pytest.mark.parametrize(
    ("sections", "deviation", "refusal"),
    [
        (SECTIONS[:1], 5, SectionsUnfit),
        ((SECTIONS[0], SECTIONS[0], SECTIONS[0]), 5, SectionsUnfit),
        ((SECTIONS[0], replace(SECTIONS[1], name="")), 5, SectionsUnfit),
        ((*SECTIONS, SectionFacts("3", "x", D(0))), 5, SectionsUnfit),
        (SECTIONS, -1, DeviationUnfit),
        (SECTIONS, 101, DeviationUnfit),
    ],
)
def test_sections_that_do_not_share_out_the_whole_are_refused(
    organizer, track, sections, deviation, refusal
):
    with pytest.raises(refusal), transaction():
        actions.set_sections(organizer, track, sections, D(deviation))
