"""Writing a pack: one file after the other to the disk, each hashed as it goes, signed at the end.

Memory does not grow with the pack: a file is copied in parts, and only its digest is remembered.
"""

import base64
import hashlib
import json
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import IO, Any, BinaryIO
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_public_key

from eventsys.archive.rules import FORMAT, Content
from eventsys.signing import Signer, canonical_json

CHUNK = 1 << 20
VERIFIER = Path(__file__).with_name("verifier")
RUNNER = '''"""核验证据包：python3 verify.py [证据包.zip] [--key 指纹]"""

import sys
from pathlib import Path

sys.dont_write_bytecode = True  # the folder stays exactly what the manifest lists

from verifier.checks import main

sys.exit(main(Path(__file__).resolve().parent))
'''


class PackWriter:
    """A pack in the making."""

    def __init__(self, out: BinaryIO, made_at: datetime) -> None:
        self.zip = ZipFile(out, "w", ZIP_DEFLATED)
        self.made_at = made_at
        self.files: list[dict[str, Any]] = []

    def put(self, path: str, content: Content) -> None:
        """Add one file; a value is written as JSON that people can read too."""
        if isinstance(content, Path):
            with content.open("rb") as source:
                self._write(path, lambda: iter(lambda: source.read(CHUNK), b""))
            return
        data = content if isinstance(content, bytes) else _readable(content)
        self._write(path, lambda: iter([data]))

    def put_lines(self, path: str, lines: Iterator[Any]) -> None:
        """Add a file of one JSON value on each line."""
        self._write(path, lambda: (canonical_json(one) + b"\n" for one in lines))

    def _write(self, path: str, parts: Callable[[], Iterator[bytes]]) -> None:
        digest, size = hashlib.sha256(), 0
        with self._open(path) as target:
            for part in parts():
                digest.update(part)
                size += len(part)
                target.write(part)
        self.files.append({"path": path, "sha256": digest.hexdigest(), "size": size})

    def _open(self, path: str) -> IO[bytes]:
        about = ZipInfo(path, self.made_at.timetuple()[:6])
        about.compress_type = ZIP_DEFLATED
        about.external_attr = 0o644 << 16
        return self.zip.open(about, "w", force_zip64=True)

    def put_verifier(self) -> None:
        """Add the program that checks the pack."""
        self.put("verify.py", RUNNER.encode())
        for source in sorted(VERIFIER.glob("*.py")):
            self.put(f"verifier/{source.name}", source)

    def seal(self, signer: Signer, facts: dict[str, Any]) -> str:
        """Write the list of all files and its signature; the SHA-256 of the list."""
        listed = sorted(self.files, key=lambda one: one["path"])
        key = public_bytes(signer)
        manifest = _readable(
            {
                "format": FORMAT,
                "made_at": self.made_at.isoformat(),
                "key_id": signer.key_id,
                "public_key": base64.urlsafe_b64encode(key).rstrip(b"=").decode(),
                **facts,
                "files": listed,
            }
        )
        _key_id, signature = signer.sign(FORMAT.encode() + b"\n" + manifest)
        for path, data in (("manifest.json", manifest), ("manifest.sig", signature.encode())):
            with self._open(path) as target:
                target.write(data)
        self.zip.close()
        return hashlib.sha256(manifest).hexdigest()


def public_bytes(signer: Signer) -> bytes:
    """The 32 bytes of the public key that signs."""
    key = load_pem_public_key(signer.public_pem()[signer.key_id].encode())
    if not isinstance(key, Ed25519PublicKey):
        raise TypeError("the signing key is not Ed25519")
    return key.public_bytes(Encoding.Raw, PublicFormat.Raw)


def fingerprint(signer: Signer) -> str:
    """What people compare: SHA-256 of the public key that signs."""
    return hashlib.sha256(public_bytes(signer)).hexdigest()


def _readable(value: Any) -> bytes:
    text = json.dumps(value, sort_keys=True, ensure_ascii=False, indent=1, allow_nan=False)
    return text.encode() + b"\n"
