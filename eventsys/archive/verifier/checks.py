"""Everything that is checked, in the order of trust."""

from __future__ import annotations

import argparse
import base64
import hashlib
import io
import re
import sys
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .draws import check_draw
from .ed25519 import signed_by
from .packs import Archive, Folder, Pack, Wrong, canonical_digest, read, read_json, sha256_of
from .results import UNKNOWN, check_results
from .sheets import check_record, check_sheets

if TYPE_CHECKING:
    from collections.abc import Iterator

FORMAT = "eventsys-evidence-1"
UNSIGNED = frozenset({"manifest.json", "manifest.sig"})


def _bytes(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def check_signature(pack: Pack, wanted_key: str) -> tuple[dict[str, Any], str]:
    """The list of files, and the fingerprint of the key that signed it."""
    raw = read(pack, "manifest.json")
    manifest = read_json(pack, "manifest.json")
    if manifest.get("format") != FORMAT:
        raise Wrong("manifest.json", "不是本程序认识的证据包格式")
    key = _bytes(manifest["public_key"])
    signature = _bytes(read(pack, "manifest.sig").decode("ascii").strip())
    if not signed_by(key, FORMAT.encode() + b"\n" + raw, signature):
        raise Wrong("manifest.json", "数字签名无效，清单在签名之后被改动")
    fingerprint = hashlib.sha256(key).hexdigest()
    if not fingerprint.startswith(re.sub(r"[\s:]", "", wanted_key).lower()):
        raise Wrong("manifest.sig", f"签名密钥不是指定的密钥，其指纹为 {fingerprint}")
    return manifest, fingerprint


def check_files(pack: Pack, manifest: dict[str, Any]) -> int:
    """How many files are exactly what the list says, with none missing and none added."""
    listed = {one["path"]: one for one in manifest["files"]}
    there = set(pack.names()) - UNSIGNED
    for path in sorted(listed.keys() - there):
        raise Wrong(path, "清单中的文件缺失")
    for path in sorted(there - listed.keys()):
        raise Wrong(path, "多出清单中没有的文件")
    for path, one in sorted(listed.items()):
        if sha256_of(pack, path) != (one["sha256"], one["size"]):
            raise Wrong(path, "内容与清单中的 SHA-256 不符，文件被改动")
    return len(listed)


def check(pack: Pack, wanted_key: str = "") -> Iterator[str]:
    """What was found, line by line; raises ``Wrong`` at the first thing that does not fit."""
    manifest, fingerprint = check_signature(pack, wanted_key)
    yield f"签名有效，密钥指纹 {fingerprint}"
    yield f"文件完整：{check_files(pack, manifest)} 个文件的 SHA-256 全部一致"
    yield f"操作记录：{check_record(pack)} 条，顺序一致"
    for folder in manifest["tracks"]:
        yield from _check_track(pack, folder)
    if manifest["provisional"]:
        yield "注意：打包时成绩尚未最终确定，本证据包为阶段性存档"


def _check_track(pack: Pack, folder: str) -> Iterator[str]:
    ruleset = read_json(pack, f"{folder}/ruleset.json")
    if ruleset["digest"] and canonical_digest(ruleset["data"]) != ruleset["digest"]:
        raise Wrong(f"{folder}/ruleset.json", "细则与其冻结时的摘要不符")
    if f"{folder}/draw.json" in pack.names():
        yield f"{folder}：{check_draw(pack, f'{folder}/draw.json')} 级抽签重演一致"
    yield f"{folder}：{check_sheets(pack, folder)} 份评分表与操作记录一致"
    computed = check_results(pack, folder)
    unknown = "含本程序不重算的规则，成绩未重算"
    yield f"{folder}：{unknown if computed == UNKNOWN else f'{computed} 个成绩重算一致'}"


def main(own_folder: Path) -> int:
    """Check a pack and say what was found: 0 if all fits."""
    parser = argparse.ArgumentParser(description="核验证据包")
    parser.add_argument("pack", nargs="?", type=Path, default=own_folder)
    parser.add_argument("--key", default="", help="主办单位公布的签名密钥指纹")
    given = parser.parse_args()
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")  # an old console lacks some characters
    say = sys.stdout.write
    try:
        pack = Folder(given.pack) if given.pack.is_dir() else Archive(given.pack)
        for line in check(pack, given.key):
            say(f"通过 {line}\n")
    except Wrong as wrong:
        say(f"不通过 {wrong}\n")
        return 1
    except (OSError, zipfile.BadZipFile, KeyError, TypeError, ValueError) as broken:
        say(f"不通过 证据包无法读取：{broken!r}\n")
        return 1
    if not given.key:
        say("提示：请将上面的密钥指纹与主办单位公布的指纹核对，或用 --key 指定。\n")
    say("核验通过\n")
    return 0
