"""The documents are true: what they name exists, what they list is what the code lists."""

import importlib
import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import ModuleType

import click
import pytest
from babel.messages.pofile import read_po
from flask.cli import FlaskGroup, ScriptInfo

from eventsys.config import read_settings
from wsgi import ROOT, create_app

FENCE = re.compile(r"^```[\s\S]*?^```$|(?:^ {4,}\S.*\n)+", re.MULTILINE)
SPAN = re.compile(r"`([^`\n]+)`")
LINK = re.compile(r"\]\(([^)\s]+)\)")
PATH = re.compile(r"[\w.*<>-]*(?:/[\w.*<>-]*)+|[\w-]+\.(?:py|toml|md|tsv|po|yml|json|txt|css|js)")
NAME = re.compile(r"[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*(?:\([^)]*\))?")
MAKE = re.compile(r"\bmake ([a-z][a-z-]*)")
FLASK = re.compile(r"flask --app wsgi((?: [a-z]+)+)((?:[^\n]*\\\n)*[^\n]*)")
OPTION = re.compile(r"--[a-z-]+")
SETTING = re.compile(r"EVENTSYS_\w+")
STATES_OF = re.compile(r"^`(\w+)` in `eventsys/([\w/]+)\.py`", re.MULTILINE)
STATE_ROW = re.compile(r"^\| `(\w+)` \| (\S+) \| (.+) \|$", re.MULTILINE)
MACHINE = re.compile(r"(?<![\w.])/(?:work|tmp|root|home|Users)/")
FEATURE_ROW = re.compile(r"^\| `([a-z]+)` \|", re.MULTILINE)
MADE_LATER = ("instance", ".venv", ".tools")  # not in the repository, made by the Makefile
SOURCES = ("eventsys", "blueprints", "scheduling", "templates", "static", "tests", "deploy")
SUFFIXES = {".py", ".html", ".css", ".js", ".tsv", ".typ", ".po", ".toml"}
LIMITS = {
    "README.md": 150,
    "CONTRIBUTING.md": 120,
    "docs/architecture.md": 200,
}
CSS_BUDGET = 36 * 1024


def documents() -> list[Path]:
    """Every page people read."""
    return [*sorted(ROOT.glob("*.md")), *sorted((ROOT / "docs").rglob("*.md"))]


def text_of(document: Path) -> str:
    return document.read_text(encoding="utf-8")


def spans(text: str) -> Iterator[str]:
    """What stands in backticks in running text, without blocks of commands."""
    for match in SPAN.finditer(FENCE.sub("", text)):
        yield match[1]


def missing_paths(text: str) -> set[str]:
    """Named files and folders that do not exist; ``*`` and ``<word>`` stand for any name."""
    return {span for span in spans(text) if _looks_like_a_path(span) and not _exists(span)}


def _looks_like_a_path(span: str) -> bool:
    first = span.split("/", 1)[0]
    return bool(PATH.fullmatch(span)) and bool(first) and first not in MADE_LATER


def _exists(span: str) -> bool:
    pattern = re.sub(r"<\w+>", "*", span).rstrip("/")
    if any(ROOT.glob(pattern)):
        return True
    return "/" not in span and any(any((ROOT / part).rglob(pattern)) for part in SOURCES)


def missing_names(text: str) -> set[str]:
    """Identifiers that occur nowhere in the sources."""
    return {
        span
        for span in spans(text)
        if NAME.fullmatch(span)
        and not PATH.fullmatch(span)
        and not all(_is_known(word) for word in re.findall(r"[A-Za-z_]\w*", span))
    }


def _is_known(word: str) -> bool:
    """A word of the sources; with ``_`` at one end, how words of the sources begin or end."""
    if word.endswith("_"):
        return any(one.startswith(word) for one in words())
    return word in words() or (word.startswith("_") and any(one.endswith(word) for one in words()))


@cache
def words() -> frozenset[str]:
    """Every word of the sources and of the two files that configure them."""
    files = [
        file
        for part in SOURCES
        for file in (ROOT / part).rglob("*")
        if file.suffix in SUFFIXES and "vendor" not in file.parts and file != Path(__file__)
    ]
    found: set[str] = set()
    for file in [*files, ROOT / "pyproject.toml", ROOT / "Makefile", ROOT / "wsgi.py"]:
        found |= set(re.findall(r"[A-Za-z_]\w*", file.read_text(encoding="utf-8")))
    return frozenset(found)


