"""Copy the front-end files we do not write ourselves out of node_modules, and prove them later.

``npm ci --ignore-scripts && python static/vendor.py`` copies what ``vendor.json`` lists, with the
licences, and writes one ``MANIFEST.json`` per folder. ``python static/vendor.py --check`` needs no
npm: it holds every file against its sha256 and refuses files that no manifest names.
"""

import hashlib
import json
import re
import shutil
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
MODULES = ROOT / "node_modules"
MANIFEST = "MANIFEST.json"
SPRITE = "icons.svg"
SOURCE_MAP = re.compile(rb"\n?(?://|/\*)[#@] sourceMappingURL=[^\n]*")
DRAWING = re.compile(r"<svg[^>]*>(.*)</svg>", re.DOTALL)
STROKE = (
    'viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="2" '
    'stroke-linecap="round" stroke-linejoin="round"'
)


def _json(path: Path) -> dict[str, Any]:
    return json.loads(path.read_text(encoding="utf-8"))


def _seal(data: bytes) -> dict[str, Any]:
    return {"sha256": hashlib.sha256(data).hexdigest(), "bytes": len(data)}


def _sprite(icons: Path, names: dict[str, str]) -> bytes:
    """One SVG holding every icon as a symbol; ``names`` maps our name to the package's."""
    symbols = []
    for ours, theirs in sorted(names.items()):
        found = DRAWING.search((icons / f"{theirs}.svg").read_text(encoding="utf-8"))
        if found is None:
            raise ValueError(f"{theirs}.svg is not an SVG drawing")
        body = re.sub(r"\n\s*", "", found[1])
        symbols.append(f'<symbol id="{ours}" {STROKE}>{body}</symbol>')
    drawing = "".join(symbols)
    return f'<svg xmlns="http://www.w3.org/2000/svg">{drawing}</svg>\n'.encode()


def _wanted(package: str, spec: dict[str, Any]) -> dict[str, bytes]:
    """Every file of one package as it shall lie in our folder: relative name and content."""
    source = MODULES / package
    files = {}
    for name in spec["files"]:
        data = (source / name).read_bytes()
        # A source map we do not serve would be a 404 in every visitor's console.
        files[f"{package}/{Path(name).name}"] = SOURCE_MAP.sub(b"", data)
    if "sprite" in spec:
        files[SPRITE] = _sprite(source / "icons", spec["sprite"])
    return files


def copy(folder: Path, packages: dict[str, Any], locked: dict[str, Any]) -> None:
    """Make ``folder`` hold exactly the wanted files of ``packages``, and their manifest."""
    shutil.rmtree(folder, ignore_errors=True)
    manifest = {}
    for package, spec in packages.items():
        lock = locked[f"node_modules/{package}"]
        files = _wanted(package, spec)
        for name, data in files.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_bytes(data)
        manifest[package] = {
            "version": lock["version"],
            "license": lock["license"],
            "integrity": lock["integrity"],
            "files": {name: _seal(data) for name, data in files.items()},
        }
    text = json.dumps(manifest, indent=1, sort_keys=True) + "\n"
    (folder / MANIFEST).write_text(text, encoding="utf-8")


def faults(folder: Path) -> list[str]:
    """What is missing, changed or unlisted in ``folder``: one line each, none when all is well."""
    if not (folder / MANIFEST).exists():
        return [f"{folder.relative_to(ROOT)}: no {MANIFEST}; run make vendor"]
    listed = {
        name: seal["sha256"]
        for package in _json(folder / MANIFEST).values()
        for name, seal in package["files"].items()
    }
    present = {str(f.relative_to(folder)): f for f in folder.rglob("*") if f.is_file()}
    present.pop(MANIFEST)
    found = [f"{name}: missing" for name in listed.keys() - present.keys()]
    found += [f"{name}: in no manifest" for name in present.keys() - listed.keys()]
    for name in listed.keys() & present.keys():
        if hashlib.sha256(present[name].read_bytes()).hexdigest() != listed[name]:
            found.append(f"{name}: changed since it was copied")
    return sorted(found)


def main(arguments: list[str]) -> int:
    """Copy, or with ``--check`` only look; the exit status is 1 when something is wrong."""
    folders = _json(Path(__file__).with_name("vendor.json"))
    if arguments != ["--check"]:
        locked = _json(ROOT / "package-lock.json")["packages"]
        for folder, packages in folders.items():
            copy(ROOT / folder, packages, locked)
    found = [fault for folder in folders for fault in faults(ROOT / folder)]
    sys.stdout.writelines(f"{fault}\n" for fault in found)
    return 1 if found else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
