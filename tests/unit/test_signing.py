"""Certificate signatures: any change is noticed, and old keys go on verifying."""

import os
from datetime import UTC, datetime, timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_public_key,
)

from eventsys.signing import (
    KeyFolderFault,
    Signer,
    canonical_json,
    content_digest,
    key_id_of,
    load_signer,
    new_key,
    save_key,
)
from eventsys.tokens import from_base64url

FIRST_DAY = datetime(2026, 11, 22, 1, 0, tzinfo=UTC)
FACTS = {
    "public_id": "Zk9w2ZrQ0mN7uYpLx81aAg",
    "number": "J-2026-000128-7",
    "holder": "欧阳淏然",
    "event": "工业机器人系统操作",
    "award": "一等奖",
    "issued_on": "2026-11-20",
    "issuer": "中原职业教育集团",
}


def payload_of(facts: dict[str, str], *, key_id: str) -> bytes:
    return canonical_json({"key_id": key_id, "facts": facts})


@pytest.fixture(scope="module")
def signer():
    return Signer(new_key())


def signed(signer: Signer, facts: dict[str, str] = FACTS) -> tuple[bytes, str]:
    payload = payload_of(facts, key_id=signer.key_id)
    return payload, signer.sign(payload)[1]


def test_a_signature_verifies_under_the_key_id_it_came_with(signer):
    payload = payload_of(FACTS, key_id=signer.key_id)

    key_id, signature = signer.sign(payload)

    assert signer.verify(key_id, payload, signature) is True
    assert (key_id, len(signature)) == (signer.key_id, 86)


@pytest.mark.parametrize("name", FACTS)
def test_the_signature_covers_every_fact(signer, name):
    _, signature = signed(signer)
    altered = FACTS | {name: FACTS[name] + "x"}

    payload = payload_of(altered, key_id=signer.key_id)

    assert signer.verify(signer.key_id, payload, signature) is False


def test_facts_cannot_move_between_fields(signer):
    _, signature = signed(signer, FACTS | {"event": "机器人", "award": "一等奖"})
    shifted = FACTS | {"event": "机器人一", "award": "等奖"}

    payload = payload_of(shifted, key_id=signer.key_id)

    assert signer.verify(signer.key_id, payload, signature) is False


def test_every_single_changed_character_of_a_signature_is_noticed(signer):
    payload, signature = signed(signer)
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_=+/ .\n１"

    forged = [
        signature[:place] + character + signature[place + 1 :]
        for place in range(len(signature))
        for character in alphabet
        if character != signature[place]
    ]

    assert [text for text in forged if signer.verify(signer.key_id, payload, text)] == []
    assert len(forged) == 86 * (len(alphabet) - 1)


def test_padding_or_whitespace_around_a_signature_is_noticed(signer):
    payload, signature = signed(signer)

    dressed = [signature + "==", signature + "\n", " " + signature, signature[:-1], ""]

    assert [text for text in dressed if signer.verify(signer.key_id, payload, text)] == []


def test_another_groups_key_or_an_unknown_key_id_is_a_plain_no(signer):
    payload, signature = signed(signer)
    other = Signer(new_key())

    assert other.verify(other.key_id, payload, signature) is False
    assert signer.verify(other.key_id, payload, signature) is False
    assert signer.verify(signer.key_id.upper() + "0", payload, signature) is False


def test_the_newest_key_signs_and_the_old_one_still_verifies(tmp_path):
    save_key(new_key(), tmp_path, made_at=FIRST_DAY)
    old = load_signer(tmp_path)
    payload, signature = signed(old)
    newest = new_key()
    save_key(newest, tmp_path, made_at=FIRST_DAY + timedelta(days=365))

    rotated = load_signer(tmp_path)

    assert rotated.key_id == key_id_of(newest.public_key())
    assert rotated.verify(old.key_id, payload, signature) is True


def test_the_newest_key_is_told_by_its_name_and_not_by_the_date_of_the_file(tmp_path):
    first = save_key(new_key(), tmp_path, made_at=FIRST_DAY)
    newest = new_key()
    save_key(newest, tmp_path, made_at=FIRST_DAY + timedelta(microseconds=1))
    os.utime(first, (2_000_000_000, 2_000_000_000))

    assert load_signer(tmp_path).key_id == key_id_of(newest.public_key())


def test_a_retired_key_verifies_from_its_public_half_alone(tmp_path):
    private = save_key(new_key(), tmp_path, made_at=FIRST_DAY)
    old = load_signer(tmp_path)
    payload, signature = signed(old)
    private.unlink()
    (tmp_path / "20200101-retired.pem").write_text(old.public_pem()[old.key_id])
    save_key(new_key(), tmp_path, made_at=FIRST_DAY)

    signer = load_signer(tmp_path)

    assert signer.key_id != old.key_id
    assert signer.verify(old.key_id, payload, signature) is True


def test_anyone_can_verify_with_the_public_pem_and_the_payload(signer):
    payload, signature = signed(signer)

    key = load_pem_public_key(signer.public_pem()[signer.key_id].encode())

    assert isinstance(key, Ed25519PublicKey)
    assert key.verify(from_base64url(signature) or b"", payload) is None


def test_a_saved_key_is_for_its_owner_only_and_never_overwritten(tmp_path):
    key = new_key()
    path = save_key(key, tmp_path / "keys", made_at=FIRST_DAY)

    assert path.stat().st_mode & 0o777 == 0o600
    with pytest.raises(FileExistsError):
        save_key(key, tmp_path / "keys", made_at=FIRST_DAY)


def test_a_private_key_open_to_every_account_is_refused(tmp_path):
    save_key(new_key(), tmp_path, made_at=FIRST_DAY).chmod(0o644)

    with pytest.raises(KeyFolderFault, match="chmod 600"):
        load_signer(tmp_path)


def test_a_folder_without_a_private_key_is_refused(tmp_path, signer):
    (tmp_path / "retired.pem").write_text(signer.public_pem()[signer.key_id])

    with pytest.raises(KeyFolderFault, match="no private key"):
        load_signer(tmp_path)
    with pytest.raises(KeyFolderFault, match="no private key"):
        load_signer(tmp_path / "missing")


def foreign_pems() -> dict[str, bytes]:
    """PEM texts that are not an unencrypted Ed25519 key."""
    elliptic = generate_private_key(SECP256R1())
    locked = BestAvailableEncryption(b"secret")
    return {
        "other kind": elliptic.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()),
        "encrypted": new_key().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, locked),
        "damaged": b"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n",
        "empty": b"",
    }


@pytest.mark.parametrize("kind", ["other kind", "encrypted", "damaged", "empty"])
def test_a_file_that_is_no_plain_ed25519_key_is_refused_by_name(tmp_path, kind):
    path = tmp_path / "strange.pem"
    path.write_bytes(foreign_pems()[kind])
    path.chmod(0o600)

    with pytest.raises(KeyFolderFault, match=r"strange\.pem"):
        load_signer(tmp_path)


def test_canonical_json_does_not_depend_on_the_order_of_keys():
    assert canonical_json({"b": 1, "a": "淏"}) == canonical_json({"a": "淏", "b": 1})
    assert canonical_json({"b": 1, "a": "淏"}) == '{"a":"淏","b":1}'.encode()


def test_canonical_json_refuses_what_json_has_no_word_for():
    with pytest.raises(ValueError, match="JSON"):
        canonical_json({"mark": float("nan")})


def test_a_content_digest_is_the_sha256_of_the_canonical_json():
    assert content_digest({}) == "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a"
