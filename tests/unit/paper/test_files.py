"""A scan is on the disk whole under the name of its content, or not there at all."""

import hashlib
import os

import pytest

from eventsys.paper import files


def test_a_file_is_kept_under_its_digest_and_once_only(tmp_path):
    path, digest = files.keep_bytes(tmp_path, b"scan")
    again, _digest = files.keep_bytes(tmp_path, b"scan")

    assert digest == hashlib.sha256(b"scan").hexdigest()
    assert (path, again) == (f"paper/{digest[:2]}/{digest}", path)
    assert (tmp_path / path).read_bytes() == b"scan"
    assert [one.name for one in (tmp_path / path).parent.iterdir()] == [digest]


def test_a_write_that_breaks_off_leaves_nothing(tmp_path, monkeypatch):
    def broken(_handle):
        raise OSError("no space left")

    monkeypatch.setattr(os, "fsync", broken)
    with pytest.raises(OSError, match="no space"):
        files.keep_bytes(tmp_path, b"scan")

    assert [one for one in tmp_path.rglob("*") if one.is_file()] == []
