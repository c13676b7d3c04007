"""Tencent's encryption, written from its documents and not with the library that the product uses."""

from __future__ import annotations

import base64
import hashlib
import os
import struct
import time
from urllib.parse import urlencode

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

BLOCK = 32


def encrypt(aes_key: str, words: str, receiver: str, noise: bytes | None = None) -> str:
    """Encrypt as the server does: noise, length, words, receiver, padding."""
    message = words.encode()
    plain = (noise or os.urandom(16)) + struct.pack(">I", len(message)) + message + receiver.encode()
    missing = BLOCK - len(plain) % BLOCK
    return encrypt_raw(aes_key, plain + bytes([missing]) * missing)


def encrypt_raw(aes_key: str, padded: bytes) -> str:
    """Encrypt whole blocks of whatever sense."""
    key = base64.b64decode(aes_key + "=")
    encryptor = Cipher(algorithms.AES(key), modes.CBC(key[:16])).encryptor()
    return base64.b64encode(encryptor.update(padded) + encryptor.finalize()).decode()


def decrypt(aes_key: str, encrypted: str) -> tuple[str, str]:
    """The words and the receiver; AssertionError where the padding is not as documented."""
    key = base64.b64decode(aes_key + "=")
    decryptor = Cipher(algorithms.AES(key), modes.CBC(key[:16])).decryptor()
    plain = decryptor.update(base64.b64decode(encrypted, validate=True)) + decryptor.finalize()
    missing = plain[-1]
    assert 1 <= missing <= BLOCK and plain.endswith(bytes([missing]) * missing)
    length = struct.unpack(">I", plain[16:20])[0]
    return plain[20 : 20 + length].decode(), plain[20 + length : -missing].decode()


def sign(token: str, timestamp: str, nonce: str, *more: str) -> str:
    """The signature in an address."""
    return hashlib.sha1("".join(sorted([token, timestamp, nonce, *more])).encode()).hexdigest()


def query(token: str, encrypted: str, *, at: float | None = None, nonce: str = "n0nce42", **more: str) -> str:
    """What stands behind the question mark of a call."""
    timestamp = str(int(time.time() if at is None else at))
    signed = sign(token, timestamp, nonce, encrypted)
    return urlencode({"msg_signature": signed, "timestamp": timestamp, "nonce": nonce, **more})


def envelope(encrypted: str, receiver: str = "", agent: str = "") -> bytes:
    """The body of a call."""
    return (
        f"<xml><ToUserName><![CDATA[{receiver}]]></ToUserName><AgentID><![CDATA[{agent}]]></AgentID>"
        f"<Encrypt><![CDATA[{encrypted}]]></Encrypt></xml>"
    ).encode()
