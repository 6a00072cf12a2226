"""Files that survive a power cut: whole under their own name, or not there at all (R8)."""

import hashlib
import os
import secrets
from collections.abc import Generator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

FOLDER = "tasks"
DRAFT = ".part"


class Draft:
    """A file in the making; nobody can see it under its own name before ``keep``."""

    def __init__(self, files_dir: Path, key: int) -> None:
        folder = files_dir / FOLDER
        folder.mkdir(parents=True, exist_ok=True)
        self.target = folder / f"{key}-{secrets.token_hex(8)}"
        self.beside = self.target.with_suffix(DRAFT)
        self.out = self.beside.open("w+b")

    def keep(self) -> tuple[str, str]:
        """Make the file last: its path below ``files_dir`` and its SHA-256."""
        self.out.flush()
        os.fsync(self.out.fileno())
        self.out.seek(0)
        digest = hashlib.file_digest(self.out, "sha256").hexdigest()
        self.out.close()
        self.beside.rename(self.target)
        _sync_folder(self.target.parent)
        return f"{FOLDER}/{self.target.name}", digest

    def drop(self) -> None:
        """Leave nothing behind, kept or not."""
        self.out.close()
        self.beside.unlink(missing_ok=True)
        self.target.unlink(missing_ok=True)


@contextmanager
def new_file(files_dir: Path, key: int) -> Generator[Draft]:
    """A draft that vanishes when anything goes wrong before the end of the block."""
    draft = Draft(files_dir, key)
    try:
        yield draft
    except BaseException:
        draft.drop()
        raise


def is_whole(path: Path, digest: str) -> bool:
    """Whether the file is there and is what was written."""
    if not path.is_file():
        return False
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest() == digest


def old_files(files_dir: Path, before: datetime) -> list[str]:
    """Kept and unfinished files last written before a moment, as paths below ``files_dir``."""
    folder = files_dir / FOLDER
    found = folder.iterdir() if folder.is_dir() else ()
    return sorted(
        f"{FOLDER}/{file.name}" for file in found if file.stat().st_mtime < before.timestamp()
    )


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
