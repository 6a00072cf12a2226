"""Sealing of sensitive identifiers: AES-GCM for keeping, keyed HMAC for finding equals.

Keys are derived from the installation's secret, which lies outside the database and its backups.
The first byte of a sealed value is the key version, so that keys can rotate.
"""

import hashlib
import hmac
import secrets
from dataclasses import dataclass

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

VERSION = b"\x01"


@dataclass(frozen=True)
class Vault:
    """Seals, opens and indexes short texts."""

    sealing_key: bytes
    index_key: bytes
    chain_key: bytes
    token_key: bytes

    @classmethod
    def of(cls, secret: bytes) -> "Vault":
        """The vault of an installation."""
        purposes = (b"sealing", b"index", b"chain", b"token")
        return cls(*(_derive(secret, purpose) for purpose in purposes))

    def seal(self, text: str) -> bytes:
        """``text`` encrypted; twice the same text gives two different values."""
        nonce = secrets.token_bytes(12)
        return VERSION + nonce + AESGCM(self.sealing_key).encrypt(nonce, text.encode(), VERSION)

    def open(self, sealed: bytes) -> str:
        """The text that was sealed; raises ``InvalidTag`` when it was altered."""
        key = AESGCM(self.sealing_key)
        return key.decrypt(sealed[1:13], sealed[13:], sealed[:1]).decode()

    def index(self, text: str) -> bytes:
        """Equal for equal texts, and useless without the key."""
        return VERSION + hmac.new(self.index_key, text.encode(), hashlib.sha256).digest()


def _derive(secret: bytes, purpose: bytes) -> bytes:
    return HKDF(SHA256(), 32, salt=None, info=b"eventsys " + purpose).derive(secret)


_vaults: list[Vault] = []


def use_vault(secret: bytes) -> None:
    """Set the vault of this process, once, at the start."""
    _vaults[:] = [Vault.of(secret)]


def vault() -> Vault:
    """The vault of this process."""
    return _vaults[0]
