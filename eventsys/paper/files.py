"""Scans on the disk: whole under the name of their content, or not there at all (R8)."""

import hashlib
import os
import tempfile
from pathlib import Path

FOLDER = "paper"


def keep_bytes(files_dir: Path, data: bytes) -> tuple[str, str]:
    """Write ``data`` to last: its path below ``files_dir`` and its SHA-256.

    Named after its content, so the same file twice is one file, and one that a broken-off
    transaction left behind is in nobody's way.
    """
    digest = hashlib.sha256(data).hexdigest()
    folder = files_dir / FOLDER / digest[:2]
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / digest
    if not target.exists():
        _write(target, data)
    return f"{FOLDER}/{digest[:2]}/{digest}", digest


def _write(target: Path, data: bytes) -> None:
    """Write beside, flush, rename, flush the folder."""
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=".part-")
    beside = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(target)
    finally:
        beside.unlink(missing_ok=True)
    opened = os.open(target.parent, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)
