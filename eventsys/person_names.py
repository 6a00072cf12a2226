"""How a person's name is written down once, so that one person is one row and prints correctly.

A name is either Chinese (ideographs, with U+00B7 between the parts of a transcribed name) or Latin.
Every accepted character stands in a code-point range below: Python's own character tables lag
behind the standard (3.11 does not know Extensions H and I) and must not decide about people.
"""

import re
import unicodedata

from eventsys.errors import N_, RuleBroken

MAX_LENGTH = 50
"""Characters after normalisation: the least a name field must hold under the 2016 name notice."""

_MAX_RAW_LENGTH = 4 * MAX_LENGTH
_SEPARATOR = "\u00b7"
_APOSTROPHE = "\u2019"

SPACES = "\t\n\v\f\r \x85\xa0\u1680\u2028\u2029\u202f\u205f\u3000" + "".join(
    map(chr, range(0x2000, 0x200B))
)
"""Unicode's White_Space property without U+001C-U+001F, which are control characters here."""

INVISIBLE = "\xad\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\ufeff\uffa0" + "".join(
    map(
        chr,
        [
            *range(0x180B, 0x1810),  # Mongolian variation selectors and vowel separator
            *range(0x200B, 0x200E),  # zero-width space, non-joiner, joiner
            *range(0x2060, 0x2065),  # word joiner, invisible operators
            *range(0xFE00, 0xFE10),  # variation selectors
            *range(0xE0000, 0xE0080),  # tags
            *range(0xE0100, 0xE01F0),  # ideographic variation selectors
        ],
    )
)
"""Characters that take part in no name and show nothing: dropped, so that names can be compared."""

_HAN = (
    "\u3007"
    "\u3400-\u4dbf"  # Extension A
    "\u4e00-\u9fff"  # unified repertoire and ordering
    # Twelve unified ideographs that only look like compatibility characters by their position.
    "\ufa0e\ufa0f\ufa11\ufa13\ufa14\ufa1f\ufa21\ufa23\ufa24\ufa27-\ufa29"
    "\U00020000-\U0002a6df"  # Extension B
    "\U0002a700-\U0002b739"  # Extension C
    "\U0002b740-\U0002b81d"  # Extension D
    "\U0002b820-\U0002cea1"  # Extension E
    "\U0002ceb0-\U0002ebe0"  # Extension F
    "\U0002ebf0-\U0002ee5d"  # Extension I
    "\U00030000-\U0003134a"  # Extension G
    "\U00031350-\U000323af"  # Extension H
)
_LATIN = "A-Za-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u024f\u1e00-\u1eff"

_HAN_LETTER = re.compile(f"[{_HAN}]")
_LATIN_LETTER = re.compile(f"[{_LATIN}]")
_HAN_NAME = re.compile(f"[{_HAN}]+(?:{_SEPARATOR}[{_HAN}]+)*")
_LATIN_WORD = f"[{_LATIN}]+(?:[{_APOSTROPHE}-][{_LATIN}]+)*\\.?"
_LATIN_NAME = re.compile(f"{_LATIN_WORD}(?: {_LATIN_WORD})*")
_NOT_IN_HAN_NAME = re.compile(f"[^{_HAN}{_SEPARATOR}]")
_NOT_IN_LATIN_NAME = re.compile(f"[^{_LATIN}{_APOSTROPHE}{_SEPARATOR} .-]")

_FORBIDDEN = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f"  # control characters
    "\u061c\u200e\u200f\u202a-\u202e\u2066-\u206f"  # bidi and deprecated format controls
    "\ud800-\udfff"  # lone surrogates
    "\ufdd0-\ufdef"  # noncharacters, here and at the end of every plane
    + "".join(
        f"{chr(plane + 0xFFFE)}{chr(plane + 0xFFFF)}" for plane in range(0, 0x110000, 0x10000)
    )
    + "]"
)
_GARBLED = re.compile("[?\ufff9-\ufffd\ue000-\uf8ff\U000f0000-\U0010ffff]")

