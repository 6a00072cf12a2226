"""Laws of marking schemes that hold for every kind, every value, every file."""

import io
from decimal import Decimal
from fractions import Fraction
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from eventsys.events.rules import ModuleRule
from eventsys.schemes.aspects import (
    MEASURED,
    AspectKind,
    aspect_points,
    check_machine_mark,
    check_raw,
)
from eventsys.schemes.exporting import write_scheme
from eventsys.schemes.importing import read_scheme
from eventsys.schemes.requirements import requirement_of, with_requirement
from eventsys.schemes.rules import AspectFacts, check_aspect_facts
from eventsys.schemes.sections import SectionFacts
from eventsys.schemes.specs import limits_in, only_used, parameters_in, spec_of, stays_valid
from eventsys.schemes.worldskills import read_world_skills, write_world_skills
from tests import schemes

K = AspectKind
RANDOMS = st.integers(0, 2**48).map(Random)
KINDS = st.sampled_from(AspectKind)
MODULES = tuple(ModuleRule(code, code, "", weight=Decimal(50), full=Decimal(100)) for code in "AB")


def points(facts: AspectFacts, raw: Decimal) -> Fraction:
    """What a value of an aspect is worth."""
    return aspect_points(facts.kind, facts.max_points, facts.limits, raw)


@given(RANDOMS, KINDS)
def test_points_lie_between_nothing_and_the_maximum(random, kind):
    facts = schemes.aspect(random, kind)
    check_aspect_facts(facts)
    raw = schemes.raw_for(random, facts)
    if kind is K.MACHINE:
        check_machine_mark(facts.code, facts.max_points, raw)
    else:
        check_raw(facts.code, kind, raw)

    full = Fraction(facts.max_points)
    low, high = (-full, 0) if kind is K.VIOLATION else (0, full)
    assert low <= points(facts, raw) <= high


@given(
    RANDOMS, st.sampled_from([K.JUDGEMENT, K.CHECK, K.MACHINE, K.FORMULA, K.DEDUCTION, K.VIOLATION])
)
def test_more_is_never_worth_less_where_the_kind_says_so(random, kind):
    facts = schemes.aspect(random, kind)
    one, other = sorted(schemes.raw_for(random, facts) for _ in range(2))

    low, high = points(facts, one), points(facts, other)
    falls = kind in (K.DEDUCTION, K.VIOLATION) or (facts.factor or 0) < 0
    assert high <= low if falls else low <= high


@given(RANDOMS)
def test_a_value_further_off_the_nominal_is_never_worth_more(random):
    facts = schemes.aspect(random, K.TOLERANCE)
    nominal = facts.nominal or Decimal(0)
    near, far = sorted(schemes.milli(random, 0, 1_200) for _ in range(2))

    assert points(facts, nominal + far) <= points(facts, nominal + near)
    assert points(facts, nominal + far) == points(facts, nominal - far)


@given(RANDOMS)
def test_every_value_inside_the_bands_lies_in_exactly_one(random):
    facts = schemes.aspect(random, K.BANDS)
    raw = schemes.raw_for(random, facts)
    first, last = facts.bands[0], facts.bands[-1]
    outside = (first.low is not None and raw < first.low) or (
        last.high is not None and raw > last.high
    )

    holding = [band for band in facts.bands if band.holds(raw)]

    assert bool(holding) is not outside
    if len(holding) == 2:
        assert holding[0].high == holding[1].low == raw
    assert points(facts, raw) in {Fraction(band.points) for band in holding} | (
        {0} if outside else set()
    )


@given(RANDOMS, KINDS)
def test_what_is_kept_as_json_is_what_was_entered(random, kind):
    facts = schemes.aspect(random, kind)
    spec = spec_of(facts)

    assert limits_in(spec) == facts.limits
    kept = AspectFacts(
        facts.code, kind, facts.text, facts.max_points, facts.text_en, **parameters_in(spec)
    )
    assert kept == facts == only_used(facts)


@given(RANDOMS, KINDS, KINDS)
def test_a_kept_mark_can_always_be_read_by_the_corrected_aspect(random, old_kind, new_kind):
    old, new = (schemes.aspect(random, kind) for kind in (old_kind, new_kind))
    raw = schemes.raw_for(random, old)
    if not stays_valid(old, new):
        return

    assert (old.kind in MEASURED) is (new.kind in MEASURED)
    if new.kind is K.MACHINE:
        check_machine_mark(new.code, new.max_points, raw)
    else:
        check_raw(new.code, new.kind, raw)
    assert stays_valid(new, old)


@given(RANDOMS, KINDS.filter(lambda kind: kind not in (K.JUDGEMENT, K.VIOLATION)))
def test_a_requirement_of_the_world_skills_sheet_loses_nothing(random, kind):
    facts = schemes.aspect(random, kind)
    bare = AspectFacts(facts.code, K.CHECK, facts.text, facts.max_points, facts.text_en)

    assert with_requirement(bare, requirement_of(facts)) == facts


def sections_for(random: Random) -> tuple[SectionFacts, ...]:
    """Two sections that share the whole."""
    weight = schemes.cents(random, 1, 9_999)
    return (SectionFacts("1", "组织", weight), SectionFacts("2", "实施", 100 - weight))


@settings(max_examples=12, deadline=None)  # a reader process starts each time
@given(RANDOMS)
def test_our_own_file_gives_back_the_scheme_it_was_written_from(random):
    criteria = schemes.in_sections(random, schemes.scheme(random))
    sections = sections_for(random)
    out = io.BytesIO()
    write_scheme(out, criteria, sections, str)

    read = read_scheme(out.getvalue(), "scheme.xlsx", MODULES, str, sections)

    assert read.problems == []
    assert read.criteria == criteria
    assert read.sections == sections


@settings(max_examples=12, deadline=None)  # a reader process starts each time
@given(RANDOMS)
def test_the_world_skills_sheet_gives_back_what_it_can_hold(random):
    criteria = schemes.for_world_skills(random)
    out = io.BytesIO()
    write_world_skills(out, criteria)

    read = read_world_skills(out.getvalue(), "cis.xlsx", MODULES, sections_for(random))

    assert read.problems == []
    assert read.criteria == criteria
