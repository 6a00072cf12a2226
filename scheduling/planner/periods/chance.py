"""Chance inside compiled kernels: xorshift64* (Marsaglia 2003, Vigna 2016) on one shared word."""

from math import log

import numpy as np
from numba import njit

from scheduling.planner.periods.problem import Bits, Whole

CHANCES = 4096  # steps of the table of surprises
SURPRISE = np.array([-log((k + 0.5) / CHANCES) for k in range(CHANCES)])  # exponential, mean 1


def streams(seed: int, count: int) -> list[Bits]:
    """Independent generators; a state of zero would stay zero and is never given."""
    children = np.random.SeedSequence(seed).spawn(count)
    return [child.generate_state(1, np.uint64) | np.uint64(1) for child in children]


@njit(cache=True, nogil=True)
def stir(state: np.uint64) -> np.uint64:
    """The next state."""
    state ^= state << np.uint64(13)
    state ^= state >> np.uint64(7)
    state ^= state << np.uint64(17)
    return state


@njit(cache=True, nogil=True)
def scatter(state: np.uint64) -> np.uint64:
    """The 64 bits a state gives; the upper ones are best."""
    return state * np.uint64(0x2545F4914F6CDD1D)


@njit(cache=True, nogil=True)
def draw(random: Bits, below: Whole) -> Whole:
    """A whole number from 0 up to `below`, moving the generator on."""
    random[0] = stir(random[0])
    bits = scatter(random[0]) >> np.uint64(32)
    return np.int64((bits * np.uint64(below)) >> np.uint64(32))