def missing_targets(text: str) -> set[str]:
    """``make`` targets that the Makefile does not have."""
    shown = "\n".join([*spans(text), *(block[0] for block in FENCE.finditer(text))])
    known = set(re.findall(r"^([a-z][a-z-]*):", text_of(ROOT / "Makefile"), re.MULTILINE))
    return set(MAKE.findall(shown)) - known


def missing_commands(text: str, group: click.Group, context: click.Context) -> set[str]:
    """``flask`` commands, or options of them, that do not exist."""
    missing = set()
    for match in FLASK.finditer(text):
        command: click.Command | None = group
        for word in match[1].split():
            if isinstance(command, click.Group):
                command = command.get_command(context, word)
        options = {name for one in command.params for name in one.opts} if command else set()
        line = match[2].split("`", 1)[0]
        if command is None or not set(OPTION.findall(line)) <= options:
            missing.add(match[0].split("`", 1)[0].strip())
    return missing


@pytest.fixture(scope="module")
def commands(tmp_path_factory) -> tuple[click.Group, click.Context]:
    """The command line of an application of its own."""
    folder = tmp_path_factory.mktemp("instance")
    settings = read_settings({"EVENTSYS_INSTANCE": str(folder), "EVENTSYS_TESTING": "1"}, ROOT)
    app = create_app(settings)
    group = FlaskGroup(create_app=lambda: app, load_dotenv=False)
    return group, click.Context(group, obj=ScriptInfo(create_app=lambda: app))


def each(test):
    """Run a test on every document, named by its path."""
    names = [document.relative_to(ROOT).as_posix() for document in documents()]
    return pytest.mark.parametrize("document", documents(), ids=names)(test)


@each
def test_every_file_a_document_names_exists(document):
    assert missing_paths(text_of(document)) == set()


@each
def test_every_name_in_a_document_stands_in_the_sources(document):
    assert missing_names(text_of(document)) == set()


@each
def test_every_make_target_in_a_document_exists(document):
    assert missing_targets(text_of(document)) == set()


@each
def test_every_flask_command_in_a_document_exists(document, commands):
    assert missing_commands(text_of(document), *commands) == set()


@each
def test_every_link_inside_the_project_leads_somewhere(document):
    links = [one for one in LINK.findall(text_of(document)) if "://" not in one]

    assert [one for one in links if not (document.parent / one.split("#")[0]).exists()] == []


@each
def test_a_document_names_no_folder_of_somebody_s_machine(document):
    assert MACHINE.findall(text_of(document)) == []


def test_the_checks_notice_what_is_not_there(commands):
    made_up = "`eventsys/nowhere.py`, `NoSuchName`, `make nothing`, `flask --app wsgi setup nobody`"

    assert missing_paths(made_up) == {"eventsys/nowhere.py"}
    assert missing_names(made_up) == {"NoSuchName"}
    assert missing_targets(made_up) == {"nothing"}
    assert missing_commands(made_up, *commands) == {"flask --app wsgi setup nobody"}


def test_the_checks_notice_an_option_that_is_not_there(commands):
    wrong = "    flask --app wsgi setup group 甲 \\\n        --no-such-option 乙"

    assert missing_commands(wrong, *commands) == {wrong.strip()}


def test_every_setting_is_documented_and_no_other():
    read = [
        name
        for file in ("eventsys/config.py", "deploy/gunicorn.conf.py")
        for name in SETTING.findall(text_of(ROOT / file))
    ]
    told = SETTING.findall(text_of(ROOT / "docs" / "operations.md"))

    assert set(told) == set(read)


def test_the_map_lists_the_features_in_the_order_of_the_contract():
    told = FEATURE_ROW.findall(text_of(ROOT / "docs" / "architecture.md"))
    contracts = tomllib.loads(text_of(ROOT / "pyproject.toml"))["tool"]["importlinter"]["contracts"]
    layers = next(one["layers"] for one in contracts if one.get("exhaustive"))
    features = [one for one in reversed(layers) if (ROOT / "eventsys" / one / "models.py").exists()]

    assert told == features


