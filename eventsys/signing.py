"""Ed25519 signatures on certificates: who signed, with which key, over exactly which bytes.

Keys are PEM files in one folder outside the database. The file with the last name (they begin
with the time they were made) signs; every file verifies, so old certificates survive a new key.
A retired key may stay as its public half only.
"""

import hashlib
import json
import os
import stat
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)

from eventsys.tokens import from_base64url, to_base64url

KEY_ID_LENGTH = 16  # hexadecimal digits: 64 bits tell keys apart, the signature does the rest
CERTIFICATE_PURPOSE = "eventsys-certificate-1"


class KeyFolderFault(RuntimeError):
    """The key folder is empty, unreadable or open to others; the text says what to do."""


class Signer:
    """Signs with the active key, verifies with every key it knows."""

    def __init__(
        self, active: Ed25519PrivateKey, retired: Mapping[str, Ed25519PublicKey] | None = None
    ) -> None:
        self._active = active
        self.key_id = key_id_of(active.public_key())
        self._public = {**(retired or {}), self.key_id: active.public_key()}

    def sign(self, payload: bytes) -> tuple[str, str]:
        """The active key's id and its signature over ``payload`` (base64url, 86 characters)."""
        return self.key_id, to_base64url(self._active.sign(payload))

    def verify(self, key_id: str, payload: bytes, signature: str) -> bool:
        """Whether that key signed exactly ``payload``; an unknown key or odd text is a no."""
        key = self._public.get(key_id)
        raw = from_base64url(signature)
        if key is None or raw is None:
            return False
        try:
            key.verify(raw, payload)
        except InvalidSignature:
            return False
        return True

    def public_pem(self) -> dict[str, str]:
        """Every public key by id, for those who verify without us."""
        return {key_id: _pem(key).decode("ascii") for key_id, key in sorted(self._public.items())}


def canonical_json(value: object) -> bytes:
    """UTF-8 JSON with sorted keys and no spaces: equal values give equal bytes."""
    text = json.dumps(
        value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
    )
    return text.encode()


def content_digest(value: object) -> str:
    """SHA-256 of the canonical JSON, as printed under result and score sheets."""
    return hashlib.sha256(canonical_json(value)).hexdigest()


def new_key() -> Ed25519PrivateKey:
    """A fresh private key, not yet stored anywhere."""
    return Ed25519PrivateKey.generate()


def key_id_of(key: Ed25519PublicKey) -> str:
    """A key's id is taken from the key itself, so renaming a file cannot swap identities."""
    raw = key.public_bytes(Encoding.Raw, PublicFormat.Raw)
    return hashlib.sha256(raw).hexdigest()[:KEY_ID_LENGTH]


def save_key(key: Ed25519PrivateKey, folder: Path, *, made_at: datetime) -> Path:
    """Write ``key`` for its owner's eyes only; it signs from the next ``load_signer`` on."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    stamp = made_at.astimezone(UTC).strftime("%Y%m%dT%H%M%S%fZ")
    target = folder / f"{stamp}-{key_id_of(key.public_key())}.pem"
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    handle = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(pem)
        file.flush()
        os.fsync(file.fileno())
    return target


def load_signer(folder: Path) -> Signer:
    """The signer of all ``*.pem`` files in ``folder``; the private key with the last name signs."""
    active: Ed25519PrivateKey | None = None
    public: dict[str, Ed25519PublicKey] = {}
    for path in sorted(folder.glob("*.pem")):
        key = _read_key(path)
        if isinstance(key, Ed25519PrivateKey):
            active = key
            key = key.public_key()
        public[key_id_of(key)] = key
    if active is None:
        raise KeyFolderFault(f"no private key (*.pem) in {folder}: create one before signing")
    return Signer(active, public)


def _read_key(path: Path) -> Ed25519PrivateKey | Ed25519PublicKey:
    pem = path.read_bytes()
    try:
        if b"PRIVATE KEY" not in pem:
            key = load_pem_public_key(pem)
        else:
            _refuse_open_file(path)
            key = load_pem_private_key(pem, password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm) as fault:
        raise KeyFolderFault(f"{path} is not an unencrypted PEM key: move it away") from fault
    if not isinstance(key, (Ed25519PrivateKey, Ed25519PublicKey)):
        raise KeyFolderFault(f"{path} is not an Ed25519 key: move it away")
    return key


def _refuse_open_file(path: Path) -> None:
    """A private key every account can read is no secret (POSIX only: Windows has no such bits)."""
    if os.name == "posix" and path.stat().st_mode & (stat.S_IROTH | stat.S_IWOTH):
        raise KeyFolderFault(f"{path} is open to every account: chmod 600 it")


def _pem(key: Ed25519PublicKey) -> bytes:
    return key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
