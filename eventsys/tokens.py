"""Short signed tokens for tickets and links: a value nobody can alter, with an optional end.

A token is base64url of ``tag + payload``. The tag is HMAC-SHA256 cut to 128 bits (RFC 2104 allows
half), over the purpose as well, so that a ticket's token is worth nothing anywhere else. The
payload is readable by anyone who holds the token: put a reference in it, never personal data.
"""

import base64
import binascii
import hashlib
import hmac

TAG_BYTES = 16
LONGEST = 1024  # characters; what is longer was not made here
SHORTEST_SECRET = 16


def make_token(secret: bytes, purpose: str, value: str, *, expires: int | None = None) -> str:
    """A token that ``read_token`` turns back into ``value`` until ``expires`` (Unix seconds)."""
    payload = f"{'' if expires is None else expires}:{value}".encode()
    token = to_base64url(_tag(secret, purpose, payload) + payload)
    if len(token) > LONGEST:
        raise ValueError("the value is too long for a token")
    return token


def read_token(secret: bytes, purpose: str, token: str, now: int) -> str | None:
    """The value of a token made for ``purpose`` and not expired at ``now``; otherwise None."""
    if len(token) > LONGEST:
        return None
    sealed = from_base64url(token)
    if sealed is None or len(sealed) <= TAG_BYTES:
        return None
    tag, payload = sealed[:TAG_BYTES], sealed[TAG_BYTES:]
    if not hmac.compare_digest(tag, _tag(secret, purpose, payload)):
        return None
    expires, _, value = payload.decode().partition(":")
    return None if expires and now >= int(expires) else value


def to_base64url(raw: bytes) -> str:
    """Base64url without padding, RFC 4648 section 5."""
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode("ascii")


def from_base64url(text: str) -> bytes | None:
    """The bytes of ``text``, or None unless it is exactly what ``to_base64url`` writes for them.

    Python's decoder skips foreign characters and ignores the spare bits of the last one, so that
    several texts mean the same bytes; here one text means one value.
    """
    try:
        raw = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except (binascii.Error, ValueError):
        return None
    return raw if to_base64url(raw) == text else None


def _tag(secret: bytes, purpose: str, payload: bytes) -> bytes:
    if len(secret) < SHORTEST_SECRET:
        raise ValueError(f"the secret must have at least {SHORTEST_SECRET} bytes")
    scope = purpose.encode()
    message = len(scope).to_bytes(4, "big") + scope + payload
    return hmac.digest(secret, message, hashlib.sha256)[:TAG_BYTES]
