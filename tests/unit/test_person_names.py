"""Names: every vector, and every reason for refusing with what it says."""

import json
import re

import pytest

from eventsys.person_names import (
    MAX_LENGTH,
    NameCharacter,
    NameGarbled,
    NameMarksMisplaced,
    NameMissing,
    NameMixed,
    NamePlaceholder,
    NameRefused,
    NameTooLong,
    NameUnsafe,
    normalise_name,
)
from tests.vectors import TextVector, text_vectors, vector_path

VERDICT = re.compile(r"(ACCEPT|REJECT|WARN|NORMALISE)(?::(\S+))?")
VECTORS = text_vectors("names.tsv")


def outcome(text: str) -> str | None:
    """The stored name, or ``None`` if it is refused."""
    try:
        return normalise_name(text)
    except NameRefused:
        return None


@pytest.mark.parametrize("row", VECTORS, ids=lambda row: f"{row.line} {row.columns[0]}")
def test_a_name_meets_the_verdict_of_its_vector(row: TextVector):
    allowed = {
        {"ACCEPT": row.text, "REJECT": None, "WARN": None}.get(verdict, spelling or None)
        for verdict, spelling in VERDICT.findall(row.columns[1])
    }
    got = outcome(row.text)

    if "NORMALISE" in row.columns[1] and "NORMALISE:" not in row.columns[1]:
        # No spelling is prescribed: any will do that is stored unchanged ever after.
        allowed |= {got} if got is not None and outcome(got) == got else set()

    assert got in allowed


@pytest.mark.parametrize(
    ("form", "character"),
    [
        *zip(
            "\u2e8b\u2e9f\u2ea0\u2ec4\u2ec5\u2ec6\u2ec9\u2ecb\u2ed1\u2ed3\u2ed4\u2ed8\u2ed9\u2eda\u2edb\u2edc"
            "\u2edd\u2ee2\u2ee3\u2ee4\u2ee5\u2ee6\u2ee7\u2ee8\u2ee9\u2eea\u2eeb\u2eec\u2eed\u2eee\u2eef\u2ef0"
            "\u2ef2\u2ef3\u2f00\u2fd5",
            "卩母民西见角贝车長长门青韦页风飞食马骨鬼鱼鸟卤麦黄黾斉齐歯齿竜龙亀龟一龠",
            strict=True,
        ),
        *zip(
            "\ue815\ue816\ue817\ue818\ue81e\ue826\ue82b\ue82c\ue831\ue832\ue83b\ue843\ue854\ue855\ue863\ue864",
            "?\U00020087\U00020089\U000200cc\u9fb4\u9fb5\u9fb6\u9fb7\U000215d7\u9fb8\U0002298f\u9fb9"
            "\u9fba\U000241fe\u4dae\u9fbb",
            strict=True,
        ),
    ],
)
def test_a_radical_or_private_use_form_becomes_its_character(form: str, character: str):
    # "?" marks the one form that stands for a radical no name contains.
    assert outcome(f"王{form}") == (None if character == "?" else f"王{character}")


@pytest.mark.parametrize(
    ("first", "last"),
    [
        (0x3400, 0x4DBF),
        (0x4E00, 0x9FFF),
        (0x20000, 0x2A6DF),
        (0x2A700, 0x2B739),
        (0x2B740, 0x2B81D),
        (0x2B820, 0x2CEA1),
        (0x2CEB0, 0x2EBE0),
        (0x2EBF0, 0x2EE5D),
        (0x30000, 0x3134A),
        (0x31350, 0x323AF),
    ],
)
def test_a_block_of_ideographs_ends_where_the_standard_says(first: int, last: int):
    inside = [f"王{chr(code)}" for code in (first, last)]
    beyond = [f"王{chr(code)}" for code in (first - 1, last + 1)]

    assert [outcome(name) for name in inside] == inside
    # Two pairs of blocks touch, or the neighbour is a block of symbols: never a stored new name.
    assert {outcome(name) for name in beyond} <= {None, "王\U0002b740"}


@pytest.mark.parametrize(
    "code",
    [
        *(0x9, 0xD, 0x85, 0x1680, 0x2000, 0x200A, 0x2029, 0x202F, 0x205F, 0x3000),
        *(0xAD, 0x34F, 0x180B, 0x180F, 0x200B, 0x200D, 0x2060, 0x2064, 0xFE00, 0xFE0F, 0xFEFF),
        *(0xE0000, 0xE007F, 0xE0100, 0xE01EF),
    ],
)
def test_what_cannot_be_seen_takes_no_part_in_a_name(code: int):
    assert outcome(f"张{chr(code)}三") == "张三"


@pytest.mark.parametrize(
    "code",
    [
        *(0x0, 0x8, 0xE, 0x1F, 0x7F, 0x84, 0x86, 0x9F, 0x61C, 0x200E, 0x200F, 0x202A, 0x202E),
        *(0x2066, 0x206F, 0xD800, 0xDFFF, 0xFDD0, 0xFDEF, 0xFFFE, 0xFFFF, 0x1FFFE, 0x10FFFF),
    ],
)
def test_what_cannot_be_printed_is_refused(code: int):
    with pytest.raises(NameUnsafe):
        normalise_name(f"张{chr(code)}三")


@pytest.mark.parametrize(
    "code", [0x180A, 0x1810, 0x2010, 0x2065, 0xFDFF, 0xFE10, 0xE0080, 0xE00FF, 0xE01F0]
)
def test_the_neighbours_of_what_cannot_be_seen_are_not_dropped(code: int):
    with pytest.raises(NameCharacter):
        normalise_name(f"张{chr(code)}三")


