"""How blind codes are drawn, and why a draw or an opening is refused.

The algorithm, so that anybody with the seed can draw again:

1. Write the keys of the entries in ascending order.
2. Shuffle them (Fisher and Yates, from the last place down). The random numbers are the first
   eight bytes, big-endian, of SHA-256 of ``<seed>/entries:0``, ``<seed>/entries:1`` and so on;
   for a number below ``n`` those are skipped that are not below the largest multiple of ``n``.
3. Make codes from a second row of such numbers, ``<seed>/codes:0`` and so on: each number below
   ``letters x 10000`` is a letter and four digits. A code that came before is skipped.
4. The first entry of step 2 gets the first code of step 3, and so on.
"""

import hashlib
from collections.abc import Iterable

from eventsys.errors import N_, Conflict, RuleBroken
from eventsys.timetable.rules import below, random_numbers, shuffled

LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ"  # without I and O, which look like digits
DIGITS = 10_000


class NobodyHere(RuleBroken):
    message = N_(
        "No entry of “%(track)s” is checked in, so there is nothing to draw. Check the entries in"
        " first."
    )


class AlreadyDrawn(Conflict):
    message = N_(
        "The codes of “%(track)s” were drawn on %(moment)s. A draw cannot be repeated; work with"
        " these codes."
    )


class NotBlind(RuleBroken):
    message = N_("Codes are drawn for competitions only. Exams and classes go by name.")


class NotDrawn(RuleBroken):
    message = N_("The codes of “%(track)s” are not drawn yet. Draw them first.")


class WitnessUnfit(RuleBroken):
    field = "witness"
    message = N_(
        "The witness must be another person who is a supervisor of this event. Choose one, or ask"
        " the group's administrator to appoint a supervisor."
    )


class MapSealed(RuleBroken):
    message = N_(
        "Who stands behind the codes of “%(track)s” is sealed. It is opened, before a witness,"
        " after all marks are locked."
    )


class AlreadyOpened(Conflict):
    message = N_("The codes of “%(track)s” were opened on %(moment)s. There is nothing more to do.")


def commitment(seed: str) -> str:
    """What is written down before the draw: it fixes the seed without telling it (SHA-256)."""
    return hashlib.sha256(seed.encode()).hexdigest()


def draw(seed: str, entries: Iterable[int]) -> dict[int, str]:
    """A code such as K-1183 for every entry; the order in which entries are given plays no part."""
    order = shuffled(f"{seed}/entries", sorted(set(entries)))
    return dict(zip(order, _codes(f"{seed}/codes", len(order)), strict=True))


def _codes(seed: str, number: int) -> list[str]:
    numbers = random_numbers(seed)
    codes: dict[str, None] = {}
    while len(codes) < number:
        letter, digits = divmod(below(numbers, len(LETTERS) * DIGITS), DIGITS)
        codes[f"{LETTERS[letter]}-{digits:04d}"] = None
    return list(codes)
