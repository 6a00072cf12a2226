"""From the operations on a sheet to its marks, and the record of deeds."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from .packs import Pack, Wrong, read_json

if TYPE_CHECKING:
    from collections.abc import Sequence

MACHINE = "I"


def _held(operations: Sequence[dict[str, Any]]) -> str | None:
    """What holds for one aspect: the value of the operations nobody saw, if they agree."""
    seen = {op for one in operations for op in one["seen"]}
    heads = {one["raw"] for one in operations if one["op"] not in seen}
    return heads.pop() if len(heads) == 1 else None


def marks_of(name: str, sheet: dict[str, Any]) -> dict[str, str]:
    """The marks of one sheet as its operations make them; refuses other ones."""
    by_aspect: dict[str, list[dict[str, Any]]] = {}
    for one in sheet["operations"]:
        if not one["late"]:
            by_aspect.setdefault(one["aspect"], []).append(one)
    marks = {key: _held(some) for key, some in by_aspect.items()}
    held = {key: raw for key, raw in marks.items() if raw is not None}
    for key in sorted(held.keys() | sheet["marks"].keys()):
        if held.get(key) != sheet["marks"].get(key):
            raise Wrong(name, f"评分点 {key} 的成绩与操作记录不符")
    return held


def check_sheets(pack: Pack, folder: str) -> int:
    """How many sheets fit their operations, and the marks that were counted fit the sheets."""
    names = sorted(one for one in pack.names() if one.startswith(f"{folder}/sheets/"))
    if not names:
        return 0
    marks = read_json(pack, f"{folder}/marks.json")
    machine = {key for key, one in marks["aspects"].items() if one["kind"] == MACHINE}
    corrections = [one for one in read_json(pack, f"{folder}/corrections.json") if one["version"]]
    for name in names:
        sheet = read_json(pack, name)
        held, code, seat = marks_of(name, sheet), sheet["code"], sheet["seat"]
        for one in sorted(corrections, key=lambda given: given["version"]):
            if one["code"] == code and (one["whole_code"] or one["seat"] == seat):
                held[one["aspect"]] = one["new"]
        stated = marks["entries"].get(code, {}).get("marks", {}).get(str(seat), {})
        for key in sorted((held.keys() | stated.keys()) & marks["aspects"].keys() - machine):
            if held.get(key) != stated.get(key):
                raise Wrong(f"{folder}/marks.json {code}-{seat}", f"评分点 {key} 与评分表不符")
    return len(names)


def check_record(pack: Pack) -> int:
    """How many entries; each names the hash of the one before it, and neighbours fit."""
    last, number = None, 0
    with pack.open("audit/entries.jsonl") as file:
        for line in file:
            one = json.loads(line)
            thing = f"audit/entries.jsonl {one['sequence']}"
            if last and one["sequence"] <= last["sequence"]:
                raise Wrong(thing, "操作记录的顺序不对")
            neighbours = last and one["sequence"] == last["sequence"] + 1
            if neighbours and one["before"] != last["hash"]:
                raise Wrong(thing, "操作记录的哈希链断开")
            last, number = one, number + 1
    chain = read_json(pack, "audit/chain.json")
    if last and last["sequence"] > chain["count"]:
        raise Wrong("audit/chain.json", "操作记录比链头还长")
    if chain["broken_at"] is not None:
        raise Wrong("audit/chain.json", f"打包时系统内的操作记录在第 {chain['broken_at']} 条断开")
    return number