@dataclass(frozen=True)
class Told:
    """One state as ``docs/domain.md`` tells it: its Chinese word, the states it may become."""

    word: str
    becomes: frozenset[str]


def documented_states() -> dict[tuple[str, str], dict[str, Told]]:
    """The tables of states, by module and enum."""
    text = text_of(ROOT / "docs" / "domain.md")
    heads = list(STATES_OF.finditer(text))
    ends = [text.find("\n### ", one.end()) for one in heads]
    return {
        (head[2].replace("/", "."), head[1]): {
            row[1]: Told(row[2], frozenset(SPAN.findall(row[3])))
            for row in STATE_ROW.finditer(text[head.end() : end])
        }
        for head, end in zip(heads, ends, strict=True)
    }


def chinese(message: str) -> str:
    """The Chinese words of a message."""
    for file in sorted((ROOT / "blueprints/translations/zh/LC_MESSAGES").glob("*.po")):
        with file.open("rb") as opened:
            found = read_po(opened, locale="zh").get(message)
        if found is not None:
            return str(found.string)
    raise LookupError(message)


STATES = documented_states()


def test_the_documents_tell_of_the_five_states_that_matter():
    names = {name for _module, name in STATES}

    assert names >= {"EventState", "EntryState", "SheetState", "NegotiationState", "Outcome"}


def module_of(key: tuple[str, str]) -> ModuleType:
    """The module that holds an enum."""
    return importlib.import_module(f"eventsys.{key[0]}")


each_states = pytest.mark.parametrize("key", STATES, ids=lambda key: key[1])


@each_states
def test_the_documented_states_are_those_of_the_code(key):
    assert set(STATES[key]) == {one.value for one in getattr(module_of(key), key[1])}


@pytest.mark.parametrize(
    "key", [one for one in STATES if hasattr(module_of(one), "MOVES")], ids=lambda key: key[1]
)
def test_the_documented_moves_are_those_of_the_code(key):
    told = {state: one.becomes for state, one in STATES[key].items()}

    assert told == {
        here.value: {one.value for one in there} for here, there in module_of(key).MOVES.items()
    }


@each_states
def test_the_documented_chinese_words_are_those_on_the_pages(key):
    module = module_of(key)
    labels = next(
        one
        for name, one in vars(module).items()
        if name.endswith("LABELS") and set(one) == set(getattr(module, key[1]))
    )
    told = {state: one.word for state, one in STATES[key].items()}

    assert told == {state.value: chinese(label) for state, label in labels.items()}


@pytest.mark.parametrize("name", LIMITS)
def test_a_page_stays_short_enough_to_be_read(name):
    assert len(text_of(ROOT / name).splitlines()) <= LIMITS[name]


def test_every_decision_is_short_and_says_what_was_decided_and_what_follows():
    wrong = [
        file.name
        for file in sorted((ROOT / "docs" / "decisions").glob("*.md"))
        for text in [text_of(file)]
        if not 20 <= len(text.splitlines()) <= 45
        or not re.search(r"^(## |\*\*)Decision\b", text, re.MULTILINE)
        or not re.search(r"^(## |\*\*)Consequences\b", text, re.MULTILINE)
    ]

    assert wrong == []


def test_every_folder_of_tests_is_run_by_the_makefile_and_told_of():
    folders = {
        f"tests/{file.parent.relative_to(ROOT / 'tests').parts[0]}"
        for file in (ROOT / "tests").rglob("*/test_*.py")
    }
    run = {word.rstrip("/") for word in re.findall(r"tests/\w+", text_of(ROOT / "Makefile"))}
    told = set(
        re.findall(r"^\| `(tests/\w+)/`", text_of(ROOT / "docs" / "testing.md"), re.MULTILINE)
    )

    assert run == folders
    assert told == folders


def test_the_style_sheets_of_any_page_keep_to_their_budget():
    sizes = {file.stem: file.stat().st_size for file in (ROOT / "static" / "css").glob("*.css")}
    shared = ("tokens", "base", "layout", "components", "print")
    everywhere = sum(sizes.pop(name) for name in shared)

    assert everywhere + max(sizes.values()) <= CSS_BUDGET, sizes
