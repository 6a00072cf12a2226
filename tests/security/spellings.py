"""A word in all the ways in which a program may write it."""

import base64
import json
from collections.abc import Iterator
from urllib.parse import quote


def spellings(word: str) -> Iterator[bytes]:
    """Raw, as JSON, HTML and URL escapes, in GBK and UTF-16, and inside base64."""
    yield word.encode()
    yield json.dumps(word)[1:-1].encode()
    yield "".join(f"&#{ord(one)};" for one in word).encode()
    yield "".join(f"&#x{ord(one):x};" for one in word).encode()
    yield "".join(f"&#x{ord(one):X};" for one in word).encode()
    yield quote(word).encode()
    yield quote(word, encoding="gb18030").encode()
    yield word.encode("gb18030")
    yield word.encode("utf-16-le")
    for encoding in ("utf-8", "gb18030"):
        yield from _in_base64(word.encode(encoding))


def _in_base64(word: bytes) -> Iterator[bytes]:
    """What every base64 text holds in whose middle the word stands, at each of three offsets."""
    for offset in range(3):
        coded = base64.b64encode(b"\0" * offset + word)
        first = -(-offset * 8 // 6)  # characters that the bytes before have a part in
        sure = coded[first : (offset + len(word)) * 8 // 6]
        if len(sure) >= len(word):
            yield sure
            yield sure.replace(b"+", b"-").replace(b"/", b"_")