_PLACEHOLDER = re.compile(
    "none|nan|nil|null|true|false|undefined|unknown|test|asdf|asdfgh|qwer|qwerty|abc|xx|xxx"
    "|无|暂无|未知|待定|待补|不详|姓名|测试|同上|匿名|\u3007"
    # Somebody, as in 张某某, and circles in place of characters, as in 张〇〇.
    "|.*某|某.*|.*\u3007\u3007.*",
    re.IGNORECASE,
)

# Bullets, dots and stops which keyboards and old systems produce instead of U+00B7.
_SEPARATOR_LOOK_ALIKES = (
    "\u02d9\u0387\u1427\u16eb\u2022\u2023\u2024\u2027\u2218\u2219\u22c5\u25aa\u25cf\u25e6"
    "\u2981\u2b1d\u2e30\u2e31\u2e33\u30fb\u318d\ua78f\ufe52\uff61\uff65\U00010101"
)
_APOSTROPHE_LOOK_ALIKES = "'`\xb4\u02b9\u02bb\u02bc\u02c8\u2018\u201b\u2032\uff07"
_HYPHEN_LOOK_ALIKES = "\u2010\u2011\ufe63"

# The radical forms NFKC leaves alone but which are whole characters, so may end up in a name.
_RADICALS = {
    0x2E8B: "卩",
    0x2EA0: "民",
    0x2EC4: "西",
    0x2EC5: "见",
    0x2EC6: "角",
    0x2EC9: "贝",
    0x2ECB: "车",
    0x2ED1: "長",
    0x2ED3: "长",
    0x2ED4: "门",
    0x2ED8: "青",
    0x2ED9: "韦",
    0x2EDA: "页",
    0x2EDB: "风",
    0x2EDC: "飞",
    0x2EDD: "食",
    0x2EE2: "马",
    0x2EE3: "骨",
    0x2EE4: "鬼",
    0x2EE5: "鱼",
    0x2EE6: "鸟",
    0x2EE7: "卤",
    0x2EE8: "麦",
    0x2EE9: "黄",
    0x2EEA: "黾",
    0x2EEB: "斉",
    0x2EEC: "齐",
    0x2EED: "歯",
    0x2EEE: "齿",
    0x2EEF: "竜",
    0x2EF0: "龙",
    0x2EF2: "亀",
}

# Private-use characters of GBK fonts that got a code point only after the year 2000
# (GB 18030-2005 and -2022); Python's codec still follows the edition of 2000.
_LATE_FROM_GBK = {
    0xE816: "\U00020087",
    0xE817: "\U00020089",
    0xE818: "\U000200cc",
    0xE81E: "\u9fb4",
    0xE826: "\u9fb5",
    0xE82B: "\u9fb6",
    0xE82C: "\u9fb7",
    0xE831: "\U000215d7",
    0xE832: "\u9fb8",
    0xE83B: "\U0002298f",
    0xE843: "\u9fb9",
    0xE854: "\u9fba",
    0xE855: "\U000241fe",
    0xE864: "\u9fbb",
}


def _from_gbk_private_use() -> dict[int, str]:
    """Map U+E815-U+E864, where old Windows fonts kept rare characters of the row 0xFE."""
    trails = [*range(0x50, 0x7F), *range(0x80, 0xA1)]
    return {
        0xE815 + place: bytes((0xFE, trail)).decode("gb18030") for place, trail in enumerate(trails)
    } | _LATE_FROM_GBK


_FOLD: dict[int, str | None] = {
    **{code: unicodedata.normalize("NFKC", chr(code)) for code in range(0x2F00, 0x2FD6)},
    **{code: unicodedata.normalize("NFKC", chr(code)) for code in (0x2E9F, 0x2EF3)},
    **{code: chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)},
    **dict.fromkeys(map(ord, INVISIBLE)),
    **dict.fromkeys(map(ord, SPACES), " "),
    **dict.fromkeys(map(ord, _SEPARATOR_LOOK_ALIKES), _SEPARATOR),
    **dict.fromkeys(map(ord, _APOSTROPHE_LOOK_ALIKES), _APOSTROPHE),
    **dict.fromkeys(map(ord, _HYPHEN_LOOK_ALIKES), "-"),
}
# Radicals last: a private-use character may stand for one.
_FOLD |= _RADICALS
_FOLD |= {code: char.translate(_FOLD) for code, char in _from_gbk_private_use().items()}


