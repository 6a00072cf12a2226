"""What counts as a signature, and how it is drawn again."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eventsys.signatures.rules import (
    HEIGHT,
    LEAST_INK,
    MOST_POINTS,
    MOST_STROKES,
    WIDTH,
    NameDiffers,
    NotSigned,
    SignatureTooLong,
    SignatureTooSmall,
    SignatureUnreadable,
    ink,
    read_signature,
    svg_path,
    svg_picture,
)

POINTS = st.tuples(st.integers(0, WIDTH), st.integers(0, HEIGHT))
STROKES = st.lists(st.lists(POINTS, min_size=1, max_size=20), min_size=1, max_size=8)


@given(STROKES)
def test_what_was_drawn_is_kept_point_by_point_or_refused_as_too_small(strokes):
    text = json.dumps(strokes)
    if ink(strokes) < LEAST_INK:
        with pytest.raises(SignatureTooSmall):
            read_signature(text, "王芳")
        return

    written = read_signature(text, "王芳")

    assert written.strokes == tuple(tuple(stroke) for stroke in strokes)
    assert written.is_typed is False


@pytest.mark.parametrize("typed", ["王芳", " 王 芳 ", "王　芳"])
def test_the_full_name_may_be_typed_instead(typed):
    assert read_signature(typed, "王芳").is_typed is True


@pytest.mark.parametrize(
    ("text", "refusal"),
    [
        ("", NotSigned),
        ("  ", NotSigned),
        ("[]", NotSigned),
        ("[[]]", SignatureUnreadable),
        ("[[[10,10]]]", SignatureTooSmall),
        ("[[[10,10],[100,69]]]", SignatureTooSmall),
        ("[[[10,10],[500,-1]]]", SignatureUnreadable),
        ("[[[10,10],[500,401]]]", SignatureUnreadable),
        ("[[[10,10],[1001,4]]]", SignatureUnreadable),
        ("[[[10,10],[500.5,4]]]", SignatureUnreadable),
        ("[[[10,10],[true,4]]]", SignatureUnreadable),
        ("[[[10,10],[4]]]", SignatureUnreadable),
        ("[[[10,10],[4,4,4]]]", SignatureUnreadable),
        ('[[[10,10],"ab"]]', SignatureUnreadable),
        ("[3]", SignatureUnreadable),
        ("[[[10,10]", SignatureUnreadable),
        ("[" * 30_000, SignatureUnreadable),
        ("[" * 50_000, SignatureTooLong),
        (json.dumps([[[0, 0], [300, 300]]] * (MOST_STROKES + 1)), SignatureTooLong),
        (json.dumps([[[n % 900, n % 7] for n in range(MOST_POINTS + 1)]]), SignatureTooLong),
        ("王方", NameDiffers),
        ('{"typed": "王芳"}', NameDiffers),
    ],
)
def test_what_is_no_signature_is_refused_with_a_way_on(text, refusal):
    with pytest.raises(refusal) as caught:
        read_signature(text, "王芳")

    assert caught.value.field == "signature"


def test_the_longest_signature_that_fits_is_kept():
    strokes = [[[n % 1000, n % 400] for n in range(MOST_POINTS)]]

    assert len(read_signature(json.dumps(strokes, separators=(",", ":")), "王芳").strokes[0]) == (
        MOST_POINTS
    )


def test_a_path_starts_each_stroke_anew_and_shows_dots():
    assert svg_path([[(1, 2), (30, 40)], [(5, 6)]]) == "M1 2L30 40M5 6h0"
    assert svg_path([]) == ""


def test_a_picture_for_print_is_a_file_of_its_own():
    picture = svg_picture([[(1, 2), (30, 40)]])

    assert picture.startswith('<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1000 400">')
    assert 'd="M1 2L30 40"' in picture
