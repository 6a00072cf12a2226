"""The table one registers with: its columns, its words, and what an uploaded one says by itself."""

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from eventsys import clock
from eventsys.errors import N_, RuleBroken
from eventsys.id_numbers import IdKind, IdNumber, normalise_id_number
from eventsys.imports import CellProblem, ImportColumn, Notice, ReadRow, read_table
from eventsys.person_names import normalise_name
from eventsys.registration.rules import (
    ID_KIND_LABELS,
    ROLE_LABELS,
    EntryFacts,
    Given,
    MemberRole,
    Shape,
    normalise_phone,
)

Words = Mapping[Any, str]
LONGEST_TEAM_NAME = 100
HEADINGS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "team": (("队伍", "队伍名称", "参赛队"), ("Team",)),
    "role": (("角色", "身份"), ("Role",)),
    "name": (("姓名",), ("Full name", "Name")),
    "id_kind": (("证件类型",), ("Document type",)),
    "id_number": (("证件号码", "身份证号", "身份证号码"), ("Document number",)),
    "phone": (("手机号码", "手机", "联系电话"), ("Phone",)),
}
ROLE_WORDS = {
    MemberRole.CONTESTANT: ("选手", "参赛选手"),
    MemberRole.INSTRUCTOR: ("指导教师", "教师"),
}
KIND_WORDS = {
    IdKind.MAINLAND: ("居民身份证", "身份证"),
    IdKind.HMT_RESIDENCE: ("港澳台居民居住证",),
    IdKind.HK_MACAU_PERMIT: ("港澳居民来往内地通行证",),
    IdKind.TAIWAN_PERMIT: ("台湾居民来往大陆通行证",),
    IdKind.PASSPORT: ("护照",),
    IdKind.FOREIGN_RESIDENT: ("外国人永久居留身份证",),
}


class RoleUnknown(RuleBroken):
    message = N_("“%(given)s” is not a role. Write one of: %(known)s.")


class KindUnknown(RuleBroken):
    message = N_("“%(given)s” is not a type of document. Write one of: %(known)s.")


class TeamNameTooLong(RuleBroken):
    message = N_("A team's name has at most %(limit)s characters. Shorten it.")


@dataclass(frozen=True)
class Group:
    """The rows that make one entry; ``rows`` are the numbers a person sees, one per person."""

    facts: EntryFacts
    rows: tuple[int, ...]


@dataclass(frozen=True)
class Reading:
    """What a table says by itself, before anything is looked up."""

    groups: tuple[Group, ...]
    problems: tuple[CellProblem, ...]
    notices: tuple[Notice, ...]


# ---- columns and words of the table


def has_roles(shape: Shape) -> bool:
    """Whether several rows may make one entry, so that team and role must be told."""
    return shape.is_team or shape.instructors > 0


def import_columns(shape: Shape, *, english: bool = False) -> tuple[ImportColumn, ...]:
    """The columns of a track's table; the first heading of each is in the reader's language."""
    wanted = [("name", True), ("id_kind", False), ("id_number", True)]
    if has_roles(shape):
        wanted = [("team", shape.is_team), ("role", shape.is_team), *wanted]
    if shape.role is not MemberRole.CONTESTANT:
        wanted.append(("phone", shape.needs_phone))
    identifiers = {"id_number", "phone"}
    return tuple(
        ImportColumn(key, heading(key, english=english), needed, key in identifiers)
        for key, needed in wanted
    )


def heading(key: str, *, english: bool) -> tuple[str, ...]:
    """Every heading that names a column, the reader's language first."""
    chinese, other = HEADINGS[key]
    return other + chinese if english else chinese + other


def import_choices(shape: Shape, *, english: bool = False) -> dict[str, list[str]]:
    """What the drop-downs of the template offer."""
    kinds = [_words(ID_KIND_LABELS, KIND_WORDS, kind, english) for kind in KIND_WORDS]
    roles = [_words(ROLE_LABELS, ROLE_WORDS, role, english) for role in ROLE_WORDS]
    return {"id_kind": kinds, "role": roles if has_roles(shape) else []}


