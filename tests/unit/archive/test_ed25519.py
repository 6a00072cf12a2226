"""The verifier's own Ed25519 agrees with the library that signs."""

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given, settings
from hypothesis import strategies as st

from eventsys.archive.verifier.ed25519 import ORDER, signed_by
from eventsys.signing import new_key

KEY = new_key()
PUBLIC = KEY.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)


@settings(max_examples=25, deadline=None)
@given(st.binary(max_size=200))
def test_what_was_signed_is_recognised(message):
    assert signed_by(PUBLIC, message, KEY.sign(message)) is True


@settings(max_examples=25, deadline=None)
@given(st.binary(min_size=1, max_size=50), st.integers(0, 511))
def test_any_flipped_bit_is_noticed(message, bit):
    broken = bytearray(KEY.sign(message))
    broken[bit // 8] ^= 1 << bit % 8

    assert signed_by(PUBLIC, message, bytes(broken)) is False


def test_another_message_or_key_is_noticed():
    signature = KEY.sign(b"a")
    other = new_key().public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)

    assert signed_by(PUBLIC, b"b", signature) is False
    assert signed_by(other, b"a", signature) is False


def test_the_first_vector_of_rfc_8032():
    key = bytes.fromhex("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a")
    signature = bytes.fromhex(
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155"
        "5fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b"
    )

    assert signed_by(key, b"", signature) is True


@pytest.mark.parametrize("signature", [b"", b"x" * 63, b"\xff" * 64, b"\0" * 65])
def test_odd_bytes_are_no_signature(signature):
    assert signed_by(PUBLIC, b"", signature) is False


def test_a_second_form_of_the_same_signature_is_refused():
    signature = KEY.sign(b"a")
    s = int.from_bytes(signature[32:], "little") + ORDER

    assert signed_by(PUBLIC, b"a", signature[:32] + s.to_bytes(32, "little")) is False
    assert signed_by(b"\xff" * 32, b"a", signature) is False
