"""Both languages are complete: every message has its Chinese words, and sources hold English."""

import re
from pathlib import Path

from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

ROOT = Path(__file__).parents[2]
METHODS = [("**.py", "python"), ("**.html", "jinja2")]
KEYWORDS = {"_": None, "N_": None, "gettext": None, "lazy_gettext": None}
HAN = re.compile(r"[\u3400-\u9fff]")
PLACE = re.compile(r"%\((\w+)\)")


def messages() -> dict[str, str]:
    """Every message id in the sources, with the place where it stands."""
    found: dict[str, str] = {}
    for part in ("blueprints", "eventsys", "scheduling", "templates"):
        for name, line, text, _comments, _context in extract_from_dir(
            ROOT / part, METHODS, keywords=KEYWORDS, directory_filter=lambda _path: True
        ):
            found.setdefault(text if isinstance(text, str) else text[0], f"{part}/{name}:{line}")
    return found


def chinese() -> dict[str, set[str]]:
    """The Chinese words of every message id, over all catalogues."""
    words: dict[str, set[str]] = {}
    for file in sorted((ROOT / "blueprints/translations/zh/LC_MESSAGES").glob("*.po")):
        with file.open("rb") as opened:
            for message in read_po(opened, locale="zh"):
                if message.id and message.string and not message.fuzzy:
                    words.setdefault(message.id, set()).add(message.string)
    return words


def test_every_message_has_chinese_words():
    known = chinese()

    missing = {text: place for text, place in messages().items() if text not in known}

    assert missing == {}


def test_no_message_is_said_in_two_ways():
    said = {text: words for text, words in chinese().items() if len(words) > 1}

    assert said == {}


def test_no_translation_is_left_over():
    used = messages()

    assert {text for text in chinese() if text not in used} == set()


def test_messages_are_written_in_english():
    assert {text: place for text, place in messages().items() if HAN.search(text)} == {}


def test_places_in_a_message_stand_in_its_translation_too():
    wrong = {
        text: words
        for text, every in chinese().items()
        for words in every
        if set(PLACE.findall(text)) != set(PLACE.findall(words))
    }

    assert wrong == {}