@pytest.mark.parametrize("code", [0xE000, 0xF8FF, 0xF0000, 0x10FFFD, 0xFFF9, 0xFFFD])
def test_what_was_lost_in_conversion_is_refused(code: int):
    with pytest.raises(NameGarbled):
        normalise_name(f"张{chr(code)}三")


def test_the_names_file_is_not_empty():
    assert len(VECTORS) > 20


def test_every_look_alike_of_the_separator_gives_the_same_person():
    look_alikes = json.loads(vector_path("confusables_subset.json").read_text("utf-8"))["\u00b7"]

    names = {look_alike: outcome(f"买买提{look_alike}吐尔逊") for look_alike in look_alikes}

    assert names == dict.fromkeys(look_alikes, "买买提\u00b7吐尔逊")


@pytest.mark.parametrize(
    ("text", "stored"),
    [
        ("張峯", "張峯"),
        ("龚\ue863", "龚\u4dae"),
        ("王\ue816", "王\U00020087"),
        ("王\ue81a", "王\u3473"),
        ("\u2f83\u2ee2", "自马"),
        ("\uf9b4明", "領明"),
        ("王\ufa0e", "王\ufa0e"),
        ("王\U0002ebf0", "王\U0002ebf0"),
        ("王\U0002ee5d", "王\U0002ee5d"),
        ("王\U000323af", "王\U000323af"),
        ("李\u3007", "李\u3007"),
        ("葛\U000e0100城", "葛城"),
        ("买买提 \u30fb 吐尔逊", "买买提\u00b7吐尔逊"),
        ("买买提.吐尔逊.艾力", "买买提\u00b7吐尔逊\u00b7艾力"),
        ("  Jean\u2010Luc \t Picard ", "Jean-Luc Picard"),
        ("Jose\u0301 Nu\u0301n\u0303ez", "José Núñez"),
        ("O'Connor", "O\u2019Connor"),
        ("J. R. R. Tolkien", "J. R. R. Tolkien"),
        ("\uff2c\uff45\uff45", "Lee"),
        ("阿" * MAX_LENGTH, "阿" * MAX_LENGTH),
        ("阿" + " " * 199, "阿"),
    ],
)
def test_a_name_is_stored_in_one_spelling(text: str, stored: str):
    assert normalise_name(text) == stored


@pytest.mark.parametrize(
    ("text", "refusal", "facts"),
    [
        ("", NameMissing, {}),
        ("\u3000\u200b", NameMissing, {}),
        ("阿" * 51, NameTooLong, {"limit": 50}),
        ("阿" * 201, NameTooLong, {"limit": 50}),
        ("阿" + " " * 200, NameTooLong, {"limit": 50}),
        ("张!", NameCharacter, {"character": "! U+0021"}),
        ("张~", NameCharacter, {"character": "~ U+007E"}),
        ("张\uff01", NameCharacter, {"character": "! U+0021"}),
        ("张\uff5f", NameCharacter, {"character": "U+FF5F"}),
        ("张\uff5e", NameCharacter, {"character": "~ U+007E"}),
        ("张\u2e81", NameCharacter, {"character": "U+2E81"}),
        ("张\u2fd6", NameCharacter, {"character": "U+2FD6"}),
        ("张\x00三", NameUnsafe, {"character": "U+0000"}),
        ("张\x1f三", NameUnsafe, {"character": "U+001F"}),
        ("张\u202e三", NameUnsafe, {"character": "U+202E"}),
        ("张\udc00三", NameUnsafe, {"character": "U+DC00"}),
        ("张\U0010ffff三", NameUnsafe, {"character": "U+10FFFF"}),
        ("张\ufffd", NameGarbled, {"character": "U+FFFD"}),
        ("张?", NameGarbled, {"character": "? U+003F"}),
        ("张\ue000", NameGarbled, {"character": "U+E000"}),
        ("张三1", NameCharacter, {"character": "1 U+0031"}),
        ("张\U0002a6e0", NameCharacter, {"character": "U+2A6E0"}),
        ("김철수", NameCharacter, {"character": "U+AE40"}),
        ("R2D2", NameCharacter, {"character": "2 U+0032"}),
        ("\uff1d张三", NameCharacter, {"character": "= U+003D"}),
        ("李Lee", NameMixed, {}),
        ("\u00b7买买提", NameMarksMisplaced, {}),
        ("买买提\u00b7\u2022吐尔逊", NameMarksMisplaced, {}),
        ("-", NameMarksMisplaced, {}),
        ("Jean--Luc", NameMarksMisplaced, {}),
        ("Ali\u00b7Khan", NameMarksMisplaced, {}),
        ("X", NamePlaceholder, {}),
        ("NULL", NamePlaceholder, {}),
        ("测 试", NamePlaceholder, {}),
        ("张某", NamePlaceholder, {}),
        ("张\u3007\u3007", NamePlaceholder, {}),
    ],
)
def test_a_refused_name_says_why(text: str, refusal: type[NameRefused], facts: dict[str, object]):
    with pytest.raises(NameRefused) as caught:
        normalise_name(text)

    assert (type(caught.value), caught.value.facts) == (refusal, facts)
    assert caught.value.field == "name"


def test_a_refusal_can_be_written_to_any_log_even_for_a_lone_surrogate():
    with pytest.raises(NameUnsafe) as caught:
        normalise_name("张\ud842")

    assert str(caught.value).encode("utf-8").startswith(b"The name contains a character")
