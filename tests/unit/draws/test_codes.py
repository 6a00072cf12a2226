"""Codes: repeatable from the seed, unrelated to everything else."""

import hashlib
import re

from hypothesis import given
from hypothesis import strategies as st

from eventsys.draws.rules import commitment, draw

KNOWN = {11: "A-3925", 22: "B-6521", 33: "D-5789"}
KEYS = st.sets(st.integers(1, 2**53), max_size=40)


def stream(name: str):
    n = 0
    while True:
        yield int.from_bytes(hashlib.sha256(f"{name}:{n}".encode()).digest()[:8], "big")
        n += 1


def pick(numbers, limit: int) -> int:
    return next(one for one in numbers if one < 2**64 // limit * limit) % limit


def replay(seed: str, entries: list[int]) -> dict[int, str]:
    """The documented algorithm, written down a second time from its description."""
    order, numbers = sorted(entries), stream(f"{seed}/entries")
    for last in reversed(range(1, len(order))):
        other = pick(numbers, last + 1)
        order[last], order[other] = order[other], order[last]
    codes: list[str] = []
    numbers = stream(f"{seed}/codes")
    while len(codes) < len(order):
        number = pick(numbers, 24 * 10_000)
        code = f"{'ABCDEFGHJKLMNPQRSTUVWXYZ'[number // 10_000]}-{number % 10_000:04d}"
        codes += [code] if code not in codes else []
    return dict(zip(order, codes, strict=True))


def test_a_known_seed_gives_known_codes():
    assert draw("2026", [11, 22, 33]) == KNOWN


@given(st.text(max_size=20), KEYS)
def test_anybody_with_the_seed_draws_the_same_codes(seed, entries):
    assert draw(seed, entries) == replay(seed, sorted(entries))


@given(st.text(max_size=20), st.permutations(range(100, 120)))
def test_the_order_of_the_entries_plays_no_part(seed, order):
    assert draw(seed, order) == draw(seed, sorted(order))


@given(st.text(max_size=20), KEYS)
def test_every_entry_gets_one_code_of_its_own(seed, entries):
    codes = draw(seed, entries)

    assert set(codes) == entries
    assert len(set(codes.values())) == len(entries)
    assert all(re.fullmatch(r"[A-HJ-NP-Z]-\d{4}", code) for code in codes.values())


def test_thousands_of_codes_stay_unique():
    assert len(set(draw("many", range(3000)).values())) == 3000


def test_codes_in_order_tell_nothing_of_the_order_of_the_entries():
    upwards = 0
    for n in range(200):
        codes = draw(f"seed {n}", [1, 2])
        upwards += codes[1] < codes[2]

    assert 70 < upwards < 130


def test_the_commitment_is_the_hash_of_the_seed():
    assert commitment("abc") == hashlib.sha256(b"abc").hexdigest()
