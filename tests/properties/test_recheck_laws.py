"""Whatever the numbers: enough is checked, nothing twice, and the seed alone decides."""

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from eventsys.rechecks.rules import RecheckRule, pick, sample_size, top_size

PERCENT = st.decimals(0, 100, places=1)
TOTALS = st.dictionaries(
    st.from_regex(r"[A-Z]-[0-9]{4}", fullmatch=True), st.decimals(0, 100, places=1), max_size=60
)
RULES = st.builds(
    RecheckRule,
    st.sampled_from(["percent", "count"]),
    PERCENT,
    PERCENT,
    st.just(Decimal(5)),
    st.just("entries"),
)


@given(RULES, TOTALS, st.text(max_size=5))
def test_no_code_is_on_the_list_twice_and_none_comes_from_elsewhere(rule, totals, seed):
    picked = pick(seed, totals, rule)
    listed = [*picked.top, *picked.sample]

    assert len(listed) == len(set(listed))
    assert set(listed) <= set(totals)


@given(RULES, TOTALS, st.text(max_size=5))
def test_never_less_than_the_ruleset_says_is_checked(rule, totals, seed):
    picked = pick(seed, totals, rule)
    rest = len(totals) - len(picked.top)

    assert len(picked.top) >= top_size(rule, len(totals))
    assert len(picked.sample) == sample_size(rule, rest)
    assert len(picked.sample) * 100 >= min(rule.sample, 100) * rest
    if rule.top_mode == "percent":
        assert len(picked.top) * 100 >= rule.top * len(totals)


@given(RULES, TOTALS, st.text(max_size=5))
def test_nobody_left_out_of_the_best_is_better_than_one_of_them(rule, totals, seed):
    picked = pick(seed, totals, rule)
    others = [totals[code] for code in totals if code not in picked.top]

    assert all(totals[code] > other for code in picked.top for other in others)


@given(RULES, TOTALS, st.text(max_size=5), st.randoms())
def test_the_order_in_which_codes_come_plays_no_part(rule, totals, seed, random):
    shuffled = list(totals.items())
    random.shuffle(shuffled)

    assert pick(seed, dict(shuffled), rule) == pick(seed, totals, rule)
