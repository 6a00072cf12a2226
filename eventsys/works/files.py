"""Where works lie: under names that mean nothing, whole or not at all (R8)."""

import os
import secrets
from datetime import datetime
from pathlib import Path

FOLDER = "works"


def keep_file(files_dir: Path, data: bytes) -> str:
    """Write a file so that it survives a power cut; its path below ``files_dir``."""
    folder = files_dir / FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / secrets.token_hex(16)
    beside = target.with_suffix(".part")
    with beside.open("xb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    beside.rename(target)
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
    return f"{FOLDER}/{target.name}"


def files_before(files_dir: Path, moment: datetime) -> list[str]:
    """The files last written before a moment, as paths below ``files_dir``."""
    folder = files_dir / FOLDER
    found = folder.iterdir() if folder.is_dir() else ()
    return sorted(
        f"{FOLDER}/{file.name}" for file in found if file.stat().st_mtime < moment.timestamp()
    )
