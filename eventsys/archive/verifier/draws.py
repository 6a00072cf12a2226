"""Drawing again: from the published seed to the numbers."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

from .packs import Pack, Wrong, read_json

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ"  # without I and O
DIGITS = 10_000


def _numbers(name: str) -> Iterator[int]:
    n = 0
    while True:
        yield int.from_bytes(hashlib.sha256(f"{name}:{n}".encode()).digest()[:8], "big")
        n += 1


def _below(numbers: Iterator[int], limit: int) -> int:
    fair = 2**64 - 2**64 % limit
    return next(number for number in numbers if number < fair) % limit


def _shuffled(name: str, things: Iterable[str]) -> list[str]:
    order, numbers = list(things), _numbers(name)
    for last in range(len(order) - 1, 0, -1):
        other = _below(numbers, last + 1)
        order[last], order[other] = order[other], order[last]
    return order


def draw_again(level: dict[str, Any]) -> dict[str, str]:
    """The numbers that follow from the seed of one level, by source."""
    seed, groups = level["seed"], level["groups"]
    drawn: dict[str, str] = {}
    if level["level"] != "work":
        for place, group in enumerate(groups, start=1):
            order = _shuffled(f"{seed}/group:{place}", group["numbers"])
            drawn.update(zip(sorted(group["sources"]), order))  # noqa: B905  Python 3.9 has none
        return drawn
    sources = sorted({source for group in groups for source in group["sources"]})
    numbers, codes = _numbers(f"{seed}/codes"), {}
    while len(codes) < len(sources):
        letter, digits = divmod(_below(numbers, len(LETTERS) * DIGITS), DIGITS)
        codes[f"{LETTERS[letter]}-{digits:04d}"] = None
    drawn.update(zip(_shuffled(f"{seed}/entries", sources), codes))  # noqa: B905  as above
    return drawn


def check_draw(pack: Pack, name: str) -> int:
    """How many levels were drawn again; none before the opening."""
    levels = [one for one in read_json(pack, name)["levels"] if "seed" in one]
    for level in levels:
        thing = f"{name} {level['level']}"
        if hashlib.sha256(level["seed"].encode()).hexdigest() != level["commitment"]:
            raise Wrong(thing, "抽签种子与事先公布的承诺值不符")
        if draw_again(level) != dict(map(tuple, level["lots"])):
            raise Wrong(thing, "用种子重新抽签得到的号码与记录不符")
    return len(levels)