def _words(labels: Words, words: Mapping[Any, tuple[str, ...]], key: Any, english: bool) -> str:
    return labels[key] if english else words[key][0]


def _known_words(labels: Words, words: Mapping[Any, tuple[str, ...]]) -> dict[str, Any]:
    chinese = {_same(word): key for key, each in words.items() for word in each}
    return chinese | {_same(labels[key]): key for key in words}


def _same(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).split()).casefold()


_ROLES = _known_words(ROLE_LABELS, ROLE_WORDS)
_KINDS = _known_words(ID_KIND_LABELS, KIND_WORDS)


# ---- reading


def read_entries(data: bytes, file_name: str, shape: Shape, *, english: bool = False) -> Reading:
    """The entries of an upload with everything wrong in its cells; raises UnreadableFile."""
    columns = import_columns(shape, english=english)
    table = read_table(data, file_name, columns)
    headers = {column.key: column.header[0] for column in columns}
    problems = list(table.errors)
    broken = {problem.row for problem in problems}
    grouped: dict[str, list[tuple[int, Given | None]]] = {}
    names: dict[str, str] = {}
    for row in table.rows:
        team = " ".join(unicodedata.normalize("NFKC", row.values.get("team", "")).split())
        key = _same(team) if team else f"\n{row.number}"
        names.setdefault(key, team if shape.is_team else "")
        person, found = (None, []) if row.number in broken else _person(row, shape, headers)
        problems += found
        grouped.setdefault(key, []).append((row.number, person))
    groups = [
        Group(EntryFacts(tuple(people), names[key]), tuple(number for number, _ in rows))
        for key, rows in grouped.items()
        if len(people := [person for _, person in rows if person is not None]) == len(rows)
    ]
    return Reading(tuple(groups), tuple(sorted(problems, key=place_of)), tuple(table.notices))


def place_of(problem: CellProblem) -> int:
    """Where a problem stands in the list of problems."""
    return problem.row


def _person(
    row: ReadRow, shape: Shape, headers: dict[str, str]
) -> tuple[Given | None, list[CellProblem]]:
    """The person of one row, or all that is wrong with its cells."""
    problems: list[CellProblem] = []
    values: dict[str, Any] = {}
    for key, convert in _CONVERTERS.items():
        if key not in headers:
            continue
        try:
            values[key] = convert(row.values[key], shape)
        except RuleBroken as refusal:
            problems.append(CellProblem(row.number, headers[key], refusal))
    number: IdNumber | None = None
    try:
        if "id_kind" in values:
            number = normalise_id_number(row.values["id_number"], clock.today(), values["id_kind"])
    except RuleBroken as refusal:
        problems.append(CellProblem(row.number, headers["id_number"], refusal))
    if problems:
        return None, problems
    role = values.get("role", shape.role)
    return Given(role, values["name"], number, values.get("phone", "")), []


def _team(text: str, _shape: Shape) -> str:
    if len(text) > LONGEST_TEAM_NAME:
        raise TeamNameTooLong(limit=LONGEST_TEAM_NAME)
    return text


def _role(text: str, shape: Shape) -> MemberRole:
    if not text:
        return shape.role
    found = _ROLES.get(_same(text))
    if found is None:
        raise RoleUnknown(given=text[:40], known=" / ".join(one[0] for one in ROLE_WORDS.values()))
    return MemberRole(found)


def _kind(text: str, _shape: Shape) -> IdKind | None:
    if not text:
        return None
    found = _KINDS.get(_same(text))
    if found is None:
        raise KindUnknown(given=text[:40], known=" / ".join(one[0] for one in KIND_WORDS.values()))
    return IdKind(found)


def _phone(text: str, _shape: Shape) -> str:
    return normalise_phone(text) if text else ""


_CONVERTERS: dict[str, Any] = {
    "team": _team,
    "role": _role,
    "name": lambda text, _shape: normalise_name(text),
    "id_kind": _kind,
    "phone": _phone,
}
