"""Tencent's lock on callbacks: who knows the token has signed, and the words are encrypted for us."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import struct

from bot.platforms.tencent.fields import MalformedError
from classroom.errors import ConfigError

AES_KEY = re.compile(r"[A-Za-z0-9+/]{43}")
TOKEN = re.compile(r"[A-Za-z0-9]{3,32}")


def signature(*parts: str) -> str:
    """The signature over these parts, the token among them."""
    joined = "".join(sorted(parts)).encode("utf-8", "replace")
    return hashlib.sha1(joined).hexdigest()  # noqa: S324 - what Tencent signs with


def signed(offered: str, *parts: str) -> bool:
    """Whether a signature is right, found out in a time that tells nothing."""
    return hmac.compare_digest(offered.encode("utf-8", "replace"), signature(*parts).encode())


class Cipher:
    """Opens what is encrypted for one receiver (a corp, an account; none for an AI bot), and encrypts."""

    def __init__(self, aes_key: str, receiver: str) -> None:
        """Take the EncodingAESKey of the console; raises ConfigError for what is none."""
        from wechatpy.crypto import PrpCrypto  # noqa: PLC0415 - slow to import
        from wechatpy.exceptions import WeChatException  # noqa: PLC0415

        if not AES_KEY.fullmatch(aes_key):
            raise ConfigError("aes_key: the console's EncodingAESKey has 43 letters and digits")
        self._receiver = receiver
        self._crypto, self._errors = PrpCrypto, (WeChatException, ValueError, TypeError, IndexError)
        self._key = base64.b64decode(f"{aes_key}=")

    def open(self, encrypted: str) -> str:
        """The words inside; MalformedError where they are damaged or for somebody else."""
        opened: str | None = None
        try:
            found = self._crypto(self._key).decrypt(encrypted, self._receiver)
            opened = found if isinstance(found, str) else None
        except (*self._errors, struct.error):
            opened = None
        if opened is None:  # outside of the except: the original holds what was encrypted
            raise MalformedError("encryption")
        return opened

    def seal(self, words: str) -> str:
        """Encrypt an answer."""
        sealed: bytes = self._crypto(self._key).encrypt(words, self._receiver)
        return sealed.decode()
