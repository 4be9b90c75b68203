"""How WeChat writes, signs and seals: the simulator's own, from the published protocol."""

import base64
import hashlib
import io
import os
import struct
from typing import Any

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from PIL import Image, ImageDraw


def xml_of(fields: dict[str, Any]) -> str:
    """Fields as elements, their text in CDATA."""
    parts = []
    for name, value in fields.items():
        if isinstance(value, dict):
            parts.append(f"<{name}>{xml_of(value)}</{name}>")
        else:
            safe = str(value).replace("]]>", "]]]]><![CDATA[>")
            parts.append(f"<{name}><![CDATA[{safe}]]></{name}>")
    return "".join(parts)


def signed(*parts: str) -> str:
    """The signature over the parts, in whatever order they are."""
    return hashlib.sha1("".join(sorted(parts)).encode()).hexdigest()  # noqa: S324 - as WeChat does


def _cipher(key: str) -> Any:
    raw = base64.b64decode(key + "=")
    return Cipher(algorithms.AES(raw), modes.CBC(raw[:16]))


def seal(key: str, app_id: str, body: bytes) -> str:
    """The body in WeChat's sealed form."""
    text = os.urandom(16) + struct.pack(">I", len(body)) + body + app_id.encode()
    fill = 32 - len(text) % 32
    box = _cipher(key).encryptor()
    return base64.b64encode(box.update(text + bytes([fill]) * fill) + box.finalize()).decode()


def opened(key: str, app_id: str, sealed: str) -> str:
    """What is inside; ValueError when it was sealed for another account."""
    box = _cipher(key).decryptor()
    text = box.update(base64.b64decode(sealed)) + box.finalize()
    text = text[: -text[-1]]
    (length,) = struct.unpack(">I", text[16:20])
    if text[20 + length :].decode() != app_id:
        raise ValueError("for another account")
    return str(text[20 : 20 + length].decode())


def drawn() -> bytes:
    """A photograph, so to speak."""
    picture = Image.new("RGB", (800, 600), (96, 108, 120))
    pen = ImageDraw.Draw(picture)
    pen.rectangle((390, 120, 410, 600), fill=(50, 52, 56))
    pen.ellipse((350, 70, 450, 140), fill=(40, 40, 44))
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=80)
    return out.getvalue()
