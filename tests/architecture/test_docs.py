"""The documents are true: what they name exists, what they list is what the code lists."""

import importlib
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import click
import pytest
from flask.cli import FlaskGroup, ScriptInfo

from eventsys.config import read_settings
from wsgi import ROOT, create_app

FENCE = re.compile(r"^```.*?^```$|(?:^ {4,}\S.*\n)+", re.DOTALL | re.MULTILINE)
SPAN = re.compile(r"`([^`\n]+)`")
LINK = re.compile(r"\]\(([^)\s]+)\)")
PATH = re.compile(r"[\w.*<>-]*(?:/[\w.*<>-]*)+|[\w-]+\.(?:py|toml|md|tsv|po|yml|json|txt|css|js)")
NAME = re.compile(r"[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*(?:\([^)]*\))?")
MAKE = re.compile(r"\bmake ([a-z][a-z-]*)")
FLASK = re.compile(r"flask --app wsgi((?: [a-z]+)+)((?:[^\n]*\\\n)*[^\n]*)")
OPTION = re.compile(r"--[a-z-]+")
SETTING = re.compile(r"EVENTSYS_\w+")
MOVES_OF = re.compile(r"^`(\w+)` in `eventsys/([\w/]+)\.py`", re.MULTILINE)
MOVE_ROW = re.compile(r"^\| `(\w+)` \| (\S+) \| (.+) \|$", re.MULTILINE)
MACHINE = re.compile(r"/(?:work|tmp|root|home|Users)/")
MADE_LATER = ("instance", ".venv", ".tools")  # not in the repository, made by the Makefile
SOURCES = ("eventsys", "blueprints", "scheduling", "templates", "static", "tests", "deploy")
SUFFIXES = {".py", ".html", ".css", ".js", ".tsv", ".typ", ".po", ".toml"}
LIMITS = {
    "README.md": 150,
    "CONTRIBUTING.md": 120,
    "docs/architecture.md": 200,
}
CSS_BUDGET = 35 * 1024


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
    return any(ROOT.glob(pattern)) or ("/" not in span and any(ROOT.glob(f"eventsys/*/{pattern}")))


def missing_names(text: str) -> set[str]:
    """Identifiers that occur nowhere in the sources."""
    return {
        span
        for span in spans(text)
        if NAME.fullmatch(span)
        and not PATH.fullmatch(span)
        and not set(re.findall(r"[A-Za-z_]\w*", span)) <= words()
    }


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
            missing.add(match[0])
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
    read = SETTING.findall(text_of(ROOT / "eventsys" / "config.py"))
    told = SETTING.findall(text_of(ROOT / "docs" / "operations.md"))

    assert set(told) == set(read)


def test_every_feature_stands_in_the_map():
    folders = {file.parent.name for file in (ROOT / "eventsys").glob("*/__init__.py")}
    told = set(spans(text_of(ROOT / "docs" / "architecture.md")))

    assert folders <= told


def documented_moves() -> dict[str, dict[str, set[str]]]:
    """The state machines of ``docs/domain.md``: enum, state, states it may become."""
    text = text_of(ROOT / "docs" / "domain.md")
    heads = list(MOVES_OF.finditer(text))
    ends = [one.start() for one in heads[1:]] + [len(text)]
    return {
        f"{head[2].replace('/', '.')}:{head[1]}": {
            row[1]: set(SPAN.findall(row[3])) for row in MOVE_ROW.finditer(text[head.end() : end])
        }
        for head, end in zip(heads, ends, strict=True)
    }


def test_the_documented_states_and_moves_are_those_of_the_code():
    told = documented_moves()
    real = {}
    for key in told:
        module_name, enum_name = key.split(":")
        module = importlib.import_module(f"eventsys.{module_name}")
        states = getattr(module, enum_name)
        moves = getattr(module, "MOVES", None)
        real[key] = {
            one.value: {there.value for there in moves[one]} if moves else told[key].get(one.value)
            for one in states
        }

    assert len(told) > 4
    assert told == real


@pytest.mark.parametrize("name", LIMITS)
def test_a_page_stays_short_enough_to_be_read(name):
    assert len(text_of(ROOT / name).splitlines()) <= LIMITS[name]


def test_every_decision_is_short_and_says_context_decision_consequences():
    wrong = {
        file.name: lines
        for file in sorted((ROOT / "docs" / "decisions").glob("*.md"))
        for lines in [text_of(file).splitlines()]
        if not 20 <= len(lines) <= 45
        or [one for one in lines if one.startswith("## ")]
        != ["## Context", "## Decision", "## Consequences"]
    }

    assert wrong == {}


def test_our_style_sheets_keep_to_their_budget():
    sizes = {file.name: file.stat().st_size for file in (ROOT / "static" / "css").glob("*.css")}

    assert sum(sizes.values()) <= CSS_BUDGET, sizes