class NameRefused(RuleBroken):
    """A text that cannot be stored as a person's name."""

    field = "name"


class NameMissing(NameRefused):
    """Nothing visible was typed."""

    message = N_("Enter the name as it stands on the identity document.")


class NameTooLong(NameRefused):
    """More characters than any certificate or list has room for."""

    message = N_("A name has at most %(limit)s characters. Enter the name only, without remarks.")


class NameUnsafe(NameRefused):
    """Control characters, text-direction controls, lone surrogates, noncharacters."""

    message = N_(
        "The name contains a character that cannot be printed (%(character)s). "
        "Delete the name and type it again instead of pasting it."
    )


class NameGarbled(NameRefused):
    """Marks of a conversion that lost the real character."""

    message = N_(
        "A character of the name was lost in conversion (%(character)s). "
        "Type the name again, or save the file as .xlsx or UTF-8."
    )


class NameCharacter(NameRefused):
    """A readable character that no name on a document here contains."""

    message = N_(
        "%(character)s cannot be part of a name. Use Chinese characters or Latin letters "
        "as on the identity document."
    )


class NameMixed(NameRefused):
    """Chinese and Latin in one field."""

    message = N_(
        "The name mixes Chinese characters and Latin letters. "
        "Enter it in one script, as on the identity document."
    )


class NameMarksMisplaced(NameRefused):
    """A separator, full stop, hyphen or apostrophe that does not stand between letters."""

    message = N_(
        "A separator of the name stands in the wrong place. Put one \u00b7 between the parts of a "
        "Chinese name, or one space, hyphen or apostrophe between those of a Latin name."
    )


class NamePlaceholder(NameRefused):
    """A word people type when they have no name to type."""

    message = N_("This is a placeholder, not a name. Enter the full name of the person.")


def normalise_name(text: str) -> str:
    """Give the one spelling of a name under which it is stored, compared and printed.

    1 to ``MAX_LENGTH`` characters. Raises a ``NameRefused`` saying what to correct. Ideographs are
    never exchanged for variants (峯 stays 峯); only forms of the same character are unified.
    """
    if len(text) > _MAX_RAW_LENGTH:
        raise NameTooLong(limit=MAX_LENGTH)
    if found := _FORBIDDEN.search(text):
        raise NameUnsafe(character=_shown(found[0]))

    folded = unicodedata.normalize("NFC", text.translate(_FOLD))
    words = folded.split(" ")
    if found := _GARBLED.search(folded):
        raise NameGarbled(character=_shown(found[0]))
    if _HAN_LETTER.search(folded):
        name = _chinese("".join(words))
    else:
        name = _latin(" ".join(word for word in words if word))

    if len(name) > MAX_LENGTH:
        raise NameTooLong(limit=MAX_LENGTH)
    if _PLACEHOLDER.fullmatch(name):
        raise NamePlaceholder
    return name


def _chinese(name: str) -> str:
    """Check a name holding at least one ideograph; a full stop there is meant as separator."""
    name = name.replace(".", _SEPARATOR)
    if _LATIN_LETTER.search(name):
        raise NameMixed
    if found := _NOT_IN_HAN_NAME.search(name):
        raise NameCharacter(character=_shown(found[0]))
    if not _HAN_NAME.fullmatch(name):
        raise NameMarksMisplaced
    return name


def _latin(name: str) -> str:
    """Check a name without ideographs; a single letter is nobody's full name."""
    if not name:
        raise NameMissing
    if found := _NOT_IN_LATIN_NAME.search(name):
        raise NameCharacter(character=_shown(found[0]))
    if not _LATIN_NAME.fullmatch(name):
        raise NameMarksMisplaced
    if len(name) == 1:
        raise NamePlaceholder
    return name


def _shown(character: str) -> str:
    """Name a character safely inside a message: by its code point, with the sign if it is ASCII."""
    code = f"U+{ord(character):04X}"
    return f"{character} {code}" if "!" <= character <= "~" else code
