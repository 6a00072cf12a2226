"""Reading a pack, unpacked or as it was fetched, without trusting anything in it."""

from __future__ import annotations

import hashlib
import json
import zipfile
from typing import IO, TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Set as AbstractSet
    from pathlib import Path

CHUNK = 1 << 20


class Wrong(Exception):
    """The first thing that does not fit: ``thing`` names it."""

    def __init__(self, thing: str, why: str) -> None:
        self.thing, self.why = thing, why
        super().__init__(f"{thing}：{why}")


class Pack(Protocol):
    """Files by name."""

    def names(self) -> AbstractSet[str]: ...
    def open(self, name: str) -> IO[bytes]: ...


class Folder:
    """A pack that was unpacked."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def names(self) -> set[str]:
        """Every file but what Python writes when it runs the checks here."""
        files = (one for one in self.path.rglob("*") if one.is_file())
        found = {one.relative_to(self.path).as_posix() for one in files}
        return {name for name in found if "__pycache__" not in name}

    def open(self, name: str) -> IO[bytes]:
        """One file."""
        return (self.path / name).open("rb")


class Archive:
    """A pack as it was fetched."""

    def __init__(self, path: Path) -> None:
        self.zip = zipfile.ZipFile(path)
        names = self.zip.namelist()
        if len(names) != len(set(names)):
            raise Wrong(path.name, "压缩包中有重名文件")

    def names(self) -> set[str]:
        """Every file."""
        return {name for name in self.zip.namelist() if not name.endswith("/")}

    def open(self, name: str) -> IO[bytes]:
        """One file."""
        return self.zip.open(name)


def read(pack: Pack, name: str) -> bytes:
    """A small file, whole."""
    try:
        with pack.open(name) as file:
            return file.read()
    except (KeyError, OSError):
        raise Wrong(name, "文件缺失") from None


def read_json(pack: Pack, name: str) -> Any:
    """A file of JSON."""
    try:
        return json.loads(read(pack, name))
    except ValueError:
        raise Wrong(name, "不是可读的 JSON") from None


def sha256_of(pack: Pack, name: str) -> tuple[str, int]:
    """Digest and size of a file of any size."""
    digest, size = hashlib.sha256(), 0
    with pack.open(name) as file:
        for part in iter(lambda: file.read(CHUNK), b""):
            digest.update(part)
            size += len(part)
    return digest.hexdigest(), size


def canonical_digest(value: object) -> str:
    """SHA-256 of JSON with sorted keys and no spaces."""
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()
