"""The signing keys of this installation, outside the database; made at the first certificate."""

from pathlib import Path

from eventsys import clock
from eventsys.signing import KeyFolderFault, Signer, load_signer, new_key, save_key


def ready_signer(keys_dir: Path) -> Signer:
    """The signer, with a key made now if there was none. Read afresh: a new key works at once."""
    if not any(keys_dir.glob("*.pem")):
        save_key(new_key(), keys_dir, made_at=clock.now())
    return load_signer(keys_dir)


def known_signer(keys_dir: Path) -> Signer | None:
    """The signer for checking only; None where the keys are missing or spoilt."""
    try:
        return load_signer(keys_dir)
    except (KeyFolderFault, OSError):
        return None
