"""Settings from the environment, typed, checked once; unsafe settings stop the start."""

import os
import secrets
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

SECRET_BYTES = 32


class UnsafeSettings(RuntimeError):
    """The program must not run like this; the text says which variable to change."""


@dataclass(frozen=True)
class Settings:
    """Everything that differs between one installation and the next."""

    instance: Path
    database_url: str
    public_url: str
    secure: bool
    demo: bool
    testing: bool
    proxies: int
    secret: bytes

    @property
    def hosts(self) -> list[str]:
        """The host names under which the application answers."""
        own = urlsplit(self.public_url).hostname or "localhost"
        return sorted({own, "127.0.0.1", "localhost"})

    @property
    def files_dir(self) -> Path:
        """Where exported and uploaded files lie."""
        return self.instance / "files"

    @property
    def keys_dir(self) -> Path:
        """Signing keys, apart from the database and its backups."""
        return self.instance / "keys"

    @property
    def fonts_dir(self) -> Path:
        """Where the printing fonts are unpacked to."""
        return self.instance / "fonts"


def read_settings(env: Mapping[str, str], root: Path) -> Settings:
    """The settings of this process; makes the instance folder and its secret at the first start."""
    instance = Path(env.get("EVENTSYS_INSTANCE") or root / "instance").resolve()
    for folder in (instance, instance / "files", instance / "keys", instance / "fonts"):
        folder.mkdir(parents=True, exist_ok=True)
    port = env.get("PORT", "8000")
    public_url = env.get("EVENTSYS_URL", f"http://127.0.0.1:{port}").rstrip("/")
    secure = urlsplit(public_url).scheme == "https"
    demo = env.get("EVENTSYS_DEMO") == "1"
    if not secure and not demo and urlsplit(public_url).hostname not in {"127.0.0.1", "localhost"}:
        raise UnsafeSettings(
            f"EVENTSYS_URL={public_url} is not https: sign-ins would cross the network in clear."
            " Use https, or http://127.0.0.1 for one machine."
        )
    return Settings(
        instance=instance,
        database_url=env.get("EVENTSYS_DATABASE") or f"sqlite:///{instance / 'eventsys.db'}",
        public_url=public_url,
        secure=secure,
        demo=demo,
        testing=env.get("EVENTSYS_TESTING") == "1",
        proxies=int(env.get("EVENTSYS_PROXIES", "0")),
        secret=_secret(instance / "keys" / "secret"),
    )


def _secret(path: Path) -> bytes:
    """The installation's secret, made once, readable by its owner only.

    It is written aside and then linked into place, so that no other process finds it half written.
    """
    if not path.exists():
        aside = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
        with os.fdopen(os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(secrets.token_hex(SECRET_BYTES))
            file.flush()
            os.fsync(file.fileno())
        with suppress(FileExistsError):  # another process was faster: its secret counts
            path.hardlink_to(aside)
        aside.unlink()
    return _read_secret(path)


def _read_secret(path: Path) -> bytes:
    try:
        secret = bytes.fromhex(path.read_text(encoding="ascii").strip())
    except ValueError:
        secret = b""
    if len(secret) < SECRET_BYTES:
        raise UnsafeSettings(
            f"{path} is damaged. Put it back from your copy: without it, sealed identity numbers"
            " cannot be read and issued tickets do not verify."
        )
    return secret
