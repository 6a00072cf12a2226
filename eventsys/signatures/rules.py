"""What counts as a signature: strokes on a pad of fixed size, or one's own name typed in full."""

import json
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TypeAlias

from eventsys.errors import N_, RuleBroken

WIDTH, HEIGHT = 1000, 400  # units of the pad, whatever its size on the glass
MOST_STROKES, MOST_POINTS, LONGEST_TEXT = 200, 3000, 40_000
LEAST_INK = 150  # units along all strokes: a dot or a slip of the finger is no signature
SHA256 = re.compile(r"[0-9a-f]{64}")
PARTS_OF_POINT = 2

Point: TypeAlias = tuple[int, int]
Stroke: TypeAlias = tuple[Point, ...]


class NotSigned(RuleBroken):
    field = "signature"
    message = N_("Sign with pen, finger or mouse, or type your full name.")


class SignatureTooSmall(RuleBroken):
    field = "signature"
    message = N_("That is a dot, not a signature. Clear the field and sign once more, larger.")


class SignatureTooLong(RuleBroken):
    field = "signature"
    message = N_("The signature has too many strokes. Clear the field and sign once more, simply.")


class SignatureUnreadable(RuleBroken):
    field = "signature"
    message = N_("The signature did not arrive as it was drawn. Clear the field and sign again.")


class NameDiffers(RuleBroken):
    field = "signature"
    message = N_("Type the full name exactly as it stands here: %(name)s.")


@dataclass(frozen=True)
class Written:
    """A signature as it was given; no strokes when the name was typed."""

    strokes: tuple[Stroke, ...]

    @property
    def is_typed(self) -> bool:
        """Whether the name was typed instead of drawn."""
        return not self.strokes


def read_signature(text: str, name: str) -> Written:
    """The signature of ``name`` in what a pad sent: strokes as JSON, or the name itself."""
    given = text.strip()
    if not given or given == "[]":
        raise NotSigned
    if given.startswith("["):
        return Written(_checked(_parsed(given)))
    if _plain(given) != _plain(name):
        raise NameDiffers(name=name)
    return Written(())


def _parsed(text: str) -> tuple[Stroke, ...]:
    if len(text) > LONGEST_TEXT:
        raise SignatureTooLong
    try:
        return tuple(tuple(_point(one) for one in stroke) for stroke in json.loads(text))
    except (ValueError, TypeError, RecursionError) as broken:
        raise SignatureUnreadable from broken


def _point(given: object) -> Point:
    if not isinstance(given, list) or len(given) != PARTS_OF_POINT:
        raise ValueError
    across, down = given
    if type(across) is not int or type(down) is not int:
        raise TypeError
    if not (0 <= across <= WIDTH and 0 <= down <= HEIGHT):
        raise ValueError
    return across, down


def _checked(strokes: tuple[Stroke, ...]) -> tuple[Stroke, ...]:
    if not all(strokes):
        raise SignatureUnreadable
    if len(strokes) > MOST_STROKES or sum(len(one) for one in strokes) > MOST_POINTS:
        raise SignatureTooLong
    if ink(strokes) < LEAST_INK:
        raise SignatureTooSmall
    return strokes


def ink(strokes: Sequence[Sequence[Sequence[int]]]) -> int:
    """The way the pen went, in units, counted across and down."""
    steps = (pair for stroke in strokes for pair in pairwise(stroke))
    return sum(abs(to[0] - at[0]) + abs(to[1] - at[1]) for at, to in steps)


def _plain(name: str) -> str:
    return "".join(unicodedata.normalize("NFKC", name).split()).casefold()


def svg_path(strokes: Sequence[Sequence[Sequence[int]]]) -> str:
    """The strokes as the ``d`` of an SVG path, in the units of the pad; a dot stays visible."""
    return "".join(_stroke_path(stroke) for stroke in strokes)


def _stroke_path(stroke: Sequence[Sequence[int]]) -> str:
    first, *rest = [f"{across} {down}" for across, down in stroke]
    return f"M{first}" + ("".join(f"L{one}" for one in rest) or "h0")


def svg_picture(strokes: Sequence[Sequence[Sequence[int]]]) -> str:
    """The strokes as a whole SVG file, for print."""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}">'
        f'<path d="{svg_path(strokes)}" fill="none" stroke="#17222c" stroke-width="7"'
        ' stroke-linecap="round" stroke-linejoin="round"/></svg>'
    )
